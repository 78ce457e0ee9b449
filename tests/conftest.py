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
settings.register_profile(
    "relance", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("relance")

ROOT = Path(__file__).resolve().parent.parent


# What the coverage of the rules is taken from: marked `rules`. Tracing doubles the time of a test, so the others run
# apart, without: above all those that draw pages, flip every byte of an archive, or ask a store.
UNIT = ROOT / "tests" / "unit"
COVERING = (UNIT, ROOT / "tests" / "property")
UNTRACED = (UNIT / "archiving", UNIT / "dynamo", UNIT / "functions")
DRAWING = {"test_pdf.py", "test_letter_pdf.py", "test_factur_x.py", "test_user_agent.py", "test_weasyprint_fast.py"}

ON_THE_CLOUD = ("cloud", "contract", "e2e")

# What `make check` leaves to `make test`: those that draw pages, and those that start a process for each function.
SLOW = DRAWING | {"test_shipped_sheets.py", "test_import_budget.py", "test_layers.py"}


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
    apart = path.name in DRAWING or any(folder in folders for folder in UNTRACED)
    return not apart and any(folder in folders for folder in COVERING)


@pytest.fixture(scope="session")
def cloud() -> Iterator[LocalCloud]:
    """An empty local cloud for the whole session; tests keep apart by making tenants of their own.

    With RELANCE_TEST_STATE another directory than .local/test is used, so that two sessions can run side by side.
    """
    from local.cloud import LocalCloud  # noqa: PLC0415 - unit tests must not pay for boto3

    state = Path(os.environ.get("RELANCE_TEST_STATE", ROOT / ".local" / "test"))
    with LocalCloud.start(state, fresh=True) as running:
        yield running
