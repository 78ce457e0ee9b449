"""What one reminder costs in requests, counted on the real adapter: the goal is six, beside the one for the mail."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time
from typing import Any, Final

import boto3
import pytest
from moto import mock_aws

from relance.domain.reminder.scenario import Anchor, Condition, Step
from tests.doubles.counted import counted
from tests.doubles.dynamo import botocore_session, create_tables
from tests.doubles.office import Office

REGION: Final = "eu-west-3"
GOAL: Final = 6
SOFT: Final = Step("soft", Anchor.DUE, 1, time(9, 0), Condition.UNPAID, "invoice_overdue", level=1)
FIRM: Final = replace(SOFT, id="firm", offset_days=30, level=2)


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    for variable in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    with mock_aws():
        client = boto3.Session(botocore_session=botocore_session()).client("dynamodb", region_name=REGION)
        yield {"region": REGION, **create_tables(client, "counted-")}


def test_a_reminder_of_an_invoice_takes_six_requests(tables: dict[str, Any]) -> None:
    office = Office()
    invoice = office.owing(1, "standard.invoice@1", days_late=3)
    place = counted(office, **tables)
    assert place.wake(invoice).done == (("overdue", "sent"),)
    assert place.requests == [
        "GetItem",  # the run
        "BatchGetItem",  # document, customer, company, settings, letter box, link …
        "Query",  # its claims
        "Query",  # what else the customer is followed for
        "TransactWriteItems",  # claim, letter box, run, link
        "TransactWriteItems",  # sent, and when to look again
    ]
    assert len(place.requests) <= GOAL


def test_a_wake_with_nothing_to_do_takes_four(tables: dict[str, Any]) -> None:
    office = Office()
    invoice = office.owing(1, office.publish(FIRM), days_late=3)
    place = counted(office, **tables)
    assert place.wake(invoice).done == ()
    assert place.requests == ["GetItem", "BatchGetItem", "Query", "TransactWriteItems"]


def test_asking_for_several_invoices_in_one_mail_costs_no_more_for_each(tables: dict[str, Any]) -> None:
    office = Office()
    own = office.publish(SOFT, FIRM)
    invoices = [office.owing(n, own, days_late=3) for n in range(1, 5)]
    place = counted(office, **tables)
    assert place.wake(invoices[0]).done == (("soft", "sent"),)
    assert len(place.requests) / len(invoices) <= GOAL
    assert [place.wake(one).done for one in invoices[1:]] == [(), (), ()]
    assert len(office.mailer.delivered) == 1
