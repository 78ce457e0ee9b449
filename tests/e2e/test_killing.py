"""The local cloud is killed amid two dozen running scenarios, amid two hundred on demand. [DR-10, DR-17, S-07]

Its functions die where they stand, its executions are gone, its tables stay, as those of AWS do. The sweep resumes each
run; what a sender had claimed when it died is in doubt, shown as such, and sent by nobody else. The cloud is one of its
own, since the clock jumps and every execution dies. `make validate` kills two hundred.
"""

from __future__ import annotations

import json
import os
import secrets
from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

import pytest

from local.repairs.few_workers import WORKERS
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.open_work import DynamoOpenWork
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.s3_documents import S3Documents
from relance.adapters.step_functions import StepFunctionsExecutions
from relance.app.ports.store import Commit, Entity
from relance.domain.calendar_fr import PARIS, at_paris, is_working_day
from relance.domain.ids import CustomerId, QuoteId, TenantId
from relance.domain.reminder.claim import Claim, ClaimState
from relance.domain.reminder.run import Run, RunStatus, new_run
from relance.domain.reminder.scenario import (
    DELIVERY,
    Anchor,
    Condition,
    DocumentKind,
    Guards,
    Scenario,
    Step,
)
from tests.builders import a_company, a_quote_draft
from tests.doubles.office import a_claim, a_sent_quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.cloud import LocalCloud
    from relance.domain.quote import Quote

pytestmark = pytest.mark.cloud

RUNS: Final = 200 if os.environ.get("WHOLE_CORPUS") else 24
FIRST: Final = Step("first", Anchor.SENT, 2, time(9, 0), Condition.UNANSWERED, "quote_reminder")
PATIENCE_S: Final = 150.0
ROOT: Final = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def own_cloud() -> Iterator[LocalCloud]:
    from local.cloud import LocalCloud  # noqa: PLC0415 - only who runs it pays for boto3

    # The demo's state, emptied: what it deployed is kept, and is deployed again from there in no time.
    with LocalCloud.start(ROOT / ".local" / "test-demo", fresh=True) as running:
        yield running


