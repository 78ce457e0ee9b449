"""Variants of one need before their customer: he takes one, and the others are closed by the same transaction."""

from collections.abc import Callable
from dataclasses import replace

from relance.app.ports.store import Commit
from relance.domain.chain.event import parse
from relance.domain.content import content_sha256
from relance.domain.ids import QuoteId
from relance.domain.links import Link, link_id, link_token
from relance.domain.party import CustomerKind
from relance.domain.quote import Need, Quote, QuoteStatus
from tests.builders import TENANT, a_customer, a_quote, a_quote_content
from tests.doubles.site import KEY, Site
from tests.doubles.store import InMemoryStore

SIGNED = {"name": "Nadia Perrin", "mention": "Bon pour accord"}
NEED = "nee_0000000000000000000000001"
OTHER = QuoteId("quo_0000000000000000000000002")


def two_variants(store: InMemoryStore | None = None) -> tuple[Site, str, str]:
    """A site with two open variants; the tokens of their pages."""
    site = Site(store=store or InMemoryStore(), customer=a_customer(kind=CustomerKind.BUSINESS))
    first = site.quote(a_quote_content(site.company, site.customer, variant="Chêne"), need=NEED)
    content = a_quote_content(site.company, site.customer, variant="Hêtre", number="D-2026-0002")
    other = replace(
        a_quote(
            id=OTHER,
            status=QuoteStatus.SENT,
            number=content.number,
            content=content,
            content_sha256=content_sha256(content),
            pdf_sha256=site.documents.put(b"%PDF-1.7 other"),
            sent_at=site.clock.now(),
        ),
        need=NEED,
    )
    token = link_token(KEY, TENANT, "quote", OTHER)
    site.put(other, Link(TENANT, link_id(token), 1, "quote", OTHER, site.clock.now()))
    site.put(Need(TENANT, NEED, 1, (a_quote().id, OTHER)))
    return site, first, token


def other_of(site: Site) -> Quote:
    found = site.store.get(TENANT, Quote, OTHER)
    assert found is not None
    return found


def types(site: Site) -> list[str]:
    return [parse(event.line).type for event in site.store.events(TENANT)]


def test_taking_one_closes_the_others_and_says_so_KX_07() -> None:
    site, first, second = two_variants()
    page = site.get(f"/q/{first}")
    assert "Variante : <b>Chêne</b>" in page.body
    assert site.fill(page, "accept", **SIGNED).status == 303
    assert (other_of(site).status, other_of(site).replaced_by) == (QuoteStatus.NOT_RETAINED, a_quote().id)
    closed = site.get(f"/q/{second}")
    assert ("Vous avez retenu une autre variante" in closed.body, "accept" in closed.forms) == (True, False)
    assert types(site) == ["quote.accepted", "quote.not_retained"]


def test_a_variant_that_was_refused_stays_refused() -> None:
    site, first, second = two_variants()
    site.fill(site.get(f"/q/{second}"), "refuse", reason="")
    site.fill(site.get(f"/q/{first}"), "accept", **SIGNED)
    assert other_of(site).status is QuoteStatus.REFUSED
    assert types(site) == ["quote.refused", "quote.accepted"]


class Busy(InMemoryStore):
    """A store in which somebody else is faster, once."""

    rival: Callable[[], object] | None = None

    def commit(self, commit: Commit) -> None:
        rival, self.rival = self.rival, None
        if rival:
            rival()
        super().commit(commit)


def test_of_two_variants_accepted_at_the_same_instant_one_is() -> None:
    store = Busy()
    site, first, second = two_variants(store)
    pages = site.get(f"/q/{first}"), site.get(f"/q/{second}")
    store.rival = lambda: site.fill(pages[1], "accept", **SIGNED)
    assert site.fill(pages[0], "accept", **SIGNED).status == 409
    assert (site.stored().status, other_of(site).status) == (QuoteStatus.NOT_RETAINED, QuoteStatus.ACCEPTED)
    assert types(site) == ["quote.accepted", "quote.not_retained"]
