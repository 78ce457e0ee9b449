"""French typography of amounts, quantities, rates, dates and free text."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from relance.adapters import french
from relance.adapters.html_jinja import typography, uncut


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (0, "0,00\u00a0€"),
        (5, "0,05\u00a0€"),
        (123450, "1\u202f234,50\u00a0€"),
        (-123450, "−1\u202f234,50\u00a0€"),
        (100_000_000_000_000, "1\u202f000\u202f000\u202f000\u202f000,00\u00a0€"),
    ],
)
def test_amounts_have_narrow_thousands_and_a_no_break_space_before_the_euro(cents: int, text: str) -> None:
    assert french.money(cents) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("1", "1"), ("24.50", "24,5"), ("1234.5", "1\u202f234,5"), ("0.0425", "0,0425"), ("1E+3", "1\u202f000")],
)
def test_quantities_have_no_useless_zero_and_no_exponent(value: str, text: str) -> None:
    assert french.decimal(Decimal(value)) == text


def test_unit_prices_have_two_decimals_at_least_and_all_that_they_have() -> None:
    assert french.unit_price(Decimal("48.9")) == "48,90\u00a0€"
    assert french.unit_price(Decimal("0.042512")) == "0,042512\u00a0€"


def test_rates_and_dates() -> None:
    assert french.rate(2000) == "20\u00a0%"
    assert french.rate(550) == "5,5\u00a0%"
    assert french.day(date(2026, 11, 22)) == "22\u00a0novembre\u00a02026"
    assert french.day(date(2027, 3, 1)) == "1er\u00a0mars\u00a02027"
    assert french.weekday(date(2026, 12, 22)) == "mardi 22\u00a0décembre\u00a02026"
    assert french.instant(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == "2\u00a0juillet\u00a02026 à 0\u00a0h\u00a030"


def test_identifiers_are_cut_for_the_eye() -> None:
    assert french.siren("732829320") == "732\u00a0829\u00a0320"
    assert french.iban("FR7630006000011234567890189") == "FR76 3000 6000 0112 3456 7890 189".replace(" ", "\u00a0")
    assert french.phone("0478000000") == "04\u00a078\u00a000\u00a000\u00a000"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("l'atelier d'été", "l’atelier d’été"),
        ("Prêt ? Oui !", "Prêt\u202f? Oui\u202f!"),
        ("Prix : 1 200 €.", "Prix\u00a0: 1\u202f200\u00a0€."),
        ("« chêne »", "«\u00a0chêne\u00a0»"),
        ("n° 12", "n°\u00a012"),
        ("https://exemple.fr/a?b=1 et 12:30", "https://exemple.fr/a?b=1 et 12:30"),
        ("06 12 34 56 78", "06 12 34 56 78"),
    ],
)
def test_free_text_gets_french_spaces_and_apostrophes(typed: str, printed: str) -> None:
    assert typography(typed) == printed


def test_a_number_that_must_not_be_cut_stays_escaped() -> None:
    kept = '<span style="white-space:nowrap">F-1</span>'
    assert uncut("<b>F-1</b> & F-1", "F-1") == f"&lt;b&gt;{kept}&lt;/b&gt; &amp; {kept}"
