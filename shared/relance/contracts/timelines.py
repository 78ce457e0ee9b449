"""Timelines on the wire: what happened around a document."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

import msgspec

from relance.contracts.timeline_words import sentence


class Dated(Protocol):
    """Something that happened (`app.timelines.Entry`)."""

    @property
    def at(self) -> datetime: ...
    @property
    def type(self) -> str: ...
    @property
    def data(self) -> Mapping[str, str]: ...


class EntryView(msgspec.Struct, frozen=True):
    """One thing that happened; `type` is a fact (`quote.sent`) or what was noticed (`opened`, `viewed`, …).

    `text` says it in French.
    """

    at: datetime
    type: str
    text: str
    data: dict[str, str]


class Timeline(msgspec.Struct, frozen=True):
    """Oldest first."""

    entries: tuple[EntryView, ...]


def timeline(entries: Iterable[Dated]) -> Timeline:
    """A timeline as it is told."""
    return Timeline(
        tuple(EntryView(entry.at, entry.type, sentence(entry.type, entry.data), dict(entry.data)) for entry in entries)
    )
