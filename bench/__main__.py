"""`make bench OUT=file.json`: measure everything once, print a table, write one flat JSON object.

Each module of this package has `measure() -> dict[str, float]`. Speeds are ratios against a floor measured in the same
run, interleaved; milliseconds and megabytes are those of this machine and this day.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

# key -> (goal, "most" or "least"); a key without a goal is told, not judged.
GOALS: dict[str, tuple[float, str]] = {
    "archiver_events_per_s": (10_000, "least"),
    "verify_events_per_s": (12_000, "least"),
    "verify_24k_s": (2.5, "most"),
    "proof_bytes": (1024, "most"),
    "pdf_one_page_vs_chromium": (1.0, "most"),
    "pdf_one_page_vs_floor": (0.8, "most"),
    "pdf_100_lines_ms": (700, "most"),
    "pdf_1000_lines_mb": (250, "most"),
    "pdf_growth": (1.25, "most"),
    "pdf_one_page_kb": (40, "most"),
    "facturx_xml_ms": (5, "most"),
    "issue_cpu_ms": (5, "most"),
    "pdf_cold_ms": (800, "most"),
    "pixel_hits_per_s": (20_000, "least"),
    "decisions_per_s": (5_000, "least"),
    "sweep_growth": (1.5, "most"),
    "requests_per_reminder": (6, "most"),
    "transitions_per_reminder": (4, "most"),
    "pdf_layer_mb": (130, "most"),
    "demo_s": (90, "most"),
    "run_ready_s": (30, "most"),
    "local_cloud_mb": (1500, "most"),
}
MODULES = ("journal", "archive", "pdf", "facturx", "cold", "tracking", "imports", "cloud", "reminders")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure everything once.")
    parser.add_argument("--out", type=Path, help="write one flat JSON object here")
    parser.add_argument("--only", choices=MODULES, action="append", help="measure only this part (repeatable)")
    args = parser.parse_args()
    figures: dict[str, float] = {}
    for name in args.only or MODULES:
        figures |= importlib.import_module(f"bench.{name}").measure()
    for key in sorted(figures):
        print(f"{key:<34}{figures[key]:>12,.3f}  {_judged(key, figures[key])}".rstrip())
    if args.out:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")
    return 1 if any(_judged(key, value).startswith("MISSED") for key, value in figures.items()) else 0


def _judged(key: str, value: float) -> str:
    if key not in GOALS:
        return ""
    goal, side = GOALS[key]
    met = value <= goal if side == "most" else value >= goal
    return f"{'met' if met else 'MISSED'} (at {side} {goal:g})"


if __name__ == "__main__":
    sys.exit(main())
