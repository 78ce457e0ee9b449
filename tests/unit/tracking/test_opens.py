"""What a hit may mean, rule by rule, in the order that is part of the meaning."""

from datetime import timedelta

import pytest

from relance.adapters.robot_data import load_robots
from relance.domain.tracking.opens import Hit, OpenClass, Verdict, Via, classify
from relance.domain.tracking.robots import KnownRobots, NetworkKind, networks_of, within
from tools import scanner_agents

KNOWN = load_robots()
C = OpenClass
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
HOME, APPLE, AWS, MICROSOFT = "203.0.113.77", "104.28.30.4", "54.170.1.1", "40.107.9.9"
SECONDS = timedelta(seconds=1)


@pytest.mark.parametrize("hit", [Hit("GET", FIREFOX), Hit("HEAD", ""), Hit("GET", GMAIL)])
@pytest.mark.parametrize("own", [True, False])
def test_consent_goes_before_every_other_rule(hit: Hit, own: bool) -> None:
    assert classify(hit, KNOWN, consented=False, own=own) == Verdict(C.DISCARDED, 100, ("no_consent",))


@pytest.mark.parametrize("hit", [Hit("HEAD", GMAIL), Hit("GET", "curl/8.11"), Hit("POST", FIREFOX, via=Via.PAGE)])
def test_the_sellers_own_visits_are_his_whatever_they_look_like_T_07(hit: Hit) -> None:
    assert classify(hit, KNOWN, own=True).open_class is C.SELF


@pytest.mark.parametrize(
    ("hit", "age", "expected"),
    [
        (Hit("HEAD", GMAIL), None, (C.BOT, 95, "head_request")),
        (Hit("GET", " "), None, (C.BOT, 80, "no_user_agent")),
        (Hit("GET", "curl/8.11"), None, (C.BOT, 95, "scanner_user_agent")),
        (Hit("GET", "Mozilla/5.0 (compatible; bingbot/2.0)"), None, (C.BOT, 95, "scanner_user_agent")),
        (Hit("POST", "Mozilla/5.0 HeadlessChrome/120", via=Via.PAGE), None, (C.BOT, 95, "scanner_user_agent")),
        (Hit("GET", "Barracuda Sentinel (EE)", via=Via.LINK), None, (C.BOT, 95, "scanner_user_agent")),
        (Hit("GET", "Mozilla/5.0", APPLE), None, (C.PROXY_MPP, 90, "user_agent_bare_mozilla network_apple_egress")),
        (Hit("GET", "Mozilla/5.0", HOME), None, (C.PROXY_MPP, 60, "user_agent_bare_mozilla")),
        (Hit("GET", GMAIL), None, (C.PROXY_GMAIL, 50, "user_agent_google_image_proxy")),
        (Hit("GET", GMAIL), 2 * SECONDS, (C.PROXY_GMAIL, 50, "user_agent_google_image_proxy")),
        (Hit("GET", GMAIL), 121 * SECONDS, (C.PROXY_GMAIL, 70, "user_agent_google_image_proxy fetched_later")),
        (Hit("GET", "YahooMailProxy; https://help.yahoo.com/"), None, (C.PROXY_OTHER, 50, "user_agent_mail_proxy")),
        (Hit("GET", FIREFOX, HOME), 9 * SECONDS, (C.BOT, 80, "right_after_delivery")),
        (Hit("GET", FIREFOX, HOME), -3 * SECONDS, (C.BOT, 80, "right_after_delivery")),
        (Hit("GET", FIREFOX, HOME), 10 * SECONDS, (C.HUMAN_PROBABLE, 60, "nothing_known_against")),
        (Hit("GET", FIREFOX, MICROSOFT, Via.LINK), None, (C.BOT, 80, "network_mail_gateway")),
        (Hit("GET", FIREFOX, AWS, Via.LINK), None, (C.BOT, 70, "network_cloud no_script")),
        (Hit("GET", FIREFOX, AWS), None, (C.BOT, 70, "network_cloud no_script")),
        (Hit("POST", FIREFOX, AWS, Via.PAGE, gesture=True), None, (C.HUMAN_PROBABLE, 90, "visible_3s gesture")),
        (Hit("POST", FIREFOX, HOME, Via.PAGE), None, (C.HUMAN_PROBABLE, 75, "visible_10s")),
        (Hit("POST", FIREFOX, HOME, Via.PDF), None, (C.HUMAN_PROBABLE, 85, "pdf_button")),
        (Hit("GET", FIREFOX, HOME, Via.LINK), None, (C.HUMAN_PROBABLE, 40, "link_only")),
        (Hit("GET", FIREFOX, "not an address"), None, (C.HUMAN_PROBABLE, 60, "nothing_known_against")),
    ],
)
def test_the_first_rule_that_fits_decides(hit: Hit, age: timedelta | None, expected: tuple[C, int, str]) -> None:
    verdict = classify(hit, KNOWN, age=age)
    assert (verdict.open_class, verdict.confidence, " ".join(verdict.reasons)) == expected


@pytest.mark.parametrize(
    "agent",
    [
        FIREFOX,
        "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17126; Pro)",
        "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
    ],
)
def test_programs_that_people_read_mail_with_are_no_robots(agent: str) -> None:
    assert not KNOWN.is_scanner(agent)
    assert not KNOWN.is_mail_proxy(agent)


@pytest.mark.parametrize("open_class", OpenClass)
def test_a_proxy_is_a_mail_service_and_nothing_else(open_class: OpenClass) -> None:
    assert open_class.is_proxy is open_class.value.startswith("proxy_")


def test_the_packaged_words_are_those_of_the_kept_list() -> None:
    """crawler-user-agents is a developer's package: its patterns are packaged, with its version and its licence."""
    assert scanner_agents.TARGET.read_text(encoding="utf-8") == scanner_agents.made()
    assert len(KNOWN.scanners) > 1_000


def test_the_networks_are_networks_and_each_kind_is_there() -> None:
    assert {kind for kind, _ in KNOWN.networks} == set(NetworkKind)
    assert all(networks_of(texts) for _, texts in KNOWN.networks)


def test_an_address_is_in_its_networks_however_it_is_written() -> None:
    networks = networks_of(["203.0.113.7", "198.51.100.0/24", "2001:db8::/32"])
    assert within("203.0.113.7", networks)
    assert within("::ffff:198.51.100.9", networks)
    assert within("2001:db8:1::1", networks)
    assert not within("203.0.113.8", networks)
    assert not within("2001:db9::1", networks)
    assert not within("", networks)


def test_nobody_is_a_robot_to_whoever_knows_of_none() -> None:
    assert classify(Hit("GET", "curl/8.11"), KnownRobots()).open_class is C.HUMAN_PROBABLE
