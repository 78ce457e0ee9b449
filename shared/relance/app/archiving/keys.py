"""Which key signed an archive at which size: the key of log.json, then that of each key note. Decision 0024. [AR-02]

Read from the archive itself, first versions only, as a verifier reads it; the signatures are the verifiers' to check.
"""

import json
from bisect import bisect_left
from dataclasses import dataclass

from relance.app.archiving import layout
from relance.app.ports.archive import ImmutableStore
from relance.domain.chain.errors import ChainError
from relance.domain.chain.note import open_key_note, parse_verifier_key, verifier_key
from relance.domain.errors import Corrupted


@dataclass(frozen=True, slots=True)
class LogKey:
    """Signs the checkpoints of `from_size` events and more, until the next key does. `note`: its key note, as stored;
    b"" for the first key.
    """

    from_size: int
    public_key: bytes
    note: bytes = b""


@dataclass(frozen=True, slots=True)
class LogKeys:
    """The keys of one archive, oldest first."""

    tenant: str
    keys: tuple[LogKey, ...]

    def at(self, size: int) -> LogKey:
        """The key of the checkpoint of `size` events."""
        return self.until(size)[-1]

    def until(self, size: int) -> tuple[LogKey, ...]:
        """The keys that lead to that one, itself included."""
        return self.keys[: bisect_left(self.keys, size + 1, key=lambda key: key.from_size)]

    def verifier_key(self, key: LogKey) -> str:
        """In the form that other tools take (C2SP vkey)."""
        return verifier_key(layout.origin(self.tenant), key.public_key)


def keys_of(tenant: str, size: int, store: ImmutableStore) -> LogKeys:
    """The keys of an archive up to its checkpoint of `size` events, at least one of which is stored.

    One listing, and one object for each key. Raises Corrupted when one of them does not read, Retry.
    """
    first = first_versions(store, layout.prefix(tenant) + layout.LOG)
    notes = first_versions(store, layout.prefix(tenant) + layout.KEYS)
    try:
        (log,) = (store.get(name, version) for name, version in first.items())
        _, first_key = parse_verifier_key(json.loads(log)["keys"][0]["vkey"])
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, ChainError) as error:
        raise Corrupted(f"{layout.LOG} de l’archive ne se lit pas.", code="archive.foreign_object") from error
    keys = [LogKey(1, first_key)]
    for name, version in sorted(notes.items()):
        found, _, _ = open_key_note(stored := store.get(name, version))
        if found.size < size:
            keys.append(LogKey(found.size + 1, found.next_key, stored))
    return LogKeys(tenant, tuple(keys))


def first_versions(store: ImmutableStore, prefix: str) -> dict[str, str]:
    """The version id that was stored first under each key with that prefix."""
    return {found.key: found.version_id for found in store.versions(prefix) if not found.delete_marker}
