"""Which copy of a document a PDF is: the original that is sealed, a preview of a draft, or a numbered duplicate.

French texts ask for no mark on a copy; the certification of cash systems does (NF525), and whoever audits expects it:
the first PDF is the original, each one that is made afterwards says « DUPLICATA n° k » and is chained. [AF-10, AF-12]
"""

from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final, NewType

from relance.domain.ids import InvoiceId, TenantId

DuplicateId = NewType("DuplicateId", str)


class CopyKind(StrEnum):
    """Original, preview or duplicate."""

    ORIGINAL = "original"
    PREVIEW = "preview"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy; `rank` counts duplicates from 1 and is 0 on the others."""

    kind: CopyKind
    rank: int = 0


ORIGINAL: Final = Copy(CopyKind.ORIGINAL)
PREVIEW: Final = Copy(CopyKind.PREVIEW)


def duplicate(rank: int) -> Copy:
    """The duplicate of that rank, from 1."""
    return Copy(CopyKind.DUPLICATE, rank)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A duplicate that was made of an issued invoice: stored once, never changed."""

    tenant: TenantId
    id: DuplicateId
    rev: int
    invoice_id: InvoiceId
    number: str
    rank: int
    pdf_sha256: str
    made_at: datetime
    made_by: str


def duplicate_id(invoice_id: str, rank: int) -> DuplicateId:
    """The id follows from the rank, so that two duplicates of one rank cannot both be stored."""
    digest = b32encode(sha256(f"{invoice_id} {rank}".encode()).digest())
    return DuplicateId("dup_" + digest.decode().lower()[:26])
