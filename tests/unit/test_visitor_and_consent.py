import pytest

from relance.domain.party import Consent, TrackingConsent
from relance.domain.tracking.consent import may_insert, may_keep, withdraw
from relance.domain.tracking.visitor import agent_class, network_of
from tests.builders import a_customer, an_instant

LATER = an_instant("2026-11-20T10:00:00")


@pytest.mark.parametrize("state", list(TrackingConsent))
def test_a_pixel_needs_consent_when_it_is_written_and_when_it_is_seen_T_01(state: TrackingConsent) -> None:
    consent = Consent(state)
    assert may_insert(consent) is may_keep(consent) is (state is TrackingConsent.CONSENTED)


def test_withdrawing_keeps_the_text_once_agreed_to_as_proof_T_03() -> None:
    customer = a_customer(consents=True)
    withdrawn = withdraw(customer, LATER, "lien du courriel")
    assert withdrawn.consent == Consent(TrackingConsent.WITHDRAWN, LATER, "lien du courriel", "2026-04")
    assert (withdrawn.rev, withdrawn.updated_at) == (customer.rev + 1, LATER)


def test_withdrawing_what_was_never_given_changes_nothing() -> None:
    customer = a_customer()
    assert withdraw(customer, LATER, "lien") is customer
    again = withdraw(a_customer(consents=True), LATER, "lien")
    assert withdraw(again, LATER, "lien") is again


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("", ""),
        ("192.0.2.300", ""),
        ("<script>", ""),
    ],
)
def test_of_an_address_only_its_network_is_kept_T_06(ip: str, network: str) -> None:
    assert network_of(ip) == network


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        ("Mozilla/5.0 (via ggpht.com GoogleImageProxy)", "gmail_proxy"),
        ("Mozilla/5.0 (Windows NT 10.0; Microsoft Outlook 16.0; Chrome)", "outlook"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0)", "ios"),
        ("curl/8", "other"),
        (" ", "none"),
    ],
)
def test_of_a_user_agent_only_its_family_is_kept_T_06(agent: str, family: str) -> None:
    assert agent_class(agent) == family
