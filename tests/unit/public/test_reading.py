"""The customer's page, read: what each state shows, what it must not show, and that reading changes nothing."""

from dataclasses import replace
from datetime import timedelta
from html import escape as html_escape

import pytest

from relance.domain.ids import QuoteId
from relance.domain.links import link_id, link_token
from relance.domain.party import Branding, CustomerKind
from relance.domain.quote import QuoteStatus
from tests.builders import TENANT, a_company, a_customer, a_quote, a_quote_content, an_instant, an_invoice_content
from tests.doubles.site import KEY, Page, Site

OFFER = "Pose de parquet chêne massif"


def escape(text: str) -> str:
    return html_escape(text).replace("&quot;", "&#34;")


def test_an_open_quote_shows_the_offer_and_how_to_answer_it() -> None:
    site = Site()
    page = site.get(f"/q/{site.quote()}")
    assert page.status == 200
    for shown in (OFFER, "D-2026-0001", "2\u202f215,35\u00a0€", "gratuit", "16\u00a0décembre\u00a02026", "CM2C"):
        assert shown in page.body
    assert {"accept", "refuse", "question", "seen"} <= page.forms.keys()
    assert page.forms["accept"]["document_sha256"] == site.stored().pdf_sha256


def test_who_signs_is_told_what_his_signature_is_worth_Q_07() -> None:
    site = Site()
    body = site.get(f"/q/{site.quote()}").body
    for told in ("signature simple", "1366 et 1367 du Code civil", "conservés comme preuve"):
        assert told in body


def test_twenty_scanners_change_nothing() -> None:
    site = Site()
    token, before = site.quote(), site.store.commits
    pages = [site.get(f"/q/{token}{suffix}") for suffix in ("", "/pdf") for _ in range(10)]
    assert {page.status for page in pages} == {200}
    assert (site.store.commits, site.noticed(), site.stored().rev) == (before, [], 1)
    assert site.executions.started == []


def test_the_pdf_is_the_very_document_that_was_stored() -> None:
    site = Site()
    page = site.get(f"/q/{site.quote()}/pdf")
    assert page.headers["Content-Type"] == "application/pdf"
    assert page.headers["Content-Disposition"] == 'inline; filename="Devis-D-2026-0001.pdf"'


def closed(state: str) -> tuple[Site, str]:
    site = Site()
    if state == "expired":
        token = site.quote()
        site.clock.move_to(an_instant("2026-12-16T23:00:00"))  # midnight in Paris: the last day is over
        return site, token
    return site, site.quote(status=QuoteStatus(state))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("expired", "Ce devis a expiré"),
        ("replaced", "Ce devis a été remplacé"),
        ("cancelled", "Ce devis a été annulé"),
    ],
)
def test_a_closed_offer_has_left_the_page_and_its_pdf_with_it(state: str, words: str) -> None:
    site, token = closed(state)
    page, pdf = site.get(f"/q/{token}"), site.get(f"/q/{token}/pdf")
    assert (page.status, pdf.status) == (200, 410)
    for each in (page, pdf):
        assert words in each.body
        assert OFFER not in each.body
        assert "accept" not in each.forms
        assert "contact@atelier-verdier.example" in each.body


def test_a_quote_is_open_on_its_last_day_until_midnight_in_paris() -> None:
    site = Site()
    token = site.quote()
    site.clock.move_to(an_instant("2026-12-16T22:59:59"))
    assert "accept" in site.get(f"/q/{token}").forms


def test_a_replaced_version_leads_to_the_one_that_was_sent() -> None:
    site = Site()
    second = replace(
        a_quote(content=a_quote_content(version=2), version=2, status=QuoteStatus.SENT),
        id=QuoteId("quo_0000000000000000000000002"),
    )
    site.put(second)
    token = site.quote(status=QuoteStatus.REPLACED, replaced_by=second.id)
    page = site.get(f"/q/{token}")
    assert "remplacé par la version 2" in page.body
    assert f'href="{link_token(KEY, TENANT, "quote", second.id)}"' in page.body


@pytest.mark.parametrize("suffix", ["", "/pdf"])
@pytest.mark.parametrize("forged", ["A" * 22, "A" * 21, "é" * 22, "", "..%2f..%2fx", "A" * 4000])
def test_every_link_that_opens_nothing_answers_alike(forged: str, suffix: str) -> None:
    site = Site()
    site.quote()
    page = site.get(f"/q/{forged}{suffix}")
    assert (page.status, "Lien introuvable" in page.body) == (404, True)
    assert page.body == site.get("/q/" + "B" * 22).body


def test_a_revoked_link_answers_like_an_unknown_one() -> None:
    site = Site()
    token = site.quote()
    link = site.store.find(link_id(token))
    assert link is not None
    site.put(replace(link, rev=2, revoked=True))
    assert site.get(f"/q/{token}").body == site.get("/q/" + "B" * 22).body


def test_a_draft_has_no_page_even_for_whoever_holds_its_link() -> None:
    site = Site()
    assert site.get(f"/q/{site.quote(status=QuoteStatus.DRAFT, content=None)}").status == 404


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}"])
def test_whatever_a_text_holds_it_is_shown_as_text(hostile: str) -> None:
    site = Site(customer=a_customer(name=hostile), company=a_company(trading_name=hostile))
    content = a_quote_content(site.company, site.customer, subject=hostile, message=hostile, payment_terms=hostile)
    page = site.get(f"/q/{site.quote(content)}")
    assert page.status == 200
    assert "<img src=x" not in page.body
    assert page.body.count("<script>") == 1  # ours
    assert escape(hostile) in page.body


def test_a_colour_that_is_no_colour_never_becomes_css() -> None:
    site = Site(company=a_company(branding=Branding("red;}body{background:url(//evil)")))
    assert "evil" not in site.get(f"/q/{site.quote()}").body


def test_every_page_is_kept_from_caches_indexes_frames_and_referrers() -> None:
    site = Site()
    token = site.quote()
    pages: list[Page] = [site.get(f"/q/{token}"), site.get(f"/q/{token}/pdf"), site.get("/q/none"), site.get("/u/none")]
    for page in pages:
        assert page.headers["Cache-Control"] == "no-store, private"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert page.headers["X-Content-Type-Options"] == "nosniff"
    policy = pages[0].headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_document_not_yet_rendered_can_be_read_but_not_accepted() -> None:
    site = Site()
    token = site.quote(pdf_sha256="")
    page = site.get(f"/q/{token}")
    assert "accept" not in page.forms
    assert "en cours de préparation" in page.body
    assert site.get(f"/q/{token}/pdf").status == 409


def test_an_invoice_shows_what_is_owed_and_where_to_pay() -> None:
    site = Site(customer=a_customer(kind=CustomerKind.BUSINESS))
    page = site.get(f"/q/{site.invoice(an_invoice_content(site.company, site.customer))}")
    for shown in (
        "F-2026-0001",
        "2\u202f215,35\u00a0€",
        "FR76 3000 3012 3400 0123 4567 854",
        "SOGEFRPP",
        "À régler avant",
    ):
        assert shown in page.body
    assert "accept" not in page.forms


def test_an_invoice_past_its_due_date_says_so() -> None:
    site = Site()
    token = site.invoice()
    site.clock.advance(timedelta(days=31))
    assert "En retard" in site.get(f"/q/{token}").body
