"""Complete French demo data for tests: each builder gives something that could be sent tomorrow; name what matters.

Identities are invented; their keys (SIREN, SIRET, VAT number, IBAN) are right, because the product checks them.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from relance.app.context import Caller, Context
from relance.domain.catalogue import Article, Item
from relance.domain.content import InvoiceContent, QuoteContent, buyer_of, seller_of
from relance.domain.ids import CustomerId, InvoiceId, ItemId, QuoteId, TenantId
from relance.domain.invoice import Invoice, InvoiceDraft, InvoiceStatus
from relance.domain.lines import Discount, Line
from relance.domain.money import Cents
from relance.domain.party import (
    Address,
    BankDetails,
    Branding,
    Company,
    Consent,
    Customer,
    CustomerKind,
    Defaults,
    LegalKind,
    Registry,
    TrackingConsent,
    VatRegime,
)
from relance.domain.quote import Quote, QuoteDraft, QuoteStatus
from relance.domain.totals import total
from relance.domain.vat import VatCategory, VatTreatment
from tests.doubles.outside import START, ManualClock, SeededEntropy
from tests.doubles.store import InMemoryStore

TENANT = TenantId("ten_atelier")
OTHER_TENANT = TenantId("ten_voisin")
STANDARD = VatTreatment(VatCategory.STANDARD, 2000)
REDUCED = VatTreatment(VatCategory.STANDARD, 1000)
EXEMPT = VatTreatment(VatCategory.EXEMPT, 0, "TVA non applicable, art. 293 B du CGI")


def a_company(tenant: TenantId = TENANT, **changes: Any) -> Company:
    """A limited company in Lyon, liable to VAT, with everything that a document must print."""
    company = Company(
        tenant=tenant,
        rev=1,
        updated_at=START,
        legal_name="Atelier Verdier",
        legal_kind=LegalKind.COMPANY,
        legal_form="SARL",
        share_capital=1_000_000,
        siren="912345675",
        siret="91234567500017",
        registry=Registry.RCS,
        registry_city="Lyon",
        vat_regime=VatRegime.LIABLE,
        vat_number="FR65912345675",
        address=Address("12 rue des Capucins", "69001", "Lyon"),
        email="contact@atelier-verdier.example",
        phone="04 78 00 00 00",
        website="https://atelier-verdier.example",
        insurance="Décennale MAAF Pro, 79180 Chauray, contrat 21 445 877, France métropolitaine",
        mediator="CM2C, 49 rue de Ponthieu, 75008 Paris, cm2c.net",
        bank=BankDetails("FR7630003012340001234567854", "SOGEFRPP"),
        branding=Branding("#1f4e5f"),
        defaults=Defaults(delivery_terms="Pose à l’adresse du client, aux dates convenues."),
    )
    return replace(company, **changes)


def a_sole_trader(tenant: TenantId = TENANT, **changes: Any) -> Company:
    """A craftswoman under the small-business VAT exemption: no VAT number, « EI », RNE."""
    trader = a_company(
        tenant,
        legal_name="Louise Morel",
        legal_kind=LegalKind.SOLE_TRADER,
        legal_form="EI",
        share_capital=0,
        siren="452109879",
        siret="45210987900018",
        registry=Registry.RNE,
        registry_city="",
        vat_regime=VatRegime.FRANCHISE,
        vat_number="",
    )
    return replace(trader, **changes)


def a_customer(
    tenant: TenantId = TENANT, *, kind: CustomerKind = CustomerKind.CONSUMER, consents: bool = False, **changes: Any
) -> Customer:
    """A consumer, or a business with SIREN and VAT number; `consents` to open tracking with its proof."""
    consent = Consent(TrackingConsent.CONSENTED, START, "formulaire de contact", "2026-04") if consents else Consent()
    customer = Customer(
        tenant=tenant,
        id=CustomerId("cus_0000000000000000000000001"),
        rev=1,
        updated_at=START,
        kind=kind,
        name="Camille Lefèvre",
        address=Address("3 place Bellecour", "69002", "Lyon", line2="Bât. B, 2e étage"),
        email="camille.lefevre@client.example",
        phone="06 12 00 00 00",
        consent=consent,
    )
    if kind is CustomerKind.BUSINESS:
        customer = replace(
            customer,
            id=CustomerId("cus_0000000000000000000000002"),
            name="Imprimerie du Rhône SAS",
            contact_name="Nadia Perrin",
            email="nadia.perrin@imprimerie-rhone.example",
            siren="803124569",
            vat_number="FR31803124569",
        )
    return replace(customer, **changes)


def a_line(
    description: str = "Pose de parquet chêne massif",
    *,
    quantity: str = "24.5",
    unit: str = "m²",
    unit_price: str = "48.90",
    vat: VatTreatment = STANDARD,
    percent_off_bp: int = 0,
    off: int = 0,
    nature: str = "services",
) -> Line:
    """One line; `percent_off_bp` of discount or `off` cents."""
    discount = Discount(percent_off_bp, Cents(off)) if percent_off_bp or off else None
    return Line(description, Decimal(quantity), unit, Decimal(unit_price), vat, discount, nature)


def some_lines() -> tuple[Line, ...]:
    """Several rates, a discount, goods and services, something free."""
    return (
        a_line(),
        a_line("Ponçage et vitrification", quantity="24.5", unit_price="21.00", vat=REDUCED, percent_off_bp=500),
        a_line("Plinthes chêne 70 mm", quantity="31", unit="m", unit_price="6.4525", nature="goods"),
        a_line("Déplacement", quantity="1", unit="forfait", unit_price="0"),
    )


def an_article(**changes: Any) -> Article:
    """Something that an atelier sells again and again."""
    article = Article(
        description="Pose de parquet chêne massif",
        unit_price=Decimal("48.90"),
        vat=STANDARD,
        reference="PAR-01",
        unit="m²",
        unit_cost=Decimal("27.5"),
    )
    return replace(article, **changes)


def an_item(tenant: TenantId = TENANT, id: str = "itm_0000000000000000000000001", **changes: Any) -> Item:
    """An entry of the catalogue; `changes` are of its article."""
    return Item(tenant, ItemId(id), 1, START, an_article(**changes))


def a_quote_draft(customer_id: str | None = None, lines: tuple[Line, ...] | None = None, **changes: Any) -> QuoteDraft:
    """What the author of a quote writes, complete enough to be sent."""
    draft = QuoteDraft(
        customer_id=CustomerId(customer_id or a_customer().id),
        lines=some_lines() if lines is None else lines,
        title="Devis",
        subject="Rénovation du parquet du séjour",
        message="Bonjour, voici notre proposition à la suite de notre visite.",
        start_date="janvier 2027",
        duration="4 jours",
    )
    return replace(draft, **changes)


def a_quote(tenant: TenantId = TENANT, **changes: Any) -> Quote:
    """A draft, stored once."""
    quote = Quote(
        tenant=tenant,
        id=QuoteId("quo_0000000000000000000000001"),
        rev=1,
        status=QuoteStatus.DRAFT,
        created_at=START,
        updated_at=START,
        draft=a_quote_draft(),
    )
    return replace(quote, **changes)


def an_invoice_draft(
    customer_id: str | None = None, lines: tuple[Line, ...] | None = None, **changes: Any
) -> InvoiceDraft:
    """What the author of an invoice writes, complete enough to be issued."""
    draft = InvoiceDraft(
        customer_id=CustomerId(customer_id or a_customer().id),
        lines=some_lines() if lines is None else lines,
        subject="Rénovation du parquet du séjour",
        supply_date=date(2026, 11, 13),
    )
    return replace(draft, **changes)


def an_invoice(tenant: TenantId = TENANT, **changes: Any) -> Invoice:
    """A draft, stored once."""
    invoice = Invoice(
        tenant=tenant,
        id=InvoiceId("inv_0000000000000000000000001"),
        rev=1,
        status=InvoiceStatus.DRAFT,
        created_at=START,
        updated_at=START,
        draft=an_invoice_draft(),
    )
    return replace(invoice, **changes)


def a_quote_content(
    company: Company | None = None,
    customer: Customer | None = None,
    lines: tuple[Line, ...] | None = None,
    **changes: Any,
) -> QuoteContent:
    """What a sent quote prints, with every mention that its parties owe."""
    lines = some_lines() if lines is None else lines
    content = QuoteContent(
        title="Devis",
        number="D-2026-0001",
        version=1,
        issue_date=date(2026, 11, 16),
        validity_until=date(2026, 12, 16),
        seller=seller_of(company or a_company()),
        buyer=buyer_of(customer or a_customer()),
        lines=lines,
        totals=total(lines),
        payment_terms="Paiement à 30 jours, par virement.",
        delivery_terms="Pose à l’adresse du client, aux dates convenues.",
        price_terms="Devis gratuit.",
        start_date="janvier 2027",
        duration="4 jours",
        message="Bonjour, voici notre proposition.",
        subject="Rénovation du parquet du séjour",
        warranty_terms="",
        salt="00" * 16,
    )
    return replace(content, **changes)


def an_invoice_content(
    company: Company | None = None,
    customer: Customer | None = None,
    lines: tuple[Line, ...] | None = None,
    **changes: Any,
) -> InvoiceContent:
    """What an issued invoice prints, with every mention that its parties owe."""
    company, lines = company or a_company(), some_lines() if lines is None else lines
    content = InvoiceContent(
        type_code="380",
        number="F-2026-0001",
        issue_date=date(2026, 11, 16),
        supply_date=date(2026, 11, 13),
        due_date=date(2026, 12, 16),
        seller=seller_of(company),
        buyer=buyer_of(customer or a_customer()),
        lines=lines,
        totals=total(lines),
        payment_terms=company.defaults.payment_terms,
        early_discount_terms=company.defaults.early_discount_terms,
        late_penalty_terms=company.defaults.late_penalty_terms,
        recovery_indemnity_terms=company.defaults.recovery_indemnity_terms,
        vat_note="",
        quote_numbers=("D-2026-0001",),
        purchase_order="",
        subject="Rénovation du parquet du séjour",
    )
    return replace(content, **changes)


def an_issued_invoice(content: InvoiceContent | None = None, **changes: Any) -> Invoice:
    """Issued at the start of the tests' time, from a draft of the same lines and type; `changes` are of the invoice."""
    content = content or an_invoice_content()
    draft = an_invoice_draft(lines=content.lines, type=content.type)
    issued = an_invoice(
        status=InvoiceStatus.ISSUED, number=content.number, issued_at=START, draft=draft, content=content
    )
    return replace(issued, **changes)


def a_caller(tenant: TenantId = TENANT) -> Caller:
    """The owner of the company."""
    return Caller(tenant, actor="user:louise")


def a_context(*, store: InMemoryStore | None = None, clock: ManualClock | None = None, seed: int = 0) -> Context:
    """A store, a clock that stands still and repeatable chance. Keep the doubles that you pass to look into them."""
    return Context(store or InMemoryStore(), clock or ManualClock(), SeededEntropy(seed))


def an_instant(text: str = "2026-11-16T09:00:00") -> datetime:
    """A UTC instant from ISO text."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
