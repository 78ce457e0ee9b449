from datetime import date

import pytest

from relance.domain.errors import Conflict
from relance.domain.ids import PaymentId
from relance.domain.invoice import (
    Invoice,
    InvoiceStatus,
    Payment,
    PaymentMode,
    Settlement,
    require_draft,
    require_issued,
)
from relance.domain.money import Cents
from relance.domain.settlement import receive
from tests.builders import a_line, an_instant, an_invoice, an_invoice_content

TODAY = date(2026, 11, 20)


def an_issued_invoice(unit_price: str = "100") -> Invoice:
    content = an_invoice_content(lines=(a_line(quantity="1", unit_price=unit_price),), due_date=date(2026, 12, 16))
    return an_invoice(rev=2, status=InvoiceStatus.ISSUED, number="F-2026-0001", content=content)


def a_payment(cents: int, paid_on: date = TODAY) -> Payment:
    return Payment(PaymentId("pay_1"), Cents(cents), paid_on, PaymentMode.TRANSFER, an_instant("2026-11-20T10:00:00"))


def test_an_issued_invoice_is_never_edited_C_01() -> None:
    require_draft(an_invoice())
    with pytest.raises(Conflict) as refused:
        require_draft(an_issued_invoice())
    assert refused.value.code == "invoice_frozen"


def test_a_draft_owes_nothing_and_takes_no_payment() -> None:
    draft = an_invoice()
    assert (draft.due, draft.paid, draft.balance) == (0, 0, 0)
    assert not draft.is_overdue(date(2030, 1, 1))
    for ask in (lambda: require_issued(draft), lambda: receive(draft, a_payment(1), TODAY)):
        with pytest.raises(Conflict) as refused:
            ask()
        assert refused.value.code == "invoice_not_issued"


def test_the_balance_follows_from_the_payments_KX_16() -> None:
    invoice = an_issued_invoice()
    assert (invoice.balance, invoice.settlement) == (12_000, Settlement.UNPAID)
    partly = receive(invoice, a_payment(5_000), TODAY)
    assert (partly.paid, partly.balance, partly.settlement) == (5_000, 7_000, Settlement.PARTLY_PAID)
    paid = receive(partly, a_payment(7_000), TODAY)
    assert (paid.balance, paid.settlement, paid.rev) == (0, Settlement.PAID, 4)
    assert paid.updated_at == an_instant("2026-11-20T10:00:00")


def test_an_invoice_of_nothing_is_settled_at_once() -> None:
    assert an_issued_invoice("0").settlement is Settlement.PAID


def test_an_invoice_is_overdue_from_the_day_after_its_due_date_while_something_is_owed_P_02() -> None:
    invoice = an_issued_invoice()
    assert not invoice.is_overdue(date(2026, 12, 16))
    assert invoice.is_overdue(date(2026, 12, 17))
    assert not receive(invoice, a_payment(12_000), TODAY).is_overdue(date(2026, 12, 17))


def test_an_invoice_is_for_the_customer_of_its_draft() -> None:
    invoice = an_invoice()
    assert invoice.customer_id == invoice.draft.customer_id
