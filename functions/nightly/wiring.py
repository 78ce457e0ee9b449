"""What `nightly` is made of: reads over all tenants, the scenarios, the executions."""

from dataclasses import dataclass

from relance.adapters.clock import clock
from relance.adapters.dunning_data import load_dunning_law
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.open_work import DynamoOpenWork
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.scenario_data import PackagedScenarios
from relance.adapters.step_functions import StepFunctionsExecutions
from relance.app.context import Context
from relance.app.ports.open_work import OpenWork
from relance.app.ports.outside import Executions
from relance.app.ports.scenarios import PublishedScenarios
from relance.domain.dunning_law import DunningLaw
from relance.runtime.aws import client
from relance.runtime.settings import Nightly, load


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps."""

    ctx: Context
    open_work: OpenWork
    published: PublishedScenarios
    executions: Executions
    law: DunningLaw


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    at = load(Nightly)
    database = Database(core_table=at.core_table)
    executions = StepFunctionsExecutions(client("stepfunctions"), at.lifecycle_machine_arn)
    ctx = Context(DynamoStore(database), clock(at.clock_file), SystemEntropy())
    return Parts(ctx, DynamoOpenWork(database), PackagedScenarios(), executions, load_dunning_law())
