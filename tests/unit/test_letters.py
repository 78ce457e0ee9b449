"""What a formal notice and a statement of account say: figures to the cent, and no fee to a consumer. [DU-01, DU-05]"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.adapters.dunning_data import load_dunning_law
from relance.domain.content import Exchange, buyer_of, seller_of
from relance.domain.errors import Conflict, Invalid
from relance.domain.formal_notice import FormalNotice, dispatched, invoice_notice
from relance.domain.ids import CustomerId, InvoiceId, PaymentId
from relance.domain.invoice import Invoice, InvoiceStatus, Payment, PaymentMode
from relance.domain.late_payment import NOTHING, LateRate, LateRates
from relance.domain.late_terms import LateTerms, rate_faults
from relance.domain.letters import MAX_INVOICES, FormalNoticeContent, formal_notice
from relance.domain.money import Cents
from relance.domain.party import CustomerKind
from relance.domain.penalty_claim import (
    Penalties,
    PenaltyClaim,
    PenaltyPayment,
    claimed,
    in_currency,
    penalties,
    received,
    sources,
    waived,
)
from relance.domain.statement import StatementContent, StatementRow, statement_row
from tests.builders import TENANT, a_company, a_customer, a_line, an_instant, an_invoice, an_invoice_content

LAW = load_dunning_law()
TERMS = LateTerms(TENANT, 1, rates=LateRates((LateRate(date(2026, 1, 1), 1215, "BCE au 1er janvier + 10 points"),)))
ON = date(2026, 3, 31)
AT = an_instant("2026-03-31T09:00:00")
B, C = CustomerKind.BUSINESS, CustomerKind.CONSUMER


def invoice(
    n: int = 1, *, kind: CustomerKind = B, net: str = "1000", due: date = date(2026, 1, 31), paid: int = 0
) -> Invoice:
    """Issued on 15 January; of a customer of that kind."""
    customer = a_customer(kind=kind)
    content = an_invoice_content(
        customer=customer,
        lines=(a_line(quantity="1", unit_price=net),),
        number=f"F-2026-{n:04d}",
        issue_date=date(2026, 1, 15),
        due_date=due,
    )
    money = Payment(PaymentId("pay_1"), Cents(paid), date(2026, 2, 20), PaymentMode.TRANSFER, an_instant())
    made = an_invoice(status=InvoiceStatus.ISSUED, content=content, number=content.number, id=InvoiceId(f"inv_{n}"))
    return replace(
        made, draft=replace(made.draft, customer_id=customer.id), payments=(money,) if paid else (), issued_at=AT
    )


def told(one: Invoice, claim: PenaltyClaim | None = None) -> Penalties:
    found = penalties(one, TERMS, LAW, ON)
    return Penalties(one, ON, found, sources(TERMS, found), claim, "art. …")


def letter(*rows: Penalties, kind: CustomerKind = B) -> FormalNoticeContent:
    return formal_notice(rows, seller_of(a_company()), buyer_of(a_customer(kind=kind)), LAW, on=ON)


def test_du_05_a_business_is_asked_for_the_debt_the_interest_and_forty_euros_each() -> None:
    content = letter(told(invoice(2, due=date(2026, 2, 28))), told(invoice(1, paid=48_000)))
    assert [(row.number, row.days_late, row.balance, row.settled) for row in content.invoices] == [
        ("F-2026-0001", 59, 72_000, 48_000),
        ("F-2026-0002", 31, 120_000, 0),
    ], "oldest due first"
    # 1,200 x 12.15 % x 20 / 365 + 720 x 12.15 % x 39 / 365, and 1,200 x 12.15 % x 31 / 365
    assert [row.interest for row in content.invoices] == [1_734, 1_238]
    assert (content.principal, content.interest, content.indemnity) == (192_000, 2_972, 8_000)
    assert content.total == 202_972
    assert content.per_day == 64, "1,920.00 x 12.15 % / 365 = 0.639"
    assert "40 €" in content.note("penalty_terms")
    assert content.note("consumer_interest") == ""


def test_du_01_a_consumer_is_asked_for_the_debt_and_told_that_nothing_else_is_asked_p_05() -> None:
    content = letter(told(invoice(kind=C)), kind=C)
    assert (content.total, content.principal, content.per_day) == (120_000, 120_000, 0)
    assert content.is_to_consumer
    assert [note.id for note in content.notes] == ["formal_notice", "consumer_interest"]


def test_a_waived_claim_is_not_asked_for_again_and_what_was_paid_of_one_is_taken_off_p_06() -> None:
    late = invoice()
    claim = claimed(late, None, TERMS, LAW, AT)
    money = PenaltyPayment(PaymentId("pay_9"), Cents(1_000), ON, PaymentMode.TRANSFER, AT)
    part = told(late, received(claim, money, ON))
    assert part.left == part.found.total - 1_000
    asked = letter(part)
    assert (asked.penalties_paid, asked.total) == (1_000, 120_000 + part.left)
    given_up = told(late, waived(late, claim, TERMS, LAW, "Geste", AT))
    assert (given_up.left, given_up.per_day, given_up.since_claim) == (0, 0, 0)
    softer = letter(given_up)
    assert (softer.total, softer.per_day, [note.id for note in softer.notes]) == (120_000, 0, ["formal_notice"])


def test_what_ran_is_left_until_it_is_claimed_and_each_day_adds_its_cents() -> None:
    late = told(invoice())
    assert (late.left, late.per_day) == (late.found.total, 40)
    assert told(invoice(due=ON)).per_day == 0


def test_du_05_what_is_not_late_is_not_asked_for() -> None:
    with pytest.raises(Conflict) as error:
        letter(told(invoice(due=ON)))
    assert error.value.code == "not_late"


def test_du_05_a_letter_is_for_one_customer_one_currency_and_at_least_one_invoice() -> None:
    other = invoice(2)
    other = replace(other, draft=replace(other.draft, customer_id=CustomerId("cus_x")))
    for rows in ([], [told(invoice()), told(other)], [told(invoice(n)) for n in range(MAX_INVOICES + 1)]):
        with pytest.raises(Invalid) as error:
            letter(*rows)
        assert error.value.faults[0].pointer == "/invoice_ids"


def test_a_letter_never_prints_penalties_that_it_could_not_compute_p_02() -> None:
    with pytest.raises(Invalid) as error:
        letter(replace(told(invoice()), found=NOTHING, missing_rate="Aucun taux…"))
    assert error.value.code == "late_rate_missing"


def test_du_05_a_letter_is_posted_once_on_its_day_or_later() -> None:
    notice = FormalNotice(TENANT, "let_1", 1, a_customer().id, letter(told(invoice())), "00", AT, "user:louise")
    for day in (date(2026, 3, 30), date(2026, 4, 2)):
        with pytest.raises(Invalid):
            dispatched(notice, "2C 123", day, AT, "user:louise", date(2026, 4, 1))
    sent = dispatched(notice, "2C 123", date(2026, 4, 1), AT, "user:louise", date(2026, 4, 1))
    assert sent.dispatch is not None
    assert (sent.rev, sent.dispatch.number) == (2, "2C 123")
    with pytest.raises(Conflict) as error:
        dispatched(sent, "2C 124", date(2026, 4, 1), AT, "user:louise", date(2026, 4, 1))
    assert error.value.code == "dispatched_already"


def test_each_invoice_of_a_letter_leads_to_it_in_the_order_of_its_letters_du_05() -> None:
    first, second = (invoice_notice(TENANT, "inv_1", letter_id) for letter_id in ("let_1", "let_2"))
    assert (first.notice_id, second.notice_id) == ("let_1", "let_2")
    assert sorted([second.id, first.id]) == [first.id, second.id]
    assert invoice_notice(TENANT, "inv_2", "let_1").id not in {first.id, second.id}


def test_a_statement_tells_what_is_open_and_what_of_it_is_late() -> None:
    assert statement_row(invoice(paid=120_000), ON) is None
    assert statement_row(an_invoice(), ON) is None
    late = statement_row(invoice(paid=48_000), ON, is_disputed=True)
    early, overpaid = statement_row(invoice(2, due=date(2026, 4, 30)), ON), statement_row(invoice(3, paid=130_000), ON)
    assert late is not None
    assert early is not None
    assert overpaid is not None
    assert (late.days_late, late.asked, late.settled, late.balance) == (59, 120_000, 48_000, 72_000)
    assert (early.days_late, overpaid.days_late, overpaid.balance) == (0, 0, -10_000)
    rows: tuple[StatementRow, ...] = (late, early, overpaid)
    content = StatementContent(ON, seller_of(a_company()), buyer_of(a_customer()), rows)
    assert (content.total, content.overdue) == (182_000, 72_000)


def test_the_indemnity_is_told_in_the_currency_of_the_invoice_p_04() -> None:
    assert in_currency(Cents(4_000), None) == 4_000
    assert in_currency(Cents(4_000), Exchange(Decimal("0.92"), ON, "BCE")) == 4_348


def test_money_for_penalties_is_money_p_06() -> None:
    claim = claimed(invoice(), None, TERMS, LAW, AT)
    credit = PenaltyPayment(PaymentId("pay_9"), Cents(1_000), ON, PaymentMode.CREDIT, AT)
    with pytest.raises(Invalid) as error:
        received(claim, credit, ON)
    assert [fault.pointer for fault in error.value.faults] == ["/mode"]


def test_nothing_that_accrued_is_nothing_to_waive_p_06() -> None:
    with pytest.raises(Conflict) as error:
        waived(invoice(due=ON), None, TERMS, LAW, "Geste", AT)
    assert error.value.code == "nothing_accrued"


def test_a_rate_without_a_source_is_refused_wherever_it_comes_from_p_02() -> None:
    assert [fault.pointer for fault in rate_faults([LateRate(ON, 1215, " ")], LAW)] == ["/rates/0/source"]
