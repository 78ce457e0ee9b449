"""The signed part of an archive as it was first stored: what an export hands out, what the daily walk checks.

Object Lock protects versions, and a plain PUT or a deletion still succeeds: whoever reads takes the *first* version of
each object, and `rewritten` tells of the others. [AF-07, AR-02]
"""

from dataclasses import dataclass, replace

from relance.app.archiving import layout
from relance.app.archiving.drain import Archive
from relance.domain.errors import Corrupted, NotFound


@dataclass(frozen=True, slots=True)
class StoredArchive:
    """Events 1..`size` are covered by checkpoints. Holds the names of all objects (a fifth of a KB each)."""

    tenant: str
    size: int
    first_versions: dict[str, str]  # version id by name, of everything that was ever stored for this tenant
    rewritten: tuple[str, ...]  # names with a second version or a delete marker: somebody tried
    archive: Archive

    @classmethod
    def open(cls, tenant: str, archive: Archive) -> "StoredArchive":
        """As far as its head says. Raises NotFound when no checkpoint is signed yet."""
        size = archive.heads.get(tenant).signed_size
        if not size:
            raise _nothing()
        return cls._listed(tenant, size, archive)

    @classmethod
    def of_bucket(cls, tenant: str, archive: Archive) -> "StoredArchive":
        """As far as any checkpoint is stored: the head is in a table, and a table can be of an earlier moment.

        A checkpoint is stored after the head went to its size, so one beyond a head that is read *later* tells of such
        a table. Raises NotFound when nothing is signed and no checkpoint is stored.
        """
        found = cls._listed(tenant, archive.heads.get(tenant).signed_size, archive)
        size = max([found.size, *map(layout.checkpoint_size, filter(layout.is_checkpoint, found.first_versions))])
        if not size:
            raise _nothing()
        return replace(found, size=size)

    @classmethod
    def _listed(cls, tenant: str, size: int, archive: Archive) -> "StoredArchive":
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
        covered = (layout.segment(self.size), layout.checkpoint(self.size), layout.key_note(self.size))
        return sorted(
            name
            for name in self.first_versions
            if not any(name.split("/")[0] == last.split("/")[0] and name > last for last in covered)
        )

    def segments(self) -> list[int]:
        """The first event of each signed segment, ascending."""
        return [layout.first_seq(name) for name in self.names() if layout.is_segment(name)]

    def key_notes(self, size: int) -> list[str]:
        """The names of the key notes that an archive of `size` events holds, ascending."""
        last = layout.key_note(size)
        return [name for name in self.names() if name.startswith(layout.KEYS) and name <= last]

    def read(self, name: str) -> bytes:
        """The bytes that were stored first under this name. Raises Corrupted when nothing ever was."""
        if name not in self.first_versions:
            raise Corrupted(f"L’objet {name} manque dans l’archive.", code="archive.object_missing")
        return self.archive.store.get(layout.prefix(self.tenant) + name, self.first_versions[name])


def _nothing() -> NotFound:
    return NotFound("Aucun événement n’est encore archivé pour cette entreprise.")
