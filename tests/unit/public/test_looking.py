"""Who looks at a page, and what that changes: complaints 17 and 18 of users of other products. [T-06, T-07, T-10]"""

from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

import pytest

from relance.app.noticing import signals_of
from relance.domain.links import own_mark, preview_proof
from relance.domain.party import Consent
from relance.domain.party import TrackingConsent as T
from relance.domain.tracking.alerts import alert_due
from relance.domain.tracking.signals import is_shared, reconsider, views
from tests.builders import OTHER_TENANT, TENANT, a_company, a_customer
from tests.doubles.outside import START
from tests.doubles.site import KEY, Page, Site

SCANNER = "Mozilla/5.0 (compatible; Barracuda Sentinel (EE))"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1"


def a_site(**changes: Any) -> tuple[Site, str, Page]:
    site = Site(company=a_company(**changes))
    token = site.quote()
    return site, token, site.get(f"/q/{token}")


def kept(site: Site) -> list[tuple[str, str, str]]:
    """Kind, class and reasons of all that was noticed, addresses too."""
    return [(a.kind.value, a.data["class"], a.data["reasons"]) for a in site.activity.kept.values()]


def would_tell(site: Site) -> str:
    """The alert that what is kept would make."""
    alert = alert_due(views(signals_of(site.activity.kept.values())), (), site.clock.now())
    return alert.name if alert else ""


# --- complaint 17: scanners and second devices fire « Quotation viewed » many times in seconds ------------------------


def test_complaint_17_four_requests_of_a_scanner_without_cookies_tell_nobody_T_10_T_11() -> None:
    """odoo/odoo#281654: four GETs, each a session of its own, were four notifications within seconds."""
    site = Site()
    token, before = site.quote(), site.store.commits
    for ip in ("192.0.2.1", "192.0.2.2", "198.51.100.3", "198.51.100.4"):
        assert site.get(f"/q/{token}", agent=SCANNER, ip=ip).status == 200
    assert (site.store.commits, site.stored().first_viewed_at, would_tell(site)) == (before, None, "")
    assert kept(site) == [("followed", "bot", "scanner_user_agent")], "one line in the story, and its reason"


def test_complaint_17_a_scanner_that_looks_like_a_browser_tells_nobody_either() -> None:
    """Without a script that ran there is no view, whatever it calls itself."""
    site, token, _ = a_site()
    for _ in range(4):
        site.get(f"/q/{token}", agent=FIREFOX)
    assert (site.stored().first_viewed_at, would_tell(site)) == (None, "")
    assert {kind for kind, _, _ in kept(site)} == {"followed"}


def test_complaint_17_devices_that_look_at_once_are_one_view_T_11() -> None:
    site, _, page = a_site()
    for seconds, agent, ip in ((3, FIREFOX, "203.0.113.7"), (65, IPHONE, "198.51.100.9"), (90, FIREFOX, "192.0.2.44")):
        site.clock.move_to(START + timedelta(seconds=seconds))
        assert site.fill(page, "seen", {"agent": agent, "ip": ip}, seconds="3", gesture="yes").status == 204
    signals = signals_of(site.activity.kept.values())
    assert len(views(signals)) == 1
    assert is_shared(signals), "and a hint that it was passed on [T-13]"
    assert would_tell(site) == "viewed_20261116"


# --- complaint 18: my own preview marks it as viewed ------------------------------------------------------------------


def test_complaint_18_the_sellers_preview_never_marks_as_viewed_T_07() -> None:
    """invoiceninja#7496, #4566: own preview marked as viewed, and each view should be listed."""
    site = Site()
    token = site.quote()
    page = site.get(f"/q/{token}?preview={preview_proof(KEY, token)}")
    assert "Vous consultez votre propre document" in page.body
    (cookie,) = page.cookies
    assert cookie.startswith(f"relance_own={own_mark(KEY, TENANT)}; Path=/q; ")
    assert {"HttpOnly", "Secure", "SameSite=Lax"} <= set(cookie.split("; "))
    mine = {"cookies": (cookie.partition(";")[0],)}
    assert site.fill(page, "seen", mine, seconds="200", gesture="yes").status == 204
    assert site.fill(page, "pdf", mine).status == 200
    assert (site.stored().first_viewed_at, would_tell(site)) == (None, "")
    assert {(kind, c) for kind, c, _ in kept(site)} == {
        ("followed", "self"),
        ("viewed", "self"),
        ("downloaded", "self"),
    }


def test_complaint_18_the_browser_of_a_preview_is_the_sellers_on_every_page_of_his() -> None:
    site = Site()
    mark = (f"other=1; relance_own={own_mark(KEY, TENANT)}",)
    page = site.get(f"/q/{site.invoice()}", cookies=(mark[0].partition("; ")[2],))
    assert "Vous consultez votre propre document" in page.body
    assert [c for _, c, _ in kept(site)] == ["self"]


def test_the_mark_is_read_from_the_header_where_there_is_no_list_of_cookies() -> None:
    site = Site()
    headers = {"Cookie": f"other=1; relance_own={own_mark(KEY, TENANT)}"}
    assert "votre propre document" in site.send("GET", f"/q/{site.quote()}", "", headers).body


@pytest.mark.parametrize(
    "client",
    [
        {"cookies": (f"relance_own={own_mark(KEY, OTHER_TENANT)}",)},
        {"cookies": ("relance_own=",)},
        {"cookies": ("relance_own=é",)},
        {},
    ],
)
def test_nobody_else_is_taken_for_the_seller(client: dict[str, Any]) -> None:
    site, token, _ = a_site()
    page = site.get(f"/q/{token}?preview=forg%C3%A9", **client)
    assert (page.cookies, "votre propre document" in page.body) == ((), False)
    assert site.fill(page, "seen", client, gesture="yes").status == 204
    assert site.stored().first_viewed_at is not None


