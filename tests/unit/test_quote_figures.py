"""How quotes fare: one quote is one quote, whatever its versions. [M-01, M-02, M-03, M-08]"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from relance.domain.content import QuoteKind
from relance.domain.ids import QuoteId
from relance.domain.money import Cents
from relance.domain.quote import Acceptance, QuoteStatus
from relance.domain.quote_figures import (
    Cohort,
    SentVersion,
    Spread,
    StepFigures,
    offers,
    quote_figures,
    sent_version,
    spread,
)
from tests.builders import a_quote, a_quote_content, an_instant

FIRST, LAST = date(2026, 9, 1), date(2026, 11, 30)


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T10:00:00Z")


def version(
    id: str, sent: str, *, replaces: str = "", replaced: bool = False, accepted: str = "", net: int = 100
) -> SentVersion:
    return SentVersion(
        id=QuoteId(id),
        replaces=QuoteId(replaces) if replaces else None,
        is_replaced=replaced,
        drafted_at=at(sent) - timedelta(hours=3),
        sent_at=at(sent),
        accepted_at=at(accepted) if accepted else None,
        net=Cents(net),
    )


def test_m_01_a_cohort_is_the_month_of_the_first_version_and_a_replaced_one_is_not_lost() -> None:
    found = quote_figures(
        offers(
            [
                version("quo_2", "2026-10-02", replaces="quo_1", accepted="2026-10-04", net=300),
                version("quo_1", "2026-09-28", replaced=True),
                version("quo_3", "2026-09-29", net=700),
                version("quo_4", "2026-08-31"),
                version("quo_5", "2026-11-01"),
            ]
        ),
        {},
        FIRST,
        LAST,
    )
    assert found.cohorts == (
        Cohort(date(2026, 9, 1), 2, 1, Cents(1_000), Cents(300)),
        Cohort(date(2026, 11, 1), 1, 0, Cents(100), Cents(0)),
    )
    assert (found.cohorts[0].by_count, found.cohorts[0].by_value) == (Decimal("50.0"), Decimal("30.0"))
    assert Cohort(date(2026, 9, 1), 1, 0, Cents(0), Cents(0)).by_value is None
    assert found.accepting == Spread(Decimal("144.0"), Decimal("144.0")), "six days from the first sending [M-02]"
    assert found.drafting == Spread(Decimal("3.0"), Decimal("3.0"))


def test_m_02_the_middle_and_the_slowest_tenth() -> None:
    hours = [timedelta(hours=n) for n in (10, 1, 2, 3, 4, 5, 6, 7, 8, 9)]
    assert spread(hours) == Spread(Decimal("5.5"), Decimal("9.0"))
    assert spread([]) == Spread(None, None)


def test_m_08_acceptance_within_seven_days_of_a_reminder_of_any_version() -> None:
    reminders = {
        QuoteId("quo_1"): [("j7", at("2026-09-20")), ("j15", at("2026-09-27"))],
        QuoteId("quo_2"): [("j7", at("2026-10-03"))],
        QuoteId("quo_3"): [("j7", at("2026-10-03"))],
        QuoteId("quo_9"): [("j7", at("2026-10-03"))],
    }
    found = offers(
        [
            version("quo_2", "2026-10-02", replaces="quo_1", accepted="2026-10-04"),
            version("quo_1", "2026-09-28", replaced=True),
            version("quo_3", "2026-09-29"),
        ]
    )
    steps = quote_figures(found, reminders, FIRST, LAST).steps
    assert steps == (StepFigures("j15", 1, 1), StepFigures("j7", 3, 1))
    assert [step.rate for step in steps] == [Decimal("100.0"), Decimal("33.3")]


def test_drafts_pro_formas_and_amendments_are_no_offers_to_win() -> None:
    assert sent_version(a_quote()) is None
    sent = a_quote(status=QuoteStatus.SENT, sent_at=an_instant(), content=a_quote_content())
    told = sent_version(sent)
    assert told is not None
    assert (told.accepted_at, told.is_replaced, told.net) == (None, False, a_quote_content().totals.net)
    for kind in (QuoteKind.PROFORMA, QuoteKind.AMENDMENT):
        assert sent_version(replace(sent, content=a_quote_content(kind=kind))) is None
    acceptance = Acceptance("C. Lefèvre", "Bon pour accord", at("2026-11-20"), "", 1, "", "", "")
    accepted = sent_version(replace(sent, status=QuoteStatus.ACCEPTED, acceptance=acceptance))
    assert accepted is not None
    assert accepted.accepted_at == at("2026-11-20")
