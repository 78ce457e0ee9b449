"""Exports on the wire: what is asked for, how far it is, the task of making it. Hashes are lower-case hexadecimal."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import msgspec

from relance.contracts.parse import Body
from relance.domain.archive_export import ArchiveExport, ExportKind, ExportState, Period, period_of
from relance.domain.errors import Fault
from relance.domain.ids import TenantId


class ExportBody(Body, frozen=True, kw_only=True):
    """What to export. `from` and `to`: civil days in Paris, both or neither, a year at most.

    `archive`: the sealed archive with its verifiers, whole without a period. `fec`: the entries of a period in the 18
    columns of the FEC, for the accountant. `sales_ledger`: the sales of a period, for a spreadsheet.
    """

    kind: ExportKind = ExportKind.ARCHIVE
    first: date | None = msgspec.field(name="from", default=None)
    last: date | None = msgspec.field(name="to", default=None)

    def faults(self) -> Iterator[Fault]:
        """Half a period, or none where one is wanted."""
        if self.first is None and self.last is not None:
            yield Fault("/from", "Indiquez aussi le premier jour de la période.", "missing")
        if self.last is None and self.first is not None:
            yield Fault("/to", "Indiquez aussi le dernier jour de la période.", "missing")
        if self.first is None and self.last is None and self.kind is not ExportKind.ARCHIVE:
            yield Fault("/from", "Indiquez la période (from et to) : un an au plus.", "missing")


def to_period(body: ExportBody) -> Period | None:
    """The period asked for. Raises Invalid when it goes backwards or lasts more than a year."""
    return period_of(body.first, body.last) if body.first and body.last else None


def wanted(body: ExportBody, tenant: TenantId, now: datetime) -> ArchiveExport:
    """What is asked for, not stored yet. Raises Invalid."""
    return ArchiveExport(tenant, "", 0, now, "", kind=body.kind, period=to_period(body), state=ExportState.ASKED)


class ExportView(msgspec.Struct, frozen=True):
    """An export: `asked` (being made), `made` or `failed` (`reason`). Until it is made, sizes are 0 and `url` null.

    Of an archive: events `first_seq`..`size` under the Merkle root `root`, in `files` files. Else `size` rows. The file
    has `length` bytes that hash to `sha256`. `url` gives it to who holds that address, for `url_valid_s` seconds: ask
    again for another; null when the copy has expired (`made`): ask for another export.
    """

    id: str
    kind: str
    state: str
    period_from: date | None
    period_to: date | None
    made_at: datetime
    made_by: str
    first_seq: int
    size: int
    root: str
    files: int
    length: int
    sha256: str
    reason: str
    url: str | None
    url_valid_s: int


class ExportPage(msgspec.Struct, frozen=True):
    """Exports, newest first."""

    items: tuple[ExportView, ...]
    cursor: str | None


def export_view(found: ArchiveExport, url: str | None, valid_s: int) -> ExportView:
    """What its owner sees."""
    return ExportView(
        id=found.id,
        kind=found.kind.value,
        state=found.state.value,
        period_from=found.period.first if found.period else None,
        period_to=found.period.last if found.period else None,
        made_at=found.made_at,
        made_by=found.made_by,
        first_seq=found.first_seq,
        size=found.size,
        root=found.root,
        files=found.files,
        length=found.length,
        sha256=found.sha256,
        reason=found.reason,
        url=url,
        url_valid_s=valid_s,
    )


def filename(found: ArchiveExport, siren: str, fiscal_year_start: str = "01-01") -> str:
    """What the file is called on its owner's disk.

    Entries up to the end of an accounting year: `SirenFECAAAAMMJJ.txt`, by which the tax office knows a FEC (LPF art.
    A47 A-1). Others must not be taken for one: `ecritures-…`. `siren` is "" when the company has none yet. [F-01]
    """
    period = found.period
    days = f"-{period.first}-{period.last}" if period else ""
    if found.kind is ExportKind.FEC and period is not None:
        is_year = f"{period.last + timedelta(days=1):%m-%d}" == fiscal_year_start
        return f"{siren or 'SIREN'}FEC{period.last:%Y%m%d}.txt" if is_year else f"ecritures{days}.txt"
    if found.kind is ExportKind.SALES_LEDGER:
        return f"ventes{days}.csv"
    return f"archive{days}-{found.id}.zip"


class ExportTask(msgspec.Struct, frozen=True):
    """Make this export."""

    tenant: str
    export_id: str


def encode(task: ExportTask) -> bytes:
    """The payload of the asynchronous invocation of `archive_export`."""
    return msgspec.json.encode(task)
