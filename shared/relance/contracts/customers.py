"""Customers on the wire."""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from relance.contracts.addresses import AddressBody, to_address
from relance.contracts.fields import RequiredText, Text, Word, one_line
from relance.contracts.follow_up import FollowUpBody, FollowUpView, follow_up_view, to_follow_up
from relance.contracts.identities import ElectronicAddress, Email, Phone, Siren, VatNumber
from relance.contracts.parse import Body
from relance.contracts.parties import AddressView, address_view
from relance.contracts.payment_rules import PaymentRuleBody, payment_rule_body, to_payment_rule
from relance.domain.errors import Fault
from relance.domain.party import Consent, Customer, CustomerInput, CustomerKind, TrackingConsent
from relance.domain.party_checks import compact, customer_faults

_PROVEN = frozenset({TrackingConsent.CONSENTED, TrackingConsent.REFUSED})


class ConsentBody(Body, frozen=True):
    """What the contact agreed to about noticing opens of mails; a consent and a refusal come with their proof. [T-01]

    `deliverability`: only the day of the last open of his invoices and of the mails of his orders. `withdrawn`: he
    takes his consent back, for mails already sent too.
    """

    tracking: TrackingConsent = TrackingConsent.NONE
    at: datetime | None = None
    source: Text = ""
    text_version: Word = ""

    def faults(self) -> Iterable[Fault]:
        """A consent that cannot be proved is none, and a refusal must be dated to be respected."""
        if self.tracking not in _PROVEN:
            return
        for name, value in (("at", self.at), ("source", self.source), ("text_version", self.text_version)):
            if not value:
                yield Fault(f"/{name}", "Un choix se prouve : dites quand, où et sur quel texte.", "missing")


class CustomerBody(Body, frozen=True):
    """A customer: consumer (particulier) or business (professionnel).

    Without `consent` or `follow_up`, what they were stays.
    """

    kind: CustomerKind
    name: RequiredText
    address: AddressBody
    email: Email
    contact_name: Text = ""
    phone: Phone = ""
    siren: Siren = ""
    vat_number: VatNumber = ""
    consent: ConsentBody | None = None
    delivery_address: AddressBody | None = None
    billing_address: AddressBody | None = None
    payment_rule: PaymentRuleBody | None = None
    purchase_order_required: bool = False
    electronic_address: ElectronicAddress = ""
    follow_up: FollowUpBody | None = None

    def faults(self) -> Iterable[Fault]:
        """What the fields say together."""
        return customer_faults(to_customer(self))


class ConsentView(msgspec.Struct, frozen=True):
    """A choice with its proof."""

    tracking: TrackingConsent
    at: datetime | None
    source: str
    text_version: str


class ConsentHistory(msgspec.Struct, frozen=True):
    """The choice in force, those before it (oldest first), and from when he may be asked again if he said no.

    `ask_again_from` null: he never said no, or asking is allowed since.
    """

    current: ConsentView
    past: tuple[ConsentView, ...]
    ask_again_from: date | None


class CustomerView(msgspec.Struct, frozen=True):
    """A customer, with the version that `If-Match` wants."""

    id: str
    rev: int
    updated_at: datetime
    kind: CustomerKind
    name: str
    contact_name: str
    address: AddressView
    email: str
    phone: str
    siren: str
    vat_number: str
    consent: ConsentView
    delivery_address: AddressView | None
    billing_address: AddressView | None
    payment_rule: PaymentRuleBody | None
    purchase_order_required: bool
    electronic_address: str
    follow_up: FollowUpView


class CustomerPage(msgspec.Struct, frozen=True):
    """Customers, newest first; `cursor` asks for the next page, null at the end."""

    items: tuple[CustomerView, ...]
    cursor: str | None


def to_customer(body: CustomerBody) -> CustomerInput:
    """What the caller says of a customer."""
    return CustomerInput(
        kind=body.kind,
        name=one_line(body.name),
        address=to_address(body.address),
        email=one_line(body.email),
        contact_name=one_line(body.contact_name),
        phone=one_line(body.phone),
        siren=compact(body.siren),
        vat_number=compact(body.vat_number),
        consent=to_consent(body.consent) if body.consent else None,
        delivery_address=to_address(body.delivery_address) if body.delivery_address else None,
        billing_address=to_address(body.billing_address) if body.billing_address else None,
        payment_rule=to_payment_rule(body.payment_rule),
        purchase_order_required=body.purchase_order_required,
        electronic_address=body.electronic_address.strip(),
        follow_up=to_follow_up(body.follow_up) if body.follow_up else None,
    )


def to_consent(body: ConsentBody) -> Consent:
    """The choice that was made."""
    return Consent(body.tracking, body.at, one_line(body.source), one_line(body.text_version))


def consent_history(customer: Customer, ask_again_from: date | None) -> ConsentHistory:
    """Every choice of a contact as it is told."""
    past = tuple(_consent_view(consent) for consent in customer.past_consents)
    return ConsentHistory(_consent_view(customer.consent), past, ask_again_from)


def _consent_view(consent: Consent) -> ConsentView:
    return ConsentView(consent.tracking, consent.at, consent.source, consent.text_version)


def customer_view(customer: Customer) -> CustomerView:
    """A customer as it is told."""
    return CustomerView(
        id=customer.id,
        rev=customer.rev,
        updated_at=customer.updated_at,
        kind=customer.kind,
        name=customer.name,
        contact_name=customer.contact_name,
        address=address_view(customer.address),
        email=customer.email,
        phone=customer.phone,
        siren=customer.siren,
        vat_number=customer.vat_number,
        consent=_consent_view(customer.consent),
        delivery_address=address_view(customer.delivery_address) if customer.delivery_address else None,
        billing_address=address_view(customer.billing_address) if customer.billing_address else None,
        payment_rule=payment_rule_body(customer.payment_rule),
        purchase_order_required=customer.purchase_order_required,
        electronic_address=customer.electronic_address,
        follow_up=follow_up_view(customer.follow_up),
    )


def customer_page(items: Iterable[Customer], cursor: str | None) -> CustomerPage:
    """A slice of the listing."""
    return CustomerPage(tuple(customer_view(customer) for customer in items), cursor)
