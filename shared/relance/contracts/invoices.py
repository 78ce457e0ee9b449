"""Invoices on the wire: what an author writes. What he reads is in `invoice_views`."""

from datetime import date
from typing import Annotated

import msgspec

from relance.contracts.addresses import AddressBody, to_address
from relance.contracts.fields import RequiredText, Terms, Text, one_line, several_lines
from relance.contracts.lines import LineBody, to_line
from relance.contracts.parse import Body
from relance.contracts.quotes import Language
from relance.contracts.sums import (
    MAX_PARTS,
    ChargeBody,
    Currency,
    DocumentDiscountBody,
    ExchangeBody,
    to_charges,
    to_discounts,
    to_exchange,
)
from relance.domain.content import MAX_LINES, InvoiceType
from relance.domain.currencies import EURO, step_of
from relance.domain.ids import CustomerId, InvoiceId
from relance.domain.invoice import InvoiceDraft
from relance.domain.invoice_types import MAX_REFERENCES

InvoiceIds = Annotated[tuple[RequiredText, ...], msgspec.Meta(max_length=MAX_REFERENCES)]


class InvoiceBody(Body, frozen=True, kw_only=True):
    """An invoice's draft, whole. What is empty or null takes the company's default when the invoice is issued.

    `type` (UNTDID 1001): 380 invoice, 386 deposit, 384 corrective (it replaces the one in `refers_to`), 381 credit note
    and 503 credit note of a deposit (on those in `refers_to`, with the `reason`). `deducts`: deposit invoices to take
    off; those of its quotes are taken off by themselves.
    """

    customer_id: RequiredText
    lines: Annotated[tuple[LineBody, ...], msgspec.Meta(min_length=1, max_length=MAX_LINES)]
    type: InvoiceType = InvoiceType.COMMERCIAL
    subject: Text = ""
    supply_date: date | None = None
    due_date: date | None = None
    payment_terms: Terms = ""
    purchase_order: Text = ""
    discounts: Annotated[tuple[DocumentDiscountBody, ...], msgspec.Meta(max_length=MAX_PARTS)] = ()
    charges: Annotated[tuple[ChargeBody, ...], msgspec.Meta(max_length=MAX_PARTS)] = ()
    deducts: InvoiceIds = ()
    refers_to: InvoiceIds = ()
    reason: Terms = ""
    delivery_address: AddressBody | None = None
    closing_note: Terms = ""
    language: Language = Language.FRENCH
    currency: Currency = EURO
    exchange: ExchangeBody | None = None


def to_draft(body: InvoiceBody) -> InvoiceDraft:
    """The domain's draft."""
    step = step_of(body.currency)
    return InvoiceDraft(
        customer_id=CustomerId(body.customer_id),
        lines=tuple(to_line(line, step) for line in body.lines),
        type=body.type,
        subject=one_line(body.subject),
        supply_date=body.supply_date,
        due_date=body.due_date,
        payment_terms=several_lines(body.payment_terms),
        purchase_order=one_line(body.purchase_order),
        discounts=to_discounts(body.discounts),
        charges=to_charges(body.charges),
        deducts=tuple(InvoiceId(id) for id in body.deducts),
        refers_to=tuple(InvoiceId(id) for id in body.refers_to),
        reason=several_lines(body.reason),
        delivery_address=to_address(body.delivery_address) if body.delivery_address else None,
        closing_note=several_lines(body.closing_note),
        language=body.language.value,
        currency=body.currency,
        exchange=to_exchange(body.exchange),
    )
