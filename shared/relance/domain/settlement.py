"""Money against an invoice: received, too much of it, given back, and moved from one document to another.

Entries are only ever added, each with its sign, and the balance follows from them: below zero, the customer has a
credit with us. A transfer of credit is two entries of opposite sign, made together. [KX-16, AF-02]
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from relance.domain.errors import Conflict, Fault, Invalid
from relance.domain.invoice import Invoice, Payment, PaymentMode, require_issued
from relance.domain.money import Cents, format_amount


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money that moved: `amount` cents above zero, on the civil date `paid_on`. `keep_excess`: see `receive`."""

    amount: Cents
    paid_on: date
    mode: PaymentMode = PaymentMode.TRANSFER
    reference: str = ""
    keep_excess: bool | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What of a transfer is for one invoice; None: what it still asks for."""

    invoice_id: str
    amount: Cents | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """What of a transfer goes to one invoice."""

    invoice: Invoice
    amount: Cents


def receive(invoice: Invoice, payment: Payment, today: date, *, keep_excess: bool | None = None) -> Invoice:
    """Add money that came in; what exceeds the balance stays as the customer's credit (unless `keep_excess` is false).

    Of an invoice that is settled already, a payment is more often a mistake than a second transfer: it is taken only
    when `keep_excess` is true. Raises Conflict on a draft, a credit note, a replaced invoice, `already_paid` and
    `overpaid`; Invalid on an amount that is not above zero or a date to come.
    """
    require_payable(invoice)
    _require_sound(payment.amount, payment.paid_on, today)
    if invoice.balance <= 0 and not keep_excess:
        message = f"La facture {invoice.number} est déjà réglée. Est-ce un second versement ? Gardez-le en crédit."
        raise Conflict(message, code="already_paid")
    if keep_excess is False and payment.amount > invoice.balance:
        left = format_amount(max(0, invoice.balance))
        raise Conflict(f"Il reste {left} à régler sur la facture {invoice.number} : pas davantage.", code="overpaid")
    return _with(invoice, payment)


def give_back(invoice: Invoice, payment: Payment, today: date) -> Invoice:
    """Add money that was given back (`payment.amount` is below zero): at most the credit that the customer has here.

    Raises Conflict `nothing_to_refund`, Invalid when it is more than that credit or dated in the future.
    """
    require_issued(invoice)
    if invoice.credit <= 0:
        message = f"Rien n’est à rembourser sur la facture {invoice.number} : émettez d’abord un avoir."
        raise Conflict(message, code="nothing_to_refund")
    _require_sound(-payment.amount, payment.paid_on, today)
    if -payment.amount > invoice.credit:
        message = f"{format_amount(invoice.credit)} à rembourser au plus."
        raise Invalid("Ce remboursement est trop élevé.", faults=[Fault("/amount", message, "refund_too_large")])
    return _with(invoice, payment)


def use_credit(source: Invoice, target: Invoice, spent: Payment, received: Payment) -> tuple[Invoice, Invoice]:
    """What `source` owes the customer pays `target`: `spent` is below zero, `received` its opposite.

    Raises Conflict when there is not so much credit, or not so much to pay; Invalid for two customers or currencies.
    """
    require_payable(target)
    content, other = require_issued(source), require_issued(target)
    if source.id == target.id or source.customer_id != target.customer_id or content.currency != other.currency:
        message = "Le crédit doit venir d’une autre facture du même client, dans la même devise."
        raise Invalid("Ce crédit ne peut pas servir ici.", faults=[Fault("/credit_from", message, "other_customer")])
    if received.amount <= 0:
        raise Invalid("Ce crédit ne peut pas servir ici.", faults=[_not_positive()])
    if received.amount > source.credit:
        message = f"La facture {source.number} ne laisse que {format_amount(max(0, source.credit))} de crédit."
        raise Conflict(message, code="credit_too_small")
    if received.amount > target.balance:
        message = f"Il reste {format_amount(max(0, target.balance))} à régler : gardez le reste du crédit."
        raise Conflict(message, code="overpaid")
    return _with(source, spent), _with(target, received)


def allocate(invoices: Sequence[tuple[Invoice, Cents | None]], amount: Cents) -> list[Allocation]:
    """One transfer over several invoices, in order: what was said for each, or else its balance while any is left.

    What is left over goes to the last one, as the customer's credit; those that nothing reaches are left out. Raises
    Invalid when more is given out than came in, or an amount that was said is not above zero.
    """
    free, rows, faults = int(amount), [], []
    for index, (invoice, said) in enumerate(invoices):
        part = min(max(0, invoice.balance), max(0, free)) if said is None else said
        free -= part
        rows.append(Allocation(invoice, Cents(part)))
        if said is not None and said <= 0:
            message = "Le montant doit être supérieur à zéro."
            faults.append(Fault(f"/invoices/{index}/amount", message, "not_positive"))
    if free < 0:
        faults.append(
            Fault("/amount", f"La répartition dépasse le règlement de {format_amount(-free)}.", "over_allocated")
        )
    if faults:
        raise Invalid("Ce règlement ne peut pas être réparti ainsi.", faults=faults)
    last = rows[-1]
    rows[-1] = replace(last, amount=Cents(last.amount + free))
    return [row for row in rows if row.amount]


def require_payable(invoice: Invoice) -> None:
    """Raise Conflict unless money may be put on it."""
    content = require_issued(invoice)
    if content.type.is_credit:
        raise Conflict(
            "Un avoir ne se règle pas : remboursez la facture qu’il crédite, ou imputez-la ailleurs.",
            code="is_credit_note",
        )
    if invoice.replaced_by:
        raise Conflict("Cette facture est remplacée : réglez la rectificative.", code="invoice_replaced")


def _require_sound(amount: int, paid_on: date, today: date) -> None:
    faults = []
    if amount <= 0:
        faults.append(_not_positive())
    if paid_on > today:
        faults.append(Fault("/paid_on", "La date du règlement est dans le futur.", "future_date"))
    if faults:
        raise Invalid("Ce règlement ne peut pas être enregistré.", faults=faults)


def _not_positive() -> Fault:
    return Fault("/amount", "Le montant doit être supérieur à zéro.", "not_positive")


def _with(invoice: Invoice, payment: Payment) -> Invoice:
    payments = (*invoice.payments, payment)
    return replace(invoice, rev=invoice.rev + 1, payments=payments, updated_at=payment.recorded_at)
