"""How long things are kept: the data is whole, durations end on the right day, places are told. [K-01…K-07]"""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from relance.adapters.retention_data import load_retention
from relance.domain.errors import NotFound
from relance.domain.retention import Duty, Place, Retention, Start, fiscal_year_end, later

TODAY = date(2026, 11, 22)
DATA = load_retention()


def test_each_rule_says_what_how_long_from_when_and_by_which_text() -> None:
    """K-01 to K-07 are all there, each with its source and the day since which it holds."""
    found = {rule.id: rule for rule in DATA.in_force(TODAY)}
    assert set(found) == {*(f"K-0{n}" for n in range(1, 8)), "T-06"}
    for rule in found.values():
        assert rule.subject
        assert rule.text
        assert rule.source
        runs = rule.duty is not Duty.LOCATE and rule.starts not in (Start.NEVER, Start.LAST_ONLY)
        assert runs == bool(rule.years or rule.months)


@pytest.mark.parametrize(
    ("id", "moment", "last"),
    [
        ("K-01", date(2026, 12, 31), date(2036, 12, 31)),
        ("K-02", date(2026, 2, 28), date(2032, 2, 28)),
        ("K-04", date(2024, 2, 29), date(2034, 2, 28)),
        ("K-07", date(2023, 11, 22), date(2026, 11, 22)),
        ("T-06", date(2026, 1, 31), date(2027, 2, 28)),
        ("K-03", date(2026, 12, 31), None),
        ("K-06", date(2026, 12, 31), None),
    ],
)
def test_a_duration_ends_on_its_day(id: str, moment: date, last: date | None) -> None:
    """K-01 ten years, K-02 six, K-04 ten, K-07 three, T-06 thirteen months; K-03 and K-06 have none."""
    assert DATA.rule(id, TODAY).until(moment) == last


def test_the_archive_is_locked_for_longer_than_the_duty_runs() -> None:
    """[K-01] From any day of an accounting year of twelve months, the lock outlasts ten years from its end."""
    rule = DATA.rule("K-01", TODAY)
    for start in ("01-01", "10-01"):
        stored = date(2026, int(start[:2]), 1)  # its first day: the lock begins as early as it can
        duty = rule.until(fiscal_year_end(stored, start))
        assert duty is not None
        assert later(stored, rule.lock_years * 12) > duty


@pytest.mark.parametrize(
    ("day", "start", "end"),
    [
        (date(2026, 11, 22), "01-01", date(2026, 12, 31)),
        (date(2026, 11, 22), "10-01", date(2027, 9, 30)),
        (date(2026, 9, 30), "10-01", date(2026, 9, 30)),
        (date(2028, 2, 1), "03-01", date(2028, 2, 29)),
    ],
)
def test_an_accounting_year_ends_the_day_before_the_next(day: date, start: str, end: date) -> None:
    assert fiscal_year_end(day, start) == end


def test_a_rule_holds_within_its_dates() -> None:
    rule = replace(DATA.rule("K-07", TODAY), valid_from=date(2020, 1, 1), valid_to=date(2020, 12, 31))
    past = Retention((rule,))
    assert past.rule("K-07", date(2020, 12, 31)) == rule
    for outside in (date(2019, 12, 31), date(2021, 1, 1)):
        with pytest.raises(NotFound, match="K-07"):
            past.rule("K-07", outside)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (DATA.place("eu-west-3"), "France (Paris, région eu-west-3)."),
        (DATA.place("eu-central-1"), "pays lié par convention : directives"),
        (DATA.place("us-east-1"), "Région us-east-1 : vérifiez"),
        (Place(""), "Région inconnue : vérifiez"),
    ],
)
def test_where_invoices_are_stored_is_told(place: Place, told: str) -> None:
    """[K-05] Declared when it is known, and told as one to check when it is not."""
    assert told in place.text
    assert place.is_known == (place.country != "")


@pytest.mark.parametrize(
    ("at", "over"),
    [
        (datetime(2026, 11, 16, 22, 59, tzinfo=UTC), datetime(2029, 11, 15, 23, tzinfo=UTC)),
        (datetime(2026, 11, 16, 23, 0, tzinfo=UTC), datetime(2029, 11, 16, 23, tzinfo=UTC)),
        (datetime(2024, 2, 29, 12, 0, tzinfo=UTC), datetime(2027, 2, 27, 23, tzinfo=UTC)),
        (datetime(2026, 7, 1, 12, 0, tzinfo=UTC), datetime(2029, 6, 30, 22, tzinfo=UTC)),
    ],
)
def test_what_expires_does_so_as_its_last_day_begins_in_paris(at: datetime, over: datetime) -> None:
    """[K-07] Days are those of Paris, whatever the hour of the year."""
    assert DATA.expires_at("K-07", at) == over
