"""What decides about reminders, read from the live document: nothing else of a quote or an invoice matters here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from relance.domain.calendar_fr import civil_date
from relance.domain.invoice import Invoice, Settlement
from relance.domain.quote import Quote, QuoteState
from relance.domain.reminder.run import Asked
from relance.domain.reminder.scenario import Anchor, Condition, DocumentKind
from relance.domain.reminder.tellings import Telling, of_questions, of_quote


@dataclass(frozen=True, slots=True)
class Facts:
    """A sent quote or an issued invoice, at one instant.

    `closed` says why no reminder may leave any more, "" when one may: the state of a quote, or `paid` of an
    invoice. `is_deliverable` is false for a closed quote; an invoice must reach its customer even if paid at the
    counter. `has_pdf`: of what is to be sent now, be it the offer or the contract. `tellings` are the mails owed for
    what happened. `anchors` are civil dates. `last_day` is the last one on which a reminder makes sense: a quote's validity.
    """

    kind: DocumentKind
    has_pdf: bool
    is_viewed: bool
    is_deliverable: bool
    tellings: tuple[Telling, ...]
    closed: str
    anchors: dict[Anchor, date]
    last_day: date | None

    def holds(self, condition: Condition) -> bool:
        """Whether a step with that condition may be sent now. [DR-01, DR-03]"""
        return not self.closed and not (condition is Condition.NOT_VIEWED and self.is_viewed)


def quote_facts(quote: Quote, now: datetime, asked: Sequence[Asked] = ()) -> Facts:
    """The facts of a quote that was sent. Raises ValueError on a draft: it has no run."""
    valid_until = quote.valid_until
    if quote.content is None or quote.sent_at is None or valid_until is None:
        raise ValueError(f"{quote.id} was never sent")
    state = quote.state_on(civil_date(now))
    closed = "" if state is QuoteState.OPEN else state.value
    return Facts(
        kind=DocumentKind.QUOTE,
        has_pdf=bool(quote.agreed_pdf_sha256),
        is_viewed=quote.first_viewed_at is not None,
        is_deliverable=not closed,
        tellings=(*of_quote(quote), *of_questions("quote", asked)),
        closed=closed,
        anchors={Anchor.SENT: civil_date(quote.sent_at), Anchor.EXPIRY: valid_until},
        last_day=valid_until,
    )


def invoice_facts(invoice: Invoice, _now: datetime, asked: Sequence[Asked] = ()) -> Facts:
    """The facts of an issued invoice. Raises ValueError on a draft: it has no run."""
    if invoice.content is None or invoice.issued_at is None:
        raise ValueError(f"{invoice.id} was never issued")
    return Facts(
        kind=DocumentKind.INVOICE,
        has_pdf=bool(invoice.pdf_sha256),
        is_viewed=False,
        is_deliverable=True,
        tellings=of_questions("invoice", asked),
        closed="paid" if invoice.settlement is Settlement.PAID else "",
        anchors={Anchor.SENT: civil_date(invoice.issued_at), Anchor.DUE: invoice.content.due_date},
        last_day=None,
    )


def facts_of(document: Quote | Invoice, now: datetime, asked: Sequence[Asked] = ()) -> Facts:
    """The facts of either; `asked` are the questions put about it."""
    return quote_facts(document, now, asked) if isinstance(document, Quote) else invoice_facts(document, now, asked)
