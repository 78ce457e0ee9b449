"""The law around a document on the wire: each mention, present or missing, what blocks, and what is worth knowing."""

from collections.abc import Iterable, Sequence

import msgspec

from relance.domain.errors import Fault
from relance.domain.law import Advice
from relance.domain.mentions import MentionResult, Status
from relance.domain.obligations import Act


class MissingView(msgspec.Struct, frozen=True):
    """Something to mend: where, and how."""

    pointer: str
    code: str
    message: str


class MentionView(msgspec.Struct, frozen=True):
    """One mandatory mention: whether the document carries it, where the law says so, and how to mend it.

    `text` is what is printed where the law gives the words. One that is not `required` never stops a document.
    """

    id: str
    name: str
    status: Status
    required: bool
    source: str
    text: str
    mend: tuple[MissingView, ...]


class AdviceView(msgspec.Struct, frozen=True):
    """A duty around the document (a quote that must be accepted first), or what looks wrong; it never stops it."""

    id: str
    act: Act
    text: str
    source: str
    met: bool


class Mentions(msgspec.Struct, frozen=True):
    """The state of a document today. Ready means that it could be sent: `faults` is all that keeps it from that."""

    ready: bool
    mentions: tuple[MentionView, ...]
    faults: tuple[MissingView, ...]
    advice: tuple[AdviceView, ...]


def mentions_view(results: Iterable[MentionResult], faults: Sequence[Fault], advice: Iterable[Advice]) -> Mentions:
    """All of it as it is told."""
    return Mentions(
        ready=not faults,
        mentions=tuple(
            MentionView(row.id, row.name, row.status, row.required, row.source, row.text, _missing(row.faults))
            for row in results
        ),
        faults=_missing(faults),
        advice=tuple(AdviceView(each.id, each.act, each.text, each.source, each.is_met) for each in advice),
    )


def _missing(faults: Iterable[Fault]) -> tuple[MissingView, ...]:
    return tuple(MissingView(fault.pointer, fault.code, fault.message) for fault in faults)
