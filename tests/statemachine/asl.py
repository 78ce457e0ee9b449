"""A small interpreter of the Amazon States Language, on a clock that is moved from event to event.

It knows what statemachines/lifecycle.asl.yaml uses, and refuses the rest: Task with Parameters, ResultPath, Retry and
Catch; Choice on StringEquals; Wait on TimestampPath; Succeed; Fail; JSONPath as the machine writes it. Step Functions
developer guide, "Amazon States Language", checked 2026-11. Retries wait the whole interval: jitter only makes it less.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from relance.domain.ids import TenantId
from relance.domain.reminder.run import execution_name
from tests.doubles.outside import ManualClock
from tests.doubles.store import Crash

ROOT: Final = Path(__file__).resolve().parents[2]
START_EXECUTION: Final = "arn:aws:states:::states:startExecution"
Task = Callable[[dict[str, Any], object], dict[str, Any]]


@cache
def lifecycle() -> dict[str, Any]:
    """The machine that is deployed, read once for all tests: change a copy, never this one."""
    definition: dict[str, Any] = yaml.safe_load((ROOT / "statemachines" / "lifecycle.asl.yaml").read_text("utf-8"))
    return definition


class NamedError(Exception):
    """An error of the service itself, under its name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass
class Execution:
    """One execution: where it stands, what it carries, when it goes on, and the states it went through."""

    name: str
    asked: dict[str, Any]
    state: str
    data: dict[str, Any]
    wake_at: datetime
    status: str = "RUNNING"
    trace: list[str] = field(default_factory=list)
    retries: dict[int, int] = field(default_factory=dict)
    error: str = ""
    waiting: bool = False


