"""One file of the dated legal data: `resources/legal/*.toml`, each of which says what it holds and how it changes."""

import tomllib
from importlib.resources import files
from typing import Any


def read(name: str) -> dict[str, Any]:
    """The tables of one file."""
    return tomllib.loads((files("relance") / "resources" / "legal" / name).read_text(encoding="utf-8"))
