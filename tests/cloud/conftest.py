"""The emulator alone, with and without our repairs: what the probes compare."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local import clients
from local.clock import ClockFile
from local.ports import free_port
from local.process import Emulator
from local.state import State

PATIENCE_S = 45.0  # a busy machine is no failure


class Probed:
    """A bare emulator or a repaired one, and the few things that every probe needs."""

    def __init__(self, state: State, emulator: Emulator, *, repaired: bool) -> None:
        self.state = state
        self.emulator = emulator
        self.repaired = repaired
        self.clock = ClockFile(state.clock)

    def boto(self, service: str) -> Any:
        return clients.client(self.emulator.url, service)

    def judge(self, repair: str, *, works: bool) -> None:
        """With the repair it must work; without it, it must still be broken."""
        if self.repaired:
            assert works, f"the repair {repair} does not mend"
        else:
            assert not works, f"MiniStack does this by itself now: remove the repair {repair} and its decision entry"

    def function(self, name: str, code: str, timeout_s: int = 30) -> str:
        """A Lambda function made of one module `app` with a `handler`; its ARN."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as package:
            package.writestr("app.py", code)
        created = self.boto("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role="arn:aws:iam::000000000000:role/probe",
            Handler="app.handler",
            Code={"ZipFile": packed.getvalue()},
            Timeout=timeout_s,
        )
        return str(created["FunctionArn"])

    def stack(self, name: str, resources: dict[str, Any]) -> dict[str, str]:
        """Deploy `resources`; their physical ids by logical id."""
        formation = self.boto("cloudformation")
        formation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))
        assert eventually(lambda: _settled(formation, name)), "the stack was not created"
        described = formation.describe_stack_resources(StackName=name)["StackResources"]
        return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in described}

    def queue(self, name: str) -> tuple[str, str]:
        """A queue's address and its ARN."""
        url = self.boto("sqs").create_queue(QueueName=name)["QueueUrl"]
        return url, f"arn:aws:sqs:eu-west-3:000000000000:{name}"

    def received(self, queue_url: str, timeout_s: float) -> bool:
        """Whether a message arrives in time."""
        sqs = self.boto("sqs")
        return eventually(lambda: "Messages" in sqs.receive_message(QueueUrl=queue_url), timeout_s)


def eventually(condition: Callable[[], bool], timeout_s: float = PATIENCE_S) -> bool:
    """Whether the condition becomes true in time."""
    give_up = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.05)
    return True


def _settled(formation: Any, name: str) -> bool:
    status = formation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    assert "ROLLBACK" not in status, status
    return str(status) == "CREATE_COMPLETE"


@pytest.fixture(scope="session", params=[False, True], ids=["bare", "repaired"])
def probed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probed]:
    repaired: bool = request.param
    state = State(tmp_path_factory.mktemp("repaired" if repaired else "bare"))
    ClockFile(state.clock).ensure()
    emulator = Emulator(state, free_port(), repairs="all" if repaired else "none")
    emulator.start()
    yield Probed(state, emulator, repaired=repaired)
    emulator.stop()
