"""One wake of a document on the real adapter, request by request: what a reminder costs is counted, not estimated."""

from dataclasses import dataclass, replace
from typing import Any

from relance.adapters.dynamo import codec
from relance.adapters.dynamo.open_work import DynamoOpenWork
from relance.adapters.dynamo.store import DynamoStore
from relance.app.following import Order, follow
from relance.app.ports.store import Commit, Entity
from relance.domain.catalogue import Item
from relance.domain.invoice import Invoice
from relance.domain.party import Company, Customer
from relance.domain.quote import Quote
from relance.domain.reminder.claim import Claim
from relance.domain.reminder.correspondence import Correspondence
from relance.domain.reminder.proposal import Proposal
from relance.domain.reminder.run import Run
from relance.domain.reminder.scenario import Scenario
from relance.domain.reminder.settings import ReminderSettings
from tests.doubles.dynamo import FlakyConnection, flaky
from tests.doubles.office import MACHINE, Office, kind_of

_KINDS = (Company, Customer, Quote, Invoice, Run, Claim, Scenario, Proposal, Correspondence, ReminderSettings, Item)


@dataclass
class Counted:
    """A firm whose documents are in DynamoDB: `requests` are those of the last wake."""

    office: Office
    connection: FlakyConnection
    store: DynamoStore
    followed: DynamoOpenWork

    @property
    def requests(self) -> list[str]:
        return list(self.connection.asked)

    def wake(self, document: Quote | Invoice) -> Order:
        """One wake, counted."""
        ctx = replace(self.office.ctx, store=self.store)
        post = replace(self.office.post, followed=self.followed)
        run = self.store.get(document.tenant, Run, document.id)
        assert run is not None
        self.connection.asked.clear()
        return follow(ctx, MACHINE, kind_of(document), document.id, turn=run.turn, post=post)


def counted(office: Office, **tables: Any) -> Counted:
    """What the office has stored so far, stored again in these tables, at the same revisions."""
    database, connection = flaky(**tables)
    store = DynamoStore(database)
    classes: dict[str, type[Entity]] = {cls.__name__: cls for cls in _KINDS}
    for item in office.store.items():
        entity: Entity = codec.decode(classes[item.kind], item.body)
        for rev in range(1, item.rev + 1):
            at_rev: Entity = replace(entity, rev=rev)  # type: ignore[type-var]  # every entity is a dataclass
            store.commit(Commit(entity.tenant, f"{item.kind}-{entity.id}-{rev}"[-36:], puts=(at_rev,)))
    return Counted(office, connection, store, DynamoOpenWork(database))
