"""What `archive_stream` is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relance.adapters.clock import clock
from relance.adapters.dynamo.archive_heads import DynamoArchiveHeads
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.journal import DynamoJournal
from relance.adapters.dynamo.open_work import DynamoOpenWork
from relance.adapters.kms_signer import KmsSigner
from relance.adapters.s3_archive import S3ImmutableStore
from relance.adapters.s3_documents import S3Documents
from relance.adapters.tsa_http import HttpTimeStamper
from relance.app.archiving import Archiver
from relance.app.ports.archive import TimeStamper
from relance.app.ports.open_work import OpenWork
from relance.app.ports.outside import Clock
from relance.runtime.aws import client
from relance.runtime.settings import load

if TYPE_CHECKING:
    from relance.app.archiving.removals import Removals


@dataclass(frozen=True, slots=True)
class Settings:
    core_table: str
    journal_table: str
    documents_bucket: str
    archive_bucket: str
    signing_key_id: str
    retired_signing_key_ids: str = ""  # between commas
    clock_file: str = ""
    tsa_url: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    archiver: Archiver
    register: OpenWork
    clock: Clock
    removals: Callable[[], "Removals"]  # asked for when a line went, which it hardly ever does
    stamper: TimeStamper | None = None


def wire() -> Parts:
    settings = load(Settings)
    database = Database(core_table=settings.core_table, journal_table=settings.journal_table)
    kms, retired = client("kms"), [id for id in settings.retired_signing_key_ids.split(",") if id]
    archiver = Archiver(
        journal=DynamoJournal(database),
        heads=DynamoArchiveHeads(database),
        store=S3ImmutableStore(client("s3"), settings.archive_bucket),
        documents=S3Documents(client("s3"), settings.documents_bucket),
        signer=KmsSigner(kms, settings.signing_key_id),
        retired=tuple(KmsSigner(kms, id) for id in retired),
    )
    stamper = HttpTimeStamper(settings.tsa_url) if settings.tsa_url else None
    return Parts(archiver, DynamoOpenWork(database), clock(settings.clock_file), lambda: _removals(database), stamper)


def _removals(database: Database) -> "Removals":
    from relance.adapters.dynamo.store import DynamoStore  # noqa: PLC0415 - every other cold start goes without
    from relance.app.archiving.removals import Removals  # noqa: PLC0415 - likewise

    return Removals(DynamoStore(database))
