"""Closings altered, forgotten, doubled or moved by somebody who holds the key: each is told by its period. [AF-05]"""

import pytest

from relance.resources.verify_archive import ALTERED, EXTRA, MISSING, REORDERED, Fault, verify
from tests.doubles import tampered_closings as tampered
from tests.doubles.tampered import Case

CASES = {case.name: case for case in tampered.cases()}


@pytest.mark.parametrize("case", list(tampered.intact()), ids=lambda case: case.name)
def test_what_is_intact_is_accepted(case: Case) -> None:
    assert [fault.sentence() for fault in verify(case.files, export=case.export).faults] == []


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)
def test_what_is_not_is_refused(case: Case) -> None:
    assert not verify(case.files, first_only=True).ok


def told(name: str) -> list[Fault]:
    return verify(CASES[name].files).faults


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        (
            "year.2026-12-31 with other totals",
            ALTERED,
            "la clôture de l'exercice clos le 31/12/2026 : total de la période, encaissé : 0,01 € inscrit, "
            "125,00 € d'après les événements",
        ),
        ("no closing of a month", MISSING, "la clôture du mois 12/2026 manque avant cet événement"),
        ("no closing of a silent day", MISSING, "la clôture de la journée du 01/01/2027 manque avant cet événement"),
        (
            "a closing twice",
            EXTRA,
            "la clôture de la journée du 01/01/2027 était déjà faite, ou n'avait pas lieu d'être",
        ),
        ("an event in a closed day", REORDERED, "il est écrit dans une journée déjà close, celle du 30/12/2026"),
        (
            "a fact with another mode",
            ALTERED,
            "la clôture de la journée du 30/12/2026 : total de la période, encaissé (espèces) : rien inscrit, "
            "120,00 € d'après les événements (et 1 autre montant)",
        ),
    ],
)
def test_it_is_said_in_french_by_period(name: str, kind: str, words: str) -> None:
    assert (kind, words) in [(fault.kind, fault.message) for fault in told(name)]


def test_a_missing_closing_does_not_make_the_others_wrong() -> None:
    (fault,) = told("no closing of a silent day")
    assert fault.seq == 12
