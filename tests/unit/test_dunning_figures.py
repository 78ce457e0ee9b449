"""What dunning brings in: no euro counted twice, promises judged by the money, disputes by their age. [M-16, M-17]"""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from relance.domain.dunning_figures import (
    DisputeFigures,
    Followed,
    LevelFigures,
    PromiseFigures,
    Reminded,
    dunning_figures,
    followed,
)
from relance.domain.ids import PaymentId
from relance.domain.invoice import InvoiceStatus, Payment, PaymentMode
from relance.domain.money import Cents
from relance.domain.reminder.hold import Hold, HoldKind
from tests.builders import an_instant, an_invoice, an_invoice_content

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
NOW = datetime.fromisoformat("2026-11-30T09:00:00Z")


def row(
    *reminders: tuple[int, str],
    paid: tuple[tuple[str, int], ...] = (),
    holds: tuple[Hold, ...] = (),
    issued: str = "2026-10-01",
    balance: int = 0,
) -> Followed:
    return Followed(
        issued_on=date.fromisoformat(issued),
        reminders=tuple(Reminded(level, date.fromisoformat(day)) for level, day in reminders),
        payments=tuple((date.fromisoformat(day), Cents(amount)) for day, amount in paid),
        holds=holds,
        balance=Cents(balance),
    )


def promise(day: str, until: str | None, amount: int | None = None) -> Hold:
    return Hold(
        "h1",
        HoldKind.PROMISE,
        datetime.fromisoformat(f"{day}T09:00:00Z"),
        "user:louise",
        until=date.fromisoformat(until) if until else None,
        amount=None if amount is None else Cents(amount),
    )


def levels(*rows: Followed) -> tuple[LevelFigures, ...]:
    return dunning_figures(rows, FIRST, LAST, NOW).levels


def test_m_16_money_within_seven_days_is_the_last_reminders_and_counts_once() -> None:
    found = levels(
        row((1, "2026-11-03"), (2, "2026-11-08"), paid=(("2026-11-05", 100), ("2026-11-09", 200), ("2026-11-16", 400))),
        row((1, "2026-11-03"), paid=(("2026-11-03", 1), ("2026-11-10", 800), ("2026-11-11", 1_600))),
        row((1, "2026-10-31"), paid=(("2026-11-02", 3_200),)),
    )
    assert found == (LevelFigures(1, 2, 2, Cents(900)), LevelFigures(2, 1, 1, Cents(200)))


def test_m_16_a_reminder_that_nothing_followed_is_counted_all_the_same() -> None:
    assert levels(row((3, "2026-11-03"))) == (LevelFigures(3, 1, 0, Cents(0)),)


@pytest.mark.parametrize(
    ("hold", "paid", "balance", "word"),
    [
        (promise("2026-11-02", "2026-11-10"), (("2026-11-12", 500),), 0, "kept"),  # two working days later, 11 November
        (promise("2026-11-02", "2026-11-10"), (("2026-11-20", 500),), 0, "broken"),
        (promise("2026-11-02", "2026-11-10"), (("2026-11-05", 200),), 300, "broken"),
        (promise("2026-11-02", "2026-11-10", 200), (("2026-11-05", 200),), 300, "kept"),
        (promise("2026-11-02", "2026-11-10"), (), 500, "broken"),
        (promise("2026-11-25", "2026-12-05"), (), 500, "pending"),
        (promise("2026-11-25", None), (), 500, "pending"),
        (promise("2026-10-02", "2026-10-10"), (), 500, "none"),
    ],
    ids=["in time", "too late", "in part", "the part that was promised", "never", "to come", "no day", "before"],
)
def test_m_16_a_promise_is_kept_by_money_and_by_nothing_else(
    hold: Hold, paid: tuple[tuple[str, int], ...], balance: int, word: str
) -> None:
    found = dunning_figures([row(paid=paid, holds=(hold,), balance=balance)], FIRST, LAST, NOW).promises
    assert found == PromiseFigures(word == "kept", word == "broken", word == "pending")


def test_m_17_the_rate_is_of_what_was_issued_and_the_age_of_what_is_open() -> None:
    dispute = Hold("h2", HoldKind.DISPUTE, datetime.fromisoformat("2026-11-20T09:00:00Z"), "user:louise")
    ended = replace(dispute, ended_at=NOW)
    found = dunning_figures(
        [
            row(issued="2026-11-02", holds=(dispute,)),
            row(issued="2026-11-02", holds=(ended,)),
            row(issued="2026-11-30"),
            row(issued="2026-10-31", holds=(replace(dispute, at=datetime.fromisoformat("2026-11-25T09:00:00Z")),)),
        ],
        FIRST,
        LAST,
        NOW,
    ).disputes
    assert found == DisputeFigures(3, 2, Decimal("66.7"), 2, Decimal("7.5"))


def test_m_17_nothing_issued_is_no_rate() -> None:
    assert dunning_figures([], FIRST, LAST, NOW).disputes == DisputeFigures(0, 0, None, 0, None)


def test_what_counts_of_an_invoice_is_money_and_only_once_it_is_issued() -> None:
    day = date(2026, 11, 20)
    cash = Payment(PaymentId("pay_1"), Cents(1_000), day, PaymentMode.CARD, an_instant())
    payments = (
        cash,
        replace(cash, id=PaymentId("pay_2"), mode=PaymentMode.CREDIT),
        replace(cash, id=PaymentId("pay_3"), amount=Cents(-300)),
    )
    invoice = an_invoice(status=InvoiceStatus.ISSUED, content=an_invoice_content(), payments=payments)
    found = followed(invoice, [Reminded(2, day), Reminded(1, date(2026, 11, 10))], ())
    assert found is not None
    assert (found.payments, [one.level for one in found.reminders]) == (((day, 1_000),), [1, 2])
    assert followed(an_invoice(), (), ()) is None
    note = replace(invoice, content=an_invoice_content(type_code="381"))
    assert followed(note, (), ()) is None
