"""The text of the payment QR code of an invoice: scanned by a banking application, it fills a SEPA transfer.

European Payments Council, EPC069-12 version 2.1, § 2: lines in a fixed order, version 002 (the BIC may be left out),
UTF-8, a name of 70 characters, a remittance text of 140, 331 bytes at most, error level M; checked 2026-11. A number
has 35 characters at most [N-04] and our fonts print none that takes four bytes, so the limits hold. [KX-16]
"""

from typing import Final

from relance.domain.content import InvoiceContent, Seller
from relance.domain.money import Cents, format_amount

MAX_BYTES: Final = 331
MAX_AMOUNT: Final = Cents(999_999_999_99)
_MAX_NAME: Final = 70


def payment_code(content: InvoiceContent) -> str | None:
    """The payload for what the invoice asks, or None where none can be: no IBAN, another currency, nothing to pay."""
    if content.currency != "EUR" or content.type.is_credit:
        return None
    return transfer_code(content.seller, content.payable, content.number)


def transfer_code(seller: Seller, amount: Cents, reference: str) -> str | None:
    """The payload of a transfer in euros to the seller, or None without an IBAN or with nothing to pay."""
    bank = seller.bank
    if bank is None or not 0 < amount <= MAX_AMOUNT:
        return None
    name = " ".join(seller.legal_name.split())[:_MAX_NAME].strip()
    purpose = structured_reference = ""
    asked = f"EUR{format_amount(amount)}"
    return "\n".join(
        ["BCD", "002", "1", "SCT", bank.bic, name, bank.iban, asked, purpose, structured_reference, reference]
    )
