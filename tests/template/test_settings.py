"""The template tells each function everything that its wiring asks for."""

from __future__ import annotations

import ast
from dataclasses import MISSING, fields
from importlib import import_module
from typing import Any

import pytest

from tests.template.conftest import ROOT, Stack
from tools import imports

# What Globals tell every function.
COMMON = {"STAGE", "CLOCK_FILE", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_LOG_LEVEL", "PYTHONNODEBUGRANGES"}
READ_BY_LIBRARIES = {"FONTCONFIG_FILE", "LD_LIBRARY_PATH"}  # the PDF layer: the loader and fontconfig


@pytest.mark.parametrize("function", imports.functions())
def test_a_function_is_told_all_that_its_wiring_loads_and_nothing_else(stack: Stack, function: str) -> None:
    told = set(stack.functions()[function]["Environment"]["Variables"])
    settings = [_kind(function, name) for name in _loaded(function)]
    needed = {field.name.upper() for kind in settings for field in fields(kind) if field.default is MISSING}
    known = {field.name.upper() for kind in settings for field in fields(kind)}
    assert needed <= told
    assert told - COMMON - READ_BY_LIBRARIES <= known


def _loaded(function: str) -> list[str]:
    """The names of the settings that `functions/<function>` loads: the argument of each `load(…)`."""
    trees = [ast.parse(path.read_text()) for path in (ROOT / "functions" / function).glob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [ast.unparse(call.args[0]) for call in calls if ast.unparse(call.func) in {"load", "settings.load"}]


def _kind(function: str, name: str) -> Any:
    return getattr(import_module(f"functions.{function}.wiring"), name)
