"""Hand the archive out: one zip that anybody can read and check without us, this year or in ten.

Open formats, a notice in French, both verifiers inside. What is exported is what is signed, whole or for a period of a
year at most, taken from the *first* version of each object, so an overwrite or a deletion after the fact changes
nothing. BOI-TVA-DECLA-30-10-30 §§ 220-260, checked 2026-11. [AF-07, AR-03]
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Final

from relance.app.archiving import layout
from relance.app.archiving.closing_files import ClosingFiles
from relance.app.archiving.drain import Archive
from relance.app.archiving.span import Span, span_of
from relance.app.archiving.stored import StoredArchive
from relance.app.archiving.zipping import ZipStream
from relance.app.ports.archive import Sink
from relance.domain.archive_export import Period
from relance.domain.chain import note, segment
from relance.domain.chain.event import parse

SUMS: Final = "SHA256SUMS"
COMPANIONS: Final = ("LISEZMOI.txt", "verifier.html", "verify_archive.py")  # resources that travel in every export


@dataclass(frozen=True, slots=True)
class Export:
    """A zip of `length` bytes and `sha256`: events `first_seq`..`size`, `files` files, under the note `checkpoint`."""

    size: int
    files: int
    checkpoint: bytes
    sha256: str
    length: int = 0
    first_seq: int = 1

    @property
    def root(self) -> str:
        """Hex, of the tree of `size` events."""
        return note.parse_checkpoint(note.open_note(self.checkpoint)[0]).root.hex()


def export(tenant: str, archive: Archive, sink: Sink, period: Period | None = None) -> Export:
    """Write the zip to `sink`, from beginning to end.

    Memory holds one stored object at a time, and half a KB for each file's name and sum. The same archive gives the
    same bytes. Raises NotFound when nothing (of the period) is signed yet, Corrupted when a stored object is missing or
    does not read.
    """
    stored = StoredArchive.open(tenant, archive)
    span = span_of(stored, period)
    output = ZipStream(sink)
    sums: dict[str, str] = {}
    for name, body in _contents(stored, span):
        sums[name] = sha256(body).hexdigest()
        output.add(name, body)
    output.add(SUMS, "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode())
    output.close()
    checkpoint = stored.read(layout.checkpoint(span.size))
    return Export(span.size, len(sums) + 1, checkpoint, output.sha256, output.length, span.first_seq)


def _contents(stored: StoredArchive, span: Span) -> Iterator[tuple[str, bytes]]:
    for name in COMPANIONS:
        yield name, files("relance.resources").joinpath(name).read_bytes()
    yield layout.LOG, stored.read(layout.LOG)
    for name in stored.key_notes(span.size):  # also those of before a period: each is trusted by the one before it
        note.open_key_note(body := stored.read(name))
        yield name, body
    size = span.first_seq - 1
    if span.start:
        yield layout.START, span.start
        if size:
            yield layout.checkpoint(size), stored.read(layout.checkpoint(size))
    documents: set[str] = set()
    closings = ClosingFiles()
    while size < span.size:
        name = layout.segment(size + 1)
        body = stored.read(name)
        yield name, body
        lines = segment.unpack(body)
        size += len(lines)
        for event in map(parse, lines):
            yield from closings.take(event)
            digest = layout.archived_document(event)
            if digest is not None and digest not in documents:
                documents.add(digest)
                yield layout.document(digest), stored.read(layout.document(digest))
        checkpoint = stored.read(layout.checkpoint(size))
        note.parse_checkpoint(note.open_note(checkpoint)[0])
        yield layout.checkpoint(size), checkpoint
    yield from closings.rest()
