"""What a template is given of a document: words and rows in the order of the page, every number already written out.

Templates and style sheets decide where things stand; this module and its three neighbours decide what is said, for
every kind of document and every design alike. Nothing here reads a clock or a store: the view is a function of the
frozen content, the look, and of which copy it is. [KX-10, AF-10, Q-11]
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from relance.adapters.designs import look_of
from relance.adapters.document_texts import text_of
from relance.adapters.document_view_rows import Column, Row, table
from relance.adapters.document_view_sums import (
    Deducted,
    Schedule,
    VatRow,
    below_due,
    deducted,
    due,
    schedule,
    totals,
    vat_notes,
    vat_rows,
)
from relance.adapters.document_view_terms import (
    WithdrawalNotice,
    conditions,
    deposit_effect,
    invoice_facts,
    quote_facts,
    withdrawal_notice,
)
from relance.adapters.palette import Palette, palette
from relance.adapters.wording import Wording, wording
from relance.domain.content import Buyer, DocumentContent, InvoiceContent, InvoiceType, QuoteContent, QuoteKind, Seller
from relance.domain.copies import ORIGINAL, Copy, CopyKind
from relance.domain.look import Logo
from relance.domain.party import Branding


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document, ready to be laid out. Pairs are (label, text).

    `numbered` is the number as it is printed below the title, `folio` what stands on every page before its rank,
    `statement` what the law wants said beside the title, `stamp` what kind of copy this is, `watermark` the same across
    each page. `is_payable`: a bank account is printed for the customer to pay on. `is_signed`: it has a signature box.
    """

    words: Wording
    title: str
    number: str
    numbered: str
    relation: str
    folio: str
    stamp: str
    watermark: str
    statement: str
    issued_on: date
    subject: str
    message: str
    seller: Seller
    buyer: Buyer
    facts: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    stacked: bool
    rows: tuple[Row, ...]
    deducted: Deducted | None
    vat_rows: tuple[VatRow, ...]
    vat_notes: tuple[str, ...]
    legal_notes: tuple[str, ...]
    totals: tuple[tuple[str, str], ...]
    due: tuple[str, str]
    sums_mm: float
    below_due: tuple[str, ...]
    schedule: Schedule | None
    deposit_effect: str
    conditions: tuple[tuple[str, str], ...]
    closing_note: str
    withdrawal: WithdrawalNotice | None
    is_payable: bool
    is_signed: bool
    palette: Palette
    family: str
    has_bands: bool
    logo: Logo | None


def view(content: DocumentContent, branding: Branding, copy: Copy = ORIGINAL) -> DocumentView:
    """The view of a document."""
    words, look = wording(content.language), look_of(branding)
    lines = table(content, words, look)
    steps = schedule(content, words) if isinstance(content, QuoteContent) else None
    sums, asked = tuple(totals(content, words)), due(content, words)
    stamp = _stamp(content, words, copy)
    title = _title(content, words)
    numbered = words.draft if copy.kind is CopyKind.PREVIEW else words.number.format(content.number)
    return DocumentView(
        words=words,
        title=title,
        number=content.number,
        numbered=numbered,
        relation=_relation(content, words),
        folio=f"{title} {words.draft.lower() if copy.kind is CopyKind.PREVIEW else content.number}"
        + (f" · {stamp}" if copy.kind is CopyKind.DUPLICATE else ""),
        stamp=stamp if copy.kind is CopyKind.DUPLICATE else "",
        watermark="" if copy.kind is CopyKind.DUPLICATE else stamp.upper(),
        statement=_statement(content),
        issued_on=content.issue_date,
        subject=content.subject,
        message=content.message if isinstance(content, QuoteContent) else "",
        seller=content.seller,
        buyer=content.buyer,
        facts=tuple(
            quote_facts(content, words) if isinstance(content, QuoteContent) else invoice_facts(content, words)
        ),
        columns=lines.columns,
        stacked=lines.stacked,
        rows=lines.rows,
        deducted=deducted(content, words) if isinstance(content, InvoiceContent) else None,
        vat_rows=vat_rows(content, words),
        vat_notes=vat_notes(content, words),
        legal_notes=tuple(note.text for note in content.legal_notes if note.id not in _PLACED),
        totals=sums,
        due=asked,
        sums_mm=look.sums_mm((text for _, text in sums), asked[1]),
        below_due=tuple(below_due(content, words)),
        schedule=steps,
        deposit_effect=_noted(content, "D-03") or deposit_effect(steps.nature, content.issue_date) if steps else "",
        conditions=tuple(conditions(content, words)),
        closing_note=content.closing_note,
        withdrawal=withdrawal_notice(content),
        is_payable=_is_payable(content),
        is_signed=isinstance(content, QuoteContent) and content.kind is not QuoteKind.PROFORMA,
        palette=palette(branding.colour),
        family=look.family,
        has_bands=look.has_bands,
        logo=branding.logo,
    )


def _title(content: DocumentContent, words: Wording) -> str:
    if isinstance(content, QuoteContent):
        by_kind = {QuoteKind.PROFORMA: words.proforma, QuoteKind.AMENDMENT: words.amendment}
        # Quotes have a choice of lawful titles; « Devis » on another kind, or in English, is what nobody chose.
        return content.title if content.title != "Devis" else by_kind.get(content.kind, words.quote)
    return {
        InvoiceType.COMMERCIAL: words.invoice,
        InvoiceType.DEPOSIT: words.deposit_invoice,
        InvoiceType.CORRECTIVE: words.corrective_invoice,
        InvoiceType.CREDIT_NOTE: words.credit_note,
        InvoiceType.DEPOSIT_CREDIT: words.credit_note,
    }[content.type]


def _relation(content: DocumentContent, words: Wording) -> str:
    """What an amendment changes. [Q-05]"""
    return words.amends.format(content.amends) if isinstance(content, QuoteContent) and content.amends else ""


# Notes of the law that have a place of their own on the page; the others stand together below the VAT table.
_PLACED: Final = frozenset({"Q-11", "D-03", "IR-04", "QM-31", "QM-31-none", "QM-31-form"})


def _noted(content: DocumentContent, id: str) -> str:
    """The words that were frozen into the document when it was sent; "" on one that holds none."""
    return next((note.text for note in content.legal_notes if note.id == id), "")


def _statement(content: DocumentContent) -> str:
    if not _is_proforma(content):
        return ""
    return _noted(content, "Q-11") or text_of("proforma", content.issue_date)


def _is_proforma(content: DocumentContent) -> bool:
    return isinstance(content, QuoteContent) and content.kind is QuoteKind.PROFORMA


def _is_payable(content: DocumentContent) -> bool:
    """No account on what asks for nothing: a pro-forma [Q-11], a credit note, an invoice that deposits paid whole."""
    if isinstance(content, QuoteContent):
        return content.kind is not QuoteKind.PROFORMA
    return not content.type.is_credit and content.payable > 0


def _stamp(content: DocumentContent, words: Wording, copy: Copy) -> str:
    """Which copy it is; a pro-forma says that it is one on every copy but a duplicate."""
    match copy.kind:
        case CopyKind.PREVIEW:
            return words.draft
        case CopyKind.DUPLICATE:
            return words.duplicate.format(copy.rank)
        case CopyKind.ORIGINAL:
            return words.proforma_mark if _is_proforma(content) else ""
