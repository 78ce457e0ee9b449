"""The port Executions: one suite for the double, the interpreter of the machine, and the adapter (on moto)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from relance.adapters.step_functions import StepFunctionsExecutions
from relance.app.ports.outside import Executions
from relance.domain.errors import Retry
from relance.domain.reminder.run import execution_name
from tests.builders import OTHER_TENANT, TENANT
from tests.doubles.outside import RecordingExecutions

QUOTE = "quo_0000000000000000000000001"
ROLE = "arn:aws:iam::123456789012:role/lifecycle"
WAITS = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 9, "End": True}}}


@dataclass
class Subject:
    """An implementation, and how a test ends what it started."""

    executions: Executions
    double: RecordingExecutions | None = None
    machine_arn: str = ""

    def end(self, turn: int) -> None:
        if self.double is not None:
            self.double.end(QUOTE)
            return
        name = execution_name(TENANT, QUOTE, turn)
        arn = f"{self.machine_arn.replace(':stateMachine:', ':execution:')}:{name}"
        boto3.client("stepfunctions").stop_execution(executionArn=arn)


@pytest.fixture(params=["double", "moto"])
def subject(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Subject]:
    if request.param == "double":
        double = RecordingExecutions()
        yield Subject(double, double)
        return
    for name, value in {
        "AWS_DEFAULT_REGION": "eu-west-3",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        client = boto3.client("stepfunctions")
        made = client.create_state_machine(name="lifecycle", definition=json.dumps(WAITS), roleArn=ROLE)
        arn = made["stateMachineArn"]
        yield Subject(StepFunctionsExecutions(client, arn), machine_arn=arn)


def test_an_execution_lives_from_its_start(subject: Subject) -> None:
    assert not subject.executions.is_alive(TENANT, "quote", QUOTE, 1)
    subject.executions.start(TENANT, "quote", QUOTE, 1)
    assert subject.executions.is_alive(TENANT, "quote", QUOTE, 1)
    assert not subject.executions.is_alive(TENANT, "quote", QUOTE, 2)
    assert not subject.executions.is_alive(OTHER_TENANT, "quote", QUOTE, 1)


def test_starting_what_runs_is_harmless(subject: Subject) -> None:
    subject.executions.start(TENANT, "quote", QUOTE, 1)
    subject.executions.start(TENANT, "quote", QUOTE, 1)
    assert subject.executions.is_alive(TENANT, "quote", QUOTE, 1)


def test_a_turn_that_is_over_is_not_alive_and_is_never_started_again(subject: Subject) -> None:
    subject.executions.start(TENANT, "quote", QUOTE, 1)
    subject.end(1)
    assert not subject.executions.is_alive(TENANT, "quote", QUOTE, 1)
    subject.executions.start(TENANT, "quote", QUOTE, 1)
    assert not subject.executions.is_alive(TENANT, "quote", QUOTE, 1)
    subject.executions.start(TENANT, "quote", QUOTE, 2)
    assert subject.executions.is_alive(TENANT, "quote", QUOTE, 2)


def test_what_is_stopped_is_over_and_stopping_again_is_harmless(subject: Subject) -> None:
    """ExecutionStopper: also of what never ran."""
    subject.executions.start(TENANT, "quote", QUOTE, 1)
    stopper = subject.executions
    assert isinstance(stopper, RecordingExecutions | StepFunctionsExecutions)
    for turn in (1, 1, 2):
        stopper.stop(TENANT, "quote", QUOTE, turn)
    assert not subject.executions.is_alive(TENANT, "quote", QUOTE, 1)


def test_a_service_that_does_not_answer_is_to_be_asked_again() -> None:
    client = boto3.client("stepfunctions", region_name="eu-west-3", aws_access_key_id="t", aws_secret_access_key="t")
    executions = StepFunctionsExecutions(client, "arn:aws:states:eu-west-3:123456789012:stateMachine:lifecycle")
    with Stubber(client) as stub:
        stub.add_client_error("start_execution", "ThrottlingException", http_status_code=400)
        stub.add_client_error("describe_execution", "InternalError", http_status_code=500)
        with pytest.raises(Retry):
            executions.start(TENANT, "quote", QUOTE, 1)
        stub.add_client_error("stop_execution", "InternalError", http_status_code=500)
        with pytest.raises(Retry):
            executions.is_alive(TENANT, "quote", QUOTE, 1)
        with pytest.raises(Retry):
            executions.stop(TENANT, "quote", QUOTE, 1)


def test_one_that_is_over_already_needs_no_stop() -> None:
    """An erasure stops the run of a quote that was refused long ago; seen on the local cloud."""
    client = boto3.client("stepfunctions", region_name="eu-west-3", aws_access_key_id="t", aws_secret_access_key="t")
    machine = "arn:aws:states:eu-west-3:123456789012:stateMachine:lifecycle"
    executions = StepFunctionsExecutions(client, machine)
    told = {
        "executionArn": machine.replace(":stateMachine:", ":execution:") + ":x",
        "stateMachineArn": machine,
        "startDate": datetime(2026, 11, 22, tzinfo=UTC),
    }
    with Stubber(client) as stub:
        stub.add_client_error("stop_execution", "ValidationException", "Execution is not running")
        stub.add_response("describe_execution", {**told, "status": "SUCCEEDED"})
        executions.stop(TENANT, "quote", QUOTE, 1)
        stub.add_client_error("stop_execution", "ValidationException", "Something else")
        stub.add_response("describe_execution", {**told, "status": "RUNNING"})
        with pytest.raises(Retry):
            executions.stop(TENANT, "quote", QUOTE, 1)
        stub.assert_no_pending_responses()
