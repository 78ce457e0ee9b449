"""E-reporting on the wire: aggregates per day and rate. [E-06]"""

from datetime import date

import msgspec

from relance.contracts.days import read_day
from relance.contracts.fields import amount_text, percent_text
from relance.domain.e_reporting import Report
from relance.domain.errors import Fault, Invalid
from relance.domain.vat import VatCategory


class SalesView(msgspec.Struct, frozen=True, kw_only=True):
    """Sales of one day, kind of customer (B2C, B2BINT, B2CINT), category and rate, in euros; credit notes taken off."""

    day: date
    processing: str
    category: VatCategory
    rate: str
    net: str
    vat: str
    documents: int


class ReceiptsView(msgspec.Struct, frozen=True, kw_only=True):
    """Money received for services, TTC, in euros; refunds taken off."""

    day: date
    processing: str
    category: VatCategory
    rate: str
    gross: str
    payments: int


class EReporting(msgspec.Struct, frozen=True):
    """What the administration is told of the sales from `first` to `last` that no platform exchanges."""

    first: date
    last: date
    sales: tuple[SalesView, ...]
    receipts: tuple[ReceiptsView, ...]


def period(first: str | None, last: str | None) -> tuple[date, date]:
    """The two days of `?from=&to=`. Raises Invalid, naming each that is no day."""
    days = {name: read_day(text) for name, text in (("from", first), ("to", last))}
    message = "Un jour au format AAAA-MM-JJ est attendu."
    faults = [Fault(f"/{name}", message, "wrong_type") for name, day in days.items() if day is None]
    if faults:
        raise Invalid("Donnez la période : ?from=2026-11-01&to=2026-11-30.", faults=faults)
    return days["from"] or date.min, days["to"] or date.min


def e_reporting(report: Report, first: date, last: date) -> EReporting:
    """A report as it is told."""
    return EReporting(
        first,
        last,
        tuple(
            SalesView(
                day=row.key.day,
                processing=row.key.processing,
                category=row.key.category,
                rate=percent_text(row.key.rate_bp),
                net=amount_text(row.net),
                vat=amount_text(row.vat),
                documents=row.documents,
            )
            for row in report.sales
        ),
        tuple(
            ReceiptsView(
                day=row.key.day,
                processing=row.key.processing,
                category=row.key.category,
                rate=percent_text(row.key.rate_bp),
                gross=amount_text(row.gross),
                payments=row.payments,
            )
            for row in report.receipts
        ),
    )
