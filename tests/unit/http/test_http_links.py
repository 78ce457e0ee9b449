"""T-07 over HTTP: the address of a document's page, and the one by which the seller looks without counting."""

from dataclasses import replace

import pytest

from relance.app.linking import Pages
from relance.app.ports.store import Commit
from relance.domain.links import Link, link_id, link_token, preview_proof
from tests.builders import TENANT, a_quote, an_invoice
from tests.doubles.api import PAGES, Caller, Server, wanted
from tests.doubles.outside import START


def stored(server: Server, kind: str, *, is_linked: bool = True, revoked: bool = False) -> tuple[str, str]:
    """A document; its address over the API, and its token."""
    document = a_quote(id=f"quo_{1:026d}") if kind == "quote" else an_invoice(id=f"inv_{1:026d}")
    token = link_token(PAGES.key, TENANT, kind, document.id)
    link = Link(TENANT, link_id(token), 1, kind, document.id, START, revoked)
    server.store.commit(Commit(TENANT, kind, puts=(document, link) if is_linked else (document,)))
    return f"/v1/{kind}s/{document.id}/link", token


@pytest.mark.parametrize("kind", ["quote", "invoice"])
def test_the_address_of_a_page_and_of_its_preview(server: Server, me: Caller, kind: str) -> None:
    path, token = stored(server, kind)
    answer = wanted((me.quotes if kind == "quote" else me.invoices).get(path))
    url = f"https://devis.example/q/{token}"
    assert answer == {"url": url, "preview_url": f"{url}?preview={preview_proof(PAGES.key, token)}"}


@pytest.mark.parametrize("state", [{"is_linked": False}, {"revoked": True}])
def test_there_is_no_address_before_the_first_mail_nor_after_the_link_was_revoked(
    server: Server, me: Caller, state: dict[str, bool]
) -> None:
    path, _ = stored(server, "quote", **state)
    answer = me.quotes.get(path)
    assert (answer.status, answer.json["code"]) == (409, "not_linked")


@pytest.mark.parametrize("kind", ["quote", "invoice"])
def test_nobody_learns_the_address_of_anothers_page(server: Server, neighbour: Caller, kind: str) -> None:
    path, _ = stored(server, kind)
    assert (neighbour.quotes if kind == "quote" else neighbour.invoices).get(path).status == 404


def test_pages_are_where_the_api_is_unless_the_deployment_says_where() -> None:
    assert PAGES.at("https://api.example") is PAGES
    assert Pages("", b"k").at("https://api.example") == Pages("https://api.example", b"k")
    assert "secret" not in repr(replace(PAGES, base_url="x"))
