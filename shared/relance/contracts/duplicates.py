"""Duplicates of an issued invoice on the wire. [AF-10]"""

from datetime import datetime

import msgspec

from relance.domain.copies import Duplicate


class DuplicateView(msgspec.Struct, frozen=True):
    """A duplicate that was made; its PDF is at `/v1/invoices/{invoice_id}/duplicates/{id}`."""

    id: str
    invoice_id: str
    number: str
    rank: int
    pdf_sha256: str
    made_at: datetime
    made_by: str


def duplicate_view(made: Duplicate) -> DuplicateView:
    """The duplicate as it is told."""
    return DuplicateView(made.id, made.invoice_id, made.number, made.rank, made.pdf_sha256, made.made_at, made.made_by)
