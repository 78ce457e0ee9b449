"""Who sells and who buys: legal identities as they are printed and as the state knows them.

A *company* is the tenant's own settings; a *customer* belongs to a tenant. What a document prints of them is frozen as
`Seller` and `Buyer` (relance.domain.content): a document keeps the identity of its day.
SIREN: Luhn (INSEE); VAT number: key of BOFiP; IBAN: ISO 13616 — all checked by python-stdnum.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from relance.domain.ids import CustomerId, TenantId


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `country` is ISO 3166-1 alpha-2."""

    line1: str
    postcode: str
    city: str
    line2: str = ""
    country: str = "FR"


class LegalKind(StrEnum):
    """What decides which legal mentions are due: a company prints its form and capital, a sole trader « EI »."""

    COMPANY = "company"
    SOLE_TRADER = "sole_trader"


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
class Branding:
    """How documents look: one colour (`#rrggbb`), and a logo as a re-encoded PNG in base64 ("" = none)."""

    colour: str = "#1f4e5f"
    logo_png: str = ""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a new quote takes when its author says nothing."""

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


@dataclass(frozen=True, slots=True)
class Company:
    """The tenant itself: legal identity, tax regime, bank, look, defaults. `share_capital` is in cents."""

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

    @property
    def id(self) -> str:
        """One company per tenant: it goes by the tenant's id."""
        return self.tenant


class CustomerKind(StrEnum):
    """A consumer (particulier) or a business (professionnel): decides mentions, penalties and withdrawal."""

    CONSUMER = "consumer"
    BUSINESS = "business"


class TrackingConsent(StrEnum):
    """What the contact agreed to about noticing that a mail was opened (CNIL délibération 2026-042). [T-01]"""

    NONE = "none"
    CONSENTED = "consented"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Consent:
    """The state of consent with its proof: when, where it was given, under which text."""

    tracking: TrackingConsent = TrackingConsent.NONE
    at: datetime | None = None
    source: str = ""
    text_version: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of the tenant. Businesses carry a SIREN, and a VAT number when they have one; consumers none."""

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


@dataclass(frozen=True, slots=True)
class CustomerInput:
    """What a caller says of a customer: all of it but what the store adds; checked by `party_checks`."""

    kind: CustomerKind
    name: str
    address: Address
    email: str
    contact_name: str = ""
    phone: str = ""
    siren: str = ""
    vat_number: str = ""
    consent: Consent = Consent()
