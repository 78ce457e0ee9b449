"""Purges and erasures say what they removed and nothing else; what a purge names is in the archive. [K-07]"""

import pytest

from relance.resources.verify_archive import CONTRADICTED, EXTRA, MISSING, Fault, describe, verify
from tests.doubles import tampered_removals as tampered
from tests.doubles.tampered import Case

CASES = {case.name: case for case in tampered.cases()}


@pytest.mark.parametrize("case", list(tampered.intact()), ids=lambda case: case.name)
def test_purged_lines_are_still_in_the_archive_which_is_accepted(case: Case) -> None:
    assert [fault.sentence() for fault in verify(case.files, export=case.export).faults] == []


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)
def test_what_is_told_wrongly_is_refused(case: Case) -> None:
    assert not verify(case.files, first_only=True).ok


def told(name: str) -> list[Fault]:
    return verify(CASES[name].files).faults


@pytest.mark.parametrize(
    ("name", "kind", "seq", "words"),
    [
        (f"a purge with last_hash {'0' * 64!r}", CONTRADICTED, 25, "la purge donne à l'événement 6"),
        (f"a purge with checkpoint_sha256 {'0' * 64!r}", CONTRADICTED, 25, "au point de contrôle de 12 événements"),
        ("a purge with checkpoint_size 25", CONTRADICTED, 25, "n'étaient pas tous archivés"),
        ("a second purge that begins at 6", EXTRA, 27, "commence à l'événement 6 au lieu du 7e"),
        ("a second purge that begins at 8", MISSING, 27, "commence à l'événement 8 au lieu du 7e"),
    ],
)
def test_it_is_told_at_its_event(name: str, kind: str, seq: int, words: str) -> None:
    assert any(f.kind == kind and f.seq == seq and words in f.message for f in told(name)), told(name)


def test_the_report_counts_them() -> None:
    report = verify(tampered.TOLD)
    assert (report.purges, report.erasures) == (2, 1)
    lines = list(describe(report))
    assert "Purges du journal    2, dont les lignes restent dans l'archive" in lines
    assert "Prospects effacés    1" in lines
