"""Who sells and who buys: legal identities as they are printed and as the state knows them.

A *company* is the tenant's own settings; a *customer* belongs to a tenant. What a document prints of them is frozen as
`Seller` and `Buyer` (relance.domain.content): a document keeps the identity of its day.
SIREN: Luhn (INSEE); VAT number: key of BOFiP; IBAN: ISO 13616 — all checked by python-stdnum.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from relance.domain.follow_up import AS_EVERYBODY, FollowUp
from relance.domain.ids import CustomerId, TenantId
from relance.domain.look import Design, Logo, Typeface
from relance.domain.payment_terms import PaymentRule, TermSector


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `country` is ISO 3166-1 alpha-2."""

    line1: str
    postcode: str
    city: str
    line2: str = ""
    country: str = "FR"


class LegalKind(StrEnum):
    """What decides which legal mentions are due: a company prints its form and capital, a sole trader « EI ».

    Liberal professions are one of the two, registered nowhere (`Registry.NONE`); associations have no capital.
    """

    COMPANY = "company"
    SOLE_TRADER = "sole_trader"
    ASSOCIATION = "association"


class Sector(StrEnum):
    """What the company does, where a text says when a quote is due to a consumer (domain of QO-S3 to QO-L7)."""

    WORKS = "travaux"
    REPAIRS = "depannage"
    PERSONAL_SERVICES = "services_a_la_personne"
    REMOVALS = "demenagement"
    HEALTH = "sante"
    OPTICS = "optique_medicale"
    HEARING_AIDS = "audioprothese"
    FUNERALS = "funeraire"
    VEHICLE_RENTAL = "location_vehicule"
    TRAINING = "formation"
    TRADE = "commerce"
    OTHER = "autre"


class SalesChannel(StrEnum):
    """How the contract is made: on the seller's premises, at a distance, or off premises (hors établissement).

    The last two give a consumer the right to withdraw: C. conso L221-1 and L221-18. [QM-31, W-01]
    """

    PREMISES = "premises"
    DISTANCE = "distance"
    OFF_PREMISES = "off_premises"


class Registry(StrEnum):
    """Where the seller is registered: RCS (traders, companies), RNE (craftsmen since 2023), none (professions)."""

    RCS = "RCS"
    RNE = "RNE"
    NONE = "none"


class VatRegime(StrEnum):
    """Liable to VAT, or under the small-business exemption (franchise en base, CGI art. 293 B)."""

    LIABLE = "liable"
    FRANCHISE = "franchise"


@dataclass(frozen=True, slots=True)
class BankDetails:
    """Where the customer pays: an IBAN with a valid key, and its BIC."""

    iban: str
    bic: str = ""


@dataclass(frozen=True, slots=True)
class InsuranceCover:
    """The professional insurance as the law wants it told: who insures, how to reach him, where it covers. [IS-04]

    Loi 96-603 du 5 juillet 1996, art. 22-2 (quotes and invoices of craftsmen who must be insured), checked 2026-11.
    """

    insurer: str
    contact: str
    area: str
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Branding:
    """How documents look: one colour (`#rrggbb`), a design, and a logo in base64, re-encoded, in one of two formats.

    `typeface` None is the design's own.
    """

    colour: str = "#1f4e5f"
    logo_png: str = ""
    logo_jpeg: str = ""
    design: Design = Design.MODERN
    typeface: Typeface | None = None

    @property
    def logo(self) -> Logo | None:
        """The one there is."""
        if self.logo_png:
            return Logo("image/png", self.logo_png)
        return Logo("image/jpeg", self.logo_jpeg) if self.logo_jpeg else None


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a new document takes when its author says nothing.

    `payment_rule` None means `payment_days` after the invoice; `deposit_percent_bp` is the share asked on acceptance
    (0 = no deposit). `channel`: an offer that is accepted on its page is a contract at a distance. [W-01]
    """

    validity_days: int = 30
    payment_days: int = 30
    payment_terms: str = "Paiement à 30 jours à réception de la facture, par virement."
    delivery_terms: str = "Exécution ou livraison à l’adresse du client, à la date convenue."
    early_discount_terms: str = "Pas d’escompte pour paiement anticipé."
    late_penalty_terms: str = (
        "En cas de retard, pénalités au taux directeur de la BCE majoré de 10 points, exigibles sans rappel."
    )
    recovery_indemnity_terms: str = (
        "Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement : 40 €."
    )
    quote_price_terms: str = "Devis gratuit."
    payment_rule: PaymentRule | None = None
    deposit_percent_bp: int = 0
    channel: SalesChannel = SalesChannel.DISTANCE

    @property
    def rule(self) -> PaymentRule:
        """The rule in force, whichever way it was given."""
        return self.payment_rule or PaymentRule(self.payment_days)


@dataclass(frozen=True, slots=True)
class Company:
    """The tenant itself: legal identity, tax regime, bank, look, defaults. `share_capital` is in cents.

    `registration_pending`: the company is being registered and has no SIREN yet [IM-14]. `vat_on_debits`: VAT is due
    when it is invoiced, also on services [V-08]. `vat_group`: member of an assujetti unique [IR-05].
    `approved_association`: member of an association or centre de gestion agréé [IS-01]. `must_be_insured`: a craft with
    a mandatory insurance [QM-29]; `insurance` is free text, `insurance_cover` the same told field by field.
    `term_sector`: a trade with payment terms of its own [P-01]. `fiscal_year_start` is `MM-DD`. Deposit invoices are
    numbered as invoices [N-05]. `own_networks`: its own addresses (`203.0.113.7`) and networks (`203.0.113.0/24`),
    whose looks at its documents are not its customers' [T-07].
    """

    tenant: TenantId
    rev: int
    updated_at: datetime
    legal_name: str
    legal_kind: LegalKind
    siren: str
    address: Address
    email: str
    vat_regime: VatRegime
    siret: str = ""
    trading_name: str = ""
    legal_form: str = ""
    share_capital: int = 0
    registry: Registry = Registry.RCS
    registry_city: str = ""
    vat_number: str = ""
    phone: str = ""
    website: str = ""
    insurance: str = ""
    mediator: str = ""
    bank: BankDetails | None = None
    branding: Branding = Branding()
    defaults: Defaults = Defaults()
    quote_number_format: str = "D-{year}-{n:04d}"
    invoice_number_format: str = "F-{year}-{n:04d}"
    credit_note_number_format: str = "A-{year}-{n:04d}"
    proforma_number_format: str = "PF-{year}-{n:04d}"
    fiscal_year_start: str = "01-01"
    registration_pending: bool = False
    sector: Sector | None = None
    vat_on_debits: bool = False
    vat_group: bool = False
    approved_association: bool = False
    must_be_insured: bool = False
    insurance_cover: InsuranceCover | None = None
    term_sector: TermSector | None = None
    own_networks: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """One company per tenant: it goes by the tenant's id."""
        return self.tenant


