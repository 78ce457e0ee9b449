"""A person chooses: options and quantities on a phone and at a desk, with and without script."""

from dataclasses import replace
from decimal import Decimal

from playwright.sync_api import Page, expect

from relance.domain.totals import total
from tests.browser.conftest import Served, wider_than_the_screen
from tests.builders import a_line, a_quote_content

LINES = (
    a_line("Pose", quantity="1", unit_price="100"),
    replace(a_line("Vernis mat", quantity="1", unit_price="50"), is_option=True, is_chosen=False, section="Finitions"),
    replace(
        a_line("Marches", quantity="4", unit_price="10"),
        section="Finitions",
        min_quantity=Decimal(2),
        max_quantity=Decimal("10.5"),
    ),
)


def an_offer(served: Served) -> str:
    site = served.site
    return site.quote(a_quote_content(site.company, site.customer, LINES, totals=total(LINES)))


def test_totals_follow_the_choices_and_the_contract_follows_the_totals(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/q/{an_offer(served)}")
    expect(page.locator("#totaux .due")).to_contain_text("168,00")
    page.get_by_label("Vernis mat").check()
    expect(page.locator("#totaux .due")).to_contain_text("228,00")
    quantity = page.get_by_label("Quantité : Marches")
    quantity.fill("10,5")
    quantity.blur()
    expect(page.locator("#totaux .due")).to_contain_text("306,00")
    expect(page.locator("#recap")).to_contain_text("306,00")
    page.get_by_label("Vos nom et prénom").fill("Camille Lefèvre")
    page.get_by_label("Recopiez la mention").fill("Bon pour accord")
    page.get_by_role("button", name="Vérifier ma commande").click()
    expect(page.get_by_text("306,00").first).to_be_visible()
    page.get_by_role("button", name="Commander avec obligation de paiement").click()
    expect(page.get_by_role("heading", name="Devis accepté")).to_be_visible()
    contract = served.site.stored().accepted_content
    assert contract is not None
    assert contract.totals.gross == 30_600


def test_a_quantity_out_of_bounds_is_told_at_once_beside_its_field(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/q/{an_offer(served)}")
    quantity = page.get_by_label("Quantité : Marches")
    quantity.fill("11")
    quantity.blur()
    expect(page.get_by_text("Indiquez une quantité de 2 à 10,5.")).to_be_visible()
    expect(quantity).to_have_attribute("aria-invalid", "true")
    quantity.fill("3")
    quantity.blur()
    expect(page.get_by_text("Indiquez une quantité")).to_have_count(0)
    expect(page.locator("#totaux .due")).to_contain_text("156,00")


def test_the_enter_key_in_a_quantity_counts_again_and_orders_nothing(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/q/{an_offer(served)}")
    page.get_by_label("Quantité : Marches").fill("10")
    page.get_by_label("Quantité : Marches").press("Enter")
    expect(page.locator("#totaux .due")).to_contain_text("240,00")
    assert not any(request.endswith("/accept") for request in served.requests)


def test_choosing_works_without_script(served: Served, page: Page) -> None:
    browser = page.context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False, viewport=page.viewport_size).new_page()
    plain.goto(f"{served.url}/q/{an_offer(served)}")
    plain.get_by_label("Vernis mat").check()
    plain.get_by_label("Quantité : Marches").fill("10")
    plain.get_by_role("button", name="Recalculer le total").click()
    expect(plain.locator("#totaux .due")).to_contain_text("300,00")
    expect(plain.get_by_label("Vernis mat")).to_be_checked()
    plain.get_by_label("Vos nom et prénom").fill("Camille Lefèvre")
    plain.get_by_label("Recopiez la mention").fill("Bon pour accord")
    plain.get_by_role("button", name="Vérifier ma commande").click()
    plain.get_by_role("button", name="Commander").click()
    expect(plain.get_by_role("heading", name="Devis accepté")).to_be_visible()
    contract = served.site.stored().accepted_content
    assert contract is not None
    assert contract.totals.gross == 30_000
    plain.context.close()


def test_nothing_is_wider_than_the_screen(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/q/{an_offer(served)}")
    assert wider_than_the_screen(page) == []
    box = page.get_by_label("Vernis mat").bounding_box()
    assert box is not None
    assert box["width"] >= 20, "a finger hits it"
