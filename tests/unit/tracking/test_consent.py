"""Consent decides twice; withdrawing keeps the proof of both choices."""

from datetime import timedelta

import pytest

from relance.domain.party import Consent, TrackingConsent
from relance.domain.tracking.consent import may_insert, may_keep, withdraw
from tests.builders import a_customer
from tests.doubles.outside import START


@pytest.mark.parametrize("tracking", TrackingConsent)
def test_only_a_consent_that_was_given_and_stands_lets_us_follow(tracking: TrackingConsent) -> None:
    consent = Consent(tracking)
    assert may_insert(consent) is may_keep(consent) is (tracking is TrackingConsent.CONSENTED)


def test_nobody_is_followed_by_default() -> None:
    assert not may_insert(a_customer().consent)


def test_withdrawing_keeps_when_from_where_and_under_which_text() -> None:
    customer, later = a_customer(consents=True), START + timedelta(days=9)
    withdrawn = withdraw(customer, later, "lien du message")
    assert withdrawn.consent == Consent(TrackingConsent.WITHDRAWN, later, "lien du message", "2026-04")
    assert (withdrawn.rev, withdrawn.updated_at) == (customer.rev + 1, later)
    assert not may_keep(withdrawn.consent)


def test_there_is_nothing_to_withdraw_twice_or_from_whoever_never_agreed() -> None:
    never = a_customer()
    assert withdraw(never, START, "x") is never
    once = withdraw(a_customer(consents=True), START, "x")
    assert withdraw(once, START + timedelta(days=1), "y") is once
