"""Options and quantities on the customer's page: what he sees, what he gets, and what his browser cannot talk into."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from relance.domain.chain.event import parse
from relance.domain.content import Enclosure, QuoteContent, QuoteKind, content_json, content_sha256
from relance.domain.party import CustomerKind
from relance.domain.quote import Choice, QuoteStatus
from relance.domain.totals import total
from tests.builders import TENANT, a_customer, a_line, a_quote_content, a_quote_draft
from tests.doubles.site import Page, Site

SIGNED = {"name": "Nadia Perrin", "mention": "Bon pour accord"}
LINES = (
    a_line("Pose", quantity="1", unit_price="100"),
    replace(a_line("Vernis", quantity="1", unit_price="50"), is_option=True, is_chosen=False),
    replace(a_line("Plinthes", quantity="1", unit_price="30"), is_option=True),
    replace(a_line("Marches", quantity="4", unit_price="10"), min_quantity=Decimal(2), max_quantity=Decimal("10.5")),
)


def an_offer(site: Site, **changes: Any) -> QuoteContent:
    return a_quote_content(site.company, site.customer, LINES, **changes)


def a_site(kind: CustomerKind = CustomerKind.BUSINESS) -> tuple[Site, Page]:
    site = Site(customer=a_customer(kind=kind))
    return site, site.get(f"/q/{site.quote(an_offer(site))}")


def accepted_data(site: Site) -> Any:
    (fact,) = [parse(sealed.line) for sealed in site.store.events(TENANT)]
    assert fact.type == "quote.accepted"
    return fact.data


def test_the_page_proposes_what_its_author_proposed_PF_11() -> None:
    _, page = a_site()
    form = page.forms["accept"]
    assert "choice-1" not in form, "an option that is not taken is not ticked"
    assert (form["choice-2"], form["quantity-3"], form["choices"]) == ("yes", "4", "yes")
    assert "de 2 à 10,5" in page.body


def test_choosing_shows_the_new_total_and_writes_nothing_T_12() -> None:
    site, page = a_site()
    before = site.store.commits
    chosen = site.post(page.url + "/choose", page.forms["accept"] | {"choice-1": "yes", "quantity-3": "10,5"})
    assert chosen.status == 200
    assert "342,00\u00a0€" in chosen.body  # (100 + 50 + 30 + 105) x 1.2
    assert chosen.forms["accept"]["choice-1"] == "yes"
    assert chosen.forms["accept"]["quantity-3"] == "10,5", "what was typed stays as it was typed"
    assert (site.store.commits, site.stored().status) == (before, QuoteStatus.SENT)


@pytest.mark.parametrize(
    ("typed", "name", "words"),
    [
        ({"quantity-3": "11"}, "quantity-3", "de 2 à 10,5"),
        ({"quantity-3": "1.99"}, "quantity-3", "de 2 à 10,5"),
        ({"quantity-3": "beaucoup"}, "quantity-3", "Écrivez un nombre"),
        ({"quantity-3": "1e9"}, "quantity-3", "Écrivez un nombre"),
        ({"quantity-3": "3.00001"}, "quantity-3", "4 décimales"),
        ({"quantity-3": "-3"}, "quantity-3", "Écrivez un nombre"),
    ],
)
@pytest.mark.parametrize("verb", ["accept", "choose"])
def test_a_quantity_that_cannot_be_is_told_beside_its_field_and_orders_nothing(
    typed: dict[str, str], name: str, words: str, verb: str
) -> None:
    site, page = a_site()
    answer = site.post(f"{page.url}/{verb}", page.forms["accept"] | SIGNED | typed)
    assert (answer.status, words in answer.body) == (422, True)
    assert 'aria-invalid="true"' in answer.body
    assert answer.forms["accept"][name] == typed[name]
    assert site.stored().status is QuoteStatus.SENT


def test_what_is_accepted_is_what_was_chosen_summed_up_here_Q_04() -> None:
    site, page = a_site()
    fields = page.forms["accept"] | SIGNED | {"choice-1": "yes", "quantity-3": "10"}
    del fields["choice-2"]
    assert site.post(page.url + "/accept", fields).status == 303
    quote = site.stored()
    assert quote.acceptance is not None
    assert quote.accepted_content is not None
    assert quote.acceptance.choices == (Choice(1), Choice(2, is_chosen=False), Choice(3, quantity=Decimal(10)))
    contract = quote.accepted_content
    assert [(line.description, line.quantity) for line in contract.lines] == [
        ("Pose", Decimal(1)),
        ("Vernis", Decimal(1)),
        ("Marches", Decimal(10)),
    ]
    assert contract.totals == total(contract.lines)
    data = accepted_data(site)
    assert data["content"] == content_json(contract)
    assert (data["content_sha256"], data["offer_sha256"]) == (content_sha256(contract), quote.content_sha256)


def test_the_choices_are_part_of_the_evidence() -> None:
    hashes = set()
    for quantity in ("2", "3"):
        site, page = a_site()
        site.post(page.url + "/accept", page.forms["accept"] | SIGNED | {"quantity-3": quantity})
        hashes.add(accepted_data(site)["evidence_sha256"])
    assert len(hashes) == 2


def test_who_changes_nothing_accepts_what_was_proposed_without_what_he_left() -> None:
    site, page = a_site()
    site.fill(page, "accept", **SIGNED)
    contract = site.stored().accepted_content
    assert contract is not None
    assert contract.totals == site.stored().content.totals  # type: ignore[union-attr]  # it was sent
    assert "Vernis" not in site.get(page.url).body


def test_a_form_that_says_nothing_of_choices_takes_what_was_proposed() -> None:
    """A page that was loaded before a release, or somebody who left the fields out."""
    site, page = a_site()
    fields = {name: text for name, text in page.forms["accept"].items() if "-" not in name and name != "choices"}
    site.post(page.url + "/accept", fields | SIGNED)
    contract = site.stored().accepted_content
    assert contract is not None
    assert [line.description for line in contract.lines] == ["Pose", "Plinthes", "Marches"]


@pytest.mark.parametrize("stray", [{"quantity-0": "900"}, {"choice-0": "yes"}, {"choice-77": "yes"}])
def test_a_line_that_leaves_no_choice_cannot_be_chosen(stray: dict[str, str]) -> None:
    site, page = a_site()
    assert site.post(page.url + "/accept", page.forms["accept"] | SIGNED | stray).status == 422
    assert site.stored().status is QuoteStatus.SENT


def test_a_consumer_confirms_the_order_with_his_choices_Q_08() -> None:
    site, page = a_site(CustomerKind.CONSUMER)
    step = site.fill(page, "accept", **SIGNED, **{"choice-1": "yes", "quantity-3": "2"})
    assert ("Étape 2 sur 2" in step.body, "240,00\u00a0€" in step.body) == (True, True)
    assert site.fill(step, "accept").status == 303
    contract = site.stored().accepted_content
    assert contract is not None
    assert contract.totals.gross == 24_000


def test_who_goes_back_from_the_second_step_finds_his_choices_again() -> None:
    site, page = a_site(CustomerKind.CONSUMER)
    step = site.fill(page, "accept", **SIGNED, **{"choice-1": "yes", "quantity-3": "2"})
    back = site.fill(step, "choose")
    form = back.forms["accept"]
    assert (form["choice-1"], form["quantity-3"], form["name"]) == ("yes", "2", "Nadia Perrin")
    assert site.stored().status is QuoteStatus.SENT


def test_a_quote_without_choices_keeps_one_content_and_one_pdf() -> None:
    site = Site(customer=a_customer(kind=CustomerKind.BUSINESS))
    page = site.get(f"/q/{site.quote(a_quote_content(site.company, site.customer))}")
    assert "Recalculer" not in page.body
    site.fill(page, "accept", **SIGNED)
    quote = site.stored()
    assert (quote.accepted_content, quote.agreed_pdf_sha256) == (None, quote.pdf_sha256)


def test_choosing_needs_the_page_and_changes_nothing_of_what_is_closed() -> None:
    site, page = a_site()
    assert site.post(page.url + "/choose", page.forms["accept"] | {"form_token": "x"}).status == 403
    site.fill(page, "refuse", reason="")
    assert "Vous avez refusé ce devis" in site.post(page.url + "/choose", page.forms["accept"]).body


def test_the_contract_is_handed_out_once_it_is_drawn_and_the_offer_until_then_is_not() -> None:
    site, page = a_site()
    site.fill(page, "accept", **SIGNED)
    assert site.get(page.url + "/pdf").status == 409
    drawn = site.documents.put(b"%PDF-1.7 the contract")
    site.change(accepted_pdf_sha256=drawn)
    assert site.get(page.url + "/pdf").status == 200
    assert drawn in site.get(page.url).body


def test_a_pro_forma_can_be_played_with_and_not_accepted_Q_11() -> None:
    site = Site(customer=a_customer(kind=CustomerKind.BUSINESS))
    content = an_offer(site, kind=QuoteKind.PROFORMA, title="Facture pro forma", number="PF-2026-0001")
    draft = a_quote_draft(kind=QuoteKind.PROFORMA)
    page = site.get(f"/q/{site.quote(content, draft=draft)}")
    assert set(page.forms) == {"choose", "question", "seen", "pdf"}
    assert "ne constitue pas une facture" in page.body.replace("\u00a0", " ")
    chosen = site.fill(page, "choose", **{"quantity-3": "10"})
    assert "276,00\u00a0€" in chosen.body
    refused = site.post(page.url + "/accept", page.forms["question"] | SIGNED)
    assert (refused.status, site.stored().status) == (409, QuoteStatus.SENT)


def test_general_conditions_can_be_read_and_are_part_of_the_evidence_Q_04() -> None:
    site = Site(customer=a_customer(kind=CustomerKind.BUSINESS))
    sha256 = site.documents.put(b"%PDF-1.7 conditions")
    with_terms = an_offer(site, general_terms=Enclosure("CGV 2026", sha256))
    page = site.get(f"/q/{site.quote(with_terms)}")
    assert "CGV 2026" in page.body
    terms = site.get(page.url + "/conditions")
    assert (terms.status, terms.headers["Content-Type"]) == (200, "application/pdf")
    site.fill(page, "accept", **SIGNED)
    assert accepted_data(site)["content"]["general_terms"] == {"name": "CGV 2026", "sha256": sha256}


def test_without_general_conditions_there_is_no_such_page() -> None:
    site, page = a_site()
    assert site.get(page.url + "/conditions").status == 404
