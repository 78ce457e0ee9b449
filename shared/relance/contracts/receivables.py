"""The aged balance on the wire, as JSON and as a file for a spreadsheet. [M-13]"""

from datetime import date

import msgspec

from relance.contracts.fields import amount_text
from relance.domain.aged_balance import AgedBalance, Ages, CustomerAges
from relance.domain.receivables import Receivable
from relance.domain.spreadsheet import csv_file


class AgesView(msgspec.Struct, frozen=True, kw_only=True):
    """Amounts in euros by days late. `total` is the five columns; `disputed` is part of them, the last of none."""

    not_due: str
    days_1_30: str
    days_31_60: str
    days_61_90: str
    over_90: str
    total: str
    overdue: str
    disputed: str
    owed_to_customer: str


class OpenInvoiceView(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice with something open; below zero, what we owe the customer."""

    id: str
    number: str
    issue_date: date
    due_date: date
    days_late: int
    balance: str
    disputed: bool


class CustomerAgesView(msgspec.Struct, frozen=True, kw_only=True):
    """One customer."""

    customer_id: str
    name: str
    ages: AgesView
    invoices: tuple[OpenInvoiceView, ...]


class AgedBalanceView(msgspec.Struct, frozen=True):
    """The balance at the end of the day `on`: those who owe most late come first."""

    on: date
    customers: tuple[CustomerAgesView, ...]
    total: AgesView


def aged_balance_view(balance: AgedBalance) -> AgedBalanceView:
    """The balance as it is told."""
    rows = tuple(_customer(row, balance.on) for row in balance.customers)
    return AgedBalanceView(balance.on, rows, _ages(balance.total))


HEADER = (
    "Client",
    "Identifiant",
    "Non échu",
    "1 à 30 jours",
    "31 à 60 jours",
    "61 à 90 jours",
    "Plus de 90 jours",
    "Total dû",
    "Dont en litige",
    "Dû au client",
)


def aged_balance_csv(balance: AgedBalance) -> bytes:
    """One line per customer and one of totals, for a French spreadsheet."""
    rows = [(row.name, row.customer_id, *_columns(row.ages)) for row in balance.customers]
    return csv_file(HEADER, [*rows, (f"Total au {balance.on:%d/%m/%Y}", "", *_columns(balance.total))])


def _columns(ages: Ages) -> tuple[str, ...]:
    amounts = (ages.not_due, ages.days_1_30, ages.days_31_60, ages.days_61_90, ages.over_90, ages.total)
    return tuple(amount_text(cents).replace(".", ",") for cents in (*amounts, ages.disputed, ages.owed_to_customer))


def _customer(row: CustomerAges, on: date) -> CustomerAgesView:
    return CustomerAgesView(
        customer_id=row.customer_id,
        name=row.name,
        ages=_ages(row.ages),
        invoices=tuple(_invoice(one, on) for one in row.invoices),
    )


def _invoice(one: Receivable, on: date) -> OpenInvoiceView:
    return OpenInvoiceView(
        id=one.invoice_id,
        number=one.number,
        issue_date=one.issued_on,
        due_date=one.due_on,
        days_late=one.days_late(on),
        balance=amount_text(one.balance),
        disputed=one.is_disputed,
    )


def _ages(ages: Ages) -> AgesView:
    return AgesView(
        not_due=amount_text(ages.not_due),
        days_1_30=amount_text(ages.days_1_30),
        days_31_60=amount_text(ages.days_31_60),
        days_61_90=amount_text(ages.days_61_90),
        over_90=amount_text(ages.over_90),
        total=amount_text(ages.total),
        overdue=amount_text(ages.overdue),
        disputed=amount_text(ages.disputed),
        owed_to_customer=amount_text(ages.owed_to_customer),
    )
