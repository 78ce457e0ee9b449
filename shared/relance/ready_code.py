"""What `dataclasses` writes for our classes, as the build compiled it: a third of a cold start's imports.

For each data class the standard library writes the source of `__init__`, `__eq__` … and compiles it, in each process:
300 times before the first document is drawn. The build does it once for all classes of this package and keeps, for each
module, the bytecode by the source that it was compiled from. Where a file is missing, made by another Python, or does
not hold a source, that source is compiled as ever. Nothing else of data classes changes.
"""

import dataclasses
import marshal
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any, Final

FOLDER: Final = Path(__file__).resolve().parent / "resources" / "compiled" / "dataclasses"

MADE_BY: Final = f"{sys.implementation.cache_tag}\n".encode()  # bytecode is the same within a version of Python

_Codes = dict[str, CodeType]  # by source


def install(folder: Path = FOLDER) -> None:
    """Let `dataclasses` use what is in the folder, if there is one."""
    if not folder.is_dir():
        return
    ready: dict[str, _Codes] = {}

    def code_of(module: str, source: str) -> CodeType | str:
        if module not in ready:
            ready[module] = _read(folder / f"{module}.bin") if module.startswith("relance.") else {}
        return ready[module].get(source, source)

    _let_run(code_of)


def ship(folder: Path = FOLDER) -> int:
    """Compile what is written for every class of this package that can be imported here; how many modules have some."""
    import importlib  # noqa: PLC0415 - at build alone

    made: dict[str, _Codes] = {}

    def code_of(module: str, source: str) -> CodeType:
        code = made.setdefault(module, {})[source] = compile(source, "<string>", "exec")
        return code

    _let_run(code_of)
    for name in _modules():
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or error.name.startswith("relance"):
                raise  # a package of another layer may be missing, but nothing of ours
    folder.mkdir(parents=True, exist_ok=True)
    ours = {module: codes for module, codes in made.items() if module.startswith("relance.")}
    for module, codes in ours.items():
        (folder / f"{module}.bin").write_bytes(MADE_BY + marshal.dumps(codes))
    return len(ours)


def _let_run(code_of: Callable[[str, str], CodeType | str]) -> None:
    """`dataclasses` calls `exec`: here it finds one of its own, which runs other code for the same source."""

    def run(source: str, names: dict[str, Any], found: dict[str, Any]) -> None:
        exec(code_of(names.get("__name__", ""), source), names, found)  # noqa: S102 - what it would run by itself

    vars(dataclasses)["exec"] = run


def _read(file: Path) -> _Codes:
    try:
        shipped = file.read_bytes()
    except FileNotFoundError:
        return {}
    if not shipped.startswith(MADE_BY):
        return {}
    codes: _Codes = marshal.loads(shipped[len(MADE_BY) :])  # noqa: S302 - part of our package
    return codes


def _modules() -> list[str]:
    root = Path(__file__).resolve().parent
    files = sorted(path.relative_to(root.parent).with_suffix("") for path in root.rglob("*.py"))
    return [".".join(file.parts) for file in files if file.name != "__init__" and "resources" not in file.parts]
