"""What goes with a mail: the very bytes that were sealed, general conditions, a statement of account.

[KB-17, Q-04, DR-05, DR-13]
"""

from collections.abc import Sequence
from typing import Final

from relance.app import letters
from relance.app.context import SYSTEM, Caller
from relance.app.ports.letters import LetterRenderer
from relance.app.ports.outside import Attachment, Documents
from relance.app.situation import Situation
from relance.app.writing import Group, content_of, pdf_of
from relance.domain.calendar_fr import civil_date
from relance.domain.content import DocumentContent, QuoteContent, QuoteKind
from relance.domain.invoice import Invoice
from relance.domain.reminder.decide import Send
from relance.domain.reminder.scenario import ACCEPTED_COPY, ACCEPTED_NEWS, DELIVERY, Enclosed, is_to_seller, origin

_FILE_NAMES: Final = {QuoteKind.QUOTE: "Devis", QuoteKind.PROFORMA: "Pro forma", QuoteKind.AMENDMENT: "Avenant"}
_PDF: Final = "application/pdf"


def attached(
    found: Situation, send: Send, group: Group, documents: Documents, papers: LetterRenderer
) -> tuple[Attachment, ...]:
    """The document, its general conditions where it is handed over or agreed, a statement where the step wants one.

    The document's are the bytes that were sealed: the port gives no others. [KB-17, Q-04, DR-05, DR-13]
    """
    first = origin(send.step)
    if is_to_seller(send.step) and first != ACCEPTED_NEWS:
        return ()
    document, content = found.document, content_of(found.document)
    step = next((step for step in found.scenario.steps if step.id == send.step), None)
    files: list[Attachment] = []
    if step is None or Enclosed.PDF in step.enclosed:
        name = f"{_file_title(content)} {content.number}{_version(content)}.pdf".replace("/", "-")
        files.append(Attachment(name, _PDF, documents.get(pdf_of(document))))
    terms = content.general_terms if isinstance(content, QuoteContent) else None
    if terms is not None and first in (DELIVERY, ACCEPTED_COPY):
        files.append(Attachment("Conditions générales.pdf", _PDF, documents.get(terms.sha256, owner=document.tenant)))
    if step is not None and Enclosed.STATEMENT in step.enclosed:
        files += _statement(found, group, papers)
    return tuple(files)


def _statement(found: Situation, group: Group, papers: LetterRenderer) -> Sequence[Attachment]:
    """What he owes in all, when that is more than this one document: a sheet of one line tells him nothing."""
    invoices = [one.document for one in (found, *group.owed) if isinstance(one.document, Invoice)]
    if len(invoices) < 2:
        return ()
    caller = Caller(found.document.tenant, "lifecycle", SYSTEM)
    content = letters.statement(found.ctx, caller, found.document.customer_id, invoices)
    paper = letters.statement_paper(found.ctx, caller, content, papers)
    return (Attachment(f"Relevé de compte du {civil_date(found.now):%d-%m-%Y}.pdf", _PDF, paper.pdf),)


def _file_title(content: DocumentContent) -> str:
    if isinstance(content, QuoteContent):
        return _FILE_NAMES[content.kind]
    return "Avoir" if content.type.is_credit else "Facture"


def _version(content: DocumentContent) -> str:
    return f" v{content.version}" if isinstance(content, QuoteContent) and content.version > 1 else ""
