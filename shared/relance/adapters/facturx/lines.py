"""The lines of an invoice (BG-25). Options that were not chosen are not sold, so they are not there.

A free line has the price 0: both schematrons accept it, EN 16931 BR-27 asks for a price that is not negative, and any
other figure would be invented (docs/decisions/0010). [Q-06, R-03]
"""

from relance.adapters.facturx.codes import unit_code
from relance.adapters.facturx.values import amount, number, percent, tax
from relance.adapters.facturx.xml import group, text
from relance.domain.content import InvoiceContent
from relance.domain.lines import Line

ALLOWANCE = "95"  # UNTDID 5189: discount
_MAX_NAME = 120  # a first paragraph that is longer is text, as on the page


def trade_lines(content: InvoiceContent) -> str:
    """Every line that counts, numbered from 1 in the order of the page."""
    sold = (line for line in content.lines if line.counts)
    return "".join(_line(line, place) for place, line in enumerate(sold, start=1))


def _line(line: Line, place: int) -> str:
    name, description = _named(line.description)
    said = "\n".join(part for part in (line.section, line.text_before) if part)
    return group(
        "ram:IncludedSupplyChainTradeLineItem",
        group(
            "ram:AssociatedDocumentLineDocument",
            text("ram:LineID", str(place)),
            group("ram:IncludedNote", text("ram:Content", said)),
        ),
        group(
            "ram:SpecifiedTradeProduct",
            text("ram:SellerAssignedID", line.reference),
            text("ram:Name", name),
            text("ram:Description", description),
        ),
        group(
            "ram:SpecifiedLineTradeAgreement",
            group("ram:NetPriceProductTradePrice", text("ram:ChargeAmount", number(line.unit_price))),
        ),
        group(
            "ram:SpecifiedLineTradeDelivery",
            text("ram:BilledQuantity", number(line.quantity), unitCode=unit_code(line.unit)),
        ),
        group(
            "ram:SpecifiedLineTradeSettlement",
            tax("ram:ApplicableTradeTax", line.vat.category, line.vat.rate_bp),
            _discount(line),
            group("ram:SpecifiedTradeSettlementLineMonetarySummation", amount("ram:LineTotalAmount", line.net)),
        ),
    )


def _discount(line: Line) -> str:
    if line.discount is None or not line.discount_amount:
        return ""
    is_percent = not line.discount.amount
    return group(
        "ram:SpecifiedTradeAllowanceCharge",
        group("ram:ChargeIndicator", text("udt:Indicator", "false")),
        text("ram:CalculationPercent", percent(line.discount.percent_bp) if is_percent else ""),
        amount("ram:BasisAmount", line.gross) if is_percent else "",
        amount("ram:ActualAmount", line.discount_amount),
        text("ram:ReasonCode", ALLOWANCE),
        text("ram:Reason", "Remise"),
    )


def _named(description: str) -> tuple[str, str]:
    """The name of what is sold, and the rest: cut where the page cuts it; of a long text the name is the beginning."""
    whole = description.strip()
    heading, _, details = whole.partition("\n")
    if len(heading) <= _MAX_NAME:
        return heading.strip(), details.strip()
    return f"{heading[: _MAX_NAME - 1].rstrip()}…", whole
