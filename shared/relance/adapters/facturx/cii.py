"""An issued invoice or credit note as the XML of Factur-X: UN/CEFACT CII D22B, profile EN 16931, BR-FR.

A pure function of the frozen content: the same bytes each time. That they pass the official schematrons is shown on a
generated corpus (tests/validation); what a user could break is refused before issue (`domain.einvoice_rules`).
Factur-X 1.09 and AFNOR XP Z12-012, checked 2026-11. [E-03, E-04]
"""

from collections.abc import Iterator
from typing import Final

from relance.adapters.facturx.codes import required_note
from relance.adapters.facturx.lines import trade_lines
from relance.adapters.facturx.parties import buyer_party, seller_party, ship_to
from relance.adapters.facturx.settlement import settlement
from relance.adapters.facturx.values import day
from relance.adapters.facturx.xml import group, text
from relance.adapters.identity import address_lines, legal_mentions
from relance.domain.content import InvoiceContent
from relance.domain.einvoice import framework_of, processing_of
from relance.domain.party import Address, CustomerKind
from relance.domain.vat import VatCategory

PROFILE: Final = "urn:cen.eu:en16931:2017"
_DECLARED: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<rsm:CrossIndustryInvoice"
    ' xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"'
    ' xmlns:qdt="urn:un:unece:uncefact:data:standard:QualifiedDataType:100"'
    ' xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"'
    ' xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">'
)
_SUPPORTING: Final = "916"  # UNTDID 1001: a document that supports the invoice (BG-24)


def cii_xml(content: InvoiceContent) -> bytes:
    """The XML in UTF-8. Raises Stop `legal_data_missing` on a day of which no law is known."""
    parts = (_DECLARED, _context(content), _document(content), _transaction(content), "</rsm:CrossIndustryInvoice>\n")
    return "".join(parts).encode()


def _context(content: InvoiceContent) -> str:
    return group(
        "rsm:ExchangedDocumentContext",
        group("ram:BusinessProcessSpecifiedDocumentContextParameter", text("ram:ID", framework_of(content))),
        group("ram:GuidelineSpecifiedDocumentContextParameter", text("ram:ID", PROFILE)),
    )


def _document(content: InvoiceContent) -> str:
    return group(
        "rsm:ExchangedDocument",
        text("ram:ID", content.number),
        text("ram:TypeCode", content.type_code),
        day("ram:IssueDateTime", content.issue_date),
        *(
            group("ram:IncludedNote", text("ram:Content", said), text("ram:SubjectCode", subject))
            for subject, said in _notes(content)
            if said
        ),
    )


def _notes(content: InvoiceContent) -> Iterator[tuple[str, str]]:
    """Subject (UNTDID 4451) and text. PMT, PMD, AAB and BAR exactly once; a consumer is never threatened. [P-05]"""
    business = content.buyer.kind is CustomerKind.BUSINESS
    terms = {
        "PMT": content.recovery_indemnity_terms if business else "",
        "PMD": content.late_penalty_terms if business else "",
        "AAB": content.early_discount_terms,
    }
    for subject, printed in terms.items():
        yield subject, printed or required_note(subject, content.buyer.kind, content.issue_date)
    yield "BAR", processing_of(content.buyer)
    yield "REG", " · ".join(legal_mentions(content.seller))
    for note in content.legal_notes:
        yield "REG", "" if note.is_annex else note.text
    yield "AAI", content.subject
    yield "ACD", content.reason
    yield "TXD", "MEMBRE_ASSUJETTI_UNIQUE" if content.seller.vat_group else ""
    yield "AAI", _billed_to(content.buyer.billing_address)
    yield "SUR", content.vat_note
    yield "SUR", content.closing_note


def _billed_to(address: Address | None) -> str:
    """EN 16931 has one address of the buyer; the one that invoices go to is said in words. [I-03]"""
    return f"Adresse de facturation : {', '.join(address_lines(address))}" if address else ""


def _transaction(content: InvoiceContent) -> str:
    return group(
        "rsm:SupplyChainTradeTransaction",
        trade_lines(content),
        group(
            "ram:ApplicableHeaderTradeAgreement",
            seller_party(content),
            buyer_party(content),
            _order("ram:SellerOrderReferencedDocument", content.quote_numbers[0] if content.quote_numbers else ""),
            _order("ram:BuyerOrderReferencedDocument", content.purchase_order),
            *(_supporting(number) for number in content.quote_numbers[1:]),
        ),
        group(
            "ram:ApplicableHeaderTradeDelivery",
            ship_to(_delivered_to(content)),
            group(
                "ram:ActualDeliverySupplyChainEvent",
                day("ram:OccurrenceDateTime", content.supply_date),
            ),
        ),
        settlement(content),
    )


def _order(name: str, number: str) -> str:
    return group(name, text("ram:IssuerAssignedID", number))


def _supporting(number: str) -> str:
    return group(
        "ram:AdditionalReferencedDocument", text("ram:IssuerAssignedID", number), text("ram:TypeCode", _SUPPORTING)
    )


def _delivered_to(content: InvoiceContent) -> Address | None:
    """Where it says, and for goods to another member state always somewhere (BR-IC-12)."""
    if content.delivery_address is not None:
        return content.delivery_address
    within = any(row.treatment.category is VatCategory.INTRA_COMMUNITY for row in content.totals.subtotals)
    return content.buyer.address if within else None
