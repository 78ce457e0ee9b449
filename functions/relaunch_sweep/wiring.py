"""What `relaunch_sweep` is made of: reads over all tenants, the executions, the archiver's bell."""

from collections.abc import Callable
from dataclasses import dataclass

from relance.adapters.archive_bell import ArchiveBell
from relance.adapters.clock import clock
from relance.adapters.dynamo.archive_heads import DynamoArchiveHeads
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.open_work import DynamoOpenWork
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.step_functions import StepFunctionsExecutions
from relance.app.context import Context
from relance.app.ports.archive import DirtyTenants
from relance.app.ports.open_work import OpenWork
from relance.app.ports.outside import Executions
from relance.runtime.aws import client
from relance.runtime.settings import Sweeping, load


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps."""

    ctx: Context
    open_work: OpenWork
    executions: Executions
    dirty: DirtyTenants
    ring: Callable[[str], None]


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    at = load(Sweeping)
    database = Database(core_table=at.core_table, journal_table=at.journal_table)
    executions = StepFunctionsExecutions(client("stepfunctions"), at.lifecycle_machine_arn)
    ctx = Context(DynamoStore(database), clock(at.clock_file), SystemEntropy())
    bell = ArchiveBell(client("lambda"), at.archiver_function)
    return Parts(ctx, DynamoOpenWork(database), executions, DynamoArchiveHeads(database), bell.ring)
