"""Invoices that a person could ask for and that no plateforme would take: each with the rule that it breaks.

One table for two tests: the domain refuses each of them (tests/unit/test_einvoice_rules.py), and the official
schematrons would have refused its XML by the same rule (test_broken_invoices.py).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from relance.domain.content import Exchange, InvoiceContent, InvoiceType, Reference
from relance.domain.lines import Line
from relance.domain.money import Cents
from relance.domain.party import CustomerKind
from relance.domain.totals import Charge, Deduction, total
from relance.domain.vat import VatCategory, VatTreatment
from tests.builders import STANDARD, a_company, a_customer, a_line, an_invoice_content
from tests.validation.invoices import AMERICAN, BUSINESS, EU_GOODS, EU_SERVICES, EXPORT, GERMAN, OUTSIDE, untaxed

NO_VAT_NUMBER: Final = a_company(vat_number="")
DEPOSIT: Final = Deduction("F-2026-0001", date(2026, 10, 1), ())
EARLIER: Final = Reference("F-2026-0100", date(2026, 10, 1))


def _of(*lines: Line, **changes: Any) -> InvoiceContent:
    company, customer = changes.pop("company", a_company()), changes.pop("customer", BUSINESS)
    return an_invoice_content(company, customer, lines or (a_line(),), **changes)


def _with_charge(vat: VatTreatment) -> InvoiceContent:
    charges = (Charge("Frais", Cents(1000), vat),)
    lines = (a_line(),)
    return _of(*lines, charges=charges, totals=total(lines, (), charges))


def _taxed(vat: VatTreatment) -> InvoiceContent:
    return _of(a_line(vat=vat))


def _option() -> InvoiceContent:
    return _of(replace(a_line(), is_option=True, is_chosen=False))


# What is wrong, the rule, where the person mends it. Rules that EN 16931 numbers per place (line, allowance, charge)
# are told by their number for lines.
REFUSALS: Final[Mapping[str, tuple[InvoiceContent, str, str]]] = {
    "a number too long": (_of(number="F" * 36), "BR-FR-01", ""),
    "a number with a space": (_of(number="F 2026 1"), "BR-FR-02", ""),
    "a reference with an accent": (
        _of(type_code="381", references=(replace(EARLIER, number="É1"),)),
        "BR-FR-02",
        "/refers_to",
    ),
    "a supply in another century": (_of(supply_date=date(1999, 12, 31)), "BR-FR-03", "/supply_date"),
    "a reference in another century": (
        _of(type_code="381", references=(replace(EARLIER, issue_date=date(1999, 1, 1)),)),
        "BR-FR-03",
        "/refers_to",
    ),
    "due before it is issued": (_of(due_date=date(2026, 11, 1)), "BR-FR-CO-07", "/due_date"),
    "dollars without a rate": (_of(currency="USD"), "BR-FR-CO-12", "/exchange"),
    "nothing but an option": (_option(), "BR-16", "/lines"),
    "a seller without SIREN": (_of(company=a_company(siren="", siret="")), "BR-FR-10", "/company/siren"),
    "a business without SIREN": (_of(customer=replace(BUSINESS, siren="")), "BR-FR-11", "/customer/siren"),
    "a foreign SIREN": (_of(customer=replace(GERMAN, siren="12")), "BR-FR-32", "/customer/siren"),
    "a consumer without e-mail": (_of(customer=a_customer(email="")), "BR-FR-12", "/customer/email"),
    "an endless e-mail": (_of(customer=a_customer(email=f"a@{'b' * 130}.fr")), "BR-FR-25", "/customer/email"),
    "a business with another's address": (
        _of(customer=replace(BUSINESS, electronic_address="552100554_X")),
        "BR-FR-21",
        "/customer/electronic_address",
    ),
    "a business with an address of elsewhere": (
        _of(customer=replace(BUSINESS, electronic_address="0208:0428759497")),
        "BR-FR-21",
        "/customer/electronic_address",
    ),
    "an address that cannot be written": (
        _of(customer=replace(BUSINESS, electronic_address=f"{BUSINESS.siren}/compta")),
        "BR-FR-23",
        "/customer/electronic_address",
    ),
    "an address of no known scheme": (
        _of(customer=replace(GERMAN, electronic_address="9999:1")),
        "BR-CL-25",
        "/customer/electronic_address",
    ),
    "a VAT number of nowhere": (_of(customer=replace(BUSINESS, vat_number="ZZ1")), "BR-CO-09", "/customer/vat_number"),
    "a rate of nowhere": (_taxed(VatTreatment(VatCategory.STANDARD, 1900)), "BR-FR-16", "/lines/0/vat/rate"),
    "a charge at a rate of nowhere": (
        _with_charge(VatTreatment(VatCategory.STANDARD, 1900)),
        "BR-FR-16",
        "/charges/0/vat/rate",
    ),
    "taxed at nothing": (_taxed(VatTreatment(VatCategory.STANDARD, 0)), "BR-S-05", "/lines/0/vat/category"),
    "exempt and taxed": (_taxed(VatTreatment(VatCategory.EXEMPT, 2000, "x")), "BR-E-05", "/lines/0/vat/rate"),
    "reverse charge and taxed": (
        _taxed(VatTreatment(VatCategory.REVERSE_CHARGE, 2000, "x")),
        "BR-AE-05",
        "/lines/0/vat/rate",
    ),
    "zero and taxed": (_taxed(VatTreatment(VatCategory.ZERO, 2000)), "BR-Z-05", "/lines/0/vat/rate"),
    "exempt without reason": (_taxed(untaxed(VatCategory.EXEMPT, " ")), "BR-E-10", "/lines/0/vat/reason"),
    "export without reason": (
        _of(a_line(vat=untaxed(VatCategory.EXPORT, "")), customer=AMERICAN),
        "BR-G-10",
        "/lines/0/vat/reason",
    ),
    "outside the scope, without reason": (
        _taxed(untaxed(VatCategory.OUTSIDE_SCOPE, "")),
        "BR-O-10",
        "/lines/0/vat/reason",
    ),
    "outside the scope beside taxed": (_of(a_line(vat=OUTSIDE), a_line()), "BR-O-11", "/lines/0/vat/category"),
    "goods to a German without VAT number": (
        _of(a_line(vat=EU_GOODS), customer=replace(GERMAN, vat_number="")),
        "BR-IC-02",
        "/customer/vat_number",
    ),
    "goods to a German, seller without VAT number": (
        _of(a_line(vat=EU_GOODS), customer=GERMAN, company=NO_VAT_NUMBER),
        "BR-IC-02",
        "/company/vat_number",
    ),
    "export, seller without VAT number": (
        _of(a_line(vat=EXPORT), customer=AMERICAN, company=NO_VAT_NUMBER),
        "BR-G-02",
        "/company/vat_number",
    ),
    "reverse charge to nobody known": (
        _of(a_line(vat=EU_SERVICES), customer=replace(GERMAN, vat_number="")),
        "BR-AE-02",
        "/customer/vat_number",
    ),
    "a correction of nothing": (_of(type_code="384"), "BR-FR-CO-04", "/refers_to"),
    "a correction of two invoices": (_of(type_code="384", references=(EARLIER, EARLIER)), "BR-FR-CO-04", "/refers_to"),
    "a credit note on nothing": (_of(type_code="381"), "BR-FR-CO-05", "/refers_to"),
    "a deposit credit on nothing": (_of(type_code="503"), "BR-FR-CO-05", "/refers_to"),
    "a deposit that deducts a deposit": (_of(type_code="386", deductions=(DEPOSIT,)), "BR-FR-CO-08", "/deducts"),
    "VAT in euros beyond measure": (
        _of(currency="USD", exchange=Exchange(Decimal("1E+18"), date(2026, 11, 16), "x")),
        "BR-FR-DEC-01",
        "/exchange/rate",
    ),
    "an amount beyond measure": (
        _of(totals=replace(total((a_line(),)), gross=Cents(10**19))),
        "BR-FR-DEC-01",
        "/lines",
    ),
    "a quantity too fine": (_of(replace(a_line(), quantity=Decimal("0.00001"))), "BR-FR-DEC-02", "/lines/0/quantity"),
    "a price too fine": (_of(a_line(unit_price="0.0000001")), "BR-FR-DEC-03", "/lines/0/unit_price"),
    "a negative price": (_of(a_line(unit_price="-1")), "BR-FR-DEC-03", "/lines/0/unit_price"),
}

# Where the executable rules give a code list another id than EN 16931 does.
PUBLISHED_AS: Final = {"BR-CL-25": "FX-SCH-A-000571"}

# Nothing of this is refused: the neighbours of the refusals, on the right side of each rule.
ACCEPTED: Final[Mapping[str, InvoiceContent]] = {
    "the longest number": _of(number="F" * 35),
    "a deposit that was due before": _of(type_code="386", due_date=date(2026, 11, 1)),
    "dollars with a rate": _of(currency="USD", exchange=Exchange(Decimal("0.92"), date(2026, 11, 16), "BCE")),
    "a correction of one": _of(type_code=InvoiceType.CORRECTIVE.value, references=(EARLIER,), deductions=(DEPOSIT,)),
    "a consumer": _of(customer=a_customer(kind=CustomerKind.CONSUMER)),
    "subcontracting to a SIREN": _of(
        a_line(vat=untaxed(VatCategory.REVERSE_CHARGE, "Autoliquidation")), customer=replace(BUSINESS, vat_number="")
    ),
    "an option beside a line": _of(a_line(), replace(a_line(vat=OUTSIDE), is_option=True, is_chosen=False)),
    "nothing to tax": _of(a_line(vat=OUTSIDE)),
    "a seller without VAT number": _of(a_line(vat=STANDARD), company=NO_VAT_NUMBER),
    "a department of a business": _of(customer=replace(BUSINESS, electronic_address=f"0225:{BUSINESS.siren}_COMPTA")),
    "a Belgian number": _of(customer=replace(GERMAN, electronic_address="0208:0428759497")),
    "a group's member": _of(company=a_company(vat_group=True)),
    "a billing address": _of(customer=replace(BUSINESS, billing_address=GERMAN.address)),
    "something free": _of(a_line(), a_line("Déplacement", unit_price="0")),
}
