"""What `quotes_api` is made of."""

from dataclasses import dataclass

from relance.adapters.clock import clock
from relance.adapters.dynamo.activity import DynamoActivityLog
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.legal_data import load_law
from relance.adapters.remote_renderer import RemoteRenderer
from relance.adapters.s3_documents import S3Documents
from relance.adapters.starter_data import PackagedStarters
from relance.adapters.step_functions import StepFunctionsExecutions
from relance.app.context import Context
from relance.app.linking import Pages
from relance.app.ports.activity import ActivityLog
from relance.app.ports.outside import Documents, Executions, Renderer
from relance.app.ports.starters import StarterTemplates
from relance.domain.law import Law
from relance.runtime import aws
from relance.runtime.settings import DocumentDesk, load


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps."""

    ctx: Context
    catalogue: Law
    documents: Documents
    renderer: Renderer
    executions: Executions
    activity: ActivityLog
    pages: Pages
    starters: StarterTemplates


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    settings = load(DocumentDesk)
    database = Database(
        core_table=settings.core_table,
        journal_table=settings.journal_table,
        activity_table=settings.activity_table,
    )
    time = clock(settings.clock_file)
    return Parts(
        ctx=Context(DynamoStore(database), time, SystemEntropy()),
        catalogue=load_law(),
        documents=S3Documents(aws.client("s3"), settings.documents_bucket),
        renderer=RemoteRenderer(aws.client("lambda", retries=False), settings.render_function),
        executions=StepFunctionsExecutions(aws.client("stepfunctions"), settings.lifecycle_machine_arn),
        activity=DynamoActivityLog(database, time),
        pages=Pages(settings.public_base_url, settings.link_key),
        starters=PackagedStarters(),
    )
