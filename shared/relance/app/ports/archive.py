"""What the archiver may assume of the world. Each promise is tested by one contract suite on the double and on the
adapter.

Whatever a method raises besides the errors named here, the caller must suppose that the write may have happened: the
archiver never acts on a failure, it starts again from what it can read.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from relance.domain.chain.event import GENESIS_HASH, SealedEvent
from relance.domain.chain.merkle import EMPTY, Frontier
from relance.domain.errors import Conflict, Corrupted, Retry, Stop
from relance.domain.tally import Tally


class AlreadyStored(Conflict):
    """There is an object under this key already; nothing was written."""

    code = "archive.already_stored"


class ObjectMissing(Stop):
    """No object under this key (or not in this version)."""

    code = "archive.object_missing"


class NotLocked(Corrupted):
    """The object was stored without a version or without retention: the bucket is not the one that the law wants."""

    code = "archive.not_locked"


class ArchiveMoved(Retry):
    """Another archiver moved the head of this archive first: read it again."""

    code = "archive.moved"


class KeyUnusable(Retry):
    """This signing key is disabled, deleted or refused to us. Nothing is lost and everything waits, but a person must
    act: the message says on what.
    """

    code = "archive.key_unusable"


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Why this archive does not advance: `code` is stable, `seq` the event that cannot be archived, `reason` for a
    person.
    """

    seq: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What the last walk over the stored archive found. `faults` is 0 when it was intact."""

    at_ms: int
    size: int
    faults: int


@dataclass(frozen=True, slots=True)
class Handover:
    """Another key took over at the head's `signed_size`; the note in which both keys say so is not known to be stored.

    `public_key` (hex) signed until then; `root` and `chain` (hex) are those that its last checkpoint attests.
    """

    public_key: str
    root: str
    chain: str


@dataclass(frozen=True, slots=True)
class ArchiveHead:
    """How far the archive of one tenant goes.

    Events 1..size are in locked segments; `chain` and `at_ms` are those of event `size`; `frontier` gives the Merkle
    root; the last segment starts at `segment_first_seq` and its stored bytes hash to `segment_sha256`. A signed
    checkpoint is stored for `signed_size` (= size, or the size before the last segment). `public_key` (hex, 64
    digits) is the key of the next checkpoint, "" before the first one; `handover` is set only while size > signed_size,
    from the write that gave this archive another key to the one that knows of its first checkpoint. `tally` is
    what these events come to; it covers fewer only in an archive that a release before it filled. `version` counts the
    writes; 0 = never written.
    """

    size: int = 0
    signed_size: int = 0
    chain: str = GENESIS_HASH
    at_ms: int = 0
    frontier: Frontier = EMPTY
    segment_first_seq: int = 0
    segment_sha256: str = ""
    public_key: str = ""
    quarantine: Quarantine | None = None
    verification: Verification | None = None
    version: int = 0
    handover: Handover | None = None
    tally: Tally = field(default_factory=Tally)

    @property
    def signed_by(self) -> str:
        """The key (hex) of the checkpoint of `signed_size`; "" when there is none."""
        return self.handover.public_key if self.handover else self.public_key


class ArchiveHeads(Protocol):
    """One small record per tenant, moved by compare-and-swap."""

    def get(self, tenant: str) -> ArchiveHead:
        """Strongly consistent: sees every swap that returned before. `ArchiveHead()` when there is none."""
        ...

    def compare_and_swap(self, tenant: str, expected: ArchiveHead, new: ArchiveHead) -> None:
        """Store `new` if and only if the stored version is `expected.version`; durable once it returns.

        `new.version` must be `expected.version + 1`. Raises ArchiveMoved when it is not; nothing was written then. When
        the caller's own earlier attempt was stored although it failed, ArchiveMoved is raised too: the reader sees
        which.
        """
        ...


class JournalReader(Protocol):
    """The committed events of one tenant."""

    def read(self, tenant: str, after_seq: int, limit: int) -> Sequence[SealedEvent]:
        """Events with seq > `after_seq`, ascending, at most `limit` (fewer only at the end of what is visible).

        Strongly consistent: sees every transaction that returned before the call. A transaction that commits during the
        call may be seen in part, so there can be a hole that a later call fills: only the contiguous prefix may be
        used. What is given is what is stored, unchecked.
        """
        ...


class DirtyTenants(Protocol):
    """Whom the sweep must drain."""

    def dirty(self) -> Iterable[str]:
        """Tenants whose journal head > archive size, or archive size > signed size.

        Never misses one that was so before the call and stays so during it; may give one that is clean, or one twice.
        """
        ...


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """One version of one stored object. A deletion leaves the object and adds a version that is a `delete_marker`."""

    key: str
    version_id: str
    delete_marker: bool = False


class ImmutableStore(Protocol):
    """Objects that are written once and cannot be changed or removed before the end of their retention."""

    def put_new(self, key: str, body: bytes, media_type: str) -> None:
        """Store an object that was not there. Once this returns it is durable, has a version and is under retention.

        Never replaces anything. Raises AlreadyStored, or NotLocked when the stored object turns out to be unprotected.
        """
        ...

    def get(self, key: str, version_id: str | None = None) -> bytes:
        """The bytes of the given version, else of the current one. Sees every put that returned. Raises
        ObjectMissing.
        """
        ...

    def versions(self, prefix: str) -> Iterator[ObjectVersion]:
        """Every version of every object under `prefix`, by key in byte order, newest version first."""
        ...


class CheckpointSigner(Protocol):
    """Holds one Ed25519 key of the archive (RFC 8032, pure Ed25519: no prehash, no context).

    Both methods raise KeyUnusable when nothing but a person can make the key sign again, any other Retry when trying
    again may do.
    """

    def public_key(self) -> bytes:
        """32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """64 bytes; the same for the same message and key. `message` is at most 4,096 bytes."""
        ...


class TimeStamper(Protocol):
    """A time stamping authority (RFC 3161): somebody else's word that something existed by then."""

    def stamp(self, sha256: bytes) -> bytes:
        """A TimeStampResp (DER) that grants this digest. Raises Retry when there is none to be had now."""
        ...


class Sink(Protocol):
    """Takes the bytes of a file in order, as they are made."""

    def write(self, data: bytes, /) -> object:
        """Take `data`; the caller may change nothing of what it gave before."""
        ...


class ExportStore(Protocol):
    """Where a finished export waits for its owner. Not locked: it is a copy, and it expires."""

    def writing(self, tenant: str, name: str, media_type: str) -> AbstractContextManager[Sink]:
        """A file to write. Durable once the block is left; nothing is stored when it is left by an exception.

        Holds 16 MB at most, whatever is written. Raises Retry (from the sink too) when the store did not take it.
        """
        ...

    def link(self, tenant: str, name: str, *, filename: str, valid_s: int) -> str | None:
        """A URL that gives the file, as `filename`, to who holds it, for `valid_s` seconds; None when there is none."""
        ...


class ExportMaker(Protocol):
    """Makes exports in the background."""

    def begin(self, tenant: str, export_id: str) -> None:
        """Returns once the work is queued; asking twice is harmless. Raises Retry."""
        ...
