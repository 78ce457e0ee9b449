"""The company on the wire: what `PUT /v1/company` takes whole and `GET` gives back."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from relance.contracts.addresses import AddressBody, address_body, to_address
from relance.contracts.branding import BrandingBody, branding_body, to_branding
from relance.contracts.fields import (
    Amount,
    Percent,
    RequiredText,
    Terms,
    Text,
    Word,
    amount_text,
    one_line,
    percent_text,
    several_lines,
    to_basis_points,
    to_cents,
)
from relance.contracts.identities import (
    Bic,
    Email,
    FiscalYearStart,
    Iban,
    NumberFormat,
    PaymentDays,
    Phone,
    Siren,
    Siret,
    ValidityDays,
    VatNumber,
    Website,
)
from relance.contracts.parse import Body
from relance.contracts.payment_rules import PaymentRuleBody, payment_rule_body, to_payment_rule
from relance.domain.errors import Fault
from relance.domain.ids import TenantId
from relance.domain.party import (
    BankDetails,
    Company,
    CompanyVersion,
    Defaults,
    InsuranceCover,
    LegalKind,
    Registry,
    SalesChannel,
    Sector,
    VatRegime,
)
from relance.domain.party_checks import compact, company_faults
from relance.domain.payment_terms import TermSector

_NEVER = datetime.min  # noqa: DTZ901 - replaced by the use case, which owns the clock
_STANDARD = Defaults()


class BankBody(Body, frozen=True):
    """Where customers pay."""

    iban: Iban
    bic: Bic = ""


class InsuranceBody(Body, frozen=True):
    """Professional insurance: who insures, how to reach him, where it covers (loi 96-603, art. 22-2)."""

    insurer: RequiredText
    contact: RequiredText
    area: RequiredText
    policy: Text = ""


class DefaultsBody(Body, frozen=True):
    """What a new document takes when its author says nothing."""

    validity_days: ValidityDays = _STANDARD.validity_days
    payment_days: PaymentDays = _STANDARD.payment_days
    payment_terms: Terms = _STANDARD.payment_terms
    delivery_terms: Terms = _STANDARD.delivery_terms
    early_discount_terms: Terms = _STANDARD.early_discount_terms
    late_penalty_terms: Terms = _STANDARD.late_penalty_terms
    recovery_indemnity_terms: Terms = _STANDARD.recovery_indemnity_terms
    quote_price_terms: Terms = _STANDARD.quote_price_terms
    payment_rule: PaymentRuleBody | None = None
    deposit_percent: Percent = "0"
    channel: SalesChannel = _STANDARD.channel

    def faults(self) -> Iterable[Fault]:
        """What msgspec cannot say of one field."""
        if to_basis_points(self.deposit_percent) is None:
            yield Fault("/deposit_percent", "Deux décimales au plus.", "too_many_decimals")


class CompanyBody(Body, frozen=True):
    """Legal identity, tax regime, bank details, look and defaults: the whole of it, at each PUT."""

    legal_name: RequiredText
    legal_kind: LegalKind
    siren: Siren
    address: AddressBody
    email: Email
    vat_regime: VatRegime
    siret: Siret = ""
    trading_name: Text = ""
    legal_form: Text = ""
    share_capital: Amount = "0.00"
    registry: Registry = Registry.RCS
    registry_city: Text = ""
    vat_number: VatNumber = ""
    phone: Phone = ""
    website: Website = ""
    insurance: Terms = ""
    mediator: Terms = ""
    bank: BankBody | None = None
    branding: BrandingBody = BrandingBody()
    defaults: DefaultsBody = DefaultsBody()
    quote_number_format: NumberFormat = "D-{year}-{n:04d}"
    invoice_number_format: NumberFormat = "F-{year}-{n:04d}"
    credit_note_number_format: NumberFormat = "A-{year}-{n:04d}"
    proforma_number_format: NumberFormat = "PF-{year}-{n:04d}"
    fiscal_year_start: FiscalYearStart = "01-01"
    registration_pending: bool = False
    sector: Sector | None = None
    vat_on_debits: bool = False
    vat_group: bool = False
    approved_association: bool = False
    must_be_insured: bool = False
    insurance_cover: InsuranceBody | None = None
    term_sector: TermSector | None = None
    own_networks: tuple[Word, ...] = ()

    def faults(self) -> Iterable[Fault]:
        """What the fields say together."""
        return company_faults(to_company(self))


def to_company(body: CompanyBody) -> Company:
    """The domain's company; tenant, rev and instant are the use case's to fill."""
    return Company(
        tenant=TenantId(""),
        rev=0,
        updated_at=_NEVER,
        legal_name=one_line(body.legal_name),
        legal_kind=body.legal_kind,
        siren=compact(body.siren),
        address=to_address(body.address),
        email=one_line(body.email),
        vat_regime=body.vat_regime,
        siret=compact(body.siret),
        trading_name=one_line(body.trading_name),
        legal_form=one_line(body.legal_form),
        share_capital=to_cents(body.share_capital),
        registry=body.registry,
        registry_city=one_line(body.registry_city),
        vat_number=compact(body.vat_number),
        phone=one_line(body.phone),
        website=body.website,
        insurance=several_lines(body.insurance),
        mediator=several_lines(body.mediator),
        bank=BankDetails(compact(body.bank.iban), compact(body.bank.bic)) if body.bank else None,
        branding=to_branding(body.branding),
        defaults=_to_defaults(body.defaults),
        quote_number_format=body.quote_number_format,
        invoice_number_format=body.invoice_number_format,
        credit_note_number_format=body.credit_note_number_format,
        proforma_number_format=body.proforma_number_format,
        fiscal_year_start=body.fiscal_year_start,
        registration_pending=body.registration_pending,
        sector=body.sector,
        vat_on_debits=body.vat_on_debits,
        vat_group=body.vat_group,
        approved_association=body.approved_association,
        must_be_insured=body.must_be_insured,
        insurance_cover=_to_cover(body.insurance_cover),
        term_sector=body.term_sector,
        own_networks=tuple(one_line(network) for network in body.own_networks),
    )


def _to_cover(body: InsuranceBody | None) -> InsuranceCover | None:
    if body is None:
        return None
    return InsuranceCover(
        insurer=one_line(body.insurer),
        contact=one_line(body.contact),
        area=one_line(body.area),
        policy=one_line(body.policy),
    )


def _to_defaults(body: DefaultsBody) -> Defaults:
    return Defaults(
        validity_days=body.validity_days,
        payment_days=body.payment_days,
        payment_terms=several_lines(body.payment_terms),
        delivery_terms=several_lines(body.delivery_terms),
        early_discount_terms=several_lines(body.early_discount_terms),
        late_penalty_terms=several_lines(body.late_penalty_terms),
        recovery_indemnity_terms=several_lines(body.recovery_indemnity_terms),
        quote_price_terms=several_lines(body.quote_price_terms),
        payment_rule=to_payment_rule(body.payment_rule),
        deposit_percent_bp=to_basis_points(body.deposit_percent) or 0,
        channel=body.channel,
    )


class CompanyView(CompanyBody, frozen=True, kw_only=True):
    """The company, with the version that `If-Match` wants."""

    rev: int
    updated_at: datetime


def company_view(company: Company) -> CompanyView:
    """The company as it is told."""
    defaults = company.defaults
    return CompanyView(
        rev=company.rev,
        updated_at=company.updated_at,
        legal_name=company.legal_name,
        legal_kind=company.legal_kind,
        siren=company.siren,
        address=address_body(company.address),
        email=company.email,
        vat_regime=company.vat_regime,
        siret=company.siret,
        trading_name=company.trading_name,
        legal_form=company.legal_form,
        share_capital=amount_text(company.share_capital),
        registry=company.registry,
        registry_city=company.registry_city,
        vat_number=company.vat_number,
        phone=company.phone,
        website=company.website,
        insurance=company.insurance,
        mediator=company.mediator,
        bank=BankBody(iban=company.bank.iban, bic=company.bank.bic) if company.bank else None,
        branding=branding_body(company.branding),
        defaults=DefaultsBody(
            validity_days=defaults.validity_days,
            payment_days=defaults.payment_days,
            payment_terms=defaults.payment_terms,
            delivery_terms=defaults.delivery_terms,
            early_discount_terms=defaults.early_discount_terms,
            late_penalty_terms=defaults.late_penalty_terms,
            recovery_indemnity_terms=defaults.recovery_indemnity_terms,
            quote_price_terms=defaults.quote_price_terms,
            payment_rule=payment_rule_body(defaults.payment_rule),
            deposit_percent=percent_text(defaults.deposit_percent_bp),
            channel=defaults.channel,
        ),
        quote_number_format=company.quote_number_format,
        invoice_number_format=company.invoice_number_format,
        credit_note_number_format=company.credit_note_number_format,
        proforma_number_format=company.proforma_number_format,
        fiscal_year_start=company.fiscal_year_start,
        registration_pending=company.registration_pending,
        sector=company.sector,
        vat_on_debits=company.vat_on_debits,
        vat_group=company.vat_group,
        approved_association=company.approved_association,
        must_be_insured=company.must_be_insured,
        insurance_cover=_cover_body(company.insurance_cover),
        term_sector=company.term_sector,
        own_networks=company.own_networks,
    )


def _cover_body(cover: InsuranceCover | None) -> InsuranceBody | None:
    return InsuranceBody(cover.insurer, cover.contact, cover.area, cover.policy) if cover else None


class CompanyVersionView(msgspec.Struct, frozen=True):
    """What the company was, or is (`valid_to` null): documents keep the identity of their day."""

    valid_from: datetime
    valid_to: datetime | None
    company: CompanyView


class CompanyVersionPage(msgspec.Struct, frozen=True):
    """Identities, the one of today first; `cursor` asks for the next page, null at the end."""

    items: tuple[CompanyVersionView, ...]
    cursor: str | None


def company_versions(today: Company | None, past: Iterable[CompanyVersion], cursor: str | None) -> CompanyVersionPage:
    """A slice of the company's identities."""
    told = [] if today is None else [CompanyVersionView(today.updated_at, None, company_view(today))]
    told += [CompanyVersionView(was.valid_from, was.valid_to, company_view(was.company)) for was in past]
    return CompanyVersionPage(tuple(told), cursor)
