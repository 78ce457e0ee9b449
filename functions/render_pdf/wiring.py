"""What `render_pdf` is made of: the only function that draws."""

from dataclasses import dataclass

from relance.adapters.clock import clock
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.letters_weasyprint import WeasyPrintLetters
from relance.adapters.pdf_weasyprint import WeasyPrintRenderer
from relance.adapters.s3_documents import S3Documents
from relance.adapters.sheets_weasyprint import WeasyPrintSheets
from relance.app.context import Context
from relance.app.ports.letters import LetterRenderer
from relance.app.ports.outside import Documents, Renderer
from relance.app.ports.sheets import SheetRenderer
from relance.runtime.aws import client
from relance.runtime.settings import DrawingRoom, load


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps."""

    ctx: Context
    renderer: Renderer
    documents: Documents
    letters: LetterRenderer
    sheets: SheetRenderer


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    settings = load(DrawingRoom)
    store = DynamoStore(Database(core_table=settings.core_table, journal_table=settings.journal_table))
    renderer = WeasyPrintRenderer()
    return Parts(
        ctx=Context(store, clock(settings.clock_file), SystemEntropy()),
        renderer=renderer,
        documents=S3Documents(client("s3"), settings.documents_bucket),
        letters=WeasyPrintLetters(renderer),
        sheets=WeasyPrintSheets(renderer),
    )
