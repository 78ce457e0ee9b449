"""What a template is given of a document: words and rows in the order of the page, every number already in French.

Templates decide where things stand; this module decides what is said, for quotes and invoices alike. Nothing here reads
a clock or a store: the view is a function of the frozen content and the branding.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from relance.adapters import french
from relance.adapters.palette import Palette, palette
from relance.domain.content import Buyer, DocumentContent, InvoiceContent, QuoteContent, Seller
from relance.domain.lines import Discount, Line
from relance.domain.party import Branding, CustomerKind
from relance.domain.vat import VatTreatment

FREE = "gratuit"
LONG_LINE = 600  # characters from which a line of the table may be cut by the end of a page
MAX_HEADING = 120  # characters above which a first paragraph is text and not a heading
_TABLE_MM = 178.0
_READABLE_MM = 56.0  # a description column narrower than this goes above its figures instead
_CELL_PADDING_MM = 4.4
_FIGURE_MM, _THIN_MM, _OTHER_MM, _HEAD_MM = 1.92, 0.9, 2.0, 1.6  # widths of Inter at the sizes of the table


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `cells` are in the order of `DocumentView.columns`."""

    heading: str
    details: str
    cells: tuple[str, ...]
    long: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One column after the description: its head, its side, and a width that its longest cell fits on one line."""

    head: str
    side: str
    width_mm: float


@dataclass(frozen=True, slots=True)
class VatRow:
    """One row of the VAT table."""

    rate: str
    base: str
    vat: str


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A quote or an invoice, ready to be laid out. Pairs are (label, text)."""

    title: str
    number: str
    issued_on: date
    subject: str
    message: str
    seller: Seller
    buyer: Buyer
    facts: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    stacked: bool
    rows: tuple[Row, ...]
    vat_rows: tuple[VatRow, ...]
    vat_notes: tuple[str, ...]
    totals: tuple[tuple[str, str], ...]
    due: tuple[str, str]
    conditions: tuple[tuple[str, str], ...]
    palette: Palette
    logo_png: str


def view(content: DocumentContent, branding: Branding) -> DocumentView:
    """The view of a document."""
    columns, rows = _table(content)
    return DocumentView(
        title=content.title if isinstance(content, QuoteContent) else _invoice_title(content),
        number=content.number,
        issued_on=content.issue_date,
        subject=content.subject,
        message=content.message if isinstance(content, QuoteContent) else "",
        seller=content.seller,
        buyer=content.buyer,
        facts=tuple(_quote_facts(content) if isinstance(content, QuoteContent) else _invoice_facts(content)),
        columns=columns,
        stacked=sum(column.width_mm for column in columns) > _TABLE_MM - _READABLE_MM,
        rows=rows,
        vat_rows=tuple(
            VatRow(french.rate(row.treatment.rate_bp), french.money(row.base), french.money(row.vat))
            for row in content.totals.subtotals
            if row.treatment.rate_bp
        ),
        vat_notes=_vat_notes(content),
        totals=tuple(_totals(content)),
        due=("Total TTC", french.money(content.totals.gross)),
        conditions=tuple(_conditions(content)),
        palette=palette(branding.colour),
        logo_png=branding.logo_png,
    )


def _invoice_title(content: InvoiceContent) -> str:
    return {"386": "Facture d’acompte", "381": "Avoir", "384": "Facture rectificative"}.get(
        content.type_code, "Facture"
    )


def _quote_facts(content: QuoteContent) -> Iterator[tuple[str, str]]:
    yield "Date", french.day(content.issue_date)
    yield "Valable jusqu’au", french.day(content.validity_until)
    if content.start_date:
        yield "Début prévu", content.start_date
    if content.duration:
        yield "Durée estimée", content.duration
    if content.version > 1:
        yield "Version", f"{content.version}, remplace la précédente"


def _invoice_facts(content: InvoiceContent) -> Iterator[tuple[str, str]]:
    yield "Date d’émission", french.day(content.issue_date)
    yield "Date de la prestation", french.day(content.supply_date)
    yield "À régler avant le", french.day(content.due_date)
    if content.quote_numbers:
        yield "Devis", ", ".join(content.quote_numbers)
    if content.purchase_order:
        yield "Bon de commande", content.purchase_order


