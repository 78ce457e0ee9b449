"""The fourteen statuses of the reform, to the letter. [E-05]"""

from datetime import timedelta

import pytest

from relance.domain.platform_status import Source, StatusCode, StatusEntry, is_refused, pause_of
from tests.builders import an_instant

TABLE = {
    "200": "Déposée",
    "201": "Émise",
    "202": "Reçue",
    "203": "Mise à disposition",
    "204": "Prise en charge",
    "205": "Approuvée",
    "206": "Approuvée partiellement",
    "207": "En litige",
    "208": "Suspendue",
    "209": "Complétée",
    "210": "Refusée",
    "211": "Paiement transmis",
    "212": "Encaissée",
    "213": "Rejetée",
}


def told(*codes: str) -> tuple[StatusEntry, ...]:
    at = an_instant()
    return tuple(
        StatusEntry(f"sta_{n}", StatusCode(code), at + timedelta(hours=n), at, Source.PLATFORM)
        for n, code in enumerate(codes)
    )


def test_the_table_of_statuses_is_the_standards_E_05() -> None:
    assert {code.value: code.label for code in StatusCode} == TABLE
    assert {code.value for code in StatusCode if code.is_mandatory} == {"200", "210", "212", "213"}
    assert {code.value for code in StatusCode if code.wants_reason} == {"206", "207", "208", "210", "213"}


@pytest.mark.parametrize(
    ("codes", "pause"),
    [
        ((), ""),
        (("200", "205"), ""),
        (("200", "207"), "207"),
        (("200", "208"), "208"),
        (("205", "211"), "211"),
        (("207", "205"), ""),
        (("208", "209"), ""),
    ],
)
def test_dunning_waits_while_a_dispute_or_a_payment_is_on_its_way_DU_06(codes: tuple[str, ...], pause: str) -> None:
    assert pause_of(told(*codes)) == pause


def test_what_was_refused_stays_refused_C_03() -> None:
    assert not is_refused(told("200", "207"))
    assert is_refused(told("210", "205"))
    assert is_refused(told("213"))