@dataclass
class Machine:
    """Every execution of one machine; an Executions port as well. `tasks` by the placeholder of their ARN."""

    definition: dict[str, Any]
    tasks: Mapping[str, Task]
    clock: ManualClock
    executions: dict[str, Execution] = field(default_factory=dict)

    # --- the port ---------------------------------------------------------------------------------------------------

    def start(self, tenant: TenantId, document_kind: str, document_id: str, turn: int) -> None:
        asked = {"tenant": tenant, "kind": document_kind, "id": document_id, "turn": turn}
        name = execution_name(tenant, document_id, turn)
        if name not in self.executions:
            self._begin(name, asked)

    def is_alive(self, tenant: TenantId, document_kind: str, document_id: str, turn: int) -> bool:
        found = self.executions.get(execution_name(tenant, document_id, turn))
        return found is not None and found.status == "RUNNING"

    # --- time -------------------------------------------------------------------------------------------------------

    def run_until(self, instant: datetime) -> None:
        """Live until then: whoever is due first goes on first, and the clock goes with him."""
        while (due := self._next(instant)) is not None:
            self.clock.move_to(max(due.wake_at, self.clock.at))
            self._step(due)
        self.clock.move_to(max(instant, self.clock.at))

    def kill(self) -> None:
        """What is running dies, as when the local cloud stops."""
        for execution in self.running():
            execution.status, execution.error = "FAILED", "States.ServiceRestart"

    def running(self) -> Iterator[Execution]:
        """What is alive now."""
        return (execution for execution in list(self.executions.values()) if execution.status == "RUNNING")

    def _next(self, before: datetime) -> Execution | None:
        due = min(self.running(), key=lambda execution: execution.wake_at, default=None)
        return due if due is not None and due.wake_at <= before else None

    # --- states -----------------------------------------------------------------------------------------------------

    def _begin(self, name: str, asked: dict[str, Any]) -> None:
        data = json.loads(json.dumps(asked))
        self.executions[name] = Execution(name, asked, self.definition["StartAt"], data, self.clock.now())

    def _step(self, execution: Execution) -> None:
        state = self.definition["States"][execution.state]
        if not execution.retries and not execution.waiting:
            execution.trace.append(execution.state)
        match state["Type"]:
            case "Task":
                self._task(execution, state)
            case "Choice":
                self._go(execution, _choose(state, execution.data))
            case "Wait":
                self._wait(execution, state)
            case "Succeed":
                execution.status = "SUCCEEDED"
            case "Fail":
                execution.status = "FAILED"
                execution.error = str(_path(state["ErrorPath"], execution.data))
            case other:
                raise NotImplementedError(other)

    def _wait(self, execution: Execution, state: dict[str, Any]) -> None:
        until = datetime.fromisoformat(str(_path(state["TimestampPath"], execution.data)))
        if execution.waiting or until <= self.clock.now():
            self._go(execution, state["Next"])
        else:
            execution.waiting, execution.wake_at = True, until

    def _task(self, execution: Execution, state: dict[str, Any]) -> None:
        context = {"StateMachine": {"Id": "lifecycle"}}
        payload = _parameters(state["Parameters"], execution.data, context)
        try:
            result = self._call(state["Resource"], payload)
        except (Exception, Crash) as error:
            self._failed(execution, state, _name(error), str(error))
            return
        if state.get("ResultPath", "$") is not None:
            execution.data = json.loads(json.dumps(result))
        self._go(execution, state["Next"])

    def _call(self, resource: str, payload: dict[str, Any]) -> dict[str, Any]:
        if resource != START_EXECUTION:
            return self.tasks[resource](payload, None)
        if (task := self.tasks.get(resource)) is not None:
            task(payload, None)
        known = self.executions.get(payload["Name"])
        if known is not None and (known.status != "RUNNING" or known.asked != payload["Input"]):
            raise NamedError("StepFunctions.ExecutionAlreadyExistsException")
        if known is None:
            self._begin(payload["Name"], payload["Input"])
        return {"ExecutionArn": payload["Name"]}

    def _failed(self, execution: Execution, state: dict[str, Any], name: str, cause: str) -> None:
        for i, retrier in enumerate(state.get("Retry", [])):
            if name in retrier["ErrorEquals"]:
                used = execution.retries.get(i, 0)
                if used < retrier["MaxAttempts"]:
                    delay = retrier["IntervalSeconds"] * retrier["BackoffRate"] ** used
                    execution.retries[i] = used + 1
                    execution.wake_at = self.clock.now() + timedelta(seconds=min(delay, retrier["MaxDelaySeconds"]))
                    return
                break
        for catcher in state.get("Catch", []):
            if name in catcher["ErrorEquals"] or "States.ALL" in catcher["ErrorEquals"]:
                assert catcher["ResultPath"] == "$.failure"
                execution.data["failure"] = {"Error": name, "Cause": cause}
                self._go(execution, catcher["Next"])
                return
        execution.status, execution.error = "FAILED", name

    def _go(self, execution: Execution, state: str) -> None:
        execution.state, execution.wake_at = state, self.clock.now()
        execution.retries, execution.waiting = {}, False


def _choose(state: dict[str, Any], data: dict[str, Any]) -> str:
    for rule in state["Choices"]:
        if _path(rule["Variable"], data) == rule["StringEquals"]:
            return str(rule["Next"])
    return str(state["Default"])


def _parameters(template: dict[str, Any], data: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    filled: dict[str, Any] = {}
    for key, value in template.items():
        if key.endswith(".$"):
            filled[key[:-2]] = _path(value[1:], context) if value.startswith("$$") else _path(value, data)
        elif isinstance(value, dict):
            filled[key] = _parameters(value, data, context)
        else:
            filled[key] = value
    return filled


def _path(path: str, data: Any) -> Any:
    """`$.a.b`. A path that leads nowhere fails the execution on AWS, and the test here."""
    assert path.startswith("$.")
    for key in path[2:].split("."):
        data = data[key]
    return data


def _name(error: BaseException) -> str:
    if isinstance(error, NamedError):
        return error.name
    return "Runtime.ExitError" if isinstance(error, Crash) else type(error).__name__
