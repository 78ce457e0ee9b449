"""The Merkle tree of a journal, read again from its lines: what proofs are made of and archives are held against."""

from collections.abc import Iterator
from typing import Final

from relance.app.ports.archive import JournalReader
from relance.domain.chain.event import SealedEvent, event_hash
from relance.domain.chain.merkle import EMPTY, Frontier, leaf_hash
from relance.domain.errors import Corrupted

_PAGE: Final = 1000


def events_of(tenant: str, journal: JournalReader, size: int, *, after: int = 0) -> Iterator[SealedEvent]:
    """Events `after` + 1..`size` in order, a page at a time. Raises Corrupted on a hole."""
    while after < size:
        events = journal.read(tenant, after, min(_PAGE, size - after))
        there = sum(event.seq == seq for seq, event in enumerate(events, after + 1))
        if there < len(events) or not events:
            raise _hole(after + 1 + there)
        yield from events
        after = events[-1].seq


def _hole(seq: int) -> Corrupted:
    message = (
        f"L’événement {seq} manque ou n’est pas à sa place dans le journal : rien n’est établi d’après celui-ci tant "
        "qu’il n’a pas été rétabli d’après l’archive. Prévenez l’exploitant du service."
    )
    return Corrupted(message, code="journal.hole")


def leaf_of(event: SealedEvent) -> bytes:
    """The leaf of an event, from its line: what the journal says of its own hash is not believed."""
    return leaf_hash(bytes.fromhex(event_hash(event.line)))


def journal_tree(tenant: str, journal: JournalReader, size: int) -> Frontier:
    """The Merkle frontier of the first `size` events of the journal, from its lines. Raises Corrupted on a hole."""
    return EMPTY.extend(map(leaf_of, events_of(tenant, journal, size)))
