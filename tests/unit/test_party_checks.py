from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace

import pytest

from relance.domain import party_checks
from relance.domain.countries import COUNTRIES, SIREN_COUNTRIES
from relance.domain.party import Address, BankDetails, Branding, Company, Customer, CustomerKind, Defaults, LegalKind
from relance.domain.party_checks import MAX_LOGO_CHARACTERS, MAX_NETWORKS, compact, company_faults, customer_faults
from tests.builders import a_company, a_customer, a_sole_trader

PNG = b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 16).decode()
BUSINESS = a_customer(kind=CustomerKind.BUSINESS)


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (party_checks.siren_fault, "912345675"),
        (party_checks.siren_fault, "912 345 675"),
        (party_checks.siret_fault, "912 345 675 00017"),
        (party_checks.siret_fault, "35600000000048"),  # La Poste, head office: Luhn
        (party_checks.siret_fault, "35600000049837"),  # La Poste, an office: the digits add to a multiple of 5
        (party_checks.vat_number_fault, "FR65912345675"),
        (party_checks.vat_number_fault, "fr 65 912 345 675"),
        (party_checks.vat_number_fault, "FR83404833048"),
        (party_checks.vat_number_fault, "FR53000004605"),  # Monaco: no SIREN inside
        (party_checks.vat_number_fault, "DE136695976"),
        (party_checks.vat_number_fault, "EL094259216"),
        (party_checks.vat_number_fault, "GB980780684"),  # outside the Union: the form only
        (party_checks.iban_fault, "FR76 3000 3012 3400 0123 4567 854"),
        (party_checks.iban_fault, "BE68539007547034"),
        (party_checks.bic_fault, "SOGEFRPP"),
        (party_checks.bic_fault, "SOGEFRPPXXX"),
        (party_checks.email_fault, "contact+devis@atelier-verdier.example"),
        (party_checks.email_fault, "o'neill@a.b.fr"),
        (party_checks.website_fault, "https://atelier-verdier.example/prix?a=1#b"),
        (party_checks.website_fault, "http://a.fr:8080/"),
        (party_checks.postcode_fault, "01000"),
        (party_checks.postcode_fault, "97400"),
        (party_checks.country_fault, "FR"),
        (party_checks.colour_fault, "#1f4e5f"),
        (party_checks.logo_fault, PNG),
        (party_checks.number_format_fault, "F-{year}-{n:04d}"),
        (party_checks.fiscal_year_start_fault, "01-01"),
        (party_checks.fiscal_year_start_fault, "02-28"),
        (party_checks.fiscal_year_start_fault, "12-31"),
        (party_checks.electronic_address_fault, "803124569_COMPTA"),
        (party_checks.electronic_address_fault, "0208:0428759497"),
        (party_checks.electronic_address_fault, "EM:factures@client.example"),
    ],
)
def test_what_is_right_passes_I_02(check: Callable[[str], str | None], value: str) -> None:
    assert check(value) is None


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (party_checks.siren_fault, "912345676"),
        (party_checks.siren_fault, "000000000"),
        (party_checks.siren_fault, "91234567"),
        (party_checks.siren_fault, "٩١٢٣٤٥٦٧٥"),
        (party_checks.siren_fault, "91234567A"),
        (party_checks.siret_fault, "91234567500018"),
        (party_checks.siret_fault, "35600000049838"),
        (party_checks.siret_fault, "00000000000000"),
        (party_checks.siret_fault, "9123456750001"),
        (party_checks.vat_number_fault, "FR66912345675"),
        (party_checks.vat_number_fault, "FR65912345676"),
        (party_checks.vat_number_fault, "65912345675"),
        (party_checks.vat_number_fault, "DE136695970"),
        (party_checks.vat_number_fault, "EL094259217"),
        (party_checks.iban_fault, "FR7630003012340001234567855"),
        (party_checks.iban_fault, "FR76"),
        (party_checks.iban_fault, ""),
        (party_checks.bic_fault, "SOGE"),
        (party_checks.email_fault, "contact"),
        (party_checks.email_fault, "contact@localhost"),
        (party_checks.email_fault, "a@b.fr\r\nBcc: c@d.fr"),
        (party_checks.email_fault, "a@b.fr\n"),
        (party_checks.email_fault, '"a b"@c.fr'),
        (party_checks.email_fault, "a..b@c.fr"),
        (party_checks.email_fault, "é@c.fr"),
        (party_checks.email_fault, "a@-b.fr"),
        (party_checks.email_fault, "a" * 65 + "@b.fr"),
        (party_checks.email_fault, "a@" + "b." * 130 + "fr"),
        (party_checks.website_fault, "javascript:alert(1)"),
        (party_checks.website_fault, "file:///etc/passwd"),
        (party_checks.website_fault, "https://a.fr/ b"),
        (party_checks.website_fault, "https://a.fr@evil.example"),
        (party_checks.website_fault, "atelier.example"),
        (party_checks.postcode_fault, "00100"),
        (party_checks.postcode_fault, "6900"),
        (party_checks.postcode_fault, "2A004"),
        (party_checks.country_fault, "fr"),
        (party_checks.country_fault, "UK"),
        (party_checks.colour_fault, "red"),
        (party_checks.colour_fault, "#fff"),
        (party_checks.colour_fault, "#1f4e5f;background:url(http://x)"),
        (party_checks.logo_fault, "https://a.fr/logo.png"),
        (party_checks.logo_fault, b64encode(b"GIF89a").decode()),
        (party_checks.logo_fault, PNG + "A" * MAX_LOGO_CHARACTERS),
        (party_checks.number_format_fault, "F-{n}"),
        (party_checks.fiscal_year_start_fault, "02-29"),
        (party_checks.fiscal_year_start_fault, "04-31"),
        (party_checks.fiscal_year_start_fault, "13-01"),
        (party_checks.fiscal_year_start_fault, "1-1"),
        (party_checks.electronic_address_fault, "803124569 COMPTA"),
        (party_checks.electronic_address_fault, "0208:"),
    ],
)
def test_what_is_wrong_is_told_in_french(check: Callable[[str], str | None], value: str) -> None:
    message = check(value)
    assert message is not None
    assert message.endswith((".", ")"))


