"""Numbering over HTTP, on the local cloud: gapless, unique, dated in order. [N-01, N-02, N-07]"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest

from relance.adapters.dynamo.archive_heads import DynamoArchiveHeads
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.journal import DynamoJournal
from relance.adapters.s3_archive import S3ImmutableStore
from relance.app.archiving import Archive, verify
from tests.e2e.conftest import Firm, a_firm, closed_at_the_end, eventually

if TYPE_CHECKING:
    from local.client import Answer
    from local.cloud import LocalCloud

INVOICES = 50
FIRMS = 20


def test_fifty_writers_of_one_company_and_twenty_companies_at_once_have_one_gapless_chain_each_N_07(
    firm: Firm, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ThreadPoolExecutor(FIRMS) as pool:
        others = list(pool.map(lambda _: a_firm(cloud), range(FIRMS - 1)))
        list(pool.map(_remind_nobody, (firm, *others)))
    with closed_at_the_end(*others):
        _all_at_once(firm, others, cloud, monkeypatch)


def _all_at_once(firm: Firm, others: list[Firm], cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    work = [(firm, firm.draft_invoice()["id"]) for _ in range(INVOICES)]
    work += [(other, other.draft_invoice()["id"]) for other in others]

    def issue(one: tuple[Firm, str]) -> Answer:
        who, draft = one
        while True:  # what a client does with 503 and Retry-After: the same request, with the same key
            answer = who.api.send("POST", f"/v1/invoices/{draft}/issue", headers={"Idempotency-Key": f"issue-{draft}"})
            if answer.status != 503:
                return answer

    with ThreadPoolExecutor(len(work)) as writers:
        answers = list(writers.map(issue, work))

    assert [answer.status for answer in answers] == [200] * len(work), {a.text for a in answers if a.status != 200}
    numbers = [int(answer.json["number"].rsplit("-", 1)[1]) for answer in answers]
    assert sorted(numbers[:INVOICES]) == list(range(1, INVOICES + 1))
    assert numbers[INVOICES:] == [1] * len(others)

    def sealed(one: Firm) -> bool:
        status = one.api.get("/v1/archive/status")
        return bool(status["archived"] == status["signed"] == status["recorded"])

    for one in (firm, *others):
        eventually(partial(sealed, one), f"the archive of {one.tenant} holds its whole journal")
    for name, value in cloud.env.items():
        monkeypatch.setenv(name, value)
    database = Database(core_table=cloud.outputs["CoreTable"], journal_table=cloud.outputs["JournalTable"])
    bucket = S3ImmutableStore(cloud.boto("s3"), cloud.outputs["ArchiveBucket"])
    archive = Archive(DynamoJournal(database), DynamoArchiveHeads(database), bucket)
    for one in (firm, others[0], others[-1]):
        walked = verify(one.tenant, archive, now_ms=1)
        assert (walked.faults, walked.journal_intact) == ((), True)


def _remind_nobody(firm: Firm) -> None:
    """Or all its invoices would be dunned whenever a later test lets weeks pass on the same cloud."""
    firm.api.put("/v1/settings/reminders", {"defaults": {"invoice": ""}}, etag='"0"')


def test_the_same_request_again_gives_the_first_answer_and_no_second_number(firm: Firm) -> None:
    draft = firm.draft_invoice()["id"]
    key = {"Idempotency-Key": "once"}
    first = firm.api.send("POST", f"/v1/invoices/{draft}/issue", headers=key)
    again = firm.api.send("POST", f"/v1/invoices/{draft}/issue", headers=key)
    assert (first.status, again.status) == (200, 200)
    assert first.json["number"] == again.json["number"]
    other = firm.api.send("POST", f"/v1/invoices/{draft}/issue", body={"other": 1}, headers=key)
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")


def test_every_issue_ends_in_the_locked_archive(firm: Firm) -> None:
    firm.api.post(f"/v1/invoices/{firm.draft_invoice()['id']}/issue")
    firm.mails(at_least=1)

    def sealed() -> bool:
        status = firm.api.get("/v1/archive/status")
        return bool(status["recorded"] >= 3 and status["archived"] == status["signed"] == status["recorded"])

    eventually(sealed, "the archive holds the whole journal")
    s3, bucket = firm.cloud.boto("s3"), firm.cloud.outputs["ArchiveBucket"]
    stored = s3.list_objects_v2(Bucket=bucket, Prefix=f"{firm.tenant}/")["Contents"]
    kinds = {entry["Key"].split("/")[1] for entry in stored}
    assert {"seg", "ckpt", "doc", "log.json"} <= kinds
    for entry in stored:
        head = s3.head_object(Bucket=bucket, Key=entry["Key"])
        assert head["ObjectLockMode"] == "GOVERNANCE", entry["Key"]
