"""What a fact adds to the perpetual totals: turnover by VAT treatment, money by mode. In euro cents, never reset.

Names are keys of the canonical form, so a closing can hold them as they are: `invoiced_net`, `invoiced_net_s_2000`,
`received_transfer`, … Turnover to date = invoiced - credited - replaced; money to date = received - refunded. What one
document's credit pays of another is counted apart (mode `credit`): no money moved. What issues of documents and
payments count follows from what their facts print; any other fact that counts says so itself, in `counts`: whoever has
only the lines of the journal can add everything up.
BOI-TVA-DECLA-30-10-30 § 170 (cumulative and perpetual totals), checked 2026-11. [AF-05]
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from relance.domain.chain.event import Fact
from relance.domain.content import Exchange
from relance.domain.invoice import Payment, PaymentMode
from relance.domain.money import to_cents
from relance.domain.vat import VatSubtotal

INVOICED = "invoiced"
CREDITED = "credited"
REPLACED = "replaced"


def turnover(name: str, rows: Iterable[VatSubtotal], exchange: Exchange | None = None) -> dict[str, int]:
    """Net, VAT and gross of a VAT table, in all and by category and rate; `name` says which way it counts."""
    totals = {f"{name}_net": 0, f"{name}_vat": 0, f"{name}_gross": 0}
    for row in rows:
        treatment = f"{row.treatment.category.value.lower()}_{row.treatment.rate_bp}"
        net, vat = in_euros(row.base, exchange), in_euros(row.vat, exchange)
        for key, cents in (("net", net), ("vat", vat), ("gross", net + vat)):
            totals[f"{name}_{key}"] += cents
        for key, cents in (("net", net), ("vat", vat)):
            of_rate = f"{name}_{key}_{treatment}"
            totals[of_rate] = totals.get(of_rate, 0) + cents
    return totals


def money(payments: Iterable[Payment], exchange: Exchange | None = None) -> dict[str, int]:
    """What was received and given back, in all and by mode."""
    totals: dict[str, int] = {}
    for payment in payments:
        name = "received" if payment.amount >= 0 else "refunded"
        cents = in_euros(abs(payment.amount), exchange)
        of_mode = f"{name}_{payment.mode.value}"
        totals[of_mode] = totals.get(of_mode, 0) + cents
        if payment.mode is not PaymentMode.CREDIT:
            totals[name] = totals.get(name, 0) + cents
    return totals


def declared(facts: Iterable[Fact]) -> dict[str, int]:
    """What facts say in their `counts` that they count."""
    totals: dict[str, int] = {}
    for fact in facts:
        counts = fact.data.get("counts")
        for name, cents in counts.items() if isinstance(counts, Mapping) else ():
            assert isinstance(cents, int), "totals are in whole cents"
            totals[name] = totals.get(name, 0) + cents
    return totals


def added(*parts: Mapping[str, int]) -> dict[str, int]:
    """The sum of several."""
    totals: dict[str, int] = {}
    for part in parts:
        for name, cents in part.items():
            totals[name] = totals.get(name, 0) + cents
    return totals


def in_euros(cents: int, exchange: Exchange | None) -> int:
    """An amount of the document's currency in euro cents, at the rate that the document prints. [I-07]"""
    return cents if exchange is None else to_cents(Decimal(cents) / 100 * exchange.rate)
