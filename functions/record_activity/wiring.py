"""What `record_activity` is made of."""

from dataclasses import dataclass

from relance.adapters.clock import clock
from relance.adapters.dynamo.activity import DynamoActivityLog
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.links import DynamoLinks
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.app.context import Context
from relance.app.ports.activity import ActivityLog
from relance.app.ports.links import LinkDirectory
from relance.runtime.settings import ActivityTables, load


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps."""

    ctx: Context
    links: LinkDirectory
    activity: ActivityLog


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    settings = load(ActivityTables)
    database = Database(core_table=settings.core_table, activity_table=settings.activity_table)
    time = clock(settings.clock_file)
    return Parts(
        ctx=Context(DynamoStore(database), time, SystemEntropy()),
        links=DynamoLinks(database),
        activity=DynamoActivityLog(database, time),
    )
