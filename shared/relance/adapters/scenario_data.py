"""The published scenarios, from TOML files of the package named `{name}@{version}.toml`.

They are read where they are instead of being copied into each tenant: nothing has to be written before the first quote
is sent, and what a run pinned cannot be edited. In return a file, once published, is never changed or removed.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

from relance.domain.ids import TenantId
from relance.domain.reminder.scenario import (
    Action,
    Anchor,
    Approval,
    Audience,
    Condition,
    DocumentKind,
    Enclosed,
    Guards,
    Scenario,
    Step,
)

_NOBODY: Final = TenantId("-")
_CONVERTED: Final[Mapping[str, Callable[[Any], Any]]] = {
    "anchor": Anchor,
    "condition": Condition,
    "action": Action,
    "approval": Approval,
    "enclosed": lambda parts: tuple(Enclosed(part) for part in parts),
}


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
    """Raises ValueError or KeyError on a file that is no scenario: a fault of the build, whose tests judge the rest."""
    name, _, version = id.rpartition("@")
    return Scenario(
        tenant=_NOBODY,
        name=name,
        version=int(version),
        rev=1,
        kind=DocumentKind(data["kind"]),
        title=data["title"],
        steps=tuple(_step(row) for row in data["steps"]),
        created_at=data["created_at"],
        audience=Audience(data.get("audience", Audience.ANY)),
        guards=Guards(**data.get("guards", {})),
    )


def _step(row: Mapping[str, Any]) -> Step:
    """What a row leaves out is the kernel's default; a task has no template."""
    converted = {name: of(row[name]) for name, of in _CONVERTED.items() if name in row}
    return Step(**({"template": ""} | dict(row) | converted))
