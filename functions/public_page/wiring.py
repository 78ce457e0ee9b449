"""What `public_page` is made of. S3 and Step Functions are only reached for by the few requests that need them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from relance.adapters.clock import clock
from relance.adapters.dynamo.activity import DynamoActivityLog
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.links import DynamoLinks
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.page_jinja import JinjaPages
from relance.adapters.robot_data import load_robots
from relance.app.context import Context
from relance.app.looking import Watch
from relance.app.ports.activity import ActivityLog
from relance.app.ports.outside import Documents, Executions
from relance.app.ports.pages import Pages
from relance.app.viewing import Door
from relance.runtime.aws import client
from relance.runtime.settings import PublicPage, load


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps. `told` says in which minute the address of a page was last noted."""

    ctx: Context
    door: Door
    watch: Watch
    pages: Pages
    documents: Callable[[], Documents]
    executions: Callable[[], Executions]
    told: dict[str, int] = field(default_factory=dict)

    @property
    def activity(self) -> ActivityLog:
        """Where questions are kept, beside what was noticed."""
        return self.watch.activity


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    settings = load(PublicPage)
    database = Database(
        core_table=settings.core_table, journal_table=settings.journal_table, activity_table=settings.activity_table
    )
    time = clock(settings.clock_file)

    @cache
    def documents() -> Documents:
        from relance.adapters.s3_documents import S3Documents  # noqa: PLC0415 - most pages need no S3

        return S3Documents(client("s3"), settings.documents_bucket)

    @cache
    def executions() -> Executions:
        from relance.adapters.step_functions import StepFunctionsExecutions  # noqa: PLC0415 - answers alone need it

        return StepFunctionsExecutions(client("stepfunctions"), settings.lifecycle_machine_arn)

    return Parts(
        ctx=Context(DynamoStore(database), time, SystemEntropy()),
        door=Door(DynamoLinks(database), settings.link_key),
        watch=Watch(DynamoActivityLog(database, time), load_robots()),
        pages=JinjaPages(),
        documents=documents,
        executions=executions,
    )
