"""The corners of billing: types and references, one rate with two reasons, currencies without decimals, aggregates."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.domain.billing import Part, deposit, kind_of, totals_of, whole
from relance.domain.content import Exchange, InvoiceType
from relance.domain.credit_note import AmountBack, by_amounts, left_of_line, taxed_like
from relance.domain.e_reporting import report
from relance.domain.errors import Invalid
from relance.domain.ids import CustomerId, InvoiceId, QuoteId
from relance.domain.invoice import Billing, Invoice, InvoiceDraft, InvoiceStatus
from relance.domain.invoice_types import MAX_REFERENCES, reference_faults, type_faults
from relance.domain.lines import Line
from relance.domain.money import Cents
from relance.domain.totals import Charge, total
from relance.domain.vat import VatCategory, VatSubtotal, VatTreatment
from tests.builders import (
    EXEMPT,
    REDUCED,
    STANDARD,
    a_line,
    a_quote_content,
    an_invoice,
    an_invoice_content,
    an_invoice_draft,
)

OTHER_REASON = VatTreatment(VatCategory.EXEMPT, 0, "Exonération de TVA, art. 262, I du CGI")
DAY = date(2026, 11, 16)


def issued(*lines: Line, type: InvoiceType = InvoiceType.COMMERCIAL, **changes: object) -> Invoice:
    content = replace(an_invoice_content(lines=lines), type_code=type.value, **changes)  # type: ignore[arg-type]
    draft = an_invoice_draft(lines=lines, type=type)
    return an_invoice(id=InvoiceId("inv_1"), status=InvoiceStatus.ISSUED, draft=draft, content=content, number="F-1")


def codes(draft: InvoiceDraft, *originals: Invoice) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in [*type_faults(draft), *reference_faults(draft, originals)]]


def test_a_document_refers_to_issued_ones_of_its_customer_and_currency_C_02() -> None:
    note = an_invoice_draft(type=InvoiceType.CREDIT_NOTE, refers_to=(InvoiceId("inv_1"),), reason="x")
    assert codes(note, issued(a_line())) == []
    assert codes(note, an_invoice()) == [("/refers_to/0", "not_issued")]
    assert codes(replace(note, customer_id=CustomerId("cus_2")), issued(a_line())) == [
        ("/refers_to/0", "other_customer")
    ]
    assert codes(replace(note, currency="CHF"), issued(a_line())) == [("/refers_to/0", "other_currency")]
    many = tuple(InvoiceId(f"inv_{n}") for n in range(MAX_REFERENCES + 1))
    assert ("/refers_to", "too_many") in [(f.pointer, f.code) for f in type_faults(replace(note, refers_to=many))]


def test_a_corrective_invoice_names_one_and_says_why_C_02() -> None:
    one = an_invoice_draft(type=InvoiceType.CORRECTIVE, refers_to=(InvoiceId("inv_1"),), reason="Adresse")
    assert codes(one, issued(a_line())) == []
    assert [fault.code for fault in type_faults(replace(one, refers_to=()))] == ["BR-FR-CO-04"]


def test_one_rate_with_two_reasons_is_credited_reason_after_reason_C_04() -> None:
    first = a_line(quantity="1", unit_price="30", vat=EXEMPT)
    second = a_line(quantity="1", unit_price="50", vat=OTHER_REASON)
    invoice = issued(first, second)
    order = [row.treatment for row in invoice.left]
    draft = by_amounts(invoice, [AmountBack(VatCategory.EXEMPT, 0, Cents(6_000))], "Geste")
    nets = {line.vat: line.net for line in draft.lines}
    assert [nets.get(treatment, 0) for treatment in order] == ([3_000, 3_000] if order[0] == EXEMPT else [5_000, 1_000])
    small = by_amounts(invoice, [AmountBack(VatCategory.EXEMPT, 0, Cents(10))], "Geste")
    assert [line.net for line in small.lines] == [10]


def test_the_vat_of_a_credit_note_is_its_originals_word_for_word_C_04() -> None:
    invoice = issued(a_line(vat=EXEMPT))
    reworded = VatTreatment(VatCategory.EXEMPT, 0, "TVA non applicable, CIBS")
    draft = an_invoice_draft(
        lines=(a_line(vat=reworded), a_line(vat=REDUCED)), charges=(Charge("Port", Cents(100), reworded),)
    )
    copied = taxed_like(draft, [invoice])
    assert [line.vat for line in copied.lines] == [EXEMPT, REDUCED]
    assert copied.charges[0].vat == EXEMPT
    assert left_of_line(invoice, 7) == 0


def test_a_deposit_in_a_currency_without_decimals_has_none_I_07() -> None:
    yen = Line("Pose", Decimal(3), "h", Decimal(3333), STANDARD, step=100)
    quote = replace(a_quote_content(lines=(yen,)), currency="JPY", totals=total((yen,)))
    bill = deposit(quote, Part(Billing.DEPOSIT, percent_bp=3_333), {}, 0)
    assert all(line.net % 100 == 0 for line in bill.lines)
    with pytest.raises(Invalid) as refused:
        deposit(quote, Part(Billing.DEPOSIT, amount=Cents(150)), {}, 0)
    assert refused.value.faults[0].pointer == "/amount"


def test_an_amount_ttc_is_met_to_the_cent_by_the_vat_of_its_rows_R_04() -> None:
    draft = an_invoice_draft(lines=(a_line(quantity="1", unit_price="833.38"),), gross=Cents(100_005))
    assert total(draft.lines).gross == 100_006
    assert (totals_of(draft).gross, totals_of(draft).net) == (100_005, 83_338)
    assert totals_of(replace(draft, gross=Cents(100_007))).vat == 16_669
    assert totals_of(replace(draft, gross=Cents(99_000))).gross == 100_006, "rewritten lines are what they are"
    assert totals_of(an_invoice_draft(lines=())).gross == 0


def test_an_english_quote_gives_an_english_invoice() -> None:
    quote = replace(a_quote_content(), language="en")
    assert (
        deposit(quote, Part(Billing.DEPOSIT, percent_bp=3_050), {}, 0)
        .lines[0]
        .description.startswith("Deposit of 30.5% on quote no.")
    )
    joined = whole([quote, quote], CustomerId("cus_1"))
    assert {line.section for line in joined.lines} == {"Quote D-2026-0001"}
    assert joined.subject.count(" · ") == 1


def test_an_invoice_of_quotes_of_before_parts_existed_bills_the_whole() -> None:
    draft = an_invoice_draft(quote_ids=(QuoteId("quo_1"),))
    assert kind_of(draft) is Billing.WHOLE
    assert kind_of(an_invoice_draft()) is None


def test_aggregates_leave_out_what_is_nothing_and_are_in_euros_E_06() -> None:
    free = issued(a_line(quantity="1", unit_price="0"))
    assert report([free], DAY, DAY).sales == ()
    abroad = issued(a_line(), exchange=Exchange(Decimal("0.5"), DAY, "BCE"), currency="USD")
    assert report([abroad], DAY, DAY).sales[0].net == 59_903  # half of 1,198.05, rounded up


def test_a_table_less_another_keeps_its_rows_D_02() -> None:
    invoice = issued(a_line(quantity="1", unit_price="10"))
    assert invoice.left == (VatSubtotal(STANDARD, Cents(1_000), Cents(200)),)
