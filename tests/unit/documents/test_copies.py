"""Previews of drafts and duplicates of invoices: drawn with their mark; a duplicate leaves its trace. [AF-10, AF-12]"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from relance.app import papers
from relance.app.context import Context
from relance.app.ports.outside import Renderer
from relance.app.ports.store import Commit, Entity, Idem
from relance.domain.chain.event import parse
from relance.domain.content import DocumentContent, content_sha256
from relance.domain.copies import ORIGINAL, Copy, CopyKind, Duplicate, duplicate_id
from relance.domain.errors import Conflict, Contention, IdempotencyMismatch, NotFound
from relance.domain.ids import InvoiceId
from relance.domain.invoice import InvoiceStatus
from relance.domain.party import Branding
from tests.builders import TENANT, a_caller, a_company, a_context, a_customer, a_quote, an_invoice, an_invoice_content
from tests.doubles.api import law
from tests.doubles.outside import FakeRenderer, InMemoryDocuments
from tests.doubles.store import Crash, Fault, InMemoryStore

ORIGINAL_SHA256 = "ab" * 32


def idem(request: str = "1") -> Idem:
    return Idem("key", request)


@dataclass
class Desk:
    """A tenant with a draft of each kind and one issued invoice whose original was handed out."""

    store: InMemoryStore = field(default_factory=InMemoryStore)
    renderer: Renderer = field(default_factory=FakeRenderer)
    documents: InMemoryDocuments = field(default_factory=InMemoryDocuments)

    def __post_init__(self) -> None:
        self.ctx: Context = a_context(store=self.store)
        content = an_invoice_content()
        self.invoice = an_invoice(
            status=InvoiceStatus.ISSUED,
            number=content.number,
            content=content,
            content_sha256=content_sha256(content),
            pdf_sha256=ORIGINAL_SHA256,
        )
        drafted = an_invoice(id="inv_00000000000000000000draft")
        self.put(a_company(), a_customer(), a_quote(), drafted, self.invoice)
        self.documents.stored[ORIGINAL_SHA256] = b"%PDF original"

    def put(self, *entities: Entity) -> None:
        self.store.commit(Commit(TENANT, self.ctx.entropy.bytes(16).hex(), puts=entities))

    def duplicate(self, *, key: Idem | None = None, id: str | None = None) -> Duplicate:
        return papers.duplicate(
            self.ctx, a_caller(), id or self.invoice.id, documents=self.documents, renderer=self.renderer, idem=key
        )

    def of_invoice(self, id: str) -> papers.Paper:
        return papers.of_invoice(
            self.ctx, a_caller(), id, documents=self.documents, renderer=self.renderer, catalogue=law()
        )

    def facts(self) -> list[dict[str, Any]]:
        events = [parse(event.line) for event in self.store.events(TENANT)]
        return [dict(event.data) for event in events if event.type == "document.duplicated"]


def told(pdf: bytes) -> list[Any]:
    """What a picture of FakeRenderer shows: content, branding, copy."""
    shown: list[Any] = json.loads(pdf.splitlines()[1])
    return shown


def test_a_draft_shows_as_a_preview_that_is_stored_nowhere() -> None:
    desk = Desk()
    before = dict(desk.documents.stored)
    quote = papers.of_quote(
        desk.ctx, a_caller(), a_quote().id, documents=desk.documents, renderer=desk.renderer, catalogue=law()
    )
    invoice = desk.of_invoice("inv_00000000000000000000draft")
    assert (quote.filename, invoice.filename) == ("devis-brouillon.pdf", "facture-brouillon.pdf")
    for paper in (quote, invoice):
        content, _, copy = told(paper.pdf)
        assert copy["kind"] == "preview"
        assert content["number"] == "brouillon"
    assert desk.documents.stored == before
    assert len(list(desk.store.events(TENANT))) == 0


def test_an_issued_invoice_is_handed_out_byte_for_byte() -> None:
    desk = Desk()
    assert desk.of_invoice(desk.invoice.id).pdf == b"%PDF original"


def test_each_duplicate_has_the_next_rank_on_its_face_and_in_the_chain() -> None:
    desk = Desk()
    first, second = desk.duplicate(), desk.duplicate()
    assert (first.rank, second.rank) == (1, 2)
    assert [fact["rank"] for fact in desk.facts()] == [1, 2]
    assert desk.facts()[1] == {
        "kind": "invoice",
        "number": "F-2026-0001",
        "rank": 2,
        "pdf_sha256": second.pdf_sha256,
        "original_sha256": ORIGINAL_SHA256,
    }
    paper = papers.of_duplicate(desk.ctx, a_caller(), desk.invoice.id, second.id, desk.documents)
    assert paper.filename == "facture-F-2026-0001-duplicata-2.pdf"
    content, _, copy = told(paper.pdf)
    assert copy == {"kind": "duplicate", "rank": 2}
    assert content["number"] == "F-2026-0001"


def test_asking_twice_with_one_key_makes_one_duplicate() -> None:
    desk = Desk()
    assert desk.duplicate(key=idem()) == desk.duplicate(key=idem())
    assert len(desk.facts()) == 1
    with pytest.raises(IdempotencyMismatch):
        desk.duplicate(key=idem("2"))


def test_a_draft_and_an_invoice_without_its_original_have_no_duplicate() -> None:
    desk = Desk()
    with pytest.raises(Conflict, match="brouillon"):
        desk.duplicate(id="inv_00000000000000000000draft")
    desk.put(replace(desk.invoice, id=InvoiceId("inv_undrawn"), pdf_sha256=""))
    with pytest.raises(papers.NotRenderedYet):
        desk.duplicate(id="inv_undrawn")
    with pytest.raises(papers.NotRenderedYet):
        desk.of_invoice("inv_undrawn")
    assert desk.facts() == []


def test_a_duplicate_belongs_to_its_invoice_alone() -> None:
    desk = Desk()
    made = desk.duplicate()
    for invoice_id, id in (("inv_other", made.id), (desk.invoice.id, "dup_none")):
        with pytest.raises(NotFound):
            papers.of_duplicate(desk.ctx, a_caller(), invoice_id, id, desk.documents)


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_a_crash_around_the_commit_leaves_each_rank_to_one_duplicate(fault: Fault) -> None:
    desk = Desk()
    desk.store.fail_next(fault)
    with pytest.raises(Crash):
        desk.duplicate(key=idem())
    made = desk.duplicate(key=idem())
    assert made.rank == 1
    assert [fact["rank"] for fact in desk.facts()] == [1]


@dataclass
class Meanwhile:
    """Something else happens while a page is drawn."""

    happens: Callable[[], object]
    times: int = 1

    def pdf(self, content: DocumentContent, branding: Branding, copy: Copy = ORIGINAL) -> bytes:
        if self.times and copy.kind is CopyKind.DUPLICATE:
            self.times -= 1
            self.happens()
        return FakeRenderer().pdf(content, branding, copy)


def test_of_two_duplicates_at_once_each_gets_its_own_rank() -> None:
    desk = Desk()
    others: list[Duplicate] = []
    other = replace_renderer(desk, FakeRenderer())
    desk.renderer = Meanwhile(lambda: others.append(other.duplicate()))
    assert (desk.duplicate().rank, others[0].rank) == (2, 1)
    assert [fact["rank"] for fact in desk.facts()] == [1, 2]


def test_somebody_who_is_always_faster_ends_in_patience_and_not_in_a_loop() -> None:
    desk = Desk()
    other = replace_renderer(desk, FakeRenderer())
    desk.renderer = Meanwhile(other.duplicate, times=99)
    with pytest.raises(Contention):
        desk.duplicate()


def replace_renderer(desk: Desk, renderer: Renderer) -> Desk:
    """The same office, another pair of hands."""
    twin = object.__new__(Desk)
    twin.__dict__.update(desk.__dict__, renderer=renderer)
    return twin


def test_ranks_give_distinct_ids_of_the_usual_form() -> None:
    ids = {duplicate_id(invoice, rank) for invoice in ("inv_a", "inv_b") for rank in range(1, 50)}
    assert len(ids) == 98
    assert all(len(id) == 30 for id in ids)
