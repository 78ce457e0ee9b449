"""The consumer's right to withdraw: who has it, until when, and what is forbidden meanwhile."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from relance.domain.calendar_fr import is_working_day
from relance.domain.content import QuoteContent
from relance.domain.errors import Conflict
from relance.domain.party import CustomerKind
from relance.domain.quote import Acceptance, Quote, QuoteStatus, Withdrawal, withdraw, withdrawal_period
from relance.domain.withdrawal import (
    WithdrawalException,
    WithdrawalPeriod,
    exception_text,
    has_right,
    is_of_goods,
    is_of_services,
    payable_from,
    period_of,
    rules_on,
)
from tests.builders import a_customer, a_line, a_quote, a_quote_content, an_instant

MONDAY = date(2026, 11, 16)


def a_contract(channel: str = "distance", *, goods: bool = False, **changes: Any) -> QuoteContent:
    lines = (a_line(nature="goods" if goods else "services"),)
    return a_quote_content(lines=lines, channel=channel, **changes)


def period(content: QuoteContent, agreed_on: date = MONDAY, received_on: date | None = None) -> WithdrawalPeriod:
    found = period_of(content, agreed_on, received_on)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("agreed_on", "last_day"),
    [
        (date(2026, 11, 16), date(2026, 11, 30)),  # day 1 is the day after
        (date(2026, 11, 14), date(2026, 11, 30)),  # ends on Saturday 28: the Monday after
        (date(2026, 11, 15), date(2026, 11, 30)),  # ends on Sunday 29
        (date(2026, 12, 11), date(2026, 12, 28)),  # ends on Christmas, a Friday: the Monday after
        (date(2026, 10, 28), date(2026, 11, 12)),  # ends on 11 November: the day after
    ],
)
def test_a_service_may_be_withdrawn_for_14_days_moved_to_a_worked_day_W_01(agreed_on: date, last_day: date) -> None:
    found = period(a_contract(), agreed_on)
    assert found.last_day == last_day
    assert found.is_open(last_day)
    assert not found.is_open(last_day + timedelta(days=1))
    assert is_working_day(last_day)


def test_goods_count_from_their_receipt_and_stay_open_until_then_W_01() -> None:
    awaited = period(a_contract(goods=True))
    assert (awaited.last_day, awaited.is_open(date(2030, 1, 1))) == (None, True)
    assert period(a_contract(goods=True), received_on=date(2026, 12, 1)).last_day == date(2026, 12, 15)
    assert period(a_contract(), received_on=date(2026, 12, 1)).last_day == date(2026, 11, 30), "a service does not"


def test_an_option_of_goods_that_was_not_taken_does_not_make_it_a_sale_of_goods() -> None:
    option = replace(a_line(nature="goods"), is_option=True, is_chosen=False)
    content = a_contract(goods=False)
    assert not is_of_goods(replace(content, lines=(*content.lines, option)))
    assert is_of_goods(replace(content, lines=(*content.lines, replace(option, is_chosen=True))))
    assert is_of_services(content)


@pytest.mark.parametrize(
    ("agreed_on", "last_day"),
    [
        (date(2026, 11, 16), date(2027, 11, 30)),
        (date(2024, 2, 15), date(2025, 2, 28)),  # 29 February 2024, a year later
        (date(2026, 12, 20), date(2028, 1, 3)),
    ],
)
def test_who_was_told_nothing_has_12_months_more_W_04(agreed_on: date, last_day: date) -> None:
    found = period(a_contract(channel=""), agreed_on)
    assert (found.told, found.last_day) == (False, last_day)


def test_only_consumers_who_contract_away_from_the_premises_may_withdraw() -> None:
    business = a_customer(kind=CustomerKind.BUSINESS)
    assert has_right(a_contract("distance"))
    assert has_right(a_contract("off_premises"))
    assert not has_right(a_contract("premises"))
    assert not has_right(a_contract(customer=business))
    assert period_of(a_contract("premises"), MONDAY) is None


@pytest.mark.parametrize("exception", list(WithdrawalException))
def test_each_exception_of_the_law_takes_the_right_away_and_cites_it(exception: WithdrawalException) -> None:
    assert not has_right(a_contract(withdrawal_exception=exception.value))
    assert "L221-28" in exception_text(exception.value)


def test_without_exception_there_is_nothing_to_say() -> None:
    assert exception_text("") == ""


def test_the_rules_are_those_of_the_day_of_the_contract_W_02() -> None:
    assert rules_on(date(2026, 6, 18)).source.startswith("loi 2014-344")
    now = rules_on(date(2026, 6, 19))
    assert "D221-5" in now.source
    assert (now.function_label, now.confirm_label) == ("Renoncer au contrat ici", "Confirmer la rétractation")
    assert rules_on(date(2001, 1, 1)) == rules_on(date(2014, 6, 14))


@pytest.mark.parametrize(
    ("content", "first"),
    [
        (a_contract("off_premises"), date(2026, 11, 24)),
        (a_contract("distance"), MONDAY),
        (a_contract("off_premises", customer=a_customer(kind=CustomerKind.BUSINESS)), MONDAY),
        (a_contract("off_premises", withdrawal_exception="urgent_repair"), MONDAY),
        (a_contract("off_premises", withdrawal_exception="custom_made"), date(2026, 11, 24)),
    ],
)
def test_off_premises_nothing_is_paid_for_seven_days_W_03(content: QuoteContent, first: date) -> None:
    assert payable_from(content, MONDAY) == first


# --- the quote itself -------------------------------------------------------------------------------------------------


def an_accepted_quote(status: QuoteStatus = QuoteStatus.ACCEPTED, channel: str = "distance") -> Quote:
    at = an_instant("2026-11-16T09:00:00")
    acceptance = Acceptance("Camille Lefèvre", "Bon pour accord", at, "a" * 64, 1, "", "", "e" * 64)
    return a_quote(rev=3, status=status, content=a_contract(channel), acceptance=acceptance)


WITHDRAWAL = Withdrawal(an_instant("2026-11-30T22:59:00"), "Camille Lefèvre", "c@client.example", "…", "e" * 64)


def test_withdrawing_on_the_last_evening_closes_the_contract_W_05() -> None:
    withdrawn = withdraw(an_accepted_quote(), WITHDRAWAL, date(2026, 11, 30))
    assert (withdrawn.status, withdrawn.withdrawal, withdrawn.rev) == (QuoteStatus.WITHDRAWN, WITHDRAWAL, 4)


@pytest.mark.parametrize(
    ("quote", "today", "code"),
    [
        (an_accepted_quote(), date(2026, 12, 1), "no_withdrawal"),
        (an_accepted_quote(channel="premises"), MONDAY, "no_withdrawal"),
        (an_accepted_quote(QuoteStatus.WITHDRAWN), MONDAY, "quote_withdrawn"),
        *[
            (an_accepted_quote(status), MONDAY, "no_withdrawal")
            for status in QuoteStatus
            if status not in (QuoteStatus.ACCEPTED, QuoteStatus.WITHDRAWN)
        ],
    ],
)
def test_nobody_withdraws_from_what_does_not_bind_him_or_too_late(quote: Quote, today: date, code: str) -> None:
    with pytest.raises(Conflict) as refused:
        withdraw(quote, WITHDRAWAL, today)
    assert refused.value.code == code


def test_a_quote_that_nobody_accepted_has_no_period() -> None:
    assert withdrawal_period(a_quote()) is None
