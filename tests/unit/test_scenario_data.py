"""What is published stays: a run pins a scenario by name and version, for as long as it lives."""

from hashlib import sha256
from importlib.resources import files

from relance.adapters.scenario_data import PackagedScenarios
from relance.app.ports.composing import MailTemplate
from relance.domain.reminder.scenario import DocumentKind, default_scenario
from tests.builders import OTHER_TENANT, TENANT

PUBLISHED = {
    "standard.invoice@1": "8188e565c7df0df633cbc8f1e4d36b13873a68dbd8723f89d0fcb290552f90ac",
    "standard.quote@1": "53093c6cdd19027b24128ee3840075394c39af3c67951b861684909caa15372c",
}


def test_no_published_scenario_was_ever_edited_or_removed() -> None:
    folder = files("relance.resources") / "scenarios"
    found = {
        file.name.removesuffix(".toml"): sha256(file.read_bytes()).hexdigest()
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    }
    assert found == PUBLISHED, "publish a new version instead; a new one adds its hash here"


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


def test_every_step_has_a_mail_that_can_be_written() -> None:
    templates = {step.template for scenario in PackagedScenarios().all(TENANT) for step in scenario.steps}
    assert templates <= {template.value for template in MailTemplate}