def _table(content: DocumentContent) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    """The columns that this document needs, and its lines; a column that would say nothing is left out."""
    lines = content.lines
    wanted = [("Qté", "right", [french.decimal(line.quantity) for line in lines])]
    if any(line.unit for line in lines):
        wanted.append(("Unité", "left", [line.unit for line in lines]))
    wanted.append(("Prix unit. HT", "right", [french.unit_price(line.unit_price) for line in lines]))
    if any(line.discount_amount for line in lines):
        wanted.append(("Remise", "right", [_discount(line.discount) for line in lines]))
    if any(line.vat.rate_bp for line in lines) or len(content.totals.subtotals) > 1:
        wanted.append(("TVA", "right", [_rate(line.vat) for line in lines]))
    wanted.append(("Total HT", "right", [_line_total(line) for line in lines]))
    columns = tuple(Column(head, side, _width(head, side, cells)) for head, side, cells in wanted)
    figures = zip(*(cells for _, _, cells in wanted), strict=True)
    return columns, tuple(_row(line, cells) for line, cells in zip(lines, figures, strict=True))


def _row(line: Line, cells: tuple[str, ...]) -> Row:
    text = line.description.strip()
    heading, _, details = text.partition("\n")
    if len(heading) > MAX_HEADING:
        heading, details = "", text
    return Row(heading, details.strip(), cells, len(text) > LONG_LINE)


def _width(head: str, side: str, cells: list[str]) -> float:
    """Units may be cut between words; figures may not, so their column is as wide as the longest."""
    widest = max(map(_text_mm, cells), default=0.0)
    if side == "left":
        widest = min(widest, 22.0)
    return round(max(widest, len(head) * _HEAD_MM) + _CELL_PADDING_MM, 1)


def _text_mm(text: str) -> float:
    return sum(_FIGURE_MM if c.isdigit() else _THIN_MM if c in " \u202f\u00a0,.\n" else _OTHER_MM for c in text)


def _discount(discount: Discount | None) -> str:
    if discount is None or not (discount.amount or discount.percent_bp):
        return ""
    return f"−{french.money(discount.amount) if discount.amount else french.rate(discount.percent_bp)}"


def _rate(vat: VatTreatment) -> str:
    return french.rate(vat.rate_bp) if vat.rate_bp or not vat.reason else "—"


def _line_total(line: Line) -> str:
    return FREE if line.is_free else french.money(line.net)


def _vat_notes(content: DocumentContent) -> tuple[str, ...]:
    """Why VAT is not charged, each reason once; with its base when other lines do bear VAT. [IS-02, V-10]"""
    if isinstance(content, InvoiceContent) and content.vat_note:
        return (content.vat_note,)
    untaxed = [row for row in content.totals.subtotals if not row.treatment.rate_bp and row.treatment.reason]
    if len(content.totals.subtotals) == 1:
        return tuple(row.treatment.reason for row in untaxed)
    return tuple(f"{row.treatment.reason} (base{french.NBSP}: {french.money(row.base)})" for row in untaxed)


def _totals(content: DocumentContent) -> Iterator[tuple[str, str]]:
    """Above the total with VAT; with several rates, the amount of each stands in the VAT table."""
    totals = content.totals
    taxed = [row.treatment.rate_bp for row in totals.subtotals if row.treatment.rate_bp]
    yield "Total HT", french.money(totals.net)
    yield f"TVA {french.rate(taxed[0])}" if len(taxed) == 1 else "TVA", french.money(totals.vat)


def _conditions(content: DocumentContent) -> Iterator[tuple[str, str]]:
    """The terms, those that are filled in, in the order of the page."""
    pairs = [("Règlement", content.payment_terms)]
    if isinstance(content, QuoteContent):
        pairs += [
            ("Exécution et livraison", content.delivery_terms),
            ("Prix", content.price_terms),
            ("Garantie", content.warranty_terms),
        ]
    elif content.buyer.kind is CustomerKind.BUSINESS:  # penalties and the 40 € are never asked of a consumer [P-05]
        pairs += [
            ("Escompte", content.early_discount_terms),
            ("Retard de paiement", content.late_penalty_terms),
            ("Frais de recouvrement", content.recovery_indemnity_terms),
        ]
    pairs.append(("Assurance", content.seller.insurance))
    if content.buyer.kind is CustomerKind.CONSUMER and content.seller.mediator:
        pairs.append(("Médiation", f"En cas de litige, médiateur de la consommation : {content.seller.mediator}"))
    return ((label, text) for label, text in pairs if text)
