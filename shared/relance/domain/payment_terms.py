"""When a customer pays: the rule that both sides agreed on, the date it gives, and how it is said in French.

« 45 jours fin de mois » is counted in two ways and both are lawful: 45 days and then the end of that month, or the
end of the month of the invoice and then 45 days (DGCCRF, « Délais de paiement », checked 2026-11). A rule says which.
How long a term may be is dated data: relance.domain.term_limits. Code de commerce L441-10 I. [P-01, KB-28]
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final


class EndOfMonth(StrEnum):
    """Whether the term ends with a month, and what is counted first: the days, or the month."""

    NONE = "none"
    AFTER_DAYS = "after_days"
    BEFORE_DAYS = "before_days"


_COUNTED: Final = {
    EndOfMonth.NONE: "à {days} jours",
    EndOfMonth.AFTER_DAYS: "à {days} jours fin de mois",
    EndOfMonth.BEFORE_DAYS: "à fin de mois + {days} jours",
}


@dataclass(frozen=True, slots=True)
class PaymentRule:
    """So many days after the invoice, to the end of a month or not, and then to a day of the month (0 = any).

    0 days, no end of month, no day: on receipt. `day` 31 means the last one of a shorter month.
    """

    days: int = 30
    end_of_month: EndOfMonth = EndOfMonth.NONE
    day: int = 0

    def due_date(self, issued: date) -> date:
        """The day on which payment is due for an invoice of the civil date `issued`; never before it."""
        due = end_of_month(issued) if self.end_of_month is EndOfMonth.BEFORE_DAYS else issued
        due += timedelta(days=self.days)
        if self.end_of_month is EndOfMonth.AFTER_DAYS:
            due = end_of_month(due)
        return _next_day_of_month(due, self.day) if self.day else due

    @property
    def text(self) -> str:
        """The rule in French, to be read after « Paiement »: « à 45 jours fin de mois »."""
        if self.days:
            count = _COUNTED[self.end_of_month].format(days=self.days)
        elif self.end_of_month is EndOfMonth.NONE:
            count = "à réception de la facture"
        else:
            count = "à la fin du mois de facturation"
        if not self.day:
            return count
        day = f"le {_ordinal(self.day)} du mois"
        is_bare = not self.days and self.end_of_month is EndOfMonth.NONE
        return f"{day}, après réception de la facture" if is_bare else f"{count}, {day}"


def end_of_month(on: date) -> date:
    """The last day of the month of `on`."""
    return on.replace(day=monthrange(on.year, on.month)[1])


def _next_day_of_month(on: date, day: int) -> date:
    """The first `day` of a month that is not before `on`."""
    here = _clamped(on, day)
    return here if here >= on else _clamped(end_of_month(on) + timedelta(days=1), day)


def _clamped(on: date, day: int) -> date:
    return on.replace(day=min(day, monthrange(on.year, on.month)[1]))


def _ordinal(day: int) -> str:
    return "1er" if day == 1 else str(day)


class TermSector(StrEnum):
    """Trades whose payment terms have a limit of their own between businesses (C. com. L441-11, D441-5-1). [P-01]"""

    PERISHABLE_FOOD = "denrees_perissables"
    LIVESTOCK = "betail_vif"
    SPIRITS = "alcools"
    WINE = "vins"
    TRANSPORT = "transport"
    PERIODIC_INVOICES = "factures_periodiques"
    LEATHER = "cuir"
    JEWELLERY = "horlogerie_bijouterie"
    WINTER_SPORTS = "sports_d_hiver"
    TOYS = "jouet"
    FARM_MACHINERY = "agroequipement"
    EXPORT_PURCHASES = "grand_export"
