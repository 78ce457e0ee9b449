"""Closings as a table to print: what each period counted, by VAT rate and mode of payment, and its hash. [AF-05]"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from relance.domain.closing import Closing
from relance.domain.closing_words import MODES, cash, modes, period_name, treatment_name, treatments, turnover
from relance.domain.invoice import PaymentMode
from relance.domain.periods import PeriodKind
from relance.domain.sheets import Section, Sheet

_TITLES: Final = {
    PeriodKind.DAY: "Clôtures journalières",
    PeriodKind.MONTH: "Clôtures mensuelles",
    PeriodKind.YEAR: "Clôtures d’exercice",
}
_NONE: Final = (
    "Aucune période close ne répond à cette demande. Une journée est close à minuit, un mois et un exercice le "
    "lendemain de leur dernier jour."
)
_NARROW, _MINUS = "\u202f", "\u2212"


def closing_sheet(closings: Sequence[Closing], kind: PeriodKind | None, company: str, on: date) -> Sheet:
    """The table of these closings, the oldest first. Amounts are in euros; turnover is net of what was credited."""
    rows = sorted(closings, key=lambda closing: (closing.last, list(PeriodKind).index(closing.kind)))
    names = list(dict.fromkeys(period_name(closing) for closing in (*rows[:1], *rows[-1:]))) or ["aucune clôture"]
    return Sheet(
        title=_TITLES[kind] if kind else "Clôtures",
        subtitle=f"{company} · {' à '.join(names)}",
        on=on,
        sections=_sections(rows) if rows else (Section("Totaux", paragraphs=(_NONE,)),),
        footer="Clôtures : CGI, art. 286, I, 3° bis ; BOI-TVA-DECLA-30-10-30, § 170.",
    )


def _sections(rows: Sequence[Closing]) -> tuple[Section, ...]:
    by_rate = tuple(row for closing in rows for row in _by_rate(closing))
    by_mode = tuple(row for closing in rows for row in _by_mode(closing))
    return (
        Section(
            "Totaux",
            paragraphs=(
                "Chiffre d’affaires facturé, avoirs et factures remplacées déduits ; encaissements, remboursements "
                "déduits. Le cumul court depuis le début de l’exercice ; le total perpétuel, depuis la première "
                "écriture, n’est jamais remis à zéro. Montants en euros.",
            ),
            heads=(
                "Période",
                "CA HT",
                "TVA",
                "CA TTC",
                "Encaissé",
                "Cumul CA TTC",
                "Perpétuel CA TTC",
                "Perpétuel encaissé",
            ),
            table=tuple(_totals(closing) for closing in rows),
        ),
        Section(
            "Chiffre d’affaires par taux de TVA",
            heads=("Période", "Taux", "HT", "TVA", "TTC"),
            words=2,
            paragraphs=() if by_rate else ("Aucun chiffre d’affaires sur ces périodes.",),
            table=by_rate,
        ),
        Section(
            "Encaissements par mode de règlement",
            heads=("Période", "Mode", "Encaissé", "Remboursé", "Net"),
            words=2,
            paragraphs=() if by_mode else ("Aucun règlement sur ces périodes.",),
            table=by_mode,
        ),
        Section(
            "Preuves",
            paragraphs=(
                "Chaque clôture est un événement de l’archive : ses totaux sont dans la ligne dont voici "
                "l’empreinte, et l’export de l’archive se vérifie sans Relance.",
            ),
            code=tuple(_proof(closing) for closing in rows),
        ),
    )


def _totals(closing: Closing) -> tuple[str, ...]:
    totals = closing.totals
    return (
        period_name(closing),
        _euros(turnover(totals, "net")),
        _euros(turnover(totals, "vat")),
        _euros(turnover(totals)),
        _euros(cash(totals)),
        _euros(turnover(closing.cumulated)),
        _euros(turnover(closing.perpetual)),
        _euros(cash(closing.perpetual)),
    )


def _by_rate(closing: Closing) -> Iterator[tuple[str, ...]]:
    for treatment in treatments(closing.totals):
        net, vat = (turnover(closing.totals, part, treatment) for part in ("net", "vat"))
        yield (
            period_name(closing),
            treatment_name(treatment).removeprefix("à "),
            _euros(net),
            _euros(vat),
            _euros(net + vat),
        )


def _by_mode(closing: Closing) -> Iterator[tuple[str, ...]]:
    for mode in modes(closing.totals):
        received, refunded = (closing.totals.get(f"{way}_{mode}", 0) for way in ("received", "refunded"))
        name = MODES[PaymentMode(mode)]
        yield period_name(closing), name, _euros(received), _euros(refunded), _euros(received - refunded)


def _proof(closing: Closing) -> str:
    is_silent = closing.last_seq < closing.first_seq
    covered = "aucun événement" if is_silent else f"événements {closing.first_seq} à {closing.last_seq}"
    return f"{closing.hash}  {period_name(closing)} : {covered}, clôture {closing.seq}"


def _euros(cents: int) -> str:
    units, hundredths = divmod(abs(cents), 100)
    return f"{_MINUS if cents < 0 else ''}{units:,}".replace(",", _NARROW) + f",{hundredths:02d}"
