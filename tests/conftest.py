"""What every test may ask for. A test that asks for `cloud` needs the local cloud, and is marked so."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from local.cloud import LocalCloud

# Properties run the same way on each machine: what fails here fails everywhere, and a slow machine is no failure.
# `make validate` looks at six times as many examples.
settings.register_profile(
    "relance",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=300 if os.environ.get("WHOLE_CORPUS") else 50,
)
settings.load_profile("relance")

ROOT = Path(__file__).resolve().parent.parent


# What the coverage of the rules is taken from, marked `rules`: the tests that ask the domain itself. Tracing doubles
# the time of a test, so those that come to a rule through a use case, a page or a store run apart, without: a branch
# of the domain that only they take wants a test of its own, beside the others of its rule.
UNIT = ROOT / "tests" / "unit"
COVERING = (UNIT, ROOT / "tests" / "property")
THROUGH_OTHERS = ("archiving", "billing", "documents", "dynamo", "functions", "http", "public", "retention", "sending")
UNTRACED = tuple(UNIT / folder for folder in THROUGH_OTHERS)
DRAWING = {"test_pdf.py", "test_letter_pdf.py", "test_factur_x.py", "test_user_agent.py", "test_weasyprint_fast.py"}

ON_THE_CLOUD = ("cloud", "contract", "e2e")

# What `make check` leaves to `make test`: those that draw pages, those that start a process for each function, those
# that try all that may befall an archive.
EXHAUSTIVE = {
    "test_archive_machine.py",
    "test_fault_matrix.py",
    "test_fault_matrix_controls.py",
    "test_holes.py",
    "test_lost_hour.py",
    "test_lost_lines.py",
    "test_rebuilding.py",
    "test_rotation.py",
    "test_tamper.py",
    "test_tampered_closings.py",
    "test_tampered_forms.py",
    "test_tampered_keys.py",
    "test_tampered_removals.py",
    "test_verifier_workers.py",
}
SLOW = DRAWING | EXHAUSTIVE | {"test_shipped_sheets.py", "test_import_budget.py", "test_layers.py", "test_transform.py"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.name in SLOW:
            item.add_marker(pytest.mark.slow)
        if "cloud" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.cloud)
            if item.path.relative_to(ROOT / "tests").parts[0] not in ON_THE_CLOUD:
                raise pytest.UsageError(f"{item.nodeid} needs the cloud: tools/test.sh looks for it in {ON_THE_CLOUD}")
        if _covers(item.path):
            item.add_marker(pytest.mark.rules)


@cache
def _covers(path: Path) -> bool:
    folders = path.parents
    return any(folder in folders for folder in COVERING) and not any(folder in folders for folder in UNTRACED)


@pytest.fixture(scope="session")
def cloud() -> Iterator[LocalCloud]:
    """An empty local cloud for the whole session; tests keep apart by making tenants of their own.

    With RELANCE_TEST_STATE another directory than .local/test is used, so that two sessions can run side by side.
    """
    from local.cloud import LocalCloud  # noqa: PLC0415 - unit tests must not pay for boto3

    state = Path(os.environ.get("RELANCE_TEST_STATE", ROOT / ".local" / "test"))
    with LocalCloud.start(state, fresh=True) as running:
        yield running
