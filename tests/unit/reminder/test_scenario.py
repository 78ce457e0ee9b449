"""A scenario that cannot be run is refused when it is made, with every fault named."""

from dataclasses import replace
from datetime import time

import pytest

from relance.domain.reminder.scenario import (
    DELIVERY,
    Action,
    Anchor,
    Approval,
    Condition,
    DocumentKind,
    Enclosed,
    Guards,
    Scenario,
    Step,
    default_scenario,
)
from relance.domain.reminder.scenario_checks import scenario_faults
from tests.builders import TENANT
from tests.doubles.outside import START

STEP = Step("first", Anchor.SENT, 2, time(9, 30), Condition.UNANSWERED, "quote_reminder")
GOOD = Scenario(TENANT, "mine", 1, 1, DocumentKind.QUOTE, "À moi", (STEP,), START)


def test_a_scenario_goes_by_its_name_and_version() -> None:
    assert list(scenario_faults(GOOD)) == []
    assert GOOD.id == "mine@1"


def test_the_default_of_a_kind_may_be_asked_by_its_name() -> None:
    assert default_scenario("quote") == default_scenario(DocumentKind.QUOTE)
    with pytest.raises(ValueError, match="receipt"):
        default_scenario("receipt")


@pytest.mark.parametrize(
    ("scenario", "pointer", "code"),
    [
        (replace(GOOD, name="Mine"), "/name", "name"),
        (replace(GOOD, version=0), "/version", "version"),
        (replace(GOOD, steps=()), "/steps", "steps"),
        (replace(GOOD, steps=tuple(replace(STEP, id=f"s{i}") for i in range(7))), "/steps", "mails"),
        (replace(GOOD, steps=(replace(STEP, id="Un"),)), "/steps/0/id", "step_id"),
        (replace(GOOD, steps=(replace(STEP, id=DELIVERY),)), "/steps/0/id", "step_id"),
        (replace(GOOD, steps=(STEP, STEP)), "/steps/1/id", "step_id_taken"),
        (replace(GOOD, steps=(replace(STEP, anchor=Anchor.DUE),)), "/steps/0/anchor", "anchor"),
        (replace(GOOD, steps=(replace(STEP, condition=Condition.UNPAID),)), "/steps/0/condition", "condition"),
        (replace(GOOD, steps=(replace(STEP, offset_days=366),)), "/steps/0/offset_days", "offset"),
        (replace(GOOD, steps=(replace(STEP, level=6),)), "/steps/0/level", "level"),
        (replace(GOOD, steps=(replace(STEP, template=""),)), "/steps/0/template", "template"),
        (replace(GOOD, steps=(replace(STEP, title="t" * 121),)), "/steps/0/title", "task_title"),
        (replace(GOOD, title=" "), "/title", "title"),
        (replace(GOOD, guards=Guards(gap_days=0)), "/guards/gap_days", "gap_days"),
        (replace(GOOD, guards=Guards(approval_days=91)), "/guards/approval_days", "approval_days"),
        (replace(GOOD, stop_on=frozenset({"lundi"})), "/stop_on", "stop_on"),
        (replace(GOOD, pause_on=frozenset({"lundi"})), "/pause_on", "pause_on"),
        (replace(GOOD, steps=(replace(STEP, anchor=Anchor.PREVIOUS),)), "/steps/0/anchor", "previous"),
        (replace(GOOD, steps=(replace(STEP, min_amount=-1),)), "/steps/0/min_amount", "min_amount"),
        (replace(GOOD, steps=(replace(STEP, action=Action.TASK, template=""),)), "/steps/0/title", "task_title"),
        (
            replace(GOOD, steps=(replace(STEP, action=Action.WEBHOOK, approval=Approval.MANUAL),)),
            "/steps/0/approval",
            "approval",
        ),
        (replace(GOOD, steps=(replace(STEP, level=4),)), "/steps/0/approval", "formal"),
        (replace(GOOD, steps=(replace(STEP, action=Action.LETTER),)), "/steps/0/action", "letter"),
        (replace(GOOD, steps=(replace(STEP, enclosed=(Enclosed.STATEMENT,)),)), "/steps/0/enclosed", "statement"),
    ],
)
def test_each_fault_is_named_with_its_place(scenario: Scenario, pointer: str, code: str) -> None:
    assert [(fault.pointer, fault.code) for fault in scenario_faults(scenario)] == [(pointer, code)]


def test_every_fault_is_told_at_once() -> None:
    broken = replace(GOOD, name="", version=0, steps=(replace(STEP, level=9, template=""),))
    assert len(list(scenario_faults(broken))) == 4
