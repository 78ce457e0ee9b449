"""What the machine and the schedule get from the functions: names of errors, one failure at the end, and no secrets."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import msgspec
import pytest
from botocore.stub import Stubber

from functions.relaunch_sweep import app as relaunch_sweep
from functions.relaunch_sweep.wiring import Parts
from relance.adapters.archive_bell import ArchiveBell
from relance.app.sending import MailDeferred
from relance.contracts.lifecycle import DocumentTask
from relance.domain.errors import Contention, Invalid, OutcomeUnknown, Retry
from relance.runtime.observability import Log
from relance.runtime.tasks import TaskFailed, task
from tests.builders import TENANT
from tests.doubles.office import Office
from tests.doubles.sweeping import Tenants

ASKED = {"tenant": TENANT, "kind": "quote", "id": "quo_1", "turn": 1, "action": "render", "more": "ignored"}


def failing(error: Exception) -> Callable[[DocumentTask], dict[str, Any]]:
    def work(_asked: DocumentTask) -> dict[str, Any]:
        raise error

    return work


@pytest.mark.parametrize(
    ("raised", "name", "text"),
    [
        (Contention("Trop d’écritures pour Mme Lefèvre."), Retry, "contention"),
        (OutcomeUnknown("Pas de réponse pour Mme Lefèvre."), Retry, "outcome_unknown"),
        (MailDeferred("Plus tard pour Mme Lefèvre."), MailDeferred, "mail_deferred"),
        (Invalid("Mme Lefèvre n’a pas d’adresse."), TaskFailed, "invalid: Invalid"),
        (ValueError("camille.lefevre@client.example"), TaskFailed, "unexpected: ValueError"),
    ],
)
def test_the_machine_is_told_a_name_and_a_code_and_no_word_of_a_document(
    raised: Exception, name: type[Exception], text: str
) -> None:
    handler = task(Log("test"), DocumentTask, failing(raised), own=(MailDeferred,))
    with pytest.raises(name) as caught:
        handler(ASKED, None)
    assert type(caught.value) is name
    assert str(caught.value) == text


def test_a_task_gives_back_what_its_work_gave() -> None:
    handler = task(Log("test"), DocumentTask, lambda asked: {"seen": asked.id})
    assert handler(ASKED, None) == {"seen": "quo_1"}


@pytest.mark.parametrize("broken", [{}, {**ASKED, "kind": "receipt"}, {**ASKED, "turn": "1"}])
def test_a_payload_that_is_not_ours_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        task(Log("test"), DocumentTask, lambda _: {})(broken, None)


def test_the_sweep_fails_at_its_end_and_only_when_something_failed() -> None:
    office = Office()
    office.quote()
    tenants, rung = Tenants(office, unarchived=("ten_a",)), list[str]()
    parts = Parts(office.ctx, tenants, office.executions, tenants, rung.append)
    assert relaunch_sweep.answer(parts) == {"looked_at": 1, "started": 1, "rung": 1}
    tenants.silent = True
    with pytest.raises(relaunch_sweep.SweepIncomplete, match="1 failed; 0 runs looked at, 1 archivers rung"):
        relaunch_sweep.answer(parts)
    assert rung == ["ten_a", "ten_a"]


def test_the_archiver_is_rung_by_an_asynchronous_call_that_names_the_tenant() -> None:
    client = boto3.client("lambda", region_name="eu-west-3", aws_access_key_id="t", aws_secret_access_key="t")
    asked = {"FunctionName": "archiver", "InvocationType": "Event", "Payload": json.dumps({"tenant": TENANT}).encode()}
    with Stubber(client) as stub:
        stub.add_response("invoke", {"StatusCode": 202}, asked)
        stub.add_client_error("invoke", "TooManyRequestsException", http_status_code=429)
        bell = ArchiveBell(client, "archiver")
        bell.ring(TENANT)
        with pytest.raises(Retry):
            bell.ring(TENANT)
        stub.assert_no_pending_responses()
