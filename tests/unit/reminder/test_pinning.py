"""Which scenario a document follows: the version that was the newest when it was sent or issued. [DR-04]"""

from dataclasses import replace
from datetime import time

import pytest

from relance.app.pinning import newest, pinned
from relance.domain.follow_up import FollowUp
from relance.domain.party import CustomerKind
from relance.domain.reminder.policy import Defaults, Source
from relance.domain.reminder.scenario import SHIPPED, Anchor, Condition, DocumentKind, Scenario, Step, shipped_id
from relance.domain.reminder.settings import ReminderSettings
from tests.builders import OTHER_TENANT, TENANT, a_customer
from tests.doubles.office import Office
from tests.doubles.outside import START

STEP = Step("first", Anchor.DUE, 5, time(9, 30), Condition.UNPAID, "invoice_overdue", 1)
BUSINESS = a_customer(kind=CustomerKind.BUSINESS)
INVOICE, QUOTE = DocumentKind.INVOICE, DocumentKind.QUOTE


@pytest.fixture
def office() -> Office:
    return Office()


def publish(office: Office, version: int, name: str = "mine") -> None:
    office.put(Scenario(TENANT, name, version, 1, INVOICE, "Le nôtre", (STEP,), START))


@pytest.mark.parametrize(
    ("customer", "kind", "is_deposit", "expected"),
    [
        (BUSINESS, QUOTE, False, "standard.quote"),
        (a_customer(), QUOTE, False, "standard.quote"),
        (BUSINESS, INVOICE, False, "standard.invoice"),
        (a_customer(), INVOICE, False, "standard.invoice_consumer"),
        (BUSINESS, INVOICE, True, "standard.deposit"),
        (a_customer(), INVOICE, True, "standard.deposit_consumer"),
        (None, INVOICE, False, "standard.invoice"),
    ],
)
def test_a_new_company_reminds_of_everything_without_having_chosen_anything_complaint_7(
    office: Office, customer: object, kind: DocumentKind, is_deposit: bool, expected: str
) -> None:
    found = pinned(office.ctx, TENANT, customer, kind, is_deposit=is_deposit)  # type: ignore[arg-type]  # a table
    assert found == (shipped_id(expected), Source.COMPANY)


def test_a_name_is_pinned_in_its_newest_version_and_an_id_as_it_is(office: Office) -> None:
    for version in (1, 2, 10, 9):
        publish(office, version)
    assert newest(office.ctx, TENANT, "mine") == "mine@10"
    assert newest(office.ctx, OTHER_TENANT, "mine") == ""
    office.put(ReminderSettings(TENANT, 1, defaults=Defaults(invoice="mine", deposit="mine@2")))
    assert pinned(office.ctx, TENANT, BUSINESS, INVOICE) == ("mine@10", Source.COMPANY)
    assert pinned(office.ctx, TENANT, BUSINESS, INVOICE, is_deposit=True)[0] == "mine@2"


def test_a_customer_counts_for_more_than_the_company_DR_04(office: Office) -> None:
    publish(office, 1)
    chosen = replace(BUSINESS, follow_up=FollowUp(invoice_scenario="mine"))
    assert pinned(office.ctx, TENANT, chosen, INVOICE) == ("mine@1", Source.CUSTOMER)
    assert pinned(office.ctx, TENANT, chosen, QUOTE)[1] is Source.COMPANY


def test_a_company_that_wants_no_reminders_has_none_and_a_name_of_nothing_is_the_product_s_own(office: Office) -> None:
    office.put(ReminderSettings(TENANT, 1, defaults=Defaults(quote="", invoice="gone")))
    assert pinned(office.ctx, TENANT, BUSINESS, QUOTE) == ("", Source.COMPANY)
    assert pinned(office.ctx, TENANT, BUSINESS, INVOICE)[0] == shipped_id("standard.invoice")


def test_the_shipped_versions_that_are_pinned_are_the_newest_that_are_published(office: Office) -> None:
    published = office.post.published.all(TENANT)
    assert {name: max(s.version for s in published if s.name == name) for name in SHIPPED} == SHIPPED
