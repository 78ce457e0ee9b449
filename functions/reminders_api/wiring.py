"""What `reminders_api` is made of: the store, the published scenarios, what waits for a person, and how runs wake."""

from dataclasses import dataclass

from relance.adapters.clock import clock
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.open_work import DynamoOpenWork
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.scenario_data import PackagedScenarios
from relance.adapters.step_functions import StepFunctionsExecutions
from relance.app.context import Context
from relance.app.ports.open_work import Waiting
from relance.app.ports.outside import Executions
from relance.app.ports.scenarios import PublishedScenarios
from relance.runtime.aws import client
from relance.runtime.settings import FollowUpDesk, load


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps."""

    ctx: Context
    published: PublishedScenarios
    executions: Executions
    open_work: Waiting


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    settings = load(FollowUpDesk)
    database = Database(core_table=settings.core_table, journal_table=settings.journal_table)
    return Parts(
        ctx=Context(DynamoStore(database), clock(settings.clock_file), SystemEntropy()),
        published=PackagedScenarios(),
        executions=StepFunctionsExecutions(client("stepfunctions"), settings.lifecycle_machine_arn),
        open_work=DynamoOpenWork(database),
    )
