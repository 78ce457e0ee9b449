"""What the first document costs in a new execution environment of `render_pdf`: its packages as built, its variables.

Told in processor time, from the start of the process to its PDF: one thread that waits for nothing, so when idle
this is the time that passes, and on a busy one it stays near it. Lambda adds the download of the layers and our SDK's
start, which other functions have too. fontconfig finds no cache: its folder is new for each run, as on Lambda.
"""

from __future__ import annotations

import os
import pickle
import resource
import subprocess
import tempfile
import time
from pathlib import Path

from relance.domain.content import QuoteContent
from tests.builders import a_line, a_quote_content, some_lines
from tools import isolated

RUNS = 7
FIRST = """
import pickle, sys
from relance.adapters.pdf_weasyprint import WeasyPrintRenderer
from relance.domain.party import Branding
sys.stdout.buffer.write(WeasyPrintRenderer().pdf(pickle.load(sys.stdin.buffer), Branding()))
"""


def measure() -> dict[str, float]:
    """`pdf_cold_ms`: processor, at best; `pdf_cold_wall_ms`: time that passed, at best; `pdf_layer_mb`: unzipped."""
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder)
        isolated.build(built)
        runs = [_cold(built, pickle.dumps(_page())) for _ in range(RUNS)]
        layer = sum(path.stat().st_size for path in (built / isolated.PDF).rglob("*") if path.is_file())
    return {
        "pdf_cold_ms": min(processor for processor, _ in runs) * 1000,
        "pdf_cold_wall_ms": min(passed for _, passed in runs) * 1000,
        "pdf_layer_mb": layer / 1e6,
    }


def _page() -> QuoteContent:
    """One page: eight lines, two rates, a discount, something free, a signature box."""
    return a_quote_content(lines=(*some_lines(), *(a_line(f"Fourniture {n}") for n in range(4))))


def _cold(built: Path, content: bytes) -> tuple[float, float]:
    """Seconds of the processor, and seconds that passed, in a new process."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**isolated.environment(built), "XDG_CACHE_HOME": cache}
        before, start = _children(), time.perf_counter()
        command = isolated.command("-c", FIRST)
        ran = subprocess.run(command, env=environment, input=content, check=True, stdout=subprocess.PIPE)
        passed, processor = time.perf_counter() - start, _children() - before
    if not ran.stdout.startswith(b"%PDF-"):
        raise RuntimeError("no PDF was drawn")
    return processor, passed


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    print(measure(), os.getloadavg())
