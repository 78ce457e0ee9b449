"""How the invoice is summed, taxed and paid (BG-3, BG-16, BG-20 to BG-23). [R-01, D-02, C-02, I-07]"""

from typing import Final

from relance.adapters.facturx.lines import ALLOWANCE
from relance.adapters.facturx.values import amount, day, percent, tax
from relance.adapters.facturx.xml import group, text
from relance.domain.content import InvoiceContent, Reference
from relance.domain.einvoice import VatRow, preceding, vat_in_euros, vat_rows
from relance.domain.totals import Allowance, Charge, ChargeKind, allowances
from relance.domain.vat import VatCategory

_SEPA_TRANSFER: Final = "58"  # UNTDID 4461
_TRANSFER: Final = "30"
_ON_INVOICE: Final = "5"  # UNTDID 2475: VAT is due when the invoice is issued (d'après les débits)
_FREIGHT: Final = "FC"  # UNTDID 7161
_CODES: Final = {  # CEF list VATEX; an exemption (E) has the code of its case
    VatCategory.REVERSE_CHARGE: "VATEX-EU-AE",
    VatCategory.INTRA_COMMUNITY: "VATEX-EU-IC",
    VatCategory.EXPORT: "VATEX-EU-G",
    VatCategory.OUTSIDE_SCOPE: "VATEX-EU-O",
}
_WITH_REASON: Final = frozenset(VatCategory) - {VatCategory.STANDARD, VatCategory.ZERO}  # BR-S-10, BR-Z-10


def settlement(content: InvoiceContent) -> str:
    """`ApplicableHeaderTradeSettlement`."""
    taken = allowances(content.lines, content.discounts)
    euros = vat_in_euros(content)
    return group(
        "ram:ApplicableHeaderTradeSettlement",
        text("ram:PaymentReference", content.number),
        text("ram:TaxCurrencyCode", "" if euros is None else "EUR"),
        text("ram:InvoiceCurrencyCode", content.currency),
        _payment_means(content),
        *(_vat(row, content) for row in vat_rows(content)),
        *(_allowance(part) for part in taken),
        *(_charge(charge) for charge in content.charges),
        group(
            "ram:SpecifiedTradePaymentTerms",
            text("ram:Description", content.payment_terms),
            day("ram:DueDateDateTime", content.due_date),
        ),
        _sums(content, sum(part.amount for part in taken), euros),
        *(_preceding(reference) for reference in preceding(content)),
    )


def _payment_means(content: InvoiceContent) -> str:
    """A transfer to the seller's account; a credit note asks for no payment."""
    bank = content.seller.bank
    if bank is None or content.type.is_credit:
        return ""
    return group(
        "ram:SpecifiedTradeSettlementPaymentMeans",
        text("ram:TypeCode", _SEPA_TRANSFER if content.currency == "EUR" else _TRANSFER),
        group(
            "ram:PayeePartyCreditorFinancialAccount",
            text("ram:IBANID", "".join(bank.iban.split())),
            text("ram:AccountName", content.seller.legal_name),
        ),
        group("ram:PayeeSpecifiedCreditorFinancialInstitution", text("ram:BICID", bank.bic)),
    )


def _vat(row: VatRow, content: InvoiceContent) -> str:
    reasons = row.reasons if row.category in _WITH_REASON else ()
    has_rate = row.category is not VatCategory.OUTSIDE_SCOPE
    return group(
        "ram:ApplicableTradeTax",
        amount("ram:CalculatedAmount", row.vat),
        text("ram:TypeCode", "VAT"),
        text("ram:ExemptionReason", " ; ".join(reasons)),
        amount("ram:BasisAmount", row.base),
        text("ram:CategoryCode", row.category),
        text("ram:ExemptionReasonCode", _code(row) if reasons else ""),
        text("ram:DueDateTypeCode", _ON_INVOICE if content.vat_on_debits else ""),
        text("ram:RateApplicablePercent", percent(row.rate_bp) if has_rate else ""),
    )


def _code(row: VatRow) -> str:
    """The code that tells every reason: that of the case, or of the category; none where the reasons are several."""
    if row.category in _CODES:
        return _CODES[row.category]
    return row.codes[0] if len(row.codes) == len(row.reasons) == 1 else ""


def _allowance(part: Allowance) -> str:
    return group(
        "ram:SpecifiedTradeAllowanceCharge",
        group("ram:ChargeIndicator", text("udt:Indicator", "false")),
        amount("ram:ActualAmount", part.amount),
        text("ram:ReasonCode", ALLOWANCE),
        text("ram:Reason", part.label or "Remise"),
        tax("ram:CategoryTradeTax", part.treatment.category, part.treatment.rate_bp),
    )


def _charge(charge: Charge) -> str:
    return group(
        "ram:SpecifiedTradeAllowanceCharge",
        group("ram:ChargeIndicator", text("udt:Indicator", "true")),
        amount("ram:ActualAmount", charge.amount),
        text("ram:ReasonCode", _FREIGHT if charge.kind is ChargeKind.TRANSPORT else ""),
        text("ram:Reason", charge.label or "Frais"),
        tax("ram:CategoryTradeTax", charge.vat.category, charge.vat.rate_bp),
    )


def _sums(content: InvoiceContent, discounted: int, euros: int | None) -> str:
    """Whole sums: what deposits already asked for is prepaid (BT-113), and what is left is payable (BT-115)."""
    charged = sum(charge.amount for charge in content.charges)
    totals = content.totals
    return group(
        "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
        amount("ram:LineTotalAmount", sum(line.net for line in content.lines if line.counts)),
        amount("ram:ChargeTotalAmount", charged) if content.charges else "",
        amount("ram:AllowanceTotalAmount", discounted) if discounted else "",
        amount("ram:TaxBasisTotalAmount", totals.net),
        amount("ram:TaxTotalAmount", totals.vat, currencyID=content.currency),
        "" if euros is None else amount("ram:TaxTotalAmount", euros, currencyID="EUR"),
        amount("ram:GrandTotalAmount", totals.gross),
        amount("ram:TotalPrepaidAmount", content.deducted) if content.deductions else "",
        amount("ram:DuePayableAmount", content.payable),
    )


def _preceding(reference: Reference) -> str:
    return group(
        "ram:InvoiceReferencedDocument",
        text("ram:IssuerAssignedID", reference.number),
        day("ram:FormattedIssueDateTime", reference.issue_date, of="qdt:DateTimeString"),
    )
