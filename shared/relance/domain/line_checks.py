"""Can this be sold and taxed? The rules of one line, and of lines beside the seller's VAT regime.

Numbers are bounded before anything is computed with them, so that a price like 1E+999999 costs nothing to refuse.
EN 16931 BR-FR-DEC (decimals), BR-FR-15 and 16 (categories, rates), checked 2026-11. [R-03, V-10, V-11, PF-11]
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from relance.domain.errors import Fault
from relance.domain.lines import Line
from relance.domain.money import BASIS_POINTS, MAX_CENTS, percent
from relance.domain.party import VatRegime
from relance.domain.vat import FRENCH_RATES_BP, VatCategory, VatTreatment

QUANTITY_DECIMALS = 4
PRICE_DECIMALS = 6
MAX_DESCRIPTION = 2000
MAX_INTEGER_DIGITS = 9  # quantity x price then fits the 28 digits of a decimal context: nothing is rounded twice
NATURES = frozenset({"services", "goods"})


def line_faults(line: Line, pointer: str = "") -> list[Fault]:
    """Everything wrong with one line; pointers start with `pointer`, the line's own."""
    return list(_line_faults(line, pointer))


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
        *quantity_faults(line.quantity, f"{pointer}/quantity"),
        *price_faults(line.unit_price, "Le prix unitaire", f"{pointer}/unit_price"),
        *_bound_faults(line, pointer),
    ]
    yield from numbers
    if not numbers:
        yield from _amount_faults(line, pointer)
    yield from vat_faults(line.vat, f"{pointer}/vat")
    if line.nature not in NATURES:
        yield Fault(f"{pointer}/nature", "Une ligne vend « services » ou « goods ».", "not_allowed")


def quantity_faults(value: Decimal, pointer: str) -> Iterator[Fault]:
    """A quantity: above zero, four decimals at most."""
    faults = list(_number_faults(value, QUANTITY_DECIMALS, "La quantité", pointer))
    if not faults and value == 0:
        faults = [Fault(pointer, "La quantité doit être supérieure à zéro.", "not_positive")]
    yield from faults


def price_faults(value: Decimal, name: str, pointer: str) -> Iterator[Fault]:
    """A price per unit: zero or more, six decimals at most."""
    yield from _number_faults(value, PRICE_DECIMALS, name, pointer)


def _bound_faults(line: Line, pointer: str) -> Iterator[Fault]:
    """Bounds of an adjustable quantity: both or neither, with the proposed quantity between them."""
    least, most = line.min_quantity, line.max_quantity
    if least is None and most is None:
        return
    if least is None or most is None:
        missing = "min_quantity" if least is None else "max_quantity"
        message = "Donnez min_quantity et max_quantity : les deux, ou aucune."
        yield Fault(f"{pointer}/{missing}", message, "both")
        return
    faults = [
        *quantity_faults(least, f"{pointer}/min_quantity"),
        *quantity_faults(most, f"{pointer}/max_quantity"),
    ]
    yield from faults
    if not faults and not least <= line.quantity <= most:
        message = "La quantité proposée doit se trouver entre min_quantity et max_quantity."
        yield Fault(f"{pointer}/quantity", message, "out_of_bounds")


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
    """Judged on sound numbers only, and on the smallest and the largest quantity that may be chosen."""
    least, most = (
        replace(line, quantity=bound if bound is not None else line.quantity)
        for bound in (line.min_quantity, line.max_quantity)
    )
    if most.gross > MAX_CENTS:
        message = f"Cette ligne dépasse {euros(MAX_CENTS)} : vérifiez la quantité et le prix."
        yield Fault(f"{pointer}/unit_price", message, "amount_too_large")
    discount = line.discount
    if discount is None:
        return
    if (discount.percent_bp > 0) == (discount.amount > 0) or min(discount.percent_bp, discount.amount) < 0:
        message = "Une remise est un pourcentage ou un montant, supérieur à zéro : l’un des deux."
        yield Fault(f"{pointer}/discount", message, "one_of")
    elif discount.percent_bp > BASIS_POINTS or discount.amount > least.gross:
        yield Fault(f"{pointer}/discount", "La remise dépasse le montant de la ligne.", "discount_too_large")
    elif discount.amount % line.step:
        yield Fault(f"{pointer}/discount/amount", "Cette devise n’a pas de décimales.", "too_many_decimals")


def vat_faults(vat: VatTreatment, pointer: str) -> list[Fault]:
    """What is wrong with a VAT treatment: rate, category, reason. [V-10, V-11]"""
    return list(_vat_faults(vat, pointer))


def _vat_faults(vat: VatTreatment, pointer: str) -> Iterator[Fault]:
    if vat.rate_bp not in FRENCH_RATES_BP:
        known = ", ".join(map(percent, sorted(FRENCH_RATES_BP)))
        yield Fault(f"{pointer}/rate", f"Ce taux de TVA n’existe pas en France. Taux connus : {known}.", "V-11")
    elif vat.case is not None:
        if (vat.category, vat.rate_bp) != (vat.case.category, 0):
            yield Fault(pointer, "Ce cas a sa propre catégorie, à 0 % : ne la changez pas.", "V-10")
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


def euros(cents: int) -> str:
    """A whole number of euros, in words of a fault."""
    return f"{cents // 100:_} €".replace("_", "\u202f")
