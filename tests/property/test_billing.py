"""Parts of a quote never exceed it, and with the last invoice they make it, per rate and to the cent. [R-04, C-04]"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from relance.domain.billing import Bill, Part, billed, deposit, progress, totals_of
from relance.domain.content import InvoiceContent, InvoiceType, QuoteContent
from relance.domain.credit_note import apportioned, by_lines, settled, whole
from relance.domain.errors import Conflict
from relance.domain.ids import InvoiceId
from relance.domain.invoice import Billing, Credit, CreditedLine, Invoice, InvoiceDraft, InvoiceStatus
from relance.domain.lines import Line
from relance.domain.money import Cents
from relance.domain.totals import Deduction, DocumentDiscount, remaining, total
from relance.domain.vat import VatSubtotal
from tests.builders import a_quote_content, an_instant, an_invoice, an_invoice_content, an_invoice_draft
from tests.property.strategies import documents

discounts = st.lists(st.builds(DocumentDiscount, st.just("Remise"), percent_bp=st.integers(1, 9_000)), max_size=1).map(
    tuple
)
parts = st.one_of(
    st.builds(Part, st.just(Billing.DEPOSIT), percent_bp=st.integers(1, 10_000)),
    st.builds(Part, st.just(Billing.DEPOSIT), amount=st.integers(1, 5_000_000).map(Cents)),
    st.builds(Part, st.just(Billing.PROGRESS), percent_bp=st.integers(1, 9_999)),
)


def agreed(lines: tuple[Line, ...], off: tuple[DocumentDiscount, ...]) -> QuoteContent:
    return replace(a_quote_content(lines=lines), discounts=off, totals=total(lines, off))


def drawn(quote: QuoteContent, part: Part, earlier: list[Invoice]) -> Bill | None:
    """The bill of a part, None when there is no room for it."""
    try:
        if part.kind is Billing.PROGRESS:
            return progress(quote, part.percent_bp, billed(quote, earlier))
        return deposit(quote, part, billed(quote, earlier), len(earlier)) if part.amount <= quote.totals.gross else None
    except Conflict:  # overbilled, or nothing_to_bill
        return None


def issued(draft: InvoiceDraft, n: int) -> Invoice:
    content = an_invoice_content(lines=draft.lines, number=f"F-{n}")
    content = replace(
        content, totals=totals_of(draft), discounts=draft.discounts, charges=draft.charges, type_code=draft.type.value
    )
    return an_invoice(
        id=InvoiceId(f"inv_{n}"), status=InvoiceStatus.ISSUED, draft=draft, content=content, number=f"F-{n}"
    )


def credited(invoice: Invoice, draft: InvoiceDraft) -> Invoice:
    """The invoice once a credit note was issued on it."""
    (rows,) = apportioned(draft, totals_of(draft), [invoice])
    lines = draft.credited_lines
    credit = Credit(InvoiceId(f"avo_{len(invoice.credits)}"), "A-1", an_instant(), rows, lines)
    return replace(invoice, credits=(*invoice.credits, credit))


@settings(max_examples=40)
@given(documents, discounts, st.lists(st.tuples(parts, st.booleans()), max_size=6))
def test_deposits_and_progress_and_the_last_invoice_make_the_quote_to_the_cent_R_04(
    lines: tuple[Line, ...], off: tuple[DocumentDiscount, ...], wanted: list[tuple[Part, bool]]
) -> None:
    quote = agreed(lines, off)
    earlier: list[Invoice] = []
    for part, is_credited in wanted:
        bill = drawn(quote, part, earlier)
        if bill is None:
            continue
        one = issued(an_invoice_draft(lines=bill.lines, gross=bill.gross, billing=part.kind), len(earlier))
        if part.amount:
            assert totals_of(one.draft).gross == part.amount  # what was agreed on, to the cent
        earlier.append(credited(one, whole(one, "Annulé")) if is_credited and _worth(one) else one)
    deductions = [Deduction(e.number, date(2026, 11, 2), e.left) for e in earlier if not e.is_void]
    last = remaining(quote.totals, deductions)
    for row in quote.totals.subtotals:
        taken = [r for e in earlier for r in e.left if r.treatment == row.treatment]
        rest = next(r for r in last if r.treatment == row.treatment)
        assert sum(r.base for r in taken) + rest.base == row.base
        assert sum(r.vat for r in taken) + rest.vat == row.vat
        assert rest.base >= 0
        assert sum(r.base for r in taken) <= row.base


@settings(max_examples=40)
@given(documents, discounts, st.data())
def test_credit_notes_never_exceed_the_invoice_per_rate_and_their_sum_reaches_it_C_04(
    lines: tuple[Line, ...], off: tuple[DocumentDiscount, ...], data: st.DataObject
) -> None:
    draft = an_invoice_draft(lines=lines, discounts=off)
    invoice = issued(draft, 1)
    for n, line in enumerate(lines):
        share = data.draw(st.sampled_from([0, 1, 2]))
        if not share or not _worth(invoice):
            continue
        quantity = round(line.quantity / share, 4)
        note = by_lines(invoice, [CreditedLine(n, quantity)], "Retour") if quantity > 0 else None
        if note and totals_of(note).net <= _left(invoice.left, note):
            invoice = credited(invoice, note)
        assert all(row.base >= 0 and row.vat >= 0 for row in invoice.left)
    if _worth(invoice):
        invoice = credited(invoice, whole(invoice, "Solde"))
        assert invoice.is_void
    assert all((row.base, row.vat) == (0, 0) for row in invoice.left) or not _worth(invoice)


@settings(max_examples=40)
@given(documents, st.data())
def test_the_vat_of_credit_notes_is_rounded_on_their_sum_C_04_R_01(
    lines: tuple[Line, ...], data: st.DataObject
) -> None:
    invoice = issued(an_invoice_draft(lines=lines), 1)
    content = invoice.content
    assert isinstance(content, InvoiceContent)
    for _ in range(3):
        rows = [row for row in invoice.left if row.base > 0]
        if not rows:
            return
        row = data.draw(st.sampled_from(rows))
        net = data.draw(st.integers(1, row.base))
        line = replace(lines[0], vat=row.treatment, discount=None)
        note = an_invoice_draft(lines=(_priced(line, net),), type=InvoiceType.CREDIT_NOTE, refers_to=(invoice.id,))
        totals = totals_of(note)
        given_back = apportioned(note, totals, [invoice])
        told = settled(totals, given_back)
        assert told.gross == told.net + told.vat
        assert abs(told.vat - totals.vat) <= 1
        invoice = credited(invoice, note)


def _priced(line: Line, net: int) -> Line:
    return replace(line, quantity=Decimal(1), unit_price=Decimal(net) / 100)


def _worth(invoice: Invoice) -> bool:
    return any(row.base for row in invoice.left)


def _left(rows: tuple[VatSubtotal, ...], note: InvoiceDraft) -> int:
    treatments = {line.vat for line in note.lines}
    return sum(row.base for row in rows if row.treatment in treatments)
