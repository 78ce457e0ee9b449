"""How far each archive goes, and whose is behind. Ports: relance.app.ports.archive.{ArchiveHeads, DirtyTenants}."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from pynamodb.exceptions import PutError, PynamoDBException, UpdateError

from relance.adapters.dynamo import codec
from relance.adapters.dynamo.attempts import code_of, read, write
from relance.adapters.dynamo.items import CoreItem, Database
from relance.adapters.dynamo.keys import ARCHIVE_HEAD, archive_head_key, head_key
from relance.adapters.dynamo.open_work import DynamoOpenWork
from relance.app.ports.archive import ArchiveHead, ArchiveMoved
from relance.domain.errors import RelanceError

_VERSION: Final = 1
_IN_HANDOVER: Final = 2  # a release that knows nothing of key notes must refuse this head: it would write it without
_TENANTS_A_CALL: Final = 50  # BatchGetItem takes 100 keys; each tenant has two


@dataclass(frozen=True, slots=True)
class DynamoArchiveHeads:
    """One item per tenant, beside the head of its journal."""

    database: Database

    def get(self, tenant: str) -> ArchiveHead:
        key, core = archive_head_key(tenant), self.database.core

        def get() -> ArchiveHead:
            try:
                return _head(core.get(key.pk, key.sk, consistent_read=True))
            except core.DoesNotExist:
                return ArchiveHead()

        return read(get)

    def compare_and_swap(self, tenant: str, expected: ArchiveHead, new: ArchiveHead) -> None:
        if new.version != expected.version + 1:
            raise ValueError(f"version {new.version} after {expected.version}")
        item, core = self.database.item(archive_head_key(tenant)), self.database.core
        body = codec.encode(new, _IN_HANDOVER if new.handover else _VERSION).decode()

        def swap() -> None:
            if expected.version == 0:
                item.rev, item.body = new.version, body
                item.save(condition=core.pk.does_not_exist())
            else:
                item.update([core.rev.set(new.version), core.body.set(body)], condition=core.rev == expected.version)

        write(swap, _moved)

    def dirty(self) -> Iterable[str]:
        """See DirtyTenants. Costs two reads a tenant, all strongly consistent: an index could miss a late one.

        An archive that is ahead of its journal is given too: the archiver must find that out, and stop.
        """
        register = DynamoOpenWork(self.database).tenants()
        while tenants := tuple(islice(register, _TENANTS_A_CALL)):
            yield from self._dirty(tenants)

    def _dirty(self, tenants: tuple[str, ...]) -> Iterator[str]:
        keys = [tuple(key(tenant)) for tenant in tenants for key in (head_key, archive_head_key)]
        items = read(lambda: list(self.database.core.batch_get(keys, consistent_read=True)))
        found = {(item.pk, item.sk == ARCHIVE_HEAD): item for item in items}
        for tenant in tenants:
            journal, archive = found.get((tenant, False)), found.get((tenant, True))
            seq = int(journal.rev) if journal else 0
            head = _head(archive) if archive else ArchiveHead()
            if head.size != seq or head.signed_size != head.size:
                yield tenant


def _head(item: CoreItem) -> ArchiveHead:
    body = item.body.encode()
    return codec.decode(ArchiveHead, body, _IN_HANDOVER if codec.version_of(body) == _IN_HANDOVER else _VERSION)


def _moved(error: PynamoDBException) -> RelanceError | None:
    if isinstance(error, PutError | UpdateError) and code_of(error) == "ConditionalCheckFailedException":
        return ArchiveMoved("Un autre archivage est passé avant.")
    return None
