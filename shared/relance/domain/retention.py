"""How long things are kept: at least where the law wants them, at most where persons are to be forgotten. [K-01…K-07]

Dated data (`resources/legal/retention.toml`): what, how long, from which moment, by which text, since when. A duty to
keep wins over a wish to be forgotten: Code de commerce L123-22, LPF L102 B and L102 C, C. conso. L213-1, RGPD art. 17
§ 3 b, checked 2026-11.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from relance.domain.calendar_fr import at_paris, civil_date
from relance.domain.errors import NotFound
from relance.domain.periods import first_day_of_year


class Duty(StrEnum):
    """To keep at least so long, to forget at the latest then, or to tell where."""

    KEEP = "keep"
    FORGET = "forget"
    LOCATE = "locate"


class Start(StrEnum):
    """The moment from which a duration runs; the last two have none."""

    FISCAL_YEAR_END = "fiscal_year_end"
    DOCUMENT = "document"
    PERFORMANCE = "performance"
    LAST_CONTACT = "last_contact"
    EVENT = "event"
    NEVER = "never"  # it does not end
    LAST_ONLY = "last_only"  # one value: the next takes its place


class Work(StrEnum):
    """What is let go of in the background: lines of a purged year, or a prospect."""

    PURGE = "purge"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One line of the table, in force from `valid_from` to `valid_to`, both included.

    `min_amount`: in whole euros TTC, the smallest contract that it is about. `lock_years`: how long the bucket of the
    archive locks each object, counted from the day it is stored; 0 where nothing is locked.
    """

    id: str
    duty: Duty
    subject: str
    starts: Start
    text: str
    source: str
    valid_from: date
    valid_to: date | None = None
    years: int = 0
    months: int = 0
    min_amount: int = 0
    lock_years: int = 0

    def is_in_force(self, on: date) -> bool:
        """Whether it holds on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def until(self, moment: date) -> date | None:
        """The last day of what began to run at `moment`; None when it has no end of its own."""
        return later(moment, self.years * 12 + self.months) if self.years or self.months else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a region of the cloud is. `convention`: what binds another country to help, "" in France itself. [K-05]"""

    region: str
    country: str = ""
    city: str = ""
    convention: str = ""

    @property
    def is_known(self) -> bool:
        """Whether the data says that invoices may be stored there."""
        return bool(self.country)

    @property
    def text(self) -> str:
        """The place as it is declared and shown."""
        if not self.is_known:
            return (
                f"Région {self.region or 'inconnue'} : vérifiez que ce pays est lié à la France par une convention "
                "d’assistance, puis déclarez le lieu de stockage à l’administration."
            )
        where = f"{self.country} ({self.city}, région {self.region})"
        return f"{where}, pays lié par convention : {self.convention}." if self.convention else f"{where}."


@dataclass(frozen=True, slots=True)
class Retention:
    """The table, past and present, and where regions are."""

    rules: tuple[RetentionRule, ...]
    places: tuple[Place, ...] = ()

    def in_force(self, on: date) -> tuple[RetentionRule, ...]:
        """What holds on a day, in the order of the data."""
        return tuple(rule for rule in self.rules if rule.is_in_force(on))

    def rule(self, id: str, on: date) -> RetentionRule:
        """The rule of that id on that day. Raises NotFound when there is none: a gap in the data."""
        for rule in self.in_force(on):
            if rule.id == id:
                return rule
        raise NotFound(f"Aucune règle de conservation {id} en vigueur le {on:%d/%m/%Y}.")

    def expires_at(self, id: str, at: datetime) -> datetime:
        """When what began to run at `at` is over by that rule: as its last day begins in Paris, so never too late.

        Raises NotFound on a gap in the data.
        """
        day = civil_date(at)
        last = self.rule(id, day).until(day)
        assert last is not None, "a rule that something expires by has a duration: the data is tested"
        return at_paris(last, time())

    def place(self, region: str) -> Place:
        """Where that region is; one that says so of itself when the data does not know it."""
        return next((place for place in self.places if place.region == region), Place(region))


def fiscal_year_end(day: date, fiscal_year_start: str) -> date:
    """The last day of the accounting year (`MM-DD` is its first) in which `day` is."""
    start = first_day_of_year(day, fiscal_year_start)
    return start.replace(year=start.year + 1) - timedelta(days=1)


def later(day: date, months: int) -> date:
    """The same day of the month that many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
