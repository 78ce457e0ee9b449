"""Can this be sold, taxed and printed? The rules of a line, of a draft, and of lines beside the seller's VAT regime.

Numbers are bounded before anything is computed with them, so that a price like 1E+999999 costs nothing to refuse.
EN 16931 BR-FR-DEC (decimals), BR-FR-15 and 16 (categories, rates), checked 2026-11. [R-03, V-10, V-11]
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from relance.domain.content import MAX_LINES
from relance.domain.errors import Fault, Invalid
from relance.domain.invoice import InvoiceDraft
from relance.domain.lines import Line
from relance.domain.money import BASIS_POINTS, MAX_CENTS
from relance.domain.party import VatRegime
from relance.domain.quote import QuoteDraft
from relance.domain.totals import total
from relance.domain.vat import FRENCH_RATES_BP, VatCategory, VatTreatment

QUANTITY_DECIMALS = 4
PRICE_DECIMALS = 6
MAX_DESCRIPTION = 2000
MAX_INTEGER_DIGITS = 9  # quantity x price then fits the 28 digits of a decimal context: nothing is rounded twice
NATURES = frozenset({"services", "goods"})


def line_faults(line: Line, pointer: str = "") -> list[Fault]:
    """Everything wrong with one line; pointers start with `pointer`, the line's own."""
    return list(_line_faults(line, pointer))


def draft_faults(draft: QuoteDraft | InvoiceDraft) -> list[Fault]:
    """Everything wrong with a draft's lines: their number, each of them, and the amount they come to."""
    count = len(draft.lines)
    if count == 0:
        return [Fault("/lines", "Ajoutez au moins une ligne.", "no_lines")]
    if count > MAX_LINES:
        message = f"{MAX_LINES} lignes au plus : il y en a {count}. Répartissez-les sur plusieurs documents."
        return [Fault("/lines", message, "too_many_lines")]
    faults = [fault for index, line in enumerate(draft.lines) for fault in line_faults(line, f"/lines/{index}")]
    if not faults and total(draft.lines).gross > MAX_CENTS:
        return [Fault("/lines", f"Le total dépasse {_euros(MAX_CENTS)} : vérifiez les prix.", "amount_too_large")]
    return faults


def require_sellable(draft: QuoteDraft | InvoiceDraft) -> None:
    """Raise Invalid with every fault of a draft: what is stored can always be summed, taxed and chained."""
    if faults := draft_faults(draft):
        raise Invalid("Ce document ne peut pas être enregistré : corrigez les points signalés.", faults=faults)


def regime_faults(lines: Sequence[Line], regime: VatRegime) -> list[Fault]:
    """A seller under the VAT franchise charges none: who shows VAT owes it (CGI 283, 3, checked 2026-11). [V-01]"""
    if regime is VatRegime.LIABLE:
        return []
    message = (
        "Vous êtes en franchise de TVA : mettez cette ligne à 0 %, avec « TVA non applicable, art. 293 B du CGI »."
    )
    return [
        Fault(f"/lines/{index}/vat/rate", message, "vat_in_franchise")
        for index, line in enumerate(lines)
        if line.vat.rate_bp > 0
    ]


def _line_faults(line: Line, pointer: str) -> Iterator[Fault]:
    if not line.description.strip():
        yield Fault(f"{pointer}/description", "Décrivez ce que la ligne vend.", "empty")
    elif len(line.description) > MAX_DESCRIPTION:
        message = f"{MAX_DESCRIPTION} caractères au plus : il y en a {len(line.description)}."
        yield Fault(f"{pointer}/description", message, "too_long")
    numbers = [
        *_number_faults(line.quantity, QUANTITY_DECIMALS, "La quantité", f"{pointer}/quantity"),
        *_number_faults(line.unit_price, PRICE_DECIMALS, "Le prix unitaire", f"{pointer}/unit_price"),
    ]
    yield from numbers
    if not numbers:
        yield from _amount_faults(line, pointer)
    yield from _vat_faults(line.vat, f"{pointer}/vat")
    if line.nature not in NATURES:
        yield Fault(f"{pointer}/nature", "Une ligne vend « services » ou « goods ».", "not_allowed")


def _number_faults(value: Decimal, decimals: int, name: str, pointer: str) -> Iterator[Fault]:
    if not value.is_finite():
        yield Fault(pointer, f"{name} est un nombre décimal.", "not_a_number")
    elif value.is_signed():  # -0 too: it would be printed with its sign
        yield Fault(pointer, f"{name} ne peut pas être négatif : une remise se met dans « discount ».", "negative")
    elif value and value.adjusted() >= MAX_INTEGER_DIGITS:
        yield Fault(pointer, f"{name} est trop grand : {MAX_INTEGER_DIGITS} chiffres avant la virgule.", "too_large")
    elif value != round(value, decimals):
        yield Fault(pointer, f"{name} a {decimals} décimales au plus.", "too_many_decimals")


def _amount_faults(line: Line, pointer: str) -> Iterator[Fault]:
    """Judged on sound numbers only."""
    if line.quantity == 0:
        yield Fault(f"{pointer}/quantity", "La quantité doit être supérieure à zéro.", "not_positive")
    if line.gross > MAX_CENTS:
        message = f"Cette ligne dépasse {_euros(MAX_CENTS)} : vérifiez la quantité et le prix."
        yield Fault(f"{pointer}/unit_price", message, "amount_too_large")
    discount = line.discount
    if discount is None:
        return
    if (discount.percent_bp > 0) == (discount.amount > 0) or min(discount.percent_bp, discount.amount) < 0:
        message = "Une remise est un pourcentage ou un montant, supérieur à zéro : l’un des deux."
        yield Fault(f"{pointer}/discount", message, "one_of")
    elif discount.percent_bp > BASIS_POINTS or discount.amount > line.gross:
        yield Fault(f"{pointer}/discount", "La remise dépasse le montant de la ligne.", "discount_too_large")


def _vat_faults(vat: VatTreatment, pointer: str) -> Iterator[Fault]:
    if vat.rate_bp not in FRENCH_RATES_BP:
        known = ", ".join(f"{rate / 100:g}".replace(".", ",") for rate in sorted(FRENCH_RATES_BP))
        yield Fault(f"{pointer}/rate", f"Ce taux de TVA n’existe pas en France. Taux connus, en % : {known}.", "V-11")
    elif vat.category is VatCategory.STANDARD:
        if vat.rate_bp == 0:
            message = "À 0 %, dites pourquoi : une catégorie (E, AE, K, G, O ou Z) et sa raison."
            yield Fault(f"{pointer}/category", message, "V-10")
    elif vat.rate_bp > 0:
        message = f"La catégorie {vat.category} ne porte pas de TVA : taux 0, ou catégorie S."
        yield Fault(f"{pointer}/rate", message, "V-10")
    elif not vat.reason.strip():
        message = "Donnez la raison pour laquelle aucune TVA n’est due : elle est imprimée."
        yield Fault(f"{pointer}/reason", message, "V-10")


def _euros(cents: int) -> str:
    return f"{cents // 100:_} €".replace("_", "\u202f")
