"""Hand the archive out: one zip that anybody can read and check without us, this year or in ten.

Open formats, a notice in French, the verifier inside. What is exported is what is signed: the events up to the last
stored checkpoint, taken from the *first* version of each object, so an overwrite or a deletion after the fact changes
nothing. BOI-TVA-DECLA-30-10-30 §§ 220-260, checked 2026-11. [AF-07, AR-03]
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import IO, Final

from relance.app.archiving import layout
from relance.app.archiving.drain import Archive
from relance.domain.chain import note, segment
from relance.domain.chain.event import parse
from relance.domain.errors import Corrupted, NotFound

SUMS: Final = "SHA256SUMS"
COMPANIONS: Final = ("LISEZMOI.txt", "verifier.html", "verify_archive.py")  # resources that travel in every export
_READ_BYTES: Final = 2**20


@dataclass(frozen=True, slots=True)
class Export:
    """What an export holds: `size` events under `checkpoint` (the last signed note), `files` files, in a zip of
    `sha256`.
    """

    size: int
    files: int
    checkpoint: bytes
    sha256: str


def export(tenant: str, archive: Archive, target: IO[bytes]) -> Export:
    """Write the zip to `target`, an empty seekable file open for reading and writing.

    Memory holds one object at a time. The same archive gives the same bytes. Raises NotFound when nothing is signed
    yet, Corrupted when a stored object is missing or does not read.
    """
    stored = StoredArchive.open(tenant, archive)
    sums: dict[str, str] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as output:
        for name, body in _contents(stored):
            sums[name] = sha256(body).hexdigest()
            output.writestr(_entry(name), body)
        lines = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))
        output.writestr(_entry(SUMS), lines.encode())
    target.seek(0)
    digest = sha256()
    while chunk := target.read(_READ_BYTES):
        digest.update(chunk)
    return Export(stored.size, len(sums) + 1, stored.read(layout.checkpoint(stored.size)), digest.hexdigest())


@dataclass(frozen=True, slots=True)
class StoredArchive:
    """The signed part of the archive as it was first stored."""

    tenant: str
    size: int
    first_versions: dict[str, str]  # version id by name, of everything that was ever stored for this tenant
    rewritten: tuple[str, ...]  # names with a second version or a delete marker: somebody tried
    archive: Archive

    @classmethod
    def open(cls, tenant: str, archive: Archive) -> "StoredArchive":
        """Raises NotFound when no checkpoint is signed yet."""
        size = archive.heads.get(tenant).signed_size
        if not size:
            raise NotFound("Aucun événement n’est encore archivé pour cette entreprise.")
        prefix = layout.prefix(tenant)
        first: dict[str, str] = {}
        rewritten: set[str] = set()
        for version in archive.store.versions(prefix):
            name = version.key.removeprefix(prefix)
            if name in first or version.delete_marker:
                rewritten.add(name)
            if not version.delete_marker:
                first[name] = version.version_id  # newest first, so the last one seen is the oldest
        return cls(tenant, size, first, tuple(sorted(rewritten)), archive)

    def names(self) -> list[str]:
        """Everything but what no checkpoint covers yet."""
        covered = (layout.segment(self.size), layout.checkpoint(self.size))
        return sorted(
            name
            for name in self.first_versions
            if not any(name.split("/")[0] == last.split("/")[0] and name > last for last in covered)
        )

    def read(self, name: str) -> bytes:
        """The bytes that were stored first under this name. Raises Corrupted when nothing ever was."""
        if name not in self.first_versions:
            raise Corrupted(f"L’objet {name} manque dans l’archive.", code="archive.object_missing")
        return self.archive.store.get(layout.prefix(self.tenant) + name, self.first_versions[name])


def _contents(stored: StoredArchive) -> Iterator[tuple[str, bytes]]:
    for name in COMPANIONS:
        yield name, files("relance.resources").joinpath(name).read_bytes()
    yield layout.LOG, stored.read(layout.LOG)
    size = 0
    documents: set[str] = set()
    while size < stored.size:
        name = layout.segment(size + 1)
        body = stored.read(name)
        yield name, body
        lines = segment.unpack(body)
        size += len(lines)
        mentioned = (layout.archived_document(parse(line)) for line in lines)
        for digest in mentioned:
            if digest is not None and digest not in documents:
                documents.add(digest)
                yield layout.document(digest), stored.read(layout.document(digest))
        checkpoint = stored.read(layout.checkpoint(size))
        note.parse_checkpoint(note.open_note(checkpoint)[0])
        yield layout.checkpoint(size), checkpoint


def _entry(name: str) -> zipfile.ZipInfo:
    """Every header field fixed: the verifier writes the zip again and compares it byte for byte."""
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry
