"""What decides about reminders, read from the live document: nothing else of a quote or an invoice matters here."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, assert_never

from relance.domain.calendar_fr import civil_date
from relance.domain.content import InvoiceContent
from relance.domain.invoice import Invoice, Settlement
from relance.domain.money import Cents
from relance.domain.platform_status import pause_of
from relance.domain.quote import Quote, QuoteState
from relance.domain.reminder.hold import Hold, HoldKind, broken_on
from relance.domain.reminder.run import Alert, Asked
from relance.domain.reminder.scenario import Anchor, Condition, DocumentKind
from relance.domain.reminder.tellings import Telling, of_alerts, of_questions, of_quote


@dataclass(frozen=True, slots=True)
class Facts:
    """A sent quote or an issued invoice, at one instant.

    `closed` says why no reminder may leave any more, "" when one may: the state of a quote; `paid`, `credited`,
    `replaced` or `refused` of an invoice, and a credit note reminds of nothing. `is_deliverable` is false for a closed
    quote and an internal credit note; an invoice must reach its customer even if paid at the counter. `delivery` is the
    template of the document's own mail; `is_drawn_anyway`: it wants a sealed PDF even if nobody receives it. `paused`
    says why reminders wait for now, as the platforms tell it; `holds` are what people wrote down and still holds, and
    `broken_on` the day on which a promise to pay turned out not to be kept. `at_stake` is what is owed or offered, in
    cents. `has_pdf`: of what is to be sent now, be it the offer or the contract. `tellings`
    are the mails owed for what happened. `anchors` are civil dates. `last_day` is the last one on which a reminder
    makes sense: a quote's validity. [C-02, C-03, E-05, DR-02, DU-06]
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
    at_stake: Cents = Cents(0)
    holds: tuple[Hold, ...] = ()
    broken_on: date | None = None

    def allows(self, condition: Condition) -> bool:
        """Whether a step with that condition may be sent now. [DR-01, DR-03]"""
        if self.closed:
            return False
        match condition:
            case Condition.NOT_VIEWED:
                return not self.is_viewed
            case Condition.VIEWED:
                return self.is_viewed
            case Condition.UNANSWERED | Condition.UNPAID:
                return True
            case _:  # pragma: no cover
                assert_never(condition)

    @property
    def held_as(self) -> frozenset[str]:
        """The kinds of what people wrote down and still holds."""
        return frozenset(hold.kind.value for hold in self.holds)

    @property
    def incomplete(self) -> frozenset[str]:
        """The steps whose mail could not be written: something is missing. [DR-13]"""
        return frozenset(hold.step for hold in self.holds if hold.kind is HoldKind.INCOMPLETE)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of a document beside itself: what its run keeps, and which holidays count for its customer."""

    asked: tuple[Asked, ...] = ()
    alerts: tuple[Alert, ...] = ()
    holds: tuple[Hold, ...] = ()
    area: str = ""


NOTHING_ELSE: Final = Beside()


def quote_facts(quote: Quote, now: datetime, beside: Beside = NOTHING_ELSE) -> Facts:
    """The facts of a quote that was sent. Raises ValueError on a draft: it has no run."""
    valid_until = quote.valid_until
    content = quote.agreed
    if content is None or quote.sent_at is None or valid_until is None:
        raise ValueError(f"{quote.id} was never sent")
    state = quote.state_on(civil_date(now))
    closed = "" if state is QuoteState.OPEN else state.value
    anchors = {Anchor.SENT: civil_date(quote.sent_at), Anchor.EXPIRY: valid_until}
    if quote.first_viewed_at is not None:
        anchors[Anchor.FIRST_VIEW] = civil_date(quote.first_viewed_at)
    return Facts(
        kind=DocumentKind.QUOTE,
        has_pdf=bool(quote.agreed_pdf_sha256),
        is_viewed=quote.first_viewed_at is not None,
        is_deliverable=not closed,
        tellings=(*of_quote(quote), *of_questions("quote", beside.asked), *of_alerts("quote", beside.alerts)),
        closed=closed,
        anchors=anchors,
        last_day=valid_until,
        delivery="quote_delivery",
        at_stake=content.totals.gross,
        holds=_holding(beside, now),
    )


def invoice_facts(invoice: Invoice, now: datetime, beside: Beside = NOTHING_ELSE) -> Facts:
    """The facts of an issued invoice. Raises ValueError on a draft: it has no run."""
    if invoice.content is None or invoice.issued_at is None:
        raise ValueError(f"{invoice.id} was never issued")
    return Facts(
        kind=DocumentKind.INVOICE,
        has_pdf=bool(invoice.pdf_sha256),
        is_viewed=False,
        is_deliverable=not invoice.draft.is_internal,
        tellings=(*of_questions("invoice", beside.asked), *of_alerts("invoice", beside.alerts)),
        closed=_closed(invoice, invoice.content),
        anchors={Anchor.SENT: civil_date(invoice.issued_at), Anchor.DUE: invoice.content.due_date},
        last_day=None,
        delivery="invoice_credit_note" if invoice.content.type.is_credit else "invoice_delivery",
        is_drawn_anyway=True,
        paused=pause_of(invoice.statuses),
        at_stake=invoice.balance,
        holds=_holding(beside, now),
        broken_on=broken_on(beside.holds, now, beside.area),
    )


def _holding(beside: Beside, now: datetime) -> tuple[Hold, ...]:
    return tuple(hold for hold in beside.holds if hold.holds(now, beside.area))


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


def facts_of(document: Quote | Invoice, now: datetime, beside: Beside = NOTHING_ELSE) -> Facts:
    """The facts of either."""
    return quote_facts(document, now, beside) if isinstance(document, Quote) else invoice_facts(document, now, beside)
