"""Can this document be stored? The rules of a draft as a whole: what is stored can always be summed, taxed and chained.

A reduction never turns the sign of what it reduces, whatever the customer chooses: it is judged on the least that he
may order. Codes and bounds: EN 16931 BR-DEC, BR-FR-CO-12, checked 2026-11. [R-03, V-10, D-03, I-07, PF-11]
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from relance.domain.content import MAX_LINES, DepositStep, Exchange
from relance.domain.currencies import CURRENCIES, EURO, step_of
from relance.domain.errors import Fault, Invalid
from relance.domain.invoice import InvoiceDraft
from relance.domain.line_checks import euros, line_faults, price_faults, vat_faults
from relance.domain.lines import Line
from relance.domain.money import BASIS_POINTS, MAX_CENTS, share
from relance.domain.party import SalesChannel
from relance.domain.quote import QuoteDraft
from relance.domain.totals import Charge, DocumentDiscount, allowances, bases_of, total
from relance.domain.withdrawal import WithdrawalException

LANGUAGES: Final = frozenset({"fr", "en"})
CHANNELS: Final = frozenset({"", *SalesChannel})
EXCEPTIONS: Final = frozenset({"", *WithdrawalException})


def require_sellable(draft: QuoteDraft | InvoiceDraft) -> None:
    """Raise Invalid with every fault of a draft."""
    if faults := draft_faults(draft):
        raise Invalid("Ce document ne peut pas être enregistré : corrigez les points signalés.", faults=faults)


def draft_faults(draft: QuoteDraft | InvoiceDraft) -> list[Fault]:
    """Everything wrong with a draft: its lines, then what stands beside them, then what it all comes to."""
    count = len(draft.lines)
    if count == 0:
        return [Fault("/lines", "Ajoutez au moins une ligne.", "no_lines")]
    if count > MAX_LINES:
        message = f"{MAX_LINES} lignes au plus : il y en a {count}. Répartissez-les sur plusieurs documents."
        return [Fault("/lines", message, "too_many_lines")]
    faults = [
        *(fault for index, line in enumerate(draft.lines) for fault in line_faults(line, f"/lines/{index}")),
        *_currency_faults(draft),
        *(fault for index, part in enumerate(draft.discounts) for fault in _discount_faults(draft, part, index)),
        *(fault for index, charge in enumerate(draft.charges) for fault in _charge_faults(draft, charge, index)),
    ]
    if isinstance(draft, QuoteDraft):
        faults += _quote_faults(draft)
    return faults or list(_sum_faults(draft))


def least(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The least that the customer may order: no option, every quantity at its minimum."""
    return tuple(
        replace(line, is_chosen=False) if line.is_option else replace(line, quantity=line.min_quantity or line.quantity)
        for line in lines
    )