def test_a_number_is_kept_without_what_people_type_between_its_digits() -> None:
    assert compact(" fr 65.912-345\u202f675 ") == "FR65912345675"


def test_the_demo_parties_are_sound() -> None:
    assert company_faults(a_company()) == []
    assert company_faults(a_sole_trader()) == []
    assert customer_faults(a_customer()) == []
    assert customer_faults(BUSINESS) == []


@pytest.mark.parametrize(
    ("company", "pointers"),
    [
        (a_company(siren="912345676", siret="", vat_number=""), ["/siren"]),
        (a_company(siret="45210987900018"), ["/siret"]),
        (a_company(siret="91234567500018"), ["/siret"]),
        (a_company(vat_number="FR31803124569"), ["/vat_number"]),
        (a_company(vat_number="FR00912345675"), ["/vat_number"]),
        (a_company(address=Address("1 rue", "6900", "Lyon", country="FR")), ["/address/postcode"]),
        (a_company(address=Address("1 rue", "6900", "Lyon", country="XX")), ["/address/country"]),
        (a_company(email="contact"), ["/email"]),
        (a_company(website="ftp://a.fr"), ["/website"]),
        (a_company(share_capital=-1), ["/share_capital"]),
        (a_company(bank=BankDetails("FR76", "X")), ["/bank/iban", "/bank/bic"]),
        (a_company(branding=Branding("blue", "AAAA")), ["/branding/colour", "/branding/logo_png"]),
        (a_company(defaults=Defaults(validity_days=0)), ["/defaults/validity_days"]),
        (a_company(defaults=Defaults(payment_days=61)), ["/defaults/payment_days"]),
        (
            a_company(quote_number_format="{n}", invoice_number_format="{year}"),
            ["/quote_number_format", "/invoice_number_format"],
        ),
        (a_company(proforma_number_format="{n}"), ["/proforma_number_format"]),
        (a_company(credit_note_number_format="F-{year}-{n:06d}"), ["/credit_note_number_format"]),
        (a_company(proforma_number_format="F-{year}-{n}"), ["/proforma_number_format"]),
        (a_company(fiscal_year_start="02-29"), ["/fiscal_year_start"]),
        (a_company(defaults=Defaults(deposit_percent_bp=10_001)), ["/defaults/deposit_percent"]),
        (a_company(legal_kind=LegalKind.ASSOCIATION), ["/share_capital"]),
        (a_company(siren="", siret="", vat_number=""), ["/siren"]),
        (a_company(siren="912345676", siret="", vat_number="", registration_pending=True), ["/siren"]),
    ],
)
def test_a_company_is_told_every_fault_where_it_is(company: Company, pointers: list[str]) -> None:
    assert [fault.pointer for fault in company_faults(company)] == pointers


def test_a_company_being_registered_has_no_siren_yet_IM_14() -> None:
    assert company_faults(a_company(registration_pending=True, siren="", siret="", vat_number="")) == []


def test_an_association_is_asked_no_capital() -> None:
    assert company_faults(a_company(legal_kind=LegalKind.ASSOCIATION, share_capital=0)) == []


