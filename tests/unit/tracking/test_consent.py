"""T-01 to T-03: consent decides twice, each choice keeps its proof, and a refusal is respected for a while."""

from datetime import UTC, date, datetime, timedelta

import pytest

from relance.adapters.silence_data import load_silence
from relance.domain.party import Consent, TrackingConsent
from relance.domain.tracking.consent import (
    MAX_PAST,
    Scope,
    ask_again_from,
    may_be_followed,
    recorded,
    scope_at_hit,
    scope_of,
    withdraw,
)
from tests.builders import a_customer
from tests.doubles.outside import START

T = TrackingConsent
LATER = START + timedelta(days=9)
AGREED = Consent(T.CONSENTED, START, "formulaire de contact", "2026-04")
REFUSED = Consent(T.REFUSED, START, "téléphone", "2026-04")


@pytest.mark.parametrize(
    ("tracking", "of_an_offer", "of_a_service"),
    [
        (T.NONE, Scope.NOTHING, Scope.NOTHING),
        (T.DELIVERABILITY, Scope.NOTHING, Scope.LAST_DAY),
        (T.CONSENTED, Scope.EVENTS, Scope.EVENTS),
        (T.REFUSED, Scope.NOTHING, Scope.NOTHING),
        (T.WITHDRAWN, Scope.NOTHING, Scope.NOTHING),
    ],
)
def test_what_each_choice_allows_T_01_T_02(tracking: T, of_an_offer: Scope, of_a_service: Scope) -> None:
    consent = Consent(tracking)
    assert scope_of(consent, is_service=False) is of_an_offer
    assert scope_of(consent, is_service=True) is of_a_service
    assert may_be_followed(consent) is (tracking in {T.DELIVERABILITY, T.CONSENTED})


@pytest.mark.parametrize("promised", Scope)
@pytest.mark.parametrize("tracking", TrackingConsent)
@pytest.mark.parametrize("is_service", [True, False])
def test_a_hit_keeps_neither_more_than_its_mail_promised_nor_than_is_allowed_now_T_03(
    promised: Scope, tracking: T, is_service: bool
) -> None:
    width = [Scope.NOTHING, Scope.LAST_DAY, Scope.EVENTS].index
    now = scope_of(Consent(tracking), is_service=is_service)
    kept = scope_at_hit(promised, Consent(tracking), is_service=is_service)
    assert width(kept) == min(width(promised), width(now))


def test_nobody_is_followed_by_default() -> None:
    assert scope_of(a_customer().consent, is_service=True) is Scope.NOTHING


def test_withdrawing_keeps_when_from_where_and_under_which_text() -> None:
    customer = a_customer(consents=True)
    withdrawn = withdraw(customer, LATER, "lien du message")
    assert withdrawn.consent == Consent(T.WITHDRAWN, LATER, "lien du message", "2026-04")
    assert withdrawn.past_consents == (AGREED,), "the proof of the consent stays"
    assert (withdrawn.rev, withdrawn.updated_at) == (customer.rev + 1, LATER)


def test_deliverability_is_withdrawn_like_a_consent() -> None:
    customer = a_customer(consent=Consent(T.DELIVERABILITY))
    assert withdraw(customer, LATER, "lien").consent.tracking is T.WITHDRAWN


def test_there_is_nothing_to_withdraw_twice_or_from_whoever_never_agreed() -> None:
    never = a_customer()
    assert withdraw(never, START, "x") is never
    once = withdraw(a_customer(consents=True), START, "x")
    assert withdraw(once, LATER, "y") is once


def test_each_choice_stays_beside_the_next() -> None:
    customer = recorded(a_customer(), REFUSED, START)
    assert (customer.consent, customer.past_consents) == (REFUSED, ()), "what was never chosen is no choice"
    again = recorded(customer, AGREED, LATER)
    assert (again.consent, again.past_consents) == (AGREED, (REFUSED,))
    assert recorded(again, AGREED, LATER) is again


def test_the_choices_of_one_contact_are_bounded() -> None:
    customer = a_customer()
    for n in range(MAX_PAST + 9):
        customer = recorded(customer, Consent(T.CONSENTED, START + timedelta(days=n), "x", str(n)), START)
    assert len(customer.past_consents) == MAX_PAST
    assert customer.past_consents[-1].text_version == str(MAX_PAST + 7), "the oldest went"


@pytest.mark.parametrize(
    ("consent", "day"),
    [
        (REFUSED, date(2027, 5, 16)),
        (Consent(T.WITHDRAWN, datetime(2026, 8, 31, tzinfo=UTC)), date(2027, 2, 28)),  # no 31 February
        (Consent(T.REFUSED, datetime(2021, 3, 1, tzinfo=UTC)), date(2021, 9, 1)),
        (Consent(T.REFUSED, datetime(2019, 3, 1, tzinfo=UTC)), date(2019, 9, 1)),  # before the oldest rule known
        (Consent(T.REFUSED), None),
        (AGREED, None),
        (Consent(), None),
    ],
)
def test_whoever_refused_is_not_asked_again_for_six_months(consent: Consent, day: date | None) -> None:
    """CNIL, délibération 2026-042; the delay is dated data. [T-01]"""
    assert ask_again_from(consent, load_silence()) == day


def test_without_a_rule_nothing_is_said_of_asking_again() -> None:
    assert ask_again_from(REFUSED, ()) is None
