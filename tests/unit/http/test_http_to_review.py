"""What a restore brought back with something missing says so wherever it is shown, until its task is done. [K-01]"""

from dataclasses import replace

import pytest

from functions.reminders_api.app import build
from functions.reminders_api.wiring import Parts
from relance.adapters.scenario_data import PackagedScenarios
from relance.app.ports.store import Commit
from relance.domain.invoice import Invoice
from relance.domain.quote import Quote
from relance.domain.reminder.scenario import DocumentKind
from relance.domain.reminder.task import RESTORED, Task, TaskState
from tests.builders import TENANT
from tests.doubles.api import Caller, Server, wanted
from tests.doubles.gateway import Gateway

LACKS = ("Les prix de revient ne sont pas dans l’archive.", "Les conditions de livraison non plus.")


def brought_back(server: Server, document: Quote | Invoice | None, kind: DocumentKind) -> None:
    """As a rebuild leaves it: the mark, and the task that tells."""
    assert document is not None
    task = Task(
        TENANT,
        f"{document.id}#{RESTORED}",
        1,
        document_kind=kind,
        document_id=document.id,
        customer_id=document.customer_id,
        title="Vérifier : repris de l’archive après une restauration",
        state=TaskState.OPEN,
        at=document.updated_at,
        detail=" ".join(LACKS),
    )
    marked = replace(document, rev=document.rev + 1, to_review=LACKS)
    server.store.commit(Commit(TENANT, f"restored {document.id}", puts=(marked, task)))


@pytest.mark.parametrize("kind", DocumentKind)
def test_it_is_shown_with_what_it_lacks_until_somebody_did_its_task(
    server: Server, me: Caller, kind: DocumentKind
) -> None:
    if kind is DocumentKind.QUOTE:
        api, path, verb = me.quotes, "/v1/quotes", "send"
        id = me.drafts_quote().json["id"]
        brought_back(server, server.store.get(TENANT, Quote, id), kind)
    else:
        api, path, verb = me.invoices, "/v1/invoices", "issue"
        id = me.drafts_invoice().json["id"]
        brought_back(server, server.store.get(TENANT, Invoice, id), kind)
    assert wanted(api.get(f"{path}/{id}"))["to_review"] == list(LACKS)
    (listed,) = wanted(api.get(path))["items"]
    assert (listed["id"], listed["to_review"]) == (id, list(LACKS))
    refused = api.post(f"{path}/{id}/{verb}")
    assert (refused.status, refused.json["code"]) == (409, "to_review")
    desk = Gateway(build(Parts(server.ctx, PackagedScenarios(), server.executions, server.store)), TENANT)
    (task,) = wanted(desk.get("/v1/tasks"))["items"]
    wanted(desk.post(f"/v1/tasks/{task['id']}/done"))
    assert wanted(api.get(f"{path}/{id}"))["to_review"] == []
    assert wanted(api.get(path))["items"][0]["to_review"] == []
    wanted(api.post(f"{path}/{id}/{verb}"))
