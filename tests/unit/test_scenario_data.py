"""What is published stays: a run pins a scenario by name and version, for as long as it lives."""

from hashlib import sha256
from importlib.resources import files
from typing import Final

import pytest

from relance.adapters.scenario_data import PackagedScenarios
from relance.app.ports.composing import MailTemplate
from relance.domain.reminder.policy import STANDARD
from relance.domain.reminder.scenario import (
    Action,
    Anchor,
    Approval,
    Audience,
    DocumentKind,
    Scenario,
    Step,
    default_scenario,
)
from relance.domain.reminder.scenario_checks import scenario_faults
from tests.builders import OTHER_TENANT, TENANT

PUBLISHED: Final = {
    "standard.deposit@1": "3e1d74df57f4ea452a3267933b6a20eb9160e2fb60834cc82c16ae7bd7c45130",
    "standard.deposit_consumer@1": "9f8adef3511b23c25f67704ab09763eb44c9fa448a073370b1214dd5c074682d",
    "standard.invoice@1": "8188e565c7df0df633cbc8f1e4d36b13873a68dbd8723f89d0fcb290552f90ac",
    "standard.invoice@2": "7fd3a92ccf816e7d30615a8e0ce3fef30a4217cdd9767401854d33741d75d44f",
    "standard.invoice_consumer@1": "f788e0ce7c2ebbe2dbfc79a917e673e2fc9040ee8eef48f9e14be186edcf95c6",
    "standard.quote@1": "53093c6cdd19027b24128ee3840075394c39af3c67951b861684909caa15372c",
    "standard.quote@2": "758375f84d6e64cb921aae920eecf25489ba8cd0c100fdfa493bd6a0fe5b05f9",
}

# The calendar of the default scenarios: anchor, days, what is done, level, who decides that it leaves. [E.2]
Row = tuple[Anchor, int, Action, int, Approval]
MAIL, LETTER, TASK = Action.EMAIL, Action.LETTER, Action.TASK
AUTO, DELEGATE, MANUAL = Approval.AUTO, Approval.DELEGATE, Approval.MANUAL
SENT, VIEWED, EXPIRY, DUE, PREVIOUS = Anchor.SENT, Anchor.FIRST_VIEW, Anchor.EXPIRY, Anchor.DUE, Anchor.PREVIOUS
CONSUMER_CALENDAR: Final[list[Row]] = [
    (DUE, -3, MAIL, 0, AUTO),
    (DUE, 3, MAIL, 1, AUTO),
    (DUE, 8, MAIL, 2, AUTO),
    (DUE, 15, MAIL, 3, MANUAL),
    (DUE, 15, TASK, 0, AUTO),
    (DUE, 30, LETTER, 4, MANUAL),
]
CALENDARS: Final[dict[str, list[Row]]] = {
    "standard.quote@2": [
        (SENT, 2, MAIL, 0, AUTO),
        (VIEWED, 3, MAIL, 0, DELEGATE),
        (VIEWED, 3, TASK, 0, AUTO),
        (SENT, 7, MAIL, 1, AUTO),
        (SENT, 15, TASK, 0, AUTO),
        (EXPIRY, -3, MAIL, 1, AUTO),
        (EXPIRY, 1, TASK, 0, AUTO),
    ],
    "standard.invoice@2": [*CONSUMER_CALENDAR, (DUE, 45, TASK, 5, AUTO)],
    "standard.invoice_consumer@1": CONSUMER_CALENDAR,
    "standard.deposit@1": [
        (DUE, 2, MAIL, 1, AUTO),
        (DUE, 5, MAIL, 1, AUTO),
        (DUE, 10, MAIL, 2, AUTO),
        (PREVIOUS, 5, TASK, 0, AUTO),
    ],
    "standard.deposit_consumer@1": [
        (DUE, 7, MAIL, 1, AUTO),
        (DUE, 10, MAIL, 1, AUTO),
        (DUE, 15, MAIL, 2, AUTO),
        (PREVIOUS, 5, TASK, 0, AUTO),
    ],
}


