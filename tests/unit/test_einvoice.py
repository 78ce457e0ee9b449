"""What an electronic invoice says beside the printed one: frame, processing, addresses, the VAT table. [E-04, E-06]"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.domain.content import Exchange, InvoiceContent, Reference
from relance.domain.einvoice import (
    ElectronicAddress,
    Receiver,
    buyer_address,
    framework_of,
    is_electronic,
    is_outside_scope,
    preceding,
    processing_of,
    seller_address,
    vat_in_euros,
    vat_rows,
)
from relance.domain.lines import Line
from relance.domain.party import Address, Customer, CustomerKind
from relance.domain.totals import Deduction
from relance.domain.vat import VatCategory, VatTreatment
from tests.builders import STANDARD, a_customer, a_line, an_invoice_content

BERLIN = Address("Hauptstraße 7", "10115", "Berlin", country="DE")
BUSINESS = a_customer(kind=CustomerKind.BUSINESS)
DEPOSIT = Deduction("F-2026-0001", date(2026, 10, 1), ())
CORRECTED = Reference("F-2026-0002", date(2026, 10, 2))


def invoice(*lines: Line, customer: Customer = BUSINESS, **changes: object) -> InvoiceContent:
    return replace(an_invoice_content(customer=customer, lines=lines or (a_line(),)), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("natures", "frame"), [(("services",), "S1"), (("goods",), "B1"), (("goods", "services"), "M1")]
)
def test_the_frame_says_goods_services_or_both(natures: tuple[str, ...], frame: str) -> None:
    assert framework_of(invoice(*(a_line(nature=nature) for nature in natures))) == frame


def test_an_option_that_is_not_taken_is_not_sold() -> None:
    option = replace(a_line(nature="goods"), is_option=True, is_chosen=False)
    assert framework_of(invoice(a_line(), option)) == "S1"


def test_a_final_invoice_after_deposits_has_a_frame_of_its_own() -> None:
    """[D-02]"""
    assert framework_of(invoice(deductions=(DEPOSIT,))) == "S4"


@pytest.mark.parametrize(
    ("customer", "processing", "address"),
    [
        (BUSINESS, "B2B", ElectronicAddress("0225", BUSINESS.siren)),
        (replace(BUSINESS, address=BERLIN), "B2BINT", ElectronicAddress("EM", BUSINESS.email)),
        (a_customer(), "B2C", ElectronicAddress("EM", a_customer().email)),
        (replace(BUSINESS, electronic_address="803124569_A"), "B2B", ElectronicAddress("0225", "803124569_A")),
        (
            replace(BUSINESS, address=BERLIN, electronic_address="0208:0428759497"),
            "B2BINT",
            ElectronicAddress("0208", "0428759497"),
        ),
        (a_customer(address=BERLIN), "B2CINT", ElectronicAddress("EM", a_customer().email)),
    ],
)
def test_who_buys_from_where_decides_how_the_invoice_travels(
    customer: Customer, processing: str, address: ElectronicAddress
) -> None:
    buyer = invoice(customer=customer).buyer
    assert processing_of(buyer) == processing
    assert buyer_address(buyer) == address


def test_a_company_that_is_being_registered_has_no_electronic_form() -> None:
    """[IM-14]"""
    seller = invoice().seller
    assert is_electronic(invoice())
    assert is_electronic(invoice(seller=replace(seller, registration_pending=True)))
    assert not is_electronic(invoice(seller=replace(seller, registration_pending=True, siren="")))


def test_a_seller_is_reached_by_its_siren() -> None:
    assert seller_address(invoice().seller) == ElectronicAddress("0225", "912345675")


def test_earlier_invoices_are_those_that_it_follows_then_those_that_it_deducts() -> None:
    """[C-02, D-02]"""
    content = invoice(references=(CORRECTED,), deductions=(DEPOSIT,))
    assert preceding(content) == (CORRECTED, Reference("F-2026-0001", date(2026, 10, 1), "386"))
    assert preceding(replace(content, type_code="384")) == (CORRECTED,)


def test_one_row_per_category_and_rate_whatever_the_reasons() -> None:
    training = VatTreatment(VatCategory.EXEMPT, 0, "formation", "VATEX-FR-CGI261-4")
    care = VatTreatment(VatCategory.EXEMPT, 0, " soins ", "VATEX-FR-CGI261-4")
    silent = VatTreatment(VatCategory.EXEMPT, 0, " ")
    content = invoice(*(a_line(quantity="1", unit_price="10", vat=vat) for vat in (STANDARD, training, care, silent)))
    assert [(row.category, row.rate_bp, row.base, row.vat, row.reasons, row.codes) for row in vat_rows(content)] == [
        ("S", 2000, 1000, 200, (), ()),
        ("E", 0, 3000, 0, ("soins", "formation"), ("VATEX-FR-CGI261-4",)),
    ]
    assert sum(row.vat for row in vat_rows(content)) == content.totals.vat


def test_nothing_but_what_is_outside_the_scope_of_vat() -> None:
    outside = VatTreatment(VatCategory.OUTSIDE_SCOPE, 0, "débours")
    assert is_outside_scope(invoice(a_line(vat=outside)))
    assert not is_outside_scope(invoice(a_line(vat=outside), a_line()))


def test_vat_in_another_currency_is_told_in_euros_too() -> None:
    """[I-07]"""
    content = invoice(a_line(quantity="1", unit_price="100"))
    assert content.totals.vat == 2000
    assert vat_in_euros(content) is None
    assert vat_in_euros(replace(content, currency="USD")) is None
    dollars = replace(content, currency="USD", exchange=Exchange(Decimal("0.92125"), date(2026, 11, 16), "BCE"))
    assert vat_in_euros(dollars) == 1843  # 20.00 x 0.92125 = 18.425, half-up


def test_an_address_is_confirmed_by_the_very_entry_of_the_directory_E_07() -> None:
    """Scheme and identifier both: a suffix of the same SIREN is another mailbox."""
    here, suffixed = ElectronicAddress("0225", "732829320"), ElectronicAddress("0225", "732829320_COMPTA")
    assert Receiver(here, (suffixed, here)).is_listed
    assert not Receiver(here, (suffixed, ElectronicAddress("0009", "732829320"))).is_listed
    assert not Receiver(here, ()).is_listed
