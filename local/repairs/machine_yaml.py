"""A state machine may be written in YAML.

Seen: a definition in S3 (where `sam deploy` puts a `*.asl.yaml` as it is) is parsed as JSON only, and every execution
fails with `InvalidDefinition`. CloudFormation takes JSON or YAML there (AWS::StepFunctions::StateMachine,
DefinitionS3Location, checked 2026-11).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import yaml
from ministack.services.cloudformation import provisioners

from local.repairs.patching import wrap


def apply() -> None:
    wrap(provisioners, "_sfn_definition", _as_json)


def _as_json(definition: Callable[[dict[str, Any]], str]) -> Callable[[dict[str, Any]], str]:
    def repaired(properties: dict[str, Any]) -> str:
        text = definition(properties)
        return text if text.lstrip().startswith("{") else json.dumps(yaml.safe_load(text))

    return repaired
