"""Carry the journal of one tenant into its locked archive, whatever crashed before.

`drain` looks at what is stored and does the next missing thing, so the happy path and the recovery are one. A doorbell
(stream, sweep, another drain at the same time) may ring at any moment, any number of times.

Order, and why: documents before the segment that mentions them (a segment never points at nothing); the segment before
the head (the head never names a segment that is not there); the head before the signature (a signed checkpoint is
never of a segment that lost the race); the signature before the next segment (each segment has its checkpoint). When
another key is to sign, the note in which both keys say so comes before the first checkpoint of the new one: `rotation`.
[AR-02, AR-04]
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from relance.app.archiving import layout
from relance.app.archiving.rotation import Keyring, handed_over
from relance.app.archiving.signing import Pen
from relance.app.archiving.tallies import tallied, tally_of_archive, tallying
from relance.app.archiving.vault import CannotArchive, Vault
from relance.app.ports.archive import (
    ArchiveHead,
    ArchiveHeads,
    ArchiveMoved,
    CheckpointSigner,
    ImmutableStore,
    JournalReader,
    Quarantine,
)
from relance.app.ports.outside import Documents
from relance.domain.chain import segment
from relance.domain.chain.errors import BadSegment
from relance.domain.chain.event import Event, SealedEvent, event_hash, follow, hex_digest, parse
from relance.domain.chain.merkle import leaf_hash
from relance.domain.errors import Corrupted, NotFound
from relance.domain.tally import Tallying

MAX_EVENTS: Final = 500  # per segment: what a Lambda of 512 MB reads, packs and reads back in seconds
MAX_SEGMENT_BYTES: Final = 8 * 2**20
MAX_LOST_RACES: Final = 20


@dataclass(frozen=True, slots=True)
class Archive:
    """What one must have to read an archive: enough for status, proof, export and verification."""

    journal: JournalReader
    heads: ArchiveHeads
    store: ImmutableStore


@dataclass(frozen=True, slots=True)
class Archiver(Archive):
    """What one must have to fill it. `signer` signs; `retired` signed before it and still can, so that archives of
    before are handed over.
    """

    documents: Documents
    signer: CheckpointSigner
    retired: tuple[CheckpointSigner, ...] = ()

    @property
    def keyring(self) -> Keyring:
        """All the keys at hand."""
        return Keyring(self.signer, self.retired)


@dataclass(frozen=True, slots=True)
class Drained:
    """Where a drain left the archive. `more`: it stopped at `max_segments` and must be called again. `rotated_at`: the
    size after which another key signs since this drain.
    """

    size: int
    signed_size: int
    segments: int
    more: bool = False
    quarantine: Quarantine | None = None
    rotated_at: int | None = None


def drain(tenant: str, archive: Archiver, *, max_segments: int = 50, max_events: int = MAX_EVENTS) -> Drained:
    """Archive and sign every visible event of `tenant`, at most `max_segments` segments of `max_events`.

    Once this returns without `quarantine` and `more`, every event whose transaction returned before the call is
    locked and covered by a stored, signed checkpoint. With `quarantine`, everything before `quarantine.seq` is, and
    the fault is in the head of this archive; other tenants are not concerned. A quarantine ends by itself when what
    it names is mended. Any other error leaves nothing to clean: call again.
    """
    work = _Drain(layout.tenant_id(tenant), archive, max_events)
    written = races = 0
    rotated_at: int | None = None
    while True:
        head = archive.heads.get(tenant)
        try:
            if head.signed_size < head.size:
                work.sign(head)
                rotated_at = head.signed_size if head.handover else rotated_at
            elif head.tally.size < head.size:
                work.add_up(head)
            elif written == max_segments:
                return Drained(head.size, head.signed_size, written, more=True, rotated_at=rotated_at)
            elif work.advance(head):
                written += 1
            else:
                return Drained(head.size, head.signed_size, written, rotated_at=rotated_at)
        except ArchiveMoved:  # another archiver was faster, or an earlier attempt of ours was stored after all
            races += 1
            if races > MAX_LOST_RACES:
                raise
        except CannotArchive as fault:
            work.quarantine(head, fault.quarantine)
            return Drained(head.size, head.signed_size, written, quarantine=fault.quarantine, rotated_at=rotated_at)


@dataclass(frozen=True, slots=True)
class _Drain:
    tenant: str
    archive: Archiver
    max_events: int

    def advance(self, head: ArchiveHead) -> bool:
        """Lock the next segment and move the head over it, to the active key when that may be. False when there is
        nothing to archive.
        """
        sums = tallying(head.tally)
        events = self._next_events(head, self.max_events, sums)
        if not events:
            if head.quarantine is not None and head.quarantine.seq <= head.size:
                self._swap(head, replace(head, quarantine=None))  # it was about what is archived, and that checks again
            return False
        count = segment.cut([e.line for e in events], max_lines=self.max_events, max_bytes=MAX_SEGMENT_BYTES)
        first = head.size + 1
        name = layout.segment(first)
        is_ours = self._vault.put_new(name, segment.pack(e.line for e in events[:count]))
        stored = self._vault.get(name)  # what counts is what is stored, whoever wrote it
        try:
            lines = segment.unpack(stored)
        except BadSegment as fault:
            raise CannotArchive(first, "archive.foreign_segment", f"{name} : {fault.message}") from fault
        if len(lines) > len(events):  # left by an archiver that saw more than we asked for
            sums = tallying(head.tally)
            events = self._next_events(head, len(lines), sums)
        archived = events[: len(lines)]
        if tuple(event.line for event in archived) != lines:
            raise CannotArchive(first, "archive.foreign_segment", f"Le segment {name} ne vient pas du journal.")
        last = archived[-1]
        new = replace(
            head,
            size=last.seq,
            chain=last.hash,
            at_ms=last.at_ms,
            frontier=head.frontier.extend(leaf_hash(bytes.fromhex(event.hash)) for event in archived),
            segment_first_seq=first,
            segment_sha256=sha256(stored).hexdigest(),
            quarantine=None,
            tally=sums.tally() if sums.size == last.seq else tallied(head.tally, archived),
        )
        self._swap(head, handed_over(head, new, self._pen.next_key(head, is_ours=is_ours)))
        return True

    def add_up(self, head: ArchiveHead) -> None:
        """Learn what is archived comes to, where a release that did not keep it went before us."""
        self._swap(head, replace(head, tally=tally_of_archive(head.size, self._vault.get)))

    def sign(self, head: ArchiveHead) -> None:
        """See `Pen.sign`."""
        self._pen.sign(head)

    def quarantine(self, head: ArchiveHead, fault: Quarantine) -> None:
        """Record it; when the head moved meanwhile, the next ring of the doorbell finds the fault again."""
        if head.quarantine != fault:
            with suppress(ArchiveMoved):
                self._swap(head, replace(head, quarantine=fault))

    def _next_events(self, head: ArchiveHead, limit: int, sums: Tallying) -> Sequence[Event]:
        """The events that can be archived now, in order, their documents already in the archive; `sums` takes them.

        Stops before the first that cannot; raises CannotArchive when that is the very next one.
        """
        anchored = head.size > 0
        read = self.archive.journal.read(self.tenant, head.size - anchored, limit + anchored)
        if anchored and (not read or (read[0].seq, event_hash(read[0].line)) != (head.size, head.chain)):
            # After a restore of the table: the archive is the truth, the journal must be rebuilt from it.
            raise CannotArchive(head.size, "archive.ahead_of_journal", "Le journal n’a plus cet événement, archivé.")
        events: list[Event] = []
        try:
            for event in self._checked(head, read[anchored:], sums):
                self._copy_document(event)
                events.append(event)
        except CannotArchive:
            if not events:
                raise
        return events

    def _checked(self, head: ArchiveHead, read: Sequence[SealedEvent], sums: Tallying) -> Iterator[Event]:
        seq, prev, at_ms = head.size, head.chain, head.at_ms
        for item in read:
            if item.seq != seq + 1:
                return  # a hole: part of a transaction is not visible yet
            try:
                event = parse(item.line)
                if event.hash != item.hash:
                    raise Corrupted("L’empreinte inscrite n’est pas celle de la ligne.", code="archive.altered_event")
                follow([event], tenant=self.tenant, seq=seq, prev=prev, at_ms=at_ms)
                sums.take(event)
            except Corrupted as fault:
                raise CannotArchive(seq + 1, fault.code, fault.message) from fault
            yield event
            seq, prev, at_ms = event.seq, event.hash, event.at_ms

    def _copy_document(self, event: Event) -> None:
        digest = layout.archived_document(event)
        if digest is None:
            return
        try:
            pdf = self.archive.documents.get(hex_digest(digest))
        except (NotFound, Corrupted) as fault:
            raise CannotArchive(event.seq, "archive.document_missing", f"Document {digest} : {fault}") from fault
        self._vault.store_same(layout.document(digest), pdf, event.seq)

    def _swap(self, head: ArchiveHead, new: ArchiveHead) -> None:
        self._vault.swap(head, new)

    @property
    def _vault(self) -> Vault:
        return Vault(self.tenant, self.archive.store, self.archive.heads)

    @property
    def _pen(self) -> Pen:
        return Pen(self._vault, self.archive.keyring)
