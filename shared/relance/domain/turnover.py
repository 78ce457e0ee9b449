"""What was sold and what came in, by month, VAT and customer. Pure; euro cents, at the rate that each document prints.

An invoice counts on its issue date, deposits deducted; a credit note takes off on its own; an invoice that a corrective
one replaced is taken off on the day of the latter. So a month that is over never changes, and the sum over all months
is what the perpetual totals say. [M-18, AF-05]
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from relance.domain.content import InvoiceContent
from relance.domain.ids import CustomerId
from relance.domain.invoice import Invoice, PaymentMode
from relance.domain.money import Cents
from relance.domain.perpetual import in_euros
from relance.domain.vat import VatCategory


@dataclass(frozen=True, slots=True)
class Sale:
    """One row of a document's VAT table on the day on which it counts; below zero when it is taken off."""

    on: date
    customer_id: CustomerId
    name: str
    category: VatCategory
    rate_bp: int
    net: Cents
    vat: Cents

    @property
    def gross(self) -> Cents:
        """TTC."""
        return Cents(self.net + self.vat)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came in for a document, or (below zero) was given back, `late_days` after it was due (< 0: early)."""

    on: date
    customer_id: CustomerId
    amount: Cents
    late_days: int


def sales(invoice: Invoice, replaced_on: date | None = None) -> Iterator[Sale]:
    """What one document adds to turnover, and takes off when it was replaced on that day; nothing of a draft."""
    content = invoice.content
    if content is None:
        return
    sign = -1 if content.type.is_credit else 1
    yield from _rows(content, invoice.customer_id, content.issue_date, sign)
    if replaced_on is not None:
        yield from _rows(content, invoice.customer_id, replaced_on, -1)


def receipts(invoice: Invoice) -> Iterator[Receipt]:
    """The money of one document; what one document's credit pays of another is none."""
    content = invoice.content
    if content is None:
        return
    for payment in invoice.payments:
        if payment.mode is not PaymentMode.CREDIT:
            yield Receipt(
                on=payment.paid_on,
                customer_id=invoice.customer_id,
                amount=Cents(in_euros(payment.amount, content.exchange)),
                late_days=(payment.paid_on - content.due_date).days,
            )


def _rows(content: InvoiceContent, customer_id: CustomerId, on: date, sign: int) -> Iterator[Sale]:
    for row in content.remaining:
        if row.base or row.vat:
            yield Sale(
                on=on,
                customer_id=customer_id,
                name=content.buyer.name,
                category=row.treatment.category,
                rate_bp=row.treatment.rate_bp,
                net=Cents(sign * in_euros(row.base, content.exchange)),
                vat=Cents(sign * in_euros(row.vat, content.exchange)),
            )


@dataclass(frozen=True, slots=True)
class RateSums:
    """What one category and rate of VAT come to."""

    category: VatCategory
    rate_bp: int
    net: Cents
    vat: Cents


@dataclass(frozen=True, slots=True)
class MonthSums:
    """One month: its first day, what was sold by rate, and what came in."""

    month: date
    rates: tuple[RateSums, ...]
    received: Cents

    @property
    def net(self) -> Cents:
        """HT."""
        return Cents(sum(row.net for row in self.rates))

    @property
    def vat(self) -> Cents:
        """VAT."""
        return Cents(sum(row.vat for row in self.rates))


@dataclass(frozen=True, slots=True)
class CustomerSums:
    """What one customer bought, HT, under the name of his last document."""

    customer_id: CustomerId
    name: str
    net: Cents


@dataclass(frozen=True, slots=True)
class Turnover:
    """A period, month by month, and its best customers, best first."""

    months: tuple[MonthSums, ...]
    customers: tuple[CustomerSums, ...]


def turnover(sold: Iterable[Sale], came: Iterable[Receipt], first: date, last: date, best: int = 10) -> Turnover:
    """The sums of the civil days from `first` to `last`; every month of the period has its line, idle ones too."""
    rates: dict[date, dict[tuple[VatCategory, int], tuple[int, int]]] = {}
    names: dict[CustomerId, tuple[date, str]] = {}
    nets: dict[CustomerId, int] = {}
    for sale in sold:
        if first <= sale.on <= last:
            by_rate = rates.setdefault(sale.on.replace(day=1), {})
            net, vat = by_rate.get((sale.category, sale.rate_bp), (0, 0))
            by_rate[sale.category, sale.rate_bp] = (net + sale.net, vat + sale.vat)
            nets[sale.customer_id] = nets.get(sale.customer_id, 0) + sale.net
            names[sale.customer_id] = max(names.get(sale.customer_id, (sale.on, sale.name)), (sale.on, sale.name))
    received: dict[date, int] = {}
    for one in came:
        if first <= one.on <= last:
            month = one.on.replace(day=1)
            received[month] = received.get(month, 0) + one.amount
    months = tuple(
        MonthSums(
            month,
            tuple(
                RateSums(category, rate_bp, Cents(net), Cents(vat))
                for (category, rate_bp), (net, vat) in sorted(rates.get(month, {}).items(), key=_by_rate)
            ),
            Cents(received.get(month, 0)),
        )
        for month in months_between(first, last)
    )
    ranked = sorted(nets, key=lambda id: (-nets[id], names[id][1], id))
    return Turnover(months, tuple(CustomerSums(id, names[id][1], Cents(nets[id])) for id in ranked[:best]))


def months_between(first: date, last: date) -> Iterator[date]:
    """The first day of each month from the one of `first` to the one of `last`."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month)


def next_month(day: date) -> date:
    """The first day of the month after."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _by_rate(item: tuple[tuple[VatCategory, int], tuple[int, int]]) -> tuple[int, str]:
    (category, rate_bp), _ = item
    return -rate_bp, category.value
