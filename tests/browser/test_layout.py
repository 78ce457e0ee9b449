"""What a browser measures of every state: it fits the screen, everything has a name, nothing comes from elsewhere."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from relance.domain.party import Branding
from relance.domain.quote import QuoteStatus
from tests.browser.conftest import Served, serve, wider_than_the_screen
from tests.builders import a_company, a_line, a_quote_content
from tests.doubles.site import Site


def expired(site: Site) -> str:
    token = site.quote()
    site.clock.advance(timedelta(days=40))
    return f"/q/{token}"


def accepted(site: Site) -> str:
    token = site.quote()
    step = site.fill(site.get(f"/q/{token}"), "accept", name="Camille Lefèvre", mention="Bon pour accord")
    site.fill(step, "accept")
    return f"/q/{token}"


def wordy(site: Site) -> str:
    lines = [a_line("Menuiserie" * 30 + "\n" + "Détail " * 60, quantity="99999.9999", unit_price="123456.123456")] * 3
    content = a_quote_content(site.company, site.customer, tuple(lines), subject="W" * 200, message="x" * 500)
    return f"/q/{site.quote(content)}"


STATES: dict[str, Callable[[Site], str]] = {
    "open": lambda site: f"/q/{site.quote()}",
    "accepted": accepted,
    "expired": expired,
    "replaced": lambda site: f"/q/{site.quote(status=QuoteStatus.REPLACED)}",
    "cancelled": lambda site: f"/q/{site.quote(status=QuoteStatus.CANCELLED)}",
    "invoice": lambda site: f"/q/{site.invoice()}",
    "not found": lambda site: "/q/unknown",
    "opt out": lambda site: f"/u/{site.pixel()}",
    "wordy": wordy,
}

UNNAMED = """() => [...document.querySelectorAll('input:not([type=hidden]), textarea, button, a, summary, img')]
  .filter(e => !e.closest('[hidden], [aria-hidden=true]'))
  .filter(e => !(e.labels?.length || e.textContent.trim() || e.getAttribute('alt') || e.getAttribute('aria-label')))
  .map(e => e.outerHTML)"""

CONTRAST = """() => {
  const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
  const weak = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !e.getClientRects().length || e.closest('script, style')) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) weak.push(`${ratio.toFixed(2)} ${walk.currentNode.textContent.trim()}`);
  }
  return weak;
}"""


@pytest.mark.parametrize("state", STATES)
def test_a_page_fits_each_screen_names_every_control_and_has_one_heading(
    state: str, served: Served, page: Page
) -> None:
    page.goto(served.url + STATES[state](served.site))
    assert page.evaluate(UNNAMED) == []
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.title().strip()
    assert wider_than_the_screen(page) == []


@pytest.mark.parametrize("colour", ["#1f4e5f", "#ffe600", "#000000", "#ffffff", "#e8b100", "#7fdbff"])
def test_every_text_can_be_read_whatever_the_colour_of_the_brand(colour: str, page: Page) -> None:
    for served in serve(Site(company=a_company(branding=Branding(colour)))):
        for state in ("open", "invoice"):
            page.goto(served.url + STATES[state](served.site))
            assert page.evaluate(CONTRAST) == []


def test_a_page_loads_nothing_but_itself(served: Served, page: Page) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    url = served.url + STATES["open"](served.site)
    page.goto(url)
    page.wait_for_load_state("networkidle")
    assert {address for address in fetched if not address.startswith(("data:", url))} <= {f"{served.url}/favicon.ico"}


def test_the_keyboard_reaches_the_content_first(served: Served, page: Page) -> None:
    page.goto(served.url + STATES["open"](served.site))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
