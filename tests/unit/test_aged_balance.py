"""The aged balance and what it is made of: columns by days late, nothing netted, any past day. [M-13]"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from relance.domain.aged_balance import Age, age_of, aged_balance
from relance.domain.content import Exchange, buyer_of
from relance.domain.ids import CustomerId, InvoiceId, PaymentId
from relance.domain.invoice import Credit, Invoice, InvoiceStatus, Payment, PaymentMode
from relance.domain.money import Cents
from relance.domain.platform_status import Source, StatusCode, StatusEntry
from relance.domain.receivables import Receivable, is_disputed, obstacle, receivable
from relance.domain.reminder.hold import Hold, HoldKind
from relance.domain.reminder.run import new_run
from relance.domain.vat import VatSubtotal
from tests.builders import STANDARD, TENANT, a_customer, a_line, an_instant, an_invoice, an_invoice_content

ON = date(2026, 11, 16)


def a_receivable(due: date, balance: int, customer: str = "cus_a", *, disputed: bool = False) -> Receivable:
    number = f"F-{due}-{balance}"
    return Receivable(
        InvoiceId(number),
        number,
        CustomerId(customer),
        customer.upper(),
        due.replace(day=1),
        due,
        Cents(balance),
        disputed,
    )


def issued(**changes: Any) -> Invoice:
    """1,000.00 HT at 20 %, issued on 1 October, due on 31 October."""
    content = an_invoice_content(
        lines=(a_line(quantity="1", unit_price="1000"),), issue_date=date(2026, 10, 1), due_date=date(2026, 10, 31)
    )
    return an_invoice(status=InvoiceStatus.ISSUED, content=content, number="F-1", **changes)


def paid(day: str, amount: int) -> Payment:
    return Payment(PaymentId(f"pay_{day}"), Cents(amount), date.fromisoformat(day), PaymentMode.TRANSFER, an_instant())


@pytest.mark.parametrize(
    ("late", "age"),
    [
        (0, Age.NOT_DUE),
        (1, Age.TO_30),
        (30, Age.TO_30),
        (31, Age.TO_60),
        (60, Age.TO_60),
        (61, Age.TO_90),
        (90, Age.TO_90),
        (91, Age.BEYOND),
    ],
)
def test_each_column_begins_on_its_day_m_13(late: int, age: Age) -> None:
    assert age_of(late) is age


def test_who_owes_most_late_comes_first_and_credits_are_never_netted_m_13() -> None:
    rows = [
        a_receivable(date(2026, 12, 16), 50_000),
        a_receivable(date(2026, 11, 1), 10_000, "cus_b"),
        a_receivable(date(2026, 8, 1), 2_000, "cus_b", disputed=True),
        a_receivable(date(2026, 9, 1), -3_000, "cus_b"),
    ]
    balance = aged_balance(rows, ON)
    assert [row.customer_id for row in balance.customers] == ["cus_b", "cus_a"]
    late = balance.customers[0].ages
    assert (late.days_1_30, late.over_90, late.overdue, late.total) == (10_000, 2_000, 12_000, 12_000)
    assert (late.disputed, late.owed_to_customer) == (2_000, 3_000)
    assert [one.balance for one in balance.customers[0].invoices] == [2_000, -3_000, 10_000], "oldest due first"
    assert (balance.total.total, balance.total.not_due, balance.total.owed_to_customer) == (62_000, 50_000, 3_000)


def test_a_customer_goes_by_the_name_of_his_newest_invoice() -> None:
    old = replace(a_receivable(date(2026, 8, 1), 1_000), name="Ancien nom")
    assert aged_balance([a_receivable(date(2026, 11, 1), 1_000), old], ON).customers[0].name == "CUS_A"


def test_what_was_open_on_a_past_day_counts_payments_and_credit_notes_from_their_days() -> None:
    subtotals = (VatSubtotal(STANDARD, Cents(10_000), Cents(2_000)),)
    credit = Credit(InvoiceId("inv_c"), "A-1", datetime.fromisoformat("2026-10-20T08:00:00Z"), subtotals)
    invoice = issued(payments=(paid("2026-11-05", 50_000),), credits=(credit,))

    def open_on(day: str) -> int | None:
        found = receivable(invoice, date.fromisoformat(day))
        return found.balance if found else None

    assert [open_on(day) for day in ("2026-09-30", "2026-10-01", "2026-10-20", "2026-11-05")] == [
        None,
        120_000,
        108_000,
        58_000,
    ]
    settled = replace(invoice, payments=(paid("2026-11-05", 108_000),))
    assert receivable(settled, ON) is None


def test_a_replaced_invoice_was_owed_until_its_corrective_one() -> None:
    invoice = issued(replaced_by=InvoiceId("inv_2"))
    assert receivable(invoice, date(2026, 11, 9), replaced_on=date(2026, 11, 10)) is not None
    assert receivable(invoice, date(2026, 11, 10), replaced_on=date(2026, 11, 10)) is None


def test_drafts_and_credit_notes_owe_nothing_and_dollars_are_told_in_euros() -> None:
    assert receivable(an_invoice(), ON) is None
    note = issued()
    assert note.content is not None
    credit_note = replace(note, content=replace(note.content, type_code="381"))
    assert receivable(credit_note, ON) is None
    exchange = Exchange(an_invoice_content().lines[0].quantity / 49, date(2026, 10, 1), "BCE")  # 24.5 / 49: 0.5
    in_dollars = replace(note, content=replace(note.content, currency="USD", exchange=exchange))
    found = receivable(in_dollars, ON)
    assert found is not None
    assert (found.balance, found.days_late(ON)) == (60_000, 16)


def test_a_dispute_is_what_somebody_wrote_down_or_the_platforms_last_word_m_17() -> None:
    now = an_instant()
    invoice = issued()
    run = new_run(TENANT, "invoice", invoice.id, "standard.invoice@1", now)
    held = replace(run, holds=(Hold("h1", HoldKind.DISPUTE, now, "user:louise"),))
    promised = replace(run, holds=(Hold("h1", HoldKind.PROMISE, now, "user:louise", until=date(2026, 12, 1)),))
    ended = replace(run, holds=(replace(held.holds[0], ended_at=now),))
    assert is_disputed(invoice, held, now)
    assert not any(is_disputed(invoice, other, now) for other in (None, run, promised, ended))
    entries = tuple(
        StatusEntry(f"sta_{n}", code, now + timedelta(hours=n), now, Source.PLATFORM, "Quantité")
        for n, code in enumerate((StatusCode.DISPUTED, StatusCode.APPROVED))
    )
    assert is_disputed(replace(invoice, statuses=entries[:1]), None, now)
    assert not is_disputed(replace(invoice, statuses=entries), None, now), "settled since"


def test_the_buyer_of_the_builder_is_the_one_told() -> None:
    found = receivable(issued(), ON)
    assert found is not None
    assert found.name == buyer_of(a_customer()).name


def test_du_06_what_stands_in_the_way_of_a_letter_and_what_does_not() -> None:
    now, invoice = an_instant(), issued()
    run = new_run(TENANT, "invoice", invoice.id, "standard.invoice@1", now)

    def code(*kinds: HoldKind, status: StatusCode | None = None) -> str:
        entries = (StatusEntry("sta_1", status, now, now, Source.PLATFORM, "Quantité"),) if status else ()
        held = replace(run, holds=tuple(Hold(kind.value, kind, now, "user:louise") for kind in kinds))
        found = obstacle(replace(invoice, statuses=entries), held, now)
        return found.code if found else ""

    assert obstacle(invoice, None, now) is None
    assert code(HoldKind.DISPUTE, HoldKind.PROMISE) == "disputed"
    assert code(HoldKind.INSOLVENCY) == "insolvency"
    assert code(HoldKind.PROMISE) == "promised"
    assert code(status=StatusCode.PAYMENT_SENT) == "payment_announced"
    assert code(status=StatusCode.DISPUTED) == "disputed"
    assert code(HoldKind.REPLY, HoldKind.MANUAL, HoldKind.INCOMPLETE, status=StatusCode.APPROVED) == ""
