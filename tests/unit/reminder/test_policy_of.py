"""Whose word counts: invoice before customer, segment and company; what a customer's file changes. [DR-04]"""

from datetime import date
from typing import Any

import pytest

from relance.domain.follow_up import FollowUp
from relance.domain.party import Address, CustomerKind
from relance.domain.reminder.hours import Closure
from relance.domain.reminder.policy import Defaults, Source, policy_of, scenario_for
from relance.domain.reminder.scenario import Approval, DocumentKind
from tests.builders import a_customer

AWAY = (Closure(date(2026, 12, 24), date(2027, 1, 3)),)
MINE = Defaults("q", "i", "ic", "d", "dc")


def test_of_a_customer_nobody_knows_only_the_sellers_absences_count() -> None:
    policy = policy_of(None, AWAY, "a@client.example")
    assert (policy.hours.area, policy.hours.closures, policy.recipient) == ("", AWAY, "a@client.example")
    assert policy.approval is None


def test_a_customers_file_says_who_is_written_to_and_how() -> None:
    own = FollowUp(
        is_excluded=True, extra_days=5, min_level=1, max_level=3, approval="delegate", email="compta@client.example"
    )
    customer = a_customer(follow_up=own, address=Address("1 rue", "67000", "Strasbourg"))
    policy = policy_of(customer, (), "a@client.example")
    assert (policy.hours.area, policy.is_excluded, policy.extra_days) == ("6AE", True, 5)
    assert (policy.min_level, policy.max_level, policy.approval) == (1, 3, Approval.DELEGATE)
    assert policy.recipient == "compta@client.example"


def test_a_customer_without_wishes_is_as_everybody() -> None:
    policy = policy_of(a_customer(), (), "a@client.example")
    assert (policy.approval, policy.recipient, policy.is_excluded) == (None, "a@client.example", False)


@pytest.mark.parametrize(
    ("customer", "kind", "is_deposit", "expected"),
    [
        (None, DocumentKind.QUOTE, False, ("q", Source.COMPANY)),
        (None, DocumentKind.INVOICE, False, ("i", Source.COMPANY)),
        (None, DocumentKind.INVOICE, True, ("d", Source.COMPANY)),
        (a_customer(), DocumentKind.INVOICE, False, ("ic", Source.COMPANY)),
        (a_customer(), DocumentKind.INVOICE, True, ("dc", Source.COMPANY)),
        (a_customer(kind=CustomerKind.BUSINESS), DocumentKind.INVOICE, True, ("d", Source.COMPANY)),
        (a_customer(kind=CustomerKind.BUSINESS), DocumentKind.INVOICE, False, ("i", Source.COMPANY)),
        (a_customer(follow_up=FollowUp(quote_scenario="own")), DocumentKind.QUOTE, False, ("own", Source.CUSTOMER)),
        (a_customer(follow_up=FollowUp(quote_scenario="own")), DocumentKind.INVOICE, False, ("ic", Source.COMPANY)),
        (a_customer(follow_up=FollowUp(invoice_scenario="own")), DocumentKind.INVOICE, True, ("own", Source.CUSTOMER)),
    ],
)
def test_a_scenario_is_the_customers_own_or_the_companys_for_such_documents(
    customer: Any, kind: DocumentKind, is_deposit: bool, expected: tuple[str, Source]
) -> None:
    assert scenario_for(MINE, customer, kind, is_deposit=is_deposit) == expected


def test_those_who_speak_are_ranked() -> None:
    assert Source.COMPANY < Source.SEGMENT < Source.CUSTOMER < Source.DOCUMENT
