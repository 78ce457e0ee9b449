"""What `retention` is made of: everything that may take something away, and nothing else has."""

from dataclasses import dataclass, field

from relance.adapters.clock import clock
from relance.adapters.dynamo.activity import DynamoActivityLog
from relance.adapters.dynamo.archive_heads import DynamoArchiveHeads
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.journal import DynamoJournal
from relance.adapters.dynamo.journal_eraser import DynamoJournalEraser
from relance.adapters.dynamo.open_work import DynamoOpenWork
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.retention_data import load_retention
from relance.adapters.s3_archive import S3ImmutableStore
from relance.adapters.s3_documents import S3DocumentEraser
from relance.adapters.step_functions import StepFunctionsExecutions
from relance.app.archiving import Archive
from relance.app.context import Context
from relance.app.forgetting import Eraser
from relance.app.ports.activity import ActivityLog
from relance.app.ports.open_work import OpenWork
from relance.app.ports.retention import JournalEraser
from relance.runtime.aws import client
from relance.runtime.settings import Tables, load


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Tables):
    activity_table: str
    archive_bucket: str
    documents_bucket: str
    lifecycle_machine_arn: str
    link_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps."""

    archive: Archive
    lines: JournalEraser
    eraser: Eraser
    activity: ActivityLog
    open_work: OpenWork

    @property
    def ctx(self) -> Context:
        """The one that the erasures have too."""
        return self.eraser.ctx


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    at = load(Settings)
    database = Database(core_table=at.core_table, journal_table=at.journal_table, activity_table=at.activity_table)
    time, s3 = clock(at.clock_file), client("s3")
    ctx = Context(DynamoStore(database), time, SystemEntropy())
    activity = DynamoActivityLog(database, time)
    executions = StepFunctionsExecutions(client("stepfunctions"), at.lifecycle_machine_arn)
    documents = S3DocumentEraser(s3, at.documents_bucket)
    eraser = Eraser(ctx, load_retention(), documents, activity, executions, at.link_key)
    store = S3ImmutableStore(s3, at.archive_bucket)
    archive = Archive(DynamoJournal(database), DynamoArchiveHeads(database), store)
    return Parts(archive, DynamoJournalEraser(database), eraser, activity, DynamoOpenWork(database))
