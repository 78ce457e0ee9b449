"""The text of the payment QR code of an invoice: scanned by a banking application, it fills a SEPA transfer.

European Payments Council, EPC069-12 version 2.1, § 2: lines in a fixed order, version 002 (the BIC may be left out),
UTF-8, a name of 70 characters, a remittance text of 140, 331 bytes at most, error level M; checked 2026-11. A number
has 35 characters at most [N-04] and our fonts print none that takes four bytes, so the limits hold. [KX-16]
"""

from typing import Final

from relance.domain.content import InvoiceContent
from relance.domain.money import Cents, format_amount

MAX_BYTES: Final = 331
MAX_AMOUNT: Final = Cents(999_999_999_99)
_MAX_NAME: Final = 70


def payment_code(content: InvoiceContent) -> str | None:
    """The payload for what the invoice asks, or None where none can be: no IBAN, another currency, nothing to pay."""
    bank = content.seller.bank
    if bank is None or content.currency != "EUR" or content.type.is_credit:
        return None
    if not 0 < content.payable <= MAX_AMOUNT:
        return None
    name = " ".join(content.seller.legal_name.split())[:_MAX_NAME].strip()
    amount = f"EUR{format_amount(content.payable)}"
    purpose = structured_reference = ""
    return "\n".join(
        ["BCD", "002", "1", "SCT", bank.bic, name, bank.iban, amount, purpose, structured_reference, content.number]
    )
