"""What a document costs: beside Chromium, beside WeasyPrint as it comes, by its lines, in memory and in bytes.

The page is a quote of eight lines with a logo, as PDF/A-3b. Chromium is warm: its page is open, and it is given the
same HTML with the same style sheet inside; it draws an ordinary PDF, without the tags and colour profile of an archive.
WeasyPrint as it comes has its style sheet parsed and its fonts loaded before. Pairs are interleaved. Each pair draws
another page: what a company prints on each document is the same, the number, the customer, the lines and the amounts
are new, since our renderer keeps the shapes of texts that it has drawn before. Beside Chromium, which is several
processes, the time that passed is compared, which a busy machine lengthens for one thread more than for several; so the
processor time of all its processes is told too. Everything else is processor time (one thread, no waiting). Lines are
drawn by the renderer below the limit that users have (decision 0003).
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import mean, median
from typing import Any

from relance.adapters.pdf_weasyprint import VARIANT, Fetcher, WeasyPrintRenderer, html_of, style_of
from relance.domain.content import QuoteContent
from relance.domain.look import Design
from relance.domain.party import Branding
from tests.builders import a_customer, a_line, a_quote_content, some_lines

PAIRS = 15
COLD_RUNS = 3
ROUNDS = 5
ROUND = (100, 10, 10, 100, 10, 10, 1000, 10, 10, 100, 10, 10, 100)  # lines
ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = Path("/usr/bin/chromium")
BRANDING = Branding(logo_png=b64encode((ROOT / "local" / "demo_logo.png").read_bytes()).decode())


def measure() -> dict[str, float]:
    """`…_vs_…` are ratios, `…_ms` the best of several runs, `pdf_1000_lines_mb` the peak of a whole process,
    `pdf_growth` how much dearer a line is between 100 and 1,000 lines than between 10 and 100.
    """
    ours, floor = _ours(), _floor()
    pairs = [_pair(ours, floor, nth, time.process_time) for nth in range(PAIRS + 1)][1:]
    return {
        "pdf_one_page_vs_floor": median(mine / bare for mine, bare in pairs),
        "pdf_one_page_ms": min(mine for mine, _ in pairs) * 1000,
        "pdf_one_page_kb": len(ours(_page())) / 1000,
        "pdf_first_ms": min(_cold() for _ in range(COLD_RUNS)) * 1000,
        **_beside_chromium(ours),
        **_by_lines(),
    }


def _page(lines: int = 8, nth: int = 0) -> QuoteContent:
    """Eight lines are one page: two rates, a discount, something free, a signature box. Each `nth` has its own number,
    customer, lines and amounts.
    """
    usual = [
        replace(line, description=f"{line.description} {nth}", quantity=line.quantity + nth) for line in some_lines()
    ]
    more = (a_line(f"Fourniture {nth}-{n}", quantity=f"{n + 1}.{nth % 10}") for n in range(lines - len(usual)))
    customer = a_customer(name=f"Camille Lefèvre {nth}")
    return a_quote_content(customer=customer, lines=(*usual, *more), number=f"D-2026-{nth:04d}")


Drawing = Callable[[QuoteContent], bytes]


def _ours() -> Drawing:
    renderer = WeasyPrintRenderer()
    renderer.pdf(_page(), BRANDING)  # from here on WeasyPrint is loaded, with our fonts: the floor finds the same
    return lambda content: renderer.pdf(content, BRANDING)


def _floor() -> Drawing:
    """WeasyPrint without what our adapters do to it."""
    import weasyprint  # noqa: PLC0415 - see _ours
    from weasyprint.css.counters import CounterStyle  # noqa: PLC0415
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    from relance.adapters.weasyprint_places import as_it_comes  # noqa: PLC0415

    shared: dict[str, Any] = {"font_config": FontConfiguration(), "counter_style": CounterStyle()}
    sheet = weasyprint.CSS(string=style_of(Design.MODERN), **shared)
    cache: dict[str, Any] = {}

    def draw(content: QuoteContent) -> bytes:
        with as_it_comes():
            page = weasyprint.HTML(string=html_of(content, BRANDING), url_fetcher=Fetcher())
            drawn: bytes = page.write_pdf(stylesheets=[sheet], cache=cache, pdf_variant=VARIANT, **shared)
        return drawn

    return draw


def _beside_chromium(ours: Drawing) -> dict[str, float]:
    """`pdf_one_page_vs_chromium`; nothing where there is no Chromium."""
    if not CHROMIUM.exists():
        return {}
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    style = f"<style>{style_of(Design.MODERN)}</style></head>"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        page = browser.new_page()

        def theirs(content: QuoteContent) -> bytes:
            page.set_content(html_of(content, BRANDING).replace("</head>", style))
            return page.pdf(format="A4", print_background=True, prefer_css_page_size=True)

        pairs = [_pair(ours, theirs, nth) for nth in range(100, 101 + PAIRS)][1:]
        works = [_work(ours, theirs, nth) for nth in range(200, 200 + PAIRS)]
        browser.close()
    mine, chromium = (median(side) for side in zip(*pairs, strict=True))
    return {
        "pdf_one_page_vs_chromium": mine / chromium,
        "pdf_one_page_cpu_vs_chromium": median(works),
        "chromium_one_page_ms": chromium * 1000,
    }


def _work(ours: Drawing, theirs: Drawing, nth: int) -> float:
    """Our processor time beside that of Chromium, of what drives it, and of this process while it waits for them."""
    content = _page(nth=nth)
    mine = _seconds(lambda: ours(content), time.process_time)
    before = _below(os.getpid())
    return mine / (_seconds(lambda: theirs(content), time.process_time) + _below(os.getpid()) - before)


def _below(process: int) -> float:
    """Processor seconds of all processes that this one started, and they; what ended is forgotten. Linux, proc(5)."""
    used = 0.0
    for thread in _in(Path(f"/proc/{process}/task")):
        for child in _said(thread / "children"):
            used += _below(int(child))
            used += sum(int((_said(task / "schedstat") or ["0"])[0]) for task in _in(Path(f"/proc/{child}/task"))) / 1e9
    return used


def _in(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _said(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []


_LINES = """
import json, resource, sys, time
sys.path[:0] = sys.argv[1:]
from bench.pdf import BRANDING, ROUND, ROUNDS, _page
from relance.adapters.pdf_weasyprint import WeasyPrintRenderer, html_of
renderer, nth = WeasyPrintRenderer(), 0
def drawn(lines):
    global nth
    nth += 1
    html = html_of(_page(lines, nth), BRANDING)
    start = time.process_time()
    renderer.pdf_of(html)
    return time.process_time() - start
