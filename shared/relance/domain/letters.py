"""What a letter to a late customer prints, frozen: a formal notice (mise en demeure).

Whoever draws it adds no figure. A formal notice asks a business for the debt, the penalties and the indemnity; a
consumer for the debt alone, in softer words: asking him for fees is an offence (CPCE L111-8). It never says that there
is an enforceable title. Checked 2026-11. [DU-01, DU-02, DU-03, DU-05, P-05]
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from relance.domain.content import Buyer, LegalNote, Seller
from relance.domain.dunning_law import DunningLaw
from relance.domain.errors import Conflict, Fault, Invalid
from relance.domain.invoice import require_issued
from relance.domain.late_payment import Segment, per_day, rounded
from relance.domain.money import Cents, format_amount
from relance.domain.party import CustomerKind
from relance.domain.penalty_claim import Penalties, PenaltyState
from relance.domain.statement import StatementContent

DEADLINE_DAYS = 8  # usual in practice; the law names none
MAX_INVOICES = 40  # of one letter


@dataclass(frozen=True, slots=True)
class LateInvoice:
    """One invoice of a formal notice, in cents of its currency. `settled` is what was paid or credited of `asked`.

    `interest` and `indemnity` are what ran; `penalties_paid` what came in for them. Empty of a consumer's.
    """

    id: str
    number: str
    issued_on: date
    due_on: date
    days_late: int
    asked: Cents
    settled: Cents
    balance: Cents
    interest: Cents = Cents(0)
    indemnity: Cents = Cents(0)
    penalties_paid: Cents = Cents(0)
    segments: tuple[Segment, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormalNoticeContent:
    """All that a formal notice prints. `reminded_on` are the days of earlier reminders, oldest first."""

    on: date
    deadline_days: int
    seller: Seller
    buyer: Buyer
    invoices: tuple[LateInvoice, ...]
    notes: tuple[LegalNote, ...]
    currency: str = "EUR"
    reminded_on: tuple[date, ...] = ()

    @property
    def is_to_consumer(self) -> bool:
        """Whether it is the softer letter, without fees."""
        return self.buyer.kind is CustomerKind.CONSUMER

    @property
    def principal(self) -> Cents:
        """What is left of the invoices."""
        return Cents(sum(one.balance for one in self.invoices))

    @property
    def interest(self) -> Cents:
        """All interest up to the day of the letter."""
        return Cents(sum(one.interest for one in self.invoices))

    @property
    def indemnity(self) -> Cents:
        """One flat indemnity for each invoice."""
        return Cents(sum(one.indemnity for one in self.invoices))

    @property
    def penalties_paid(self) -> Cents:
        """What already came in for interest and indemnities."""
        return Cents(sum(one.penalties_paid for one in self.invoices))

    @property
    def total(self) -> Cents:
        """What the letter asks for."""
        return Cents(self.principal + self.interest + self.indemnity - self.penalties_paid)

    @property
    def per_day(self) -> Cents:
        """What each more day costs, to the cent: what is owed today, at the rates of today."""
        open_rows = ((one.balance, one.segments[-1].rate_bp) for one in self.invoices if one.segments)
        return rounded(sum((per_day(balance, rate_bp) for balance, rate_bp in open_rows), Decimal(0)))

    def note(self, id: str) -> str:
        """The words of the law of that id; "" when the letter has none."""
        return next((note.text for note in self.notes if note.id == id), "")


def require_one_letter(told: Sequence[Penalties]) -> None:
    """Raise Invalid unless these can stand in one letter: some, not too many, of one customer and currency."""
    if not 1 <= len(told) <= MAX_INVOICES:
        message = f"Une lettre réclame de 1 à {MAX_INVOICES} factures."
        raise Invalid(message, faults=[Fault("/invoice_ids", message, "too_many")])
    parties = {(one.invoice.customer_id, one.invoice.draft.currency) for one in told}
    if len(parties) > 1:
        message = "Une lettre réclame les factures d’un seul client, dans une seule devise."
        raise Invalid(message, faults=[Fault("/invoice_ids", message, "other_customer")])


def formal_notice(
    told: Sequence[Penalties],
    seller: Seller,
    buyer: Buyer,
    law: DunningLaw,
    *,
    on: date,
    deadline_days: int = DEADLINE_DAYS,
    reminded_on: Iterable[date] = (),
) -> FormalNoticeContent:
    """The letter for these invoices of one customer, oldest due first.

    Raises Conflict `not_late` when one is not, Invalid when they are of several
    currencies, when a rate is missing, or when there are none or too many. [DU-05]
    """
    require_one_letter(told)
    for one in told:
        _require_late(one, on)
    rows = sorted((_late_invoice(one, on) for one in told), key=lambda row: (row.due_on, row.number))
    content = require_issued(told[0].invoice)
    return FormalNoticeContent(
        on=on,
        deadline_days=deadline_days,
        seller=seller,
        buyer=buyer,
        invoices=tuple(rows),
        notes=_notes(buyer.kind, rows, law, on),
        currency=content.currency,
        reminded_on=tuple(sorted(set(reminded_on))),
    )


def _require_late(one: Penalties, on: date) -> None:
    invoice = one.invoice
    if not invoice.is_overdue(on):
        raise Conflict(f"La facture {invoice.number} n’est pas en retard.", code="not_late")
    if one.missing_rate:
        raise Invalid(
            one.missing_rate, code="late_rate_missing", faults=[Fault("/late_rates", one.missing_rate, "P-02")]
        )


def _late_invoice(one: Penalties, on: date) -> LateInvoice:
    invoice, found, claim = one.invoice, one.found, one.claim
    content = require_issued(invoice)
    is_waived = one.state is PenaltyState.WAIVED
    return LateInvoice(
        id=invoice.id,
        number=invoice.number,
        issued_on=content.issue_date,
        due_on=content.due_date,
        days_late=(on - content.due_date).days,
        asked=invoice.due,
        settled=Cents(invoice.due - invoice.balance),
        balance=invoice.balance,
        interest=Cents(0) if is_waived else found.interest,
        indemnity=Cents(0) if is_waived else found.indemnity,
        penalties_paid=Cents(0) if is_waived or claim is None else claim.paid,
        segments=() if is_waived else found.segments,
        sources=() if is_waived else one.sources,
    )


_OF_A_BUSINESS = ("penalty_terms", "complementary_indemnity")
_OF_A_CONSUMER = ("consumer_interest",)


def _notes(kind: CustomerKind, rows: Sequence[LateInvoice], law: DunningLaw, on: date) -> tuple[LegalNote, ...]:
    """The words of the day; penalties are explained when some are asked for."""
    ids = ["formal_notice"]
    if kind is CustomerKind.CONSUMER:
        ids += _OF_A_CONSUMER
    elif any(row.segments for row in rows):
        ids += _OF_A_BUSINESS
    flat = next((row.indemnity for row in rows if row.indemnity), 0)
    return tuple(LegalNote(id, law.text(id, on).replace("{indemnity}", _euros(flat))) for id in ids)


def _euros(cents: int) -> str:
    """« 40 € », or « 40,50 € » should it ever be."""
    return f"{format_amount(cents).removesuffix('.00')} €".replace(".", ",")


LetterContent = FormalNoticeContent | StatementContent
