"""A fact in a form that nobody writes is refused, in French and at its place, whoever signed it. [AF-05, AR-03]"""

import pytest

from relance.resources.verify_archive import describe, read_line, verify
from tests.doubles import tampered_forms as tampered
from tests.doubles.tampered import Case

CASES = list(tampered.cases())


@pytest.mark.parametrize("case", list(tampered.intact()), ids=lambda case: case.name)
def test_what_is_unusual_and_right_is_accepted(case: Case) -> None:
    assert [fault.sentence() for fault in verify(case.files).faults] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_nobody_writes_is_refused_and_read_to_its_end(case: Case) -> None:
    """None of it stops the walk: each fault is told at its place, and no more of them than one can read."""
    report = verify(case.files)
    sentences = [fault.sentence() for fault in report.faults]
    assert sentences
    assert not [one for one in sentences if "lecture impossible" in one]
    assert len(sentences) <= 10, sentences[:20]
    assert any("ARCHIVE REFUSÉE" in line for line in describe(report))


def test_too_deep_is_told_alike_wherever_python_gives_up() -> None:
    """Where it does differs from one version to the next."""
    fault = read_line(b"[" * 100_000 + b"]" * 100_000).fault
    assert fault is not None
    assert "imbriqué trop profondément" in fault[1]
