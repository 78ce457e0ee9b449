"""What every test may ask for. A test that asks for `cloud` needs the local cloud, and is marked so."""

from __future__ import annotations

import os
from collections.abc import Iterator
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


# What the coverage of the rules is taken from. Tracing doubles the time of a test, so the others go without.
COVERING = (ROOT / "tests" / "unit", ROOT / "tests" / "property")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "cloud" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.cloud)
        if config.pluginmanager.hasplugin("_cov") and not any(folder in item.path.parents for folder in COVERING):
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture(scope="session")
def cloud() -> Iterator[LocalCloud]:
    """An empty local cloud for the whole session; tests keep apart by making tenants of their own.

    With RELANCE_TEST_STATE another directory than .local/test is used, so that two sessions can run side by side.
    """
    from local.cloud import LocalCloud  # noqa: PLC0415 - unit tests must not pay for boto3

    state = Path(os.environ.get("RELANCE_TEST_STATE", ROOT / ".local" / "test"))
    with LocalCloud.start(state, fresh=True) as running:
        yield running
