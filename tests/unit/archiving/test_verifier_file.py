"""The verifier is one file that runs anywhere: old Python, no package, nothing of ours."""

import ast
import sys
from importlib.resources import files

SOURCE = files("relance.resources").joinpath("verify_archive.py").read_text("utf-8")
TREE = ast.parse(SOURCE, feature_version=(3, 9))


def test_it_is_python_3_9() -> None:
    assert any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in TREE.body)
    assert not [node for node in ast.walk(TREE) if isinstance(node, ast.Match)]


def test_it_imports_the_standard_library_and_nothing_else() -> None:
    names = set()
    for node in ast.walk(TREE):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add((node.module or "").split(".")[0])
    assert names <= sys.stdlib_module_names
    assert not names & {"socket", "urllib", "http", "ssl", "subprocess", "ctypes"}, (
        "it needs no network and starts nothing"
    )


def test_it_stays_readable_in_one_sitting() -> None:
    assert len(SOURCE.splitlines()) < 2150