def most(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The most that he may order."""
    return tuple(replace(line, is_chosen=True, quantity=line.max_quantity or line.quantity) for line in lines)


def reduction_faults(lines: Sequence[Line], discounts: Sequence[DocumentDiscount]) -> list[Fault]:
    """A reduction of more than what it reduces, under any VAT treatment."""
    bases = bases_of(lines)
    left = dict(bases)
    for part in allowances(lines, discounts):
        left[part.treatment] -= part.amount
    # What is spread over nothing would vanish: an amount off no line at all is a mistake too.
    vanishes = any(discount.amount for discount in discounts) and not any(bases.values())
    if vanishes or any(base < 0 for base in left.values()):
        message = "Les remises dépassent ce que les lignes peuvent valoir, compte tenu des choix laissés au client."
        return [Fault("/discounts", message, "discount_too_large")]
    return []


def _currency_faults(draft: QuoteDraft | InvoiceDraft) -> Iterator[Fault]:
    if draft.currency not in CURRENCIES:
        yield Fault("/currency", "Un code de devise ISO 4217 est attendu, par exemple EUR.", "unknown_currency")
    elif draft.currency != EURO and draft.exchange is None:
        message = "Donnez le cours de la devise : la TVA doit aussi figurer en euros."
        yield Fault("/exchange", message, "missing")  # BR-FR-CO-12
    elif draft.currency == EURO and draft.exchange is not None:
        yield Fault("/exchange", "Un document en euros n’a pas de cours de change.", "not_allowed")
    if draft.exchange is not None:
        yield from _exchange_faults(draft.exchange)
    if draft.language not in LANGUAGES:
        yield Fault("/language", "Langues permises : fr, en.", "not_allowed")


def _exchange_faults(exchange: Exchange) -> Iterator[Fault]:
    faults = list(price_faults(exchange.rate, "Le cours", "/exchange/rate"))
    yield from faults
    if not faults and exchange.rate == 0:
        yield Fault("/exchange/rate", "Le cours doit être supérieur à zéro.", "not_positive")
    if not exchange.source.strip():
        yield Fault("/exchange/source", "Dites d’où vient ce cours, par exemple « Banque de France ».", "empty")


def _discount_faults(draft: QuoteDraft | InvoiceDraft, part: DocumentDiscount, index: int) -> Iterator[Fault]:
    yield from _part_faults(part, f"/discounts/{index}", "Une remise", step_of(draft.currency))
    if not part.label.strip():
        yield Fault(f"/discounts/{index}/label", "Donnez un nom à cette remise.", "empty")


def _charge_faults(draft: QuoteDraft | InvoiceDraft, charge: Charge, index: int) -> Iterator[Fault]:
    pointer = f"/charges/{index}"
    if not charge.label.strip():
        yield Fault(f"{pointer}/label", "Donnez un nom à ces frais.", "empty")
    if charge.amount <= 0:
        yield Fault(f"{pointer}/amount", "Des frais sont supérieurs à zéro.", "not_positive")
    elif charge.amount % step_of(draft.currency):
        yield Fault(f"{pointer}/amount", "Cette devise n’a pas de décimales.", "too_many_decimals")
    yield from vat_faults(charge.vat, f"{pointer}/vat")


def _part_faults(part: DocumentDiscount | DepositStep, pointer: str, name: str, step: int) -> Iterator[Fault]:
    if (part.percent_bp > 0) == (part.amount > 0) or min(part.percent_bp, part.amount) < 0:
        yield Fault(pointer, f"{name} est un pourcentage ou un montant, supérieur à zéro : l’un des deux.", "one_of")
    elif part.percent_bp > BASIS_POINTS:
        yield Fault(f"{pointer}/percent", "100 % au plus.", "too_large")
    elif part.amount % step:
        yield Fault(f"{pointer}/amount", "Cette devise n’a pas de décimales.", "too_many_decimals")


def _quote_faults(draft: QuoteDraft) -> Iterator[Fault]:
    for index, step in enumerate(draft.deposits):
        yield from _part_faults(step, f"/deposits/{index}", "Un acompte", step_of(draft.currency))
        if not step.label.strip():
            yield Fault(f"/deposits/{index}/label", "Donnez un nom à cet acompte.", "empty")
    if draft.costs and len(draft.costs) != len(draft.lines):
        yield Fault("/lines", "Il faut autant de prix de revient que de lignes.", "costs")
    for index, cost in enumerate(draft.costs):
        if cost is not None:
            yield from price_faults(cost, "Le prix de revient", f"/lines/{index}/unit_cost")
    if draft.channel not in CHANNELS:
        yield Fault("/channel", f"Permis : {', '.join(SalesChannel)}.", "not_allowed")
    if draft.withdrawal_exception not in EXCEPTIONS:
        yield Fault("/withdrawal_exception", f"Permis : {', '.join(WithdrawalException)}.", "not_allowed")


def _sum_faults(draft: QuoteDraft | InvoiceDraft) -> Iterator[Fault]:
    """Judged on a draft whose every part is sound."""
    if total(most(draft.lines), charges=draft.charges).gross > MAX_CENTS:
        yield Fault("/lines", f"Le total dépasse {euros(MAX_CENTS)} : vérifiez les prix.", "amount_too_large")
        return
    smallest = least(draft.lines)
    if faults := reduction_faults(smallest, draft.discounts) or reduction_faults(draft.lines, draft.discounts):
        yield from faults
    elif isinstance(draft, QuoteDraft) and draft.deposits:
        gross = total(smallest, draft.discounts, draft.charges).gross
        percent_bp = sum(step.percent_bp for step in draft.deposits)
        asked = sum(step.amount for step in draft.deposits) + share(gross, percent_bp)
        if percent_bp > BASIS_POINTS or asked > gross:
            message = "Les acomptes dépassent le total, compte tenu des choix laissés au client."
            yield Fault("/deposits", message, "deposits_too_large")