drawn(10), drawn(100)
rounds = [[(lines, drawn(lines)) for lines in ROUND] for _ in range(ROUNDS)]
print(json.dumps({"rounds": rounds, "kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))
"""


def _by_lines() -> dict[str, float]:
    """One process draws 10, 100 and 1,000 lines, short ones around each long one, and no page twice.

    Growth is that of the median round: the best of many short runs beside one long one would tell how busy the machine
    was meanwhile.
    """
    paths = [str(ROOT), str(ROOT / "shared"), str(ROOT / "functions")]
    ran = subprocess.run([sys.executable, "-c", _LINES, *paths], check=True, cwd=ROOT, stdout=subprocess.PIPE)
    told = json.loads(ran.stdout)
    runs = [(lines, seconds) for one in told["rounds"] for lines, seconds in one]
    best = {lines: min(seconds for n, seconds in runs if n == lines) for lines in set(ROUND)}
    return {
        "pdf_100_lines_ms": best[100] * 1000,
        "pdf_1000_lines_ms": best[1000] * 1000,
        "pdf_1000_lines_mb": told["kb"] / 1000,
        "pdf_growth": median(_growth(one) for one in told["rounds"]),
    }


def _growth(one: list[tuple[int, float]]) -> float:
    took = {lines: mean(seconds for n, seconds in one if n == lines) for lines in set(ROUND)}
    short, long = (took[100] - took[10]) / 90, (took[1000] - took[100]) / 900
    return long / short


def _pair(
    mine: Drawing, theirs: Drawing, nth: int, clock: Callable[[], float] = time.perf_counter
) -> tuple[float, float]:
    content = _page(nth=nth)
    return _seconds(lambda: mine(content), clock), _seconds(lambda: theirs(content), clock)


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
