"""The template tells each function everything that its wiring asks for."""

from __future__ import annotations

import ast
from dataclasses import MISSING, fields

import pytest

from relance.runtime import settings
from tests.template.conftest import ROOT, Stack
from tools import imports


@pytest.mark.parametrize("function", imports.functions())
def test_a_function_is_told_all_that_its_wiring_loads(stack: Stack, function: str) -> None:
    told = set(stack.functions()[function]["Environment"]["Variables"])
    needed = {variable for kind in _loaded(function) for variable in _required(kind)}
    assert needed - told == set()


def _loaded(function: str) -> list[str]:
    """The names of the settings that `functions/<function>` loads: the argument of each `load(…)`."""
    trees = [ast.parse(path.read_text()) for path in (ROOT / "functions" / function).glob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [ast.unparse(call.args[0]) for call in calls if ast.unparse(call.func) in {"load", "settings.load"}]


def _required(kind: str) -> set[str]:
    return {f.name.upper() for f in fields(getattr(settings, kind.rpartition(".")[2])) if f.default is MISSING}
