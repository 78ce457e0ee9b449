"""Until when a debt can be claimed: the earliest count, from dated data. [DU-04, DR-15]"""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from relance.adapters.dunning_data import load_dunning_law
from relance.domain.content import buyer_of
from relance.domain.dunning_law import DunningLaw, DunningText, Indemnity, PrescriptionTerm
from relance.domain.ids import PaymentId
from relance.domain.invoice import Invoice, InvoiceStatus, Payment, PaymentMode
from relance.domain.money import Cents
from relance.domain.party import CustomerKind
from relance.domain.prescription import Urgency, prescription, years_after
from tests.builders import a_customer, an_instant, an_invoice, an_invoice_content

LAW = load_dunning_law()


def issued(kind: CustomerKind, *payments: Payment, on: date = date(2026, 11, 16)) -> Invoice:
    content = an_invoice_content(customer=a_customer(kind=kind), issue_date=on, due_date=date(2026, 12, 16))
    return an_invoice(status=InvoiceStatus.ISSUED, content=content, number="F-1", payments=payments)


def paid(amount: int, day: date = date(2027, 1, 10)) -> Payment:
    return Payment(PaymentId("pay_1"), Cents(amount), day, PaymentMode.TRANSFER, an_instant())


@pytest.mark.parametrize(
    ("kind", "last_day"),
    [(CustomerKind.CONSUMER, date(2028, 11, 16)), (CustomerKind.BUSINESS, date(2031, 11, 16))],
)
def test_du_04_two_years_against_a_consumer_and_five_between_businesses(kind: CustomerKind, last_day: date) -> None:
    found = prescription(issued(kind), LAW)
    assert found is not None
    assert (found.last_day, found.runs_from) == (last_day, date(2026, 11, 16)), "from the earliest of the two days"
    assert found.acknowledged_until is None


@pytest.mark.parametrize(
    ("on", "urgency"),
    [
        ("2028-08-17", Urgency.FAR),
        ("2028-08-18", Urgency.SOON),
        ("2028-10-16", Urgency.SOON),
        ("2028-10-17", Urgency.URGENT),
        ("2028-11-16", Urgency.URGENT),
        ("2028-11-17", Urgency.OVER),
    ],
)
def test_du_04_told_ninety_and_thirty_days_before(on: str, urgency: Urgency) -> None:
    found = prescription(issued(CustomerKind.CONSUMER), LAW)
    assert found is not None
    assert found.urgency(date.fromisoformat(on)) is urgency


def test_du_04_a_part_payment_may_start_it_again_and_is_told_apart() -> None:
    found = prescription(issued(CustomerKind.CONSUMER, paid(1_000)), LAW)
    assert found is not None
    assert (found.last_day, found.acknowledged_until) == (date(2028, 11, 16), date(2029, 1, 10))


def test_what_is_settled_or_no_invoice_has_none_and_neither_has_a_time_without_data() -> None:
    whole = issued(CustomerKind.BUSINESS)
    assert prescription(replace(whole, payments=(paid(whole.balance),)), LAW) is None
    assert prescription(an_invoice(), LAW) is None
    assert prescription(whole, DunningLaw((), (), ())) is None


def test_a_leap_day_ends_on_the_28th() -> None:
    assert years_after(date(2028, 2, 29), 2) == date(2030, 2, 28)
    assert years_after(date(2028, 2, 29), 4) == date(2032, 2, 29)


def test_the_law_is_dated_and_what_it_does_not_say_is_no_words_of_ours() -> None:
    on = date(2026, 11, 16)
    assert LAW.indemnity(CustomerKind.BUSINESS, on) == 4_000
    assert LAW.indemnity(CustomerKind.CONSUMER, on) == 0
    assert LAW.indemnity(CustomerKind.BUSINESS, date(2012, 12, 31)) == 0, "before the decree"
    assert LAW.text("legal_basis", on) == "art. L441-10 et D441-5 C. com."
    with pytest.raises(KeyError):
        LAW.text("legal_basis", date(2000, 1, 1))


def test_the_data_say_one_thing_for_each_day() -> None:
    """An entry that follows another begins after it ends: of two that hold, the first would win unseen."""
    groups: dict[str, list[tuple[date, date]]] = {}
    named: list[tuple[str, Indemnity | PrescriptionTerm | DunningText]] = [
        ("indemnity", row) for row in LAW.indemnities
    ]
    named += [(row.who.value, row) for row in LAW.prescriptions]
    named += [(row.id, row) for row in LAW.texts]
    for key, row in named:
        groups.setdefault(key, []).append((row.valid_from, row.valid_to or date.max))
        assert row.source
    for spans in groups.values():
        ordered = sorted(spans)
        assert all(one[1] < other[0] for one, other in pairwise(ordered))


def test_the_buyer_is_the_one_of_the_invoice() -> None:
    found = prescription(issued(CustomerKind.BUSINESS), LAW)
    assert found is not None
    assert found.name == buyer_of(a_customer(kind=CustomerKind.BUSINESS)).name
