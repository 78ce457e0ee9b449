"""Which fiscal version is at work: one for each company. [AF-11]"""

from relance.domain.calendar_fr import from_ms
from relance.domain.running_version import ID, RunningVersion
from tests.builders import TENANT


def test_there_is_one() -> None:
    assert RunningVersion(TENANT, 1, "a" * 64, "1.0", from_ms(1_780_000_000_000)).id == ID
