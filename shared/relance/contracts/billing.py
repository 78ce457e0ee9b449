"""What to invoice of quotes, what to give back of invoices, and why to correct one: the bodies that make drafts."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Annotated

import msgspec

from relance.contracts.fields import (
    Amount,
    Percent,
    Quantity,
    RequiredText,
    several_lines,
    to_basis_points,
    to_cents,
)
from relance.contracts.parse import Body
from relance.domain import credit_note
from relance.domain.billing import Part
from relance.domain.content import MAX_LINES
from relance.domain.credit_note import AmountBack
from relance.domain.errors import Fault
from relance.domain.invoice import Billing, CreditedLine, Invoice, InvoiceDraft
from relance.domain.money import Cents
from relance.domain.vat import VatCategory

MAX_QUOTES = 30
RequiredTerms = Annotated[str, msgspec.Meta(min_length=1, max_length=1000, extra={"multiline": True})]


class PartBody(Body, frozen=True, kw_only=True):
    """Which part of an accepted quote to invoice.

    `whole`: all of it. `deposit`: `percent` of it, `amount` TTC, or `step` (from 1) of its schedule. `progress`: what
    is done so far, in `percent` of the quote, earlier invoices included: they are taken off. `balance`: all that is
    left, the deposits deducted one by one.
    """

    kind: Billing = Billing.WHOLE
    percent: Percent | None = None
    amount: Amount | None = None
    step: Annotated[int, msgspec.Meta(ge=1, le=20)] | None = None

    def faults(self) -> Iterable[Fault]:
        """What goes with each kind, and nothing else."""
        given = [name for name in ("percent", "amount", "step") if getattr(self, name) is not None]
        match self.kind:
            case Billing.DEPOSIT:
                if len(given) != 1:
                    yield Fault("/percent", "Donnez percent, amount ou step, l’un des trois.", "one_of")
            case Billing.PROGRESS:
                if given != ["percent"]:
                    yield Fault("/percent", "Donnez l’avancement dans percent, et lui seul.", "one_of")
            case Billing.WHOLE | Billing.BALANCE:
                yield from (Fault(f"/{name}", "Ce champ va avec deposit ou progress.", "not_allowed") for name in given)
        if self.percent is not None and to_basis_points(self.percent) is None:
            yield Fault("/percent", "Deux décimales au plus.", "too_many_decimals")


class QuotesBody(Body, frozen=True):
    """Accepted quotes of one customer, to invoice together."""

    quote_ids: Annotated[tuple[RequiredText, ...], msgspec.Meta(min_length=1, max_length=MAX_QUOTES)]


class CreditedLineBody(Body, frozen=True):
    """A line of the invoice (from 1) and how much of it to give back; null: all that was not given back yet."""

    line: Annotated[int, msgspec.Meta(ge=1, le=MAX_LINES)]
    quantity: Quantity | None = None


class AmountBackBody(Body, frozen=True, kw_only=True):
    """An amount HT to give back under one category and rate of VAT that the invoice has."""

    net: Amount
    vat_rate: Percent = "0"
    category: VatCategory = VatCategory.STANDARD

    def faults(self) -> Iterable[Fault]:
        """A rate of two decimals at most, and an amount above zero."""
        if to_basis_points(self.vat_rate) is None:
            yield Fault("/vat_rate", "Deux décimales au plus.", "too_many_decimals")
        if to_cents(self.net) <= 0:
            yield Fault("/net", "Le montant doit être supérieur à zéro.", "not_positive")


class CreditNoteBody(Body, frozen=True, kw_only=True):
    """What to give back of an invoice: `lines`, or `amounts` per VAT treatment; neither: all that is left of it.

    With `issue` it takes its number at once; without, it is a draft.
    """

    reason: RequiredTerms
    lines: Annotated[tuple[CreditedLineBody, ...], msgspec.Meta(max_length=MAX_LINES)] = ()
    amounts: Annotated[tuple[AmountBackBody, ...], msgspec.Meta(max_length=20)] = ()
    issue: bool = False

    def faults(self) -> Iterable[Fault]:
        """One way of saying it."""
        if self.lines and self.amounts:
            yield Fault("/amounts", "Donnez lines ou amounts, l’un des deux.", "one_of")


class IssueBody(Body, frozen=True):
    """The drafts to issue together, in the order in which they are numbered."""

    ids: tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=64)], ...]


class CorrectionBody(Body, frozen=True):
    """Why an invoice is replaced: printed on the corrective invoice."""

    reason: RequiredTerms


def to_part(body: PartBody) -> Part:
    """The domain's part of a quote."""
    return Part(
        kind=body.kind,
        percent_bp=to_basis_points(body.percent or "0") or 0,
        amount=to_cents(body.amount) if body.amount is not None else Cents(0),
        step=body.step or 0,
    )


def to_credit(body: CreditNoteBody, invoice: Invoice) -> InvoiceDraft:
    """The draft of the credit note, drawn from the invoice as it stands. Raises what `domain.credit_note` raises."""
    reason = several_lines(body.reason)
    if body.lines:
        return credit_note.by_lines(invoice, _lines(body.lines, invoice), reason)
    if body.amounts:
        amounts = [
            AmountBack(part.category, to_basis_points(part.vat_rate) or 0, to_cents(part.net)) for part in body.amounts
        ]
        return credit_note.by_amounts(invoice, amounts, reason)
    return credit_note.whole(invoice, reason)


def to_reason(body: CorrectionBody) -> str:
    """The reason as it is kept."""
    return several_lines(body.reason)


def _lines(bodies: Sequence[CreditedLineBody], invoice: Invoice) -> list[CreditedLine]:
    return [
        CreditedLine(
            body.line - 1,
            Decimal(body.quantity) if body.quantity else credit_note.left_of_line(invoice, body.line - 1),
        )
        for body in bodies
    ]
