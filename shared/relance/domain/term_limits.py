"""How long a payment term between businesses may be: dated limits, general or of a trade, and who goes beyond them.

The numbers are data (`resources/legal/payment_terms.toml`). Code de commerce L441-10 I, L441-11, D441-5-1. [P-01]
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from relance.domain.payment_terms import EndOfMonth, PaymentRule, TermSector, end_of_month


class Basis(StrEnum):
    """From when the days of a limit are counted."""

    INVOICE = "invoice"
    SUPPLY = "supply"
    SUPPLY_DECADE = "supply_decade"
    SUPPLY_END_OF_MONTH = "supply_end_of_month"


@dataclass(frozen=True, slots=True)
class TermLimit:
    """The longest term from `valid_from` to `valid_to`, both included: `days` after `basis`.

    Or, where `end_of_month_days` is above zero, so many days end of month, counted in either way. `sector` None is
    the general rule. `months`: for invoices of those months alone (none named: of any).
    """

    sector: TermSector | None
    days: int
    basis: Basis
    source: str
    text: str
    valid_from: date
    valid_to: date | None = None
    end_of_month_days: int = 0
    months: frozenset[int] = frozenset()

    def is_in_force(self, on: date) -> bool:
        """Whether it holds for an invoice of that day."""
        in_season = not self.months or on.month in self.months
        return in_season and self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def latest(self, issued: date, supplied: date) -> date:
        """The last day on which payment may be due."""
        latest = _start(self.basis, issued, supplied) + timedelta(days=self.days)
        if not self.end_of_month_days:
            return latest
        days = self.end_of_month_days
        return max(
            latest,
            PaymentRule(days, EndOfMonth.AFTER_DAYS).due_date(issued),
            PaymentRule(days, EndOfMonth.BEFORE_DAYS).due_date(issued),
        )


@dataclass(frozen=True, slots=True)
class TermLimits:
    """Every limit, past, present and announced."""

    limits: tuple[TermLimit, ...] = ()

    def for_sector(self, sector: TermSector | None, on: date) -> TermLimit | None:
        """The limit of a trade on that day, the general one where the trade has none; None where nothing is known."""
        in_force = [limit for limit in self.limits if limit.is_in_force(on)]
        own = [limit for limit in in_force if limit.sector is sector]
        general = [limit for limit in in_force if limit.sector is None]
        return next(iter(own or general), None)

    def fault(self, sector: TermSector | None, *, issued: date, supplied: date, due: date) -> str | None:
        """The French sentence of what is wrong with a due date between businesses, or None. [P-01]"""
        limit = self.for_sector(sector, issued)
        if limit is None or due <= (latest := limit.latest(issued, supplied)):
            return None
        return (
            f"Entre professionnels, le délai ne dépasse pas {limit.text} : échéance au plus tard le {_french(latest)}."
        )

    def rule_fault(self, rule: PaymentRule, sector: TermSector | None, on: date) -> str | None:
        """What is wrong with a rule between businesses: some invoice of the year from `on` would be due too late."""
        for days in range(366):
            issued = on + timedelta(days=days)
            limit = self.for_sector(sector, issued)
            if limit is not None and not _keeps(rule, limit, issued):
                return f"Entre professionnels, le délai ne dépasse pas {limit.text} : raccourcissez-le."
        return None


NO_LIMITS: Final = TermLimits()


def _keeps(rule: PaymentRule, limit: TermLimit, issued: date) -> bool:
    """Days alone are held to the days, days end of month to theirs: 60 days end of month are always too long."""
    due = rule.due_date(issued)
    if rule.end_of_month is EndOfMonth.NONE:
        return due <= _start(limit.basis, issued, issued) + timedelta(days=limit.days)
    if 0 < limit.end_of_month_days < rule.days:
        return False
    return due <= limit.latest(issued, issued)


def _start(basis: Basis, issued: date, supplied: date) -> date:
    if basis is Basis.INVOICE:
        return issued
    if basis is Basis.SUPPLY:
        return supplied
    if basis is Basis.SUPPLY_DECADE and supplied.day <= 20:  # ten days, or what is left of the month
        return supplied.replace(day=10 if supplied.day <= 10 else 20)
    return end_of_month(supplied)


def _french(day: date) -> str:
    return day.strftime("%d/%m/%Y")
