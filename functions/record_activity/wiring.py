"""What `record_activity` is made of."""

from dataclasses import dataclass, field

from relance.adapters.clock import clock
from relance.adapters.dynamo.activity import DynamoActivityLog
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.links import DynamoLinks
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.robot_data import load_robots
from relance.app.context import Context
from relance.app.ports.activity import ActivityLog
from relance.app.ports.links import LinkDirectory
from relance.domain.tracking.robots import KnownRobots
from relance.runtime.settings import ActivityTables, load


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps. `told` says which minute of a pixel was last worked off."""

    ctx: Context
    links: LinkDirectory
    activity: ActivityLog
    robots: KnownRobots
    told: dict[str, int] = field(default_factory=dict)


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    settings = load(ActivityTables)
    database = Database(core_table=settings.core_table, activity_table=settings.activity_table)
    time = clock(settings.clock_file)
    return Parts(
        ctx=Context(DynamoStore(database), time, SystemEntropy()),
        links=DynamoLinks(database),
        activity=DynamoActivityLog(database, time),
        robots=load_robots(),
    )
