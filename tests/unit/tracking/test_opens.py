"""What a fetched pixel may mean, and what is kept of whoever fetched it."""

import pytest

from relance.domain.tracking.opens import Hit, OpenClass, classify
from relance.domain.tracking.visitor import agent_class, network_of

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.mark.parametrize("hit", [Hit("GET", FIREFOX), Hit("HEAD", ""), Hit("GET", "GoogleImageProxy")])
def test_consent_goes_before_every_other_rule(hit: Hit) -> None:
    verdict = classify(hit, consented=False)
    assert (verdict.open_class, verdict.reasons) == (OpenClass.DISCARDED, ("no_consent",))


@pytest.mark.parametrize(
    ("hit", "expected"),
    [
        (Hit("HEAD", "GoogleImageProxy"), OpenClass.BOT),
        (Hit("GET", " "), OpenClass.BOT),
        (Hit("GET", "Mozilla/5.0 (via ggpht.com GoogleImageProxy)"), OpenClass.PROXY_GMAIL),
        (Hit("GET", "Mozilla/5.0"), OpenClass.PROXY_MPP),
        (Hit("GET", "Mozilla/5.0 (Macintosh)"), OpenClass.HUMAN_PROBABLE),
        (Hit("GET", FIREFOX), OpenClass.HUMAN_PROBABLE),
    ],
)
def test_the_first_rule_that_fits_decides(hit: Hit, expected: OpenClass) -> None:
    verdict = classify(hit, consented=True)
    assert verdict.open_class is expected
    assert verdict.reasons, "a class is never given without its reason"


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1234:5678::1", "2001:db8:1234::/48"),
        ("::ffff:203.0.113.77", "::/48"),
        ("", ""),
        ("unknown", ""),
        ("203.0.113.77, 10.0.0.1", ""),
    ],
)
def test_of_an_address_only_the_network_is_kept(ip: str, network: str) -> None:
    assert network_of(ip) == network


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        (FIREFOX, "windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)", "ios"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/140", "android"),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0; MSOffice 16)", "outlook"),
        ("Mozilla/5.0 (via ggpht.com GoogleImageProxy)", "gmail_proxy"),
        ("", "none"),
        ("curl/8.11", "other"),
    ],
)
def test_of_a_program_only_the_family_is_kept(agent: str, family: str) -> None:
    assert agent_class(agent) == family
