"""An export: what was asked for, for which days, how far it got, and how to recognise the file. [AF-07, F-01]"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from relance.domain.calendar_fr import at_paris, to_ms
from relance.domain.errors import Fault, Invalid
from relance.domain.ids import TenantId


class ExportKind(StrEnum):
    """What is handed out: the sealed archive, entries in the layout of the FEC, or the ledger of sales."""

    ARCHIVE = "archive"
    FEC = "fec"
    SALES_LEDGER = "sales_ledger"


class ExportState(StrEnum):
    """`asked`: being made in the background. `failed`: will not be made, see `reason`."""

    ASKED = "asked"
    MADE = "made"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Period:
    """Civil days in Paris, both included."""

    first: date
    last: date

    @property
    def from_ms(self) -> int:
        """The first instant of it, UTC milliseconds."""
        return to_ms(at_paris(self.first, time.min))

    @property
    def until_ms(self) -> int:
        """The first instant after it, UTC milliseconds."""
        return to_ms(at_paris(self.last + timedelta(days=1), time.min))


def period_of(first: date, last: date) -> Period:
    """The period. Raises Invalid unless it goes forward, for a year at most (BOI-TVA-DECLA-30-10-30 § 230). [AF-07]"""
    if last < first:
        message = "La période finit avant de commencer : inversez ou corrigez les deux dates."
        raise Invalid(message, faults=[Fault("/to", message, "period_backwards")])
    if last >= _a_year_later(first):
        message = "Une période d’archive dure un an au plus : demandez-en plusieurs, ou l’archive entière sans période."
        raise Invalid(message, faults=[Fault("/to", message, "period_too_long")])
    return Period(first, last)


def _a_year_later(day: date) -> date:
    """The same day of the next year; 1 March after a 29 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


@dataclass(frozen=True, slots=True)
class ArchiveExport:
    """A file of `length` bytes that hashes to `sha256` (hex), kept under the name `file` until it expires.

    Of an archive: it holds events `first_seq`..`size` under the Merkle root `root` (hex), in `files` files. Of entries
    or sales: `size` rows in one file. Until `made`, all that is empty. `made_at` is when it was asked for, then made.
    """

    tenant: TenantId
    id: str
    rev: int
    made_at: datetime
    made_by: str
    size: int = 0
    root: str = ""
    files: int = 0
    length: int = 0
    sha256: str = ""
    kind: ExportKind = ExportKind.ARCHIVE
    state: ExportState = ExportState.MADE
    period: Period | None = None
    first_seq: int = 1
    file: str = ""
    reason: str = ""

    @property
    def stored_name(self) -> str:
        """Where the file is among the tenant's exports; those of the first release were named after their id."""
        return self.file or f"{self.id}.zip"
