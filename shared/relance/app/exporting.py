"""Ask for an export of the archive and fetch it. Each one leaves its trace in the journal. [AF-07]"""

import os
import tempfile
from datetime import datetime

from relance.app.archiving import Archive, export
from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit, replayed
from relance.app.ports.archive import ExportStore
from relance.app.ports.store import Idem
from relance.domain.archive_export import ArchiveExport
from relance.domain.chain import note
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact, Ref
from relance.domain.errors import NotFound
from relance.domain.journal import Head


def make(ctx: Context, caller: Caller, archive: Archive, exports: ExportStore, *, idem: Idem | None) -> ArchiveExport:
    """Make the zip of all that is signed, keep it, then chain `archive.exported` with its SHA-256.

    In that order: a zip that nobody wrote down expires by itself, a fact without its zip would be a lie. Takes seconds
    per 10,000 events. Raises NotFound when nothing is archived yet, and what `journaling.commit` raises.
    """
    known = replayed(ctx, caller, idem, ArchiveExport)
    if known is not None:
        return get(ctx, caller, known)
    export_id = ctx.new_id("exp")
    with tempfile.TemporaryFile() as file:
        made = export(caller.tenant, archive, file)
        length = file.seek(0, os.SEEK_END)
        file.seek(0)
        exports.put(caller.tenant, export_id, file)
    root = note.parse_checkpoint(note.open_note(made.checkpoint)[0]).root.hex()

    def decide(_: Head, at: datetime) -> Decision:
        wanted = ArchiveExport(
            caller.tenant, export_id, 1, at, caller.actor, made.size, root, made.files, length, made.sha256
        )
        data: dict[str, Json] = {
            "size": made.size,
            "root": root,
            "files": made.files,
            "length": length,
            "sha256": made.sha256,
        }
        fact = Fact("archive.exported", Ref("export", export_id), caller.actor, data)
        return Decision(answer=wanted, puts=(wanted,), facts=(fact,))

    return commit(ctx, caller, idem, ArchiveExport, decide)


def get(ctx: Context, caller: Caller, export_id: str) -> ArchiveExport:
    """Raises NotFound."""
    found = ctx.store.get(caller.tenant, ArchiveExport, export_id)
    if found is None:
        raise NotFound("Aucun export ne porte cet identifiant.")
    return found
