"""T-06: what is kept of a visitor: a network instead of an address, a family of programs instead of a user agent."""

import pytest

from relance.domain.tracking.visitor import agent_class, network_of

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1234:5678::1", "2001:db8:1234::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("", ""),
        ("192.0.2.300", ""),
        ("<script>", ""),
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
        (" ", "none"),
        ("curl/8.11", "other"),
    ],
)
def test_of_a_program_only_the_family_is_kept(agent: str, family: str) -> None:
    assert agent_class(agent) == family
