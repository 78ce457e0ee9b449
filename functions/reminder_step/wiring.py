"""What `reminder_step` is made of: the store with its journal, the words, the sealed PDFs, the mail service."""

from dataclasses import dataclass

from relance.adapters.clock import clock
from relance.adapters.dunning_data import load_dunning_law
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.open_work import DynamoOpenWork
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.https_webhooks import HttpsWebhooks
from relance.adapters.mail_composer import JinjaMailComposer
from relance.adapters.remote_renderer import RemoteRenderer
from relance.adapters.s3_documents import S3Documents
from relance.adapters.scenario_data import PackagedScenarios
from relance.adapters.ses_mailer import SesMailer
from relance.app.context import Context
from relance.app.outgoing import Post
from relance.app.writing import Postmark
from relance.runtime.aws import client
from relance.runtime.settings import MailRoom, load


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps."""

    ctx: Context
    post: Post


def wire() -> Parts:
    """From the environment. Raises MissingSettings. The mail client must not retry: a retry may be a second mail."""
    at = load(MailRoom)
    database = Database(core_table=at.core_table, journal_table=at.journal_table)
    time = clock(at.clock_file)
    post = Post(
        composer=JinjaMailComposer(),
        documents=S3Documents(client("s3"), at.documents_bucket),
        mailer=SesMailer(client("sesv2", retries=False), at.configuration_set),
        published=PackagedScenarios(),
        mark=Postmark(at.sender_domain, at.public_base_url, at.link_key),
        followed=DynamoOpenWork(database),
        letters=RemoteRenderer(client("lambda"), at.render_function),
        webhooks=HttpsWebhooks(allows_loopback=bool(at.clock_file)),
        law=load_dunning_law(),
    )
    return Parts(Context(DynamoStore(database), time, SystemEntropy()), post)
