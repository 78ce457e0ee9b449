"""The words of printed documents in each language they may be written in, and how numbers are written in it.

One class lists every word, so that a language which lacks one does not type-check. French legal mentions (identity of
the seller, VAT texts, withdrawal) stay French in every language: they are quotations of the law. [I-07, PF-07]
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Protocol

from relance.adapters import english, french


class DecimalFormat(Protocol):
    """A number with `at_least` decimals, never rounded."""

    def __call__(self, value: Decimal | int, *, at_least: int = 0) -> str: ...


@dataclass(frozen=True, slots=True)
class Wording:
    """Labels, as they are printed; `{}` takes what the view puts in."""

    language: str
    decimal: DecimalFormat
    money: Callable[[int, str], str]
    unit_price: Callable[[Decimal, str], str]
    rate: Callable[[int], str]
    day: Callable[[date], str]

    quote: str
    proforma: str
    amendment: str
    invoice: str
    deposit_invoice: str
    corrective_invoice: str
    credit_note: str

    number: str
    amends: str
    draft: str
    duplicate: str
    proforma_mark: str
    seller: str
    buyer: str
    attention: str
    subject: str

    date: str
    valid_until: str
    start: str
    duration: str
    version: str
    replaces: str
    variant: str
    issued_on: str
    supplied_on: str
    received_on: str
    due_on: str
    quotes: str
    purchase_order: str
    corrects: str
    credits: str
    of_date: str
    reason: str
    delivered_to: str
    billed_to: str

    description: str
    quantity: str
    unit: str
    price: str
    discount: str
    vat: str
    net: str
    free: str
    reference: str
    option_out: str
    option_in: str
    adjustable: str
    subtotal: str

    base: str
    amount: str
    lines_total: str
    net_total: str
    gross_total: str
    credit_total: str
    payable: str
    options_total: str
    vat_in_euros: str
    exchange: str
    exempt_base: str

    deducted: str
    deducted_invoices: str
    deducted_deposits: str
    deducted_number: str
    deducted_date: str
    gross: str
    left: str

    schedule_acompte: str
    schedule_arrhes: str
    step: str
    when: str
    share: str
    balance: str
    on_last_invoice: str

    bank_reference: str
    scan: str

    payment: str
    delivery: str
    prices: str
    revision: str
    labour: str
    place: str
    warranty: str
    early_discount: str
    late_payment: str
    recovery: str
    vat_on_debits: str
    general_terms: str
    enclosed: str
    insurance: str
    mediation: str
    mediator: str

    approval: str
    how_to_sign: str
    sign_date: str
    sign_name: str
    sign_hand: str


FRENCH: Final = Wording(
    language="fr",
    decimal=french.decimal,
    money=french.money,
    unit_price=french.unit_price,
    rate=french.rate,
    day=french.day,
    quote="Devis",
    proforma="Facture pro forma",
    amendment="Avenant",
    invoice="Facture",
    deposit_invoice="Facture d’acompte",
    corrective_invoice="Facture rectificative",
    credit_note="Avoir",
    number="N° {}",
    amends="au devis n° {}",
    draft="Brouillon",
    duplicate="Duplicata n° {}",
    proforma_mark="Pro forma",
    seller="Émetteur",
    buyer="Client",
    attention="À l’attention de {}",
    subject="Objet",
    date="Date",
    valid_until="Valable jusqu’au",
    start="Début prévu",
    duration="Durée estimée",
    version="Version",
    replaces="{}, remplace la précédente",
    variant="Variante",
    issued_on="Date d’émission",
    supplied_on="Date de la prestation",
    received_on="Date de l’acompte",
    due_on="À régler avant le",
    quotes="Devis",
    purchase_order="Bon de commande",
    corrects="Facture rectifiée",
    credits="Facture d’origine",
    of_date="{} du {}",
    reason="Motif",
    delivered_to="Adresse de livraison",
    billed_to="Adresse de facturation",
    description="Désignation",
    quantity="Qté",
    unit="Unité",
    price="Prix unit. HT",
    discount="Remise",
    vat="TVA",
    net="Total HT",
    free="gratuit",
    reference="Réf. {}",
    option_out="En option, non comprise dans le total",
    option_in="Option retenue, comprise dans le total",
    adjustable="Quantité à votre choix, de {} à {}",
    subtotal="Sous-total {}",
    base="Base HT",
    amount="Montant",
    lines_total="Total des lignes HT",
    net_total="Total HT",
    gross_total="Total TTC",
    credit_total="Total de l’avoir TTC",
    payable="Net à payer",
    options_total="Options non comprises\u00a0: {} HT, soit {} TTC",
    vat_in_euros="TVA en euros\u00a0: {}",
    exchange="Taux de change\u00a0: 1 {} = {} € au {} ({})",
    exempt_base="{} (base\u00a0: {})",
    deducted="Déjà facturé TTC",
    deducted_invoices="Factures déjà émises, déduites",
    deducted_deposits="Acomptes facturés, déduits",
    deducted_number="Facture n°",
    deducted_date="Date",
    gross="TTC",
    left="Reste dû",
    schedule_acompte="Échéancier des acomptes",
    schedule_arrhes="Échéancier des arrhes",
    step="Étape",
    when="Exigible",
    share="Part",
    balance="Solde",
    on_last_invoice="à la facture finale",
    bank_reference="Référence",
    scan="À scanner avec l’application de votre banque.",
    payment="Règlement",
    delivery="Exécution et livraison",
    prices="Prix",
    revision="Révision du prix",
    labour="Main-d’œuvre",
    place="Lieu d’exécution",
    warranty="Garantie",
    early_discount="Escompte",
    late_payment="Retard de paiement",
    recovery="Frais de recouvrement",
    vat_on_debits="Exigibilité de la TVA",
    general_terms="Conditions générales",
    enclosed="« {} », jointes à ce document et acceptées avec lui (empreinte SHA-256 : {})",
    insurance="Assurance",
    mediation="Médiation",
    mediator="En cas de litige, médiateur de la consommation : {}",
    approval="Bon pour accord",
    how_to_sign="signez en ligne depuis le lien reçu par courriel, ou retournez ce document daté et signé.",
    sign_date="Date",
    sign_name="Nom et qualité",
    sign_hand="Mention manuscrite et signature",
)

ENGLISH: Final = Wording(
    language="en",
    decimal=english.decimal,
    money=english.money,
    unit_price=english.unit_price,
    rate=english.rate,
    day=english.day,
    quote="Quote",
    proforma="Pro forma invoice",
    amendment="Amendment",
    invoice="Invoice",
    deposit_invoice="Deposit invoice",
    corrective_invoice="Corrective invoice",
    credit_note="Credit note",
    number="No. {}",
    amends="to quote no. {}",
    draft="Draft",
    duplicate="Duplicate no. {}",
    proforma_mark="Pro forma",
    seller="From",
    buyer="Customer",
    attention="Attn. {}",
    subject="Subject",
    date="Date",
    valid_until="Valid until",
    start="Planned start",
    duration="Estimated duration",
    version="Version",
    replaces="{}, replaces the previous one",
    variant="Variant",
    issued_on="Issue date",
    supplied_on="Date of supply",
    received_on="Date of the deposit",
    due_on="Payment due by",
    quotes="Quote",
    purchase_order="Purchase order",
    corrects="Corrected invoice",
    credits="Original invoice",
    of_date="{} of {}",
    reason="Reason",
    delivered_to="Delivery address",
    billed_to="Billing address",
    description="Description",
    quantity="Qty",
    unit="Unit",
    price="Unit price",
    discount="Discount",
    vat="VAT",
    net="Net amount",
    free="free of charge",
    reference="Ref. {}",
    option_out="Optional, not included in the total",
    option_in="Option chosen, included in the total",
    adjustable="Quantity of your choice, from {} to {}",
    subtotal="Subtotal {}",
    base="Net base",
    amount="Amount",
    lines_total="Total of lines",
    net_total="Total excl. VAT",
    gross_total="Total incl. VAT",
    credit_total="Credit total incl. VAT",
    payable="Amount due",
    options_total="Options not included: {} excl. VAT, {} incl. VAT",
    vat_in_euros="VAT in euros: {}",
    exchange="Exchange rate: 1 {} = €{} on {} ({})",
    exempt_base="{} (base: {})",
    deducted="Already invoiced incl. VAT",
    deducted_invoices="Earlier invoices, deducted",
    deducted_deposits="Invoiced deposits, deducted",
    deducted_number="Invoice no.",
    deducted_date="Date",
    gross="Incl. VAT",
    left="Left to pay",
    schedule_acompte="Deposit schedule (acomptes)",
    schedule_arrhes="Deposit schedule (arrhes)",
    step="Step",
    when="Due",
    share="Share",
    balance="Balance",
    on_last_invoice="on the final invoice",
    bank_reference="Reference",
    scan="Scan to pay with your banking application.",
    payment="Payment",
    delivery="Performance and delivery",
    prices="Prices",
    revision="Price revision",
    labour="Labour",
    place="Place of performance",
    warranty="Warranty",
    early_discount="Early payment",
    late_payment="Late payment",
    recovery="Recovery costs",
    vat_on_debits="VAT chargeability",
    general_terms="General terms",
    enclosed="“{}”, enclosed with this document and accepted with it (SHA-256 digest: {})",
    insurance="Insurance",
    mediation="Mediation",
    mediator="In case of dispute, consumer mediator: {}",
    approval="Bon pour accord",
    how_to_sign="sign online through the link in our e-mail, or return this document dated and signed (“approved”).",
    sign_date="Date",
    sign_name="Name and position",
    sign_hand="Handwritten words and signature",
)


def wording(language: str) -> Wording:
    """The words of a document in `language`; French where we have no other."""
    return ENGLISH if language == "en" else FRENCH
