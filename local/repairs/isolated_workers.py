"""A handler sees its package and its layers, and nothing else.

Seen: workers run on the emulator's interpreter with all that is installed beside it, so a dependency that is missing
in a layer goes unnoticed until AWS, and botocore loads whatever it finds there (awscrt, pyOpenSSL: 15 MB and 0.2 s
per worker).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from ministack.core import lambda_runtime

from local.repairs.patching import wrap

Detect = Callable[[str], tuple[str, str]]

# -S: without site-packages; -s: nor the user's; -P: nor the folder of the script.
LAUNCHER = '#!/bin/sh\nexec "{python}" -s -S -P "$@"\n'


def apply() -> None:
    launcher = Path(os.environ["TMPDIR"]) / "lambda-python"
    launcher.write_text(LAUNCHER.format(python=sys.executable))
    launcher.chmod(0o755)

    def isolated(detect: Detect) -> Detect:
        def repaired(runtime: str) -> tuple[str, str]:
            binary, script = detect(runtime)
            return (str(launcher) if binary == sys.executable else binary), script

        return repaired

    wrap(lambda_runtime, "_detect_runtime_binary", isolated)
