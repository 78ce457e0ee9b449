"""What our rendering costs above WeasyPrint itself, and how long a cold process takes for its first page.

The floor is WeasyPrint alone on the very HTML that we give it, with its style sheet parsed and its fonts loaded before:
what we add (checks, view, template, watching for missing glyphs) is the difference. Pairs are interleaved and timed in
processor seconds (one thread, no waiting), so that a busy machine changes them little; their median ratio is told.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from relance.adapters.pdf_weasyprint import VARIANT, WeasyPrintRenderer, html_of, style_of
from relance.domain.content import QuoteContent
from relance.domain.party import Branding
from tests.builders import a_line, a_quote_content, some_lines

PAIRS = 15
COLD_RUNS = 3
ROOT = Path(__file__).resolve().parent.parent


def measure() -> dict[str, float]:
    """`pdf_one_page_vs_floor`: the ratio; the best warm page and the best cold process in `_ms`."""
    ours, floor = _ours(), _floor()
    ours(), floor()
    pairs = [(_seconds(ours, time.process_time), _seconds(floor, time.process_time)) for _ in range(PAIRS)]
    return {
        "pdf_one_page_vs_floor": median(mine / bare for mine, bare in pairs),
        "pdf_one_page_ms": min(mine for mine, _ in pairs) * 1000,
        "pdf_first_ms": min(_cold() for _ in range(COLD_RUNS)) * 1000,
    }


def _page() -> QuoteContent:
    """One page: eight lines, two rates, a discount, something free, a signature box."""
    return a_quote_content(lines=(*some_lines(), *(a_line(f"Fourniture {n}") for n in range(4))))


def _ours() -> Callable[[], object]:
    renderer, content = WeasyPrintRenderer(), _page()
    renderer.pdf(content, Branding())  # from here on WeasyPrint is loaded, with our fonts: the floor finds the same
    return lambda: renderer.pdf(content, Branding())


def _floor() -> Callable[[], object]:
    import weasyprint  # noqa: PLC0415 - see _ours
    from weasyprint.css.counters import CounterStyle  # noqa: PLC0415
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    html = html_of(_page(), Branding())
    shared: dict[str, Any] = {"font_config": FontConfiguration(), "counter_style": CounterStyle()}
    css = weasyprint.CSS(string=style_of(Branding().design), **shared)
    images: dict[str, Any] = {}
    return lambda: weasyprint.HTML(string=html).write_pdf(
        stylesheets=[css], cache=images, pdf_variant=VARIANT, **shared
    )


def _seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    start = clock()
    work()
    return clock() - start


_FIRST = """
import pickle, sys
from relance.adapters.pdf_weasyprint import WeasyPrintRenderer
from relance.domain.party import Branding
WeasyPrintRenderer().pdf(pickle.loads(sys.stdin.buffer.read()), Branding())
"""


def _cold() -> float:
    """From the start of a Python process to its first PDF."""
    command, content = [sys.executable, "-c", _FIRST], pickle.dumps(_page())
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "shared")}
    return _seconds(lambda: subprocess.run(command, check=True, env=environment, input=content))
