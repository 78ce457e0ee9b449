"""Timelines and mentions on the wire: what happened around a document, and what it still lacks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from relance.domain.errors import Fault
from relance.domain.mentions import MentionResult, Status


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


class MentionView(msgspec.Struct, frozen=True):
    """One mandatory mention: whether the document carries it, and where the law says so."""

    id: str
    name: str
    status: Status
    required: bool
    source: str


class MissingView(msgspec.Struct, frozen=True):
    """What keeps the document from being sent: where, and how to mend it."""

    pointer: str
    code: str
    message: str


class Mentions(msgspec.Struct, frozen=True):
    """The state of a document's mentions today. Ready means that it could be sent."""

    ready: bool
    mentions: tuple[MentionView, ...]
    faults: tuple[MissingView, ...]


def timeline(entries: Iterable[Dated]) -> Timeline:
    """A timeline as it is told."""
    return Timeline(tuple(EntryView(entry.at, entry.type, dict(entry.data)) for entry in entries))


def mentions_view(results: Iterable[MentionResult], faults: Sequence[Fault]) -> Mentions:
    """Mentions as they are told."""
    return Mentions(
        ready=not faults,
        mentions=tuple(MentionView(row.id, row.text, row.status, row.required, row.source) for row in results),
        faults=tuple(MissingView(fault.pointer, fault.code, fault.message) for fault in faults),
    )
