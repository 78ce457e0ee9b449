"""template.yaml as data: as it is written, and as CloudFormation gets it after the SAM transform."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

from local.repairs import quick_transform

ROOT = Path(__file__).resolve().parents[2]

Json = dict[str, Any]


class ManagedPolicies:
    """The managed policies that the transform names; only their names matter here."""

    def load(self) -> dict[str, str]:
        return {}


@dataclass(frozen=True)
class Statement:
    """One allowing or denying statement and whose it is: a role's logical id, or the resource that it is attached
    to."""

    owner: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    body: Json

    def allows(self, action: str) -> bool:
        """Whether this statement allows the action (`dynamodb:PutItem`), wildcards included."""
        return self.effect == "Allow" and any(fnmatch.fnmatchcase(action.lower(), a.lower()) for a in self.actions)

    def names(self, logical_id: str) -> bool:
        """Whether a resource of this statement is, or may be, the one with this logical id."""
        return any(r == "*" or re.search(rf"\b{logical_id}\b", r) for r in self.resources)


class Stack:
    """The transformed template."""

    def __init__(self, template: Json) -> None:
        self.template = template
        self.resources: dict[str, Json] = template["Resources"]

    def of_type(self, kind: str) -> dict[str, Json]:
        """Properties by logical id."""
        return {name: r.get("Properties", {}) for name, r in self.resources.items() if r["Type"] == kind}

    def functions(self) -> dict[str, Json]:
        """Properties of every Lambda function by the name of its folder."""
        return {folder(name): properties for name, properties in self.of_type("AWS::Lambda::Function").items()}

    def statements(self) -> list[Statement]:
        """Every policy statement of the stack."""
        return [
            statement
            for name, resource in self.resources.items()
            for document in _documents(resource.get("Properties", {}))
            for statement in _statements(name, document)
        ]

    def role_statements(self, function: str) -> list[Statement]:
        """What the role of this function may do by its own policies."""
        role = f"{logical_id(function)}Role"
        return [statement for statement in self.statements() if statement.owner == role]


def folder(name: str) -> str:
    """`QuotesApiFunction` -> `quotes_api`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name.removesuffix("Function")).lower()


def logical_id(function: str) -> str:
    """`quotes_api` -> `QuotesApiFunction`."""
    return "".join(part.capitalize() for part in function.split("_")) + "Function"


def _documents(properties: Json) -> Iterator[Json]:
    for key in ("PolicyDocument", "KeyPolicy"):
        if key in properties:
            yield properties[key]
    for policy in properties.get("Policies", []):
        yield policy["PolicyDocument"]


def _statements(owner: str, document: Json) -> Iterator[Statement]:
    for body in document["Statement"]:
        resources = _listed(body.get("Resource", []))
        yield Statement(
            owner=owner,
            effect=body["Effect"],
            actions=tuple(_listed(body["Action"])),
            resources=tuple(r if isinstance(r, str) else json.dumps(r) for r in resources),
            body=body,
        )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.fixture(scope="session")
def written() -> Json:
    """template.yaml as it is written."""
    template: Json = yaml_parse((ROOT / "template.yaml").read_text())
    return template


@pytest.fixture(scope="session")
def stack() -> Stack:
    """template.yaml after the SAM transform."""
    template = yaml_parse((ROOT / "template.yaml").read_text())
    template["Globals"]["Function"]["CodeUri"] = "s3://bucket/code"
    for resource in template["Resources"].values():
        for key in ("ContentUri", "DefinitionUri"):
            if key in resource.get("Properties", {}):
                resource["Properties"][key] = "s3://bucket/content"
    defaults = {name: p.get("Default", "") for name, p in template["Parameters"].items()}
    quick_transform.apply()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-3")  # the transform names the partition of its region
        return Stack(transform(template, defaults, ManagedPolicies()))


@pytest.fixture(scope="session")
def machine() -> Json:
    """The lifecycle machine."""
    definition: Json = yaml.safe_load((ROOT / "statemachines" / "lifecycle.asl.yaml").read_text())
    return definition
