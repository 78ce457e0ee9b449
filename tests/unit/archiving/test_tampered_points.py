"""An archive is intact for every verifier or for none, whatever Ed25519 leaves open. [AR-02]"""

import pytest

from relance.resources.verify_archive import BAD_SIGNATURE, verify
from tests.doubles import tampered_points as tampered
from tests.doubles.tampered import Case


@pytest.mark.parametrize("case", list(tampered.intact()), ids=lambda case: case.name)
def test_what_the_archiver_signs_is_accepted(case: Case) -> None:
    assert verify(case.files).ok


@pytest.mark.parametrize("case", list(tampered.cases()), ids=lambda case: case.name)
def test_what_only_some_libraries_accept_is_refused_each_time(case: Case) -> None:
    """Two errors of order 2 cancelled in each random sum of all signatures, two of order 4 in one of two."""
    assert {fault.kind for fault in verify(case.files).faults} == {BAD_SIGNATURE}