@pytest.mark.parametrize("own", ["203.0.113.7", "203.0.113.0/24"])
def test_complaint_18_looks_from_the_sellers_own_network_never_count_T_07(own: str) -> None:
    site, _, page = a_site(own_networks=(own,))
    assert site.fill(page, "seen", gesture="yes").status == 204
    assert (site.stored().first_viewed_at, would_tell(site)) == (None, "")
    assert site.fill(page, "seen", {"ip": "198.51.100.1"}, gesture="yes").status == 204
    assert site.stored().first_viewed_at is not None, "from anywhere else they do"


def test_complaint_18_each_view_is_listed_with_its_reasons() -> None:
    site, _, page = a_site()
    for hours in (1, 5, 26):
        site.clock.move_to(START + timedelta(hours=hours))
        site.fill(page, "seen", seconds="12", gesture="yes")
    looks = [a for a in site.activity.kept.values() if a.kind == "viewed"]
    assert [a.at for a in looks] == [START + timedelta(hours=hours) for hours in (1, 5, 26)]
    assert [dict(a.data) for a in looks] == [
        {
            "class": "human_probable",
            "confidence": "90",
            "reasons": "visible_3s gesture",
            "network": "203.0.113.0/24",
            "agent": "linux",
            "seconds": "12",
        }
    ] * 3


# --- the signals of the page ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "confidence", "seconds"),
    [
        ({"seconds": "10", "gesture": ""}, "75", "10"),
        ({"seconds": "3", "gesture": "yes"}, "90", "3"),
        ({"seconds": "9999", "gesture": "yes"}, "90", "3600"),
        ({"seconds": "-5", "gesture": "yes"}, "90", "3"),
        ({"seconds": "1e9", "gesture": "maybe"}, "75", "3"),
        ({}, "75", "3"),
    ],
)
def test_what_the_script_says_raises_a_confidence_and_no_more(
    said: dict[str, str], confidence: str, seconds: str
) -> None:
    site, _, page = a_site()
    site.fill(page, "seen", **said)
    (look,) = site.noticed()
    assert (look.data["confidence"], look.data["seconds"]) == (confidence, seconds)


def test_the_pdf_taken_by_its_button_is_the_document_and_a_view() -> None:
    site, token, page = a_site()
    answer = site.fill(page, "pdf")
    assert (answer.status, answer.body) == (200, site.get(f"/q/{token}/pdf").body)
    (taken,) = site.noticed()
    assert (taken.kind, taken.data["class"], taken.data["confidence"]) == ("downloaded", "human_probable", "85")
    assert site.stored().first_viewed_at == site.clock.now()


def test_a_pdf_that_is_not_ready_is_not_taken() -> None:
    site = Site()
    page = site.get(f"/q/{site.quote()}")
    site.change(pdf_sha256="")
    assert site.fill(page, "pdf").status == 409
    assert site.noticed() == []


def test_whoever_follows_the_hidden_link_is_a_robot_and_unmasks_what_it_did_around() -> None:
    site, token, page = a_site()
    assert f'<a href="{token}/plan" rel="nofollow" tabindex="-1" aria-hidden="true" hidden></a>' in page.body
    hidden = site.get(urljoin(page.url, f"{token}/plan"))
    assert (hidden.status, site.stored().content is not None, "D-2026-0001" in hidden.body) == (200, True, False)
    site.fill(page, "seen", gesture="yes")
    assert views(signals_of(site.activity.kept.values())) == (), "the same network, within a minute"
    assert ("followed", "bot", "trap_link") in kept(site)


def test_a_filter_that_follows_every_link_of_a_mail_is_unmasked_by_that() -> None:
    """Its hits look like a browser's one by one: a page, a pixel and the way out, all within seconds. [C.2]"""
    site = Site(customer=a_customer(consents=True))
    token, pixel = site.quote(), site.pixel()
    site.get(f"/q/{token}", agent=FIREFOX)
    site.clock.advance(timedelta(seconds=2))
    site.get(f"/u/{pixel}", agent=FIREFOX)
    signals = reconsider(signals_of(site.activity.kept.values()))
    assert [(signal.opt_out, signal.verdict.reasons) for signal in signals] == [
        (False, ("all_links",)),
        (True, ("all_links",)),
    ]


def test_the_way_out_of_reminders_is_a_link_of_the_mail_too() -> None:
    site = Site()
    token = site.quote()
    site.get(f"/u/{token}", agent=FIREFOX)
    assert [(a.kind, a.data["opt_out"]) for a in site.activity.kept.values()] == [("followed", "yes")]


@pytest.mark.parametrize("tracking", [T.NONE, T.DELIVERABILITY, T.REFUSED, T.WITHDRAWN])
def test_of_who_did_not_agree_the_way_out_of_tracking_notes_nothing_T_03(tracking: T) -> None:
    site = Site(customer=a_customer(consent=Consent(tracking)))
    assert site.get(f"/u/{site.pixel()}").status == 200
    assert site.activity.kept == {}


def test_a_page_is_shown_even_when_nothing_can_be_noted() -> None:
    site = Site()
    token = site.quote()
    site.activity.failures = 1
    assert site.get(f"/q/{token}").status == 200
    assert site.get(f"/q/{token}").status == 200
    assert len(site.activity.kept) == 1


def test_a_flood_of_one_address_is_noted_once_a_minute_and_container() -> None:
    site, token, _ = a_site()
    parts = site.parts
    site.activity.records = 0
    for _ in range(100):
        site.get(f"/q/{token}", parts=parts)
    assert site.activity.records == 1
    site.clock.advance(timedelta(minutes=1))
    site.get(f"/q/{token}", parts=parts)
    assert site.activity.records == 2
