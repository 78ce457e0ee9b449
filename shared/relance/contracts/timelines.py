"""Timelines on the wire: what happened around a document or a customer."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

import msgspec

from relance.contracts.timeline_words import sentence


class Named(Protocol):
    """Which document something is about (`app.timelines.About`)."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def number(self) -> str: ...


class Dated(Protocol):
    """Something that happened (`app.timelines.Entry`)."""

    @property
    def at(self) -> datetime: ...
    @property
    def type(self) -> str: ...
    @property
    def data(self) -> Mapping[str, str]: ...
    @property
    def about(self) -> Named | None: ...


class AboutView(msgspec.Struct, frozen=True):
    """A document: `kind` is `quote` or `invoice`, `number` "" while it is a draft."""

    kind: str
    id: str
    number: str


class EntryView(msgspec.Struct, frozen=True):
    """One thing that happened; `type` is a fact (`quote.sent`) or what was noticed (`opened`, `viewed`, …).

    `text` says it in French. `document` is the one that a customer's story tells it of.
    """

    at: datetime
    type: str
    text: str
    data: dict[str, str]
    document: AboutView | None = None


class Timeline(msgspec.Struct, frozen=True):
    """Oldest first."""

    entries: tuple[EntryView, ...]


def timeline(entries: Iterable[Dated]) -> Timeline:
    """A timeline as it is told."""
    return Timeline(tuple(_view(entry) for entry in entries))


def _view(entry: Dated) -> EntryView:
    about = AboutView(entry.about.kind, entry.about.id, entry.about.number) if entry.about else None
    return EntryView(entry.at, entry.type, sentence(entry.type, entry.data), dict(entry.data), about)
