"""What `archive_stream` is made of."""

from dataclasses import dataclass

from relance.adapters.dynamo.archive_heads import DynamoArchiveHeads
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.journal import DynamoJournal
from relance.adapters.kms_signer import KmsSigner
from relance.adapters.s3_archive import S3ImmutableStore
from relance.adapters.s3_documents import S3Documents
from relance.app.archiving import Archiver
from relance.runtime.aws import client
from relance.runtime.settings import load


@dataclass(frozen=True, slots=True)
class Settings:
    core_table: str
    journal_table: str
    documents_bucket: str
    archive_bucket: str
    signing_key_id: str


def wire() -> Archiver:
    settings = load(Settings)
    database = Database(core_table=settings.core_table, journal_table=settings.journal_table)
    return Archiver(
        journal=DynamoJournal(database),
        heads=DynamoArchiveHeads(database),
        store=S3ImmutableStore(client("s3"), settings.archive_bucket),
        documents=S3Documents(client("s3"), settings.documents_bucket),
        signer=KmsSigner(client("kms"), settings.signing_key_id),
    )
