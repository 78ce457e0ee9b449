"""The aged balance (balance âgée): who owes what, by how late it is. Pure. [M-13]

Columns: not due, 1 to 30, 31 to 60, 61 to 90 and more than 90 days late. What is disputed stands in its column like the
rest, and is told once more beside them. What we owe customers (paid too much, credited after payment) is never netted
against what they owe: it is a column of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from relance.domain.ids import CustomerId
from relance.domain.money import Cents
from relance.domain.receivables import Receivable


class Age(StrEnum):
    """How late, in the columns that accountants read."""

    NOT_DUE = "not_due"
    TO_30 = "days_1_30"
    TO_60 = "days_31_60"
    TO_90 = "days_61_90"
    BEYOND = "over_90"


_LAST_DAYS: Final = ((0, Age.NOT_DUE), (30, Age.TO_30), (60, Age.TO_60), (90, Age.TO_90))


def age_of(days_late: int) -> Age:
    """The column of that many days late: due today is not due yet, the 31st day opens the next column."""
    return next((age for last, age in _LAST_DAYS if days_late <= last), Age.BEYOND)


@dataclass(frozen=True, slots=True)
class Ages:
    """Sums in cents. `disputed` is part of the five columns, `owed_to_customer` of none."""

    not_due: Cents = Cents(0)
    days_1_30: Cents = Cents(0)
    days_31_60: Cents = Cents(0)
    days_61_90: Cents = Cents(0)
    over_90: Cents = Cents(0)
    disputed: Cents = Cents(0)
    owed_to_customer: Cents = Cents(0)

    @property
    def total(self) -> Cents:
        """All that is owed: the five columns."""
        return Cents(self.not_due + self.overdue)

    @property
    def overdue(self) -> Cents:
        """All that is late."""
        return Cents(self.days_1_30 + self.days_31_60 + self.days_61_90 + self.over_90)


@dataclass(frozen=True, slots=True)
class CustomerAges:
    """One customer: the name that his newest open invoice prints, and his open invoices, oldest due first."""

    customer_id: CustomerId
    name: str
    ages: Ages
    invoices: tuple[Receivable, ...]


@dataclass(frozen=True, slots=True)
class AgedBalance:
    """The balance on a day: customers in the order of what they owe late, then of all that they owe."""

    on: date
    customers: tuple[CustomerAges, ...]
    total: Ages


def aged_balance(receivables: Iterable[Receivable], on: date) -> AgedBalance:
    """The balance of what was open on the day `on`."""
    by_customer: dict[CustomerId, list[Receivable]] = {}
    for one in receivables:
        by_customer.setdefault(one.customer_id, []).append(one)
    rows = [_customer(found, on) for found in by_customer.values()]
    rows.sort(key=lambda row: (-row.ages.overdue, -row.ages.total, row.name, row.customer_id))
    everything = (one for found in by_customer.values() for one in found)
    return AgedBalance(on, tuple(rows), ages_of(everything, on))


def ages_of(receivables: Iterable[Receivable], on: date) -> Ages:
    """The sums of these."""
    ages = Ages()
    for one in receivables:
        if one.balance < 0:
            ages = replace(ages, owed_to_customer=Cents(ages.owed_to_customer - one.balance))
            continue
        column = age_of(one.days_late(on)).value
        disputed = one.balance if one.is_disputed else 0
        ages = replace(
            ages,
            **{column: Cents(getattr(ages, column) + one.balance)},
            disputed=Cents(ages.disputed + disputed),
        )
    return ages


def _customer(found: list[Receivable], on: date) -> CustomerAges:
    newest = max(found, key=lambda one: (one.issued_on, one.number))
    oldest_first = sorted(found, key=lambda one: (one.due_on, one.number))
    return CustomerAges(newest.customer_id, newest.name, ages_of(found, on), tuple(oldest_first))
