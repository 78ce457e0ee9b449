"""Data classes are made of the code that the build compiled, as long as it is the code of this very source."""

from __future__ import annotations

import dataclasses
import marshal
import sys
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from relance import ready_code

MODULE = "relance.made_up"


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> str:
    """A module of this name, and `dataclasses` without what a test leaves in it."""
    monkeypatch.setitem(sys.modules, MODULE, ModuleType(MODULE))
    monkeypatch.setitem(vars(dataclasses), "exec", exec)
    return MODULE


def point() -> type:
    """A data class of the module that is made up."""
    return dataclasses.make_dataclass("Point", [("x", int), ("y", int)], frozen=True, namespace={"__module__": MODULE})


def written() -> list[str]:
    """The sources that `dataclasses` writes for it."""
    sources: list[str] = []

    def noting(source: str, names: dict[str, object], found: dict[str, object]) -> None:
        sources.append(source)
        exec(source, names, found)

    vars(dataclasses)["exec"] = noting
    point()
    return sources


def shipped(folder: Path, sources: list[str], made_by: bytes = ready_code.MADE_BY) -> Path:
    """Code that is told from what the source says by how it names the class."""
    codes: dict[str, CodeType] = {
        source: compile(source.replace("(x={", "(shipped x={"), "<string>", "exec") for source in sources
    }
    (folder / f"{MODULE}.bin").write_bytes(made_by + marshal.dumps(codes))
    return folder


def test_what_was_shipped_is_run(made_up: str, tmp_path: Path) -> None:
    ready_code.install(shipped(tmp_path, written()))
    assert repr(point()(1, 2)) == "Point(shipped x=1, y=2)"
    assert point()(1, 2) != point()(1, 3)


def test_what_was_shipped_for_another_source_or_python_is_not(made_up: str, tmp_path: Path) -> None:
    sources = written()
    ready_code.install(shipped(tmp_path, [source.replace("y", "z") for source in sources]))
    assert repr(point()(1, 2)) == "Point(x=1, y=2)"
    ready_code.install(shipped(tmp_path, sources, made_by=b"cpython-27\n"))
    assert repr(point()(1, 2)) == "Point(x=1, y=2)"


def test_other_packages_and_modules_without_a_file_are_left_alone(made_up: str, tmp_path: Path) -> None:
    ready_code.install(tmp_path)
    assert repr(point()(1, 2)) == "Point(x=1, y=2)"
    other = dataclasses.make_dataclass("Other", ["x"])
    assert repr(other(1)) == "Other(x=1)"


def test_without_a_build_nothing_is_changed(made_up: str, tmp_path: Path) -> None:
    ready_code.install(tmp_path / "missing")
    assert vars(dataclasses)["exec"] is exec
