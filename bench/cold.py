"""What the first document costs in a new execution environment of `render_pdf`: its packages as built, its variables.

Told in processor time, from the start of the process to its PDF: one thread that waits for nothing, so when idle
this is the time that passes, and on a busy one it stays near it. What Python does to end a process is not in it, since
on Lambda the process goes on (until 2026-11-22 it was: a tenth of the figure). Lambda adds the download of the layers
and our SDK's start, which other functions have too. fontconfig finds no cache: its folder is new for each run, as on
Lambda.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import tempfile
import time
from pathlib import Path

from relance.domain.content import QuoteContent
from tests.builders import a_line, a_quote_content, some_lines
from tools import isolated

RUNS = 7
FIRST = """
import os, pickle, sys, time
from relance.adapters.pdf_weasyprint import WeasyPrintRenderer
from relance.domain.party import Branding
sys.stdout.buffer.write(WeasyPrintRenderer().pdf(pickle.load(sys.stdin.buffer), Branding()))
sys.stdout.flush()
used = time.process_time()
os.close(1)
print(used, file=sys.stderr)
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
    """Seconds of the processor, and seconds that passed, in a new process, up to its PDF."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**isolated.environment(built), "XDG_CACHE_HOME": cache}
        command, start = isolated.command("-c", FIRST), time.perf_counter()
        with subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdin
            assert process.stdout
            assert process.stderr
            process.stdin.write(content)
            process.stdin.close()
            pdf = process.stdout.read()
            passed = time.perf_counter() - start
            said = process.stderr.read()
    if not pdf.startswith(b"%PDF-"):
        raise RuntimeError(said.decode())
    return float(said), passed


if __name__ == "__main__":
    print(measure(), os.getloadavg())
