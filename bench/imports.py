"""How much a cold start of each function imports: `modules_<function>`, the same on every machine."""

from __future__ import annotations

from tools import imports


def measure() -> dict[str, float]:
    """One count per function; tests/template holds each against its budget."""
    return {f"modules_{name}": float(len(imports.imported(name))) for name in imports.functions()}
