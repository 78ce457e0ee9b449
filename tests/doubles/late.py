"""A seller whose customers pay late: at his till since the first of January 2026, for time only goes on."""

from datetime import UTC, datetime
from typing import Any

from relance.app.ports.store import Commit
from relance.domain.party import TrackingConsent
from relance.domain.reminder.claim import Claim, ClaimState, Fate, claim_id
from relance.domain.reminder.scenario import DocumentKind
from tests.builders import TENANT, a_context
from tests.doubles.activity import InMemoryActivityLog
from tests.doubles.api import Server, wanted
from tests.doubles.outside import InMemoryDocuments, ManualClock, RecordingExecutions
from tests.doubles.store import InMemoryStore
from tests.doubles.till import Till, cents

RATES = [
    {"valid_from": "2026-01-01", "rate": "12.15", "source": "BCE au 1er janvier 2026 + 10 points"},
    {"valid_from": "2026-07-01", "rate": "12.40", "source": "BCE au 1er juillet 2026 + 10 points"},
]
CONSUMER = {
    "kind": "consumer",
    "name": "Camille Lefèvre",
    "address": {"line1": "3 place Bellecour", "postcode": "69002", "city": "Lyon"},
    "email": "camille.lefevre@client.example",
}


def since_january() -> Till:
    """The till of the second of January."""
    store, clock = InMemoryStore(), ManualClock(at("2026-01-02"))
    ctx = a_context(store=store, clock=clock)
    server = Server(ctx, store, clock, RecordingExecutions(), InMemoryDocuments(), InMemoryActivityLog(clock))
    return Till(server, server.caller()).opens()


def at(day: str) -> datetime:
    """That morning."""
    return datetime.fromisoformat(f"{day}T09:00:00").replace(tzinfo=UTC)


def enters_rates(till: Till, **choice: str) -> None:
    """Those of the ECB, as their user copied them."""
    settings = till.me.settings
    known = settings.get("/v1/settings/late-rates").etag
    wanted(settings.put("/v1/settings/late-rates", {"rates": RATES, **choice}, if_match=known))


def owes(till: Till, gross: str, issued: str, due: str, **changes: Any) -> dict[str, Any]:
    """An invoice of that sum TTC, issued and due on those days."""
    till.server.clock.move_to(at(issued))
    net = f"{cents(gross) / 120:.6f}"
    lines = [{"description": "Prestation", "quantity": "1", "unit_price": net, "vat_rate": "20"}]
    invoice = till.invoices(lines=lines, due_date=due, supply_date=issued, **changes)
    assert invoice["balance"] == gross
    return invoice


def stores(till: Till, entity: Any) -> None:
    """As some other function would have left it."""
    till.server.store.commit(Commit(TENANT, till.server.ctx.new_id("tok"), puts=(entity,)))


def reminded(
    till: Till, document: dict[str, Any], step: str, day: str, *, level: int = 1, state: ClaimState = ClaimState.SENT
) -> None:
    """A mail about an invoice or a quote that left that morning, or may have."""
    kind = DocumentKind.INVOICE if document["id"].startswith("inv_") else DocumentKind.QUOTE
    stores(
        till,
        Claim(
            tenant=TENANT,
            id=claim_id(document["id"], step),
            rev=1,
            document_kind=kind,
            document_id=document["id"],
            step=step,
            template="invoice_overdue",
            state=state,
            at=at(day),
            settled_at=at(day),
            recipient="compta@client.example",
            subject=f"=Facture {document['number']}",
            message_id="<1@envoi.example>",
            mail_sha256="a" * 64,
            pdf_sha256="b" * 64,
            salt="00",
            consent=TrackingConsent.NONE,
            fate=Fate.DELIVERED,
            level=level,
        ),
    )
