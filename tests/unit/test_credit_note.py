"""What may be given back of an invoice: no more than it holds, per line and per rate, and never twice. [C-01, C-04]"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from relance.domain.billing import totals_of
from relance.domain.content import InvoiceType
from relance.domain.credit_note import AmountBack, apportioned, by_amounts, by_lines, left_of_line, over_credited, whole
from relance.domain.errors import Conflict, Invalid
from relance.domain.ids import InvoiceId
from relance.domain.invoice import Credit, CreditedLine, Invoice
from relance.domain.lines import Line
from relance.domain.money import Cents
from relance.domain.totals import Charge, DocumentDiscount, total
from relance.domain.vat import VatCategory
from tests.builders import (
    REDUCED,
    STANDARD,
    a_line,
    an_instant,
    an_invoice,
    an_invoice_content,
    an_invoice_draft,
    an_issued_invoice,
)

THREE = a_line(quantity="3", unit_price="100")


def sold(*lines: Line) -> Invoice:
    """An invoice of three hours at 100.00 HT, 20 %."""
    return an_issued_invoice(an_invoice_content(lines=lines or (THREE,)))


def credited(invoice: Invoice, *lines: CreditedLine) -> Invoice:
    """Once a credit note on these lines was issued; on all that is left without any."""
    draft = by_lines(invoice, lines, "Retour") if lines else whole(invoice, "Annulée")
    (rows,) = apportioned(draft, totals_of(draft), [invoice])
    credit = Credit(InvoiceId("inv_credit"), "A-2026-0001", an_instant(), rows, draft.credited_lines)
    return replace(invoice, credits=(*invoice.credits, credit))


def back(line: int, quantity: str) -> CreditedLine:
    return CreditedLine(line, Decimal(quantity))


@pytest.mark.parametrize(
    ("invoice", "code"),
    [
        (an_invoice(), "invoice_not_issued"),
        (an_issued_invoice(an_invoice_content(type_code="381")), "is_credit_note"),
        (an_issued_invoice(an_invoice_content(type_code="503")), "is_credit_note"),
        (replace(sold(), replaced_by=InvoiceId("inv_corrective")), "invoice_replaced"),
        (credited(sold()), "credited"),
        (sold(a_line(unit_price="0")), "nothing_to_credit"),
    ],
)
@pytest.mark.parametrize(
    "give_back",
    [
        lambda invoice: whole(invoice, "x"),
        lambda invoice: by_lines(invoice, [back(0, "1")], "x"),
        lambda invoice: by_amounts(invoice, [AmountBack(VatCategory.STANDARD, 2000, Cents(1))], "x"),
    ],
    ids=["whole", "by_lines", "by_amounts"],
)
def test_only_what_an_issued_invoice_still_holds_is_given_back_C_01_C_04(
    invoice: Invoice, code: str, give_back: Callable[[Invoice], object]
) -> None:
    with pytest.raises(Conflict) as refused:
        give_back(invoice)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ((back(1, "1"),), [("/lines/0/line", "unknown_line")]),
        ((back(-1, "1"),), [("/lines/0/line", "unknown_line")]),
        ((back(0, "1"), back(0, "1")), [("/lines/1/line", "line_twice")]),
        ((back(0, "0"),), [("/lines/0/quantity", "C-04")]),
        ((back(0, "-1"),), [("/lines/0/quantity", "C-04")]),
        ((back(0, "3.0001"),), [("/lines/0/quantity", "C-04")]),
        ((back(7, "1"), back(0, "4")), [("/lines/0/line", "unknown_line"), ("/lines/1/quantity", "C-04")]),
    ],
)
def test_no_more_of_a_line_is_given_back_than_was_sold_C_04(
    wanted: tuple[CreditedLine, ...], told: list[tuple[str, str]]
) -> None:
    with pytest.raises(Invalid) as refused:
        by_lines(sold(), wanted, "Retour")
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == told
    assert list(refused.value.faults) == over_credited(sold(), wanted), "seen again when it is issued"


def test_what_was_given_back_of_a_line_is_not_given_back_again_C_04() -> None:
    once = credited(sold(), back(0, "0.5"))
    assert [line.net for line in by_lines(once, [back(0, "2.5")], "Retour").lines] == [25_000]
    with pytest.raises(Invalid) as refused:
        by_lines(once, [back(0, "2.6")], "Retour")
    assert refused.value.faults[0].message == "Il reste 2,5 à créditer sur cette ligne."


def test_what_is_left_of_a_line_is_what_was_sold_less_what_was_given_back_C_04() -> None:
    once = credited(sold(), back(0, "0.5"))
    assert [left_of_line(once, line) for line in (-1, 0, 1)] == [0, Decimal("2.5"), 0]


def test_a_line_is_given_back_at_the_price_that_was_paid_C_04() -> None:
    """A tenth off the whole is a tenth off each line, under its own rate."""
    lines = (THREE, a_line(quantity="1", unit_price="50", vat=REDUCED))
    tenth = (DocumentDiscount("Remise", percent_bp=1_000),)
    content = an_invoice_content(lines=lines, discounts=tenth, totals=total(lines, tenth))
    draft = by_lines(an_issued_invoice(content), [back(0, "1"), back(1, "1")], "Retour")
    assert [line.net for line in draft.lines] == [9_000, 4_500]


def test_parts_of_a_line_come_to_what_was_paid_for_it_to_the_cent_C_04_R_01() -> None:
    """A hundred euros for three hours at 33.34 less two cents, given back hour by hour."""
    invoice, nets = sold(a_line(quantity="3", unit_price="33.34", off=2)), []
    for _ in range(3):
        nets += [line.net for line in by_lines(invoice, [back(0, "1")], "Retour").lines]
        invoice = credited(invoice, back(0, "1"))
    assert (nets, invoice.is_void) == ([3_333, 3_334, 3_333], True)


def test_the_vat_of_cents_given_back_one_by_one_is_that_of_their_sum_C_04_R_01() -> None:
    """20 % of 1, 2 and 3 cents is 0.2, 0.4 and 0.6."""
    invoice, vats = sold(a_line(quantity="3", unit_price="0.01"), a_line(quantity="1", unit_price="1", vat=REDUCED)), []
    for _ in range(3):
        invoice = credited(invoice, back(0, "1"))
        vats.append(invoice.credits[-1].subtotals[0].vat)
    assert vats == [0, 0, 1]


def test_what_is_left_after_a_part_was_given_back_is_an_amount_per_rate_C_04_C_05() -> None:
    goods = a_line(quantity="1", unit_price="50", vat=REDUCED, nature="goods")
    rest = whole(credited(sold(THREE, goods), back(0, "0.5")), "Annulée")
    assert [(line.vat, line.net, line.nature) for line in rest.lines] == [
        (STANDARD, 25_000, "services"),
        (REDUCED, 5_000, "goods"),
    ]
    assert {line.description for line in rest.lines} == {"Avoir sur la facture n° F-2026-0001"}
    gone = whole(credited(sold(THREE, goods), back(1, "1")), "Annulée")
    assert [line.vat for line in gone.lines] == [STANDARD], "nothing is left under the other rate"


def test_the_credit_note_of_an_english_invoice_is_english_C_05() -> None:
    english = an_issued_invoice(an_invoice_content(lines=(THREE,), language="en"))
    (line,) = by_amounts(english, [AmountBack(VatCategory.STANDARD, 2000, Cents(100))], "Gesture").lines
    assert line.description == "Credit on invoice no. F-2026-0001"


def test_an_amount_is_given_back_at_a_rate_of_the_invoice_C_04() -> None:
    wanted = [AmountBack(VatCategory.STANDARD, 2000, Cents(100)), AmountBack(VatCategory.STANDARD, 1000, Cents(100))]
    with pytest.raises(Invalid) as refused:
        by_amounts(sold(), wanted, "Geste")
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/amounts/1", "C-04")]
    draft = by_amounts(sold(), wanted[:1], "Geste")
    assert [(line.vat, line.net) for line in draft.lines] == [(STANDARD, 100)]


def test_a_credit_note_beyond_what_is_left_at_a_rate_names_the_line_and_the_rest_C_04() -> None:
    invoice = sold(THREE, a_line(quantity="1", unit_price="50", vat=REDUCED))
    note = an_invoice_draft(
        lines=(THREE, a_line(quantity="1", unit_price="60", vat=REDUCED)), type=InvoiceType.CREDIT_NOTE
    )
    with pytest.raises(Invalid) as refused:
        apportioned(note, totals_of(note), [invoice])
    (fault,) = refused.value.faults
    assert (fault.pointer, fault.code) == ("/lines/1", "C-04")
    assert fault.message == "Il reste 50.00 HT à créditer au taux de 10 % : l’avoir en demande 60.00. Réduisez-le."


def test_charges_given_back_at_a_rate_that_no_line_has_are_found_too_C_04() -> None:
    charges = (Charge("Déplacement", Cents(1_000), REDUCED),)
    note = an_invoice_draft(lines=(THREE,), charges=charges, type=InvoiceType.CREDIT_NOTE)
    with pytest.raises(Invalid) as refused:
        apportioned(note, totals_of(note), [sold()])
    assert [fault.pointer for fault in refused.value.faults] == ["/lines"]


def test_one_credit_note_takes_off_several_invoices_in_their_order_C_04() -> None:
    hour = a_line(quantity="1", unit_price="100")
    note = an_invoice_draft(lines=(a_line(quantity="1", unit_price="350"),), type=InvoiceType.CREDIT_NOTE)
    parts = apportioned(note, totals_of(note), [sold(), sold(hour)])
    assert [[(row.base, row.vat) for row in rows] for rows in parts] == [[(30_000, 6_000)], [(5_000, 1_000)]]


def test_the_credit_note_of_a_deposit_has_the_type_that_says_so_C_02() -> None:
    deposit = an_issued_invoice(an_invoice_content(type_code="386"))
    assert whole(deposit, "Annulée").type is InvoiceType.DEPOSIT_CREDIT
    assert whole(sold(), "Annulée").type is InvoiceType.CREDIT_NOTE
