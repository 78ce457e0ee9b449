"""Timelines on the wire: what happened around a document."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

import msgspec


class Dated(Protocol):
    """Something that happened (`app.timelines.Entry`)."""

    @property
    def at(self) -> datetime: ...
    @property
    def type(self) -> str: ...
    @property
    def data(self) -> Mapping[str, str]: ...


class EntryView(msgspec.Struct, frozen=True):
    """One thing that happened; `type` is a fact (`quote.sent`) or what was noticed (`opened`, `viewed`, …)."""

    at: datetime
    type: str
    data: dict[str, str]


class Timeline(msgspec.Struct, frozen=True):
    """Oldest first."""

    entries: tuple[EntryView, ...]


def timeline(entries: Iterable[Dated]) -> Timeline:
    """A timeline as it is told."""
    return Timeline(tuple(EntryView(entry.at, entry.type, dict(entry.data)) for entry in entries))
