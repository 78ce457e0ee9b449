"""Mandatory mentions (mentions obligatoires): does a document print all that the law wants of it on its day?

The law itself is data (`resources/legal/*.toml`): for each mention when it is due, which printed fields carry it, and
how to mend one that is empty. This module knows how to read a document, not a single article, rate or threshold.
A mention without fields is printed by the template from data that is always there. [Q-01, I-01]
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum

from relance.domain.content import DocumentContent, QuoteContent
from relance.domain.countries import SIREN_COUNTRIES
from relance.domain.errors import Fault
from relance.domain.lines import Line
from relance.domain.party import CustomerKind, LegalKind, Registry, VatRegime


class Condition(StrEnum):
    """When a mention, or one of its fields, is due."""

    ALWAYS = "always"
    COMPANY = "company"
    SOLE_TRADER = "sole_trader"
    REGISTERED_RCS = "registered_rcs"
    REGISTERED_RNE = "registered_rne"
    VAT_LIABLE = "vat_liable"
    VAT_FRANCHISE = "vat_franchise"
    UNTAXED_LINES = "untaxed_lines"
    SERVICES = "services"
    FREE_LINES = "free_lines"
    DISCOUNTS = "discounts"
    BUSINESS_CUSTOMER = "business_customer"
    DOMESTIC_BUSINESS_CUSTOMER = "domestic_business_customer"
    CONSUMER = "consumer"


class Status(StrEnum):
    """What became of one mention in one document."""

    PRESENT = "present"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Field:
    """A printed field that carries a mention.

    `path` walks the content: `seller.address.city`, `lines.*.description`, `lines.*untaxed.vat.reason` (lines without
    VAT only). `pointer` says where a person fills it, its `*` taking the index of the line; `mend` is the French
    sentence that tells how. `allowed` restricts the text.
    """

    path: str
    pointer: str
    mend: str
    when: Condition = Condition.ALWAYS
    allowed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention as the law has it from `valid_from` to `valid_to`, both included (None = until further notice)."""

    id: str
    name: str
    when: Condition
    source: str
    valid_from: date
    valid_to: date | None = None
    required: bool = True
    fields: tuple[Field, ...] = ()

    def is_in_force(self, on: date) -> bool:
        """Whether the law asks for it on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class MentionResult:
    """What was found of one mention: `text` names it in French, `faults` say how to mend it when it is missing.

    A missing mention that is not `required` is advice: it never stops a document.
    """

    id: str
    status: Status
    text: str
    source: str
    required: bool
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class MentionCatalogue:
    """The mentions of quotes and of invoices, past, present and announced."""

    quote: tuple[Mention, ...]
    invoice: tuple[Mention, ...]

    def evaluate(self, content: DocumentContent, on: date) -> tuple[MentionResult, ...]:
        """Every mention in force on the civil date `on`, in the order of the catalogue."""
        mentions = self.quote if isinstance(content, QuoteContent) else self.invoice
        return tuple(_evaluate(mention, content) for mention in mentions if mention.is_in_force(on))

    def missing(self, content: DocumentContent, on: date) -> tuple[Fault, ...]:
        """What keeps the document from being sent: one fault per empty field, its code the mention's id. [Q-01]"""
        return tuple(fault for result in self.evaluate(content, on) if result.required for fault in result.faults)


def _evaluate(mention: Mention, content: DocumentContent) -> MentionResult:
    if not _HOLDS[mention.when](content):
        return MentionResult(mention.id, Status.NOT_APPLICABLE, mention.name, mention.source, mention.required, ())
    faults = tuple(
        Fault(_pointer(field.pointer, indices), f"{mention.name} ({mention.id}) : {field.mend}", mention.id)
        for field in mention.fields
        if _HOLDS[field.when](content)
        for value, indices in _walk(content, field.path.split("."))
        if not _is_printed(value, field.allowed)
    )
    status = Status.MISSING if faults else Status.PRESENT
    return MentionResult(mention.id, status, mention.name, mention.source, mention.required, faults)


_HOLDS: Mapping[Condition, Callable[[DocumentContent], bool]] = {
    Condition.ALWAYS: lambda content: True,
    Condition.COMPANY: lambda content: content.seller.legal_kind is LegalKind.COMPANY,
    Condition.SOLE_TRADER: lambda content: content.seller.legal_kind is LegalKind.SOLE_TRADER,
    Condition.REGISTERED_RCS: lambda content: content.seller.registry is Registry.RCS,
    Condition.REGISTERED_RNE: lambda content: content.seller.registry is Registry.RNE,
    Condition.VAT_LIABLE: lambda content: content.seller.vat_regime is VatRegime.LIABLE,
    Condition.VAT_FRANCHISE: lambda content: content.seller.vat_regime is VatRegime.FRANCHISE,
    Condition.UNTAXED_LINES: lambda content: any(line.vat.rate_bp == 0 for line in content.lines),
    Condition.SERVICES: lambda content: any(line.nature != "goods" for line in content.lines),
    Condition.FREE_LINES: lambda content: any(line.is_free for line in content.lines),
    Condition.DISCOUNTS: lambda content: any(line.discount_amount > 0 for line in content.lines),
    Condition.BUSINESS_CUSTOMER: lambda content: content.buyer.kind is CustomerKind.BUSINESS,
    Condition.DOMESTIC_BUSINESS_CUSTOMER: lambda content: (
        content.buyer.kind is CustomerKind.BUSINESS and content.buyer.address.country in SIREN_COUNTRIES
    ),
    Condition.CONSUMER: lambda content: content.buyer.kind is CustomerKind.CONSUMER,
}


_SELECTED: Mapping[str, Callable[[Line], bool]] = {
    "*": lambda line: True,
    "*untaxed": lambda line: line.vat.rate_bp == 0,
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
