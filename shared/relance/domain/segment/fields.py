"""What a query may ask about: each field with its sort, the documents that have it, and how it is read. [SQ-01]"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from relance.domain.calendar_fr import civil_date
from relance.domain.content import InvoiceContent, InvoiceType, QuoteKind
from relance.domain.invoice import Settlement
from relance.domain.party import CustomerKind
from relance.domain.quote import Quote, QuoteDraft, QuoteState
from relance.domain.reminder.claim import ClaimState
from relance.domain.reminder.scenario import DocumentKind
from relance.domain.segment.filter import Op
from relance.domain.segment.subject import Subject

QUOTE, INVOICE = DocumentKind.QUOTE, DocumentKind.INVOICE
BOTH: Final = frozenset({QUOTE, INVOICE})
QUOTES: Final = frozenset({QUOTE})
INVOICES: Final = frozenset({INVOICE})

Known = str | int | bool | date | tuple[str, ...] | None
"""What a field says of a document; None when it says nothing."""


class Sort(StrEnum):
    """What a field's values are: amounts in cents, days as a count."""

    CHOICE = "choice"
    TEXT = "text"
    AMOUNT = "amount"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    TAGS = "tags"


class Need(StrEnum):
    """What must be read beside the document."""

    CUSTOMER = "customer"
    RUN = "run"
    LAST_QUOTE = "last_quote"


