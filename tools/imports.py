"""What a cold start of a function imports: the modules loaded by `import functions.<name>.app` in a new process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COUNT = """
import json, sys
sys.path[:0] = {paths!r}
import functions.{name}.app
print(json.dumps(sorted(sys.modules)))
"""


def functions() -> list[str]:
    """The names of all functions."""
    return sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))


def imported(name: str) -> frozenset[str]:
    """The modules that are loaded once the handler of `name` is imported, before any call. Counted, not timed: a count
    is the same on every machine.
    """
    script = COUNT.format(paths=[str(ROOT), str(ROOT / "shared")], name=name)
    # -I: neither the environment nor the current directory decides what is imported.
    ran = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=False)
    if ran.returncode:
        raise ImportError(f"functions.{name}.app:\n{ran.stderr[-2000:]}")
    return frozenset(json.loads(ran.stdout.splitlines()[-1]))
