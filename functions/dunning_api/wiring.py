"""What `dunning_api` is made of."""

from dataclasses import dataclass

from relance.adapters.clock import clock
from relance.adapters.dunning_data import load_dunning_law
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.remote_renderer import RemoteRenderer
from relance.adapters.s3_documents import S3Documents
from relance.app.context import Context
from relance.app.ports.letters import LetterRenderer
from relance.app.ports.outside import Documents
from relance.domain.dunning_law import DunningLaw
from relance.runtime import aws
from relance.runtime.settings import LetterDesk, load


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps."""

    ctx: Context
    law: DunningLaw
    documents: Documents
    letters: LetterRenderer


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    settings = load(LetterDesk)
    database = Database(core_table=settings.core_table, journal_table=settings.journal_table)
    return Parts(
        ctx=Context(DynamoStore(database), clock(settings.clock_file), SystemEntropy()),
        law=load_dunning_law(),
        documents=S3Documents(aws.client("s3"), settings.documents_bucket),
        letters=RemoteRenderer(aws.client("lambda", retries=False), settings.render_function),
    )