@dataclass(frozen=True, slots=True)
class CompanyVersion:
    """What the company was from `valid_from` until `valid_to`, when it was put again. Never changed. [CY-01, AF-11]

    Its id is the company's `rev`, in eight digits so that the newest comes first in a listing.
    """

    tenant: TenantId
    id: str
    rev: int
    company: Company
    valid_from: datetime
    valid_to: datetime


def past_version(company: Company, until: datetime) -> CompanyVersion:
    """The company as it stood, kept when another takes its place at `until`."""
    return CompanyVersion(company.tenant, f"{company.rev:08d}", 1, company, company.updated_at, until)


class CustomerKind(StrEnum):
    """A consumer (particulier) or a business (professionnel): decides mentions, penalties and withdrawal."""

    CONSUMER = "consumer"
    BUSINESS = "business"


class TrackingConsent(StrEnum):
    """What the contact agreed to about noticing that a mail was opened (CNIL délibération 2026-042). [T-01]

    `deliverability` needs no consent and allows little: of invoices and mails of an accepted order, the day of the last
    known open. `refused` and `withdrawn` are answers: they are kept, and nobody asks again for a while.
    """

    NONE = "none"
    DELIVERABILITY = "deliverability"
    CONSENTED = "consented"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Consent:
    """The state of consent with its proof: when, where it was given or refused, under which text."""

    tracking: TrackingConsent = TrackingConsent.NONE
    at: datetime | None = None
    source: str = ""
    text_version: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of the tenant. Businesses carry a SIREN, and a VAT number when they have one; consumers none.

    `delivery_address` and `billing_address` where they differ from `address` (C. com. L441-9) [I-03]; `payment_rule`
    None means the company's own. `electronic_address` is where invoices are received when it is not simply the SIREN:
    an address of the French directory (`SIREN_SUFFIX`), or `scheme:id` for another one (BT-49). `past_consents` are
    what `consent` was before, oldest first: a proof is not lost when the choice changes. [T-01]
    """

    tenant: TenantId
    id: CustomerId
    rev: int
    updated_at: datetime
    kind: CustomerKind
    name: str
    address: Address
    email: str
    contact_name: str = ""
    phone: str = ""
    siren: str = ""
    vat_number: str = ""
    consent: Consent = Consent()
    delivery_address: Address | None = None
    billing_address: Address | None = None
    payment_rule: PaymentRule | None = None
    purchase_order_required: bool = False
    electronic_address: str = ""
    follow_up: FollowUp = AS_EVERYBODY
    past_consents: tuple[Consent, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerInput:
    """What a caller says of a customer: all of it but what the store adds; checked by `party_checks`.

    `consent` and `follow_up` None: what they were stays.
    """

    kind: CustomerKind
    name: str
    address: Address
    email: str
    contact_name: str = ""
    phone: str = ""
    siren: str = ""
    vat_number: str = ""
    consent: Consent | None = None
    delivery_address: Address | None = None
    billing_address: Address | None = None
    payment_rule: PaymentRule | None = None
    purchase_order_required: bool = False
    electronic_address: str = ""
    follow_up: FollowUp | None = None


def payment_rule(defaults: Defaults, customer: Customer) -> PaymentRule:
    """When this customer pays: by his own rule, or else the company's. [KB-28]"""
    return customer.payment_rule or defaults.rule


def payment_text(defaults: Defaults, customer: Customer) -> str:
    """The payment terms that are printed: what the company wrote, unless the rule says otherwise. [KB-28, IB-01]

    The customer's own rule, and a company's rule beside the text that it never changed, are told in words.
    """
    rule, standard = payment_rule(defaults, customer), Defaults()
    is_own_text = defaults.payment_terms != standard.payment_terms
    if rule == defaults.rule and (is_own_text or rule == standard.rule):
        return defaults.payment_terms
    return f"Paiement {rule.text}, par virement."
