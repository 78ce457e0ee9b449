"""The law around any document: what it writes in changes no amount, and what it allows it never refuses."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from relance.adapters.legal_data import load_law
from relance.domain.lines import Line
from relance.domain.payment_terms import EndOfMonth, PaymentRule, TermSector
from relance.domain.totals import total
from relance.domain.vat import VatCase, in_case
from tests.builders import a_line, a_quote_draft, an_invoice_content
from tests.property.strategies import documents

LAW = load_law()
days = st.dates(date(2026, 9, 1), date(2030, 12, 31))
rules = st.builds(PaymentRule, st.integers(0, 100), st.sampled_from(EndOfMonth), st.integers(0, 31))
sectors = st.none() | st.sampled_from(TermSector)
untaxed = st.sampled_from([case for case in VatCase if case is not VatCase.REGIME]).map(
    lambda case: (a_line(vat=in_case(case)),)
)


@settings(max_examples=30)
@given(st.one_of(documents, untaxed), days)
def test_dating_the_vat_of_a_draft_changes_no_amount_V_10(lines: tuple[Line, ...], on: date) -> None:
    draft = a_quote_draft(lines=lines)
    dated = LAW.dated(draft, on)
    before, after = total(lines), total(dated.lines)
    assert (before.net, before.vat, before.gross) == (after.net, after.vat, after.gross)
    assert LAW.dated(dated, on) == dated
    assert all(line.vat.reason for line in dated.lines if line.vat.case)


@settings(max_examples=60)
@given(rules, sectors, days, st.integers(0, 365))
def test_a_rule_that_is_accepted_never_gives_a_date_that_is_refused_P_01(
    rule: PaymentRule, sector: TermSector | None, on: date, later: int
) -> None:
    limits = LAW.term_limits
    if limits.rule_fault(rule, sector, on) is None:
        issued = on + timedelta(days=later)
        assert limits.fault(sector, issued=issued, supplied=issued, due=rule.due_date(issued)) is None


@settings(max_examples=20)
@given(documents, days, st.booleans())
def test_the_notes_of_a_document_depend_on_nothing_but_itself_and_its_day(
    lines: tuple[Line, ...], on: date, on_debits: bool
) -> None:
    content = an_invoice_content(lines=lines, vat_on_debits=on_debits)
    once = LAW.worded(content, on)
    assert LAW.worded(once, on) == once
    assert len({note.id for note in once.legal_notes}) == len(once.legal_notes)
    assert {"IR-03"} <= {note.id for note in once.legal_notes}
