"""Ask for an export, make it in the background, fetch it. Each one leaves its trace in the journal. [AF-07, AF-11]

    ask     the entity `asked`, then the call of who makes it; asking again with the same key calls again
    make    the file, under a name of this attempt; then the entity `made` and `archive.exported`, together

In that order: a file that nobody wrote down expires by itself, a fact without its file would be a lie. Of two attempts
at once one writes the fact, and the other's file expires.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from relance.app.archiving import Archive, export
from relance.app.archiving.span import span_of
from relance.app.archiving.stored import StoredArchive
from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit, replayed
from relance.app.ports.archive import ExportMaker, ExportStore, Sink
from relance.app.ports.store import Idem, Page
from relance.domain.archive_export import ArchiveExport, ExportKind, ExportState
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact, Ref
from relance.domain.errors import Corrupted, NotFound, Rejected
from relance.domain.journal import Head

_ENDINGS: Final = {ExportKind.ARCHIVE: "zip", ExportKind.FEC: "txt", ExportKind.SALES_LEDGER: "csv"}
_MEDIA_TYPES: Final = {
    "zip": "application/zip",
    "txt": "text/plain; charset=iso-8859-15",
    "csv": "text/csv; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file: see `ArchiveExport`."""

    size: int
    length: int
    sha256: str
    root: str = ""
    files: int = 1
    first_seq: int = 1


Outcome = tuple[ArchiveExport, tuple[Fact, ...]]

Writer = Callable[[ArchiveExport, Sink], Written]
"""Writes the file of an export. Raises Rejected or Corrupted when it cannot be made, whatever is tried."""


def archive_writer(archive: Archive) -> Writer:
    """Who writes zips of the sealed archive."""

    def write(asked: ArchiveExport, sink: Sink) -> Written:
        made = export(asked.tenant, archive, sink, asked.period)
        return Written(made.size, made.length, made.sha256, made.root, made.files, made.first_seq)

    return write


def ask(
    ctx: Context, caller: Caller, archive: Archive, maker: ExportMaker, wanted: ArchiveExport, *, idem: Idem | None
) -> ArchiveExport:
    """Have an export of the kind and period of `wanted` made; answers at once, `asked`.

    Raises NotFound when nothing (of the period) is archived yet, Retry when it could not be begun: ask again with the
    same key, which begins it again.
    """
    known = replayed(ctx, caller, idem, ArchiveExport)
    if known is None:
        if wanted.kind is ExportKind.ARCHIVE and wanted.period is None:
            StoredArchive.open(caller.tenant, archive)
        elif wanted.kind is ExportKind.ARCHIVE:
            span_of(StoredArchive.open(caller.tenant, archive), wanted.period)

        def decide(_: Head, at: datetime) -> Decision:
            asked = replace(
                wanted,
                tenant=caller.tenant,
                id=ctx.new_id("exp"),
                rev=1,
                made_at=at,
                made_by=caller.actor,
                state=ExportState.ASKED,
            )
            return Decision(answer=asked, puts=(asked,))

        known = commit(ctx, caller, idem, ArchiveExport, decide).id
    found = get(ctx, caller, known)
    if found.state is ExportState.ASKED:
        maker.begin(caller.tenant, found.id)
    return found


def make(
    ctx: Context, caller: Caller, export_id: str, writers: Mapping[ExportKind, Writer], exports: ExportStore
) -> ArchiveExport:
    """Write the file of an export that was asked for, then chain `archive.exported` with its SHA-256.

    Made already: answers with it. Raises NotFound for an unknown export, and Retry, after which making it again is
    right. What cannot be made becomes `failed` with its reason; of an archive that does not read that is a fact, and
    Corrupted is raised once it is written: somebody must look.
    """
    asked = get(ctx, caller, export_id)
    if asked.state is not ExportState.ASKED:
        return asked
    ending = _ENDINGS[asked.kind]
    name = f"{asked.id}.{ctx.entropy.bytes(8).hex()}.{ending}"
    try:
        with exports.writing(caller.tenant, name, _MEDIA_TYPES[ending]) as sink:
            written = writers[asked.kind](asked, sink)
    except Rejected as error:
        refusal = error.message
        return _settle(ctx, caller, asked, lambda at: (_failed(asked, at, refusal), ()))
    except Corrupted as error:
        refusal = error.message
        _settle(ctx, caller, asked, lambda at: (_failed(asked, at, refusal), (_failure(asked, refusal),)))
        raise
    return _settle(ctx, caller, asked, lambda at: _made(asked, at, written, name))


class _SettledAlready(Exception):
    """Another attempt was faster; nothing is to be written."""

    def __init__(self, found: ArchiveExport) -> None:
        super().__init__(found.id)
        self.found = found


def _settle(
    ctx: Context, caller: Caller, asked: ArchiveExport, outcome: Callable[[datetime], Outcome]
) -> ArchiveExport:
    """Write how it ended, unless another attempt was faster."""

    def decide(_: Head, at: datetime) -> Decision:
        now = get(ctx, caller, asked.id)
        if now.state is not ExportState.ASKED:
            raise _SettledAlready(now)
        after, facts = outcome(at)
        return Decision(answer=after, puts=(after,), facts=facts)

    try:
        return commit(ctx, caller, None, ArchiveExport, decide)
    except _SettledAlready as already:
        return already.found


def _made(asked: ArchiveExport, at: datetime, written: Written, name: str) -> Outcome:
    made = replace(
        asked,
        rev=asked.rev + 1,
        made_at=at,
        state=ExportState.MADE,
        size=written.size,
        root=written.root,
        files=written.files,
        length=written.length,
        sha256=written.sha256,
        first_seq=written.first_seq,
        file=name,
    )
    data = _asked_data(asked) | {
        "size": made.size,
        "root": made.root,
        "files": made.files,
        "length": made.length,
        "sha256": made.sha256,
        "first_seq": made.first_seq,
    }
    return made, (Fact("archive.exported", Ref("export", asked.id), asked.made_by, data),)


def _failed(asked: ArchiveExport, at: datetime, reason: str) -> ArchiveExport:
    return replace(asked, rev=asked.rev + 1, made_at=at, state=ExportState.FAILED, reason=reason)


def _failure(asked: ArchiveExport, reason: str) -> Fact:
    """That what is stored does not read: an inspector would ask when it was known. [AF-11]"""
    data = _asked_data(asked) | {"reason": reason}
    return Fact("archive.export_failed", Ref("export", asked.id), asked.made_by, data)


def _asked_data(asked: ArchiveExport) -> dict[str, Json]:
    period = asked.period
    return {
        "kind": asked.kind.value,
        "from": period.first.isoformat() if period else "",
        "to": period.last.isoformat() if period else "",
    }


def get(ctx: Context, caller: Caller, export_id: str) -> ArchiveExport:
    """Raises NotFound."""
    found = ctx.store.get(caller.tenant, ArchiveExport, export_id)
    if found is None:
        raise NotFound("Aucun export ne porte cet identifiant.")
    return found


def page(ctx: Context, caller: Caller, *, limit: int = 50, cursor: str | None = None) -> Page[ArchiveExport]:
    """What was asked for, newest first. Raises Invalid on a cursor that is not of this list."""
    return ctx.store.page(caller.tenant, ArchiveExport, limit=limit, cursor=cursor)
