"""What billing chains is what the archive seals: every kind of document, its PDF, and the offline verifier agrees."""

from relance.app.archiving import drain
from relance.app.rendering import render
from relance.domain.chain.event import Fact, parse
from relance.domain.invoice import Invoice
from relance.domain.reminder.scenario import DocumentKind
from tests.builders import TENANT, a_caller
from tests.doubles.archive import World
from tests.doubles.exported import faults_of, files_of
from tests.doubles.outside import FakeRenderer
from tests.doubles.till import ODD_LINES, Till


def test_a_whole_sale_is_archived_and_verified_offline_N_01_AR_05(till: Till) -> None:
    quote = till.accepted_quote()
    deposit = till.bills(quote, kind="deposit", percent="30")
    till.pays(deposit)
    final = till.bills(quote, kind="balance")
    till.pays(final, "10.00")
    till.credits(final, amounts=[{"net": "5.00", "vat_rate": "20"}])
    wrong = till.invoices(lines=ODD_LINES)
    draft = till.me.invoices.post(f"/v1/invoices/{wrong['id']}/corrections", {"reason": "Adresse"}).json
    till.issues(draft)
    refused = till.invoices(lines=ODD_LINES[:1])
    status = {"code": "210", "at": "2026-11-16T09:00:00Z", "reason": "Prix"}
    till.me.invoices.post(f"/v1/invoices/{refused['id']}/statuses", status)
    till.credits(refused)
    seal_all(till)

    world = World()
    for event in (parse(one.line) for one in till.server.store.events(TENANT)):
        world.record(TENANT, Fact(event.type, event.ref, event.actor, event.data))
    world.pdfs.update({sha: till.server.documents.get(sha) for sha in sealed(till)})
    drain(TENANT, world.archive())
    files = files_of(world, TENANT)
    assert faults_of(files) == []
    assert {f"doc/{sha}.pdf" for sha in sealed(till)} <= set(files.names())
    assert len(sealed(till)) == 7


def seal_all(till: Till) -> None:
    """Draw every issued document, as its run does; an internal credit note too. [C-03]"""
    for invoice in till.server.store.page(TENANT, Invoice, limit=100).items:
        if invoice.content is not None:
            render(
                till.server.ctx,
                a_caller(),
                DocumentKind.INVOICE,
                invoice.id,
                renderer=FakeRenderer(),
                documents=till.server.documents,
            )


def sealed(till: Till) -> set[str]:
    """The hashes of what was sealed."""
    return {str(event.data["pdf_sha256"]) for event in till.events("document.sealed")}
