"""What `archive_verify` is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from relance.adapters.clock import clock
from relance.adapters.dynamo.archive_heads import DynamoArchiveHeads
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.journal import DynamoJournal
from relance.adapters.dynamo.open_work import DynamoOpenWork
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.fiscal_modules import fiscal_version
from relance.adapters.pin_composer import JinjaPinComposer
from relance.adapters.s3_archive import S3ImmutableStore
from relance.adapters.ses_mailer import SesMailer
from relance.app.archiving import Archive
from relance.app.archiving.whole import WholeJournal
from relance.app.context import Context
from relance.app.pin_mail import PinPost
from relance.app.ports.open_work import OpenWork
from relance.domain.attestation import FiscalVersion
from relance.runtime.aws import client
from relance.runtime.settings import load


@dataclass(frozen=True, slots=True)
class Settings:
    core_table: str
    journal_table: str
    archive_bucket: str
    configuration_set: str
    sender_domain: str
    clock_file: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    archive: Archive
    register: OpenWork
    ctx: Context
    post: PinPost
    version: Callable[[], FiscalVersion]


def wire() -> Watch:
    settings = load(Settings)
    database = Database(core_table=settings.core_table, journal_table=settings.journal_table)
    store = S3ImmutableStore(client("s3"), settings.archive_bucket)
    context = Context(DynamoStore(database), clock(settings.clock_file), SystemEntropy())
    heads = DynamoArchiveHeads(database)
    archive = Archive(WholeJournal(DynamoJournal(database), heads, store, context.store), heads, store)
    # A mail is handed over once: what is sent again by the client may be a second mail.
    mailer = SesMailer(client("sesv2", retries=False), settings.configuration_set)
    post = PinPost(JinjaPinComposer(), mailer, settings.sender_domain)
    return Watch(archive, DynamoOpenWork(database), context, post, cache(fiscal_version))
