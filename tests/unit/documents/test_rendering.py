"""Drawing and sealing: once, whatever fails between drawing and committing, and whoever else tries."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from relance.app.archiving.layout import archived_document
from relance.app.ports.outside import Renderer
from relance.app.ports.store import Commit, Entity
from relance.app.rendering import render
from relance.domain.chain.event import parse
from relance.domain.content import DocumentContent, content_sha256
from relance.domain.copies import ORIGINAL, Copy
from relance.domain.errors import Conflict, Invalid, NotFound, OutcomeUnknown, Retry
from relance.domain.invoice import Invoice, InvoiceStatus
from relance.domain.party import Branding
from relance.domain.quote import Quote, QuoteStatus
from relance.domain.reminder.scenario import DocumentKind
from relance.resources import verify_archive
from tests.builders import (
    OTHER_TENANT,
    TENANT,
    a_caller,
    a_company,
    a_context,
    a_quote,
    a_quote_content,
    an_invoice,
    an_invoice_content,
)
from tests.doubles.outside import FakeRenderer, InMemoryDocuments
from tests.doubles.store import Crash, Fault, InMemoryStore


@dataclass
class Studio:
    """A tenant with one frozen quote and one issued invoice, and what drawing them needs."""

    store: InMemoryStore = field(default_factory=InMemoryStore)
    renderer: Renderer = field(default_factory=FakeRenderer)
    documents: InMemoryDocuments = field(default_factory=InMemoryDocuments)

    def __post_init__(self) -> None:
        self.ctx = a_context(store=self.store)
        content, issued = a_quote_content(), an_invoice_content()
        self.quote = a_quote(
            status=QuoteStatus.SENT, number=content.number, content=content, content_sha256=content_sha256(content)
        )
        self.invoice = an_invoice(
            status=InvoiceStatus.ISSUED, number=issued.number, content=issued, content_sha256=content_sha256(issued)
        )
        self.put(a_company(), self.quote, self.invoice)

    def put(self, *entities: Entity) -> None:
        """Store what somebody else wrote."""
        self.store.commit(Commit(TENANT, self.ctx.entropy.bytes(16).hex(), puts=entities))

    def draw(self, kind: DocumentKind = DocumentKind.QUOTE, id: str | None = None) -> str:
        id = id or (self.quote.id if kind is DocumentKind.QUOTE else self.invoice.id)
        return render(self.ctx, a_caller(), kind, id, renderer=self.renderer, documents=self.documents)

    def stored(self) -> Quote:
        quote = self.store.get(TENANT, Quote, self.quote.id)
        assert quote is not None
        return quote

    def sealed_facts(self) -> list[dict[str, Any]]:
        events = [parse(event.line) for event in self.store.events(TENANT)]
        return [dict(event.data) for event in events if event.type == "document.sealed"]


def test_a_drawn_quote_is_stored_and_its_hash_chained_with_it() -> None:
    studio = Studio()
    pdf_sha256 = studio.draw()
    assert studio.documents.get(pdf_sha256).startswith(b"%PDF")
    assert studio.stored().pdf_sha256 == pdf_sha256
    assert studio.sealed_facts() == [
        {
            "kind": "quote",
            "number": "D-2026-0001",
            "version": 1,
            "pdf_sha256": pdf_sha256,
            "content_sha256": studio.quote.content_sha256,
        }
    ]


def test_an_invoice_is_sealed_the_same_way() -> None:
    studio = Studio()
    pdf_sha256 = studio.draw(DocumentKind.INVOICE)
    stored = studio.store.get(TENANT, Invoice, studio.invoice.id)
    assert stored is not None
    assert stored.pdf_sha256 == pdf_sha256
    assert studio.sealed_facts()[0]["kind"] == "invoice"


def test_a_sealed_document_is_not_drawn_again() -> None:
    studio = Studio()
    first = studio.draw()
    studio.renderer = Unusable()
    assert studio.draw() == first
    assert len(studio.sealed_facts()) == 1


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_after_a_crash_between_storing_and_committing_the_next_attempt_seals(fault: Fault) -> None:
    studio = Studio()
    studio.store.fail_next(fault)
    with pytest.raises(Crash):
        studio.draw()
    assert len(studio.documents.stored) == 1
    pdf_sha256 = studio.draw()
    assert studio.stored().pdf_sha256 == pdf_sha256
    assert len(studio.sealed_facts()) == 1
    assert list(studio.documents.stored) == [pdf_sha256], "the same bytes: no orphan"


def test_a_changed_look_between_two_attempts_leaves_a_harmless_orphan() -> None:
    studio = Studio()
    studio.store.fail_next(Fault.CRASH_BEFORE)
    with pytest.raises(Crash):
        studio.draw()
    studio.put(a_company(rev=2, branding=Branding("#aa0000")))
    pdf_sha256 = studio.draw()
    assert len(studio.documents.stored) == 2
    assert studio.stored().pdf_sha256 == pdf_sha256
    assert len(studio.sealed_facts()) == 1


@pytest.mark.parametrize("fault", [Fault.NOT_STORED, Fault.STORED])
def test_a_lost_answer_is_asked_for_again(fault: Fault) -> None:
    studio = Studio()
    studio.store.fail_next(fault)
    assert studio.draw() == studio.stored().pdf_sha256
    assert len(studio.sealed_facts()) == 1


def test_a_store_that_never_answers_leaves_the_task_to_be_repeated() -> None:
    studio = Studio()
    studio.store.fail_next(Fault.STORED, Fault.NOT_STORED)
    with pytest.raises(OutcomeUnknown):
        studio.draw()
    assert studio.draw() == studio.stored().pdf_sha256
    assert len(studio.sealed_facts()) == 1


def test_throttling_is_for_the_machine_to_retry() -> None:
    studio = Studio()
    studio.store.fail_next(Fault.THROTTLED)
    with pytest.raises(Retry):
        studio.draw()
    assert studio.sealed_facts() == []


@dataclass
class MeanwhileRenderer:
    """Something else happens while the page is being drawn."""

    happens: Callable[[], object]
    drawn: int = 0

    def pdf(self, content: DocumentContent, branding: Branding, copy: Copy = ORIGINAL) -> bytes:
        self.drawn += 1
        self.happens()
        return b"%PDF " + content.number.encode() + branding.colour.encode()


class Unusable:
    """A renderer that nobody may ask."""

    def pdf(self, content: DocumentContent, branding: Branding, copy: Copy = ORIGINAL) -> bytes:
        raise AssertionError("drawn again")


def test_of_two_attempts_at_once_one_seals_and_the_other_answers_with_it() -> None:
    studio = Studio()
    winner = FakeRenderer()
    hashes: list[str] = []

    def other() -> None:
        hashes.append(
            render(
                studio.ctx,
                a_caller(),
                DocumentKind.QUOTE,
                studio.quote.id,
                renderer=winner,
                documents=studio.documents,
            )
        )

    studio.renderer = MeanwhileRenderer(other)
    assert studio.draw() == hashes[0]
    assert len(studio.sealed_facts()) == 1
    assert studio.stored().pdf_sha256 == hashes[0]


def test_a_page_seen_while_drawing_is_not_lost() -> None:
    studio = Studio()

    def seen() -> None:
        quote = studio.stored()
        studio.put(replace(quote, rev=quote.rev + 1, first_viewed_at=studio.ctx.clock.now()))

    studio.renderer = MeanwhileRenderer(seen)
    studio.draw()
    assert studio.stored().first_viewed_at is not None
    assert studio.stored().pdf_sha256


def test_a_draft_or_a_foreign_document_is_not_drawn() -> None:
    studio = Studio()
    studio.put(a_quote(id="quo_draft"))
    with pytest.raises(Conflict, match="brouillon"):
        studio.draw(id="quo_draft")
    with pytest.raises(NotFound):
        studio.draw(id="quo_nowhere")
    with pytest.raises(NotFound):
        render(
            studio.ctx,
            a_caller(OTHER_TENANT),
            DocumentKind.QUOTE,
            studio.quote.id,
            renderer=studio.renderer,
            documents=studio.documents,
        )


def test_a_document_that_cannot_be_drawn_stays_unsealed() -> None:
    class Refusing:
        def pdf(self, content: DocumentContent, branding: Branding, copy: Copy = ORIGINAL) -> bytes:
            raise Invalid("Ce document ne peut pas être imprimé.", code="unprintable")

    studio = Studio(renderer=Refusing())
    with pytest.raises(Invalid):
        studio.draw()
    assert studio.documents.stored == {}
    assert studio.sealed_facts() == []


# --- the contract that choices made -----------------------------------------------------------------------------------


def test_a_contract_with_choices_is_drawn_and_sealed_beside_the_offer_Q_04() -> None:
    studio = Studio()
    offer = studio.draw()
    quote = studio.stored()
    assert quote.content is not None
    contract = replace(quote.content, lines=quote.content.lines[:1])
    studio.put(replace(quote, rev=quote.rev + 1, status=QuoteStatus.ACCEPTED, accepted_content=contract))
    sealed = studio.draw()
    assert sealed != offer
    assert (studio.stored().pdf_sha256, studio.stored().accepted_pdf_sha256) == (offer, sealed)
    assert studio.sealed_facts()[1] == {
        "kind": "accepted_quote",
        "number": "D-2026-0001",
        "version": 1,
        "pdf_sha256": sealed,
        "content_sha256": content_sha256(contract),
    }
    assert studio.draw() == sealed, "once"
    assert len(studio.sealed_facts()) == 2


def test_an_accepted_contract_must_be_in_the_archive_and_an_offer_must_not_Q_09() -> None:
    """An offer that nobody accepted stays erasable; a contract is kept for ten years."""
    studio = Studio()
    studio.draw()
    quote = studio.stored()
    studio.put(replace(quote, rev=quote.rev + 1, status=QuoteStatus.ACCEPTED, accepted_content=quote.content))
    sealed = studio.draw()
    events = [parse(event.line) for event in studio.store.events(TENANT)]
    assert [archived_document(event) for event in events] == [None, sealed]
    assert [verify_archive.archived_document(json.loads(event.line)) for event in studio.store.events(TENANT)] == [
        None,
        sealed,
    ]
