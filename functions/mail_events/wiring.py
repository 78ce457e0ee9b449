"""What `mail_events` is made of: the store with its journal (a delivery is a legal fact), and the activity log."""

from dataclasses import dataclass

from relance.adapters.clock import clock
from relance.adapters.dynamo.activity import DynamoActivityLog
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.app.context import Context
from relance.app.ports.activity import ActivityLog
from relance.runtime.settings import TablesAndActivity, load


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps."""

    ctx: Context
    activity: ActivityLog


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    at = load(TablesAndActivity)
    database = Database(core_table=at.core_table, journal_table=at.journal_table, activity_table=at.activity_table)
    time = clock(at.clock_file)
    return Parts(Context(DynamoStore(database), time, SystemEntropy()), DynamoActivityLog(database, time))
