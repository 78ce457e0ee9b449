"""Money on the wire: received, over several invoices, given back, or taken from what we owe the customer."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from relance.contracts.fields import Amount, RequiredText, Text, amount_text, one_line, to_cents
from relance.contracts.parse import Body
from relance.domain.cash_limits import CashLimits
from relance.domain.currencies import step_of
from relance.domain.errors import Fault
from relance.domain.invoice import Invoice, Payment, PaymentMode, Settlement
from relance.domain.settlement import Share, Transfer

MAX_SHARES: Final = 30


class Excess(StrEnum):
    """What to do with more than what is owed: keep it as the customer's credit, or refuse the payment."""

    KEEP = "keep"
    REFUSE = "refuse"


class PaymentBody(Body, frozen=True, kw_only=True):
    """Money received. With mode `credit` nothing came in: `credit_from` is the invoice that owes the customer.

    More than what is owed stays as the customer's credit, unless `excess` says `refuse`; on an invoice that is settled
    already, only when it says `keep`.
    """

    amount: Amount
    paid_on: date
    mode: PaymentMode = PaymentMode.TRANSFER
    reference: Text = ""
    credit_from: Text = ""
    excess: Excess | None = None

    def faults(self) -> Iterable[Fault]:
        """A credit comes from somewhere, money does not."""
        if (self.mode is PaymentMode.CREDIT) != bool(self.credit_from):
            yield Fault("/credit_from", "La facture d’où vient le crédit va avec le mode « credit ».", "one_of")


class MoneyBody(Body, frozen=True, kw_only=True):
    """Money that moved."""

    amount: Amount
    paid_on: date
    mode: PaymentMode = PaymentMode.TRANSFER
    reference: Text = ""

    def faults(self) -> Iterable[Fault]:
        """Money, and not what one document owes another."""
        if self.mode is PaymentMode.CREDIT:
            yield Fault("/mode", "Un crédit s’impute facture par facture.", "not_allowed")


class RefundBody(MoneyBody, frozen=True, kw_only=True):
    """Money given back to the customer: at most what this invoice owes him."""


class DepositReceivedBody(MoneyBody, frozen=True, kw_only=True):
    """Money received on an accepted quote, before the work: its deposit invoice is issued and settled at once."""


class ShareBody(Body, frozen=True):
    """What of a transfer is for one invoice; null: what it still asks for."""

    id: RequiredText
    amount: Amount | None = None


class GroupedPaymentBody(MoneyBody, frozen=True, kw_only=True):
    """One transfer for several invoices of one customer, settled in this order; the last one takes what is left."""

    invoices: Annotated[tuple[ShareBody, ...], msgspec.Meta(min_length=1, max_length=MAX_SHARES)]
    excess: Excess | None = None


def to_transfer(body: PaymentBody | MoneyBody) -> Transfer:
    """The domain's transfer."""
    excess = body.excess if isinstance(body, PaymentBody | GroupedPaymentBody) else None
    keep = None if excess is None else excess is Excess.KEEP
    return Transfer(to_cents(body.amount), body.paid_on, body.mode, one_line(body.reference), keep)


def to_shares(body: GroupedPaymentBody) -> list[Share]:
    """The domain's shares of a transfer."""
    return [Share(one.id, to_cents(one.amount) if one.amount is not None else None) for one in body.invoices]


class PaymentView(msgspec.Struct, frozen=True):
    """One movement: below zero it was given back, or spent on `linked`. `group` is shared within one transfer."""

    id: str
    amount: str
    paid_on: date
    mode: PaymentMode
    reference: str
    recorded_at: datetime
    group: str
    linked: str | None


class PaymentList(msgspec.Struct, frozen=True):
    """All movements of one invoice, as they were recorded; what is left to pay, or (`credit`) to give back.

    `warnings` are sentences about what the law does not allow and we record all the same: too much cash.
    """

    items: tuple[PaymentView, ...]
    paid: str
    credited: str
    balance: str
    credit: str
    warnings: tuple[str, ...]


class SettledView(msgspec.Struct, frozen=True):
    """An invoice after a transfer."""

    id: str
    number: str
    settlement: Settlement
    paid: str
    balance: str
    credit: str


class GroupedPayment(msgspec.Struct, frozen=True):
    """The invoices of a transfer, in the order they were given."""

    invoices: tuple[SettledView, ...]


def payment_views(invoice: Invoice) -> tuple[PaymentView, ...]:
    """The movements of an invoice as they are told."""
    step = step_of(invoice.draft.currency)
    return tuple(_view(payment, step) for payment in invoice.payments)


def payment_list(invoice: Invoice, limits: CashLimits) -> PaymentList:
    """The movements of one invoice, where they leave it, and what the law says of them."""
    step = step_of(invoice.draft.currency)
    return PaymentList(
        items=payment_views(invoice),
        paid=amount_text(invoice.paid, step),
        credited=amount_text(invoice.credited, step),
        balance=amount_text(invoice.balance, step),
        credit=amount_text(invoice.credit, step),
        warnings=limits.warnings(invoice) if invoice.content else (),
    )


def grouped_payment(invoices: Iterable[Invoice]) -> GroupedPayment:
    """The invoices of a transfer."""
    return GroupedPayment(tuple(_settled(invoice) for invoice in invoices))


def _settled(invoice: Invoice) -> SettledView:
    step = step_of(invoice.draft.currency)
    sums = (amount_text(cents, step) for cents in (invoice.paid, invoice.balance, invoice.credit))
    return SettledView(invoice.id, invoice.number, invoice.settlement, *sums)


def _view(payment: Payment, step: int) -> PaymentView:
    return PaymentView(
        id=payment.id,
        amount=amount_text(payment.amount, step),
        paid_on=payment.paid_on,
        mode=payment.mode,
        reference=payment.reference,
        recorded_at=payment.recorded_at,
        group=payment.group,
        linked=payment.linked,
    )
