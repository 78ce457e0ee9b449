"""What was noticed of opens and pages is kept for as long as the dated data says, and no longer. [K-06, K-07, T-06]"""

from datetime import date, time, timedelta

import pytest

from relance.adapters.retention_data import load_retention
from relance.app.noticing import last_opened, noticed
from relance.app.ports.activity import ActivityKind
from relance.domain.calendar_fr import at_paris, civil_date
from tests.builders import TENANT
from tests.doubles.activity import InMemoryActivityLog
from tests.doubles.outside import START, ManualClock

RETENTION = load_retention()
ABOUT = {"tenant": TENANT, "document_kind": "invoice", "document_id": "inv_1"}
AUDIENCE = {"opened", "last_opened", "followed", "viewed", "downloaded"}


@pytest.mark.parametrize("kind", list(ActivityKind))
def test_each_kind_expires_when_the_data_says(kind: ActivityKind) -> None:
    """T-06: figures of audience after thirteen months; K-07: the rest of a prospect's file after three years."""
    found = noticed(kind, START, **ABOUT)  # type: ignore[arg-type]  # they are strings
    assert found.kept_by == ("T-06" if kind.value in AUDIENCE else "K-07")
    last = RETENTION.rule(found.kept_by, civil_date(START)).until(civil_date(START))
    assert last == (date(2027, 12, 16) if kind.value in AUDIENCE else date(2029, 11, 16))
    clock = ManualClock()
    log = InMemoryActivityLog(clock)
    log.record(found)
    clock.move_to(at_paris(last, time()) - timedelta(seconds=1))
    assert log.of_document(TENANT, "invoice", "inv_1") == (found,)
    clock.move_to(at_paris(last, time()))
    assert log.of_document(TENANT, "invoice", "inv_1") == ()


def test_without_consent_only_the_last_day_of_an_open_is_kept() -> None:
    """K-06: the day takes the place of the one before it, and holds neither hour nor address."""
    log = InMemoryActivityLog()
    for days in range(3):
        log.replace(last_opened(START + timedelta(days=days), **ABOUT))  # type: ignore[arg-type]  # they are strings
    (kept,) = log.kept.values()
    assert kept.data == {"day": date(2026, 11, 18).isoformat()}
    assert RETENTION.rule("K-06", civil_date(START)).starts.value == "last_only"
