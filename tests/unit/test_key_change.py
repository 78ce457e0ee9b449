"""Up to which signing key the journal tells: one for each company. [AF-11]"""

from relance.domain.calendar_fr import from_ms
from relance.domain.key_change import ID, ToldKey
from tests.builders import TENANT


def test_there_is_one() -> None:
    assert ToldKey(TENANT, 1, 7, "relance/ten_a+0+AA", from_ms(1_780_000_000_000)).id == ID
