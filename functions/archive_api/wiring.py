"""What `archive_api` is made of."""

from collections.abc import Callable
from dataclasses import dataclass

from relance.adapters.attestation_data import load_attestations
from relance.adapters.chart_data import load_charts
from relance.adapters.clock import clock
from relance.adapters.dynamo.archive_heads import DynamoArchiveHeads
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.journal import DynamoJournal
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.export_bell import ExportBell
from relance.adapters.fiscal_modules import fiscal_version
from relance.adapters.remote_sheets import RemoteSheets
from relance.adapters.retention_bell import RetentionBell
from relance.adapters.retention_data import load_retention
from relance.adapters.s3_archive import S3ImmutableStore
from relance.adapters.s3_exports import S3Exports
from relance.app.archiving import Archive
from relance.app.archiving.whole import WholeJournal
from relance.app.context import Context
from relance.app.ports.archive import ExportMaker, ExportStore
from relance.app.ports.retention import RetentionWorker
from relance.app.ports.sheets import SheetRenderer
from relance.domain.attestation import Attestations, FiscalVersion
from relance.domain.bookkeeping.accounts import Charts
from relance.domain.retention import Place, Retention
from relance.runtime.aws import client
from relance.runtime.settings import Tables, load


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Tables):
    archive_bucket: str
    exports_bucket: str
    export_function: str
    render_function: str
    retention_function: str
    aws_region: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    ctx: Context
    archive: Archive
    exports: ExportStore
    maker: ExportMaker
    charts: Charts
    sheets: SheetRenderer
    attestations: Attestations
    fiscal_version: Callable[[], FiscalVersion]
    retention: Retention
    place: Place
    worker: RetentionWorker


def wire() -> Parts:
    settings = load(Settings)
    database = Database(core_table=settings.core_table, journal_table=settings.journal_table)
    context = Context(DynamoStore(database), clock(settings.clock_file), SystemEntropy())
    store = S3ImmutableStore(client("s3"), settings.archive_bucket)
    heads = DynamoArchiveHeads(database)
    archive = Archive(WholeJournal(DynamoJournal(database), heads, store, context.store), heads, store)
    retention = load_retention()
    return Parts(
        context,
        archive,
        S3Exports(client("s3"), settings.exports_bucket),
        ExportBell(client("lambda"), settings.export_function),
        load_charts(),
        RemoteSheets(client("lambda", retries=False), settings.render_function),
        load_attestations(),
        fiscal_version,
        retention,
        retention.place(settings.aws_region),
        RetentionBell(client("lambda"), settings.retention_function),
    )
