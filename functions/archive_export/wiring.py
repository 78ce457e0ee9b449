"""What `archive_export` is made of."""

from collections.abc import Mapping
from dataclasses import dataclass

from relance.adapters.chart_data import load_charts
from relance.adapters.clock import clock
from relance.adapters.dynamo.archive_heads import DynamoArchiveHeads
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.journal import DynamoJournal
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.s3_archive import S3ImmutableStore
from relance.adapters.s3_exports import S3Exports
from relance.app.archiving import Archive
from relance.app.archiving.whole import WholeJournal
from relance.app.bookkeeping import fec_writer, ledger_writer
from relance.app.context import Context
from relance.app.exporting import Writer, archive_writer
from relance.app.ports.archive import ExportStore
from relance.contracts.ledger import LEDGER_HEADER, csv_row
from relance.domain.archive_export import ExportKind
from relance.runtime.aws import client
from relance.runtime.settings import Tables, load


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Tables):
    archive_bucket: str
    exports_bucket: str


@dataclass(frozen=True, slots=True)
class Parts:
    ctx: Context
    writers: Mapping[ExportKind, Writer]
    exports: ExportStore


def wire() -> Parts:
    settings = load(Settings)
    database = Database(core_table=settings.core_table, journal_table=settings.journal_table)
    context = Context(DynamoStore(database), clock(settings.clock_file), SystemEntropy())
    store = S3ImmutableStore(client("s3"), settings.archive_bucket)
    heads = DynamoArchiveHeads(database)
    archive = Archive(WholeJournal(DynamoJournal(database), heads, store, context.store), heads, store)
    writers = {
        ExportKind.ARCHIVE: archive_writer(archive),
        ExportKind.FEC: fec_writer(context, archive.journal, load_charts()),
        ExportKind.SALES_LEDGER: ledger_writer(context, archive.journal, LEDGER_HEADER, csv_row),
    }
    return Parts(context, writers, S3Exports(client("s3"), settings.exports_bucket))
