"""Entities: what is put is what is read, at the revision that was meant, by its own tenant and nobody else."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from relance.app.ports.store import Check, Entity, EntityMoved, Ref
from relance.domain.catalogue import CustomerPrice, Item, ItemReference, Price
from relance.domain.content import Enclosure, QuoteContent, buyer_of, seller_of
from relance.domain.copies import Duplicate, duplicate_id
from relance.domain.errors import Invalid
from relance.domain.general_terms import CURRENT, GeneralTerms
from relance.domain.ids import CustomerId, InvoiceId, ItemId, QuoteId, TemplateId
from relance.domain.invoice import Invoice
from relance.domain.links import Link, Pixel
from relance.domain.party import Company, CompanyVersion, Customer, CustomerKind, LegalKind, past_version
from relance.domain.quote import Need, Quote, QuoteStatus
from relance.domain.template import QuoteTemplate
from relance.domain.totals import total
from tests.builders import a_company, a_customer, a_line, a_quote, a_quote_draft, an_invoice, an_item, some_lines
from tests.contract.store.conftest import Place
from tests.doubles.commits import a_commit, a_move, an_answer
from tests.doubles.outside import START


def entities(place: Place) -> list[Entity]:
    tenant = place.tenant
    link = Link(tenant, f"a{tenant}", 1, "quote", "quo_1", datetime(2026, 11, 16, 9, 0, 0, 123000, tzinfo=UTC))
    return [
        a_company(tenant),
        past_version(a_company(tenant, rev=7), START),
        a_customer(tenant, kind=CustomerKind.BUSINESS, consents=True),
        a_quote(tenant, draft=a_quote_draft(validity_until=date(2026, 12, 16))),
        a_sent_quote(place),
        Need(tenant, "nee_1", 1, (QuoteId("quo_1"), QuoteId("quo_2"))),
        GeneralTerms(tenant, CURRENT, 1, Enclosure("CGV", "ab" * 32), START),
        an_invoice(tenant),
        Duplicate(
            tenant, duplicate_id("inv_1", 1), 1, InvoiceId("inv_1"), "F-2026-0001", 1, "ab" * 32, START, "user:louise"
        ),
        an_item(tenant),
        ItemReference(tenant, "par-01", 1, ItemId("itm_1")),
        CustomerPrice(tenant, "cus_1.itm_1", 1, START, CustomerId("cus_1"), ItemId("itm_1"), Price(percent_off_bp=500)),
        QuoteTemplate(tenant, TemplateId("tpl_1"), 1, START, START, "Parquet", '{"lines":[]}', suits=LegalKind.COMPANY),
        link,
        Pixel(tenant, f"b{tenant}", 1, "cus_1", "quote", "quo_1", "quo_1#delivery", START),
    ]


def a_sent_quote(place: Place, lines: int = 4, description: str = "Pose de parquet") -> Quote:
    tenant = place.tenant
    work = some_lines() if lines == 4 else tuple(a_line(f"{description} {n}") for n in range(lines))
    content = QuoteContent(
        title="Devis",
        number="D-2026-0001",
        version=1,
        issue_date=date(2026, 11, 16),
        validity_until=date(2026, 12, 16),
        seller=seller_of(a_company(tenant)),
        buyer=buyer_of(a_customer(tenant)),
        lines=work,
        totals=total(work),
        payment_terms="30 jours",
        delivery_terms="",
        price_terms="Devis gratuit",
        start_date="",
        duration="",
        message="Bonjour « à vous » \u202f€",
        subject="",
        warranty_terms="",
        salt="00" * 16,
    )
    return a_quote(
        tenant, id=QuoteId("quo_sent"), status=QuoteStatus.SENT, draft=a_quote_draft(lines=work), content=content
    )


def test_what_is_put_is_read_back_equal(place: Place) -> None:
    stored = entities(place)
    place.store.commit(a_commit(place.tenant, *stored))
    for entity in stored:
        assert place.store.get(place.tenant, type(entity), entity.id) == entity


def test_nothing_is_shown_to_another_tenant(place: Place) -> None:
    stored = entities(place)
    place.store.commit(a_commit(place.tenant, *stored, move=a_move(place.tenant, place.store.head(place.tenant))))
    place.store.commit(a_commit(place.tenant, answer=an_answer()))
    for entity in stored:
        assert place.store.get(place.other, type(entity), entity.id) is None
    for cls in (Company, CompanyVersion, Customer, Quote, Invoice, Item, ItemReference, CustomerPrice):
        assert place.store.page(place.other, cls).items == ()
    assert place.store.head(place.other).seq == 0
    assert place.store.answer(place.other, "key-1") is None
    assert list(place.journal.read(place.other, 0, 10)) == []


def test_a_link_of_another_tenant_cannot_be_written_over(place: Place) -> None:
    link = Link(place.tenant, f"l{place.tenant}", 1, "quote", "quo_1", START)
    place.store.commit(a_commit(place.tenant, link))
    with pytest.raises(EntityMoved):
        place.store.commit(a_commit(place.other, replace(link, tenant=place.other)))
    with pytest.raises(EntityMoved):
        place.store.commit(a_commit(place.other, replace(link, tenant=place.other, rev=2)))
    assert place.links.find(link.id) == link


def test_many_are_read_at_once_and_the_missing_left_out(place: Place) -> None:
    items = {f"itm_{n:03d}": an_item(place.tenant, f"itm_{n:03d}", reference=f"R{n}") for n in range(120)}
    for start in (0, 60):
        place.store.commit(a_commit(place.tenant, *list(items.values())[start : start + 60]))
    place.store.commit(a_commit(place.other, an_item(place.other, "itm_999")))
    asked = [*items, "itm_999", "itm_none", "itm_000"]
    assert place.store.get_many(place.tenant, Item, asked) == items
    assert place.store.get_many(place.tenant, Item, ["itm_999"]) == {}
    assert place.store.get_many(place.tenant, Item, []) == {}
    assert place.store.get_many(place.tenant, Customer, ["itm_000"]) == {}


def test_entities_of_several_classes_are_read_at_once_and_the_missing_left_out(place: Place) -> None:
    link = Link(place.tenant, f"m{place.tenant}", 1, "quote", "quo_1", START)
    theirs = Link(place.other, f"n{place.tenant}", 1, "quote", "quo_1", START)
    mine: list[Entity] = [a_company(place.tenant), a_customer(place.tenant), a_quote(place.tenant), link]
    place.store.commit(a_commit(place.tenant, *mine))
    place.store.commit(a_commit(place.other, theirs, an_item(place.other, "itm_1")))
    expected: dict[Ref, Entity] = {(type(entity), entity.id): entity for entity in mine}
    asked: list[Ref] = [*expected, *expected, (Link, theirs.id), (Item, "itm_1"), (Customer, "cus_none")]
    assert place.store.get_mixed(place.tenant, asked) == expected
    assert place.store.get_mixed(place.tenant, []) == {}


def test_links_and_pixels_are_found_without_a_tenant(place: Place) -> None:
    link = Link(place.tenant, f"l{place.tenant}", 1, "quote", "quo_1", START)
    pixel = Pixel(place.tenant, f"p{place.tenant}", 1, "cus_1", "quote", "quo_1", "quo_1#delivery", START)
    place.store.commit(a_commit(place.tenant, link, pixel))
    assert place.links.find(link.id) == link
    assert place.links.find_pixel(pixel.id) == pixel
    assert place.links.find("nothing") is None
    assert place.links.find_pixel(link.id) is None


def test_an_entity_is_made_once(place: Place) -> None:
    place.store.commit(a_commit(place.tenant, a_customer(place.tenant)))
    with pytest.raises(EntityMoved):
        place.store.commit(a_commit(place.tenant, a_customer(place.tenant, name="Autre")))
    stored = place.store.get(place.tenant, Customer, a_customer().id)
    assert stored == a_customer(place.tenant)


@pytest.mark.parametrize("rev", [1, 3, 4])
def test_an_entity_changes_only_from_the_revision_before(place: Place, rev: int) -> None:
    customer = a_customer(place.tenant)
    place.store.commit(a_commit(place.tenant, customer))
    with pytest.raises(EntityMoved):
        place.store.commit(a_commit(place.tenant, replace(customer, rev=rev, name="Autre")))
    changed = replace(customer, rev=2, name="Autre")
    place.store.commit(a_commit(place.tenant, changed))
    assert place.store.get(place.tenant, Customer, customer.id) == changed


def test_what_was_never_stored_cannot_change(place: Place) -> None:
    with pytest.raises(EntityMoved):
        place.store.commit(a_commit(place.tenant, a_customer(place.tenant, rev=2)))
    assert place.store.get(place.tenant, Customer, a_customer().id) is None


def test_an_entity_is_deleted_at_exactly_its_revision(place: Place) -> None:
    quote = a_quote(place.tenant)
    place.store.commit(a_commit(place.tenant, quote))
    for rev in (0, 2):
        with pytest.raises(EntityMoved):
            place.store.commit(a_commit(place.tenant, deletes=(replace(quote, rev=rev),)))
    place.store.commit(a_commit(place.tenant, deletes=(quote,)))
    assert place.store.get(place.tenant, Quote, quote.id) is None
    with pytest.raises(EntityMoved):
        place.store.commit(a_commit(place.tenant, deletes=(quote,)))


def test_a_check_holds_the_rest_of_the_commit(place: Place) -> None:
    quote, customer = a_quote(place.tenant), a_customer(place.tenant)
    with pytest.raises(EntityMoved):
        place.store.commit(a_commit(place.tenant, customer, checks=(Check(quote),)))
    place.store.commit(a_commit(place.tenant, quote))
    with pytest.raises(EntityMoved):
        place.store.commit(a_commit(place.tenant, customer, checks=(Check(replace(quote, rev=2)),)))
    assert place.store.get(place.tenant, Customer, customer.id) is None
    place.store.commit(a_commit(place.tenant, customer, checks=(Check(quote),)))
    assert place.store.get(place.tenant, Customer, customer.id) == customer
    assert place.store.get(place.tenant, Quote, quote.id) == quote


def test_a_quote_of_five_hundred_lines_is_stored_and_read_back_equal(place: Place) -> None:
    quote = a_sent_quote(place, lines=500, description="Fourniture et pose, finition huilée, coupes comprises" * 4)
    place.store.commit(a_commit(place.tenant, quote))
    assert place.store.get(place.tenant, Quote, quote.id) == quote


def test_an_entity_may_grow_large_and_small_again(place: Place) -> None:
    small = a_sent_quote(place)
    large = replace(a_sent_quote(place, lines=500, description="x" * 200), rev=2)
    small_again = replace(small, rev=3)
    for quote in (small, large, small_again):
        place.store.commit(a_commit(place.tenant, quote))
        assert place.store.get(place.tenant, Quote, quote.id) == quote


def test_what_no_item_can_hold_is_refused_before_anything_is_written(place: Place) -> None:
    noise = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(300_000))  # does not deflate below 400 KB
    quote = a_quote(place.tenant, draft=a_quote_draft(message=noise))
    with pytest.raises(Invalid) as refused:
        place.store.commit(a_commit(place.tenant, a_customer(place.tenant), quote))
    assert refused.value.code == "too_large"
    assert place.store.get(place.tenant, Customer, a_customer().id) is None


def test_an_entity_of_another_tenant_is_never_written(place: Place) -> None:
    stranger = a_quote(place.other)
    for commit in (
        a_commit(place.tenant, stranger),
        a_commit(place.tenant, deletes=(stranger,)),
        a_commit(place.tenant, checks=(Check(stranger),)),
    ):
        with pytest.raises(ValueError, match="another tenant"):
            place.store.commit(commit)


def test_one_entity_appears_once_in_a_commit(place: Place) -> None:
    quote = a_quote(place.tenant)
    with pytest.raises(ValueError, match="twice"):
        place.store.commit(a_commit(place.tenant, quote, checks=(Check(quote),)))


@pytest.mark.parametrize("tenant", ["", "tenants", "link#1"])
def test_a_tenant_cannot_be_named_like_something_else(place: Place, tenant: str) -> None:
    with pytest.raises(ValueError, match="tenant"):
        place.store.get(tenant, Quote, "quo_1")  # type: ignore[arg-type]  # what a NewType cannot refuse
