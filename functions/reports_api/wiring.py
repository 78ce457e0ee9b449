"""What `reports_api` is made of: it reads, and writes nothing."""

from dataclasses import dataclass

from relance.adapters.clock import clock
from relance.adapters.dunning_data import load_dunning_law
from relance.adapters.dynamo.activity import DynamoActivityLog
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.app.context import Context
from relance.app.ports.activity import ActivityLog
from relance.domain.dunning_law import DunningLaw
from relance.runtime.settings import ActivityTables, load


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps."""

    ctx: Context
    law: DunningLaw
    activity: ActivityLog


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    settings = load(ActivityTables)
    database = Database(core_table=settings.core_table, activity_table=settings.activity_table)
    time = clock(settings.clock_file)
    ctx = Context(DynamoStore(database), time, SystemEntropy())
    return Parts(ctx, load_dunning_law(), DynamoActivityLog(database, time))