def test_killed_and_started_again_every_document_gets_the_mails_it_would_have_got(
    own_cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = own_cloud
    for name, value in cloud.env.items():
        monkeypatch.setenv(name, value)
    tenant = TenantId(f"k{secrets.token_hex(5)}")
    quotes, before = seeded(cloud, tenant), kept(cloud)
    executions = StepFunctionsExecutions(cloud.boto("stepfunctions"), cloud.outputs["LifecycleMachineArn"])
    for quote in quotes:
        executions.start(tenant, "quote", quote.id, 1)
    wait_until(lambda: kept(cloud) - before >= RUNS // 4, "a quarter of the mails")

    cloud.emulator.stop()
    died_at = kept(cloud) - before
    cloud.emulator.start()

    assert died_at < RUNS, "it was over before it was killed: nothing was shown"
    resume(cloud, tenant)

    claims = reminders(cloud, tenant)
    assert {claim.document_id for claim in claims} == {quote.id for quote in quotes}
    doubtful = {claim.recipient for claim in claims if claim.state is not ClaimState.SENT}
    assert len(doubtful) <= WORKERS, "one mail for each sender that died, at most"
    received = Counter(
        address for mail in cloud.mails() for address in mail.to if address.endswith(f"@{tenant}.example")
    )
    for quote in quotes:
        assert quote.content is not None
        address = quote.content.buyer.email
        assert received[address] == 1 or (address in doubtful and received[address] == 0), address
    runs = store(cloud).get_many(tenant, Run, [quote.id for quote in quotes]).values()
    assert {run.status for run in runs} == {RunStatus.DONE}


def resume(cloud: LocalCloud, tenant: TenantId) -> None:
    """Sweep as the schedule does, every quarter of an hour, until every run had its turn.

    Once is usually enough. An execution that a busy laptop starved until its retries were used up is started again by
    the next sweep, as on any other day.
    """
    for _ in range(6):
        sweep(cloud)
        give_up = monotonic() + PATIENCE_S / 3
        while left := due(cloud, tenant):
            if monotonic() > give_up:
                break
            sleep(0.5)
        if not left:
            return
        cloud.clock.advance(timedelta(minutes=16))
    raise AssertionError(f"still due: {due(cloud, tenant)}")


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Patiently: two hundred scenarios share two cores."""
    give_up = monotonic() + PATIENCE_S
    while not holds():
        assert monotonic() < give_up, f"within {PATIENCE_S:.0f} s: {what}"
        sleep(0.5)


def kept(cloud: LocalCloud) -> int:
    """How many mails the mail service has taken since the cloud began."""
    return sum(1 for _ in cloud.state.mails.glob("*.eml"))


def seeded(cloud: LocalCloud, tenant: TenantId) -> list[Quote]:
    """Two hundred quotes, each of a customer of its own, delivered two days ago: their first reminder is due."""
    cloud.clock.advance(next_working_morning(cloud.clock.now()))
    now = cloud.clock.now().replace(microsecond=0)
    sent_at = now - timedelta(days=2)
    pdf = S3Documents(cloud.boto("s3"), cloud.outputs["DocumentsBucket"]).put(b"%PDF-1.7 as sealed")
    own = Scenario(tenant, "own", 1, 1, DocumentKind.QUOTE, "Un rappel", (FIRST,), sent_at, guards=Guards())
    entities: list[Entity] = [a_company(tenant), own]
    quotes = []
    for n in range(RUNS):
        whose = CustomerId(f"cus_{n:026d}")
        quote = a_sent_quote(
            sent_at, 60, pdf, tenant=tenant, id=QuoteId(f"quo_{tenant}{n:015d}"), draft=a_quote_draft(customer_id=whose)
        )
        assert quote.content is not None
        buyer = replace(quote.content.buyer, email=f"c{n}@{tenant}.example")
        quote = replace(quote, rev=1, content=replace(quote.content, buyer=buyer))
        delivered = replace(a_claim(DELIVERY, sent_at, quote.id, rev=1, tenant=tenant), recipient=buyer.email)
        run = replace(new_run(tenant, "quote", quote.id, own.id, sent_at, customer_id=whose), next_at=now)
        entities += [quote, delivered, run]
        quotes.append(quote)
    place = store(cloud)
    for i in range(0, len(entities), 90):
        place.commit(Commit(tenant, secrets.token_hex(16), puts=tuple(entities[i : i + 90])))
    # As the first fact of its journal would have it: from then on the sweep knows the tenant.
    item = {"pk": {"S": "tenants"}, "sk": {"S": tenant}}
    cloud.boto("dynamodb").put_item(TableName=cloud.outputs["CoreTable"], Item=item)
    return quotes


def next_working_morning(now: datetime) -> datetime:
    """Ten o'clock in Paris on a working day whose day before yesterday, and whose next week, are no trouble."""
    day = now.astimezone(PARIS).date() + timedelta(days=1)
    while not (is_working_day(day) and day.weekday() == 2):
        day += timedelta(days=1)
    return at_paris(day, time(10, 0))


def store(cloud: LocalCloud) -> DynamoStore:
    return DynamoStore(database(cloud))


def database(cloud: LocalCloud) -> Database:
    return Database(
        core_table=cloud.outputs["CoreTable"], region=cloud.env["AWS_REGION"], endpoint=cloud.env["AWS_ENDPOINT_URL"]
    )


def reminders(cloud: LocalCloud, tenant: TenantId) -> list[Claim]:
    """The claims of all reminders."""
    place, found, cursor = store(cloud), list[Claim](), None
    while True:
        page = place.page(tenant, Claim, limit=200, cursor=cursor)
        found += [claim for claim in page.items if claim.is_reminder]
        if (cursor := page.cursor) is None:
            return found


def due(cloud: LocalCloud, tenant: TenantId) -> list[str]:
    """The runs that have something to do now."""
    return list(DynamoOpenWork(database(cloud)).due_ids(tenant, cloud.clock.now()))


def sweep(cloud: LocalCloud) -> None:
    """What the schedule does every quarter of an hour."""
    lambdas = cloud.boto("lambda")
    names = [f["FunctionName"] for f in lambdas.list_functions(MaxItems=100)["Functions"]]
    (name,) = [name for name in names if "RelaunchSweep" in name]
    answer = lambdas.invoke(FunctionName=name)
    assert "FunctionError" not in answer, json.loads(answer["Payload"].read())
