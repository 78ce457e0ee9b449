"""One company of its own for each end-to-end test, on the session's local cloud."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from local import demo_data
from local.client import Answer, Api
from local.pace import forward, settle

if TYPE_CHECKING:
    from local.cloud import LocalCloud

PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class Firm:
    """A tenant with an API key, its company and one customer whose address is nobody else's."""

    cloud: LocalCloud
    tenant: str
    api: Api
    customer: dict[str, Any]

    def draft_quote(self, **changes: Any) -> dict[str, Any]:
        body = {**demo_data.QUOTE, "customer_id": self.customer["id"], **changes}
        quote: dict[str, Any] = self.api.post("/v1/quotes", body)
        return quote

    def send_quote(self, **changes: Any) -> dict[str, Any]:
        """Draft, send, and wait until its mail is out."""
        sent: dict[str, Any] = self.api.post(f"/v1/quotes/{self.draft_quote(**changes)['id']}/send")
        self.mails(at_least=1)
        return sent

    def draft_invoice(self, **changes: Any) -> dict[str, Any]:
        body = {"customer_id": self.customer["id"], "lines": demo_data.QUOTE["lines"], **changes}
        invoice: dict[str, Any] = self.api.post("/v1/invoices", body)
        return invoice

    def mails(self, *, at_least: int = 0) -> list[EmailMessage]:
        """What this firm's customer received, waiting for `at_least` of them."""

        def received() -> list[EmailMessage]:
            return [mail.message for mail in self.cloud.mails() if self.customer["email"] in mail.to]

        eventually(lambda: len(received()) >= at_least, f"{at_least} mails to {self.customer['email']}")
        return received()

    def forward(self, **by: float) -> None:
        forward(self.cloud, timedelta(**by), self.tenant)

    def settle(self) -> None:
        settle(self.cloud, self.tenant)


@pytest.fixture
def firm(cloud: LocalCloud) -> Iterator[Firm]:
    with closed_at_the_end(a_firm(cloud)) as firm:
        yield firm


@contextmanager
def closed_at_the_end(*firms: Firm) -> Iterator[Firm]:
    """The first of them. Afterwards nothing wakes for any of them: their runs and their place among the tenants go, or
    each jump of a later test would wake the documents of all tests before it, and close the days of all their firms.
    """
    yield firms[0]
    table = firms[0].cloud.boto("dynamodb")
    core = firms[0].cloud.outputs["CoreTable"]
    for firm in firms:
        table.delete_item(TableName=core, Key={"pk": {"S": "tenants"}, "sk": {"S": firm.tenant}})
        for page in table.get_paginator("query").paginate(
            TableName=core,
            KeyConditionExpression="pk = :tenant AND begins_with(sk, :run)",
            ExpressionAttributeValues={":tenant": {"S": firm.tenant}, ":run": {"S": "run#"}},
            ProjectionExpression="pk, sk",
        ):
            for run in page["Items"]:
                table.delete_item(TableName=core, Key=run)


def a_firm(cloud: LocalCloud, **customer: Any) -> Firm:
    """A new tenant, complete enough to send a quote."""
    tenant = f"t{secrets.token_hex(5)}"
    key = f"rl_{secrets.token_urlsafe(32)}"
    cloud.boto("dynamodb").put_item(
        TableName=cloud.outputs["CoreTable"],
        Item={
            "pk": {"S": f"apikey#{sha256(key.encode()).hexdigest()}"},
            "sk": {"S": "-"},
            "tenant": {"S": tenant},
            "user": {"S": "test"},
            "role": {"S": "owner"},
        },
    )
    api = Api(cloud.api_url, key)
    api.put("/v1/company", demo_data.COMPANY)
    body = {**demo_data.CUSTOMERS[0], "email": f"{tenant}@client.example", **customer}
    return Firm(cloud, tenant, api, api.post("/v1/customers", body))


def eventually(holds: Callable[[], bool], what: str) -> None:
    """Wait for something that happens in its own time; say what did not."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"within {PATIENCE_S:.0f} s: {what}"
        time.sleep(0.1)


def codes(answer: Answer) -> set[tuple[str, str]]:
    """The faults of a problem document, as (pointer, code)."""
    return {(fault["pointer"], fault["code"]) for fault in answer.json["faults"]}