OPS: Final[Mapping[Sort, tuple[Op, ...]]] = {
    Sort.CHOICE: (Op.IS, Op.IS_NOT, Op.IN),
    Sort.TEXT: (Op.IS, Op.IS_NOT, Op.IN, Op.CONTAINS, Op.BEGINS_WITH),
    Sort.AMOUNT: (Op.AT_LEAST, Op.AT_MOST, Op.ABOVE, Op.BELOW),
    Sort.NUMBER: (Op.IS, Op.AT_LEAST, Op.AT_MOST, Op.ABOVE, Op.BELOW),
    Sort.DATE: (Op.ON, Op.BEFORE, Op.AFTER),
    Sort.YES_NO: (Op.IS,),
    Sort.TAGS: (Op.HAS, Op.HAS_NOT),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One of them; `label` is its name for people, `choices` its values when there are few."""

    label: str
    sort: Sort
    read: Callable[[Subject], Known]
    kinds: frozenset[DocumentKind] = BOTH
    choices: tuple[str, ...] = ()
    need: Need | None = None


def _status(subject: Subject) -> str:
    document = subject.document
    return (document.state_on(subject.today) if isinstance(document, Quote) else document.settlement).value


def _has_result(subject: Subject) -> Known:
    """Whether a quote came to something: accepted, refused, withdrawn, or put aside by its author. [KB-09]"""
    quote = subject.quote
    return quote is not None and quote.state_on(subject.today) not in (QuoteState.OPEN, QuoteState.EXPIRED)


def _amount(subject: Subject) -> Known:
    document = subject.document
    if isinstance(document, Quote):
        return document.agreed.totals.gross if document.agreed else None
    return document.due


def _sent_on(subject: Subject) -> date | None:
    document = subject.document
    at = document.sent_at if isinstance(document, Quote) else document.issued_at
    return civil_date(at) if at else None


def _due_on(subject: Subject) -> date | None:
    content = subject.document.content
    return content.due_date if isinstance(content, InvoiceContent) else None


def _overdue_days(subject: Subject) -> Known:
    """Days since the due date of what is still owed; 0 before it, and once nothing is."""
    due, invoice = _due_on(subject), subject.invoice
    if due is None or invoice is None:
        return None
    return max(0, (subject.today - due).days) if invoice.balance > 0 else 0


def _viewed_on(subject: Subject) -> date | None:
    at = subject.quote.first_viewed_at if subject.quote is not None else None
    return civil_date(at) if at else None


def _since(read: Callable[[Subject], date | None]) -> Callable[[Subject], Known]:
    def days(subject: Subject) -> Known:
        day = read(subject)
        return None if day is None else (subject.today - day).days

    return days


def _expires_on(subject: Subject) -> Known:
    return subject.quote.valid_until if subject.quote is not None else None


def _sort_of_document(subject: Subject) -> Known:
    draft = subject.document.draft
    return (draft.kind if isinstance(draft, QuoteDraft) else draft.type).value


def _department(subject: Subject) -> Known:
    """Two figures of the postcode, three overseas; 20 in Corsica, as postcodes have it."""
    if subject.customer is None or subject.customer.address.country != "FR":
        return None
    postcode = subject.customer.address.postcode
    return postcode[:3] if postcode.startswith(("97", "98")) else postcode[:2]


def _letters(subject: Subject) -> list[int]:
    """The levels of the reminders that left, or may have."""
    return [claim.level for claim in subject.claims() if claim.is_reminder and claim.state is not ClaimState.REFUSED]


def _is_held(subject: Subject) -> Known:
    return subject.run is not None and any(one.ended_at is None for one in subject.run.holds)


FIELDS: Final[Mapping[str, Field]] = {
    "status": Field(
        "état", Sort.CHOICE, _status, choices=(*(s.value for s in QuoteState), *(s.value for s in Settlement))
    ),
    "has_result": Field("a un résultat", Sort.YES_NO, _has_result, QUOTES),
    "is_last_quote": Field(
        "dernier devis envoyé au client", Sort.YES_NO, lambda s: s.is_last_quote, QUOTES, need=Need.LAST_QUOTE
    ),
    "type": Field(
        "type de document",
        Sort.CHOICE,
        _sort_of_document,
        choices=(*(k.value for k in QuoteKind), *(t.value for t in InvoiceType)),
    ),
    "number": Field("numéro", Sort.TEXT, lambda s: s.document.number),
    "subject": Field("objet", Sort.TEXT, lambda s: s.document.draft.subject),
    "currency": Field("devise", Sort.TEXT, lambda s: s.document.draft.currency),
    "amount": Field("montant TTC", Sort.AMOUNT, _amount),
    "balance": Field("reste dû", Sort.AMOUNT, lambda s: s.invoice.balance if s.invoice else None, INVOICES),
    "sent_on": Field("date d’envoi ou d’émission", Sort.DATE, _sent_on),
    "days_since_sent": Field("jours depuis l’envoi", Sort.NUMBER, _since(_sent_on)),
    "expires_on": Field("fin de validité", Sort.DATE, _expires_on, QUOTES),
    "is_viewed": Field("consulté", Sort.YES_NO, lambda s: _viewed_on(s) is not None, QUOTES),
    "viewed_on": Field("date de première consultation", Sort.DATE, _viewed_on, QUOTES),
    "days_since_viewed": Field("jours depuis la première consultation", Sort.NUMBER, _since(_viewed_on), QUOTES),
    "due_on": Field("échéance", Sort.DATE, _due_on, INVOICES),
    "overdue_days": Field("jours de retard", Sort.NUMBER, _overdue_days, INVOICES),
    "level_reached": Field("niveau de relance atteint", Sort.NUMBER, lambda s: max(_letters(s), default=0)),
    "reminders_sent": Field("relances envoyées", Sort.NUMBER, lambda s: len(_letters(s))),
    "scenario": Field(
        "scénario suivi", Sort.TEXT, lambda s: s.run.scenario_id.partition("@")[0] if s.run else None, need=Need.RUN
    ),
    "is_held": Field("suspendu", Sort.YES_NO, _is_held, need=Need.RUN),
    "customer": Field("client", Sort.TEXT, lambda s: s.customer.name if s.customer else None, need=Need.CUSTOMER),
    "customer_id": Field("identifiant du client", Sort.TEXT, lambda s: s.document.customer_id),
    "customer_kind": Field(
        "genre de client",
        Sort.CHOICE,
        lambda s: s.customer.kind.value if s.customer else None,
        choices=tuple(kind.value for kind in CustomerKind),
        need=Need.CUSTOMER,
    ),
    "customer_tags": Field(
        "étiquettes du client",
        Sort.TAGS,
        lambda s: s.customer.follow_up.tags if s.customer else None,
        need=Need.CUSTOMER,
    ),
    "department": Field("département", Sort.TEXT, _department, need=Need.CUSTOMER),
}
