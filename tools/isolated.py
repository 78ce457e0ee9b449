"""A process with what `render_pdf` has on Lambda, and nothing else of this machine than Python and glibc.

The packages are those that `sam build` makes, for the interpreter at hand; the variables are the template's.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from samcli.yamlhelper import yaml_parse  # type: ignore[import-untyped,unused-ignore]  # ships no types

ROOT = Path(__file__).resolve().parent.parent
FUNCTION, RUNTIME, PDF = "RenderPdfFunction", "RuntimeLayer", "PdfLayer"


def build(out: Path) -> None:
    """Build the function and its two layers into `out/<logical id>`. Raises with what the build said."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # of uv
    for name in (FUNCTION, RUNTIME, PDF):
        command = [sys.executable, "-m", "tools.build_package", name, str(out / name), python]
        environment = {**os.environ, "PATH": path, "LAYER_NATIVE": "1"}
        built = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if built.returncode:
            raise RuntimeError(f"{name}: {built.stderr}")


def environment(out: Path, libraries: Path | None = None) -> dict[str, str]:
    """All variables of such a process; `libraries` stands for the layer's `lib/`."""
    template = yaml_parse((ROOT / "template.yaml").read_text())
    variables = template["Resources"][FUNCTION]["Properties"]["Environment"]["Variables"]
    common = template["Globals"]["Function"]["Environment"]["Variables"]
    packages = (out / FUNCTION, out / RUNTIME / "python", out / PDF / "python")
    return {
        "PYTHONPATH": os.pathsep.join(map(str, packages)),
        "PYTHONNODEBUGRANGES": common["PYTHONNODEBUGRANGES"],
        "LD_LIBRARY_PATH": variables["LD_LIBRARY_PATH"].replace("/opt/lib", str(libraries or out / PDF / "lib")),
        "FONTCONFIG_FILE": variables["FONTCONFIG_FILE"].replace("/opt", str(out / PDF)),
    }


def command(*arguments: str) -> list[str]:
    """The interpreter without the user's packages, the machine's, and the folder of the script."""
    return [sys.executable, "-s", "-S", "-P", *arguments]
