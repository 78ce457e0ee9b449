"""A statement of account (relevé de compte), frozen: what one customer has open on a day, in one currency. [DR-05]

Whoever draws it adds no figure.
"""

from dataclasses import dataclass
from datetime import date

from relance.domain.content import Buyer, Seller
from relance.domain.invoice import Invoice
from relance.domain.money import Cents


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One open invoice, in cents; `balance` is below zero for what we owe the customer."""

    number: str
    issued_on: date
    due_on: date
    days_late: int
    asked: Cents
    settled: Cents
    balance: Cents
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class StatementContent:
    """A statement of account (relevé de compte) on a day: what is open in one currency, oldest due first."""

    on: date
    seller: Seller
    buyer: Buyer
    rows: tuple[StatementRow, ...]
    currency: str = "EUR"

    @property
    def total(self) -> Cents:
        """What is to be paid, what we owe taken off."""
        return Cents(sum(row.balance for row in self.rows))

    @property
    def overdue(self) -> Cents:
        """What of it is late."""
        return Cents(sum(row.balance for row in self.rows if row.days_late and row.balance > 0))


def statement_row(invoice: Invoice, on: date, *, is_disputed: bool = False) -> StatementRow | None:
    """The line of an issued invoice with something open; None of another."""
    content = invoice.content
    if content is None or not invoice.balance:
        return None
    return StatementRow(
        number=invoice.number,
        issued_on=content.issue_date,
        due_on=content.due_date,
        days_late=max(0, (on - content.due_date).days) if invoice.balance > 0 else 0,
        asked=invoice.due,
        settled=Cents(invoice.due - invoice.balance),
        balance=invoice.balance,
        is_disputed=is_disputed,
    )
