"""The public functions as deployed: real routes, real tables, a real queue; a tenant of its own per test."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from local.client import Customer as Browser
from local.client import call
from relance.adapters.dynamo.activity import DynamoActivityLog
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.store import DynamoStore
from relance.app.ports.activity import Activity
from relance.app.ports.store import Commit, Entity
from relance.contracts.retention import RetentionTask, encode
from relance.domain.content import content_sha256
from relance.domain.erasure import Erasure, ErasureReason, ErasureState
from relance.domain.ids import CustomerId, QuoteId, TenantId
from relance.domain.links import Link, Pixel, link_id, link_token, pixel_token, preview_proof
from relance.domain.party import Customer, CustomerKind
from relance.domain.quote import Quote, QuoteStatus
from relance.domain.retention import Work
from tests.builders import a_company, a_customer, a_quote, a_quote_content, a_quote_draft
from tests.doubles.outside import ManualClock

if TYPE_CHECKING:
    from local.cloud import LocalCloud


class Tenant:
    """A seller and a customer that nobody else has, put into the tables as their functions would have."""

    def __init__(self, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, *, consents: bool) -> None:
        for name, value in cloud.env.items():
            monkeypatch.setenv(name, value)
        outputs = cloud.outputs
        database = Database(
            core_table=outputs["CoreTable"],
            journal_table=outputs["JournalTable"],
            activity_table=outputs["ActivityTable"],
            endpoint=cloud.env["AWS_ENDPOINT_URL"],
        )
        self.cloud = cloud
        self.id = TenantId(f"ten_{uuid4().hex}")
        self.store = DynamoStore(database)
        self.activity = DynamoActivityLog(database, ManualClock(cloud.clock.now()))
        self.key = cloud.boto("secretsmanager").get_secret_value(SecretId=_link_key(cloud))["SecretString"].encode()
        kind = CustomerKind.BUSINESS
        self.customer = a_customer(self.id, kind=kind, consents=consents, id=CustomerId(f"cus_{uuid4().hex[:26]}"))
        self.put(a_company(self.id), self.customer)

    def put(self, *entities: Entity) -> None:
        self.store.commit(Commit(self.id, uuid4().hex, puts=entities))

    def quote(self) -> Quote:
        today = self.cloud.clock.now().date()
        content = a_quote_content(customer=self.customer, validity_until=today.replace(year=today.year + 1))
        pdf = self.cloud.boto("s3")
        digest = sha256(self.id.encode()).hexdigest()
        pdf.put_object(Bucket=self.cloud.outputs["DocumentsBucket"], Key=f"pdf/{digest}.pdf", Body=b"%PDF-")
        quote = a_quote(
            self.id,
            id=QuoteId(f"quo_{uuid4().hex[:26]}"),
            draft=a_quote_draft(self.customer.id),
            status=QuoteStatus.SENT,
            number=content.number,
            content=content,
            content_sha256=content_sha256(content),
            pdf_sha256=digest,
            sent_at=self.cloud.clock.now(),
        )
        self.put(quote)
        return quote

    def page(self, quote: Quote) -> str:
        token = link_token(self.key, self.id, "quote", quote.id)
        self.put(Link(self.id, link_id(token), 1, "quote", quote.id, quote.created_at))
        return f"{self.cloud.public_url}/q/{token}"

    def pixel(self, quote: Quote) -> str:
        random = uuid4().bytes[:10]
        self.put(Pixel(self.id, random.hex(), 1, self.customer.id, "quote", quote.id, "claim", quote.created_at))
        return pixel_token(self.key, random)

    def noticed(self, quote: Quote) -> tuple[Activity, ...]:
        return self.activity.of_document(self.id, "quote", quote.id)


def _link_key(cloud: LocalCloud) -> str:
    secrets = cloud.boto("secretsmanager").list_secrets()["SecretList"]
    return next(str(secret["ARN"]) for secret in secrets if "LinkKey" in secret["Name"])


def wait_for(happened: Callable[[], object], within_s: float = 120) -> None:
    deadline = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.2)


def test_an_acceptance_travels_from_the_browser_to_the_journal(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = Tenant(cloud, monkeypatch, consents=False)
    quote = tenant.quote()
    page = tenant.page(quote)
    answer = Browser().submit(page, "/accept", name="Nadia Perrin, gérante", mention="Bon pour accord")
    assert answer.status == 303, answer.text
    accepted = tenant.store.get(tenant.id, Quote, quote.id)
    assert accepted is not None
    assert accepted.acceptance is not None
    assert (accepted.status, accepted.acceptance.name) == (QuoteStatus.ACCEPTED, "Nadia Perrin, gérante")
    assert tenant.store.head(tenant.id).seq == 1
    assert "Devis accepté" in Browser().look(page).text


def test_a_consented_open_goes_through_the_queue_and_a_forged_one_nowhere(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = Tenant(cloud, monkeypatch, consents=True)
    quote = tenant.quote()
    token = tenant.pixel(quote)
    agent = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"}
    forged = call("GET", f"{cloud.public_url}/o/{'A' * 30}.gif", headers=agent)
    genuine = call("GET", f"{cloud.public_url}/o/{token}.gif", headers=agent)
    assert (forged.status, forged.body) == (genuine.status, genuine.body)
    assert (genuine.status, len(genuine.body)) == (200, 43)
    assert genuine.headers["Cache-Control"] == forged.headers["Cache-Control"] == "no-store, private"
    wait_for(lambda: tenant.noticed(quote))
    (opened,) = tenant.noticed(quote)
    assert (opened.kind, opened.data["class"]) == ("opened", "human_probable")


def test_a_preview_leaves_a_mark_by_which_the_seller_is_known(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = Tenant(cloud, monkeypatch, consents=False)
    quote = tenant.quote()
    page = tenant.page(quote)
    agent = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"}
    shown = call("GET", f"{page}?preview={preview_proof(tenant.key, page.rpartition('/')[2])}", headers=agent)
    mark = shown.headers["Set-Cookie"].partition(";")[0]
    again = call("GET", page, headers=agent | {"Cookie": mark})
    assert "votre propre document" in shown.text
    assert "votre propre document" in again.text
    wait_for(lambda: tenant.noticed(quote))
    assert {activity.data["class"] for activity in tenant.noticed(quote)} == {"self"}


def test_consent_withdrawn_by_the_link_of_the_mail_leaves_no_trace_of_later_opens(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And once he is erased [K-07], by the deployed function, no trace at all: tables, versions of the PDF, link."""
    tenant = Tenant(cloud, monkeypatch, consents=True)
    quote = tenant.quote()
    token = tenant.pixel(quote)
    assert Browser().submit(f"{cloud.public_url}/u/{token}", token).status == 200
    assert call("GET", f"{cloud.public_url}/o/{token}.gif").status == 200
    page = tenant.page(quote)
    assert Browser().submit(page, "/seen").status == 204
    wait_for(lambda: tenant.noticed(quote))
    time.sleep(2)
    assert {activity.kind for activity in tenant.noticed(quote)} == {"followed", "viewed"}

    erasure = Erasure(
        tenant.id, tenant.customer.id, 1, ErasureState.ASKED, ErasureReason.REQUEST, cloud.clock.now(), "user:louise"
    )
    tenant.put(erasure)
    assert _answered(cloud, "Retention", encode(RetentionTask(tenant.id, Work.ERASE, erasure.id))) == {"state": "done"}
    assert tenant.noticed(quote) == ()
    assert tenant.store.get(tenant.id, Quote, quote.id) is None
    assert tenant.store.get(tenant.id, Customer, tenant.customer.id) is None
    assert tenant.store.head(tenant.id).seq == 1, "prospect.erased, and nothing else of him"
    key, bucket = f"pdf/{quote.pdf_sha256}.pdf", cloud.outputs["DocumentsBucket"]
    assert "Versions" not in cloud.boto("s3").list_object_versions(Bucket=bucket, Prefix=key)
    never = call("GET", f"{page[:-22]}{'A' * 22}")
    gone = call("GET", page)
    assert (gone.status, gone.text) == (never.status, never.text)


def _answered(cloud: LocalCloud, function: str, payload: bytes) -> object:
    lambdas = cloud.boto("lambda")
    names = [found["FunctionName"] for found in lambdas.list_functions(MaxItems=100)["Functions"]]
    name = next(name for name in names if f"{function}Function" in name)
    return json.loads(lambdas.invoke(FunctionName=name, Payload=payload)["Payload"].read())
