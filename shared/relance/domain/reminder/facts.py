"""What decides about reminders, read from the live document: nothing else of a quote or an invoice matters here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from relance.domain.calendar_fr import civil_date
from relance.domain.content import InvoiceContent
from relance.domain.invoice import Invoice, Settlement
from relance.domain.platform_status import pause_of
from relance.domain.quote import Quote, QuoteState
from relance.domain.reminder.run import Asked
from relance.domain.reminder.scenario import Anchor, Condition, DocumentKind
from relance.domain.reminder.tellings import Telling, of_questions, of_quote


@dataclass(frozen=True, slots=True)
class Facts:
    """A sent quote or an issued invoice, at one instant.

    `closed` says why no reminder may leave any more, "" when one may: the state of a quote; `paid`, `credited`,
    `replaced` or `refused` of an invoice, and a credit note reminds of nothing. `is_deliverable` is false for a closed
    quote and an internal credit note; an invoice must reach its customer even if paid at the counter. `delivery` is the
    template of the document's own mail; `is_drawn_anyway`: it wants a sealed PDF even if nobody receives it. `paused`
    says why reminders wait for now. `has_pdf`: of what is to be sent now, be it the offer or the contract. `tellings`
    are the mails owed for what happened. `anchors` are civil dates. `last_day` is the last one on which a reminder
    makes sense: a quote's validity. [C-02, C-03, E-05, DU-06]
    """

    kind: DocumentKind
    has_pdf: bool
    is_viewed: bool
    is_deliverable: bool
    tellings: tuple[Telling, ...]
    closed: str
    anchors: dict[Anchor, date]
    last_day: date | None
    delivery: str = ""
    is_drawn_anyway: bool = False
    paused: str = ""

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
        delivery="quote_delivery",
    )


def invoice_facts(invoice: Invoice, _now: datetime, asked: Sequence[Asked] = ()) -> Facts:
    """The facts of an issued invoice. Raises ValueError on a draft: it has no run."""
    if invoice.content is None or invoice.issued_at is None:
        raise ValueError(f"{invoice.id} was never issued")
    return Facts(
        kind=DocumentKind.INVOICE,
        has_pdf=bool(invoice.pdf_sha256),
        is_viewed=False,
        is_deliverable=not invoice.draft.is_internal,
        tellings=of_questions("invoice", asked),
        closed=_closed(invoice, invoice.content),
        anchors={Anchor.SENT: civil_date(invoice.issued_at), Anchor.DUE: invoice.content.due_date},
        last_day=None,
        delivery="invoice_credit_note" if invoice.content.type.is_credit else "invoice_delivery",
        is_drawn_anyway=True,
        paused=pause_of(invoice.statuses),
    )


def _closed(invoice: Invoice, content: InvoiceContent) -> str:
    """Why nobody is reminded of it: nothing is owed, or nothing may be asked for now. [C-02, C-03, E-05]"""
    if content.type.is_credit:
        return "credit_note"
    if invoice.replaced_by:
        return "replaced"
    if invoice.is_refused:
        return "refused"
    if invoice.settlement is Settlement.PAID:
        return "credited" if invoice.credits and not invoice.paid else "paid"
    return ""


def facts_of(document: Quote | Invoice, now: datetime, asked: Sequence[Asked] = ()) -> Facts:
    """The facts of either; `asked` are the questions put about it."""
    return quote_facts(document, now, asked) if isinstance(document, Quote) else invoice_facts(document, now, asked)
