"""Closings and their totals in French, for tables that people read. Codes stay codes in the chain. [AF-05, AF-07]"""

from collections.abc import Mapping
from typing import Final

from relance.domain.closing import Closing
from relance.domain.invoice import PaymentMode
from relance.domain.money import percent
from relance.domain.periods import PeriodKind
from relance.domain.vat import VatCategory

KINDS: Final = {PeriodKind.DAY: "Jour", PeriodKind.MONTH: "Mois", PeriodKind.YEAR: "Exercice"}
MODES: Final = {
    PaymentMode.TRANSFER: "virement",
    PaymentMode.CARD: "carte",
    PaymentMode.CHEQUE: "chèque",
    PaymentMode.CASH: "espèces",
    PaymentMode.DIRECT_DEBIT: "prélèvement",
    PaymentMode.CREDIT: "avoir ou compensation",
}
_CATEGORIES: Final = {
    VatCategory.STANDARD: "",
    VatCategory.EXEMPT: "exonéré",
    VatCategory.REVERSE_CHARGE: "autoliquidation",
    VatCategory.INTRA_COMMUNITY: "livraison intracommunautaire",
    VatCategory.EXPORT: "exportation",
    VatCategory.OUTSIDE_SCOPE: "hors champ",
    VatCategory.ZERO: "taux zéro",
}
_MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_WHAT: Final = {
    "invoiced": "Facturé",
    "credited": "Avoirs",
    "replaced": "Factures remplacées",
    "received": "Encaissé",
    "refunded": "Remboursé",
    "penalties_claimed": "Pénalités réclamées",
    "penalties_waived": "Pénalités abandonnées",
    "penalties_received": "Pénalités encaissées",
}
_PARTS: Final = {"net": "HT", "vat": "TVA", "gross": "TTC"}


def period_name(closing: Closing) -> str:
    """« 21/11/2026 », « novembre 2026 », « exercice clos le 31/12/2026 »."""
    if closing.kind is PeriodKind.MONTH:
        return f"{_MONTHS[closing.last.month - 1]} {closing.last.year}"
    day = f"{closing.last:%d/%m/%Y}"
    return day if closing.kind is PeriodKind.DAY else f"exercice clos le {day}"


def total_name(name: str) -> str:
    """`invoiced_net_s_2000` is « Facturé HT à 20 % », `received_cash` « Encaissé, espèces »; others as they are."""
    what = max((known for known in _WHAT if name == known or name.startswith(f"{known}_")), key=len, default="")
    if not what:
        return name
    rest = name[len(what) + 1 :]
    if not rest:
        return _WHAT[what]
    part, _, treatment = rest.partition("_")
    if part in _PARTS:
        return f"{_WHAT[what]} {_PARTS[part]}" + (f" {treatment_name(treatment)}" if treatment else "")
    return f"{_WHAT[what]}, {MODES[PaymentMode(rest)] if rest in set(PaymentMode) else rest}"


def rank(name: str) -> tuple[int, int, int, str]:
    """The place of a total: invoiced, credited, replaced, received, given back, penalties; HT, TVA, TTC; the whole
    before its rates, the highest first; then by name.
    """
    whats, parts = list(_WHAT), list(_PARTS)
    what = min((whats.index(what) for what in whats if name == what or name.startswith(f"{what}_")), default=len(whats))
    words = name.split("_")
    part = next((parts.index(word) for word in words if word in parts), len(parts))
    rate = int(words[-1]) if words[-1].isdecimal() else _WHOLE
    return (what, part, -rate, name)


_WHOLE: Final = 2**53  # above any rate


def treatment_name(treatment: str) -> str:
    """`s_550` is « à 5,5 % », `e_0` « à 0 % (exonéré) »."""
    category, _, rate_bp = treatment.rpartition("_")
    why = _CATEGORIES[VatCategory(category.upper())]
    return f"à {percent(int(rate_bp))}" + (f" ({why})" if why else "")


def category_name(category: VatCategory) -> str:
    """« taxé (S) », « autoliquidation (AE) »: the words, and the code of UNTDID 5305 that electronic invoices carry."""
    return f"{_CATEGORIES[category] or 'taxé'} ({category.value})"


def turnover(totals: Mapping[str, int], part: str = "gross", treatment: str = "") -> int:
    """What was invoiced, less credit notes and replaced invoices; TTC, or another part, of one treatment or of all."""
    name = f"{part}_{treatment}" if treatment else part
    return sum(sign * totals.get(f"{what}_{name}", 0) for what, sign in _TURNOVER)


_TURNOVER: Final = (("invoiced", 1), ("credited", -1), ("replaced", -1))


def cash(totals: Mapping[str, int], mode: str = "") -> int:
    """What was received, less what was given back; by one mode, or in all."""
    after = f"_{mode}" if mode else ""
    return totals.get(f"received{after}", 0) - totals.get(f"refunded{after}", 0)


def treatments(totals: Mapping[str, int]) -> list[str]:
    """The VAT treatments that count something (`s_2000`, …), highest rate first."""
    found = {
        name.removeprefix(f"{what}_net_") for what, _ in _TURNOVER for name in totals if name.startswith(f"{what}_net_")
    }
    return sorted(found, key=lambda treatment: (-int(treatment.rpartition("_")[2]), treatment))


def modes(totals: Mapping[str, int]) -> list[str]:
    """The modes of payment by which something came or went, in the order of `PaymentMode`."""
    return [
        mode.value for mode in PaymentMode if any(f"{way}_{mode.value}" in totals for way in ("received", "refunded"))
    ]
