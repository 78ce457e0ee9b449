"""What `customers_api` is made of."""

from dataclasses import dataclass

from relance.adapters.clock import clock
from relance.adapters.dynamo.activity import DynamoActivityLog
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.retention_bell import RetentionBell
from relance.adapters.retention_data import load_retention
from relance.adapters.scenario_data import PackagedScenarios
from relance.adapters.silence_data import load_silence
from relance.adapters.term_limit_data import load_term_limits
from relance.app.context import Context
from relance.app.ports.activity import ActivityLog
from relance.app.ports.retention import RetentionWorker
from relance.app.ports.scenarios import PublishedScenarios
from relance.domain.retention import Place, Retention
from relance.domain.term_limits import TermLimits
from relance.domain.tracking.consent import SilenceRule
from relance.runtime.aws import client
from relance.runtime.settings import TablesAndActivity, load


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps."""

    ctx: Context
    limits: TermLimits
    silence: tuple[SilenceRule, ...]
    activity: ActivityLog
    published: PublishedScenarios
    retention: Retention
    place: Place
    worker: RetentionWorker


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(TablesAndActivity):
    """Also who lets go, and where all of this is (`aws_region`, as Lambda itself says it)."""

    retention_function: str
    aws_region: str = ""


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    at = load(Settings)
    database = Database(core_table=at.core_table, journal_table=at.journal_table, activity_table=at.activity_table)
    time = clock(at.clock_file)
    ctx = Context(DynamoStore(database), time, SystemEntropy())
    retention = load_retention()
    return Parts(
        ctx,
        load_term_limits(),
        load_silence(),
        DynamoActivityLog(database, time),
        PackagedScenarios(),
        retention,
        retention.place(at.aws_region),
        RetentionBell(client("lambda"), at.retention_function),
    )
