"""Entries balance whatever is sold, in whatever currency, and say of each document what it comes to. [F-01, F-02]"""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from relance.adapters.chart_data import load_charts
from relance.domain.bookkeeping.accounts import Role
from relance.domain.bookkeeping.entries import Entry, Paid, Party, Sold, entries
from relance.domain.bookkeeping.fec import COLUMNS, fec_lines
from relance.domain.bookkeeping.sales_ledger import ledger_rows
from relance.domain.content import Exchange, InvoiceContent
from relance.domain.invoice import PaymentMode
from relance.domain.lines import Line
from relance.domain.money import Cents
from relance.domain.perpetual import in_euros
from relance.domain.totals import Charge, Deduction, DocumentDiscount, total
from relance.domain.vat import VatSubtotal
from tests.builders import an_invoice_content
from tests.property.strategies import charged, documents, words

CHART = load_charts().on(date(2026, 11, 16))
TODAY = date(2026, 11, 16)

discounts = st.lists(st.builds(DocumentDiscount, st.just("Remise"), percent_bp=st.integers(1, 10_000)), max_size=1)
charges = st.lists(st.builds(Charge, st.just("Port"), st.integers(1, 10**6).map(Cents), charged), max_size=1)
exchanges = st.none() | st.builds(
    Exchange, st.decimals(min_value="0.0001", max_value="200", places=4), st.just(TODAY), st.just("BCE")
)
parties = st.builds(Party, st.just("C0000000001"), words)


@st.composite
def contents(draw: st.DrawFn) -> InvoiceContent:
    """An issued document of any type; an invoice may deduct a part of itself that was billed before."""
    lines: tuple[Line, ...] = draw(documents)[:4]
    off, added = tuple(draw(discounts)), tuple(draw(charges))
    type_code = draw(st.sampled_from(["380", "381", "384", "386", "503"]))
    totals = total(lines, off, added)
    deductions: tuple[Deduction, ...] = ()
    if type_code in ("380", "384"):
        percents = draw(st.lists(st.integers(1, 50), max_size=2))
        deductions = tuple(
            Deduction(
                f"F-{n}",
                TODAY,
                tuple(
                    VatSubtotal(row.treatment, Cents(row.base * part // 100), Cents(row.vat * part // 100))
                    for row in totals.subtotals
                ),
                draw(st.sampled_from(["386", "380"])),
            )
            for n, part in enumerate(percents)
        )
    exchange = draw(exchanges)
    return an_invoice_content(
        lines=lines,
        discounts=off,
        charges=added,
        totals=totals,
        type_code=type_code,
        deductions=deductions,
        exchange=exchange,
        currency="EUR" if exchange is None else "CHF",
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Sold | Paid]:
    """Documents and payments over some days."""
    facts: list[Sold | Paid] = []
    on = TODAY
    for content in draw(st.lists(contents(), min_size=1, max_size=3)):
        on += timedelta(days=draw(st.integers(0, 3)))
        party = draw(parties)
        replaced = draw(st.none() | st.just(content)) if content.type_code == "384" else None
        facts.append(Sold(on, content, party, replaced))
        amount = draw(st.integers(-(10**9), 10**9).filter(bool))
        facts.append(Paid(on, content, party, amount, draw(st.sampled_from(PaymentMode)), on, draw(words)))
    return facts


def sums(made: list[Entry]) -> dict[str, int]:
    """Debits less credits, by account."""
    totals: dict[str, int] = defaultdict(int)
    for entry in made:
        for posting in entry.postings:
            totals[posting.account.number] += posting.debit - posting.credit
    return totals


@settings(max_examples=25)
@given(histories())
def test_every_entry_balances_and_numbers_follow_each_other_F_01(facts: list[Sold | Paid]) -> None:
    made = list(entries(facts, CHART))
    counted: dict[str, int] = defaultdict(int)
    for entry in made:
        assert sum(posting.debit for posting in entry.postings) == sum(posting.credit for posting in entry.postings) > 0
        assert all(min(p.debit, p.credit) == 0 < max(p.debit, p.credit) for p in entry.postings)
        counted[entry.journal.code] += 1
        assert entry.number == counted[entry.journal.code]
    assert [entry.on for entry in made] == sorted(entry.on for entry in made)


@settings(max_examples=25)
@given(contents(), parties)
def test_an_entry_says_what_the_document_comes_to_F_02(content: InvoiceContent, party: Party) -> None:
    """In the document's own currency: what the customer owes, the VAT that is left, what is sold; the rest is 4191."""
    content = replace(content, exchange=None, currency="EUR")
    totals = sums(list(entries([Sold(TODAY, content, party)], CHART)))
    sign = -1 if content.type.is_credit else 1
    assert totals["411000"] == sign * content.payable
    vat = sum(cents for number, cents in totals.items() if number.startswith("4457"))
    assert vat == -sign * sum(row.vat for row in content.remaining)
    sold = sum(totals[CHART[role].number] for role in (Role.SERVICES, Role.GOODS, Role.CHARGES))
    assert sold + totals["419100"] == -sign * sum(row.base for row in content.remaining)
    assert totals["658000"] == totals["758000"] == 0, "nothing is rounded in euros"


@settings(max_examples=25)
@given(contents(), parties)
def test_a_conversion_leaves_no_more_than_a_cent_for_each_account_F_02(content: InvoiceContent, party: Party) -> None:
    made = list(entries([Sold(TODAY, content, party)], CHART))
    totals = sums(made)
    accounts = sum(len(entry.postings) for entry in made)
    assert abs(totals["658000"] + totals["758000"]) <= accounts
    expected = in_euros(abs(content.payable), content.exchange)
    assert abs(totals["411000"]) == expected


@settings(max_examples=25)
@given(histories())
def test_the_lines_of_the_file_hold_eighteen_fields_and_the_same_sums_F_01(facts: list[Sold | Paid]) -> None:
    made = list(entries(facts, CHART))
    lines = [line for entry in made for line in fec_lines(entry)]
    balance = Decimal(0)
    for line in lines:
        assert line.endswith("\r\n")
        fields = line.removesuffix("\r\n").split("\t")
        assert len(fields) == len(COLUMNS) == 18
        assert not any(c in field for field in fields for c in "\r\n\t")
        balance += Decimal(fields[11].replace(",", ".")) - Decimal(fields[12].replace(",", "."))
    assert balance == 0


@settings(max_examples=25)
@given(histories())
def test_the_ledger_of_sales_comes_to_the_turnover_AF_05(facts: list[Sold | Paid]) -> None:
    sold = [fact for fact in facts if isinstance(fact, Sold)]
    rows = list(ledger_rows(sold))
    expected = 0
    for fact in sold:
        sign = -1 if fact.content.type.is_credit else 1
        expected += sign * sum(row.base for row in fact.content.remaining)
        if fact.replaced is not None:
            expected -= sum(row.base for row in fact.replaced.remaining)
    assert sum(round(Decimal(row[9].replace(",", ".")) * 100) for row in rows) == expected
