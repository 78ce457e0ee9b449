"""A consumer changes his mind, on a phone and at a desk, with and without script. [W-02]"""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from relance.domain.quote import QuoteStatus
from tests.browser.conftest import Served
from tests.builders import a_line, a_quote_content


def accepted(served: Served, page: Page) -> str:
    """The address of the page of a contract made at a distance a minute ago."""
    site = served.site
    lines = (a_line(),)
    token = site.quote(a_quote_content(site.company, site.customer, lines, channel="distance"))
    step = site.fill(site.get(f"/q/{token}"), "accept", name="Camille Lefèvre", mention="Bon pour accord")
    site.fill(step, "accept")
    return f"{served.url}/q/{token}"


def test_a_contract_is_given_up_in_two_steps(served: Served, page: Page) -> None:
    page.goto(accepted(served, page))
    expect(page.get_by_role("link", name="Renoncer au contrat ici")).to_be_visible()
    page.get_by_role("link", name="Renoncer au contrat ici").click()
    expect(page.get_by_label("Vos nom et prénom")).to_have_value("Camille Lefèvre")
    expect(page.get_by_label("Votre déclaration")).to_have_value(re.compile("Je vous notifie"))
    page.get_by_role("button", name="Continuer").click()
    assert served.site.stored().status is QuoteStatus.ACCEPTED, "nothing before the second button"
    page.get_by_role("button", name="Confirmer la rétractation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre rétractation est enregistrée")
    assert served.site.stored().status is QuoteStatus.WITHDRAWN
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_he_may_keep_the_contract_at_each_step(served: Served, page: Page) -> None:
    address = accepted(served, page)
    page.goto(address + "/withdraw")
    page.get_by_role("link", name="Garder le contrat").click()
    expect(page).to_have_url(address)
    page.goto(address + "/withdraw")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("link", name="Revenir en arrière").click()
    expect(page.get_by_role("button", name="Continuer")).to_be_visible()
    assert served.site.stored().status is QuoteStatus.ACCEPTED


def test_it_works_without_script(served: Served, page: Page) -> None:
    browser = page.context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False, viewport=page.viewport_size).new_page()
    plain.goto(accepted(served, page))
    plain.get_by_role("link", name="Renoncer au contrat ici").click()
    plain.get_by_role("button", name="Continuer").click()
    plain.get_by_role("button", name="Confirmer la rétractation").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Votre rétractation est enregistrée")
    plain.context.close()


def test_after_the_last_day_the_function_is_gone(served: Served, page: Page) -> None:
    address = accepted(served, page)
    served.site.clock.advance(timedelta(days=20))
    page.goto(address)
    expect(page.get_by_role("heading", name="Devis accepté")).to_be_visible()
    expect(page.get_by_role("link", name="Renoncer au contrat ici")).to_have_count(0)
