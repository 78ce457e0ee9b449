"""The published scenarios, from TOML files of the package named `{name}@{version}.toml`.

They are read where they are instead of being copied into each tenant: nothing has to be written before the first quote
is sent, and what a run pinned cannot be edited. In return a file, once published, is never changed or removed.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from relance.domain.ids import TenantId
from relance.domain.reminder.scenario import Anchor, Condition, DocumentKind, Scenario, Step
from relance.domain.reminder.scenario_checks import check_scenario

_NOBODY = TenantId("-")


class PackagedScenarios:
    """Implements `relance.app.ports.scenarios.PublishedScenarios`."""

    def get(self, tenant: TenantId, id: str) -> Scenario | None:
        scenario = _published().get(id)
        return replace(scenario, tenant=tenant) if scenario else None

    def all(self, tenant: TenantId) -> Sequence[Scenario]:
        newest_first = sorted(_published().values(), key=lambda s: (s.name, -s.version))
        return [replace(scenario, tenant=tenant) for scenario in newest_first]


@cache
def _published() -> Mapping[str, Scenario]:
    folder = files("relance.resources") / "scenarios"
    found = (file for file in folder.iterdir() if file.name.endswith(".toml"))
    scenarios = [_parse(file.name.removesuffix(".toml"), tomllib.loads(file.read_text("utf-8"))) for file in found]
    return {scenario.id: scenario for scenario in scenarios}


def _parse(id: str, data: Mapping[str, Any]) -> Scenario:
    """Raises Invalid, ValueError or KeyError on a file that is not a scenario: a fault of the build, not of a user."""
    name, _, version = id.rpartition("@")
    steps = tuple(
        Step(**(row | {"anchor": Anchor(row["anchor"]), "condition": Condition(row["condition"])}))
        for row in data["steps"]
    )
    return check_scenario(
        Scenario(
            tenant=_NOBODY,
            name=name,
            version=int(version),
            rev=1,
            kind=DocumentKind(data["kind"]),
            title=data["title"],
            steps=steps,
            created_at=data["created_at"],
        )
    )
