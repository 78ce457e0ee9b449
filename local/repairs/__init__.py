"""What MiniStack 1.5.33 does not do as AWS does, mended inside its process: one module per repair.

Each module says what was seen, mends only that, and fails loudly when the emulator's code is no longer the one it was
written for. Each has a probe in tests/cloud/test_repairs.py that runs against the emulator *without* repairs and
fails as soon as the repair is no longer needed; of `quick_transform`, which mends speed alone, tests/template says that
nothing else changes. docs/decisions/0004-local-cloud-repairs.md tells why.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

NAMES = (
    "error_types",
    "few_workers",
    "http_routes",
    "isolated_workers",
    "machine_yaml",
    "mail_events",
    "mail_store",
    "object_lock",
    "quick_transform",
    "schedules",
    "shared_packages",
    "stream_failures",
    "waits",
)


def apply(which: str) -> None:
    """Apply `all`, `none`, or a comma-separated list of repairs."""
    for name in {"all": NAMES, "none": ()}.get(which, tuple(which.split(","))):
        repair: Callable[[], None] = import_module(f"local.repairs.{name}").apply
        repair()
