"""Mandatory mentions (mentions obligatoires): does a document print all that the law wants of it on its day?

The law itself is data (`resources/legal/*.toml`): for each mention when it is due, which printed fields carry it, and
how to mend one that is empty. This module knows how to read a document, not a single article, rate or threshold.
A mention without fields is printed by the template from data that is always there. [Q-01, I-01]
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum

from relance.domain.conditions import Condition, Kind, hold, kind_of
from relance.domain.content import DocumentContent
from relance.domain.errors import Fault
from relance.domain.lines import Line
from relance.domain.money import Cents
from relance.domain.totals import Charge

_NOTES = "notes"


class Status(StrEnum):
    """What became of one mention in one document."""

    PRESENT = "present"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Field:
    """A printed field that carries a mention.

    `path` walks the content: `seller.address.city`, `lines.*.description`, `lines.*untaxed.vat.reason` (parts without
    VAT only), `notes.QM-31` (the legal note of that id). `pointer` says where a person fills it, its `*` taking the
    index of the line; `mend` is the French sentence that tells how. `allowed` restricts the text.
    """

    path: str
    pointer: str
    mend: str
    when: tuple[Condition, ...] = ()
    allowed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention as the law has it from `valid_from` to `valid_to`, both included (None = until further notice).

    It is due on the `kinds` of documents named, where every condition of `when` holds and the document comes to
    `from_gross` cents TTC at least.
    """

    id: str
    name: str
    kinds: frozenset[Kind]
    source: str
    valid_from: date
    valid_to: date | None = None
    when: tuple[Condition, ...] = ()
    from_gross: Cents = Cents(0)
    required: bool = True
    fields: tuple[Field, ...] = ()

    def is_in_force(self, on: date) -> bool:
        """Whether the law asks for it on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class MentionResult:
    """What was found of one mention: `name` says it in French, `faults` how to mend it when it is missing.

    `text` is what is printed, where the law gives the words. A missing mention that is not `required` is advice: it
    never stops a document.
    """

    id: str
    status: Status
    name: str
    source: str
    required: bool
    faults: tuple[Fault, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class MentionCatalogue:
    """The mentions of every kind of document, past, present and announced."""

    mentions: tuple[Mention, ...]

    def evaluate(self, content: DocumentContent, on: date) -> tuple[MentionResult, ...]:
        """Every mention in force on the civil date `on`, in the order of the catalogue."""
        kind = kind_of(content)
        return tuple(
            _evaluate(mention, content)
            for mention in self.mentions
            if kind in mention.kinds and mention.is_in_force(on)
        )

    def missing(self, content: DocumentContent, on: date) -> tuple[Fault, ...]:
        """What keeps the document from being sent: one fault per empty field, its code the mention's id. [Q-01]"""
        return tuple(fault for result in self.evaluate(content, on) if result.required for fault in result.faults)


def _evaluate(mention: Mention, content: DocumentContent) -> MentionResult:
    found = MentionResult(mention.id, Status.NOT_APPLICABLE, mention.name, mention.source, mention.required, ())
    if not hold(mention.when, content) or content.totals.gross < mention.from_gross:
        return found
    faults = _faults(mention, content)
    status = Status.MISSING if faults else Status.PRESENT
    return replace(found, status=status, faults=faults, text=_note(content, mention.id))


def _faults(mention: Mention, content: DocumentContent) -> tuple[Fault, ...]:
    return tuple(
        Fault(_pointer(field.pointer, indices), f"{mention.name} ({mention.id}) : {field.mend}", mention.id)
        for field in mention.fields
        if hold(field.when, content)
        for value, indices in _carried(field, content)
        if not _is_printed(value, field.allowed)
    )


def _carried(field: Field, content: DocumentContent) -> Iterator[tuple[object, tuple[int, ...]]]:
    path = field.path.split(".")
    if path[0] == _NOTES:
        yield _note(content, path[1]), ()
    else:
        yield from _walk(content, path)


def _note(content: DocumentContent, id: str) -> str:
    return next((note.text for note in content.legal_notes if note.id == id), "")


_SELECTED: Mapping[str, Callable[[Line | Charge], bool]] = {
    "*": lambda part: True,
    "*untaxed": lambda part: part.vat.rate_bp == 0,
}


def _walk(
    value: object, path: Sequence[str], indices: tuple[int, ...] = ()
) -> Iterator[tuple[object, tuple[int, ...]]]:
    """The values at the end of `path`, each with the indices that its stars took. A None on the way is an empty end."""
    if not path or value is None:
        yield value, indices
    elif path[0] in _SELECTED:
        assert isinstance(value, tuple), f"a star in a path that has no list: {path}"
        for index, item in enumerate(value):
            if _SELECTED[path[0]](item):
                yield from _walk(item, path[1:], (*indices, index))
    else:
        yield from _walk(getattr(value, path[0]), path[1:], indices)


def _pointer(template: str, indices: tuple[int, ...]) -> str:
    for index in indices:
        template = template.replace("*", str(index), 1)
    return template


def _is_printed(value: object, allowed: frozenset[str]) -> bool:
    """A text that says something, a number above zero, a list with items; a decimal of 0 is printed (« gratuit »)."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return value in allowed if allowed else bool(value.strip())
    return isinstance(value, Decimal | Enum | date) or bool(value)
