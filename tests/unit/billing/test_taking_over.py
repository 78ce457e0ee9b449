"""Taking over a history, over HTTP: numbers go on, and the whole is verified offline. [AR-06, KX-22]"""

from typing import Any

from relance.app.archiving import drain
from relance.domain.chain.event import parse
from relance.resources import verify_archive
from tests.builders import TENANT
from tests.doubles.archive import World
from tests.doubles.exported import files_of
from tests.doubles.till import ODD_LINES, Till, audit


def body(**changes: Any) -> dict[str, Any]:
    document = {"kind": "invoice", "number": "FA-00123", "date": "2026-11-02", "gross": "1200.00"}
    return {"source": "Ancien logiciel", "documents": [document], "last_ranks": {"invoice": 123}, **changes}


def test_numbers_go_on_from_the_last_one_and_both_are_verified_offline_AR_06(till: Till) -> None:
    taken = till.me.settings.post("/v1/company/history", body())
    assert taken.status == 201
    invoice = till.invoices(lines=ODD_LINES[:1])
    assert invoice["number"] == "F-2026-0124"
    assert till.me.settings.get("/v1/company/history").json["documents"] == 1
    audit(till.server)
    events = till.server.store.events(TENANT)
    assert parse(events[taken.json["first_seq"] - 1].line).type == "history.imported"
    world = World(events={TENANT: list(events)})
    drain(TENANT, world.archive())
    assert verify_archive.verify(files_of(world, TENANT)).ok


def test_a_history_is_taken_once_and_before_anything_is_numbered(till: Till) -> None:
    assert till.me.settings.get("/v1/company/history").status == 404
    assert till.me.settings.post("/v1/company/history", body(last_ranks={})).status == 201
    again = till.me.settings.post("/v1/company/history", body())
    assert (again.status, again.json["code"]) == (409, "history_known")


def test_a_history_after_the_first_invoice_is_refused(till: Till) -> None:
    till.invoices(lines=ODD_LINES[:1])
    late = till.me.settings.post("/v1/company/history", body())
    assert (late.status, late.json["code"]) == (409, "history_too_late")
