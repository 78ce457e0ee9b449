"""The objects and the head of one tenant's archive, as its archiver writes them: once, and over what it has read."""

from dataclasses import dataclass, replace

from relance.app.archiving import layout
from relance.app.ports.archive import AlreadyStored, ArchiveHead, ArchiveHeads, ImmutableStore, Quarantine
from relance.domain.errors import Corrupted


class CannotArchive(Corrupted):
    """This event, or what is already in the archive at its place, must be looked at by a person."""

    def __init__(self, seq: int, code: str, reason: str) -> None:
        super().__init__(reason, code=code)
        self.quarantine = Quarantine(seq, code, reason)


@dataclass(frozen=True, slots=True)
class Vault:
    """Names are those of `layout`, within the tenant's folder."""

    tenant: str
    store: ImmutableStore
    heads: ArchiveHeads

    def put_new(self, name: str, body: bytes) -> bool:
        """Store `body`; False when there is something under this name already."""
        try:
            self.store.put_new(layout.prefix(self.tenant) + name, body, layout.media_type(name))
        except AlreadyStored:
            return False
        return True

    def get(self, name: str) -> bytes:
        """Raises ObjectMissing."""
        return self.store.get(layout.prefix(self.tenant) + name)

    def store_same(self, name: str, body: bytes, seq: int) -> None:
        """Store `body`, or find exactly it there. Raises CannotArchive at `seq`."""
        if not self.put_new(name, body) and self.get(name) != body:
            raise foreign(name, seq)

    def swap(self, head: ArchiveHead, new: ArchiveHead) -> None:
        """Move the head from `head`, as it was read, to `new`. Raises ArchiveMoved."""
        self.heads.compare_and_swap(self.tenant, head, replace(new, version=head.version + 1))


def foreign(name: str, seq: int) -> CannotArchive:
    """Something else is in the place of what we would store there."""
    return CannotArchive(seq, "archive.foreign_object", f"L’objet {name} de l’archive a un autre contenu.")