def published(id: str) -> Scenario:
    found = PackagedScenarios().get(TENANT, id)
    assert found is not None
    return found


def row(step: Step) -> Row:
    return step.anchor, step.offset_days, step.action, step.level, step.approval


def test_no_published_scenario_was_ever_edited_or_removed() -> None:
    folder = files("relance.resources") / "scenarios"
    found = {
        file.name.removesuffix(".toml"): sha256(file.read_bytes()).hexdigest()
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    }
    assert found == PUBLISHED, "publish a new version instead; a new one adds its hash here"


@pytest.mark.parametrize("id", CALENDARS)
def test_the_default_scenarios_keep_the_calendar_that_was_decided_E_2(id: str) -> None:
    assert [row(step) for step in published(id).steps] == CALENDARS[id]


@pytest.mark.parametrize("id", PUBLISHED)
def test_every_published_scenario_is_one_that_a_user_could_publish(id: str) -> None:
    assert list(scenario_faults(published(id))) == []


def test_courtesy_before_the_due_date_is_for_amounts_that_are_worth_it() -> None:
    for id in ("standard.invoice@2", "standard.invoice_consumer@1"):
        steps = published(id).steps
        assert (steps[0].id, steps[0].min_amount) == ("courtesy", 300_00)
        assert {step.min_amount for step in steps[1:]} == {0}


def test_a_consumer_is_written_to_in_words_of_his_own_and_no_mail_is_of_level_5_DU_01() -> None:
    business, consumer = published("standard.invoice@2"), published("standard.invoice_consumer@1")
    assert (business.audience, consumer.audience) == (Audience.BUSINESS, Audience.CONSUMER)
    claiming = {step.template for step in business.steps if step.level >= 2 and step.template}
    assert claiming == {"invoice_firm", "invoice_formal", "invoice_notice"}
    assert claiming.isdisjoint(step.template for step in consumer.steps)
    assert max(step.level for step in consumer.steps) == 4


@pytest.mark.parametrize("id", PUBLISHED)
def test_from_level_3_on_nothing_leaves_without_a_person_DR_09(id: str) -> None:
    leaving = [step for step in published(id).steps if not step.action.is_internal and step.level >= 3]
    assert {step.approval for step in leaving} <= {Approval.MANUAL}


def test_every_sort_of_document_of_a_new_company_has_a_scenario_that_suits_it() -> None:
    newest = {scenario.name: scenario for scenario in reversed(PackagedScenarios().all(TENANT))}
    assert newest[STANDARD.quote].kind is DocumentKind.QUOTE
    for name in (STANDARD.invoice, STANDARD.deposit):
        assert (newest[name].kind, newest[name].audience) == (DocumentKind.INVOICE, Audience.BUSINESS)
    for name in (STANDARD.invoice_consumer, STANDARD.deposit_consumer):
        assert (newest[name].kind, newest[name].audience) == (DocumentKind.INVOICE, Audience.CONSUMER)


def test_a_scenario_is_given_as_the_tenant_s_own() -> None:
    ours = PackagedScenarios().get(TENANT, "standard.quote@1")
    theirs = PackagedScenarios().get(OTHER_TENANT, "standard.quote@1")
    assert ours is not None
    assert theirs is not None
    assert (ours.tenant, theirs.tenant) == (TENANT, OTHER_TENANT)
    assert ours.id == "standard.quote@1"


def test_what_was_never_published_is_none() -> None:
    assert PackagedScenarios().get(TENANT, "standard.quote@99") is None


def test_every_kind_of_document_has_its_default() -> None:
    all_of_them = {scenario.id: scenario for scenario in PackagedScenarios().all(TENANT)}
    for kind in DocumentKind:
        assert all_of_them[default_scenario(kind)].kind is kind


def test_every_step_has_a_mail_that_can_be_written_or_says_what_to_do() -> None:
    steps = [step for scenario in PackagedScenarios().all(TENANT) for step in scenario.steps]
    assert {step.template for step in steps if not step.action.is_internal} <= {one.value for one in MailTemplate}
    assert all(step.title for step in steps if step.action is Action.TASK)