def test_credit_notes_and_pro_formas_are_never_numbered_like_invoices_N_06() -> None:
    """Number, SIREN and year name one document of the series that the state knows."""
    same = a_company(credit_note_number_format="F-{year}-{n}", proforma_number_format="F-{year}-{n:03d}")
    assert [(fault.pointer, fault.code) for fault in company_faults(same)] == [
        ("/proforma_number_format", "same_format"),
        ("/credit_note_number_format", "same_format"),
    ]


def test_formats_that_differ_by_digits_alone_could_give_one_number_N_06() -> None:
    same = a_company(invoice_number_format="F-{year}-1{n}", credit_note_number_format="F-{year}-{n}")
    assert [fault.pointer for fault in company_faults(same)] == ["/credit_note_number_format"]


def test_quotes_may_be_numbered_like_invoices_N_04() -> None:
    assert company_faults(a_company(quote_number_format="F-{year}-{n:04d}")) == []


def test_a_company_needs_neither_bank_nor_vat_number_nor_site() -> None:
    assert company_faults(a_company(bank=None, vat_number="", website="", siret="")) == []


@pytest.mark.parametrize(
    ("customer", "pointers"),
    [
        (a_customer(siren="803124569", vat_number="FR31803124569"), ["/siren", "/vat_number"]),
        (replace(BUSINESS, siren="803124560", vat_number=""), ["/siren"]),
        (replace(BUSINESS, vat_number="FR65912345675"), ["/vat_number"]),
        (a_customer(electronic_address="803124569"), ["/electronic_address"]),
        (replace(BUSINESS, electronic_address="803 124 569"), ["/electronic_address"]),
        (replace(BUSINESS, electronic_address="912345675"), ["/electronic_address"]),
        (replace(BUSINESS, electronic_address="0225:912345675"), ["/electronic_address"]),
        (replace(BUSINESS, delivery_address=Address("1 rue", "6900", "Lyon")), ["/delivery_address/postcode"]),
        (replace(BUSINESS, billing_address=Address("1 rue", "", "Lyon", country="X")), ["/billing_address/country"]),
        (replace(BUSINESS, email="x\r\ny@z.fr", address=Address("", "1", "")), ["/address/postcode", "/email"]),
    ],
)
def test_a_customer_is_told_every_fault_where_it_is(customer: Customer, pointers: list[str]) -> None:
    assert [fault.pointer for fault in customer_faults(customer)] == pointers


@pytest.mark.parametrize(
    "customer",
    [
        replace(BUSINESS, siren=""),
        replace(BUSINESS, electronic_address="803124569_COMPTA"),
        replace(BUSINESS, electronic_address="0208:0428759497"),
        replace(BUSINESS, siren="", vat_number="", electronic_address="0208:0428759497"),
        replace(BUSINESS, delivery_address=Address("1 rue de la Paix", "75002", "Paris")),
        replace(BUSINESS, siren="", vat_number=""),
        replace(BUSINESS, vat_number="FR53000004605"),  # Monaco
        replace(BUSINESS, siren="", vat_number="DE136695976", address=Address("1 Allee", "80331", "München", "", "DE")),
    ],
)
def test_a_business_may_have_no_french_number(customer: Customer) -> None:
    assert customer_faults(customer) == []


def test_the_country_codes_are_the_249_of_iso_3166() -> None:
    assert len(COUNTRIES) == 249
    assert all(len(code) == 2 and code.isalpha() and code.isupper() for code in COUNTRIES)
    assert SIREN_COUNTRIES < COUNTRIES


def test_a_company_goes_by_its_tenant() -> None:
    assert a_company().id == a_company().tenant


@pytest.mark.parametrize(
    ("network", "is_one"),
    [
        ("203.0.113.7", True),
        ("203.0.113.0/24", True),
        ("203.0.113.7/24", True),
        ("10.0.0.0/16", True),
        ("2001:db8::/32", True),
        ("10.0.0.0/15", False),
        ("0.0.0.0/0", False),
        ("2001:d00::/24", False),
        ("203.0.113.300", False),
        ("bureau", False),
        ("", False),
    ],
)
def test_an_own_network_is_one_and_no_wider_than_a_firm_T_07(network: str, is_one: bool) -> None:
    faults = [fault.pointer for fault in company_faults(a_company(own_networks=("192.0.2.1", network)))]
    assert faults == ([] if is_one else ["/own_networks/1"])


def test_there_are_not_endless_own_networks() -> None:
    many = tuple(f"192.0.2.{n}" for n in range(MAX_NETWORKS + 1))
    assert [fault.pointer for fault in company_faults(a_company(own_networks=many))] == ["/own_networks"]
    assert company_faults(a_company(own_networks=many[1:])) == []
