"""The function of the night: everything else is done before a failure is told, and what it logs names nobody."""

import pytest

from functions.nightly import app
from functions.nightly.wiring import Parts
from relance.domain.segment.filter import Op, where
from relance.domain.segment.segment import Existing
from tests.doubles.nights import Firm
from tests.doubles.store import Fault
from tests.doubles.sweeping import Tenants


def parts(firm: Firm) -> Parts:
    office = firm.office
    return Parts(office.ctx, Tenants(office), office.post.published, office.executions, office.post.law)


@pytest.fixture
def firm() -> Firm:
    made = Firm()
    for n in (1, 2):
        made.quote(n)
    made.query(Existing.ENROL, filter=where("has_result", Op.IS, False))
    made.office.clock.move_to(made.two_o_clock())
    return made


def test_a_night_tells_what_it_did(firm: Firm) -> None:
    assert app.answer(parts(firm)) == {"segments": 1, "entered": 2, "left": 0, "waiting": 0}
    assert app.answer(parts(firm)) == {"segments": 0, "entered": 0, "left": 0, "waiting": 0}


def test_a_night_in_which_something_failed_does_all_the_rest_and_is_called_again(
    firm: Firm, caplog: pytest.LogCaptureFixture
) -> None:
    """DR-17: the alarm sees it, and Lambda tries again."""
    firm.office.store.fail_next(None, Fault.THROTTLED)
    with pytest.raises(app.NightIncomplete, match="1 failed; 1 queries"):
        app.answer(parts(firm))
    assert firm.entered() == [2]
    (told,) = [vars(record) for record in caplog.records if record.getMessage() == "not looked at"]
    assert (told["document_id"], told["code"]) == (f"quo_{1:026d}", "throttled")
    assert "dropped_keys" not in told
    assert app.answer(parts(firm))["entered"] == 2
    assert firm.entered() == [1, 2]
