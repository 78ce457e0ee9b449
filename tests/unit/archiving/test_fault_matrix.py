"""Every operation × every call that it makes × every fault × every way in which it is asked for: all generated. [AR-02]

After each case every invariant holds, at once and with the work left as it is; then what was late arrives, the work is
asked for again as its client would, the sweep comes, and everything holds again with nothing left to do. An operation
is added with one line of `OPERATIONS`. A matrix that cannot fail proves nothing: `test_fault_matrix_controls`.
"""

import pytest

from tests.doubles.archive import Fault
from tests.doubles.faults import OPERATIONS, TRIGGERS, WHOLE, cases, rehearse, run_case

CASES = {(name, fault): [case for case in cases(name) if case.fault is fault] for name in OPERATIONS for fault in Fault}


@pytest.mark.parametrize(("name", "fault"), [key for key, found in CASES.items() if found])
def test_nothing_is_lost_doubled_or_forged_whatever_fails_wherever(name: str, fault: Fault) -> None:
    for case in CASES[name, fault]:
        run_case(case)


def test_the_matrix_is_as_large_as_it_says() -> None:
    assert sum(map(len, CASES.values())) >= (1_700 if WHOLE else 650)
    assert {case.trigger for found in CASES.values() for case in found} == set(TRIGGERS)


def test_the_matrix_covers_every_kind_of_write() -> None:
    """Journal, document, segment, head, checkpoint, log, key note, export, daily log, stamp, and lines that go."""
    operations = {operation for name in OPERATIONS for operation in rehearse(name)}
    written = {operation.split("/")[1] for operation in operations if operation.startswith("put ten_atelier/")}
    assert written == {"log.json", "seg", "ckpt", "doc", "key"}
    assert {"store commit", "swap head", "put pdf", "put export", "sign", "erase lines", "ring"} <= operations
    assert {operation.split(".")[-1] for operation in operations if operation.startswith("put _all/")} == {
        "gz",
        "note",
        "tsr",
    }
