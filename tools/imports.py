"""What a cold start of a function imports: the modules loaded by `import functions.<name>.app` in a new process.

The process sees what Lambda has: the standard library, our code and the layers of this function. What is installed
here for development cannot be imported, so a dependency that no layer holds is an error and not a surprise on AWS.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAYERS = {"render_pdf": ("runtime", "pdf")}  # every other function has the runtime layer alone
COUNT = """
import json, sys
sys.path[:0] = {paths!r}
sys.modules.update(dict.fromkeys({hidden!r}))  # importing one of these is now an ImportError
import functions.{name}.app
print(json.dumps(sorted(name for name, module in sys.modules.items() if module)))
"""


def functions() -> list[str]:
    """The names of all functions."""
    return sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))


def imported(name: str) -> frozenset[str]:
    """The modules that are loaded once the handler of `name` is imported, before any call. Counted, not timed: a count
    is the same on every machine. Raises ImportError, with the function's own traceback.
    """
    hidden = sorted(_not_in(LAYERS.get(name, ("runtime",))))
    script = COUNT.format(paths=[str(ROOT), str(ROOT / "shared")], hidden=hidden, name=name)
    # -I: neither the environment nor the current directory decides what is imported.
    ran = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=False)
    if ran.returncode:
        raise ImportError(f"functions.{name}.app:\n{ran.stderr[-2000:]}")
    return frozenset(json.loads(ran.stdout.splitlines()[-1]))


@cache
def _not_in(layers: tuple[str, ...]) -> frozenset[str]:
    """Top-level modules that are installed here and that these layers do not hold."""
    locked = "\n".join((ROOT / "layers" / layer / "requirements.txt").read_text() for layer in layers)
    held = set(re.findall(r"^([a-z0-9_.-]+)==", locked, re.MULTILINE))
    return frozenset(
        module
        for module, distributions in packages_distributions().items()
        if not held & {re.sub(r"[-_.]+", "-", distribution).lower() for distribution in distributions}
    )
