"""Words tried on a document before anything is sent with them: one of the company's own, or an example. [KB-24]"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from relance.app import late_terms
from relance.app.context import Caller, Context
from relance.app.ports.composing import ComposedMail, Late, MailComposer, Words
from relance.app.settings import get_company
from relance.domain.calendar_fr import civil_date
from relance.domain.content import Buyer, DocumentContent, InvoiceContent, QuoteContent, seller_of
from relance.domain.dunning_law import DunningLaw
from relance.domain.errors import Invalid, NotFound
from relance.domain.invoice import Invoice
from relance.domain.late_payment import Segment, interest, segments
from relance.domain.lines import Line
from relance.domain.mail_text import Wording, text_faults
from relance.domain.money import Cents
from relance.domain.party import Address, Company, CustomerKind
from relance.domain.quote import Quote
from relance.domain.reminder.scenario import DocumentKind
from relance.domain.totals import total
from relance.domain.vat import VatCategory, VatTreatment

_LINES: Final = (
    Line("Exemple de prestation", Decimal(1), "forfait", Decimal(1200), VatTreatment(VatCategory.EXEMPT, 0, "Exemple")),
)
_BUYER: Final = Buyer(
    kind=CustomerKind.BUSINESS,
    name="Atelier Exemple",
    contact_name="Dominique Exemple",
    address=Address("1 rue de l’Exemple", "75001", "Paris"),
    email="dominique@atelier.example",
    phone="",
    siren="",
    vat_number="",
)
_LATE_DAYS: Final = 8


def try_out(
    ctx: Context, caller: Caller, wanted: Wording, document_id: str, composer: MailComposer, law: DunningLaw, base: str
) -> ComposedMail:
    """The mail that these words would make today; nothing is kept or sent.

    Raises Invalid with the faults of the words, and `mail_incomplete` when the document lacks what they name, be it the
    rate of penalties, which the company enters and nobody guesses; NotFound for no such sent document. [P-02]
    """
    if faults := list(text_faults(wanted.kind, wanted.subject, wanted.body)):
        raise Invalid("Ce texte ne peut pas être essayé : corrigez les points signalés.", faults=faults)
    company, today = get_company(ctx, caller), civil_date(ctx.clock.now())
    if document_id:
        content, balance = _document(ctx, caller, wanted.kind, document_id)
    else:
        content, balance = _example(company, wanted.kind, today)
    late = _late(ctx, caller, content, balance, today, law)
    return composer.compose(
        "text:apercu",
        content=content,
        company=company,
        link_url=f"{base}/q/apercu",
        today=today,
        balance=balance,
        late=late,
        words=Words(wanted.subject, wanted.body),
    )


def _document(ctx: Context, caller: Caller, kind: DocumentKind, id: str) -> tuple[DocumentContent, Cents | None]:
    found: Quote | Invoice | None
    if kind is DocumentKind.QUOTE:
        found = ctx.store.get(caller.tenant, Quote, id)
    else:
        found = ctx.store.get(caller.tenant, Invoice, id)
    if found is None or found.content is None:
        raise NotFound("Aucun document envoyé de cet identifiant et de ce type.")
    return found.content, found.balance if isinstance(found, Invoice) else None


def _late(
    ctx: Context, caller: Caller, content: DocumentContent, balance: Cents | None, today: date, law: DunningLaw
) -> Late | None:
    """What lateness costs a business as of today, on what is left; without interest when no rate was entered."""
    if not isinstance(content, InvoiceContent) or not balance or content.buyer.kind is CustomerKind.CONSUMER:
        return None
    if today <= content.due_date:
        return None
    indemnity, basis = law.indemnity(CustomerKind.BUSINESS, today), law.text("legal_basis", today)
    rates = late_terms.get(ctx, caller.tenant).rates
    try:
        ran = segments(content.due_date, balance, (), rates, today)
        rate_bp = rates.on(today).rate_bp
    except Invalid:
        return Late(Cents(0), Cents(0), indemnity, 0, basis, currency=content.currency)
    tomorrow = Segment(today, today + timedelta(days=1), balance, rate_bp)
    return Late(interest(ran), interest([tomorrow]), indemnity, rate_bp, basis, currency=content.currency)


def _example(company: Company, kind: DocumentKind, today: date) -> tuple[DocumentContent, Cents | None]:
    """A document that was never sent, of a customer who does not exist; an invoice eight days late."""
    seller, totals = seller_of(company), total(_LINES)
    if kind is DocumentKind.QUOTE:
        quote = QuoteContent(
            title="Devis",
            number="D-EXEMPLE",
            version=1,
            issue_date=today,
            validity_until=today + timedelta(days=30),
            seller=seller,
            buyer=_BUYER,
            lines=_LINES,
            totals=totals,
            payment_terms="",
            delivery_terms="",
            price_terms="",
            start_date="",
            duration="",
            message="",
            subject="Exemple de prestation",
            warranty_terms="",
            salt="",
        )
        return quote, None
    due = today - timedelta(days=_LATE_DAYS)
    invoice = InvoiceContent(
        type_code="380",
        number="F-EXEMPLE",
        issue_date=due - timedelta(days=30),
        supply_date=due - timedelta(days=30),
        due_date=due,
        seller=seller,
        buyer=_BUYER,
        lines=_LINES,
        totals=totals,
        payment_terms="",
        early_discount_terms="",
        late_penalty_terms="",
        recovery_indemnity_terms="",
        vat_note="",
        quote_numbers=(),
        purchase_order="",
        subject="Exemple de prestation",
    )
    return invoice, totals.gross
