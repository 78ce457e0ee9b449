"""What the tax administration is told of sales that no platform exchanges: aggregates per day and rate. Pure. [E-06]

Transactions: invoices and credit notes to consumers and abroad, by the day of issue. Payments: what came in for
services on those, and on nothing else, by the day it came in, unless VAT is paid on debits; TTC, spread over the rates
of the document in proportion. All in euros. CGI 290 and 290 A, checked 2026-11.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from relance.domain.billing import nature_of
from relance.domain.content import InvoiceContent
from relance.domain.einvoice import Processing, processing_of
from relance.domain.invoice import Invoice, PaymentMode
from relance.domain.money import Cents, spread
from relance.domain.perpetual import in_euros
from relance.domain.vat import VatCategory


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A row: a day, a kind of transaction (B2C, B2BINT, B2CINT), a category and a rate of VAT."""

    day: date
    processing: Processing
    category: VatCategory
    rate_bp: int


@dataclass(frozen=True, slots=True)
class Sales:
    """What was invoiced less what was credited, in euro cents, and in how many documents."""

    key: Key
    net: Cents
    vat: Cents
    documents: int


@dataclass(frozen=True, slots=True)
class Receipts:
    """What came in less what was given back, TTC, in euro cents."""

    key: Key
    gross: Cents
    payments: int


@dataclass(frozen=True, slots=True)
class Report:
    """The aggregates of a period, in the order of their keys."""

    sales: tuple[Sales, ...]
    receipts: tuple[Receipts, ...]


def report(invoices: Iterable[Invoice], first: date, last: date) -> Report:
    """The aggregates of the civil days from `first` to `last`, both included."""
    sales: dict[Key, tuple[int, int, int]] = {}
    receipts: dict[Key, tuple[int, int]] = {}
    for invoice in invoices:
        content = invoice.content
        if content is None or invoice.draft.is_internal or processing_of(content.buyer) == "B2B":
            continue
        if first <= content.issue_date <= last:
            for key, net, vat in _sold(content):
                known = sales.get(key, (0, 0, 0))
                sales[key] = known[0] + net, known[1] + vat, known[2] + 1
        for key, gross in _received(invoice, content, first, last):
            known_gross, count = receipts.get(key, (0, 0))
            receipts[key] = known_gross + gross, count + 1
    return Report(
        tuple(Sales(key, Cents(net), Cents(vat), n) for key, (net, vat, n) in sorted(sales.items())),
        tuple(Receipts(key, Cents(gross), n) for key, (gross, n) in sorted(receipts.items())),
    )


def _sold(content: InvoiceContent) -> Iterator[tuple[Key, int, int]]:
    sign = -1 if content.type.is_credit else 1
    for row in content.remaining:
        if row.base or row.vat:
            key = Key(content.issue_date, processing_of(content.buyer), row.treatment.category, row.treatment.rate_bp)
            yield key, sign * in_euros(row.base, content.exchange), sign * in_euros(row.vat, content.exchange)


def _received(invoice: Invoice, content: InvoiceContent, first: date, last: date) -> Iterator[tuple[Key, int]]:
    if content.vat_on_debits:
        return
    rows = [row for row in content.remaining if row.base + row.vat > 0]
    for payment in invoice.payments:
        if payment.mode is PaymentMode.CREDIT or not first <= payment.paid_on <= last:
            continue
        euros = in_euros(payment.amount, content.exchange)
        sign = -1 if euros < 0 else 1
        for row, part in zip(rows, spread(abs(euros), [row.base + row.vat for row in rows]), strict=True):
            if part and nature_of(content.lines, row.treatment) == "services":
                treatment = row.treatment
                key = Key(payment.paid_on, processing_of(content.buyer), treatment.category, treatment.rate_bp)
                yield key, sign * part
