"""What `send_mail` is made of. The client of the mail service never retries: one claim, one request."""

from dataclasses import dataclass

from relance.adapters.clock import clock
from relance.adapters.dynamo.activity import DynamoActivityLog
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.mail_composer import JinjaMailComposer
from relance.adapters.s3_documents import S3Documents
from relance.adapters.scenario_data import PackagedScenarios
from relance.adapters.ses_mailer import SesMailer
from relance.app.context import Context
from relance.app.outgoing import Post, Postmark
from relance.runtime.aws import client
from relance.runtime.settings import MailRoom, load


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps."""

    ctx: Context
    post: Post


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    settings = load(MailRoom)
    database = Database(
        core_table=settings.core_table, journal_table=settings.journal_table, activity_table=settings.activity_table
    )
    time = clock(settings.clock_file)
    post = Post(
        composer=JinjaMailComposer(),
        documents=S3Documents(client("s3"), settings.documents_bucket),
        mailer=SesMailer(client("sesv2", retries=False), settings.configuration_set),
        activity=DynamoActivityLog(database, time),
        published=PackagedScenarios(),
        mark=Postmark(settings.sender_domain, settings.public_base_url, settings.link_key),
    )
    return Parts(Context(DynamoStore(database), time, SystemEntropy()), post)
