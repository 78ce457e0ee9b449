"""Closings in French. [AF-05]"""

import pytest

from relance.domain.closing_words import cash, category_name, modes, period_name, rank, total_name, treatments, turnover
from relance.domain.vat import VatCategory
from tests.doubles.bookkeeper import Bookkeeper, utc


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("invoiced_gross", "Facturé TTC"),
        ("invoiced_net_s_2000", "Facturé HT à 20 %"),
        ("credited_vat_s_550", "Avoirs TVA à 5,5 %"),
        ("replaced_net_e_0", "Factures remplacées HT à 0 % (exonéré)"),
        ("invoiced_net_ae_0", "Facturé HT à 0 % (autoliquidation)"),
        ("received", "Encaissé"),
        ("received_cash", "Encaissé, espèces"),
        ("refunded_direct_debit", "Remboursé, prélèvement"),
        ("penalties_received_card", "Pénalités encaissées, carte"),
        ("penalties_claimed", "Pénalités réclamées"),
        ("received_shells", "Encaissé, shells"),
        ("of_tomorrow", "of_tomorrow"),
    ],
)
def test_every_total_has_its_words(name: str, words: str) -> None:
    assert total_name(name) == words


def test_every_period_has_its_words() -> None:
    book = Bookkeeper()
    book.close(utc("2026-12-31T10:00"))
    book.close(utc("2027-01-01T10:00"))
    assert [period_name(closing) for closing in book.closings] == [
        "31/12/2026",
        "décembre 2026",
        "exercice clos le 31/12/2026",
    ]


def test_turnover_and_cash_are_net_of_what_was_taken_back() -> None:
    totals = {"invoiced_gross": 120, "credited_gross": 20, "replaced_gross": 7, "invoiced_net_s_2000": 100}
    assert (turnover(totals), turnover(totals, "net", "s_2000"), turnover({})) == (93, 100, 0)
    assert treatments({"invoiced_net_s_550": 1, "credited_net_s_2000": 1, "invoiced_net_e_0": 1, "received": 1}) == [
        "s_2000",
        "s_550",
        "e_0",
    ]
    money = {"received": 50, "refunded": 20, "received_card": 50, "refunded_cash": 20}
    assert (cash(money), cash(money, "cash"), modes(money)) == (30, -20, ["card", "cash"])


def test_totals_are_told_from_what_was_invoiced_to_penalties_and_the_unknown_last() -> None:
    names = ["x", "penalties_claimed", "refunded", "received_card", "received", "credited_net", "invoiced_vat"]
    ranked = ["invoiced_vat", "credited_net", "received", "received_card", "refunded", "penalties_claimed", "x"]
    assert sorted(names, key=rank) == ranked


def test_totals_of_one_sort_go_from_ht_to_ttc_the_whole_first_and_then_the_highest_rate() -> None:
    """« 10 %, 20 %, 5,5 % » is the order of no accountant."""
    rates = ["", "_s_2000", "_s_1000", "_s_550", "_e_0"]
    ranked = [f"invoiced_{part}{rate}" for part in ("net", "vat", "gross") for rate in rates]
    assert sorted(sorted(ranked), key=rank) == ranked


@pytest.mark.parametrize("category", VatCategory)
def test_an_accountant_reads_why_there_is_no_vat_and_not_a_code_alone(category: VatCategory) -> None:
    words, _, code = category_name(category).partition(" (")
    assert code == f"{category.value})"
    assert len(words) > len(category.value)
