"""Numbering over HTTP, on the local cloud: gapless, unique, dated in order. [N-01, N-02, N-07]"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.e2e.conftest import eventually

if TYPE_CHECKING:
    from local.client import Answer
    from tests.e2e.conftest import Firm

INVOICES = 50


def test_fifty_invoices_issued_at_once_get_the_numbers_1_to_50_without_gap_or_double(firm: Firm) -> None:
    drafts = [firm.draft_invoice()["id"] for _ in range(INVOICES)]

    def issue(draft: str) -> Answer:
        while True:  # what a client does with 503 and Retry-After: the same request, with the same key
            answer = firm.api.send("POST", f"/v1/invoices/{draft}/issue", headers={"Idempotency-Key": f"issue-{draft}"})
            if answer.status != 503:
                return answer

    with ThreadPoolExecutor(INVOICES) as writers:
        answers = list(writers.map(issue, drafts))

    assert [answer.status for answer in answers] == [200] * INVOICES, {a.text for a in answers if a.status != 200}
    numbers = sorted(int(answer.json["number"].rsplit("-", 1)[1]) for answer in answers)
    assert numbers == list(range(1, INVOICES + 1))


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
