"""The world of the archiver in memory, with the semantics that matter and every fault that it must survive.

Every operation goes through `World.operate`, so a fault can be planted at any of them, in pairs: the write failed and
was not stored, the write failed but was stored. `Crash` is not an Exception: no handler of ours can swallow it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256 as digest_of
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relance.app.archiving import Archiver
from relance.app.ports.archive import (
    AlreadyStored,
    ArchiveHead,
    ArchiveMoved,
    KeyUnusable,
    ObjectMissing,
    ObjectVersion,
)
from relance.domain.chain.event import GENESIS_HASH, VERSION, Fact, SealedEvent, event_hash, seal
from relance.domain.errors import Corrupted, NotFound, OutcomeUnknown, RelanceError, Retry

T = TypeVar("T")

LANDS_AFTER = 3  # operations of whoever did not wait


class Crash(BaseException):
    """The process is gone."""


class Fault(StrEnum):
    """What happens at one operation. `OTHER_*`: somebody else does the same work just before or just after.

    `SLOW`: it is done, and time goes by before the answer. `LATE`: no answer, and it is done after its caller went on.
    """

    FAILED_NOT_STORED = "failed, not stored"
    FAILED_BUT_STORED = "failed, but stored"
    THROTTLED = "throttled"
    SLOW = "slow"
    LATE = "late"
    CRASH_BEFORE = "crash before"
    CRASH_AFTER = "crash after"
    OTHER_BEFORE = "another archiver before"
    OTHER_AFTER = "another archiver after"


@dataclass(slots=True)
class Plan:
    """Plant `fault` at operation number `at` (from 0). `other` is the whole run of a second worker: with `OTHER_*`
    that is the fault, with `let_in` he comes in just before it. `slow` is what time does.
    """

    at: int = -1
    fault: Fault | None = None
    other: Callable[[], object] | None = None
    slow: Callable[[], object] | None = None
    let_in: bool = False


@dataclass(slots=True)
class World:
    """Journal, heads, bucket, documents and key of any number of tenants."""

    events: dict[str, list[SealedEvent]] = field(default_factory=dict)
    hidden: set[tuple[str, int]] = field(default_factory=set)  # committed, but not visible to this read yet
    stored_heads: dict[str, ArchiveHead] = field(default_factory=dict)
    objects: dict[str, list[bytes]] = field(default_factory=dict)  # every version, oldest first
    deleted: set[str] = field(default_factory=set)  # keys with a delete marker over their versions
    pdfs: dict[str, bytes] = field(default_factory=dict)
    private_key: Ed25519PrivateKey = field(default_factory=lambda: a_key(7))
    retired: tuple[Ed25519PrivateKey, ...] = ()  # oldest first
    disabled: set[bytes] = field(default_factory=set)  # public keys that sign no more
    version: int = VERSION  # 1: as before periods were closed in the chain
    plan: Plan = field(default_factory=Plan)
    operations: list[str] = field(default_factory=list)
    down: tuple[str, ...] = ()  # how the operations begin that nobody answers now
    lost_heads: set[str] = field(default_factory=set)  # of tenants whose head begins again at nothing
    late: list[tuple[int, Callable[[], object]]] = field(default_factory=list)  # what lands at which operation

    def archive(self) -> Archiver:
        """One archiver's view of this world."""
        retired = tuple(Signer(self, key) for key in self.retired)
        return Archiver(Journal(self), Heads(self), Bucket(self), Pdfs(self), Signer(self), retired)

    def deployed_with(self, *keys: int) -> Archiver:
        """The view of a deployment whose keys are those (`a_key`), oldest first, the last one active."""
        *retired, active = (Signer(self, a_key(n)) for n in keys)
        return replace(self.archive(), signer=active, retired=tuple(retired))

    def record(self, tenant: str, *facts: Fact, at_ms: int = 0) -> None:
        """Commit facts as the journal's writer does: contiguous, chained, strictly later."""
        events = self.events.setdefault(tenant, [])
        for fact in facts:
            last = events[-1] if events else None
            at = max(at_ms, (last.at_ms if last else 1_780_000_000_000) + 1)
            prev = last.hash if last else GENESIS_HASH
            event = seal(fact, tenant=tenant, seq=len(events) + 1, at_ms=at, prev=prev)
            line = event.line.replace(b'"v":%d}' % VERSION, b'"v":%d}' % self.version)
            events.append(event._replace(line=line, hash=event_hash(line)))

    def writes(self) -> int:
        """How many operations so far could have changed something."""
        return sum(name.startswith(("put", "swap")) for name in self.operations)

    def operate(self, name: str, effect: Callable[[], T]) -> T:
        number = len(self.operations)
        self.operations.append(name)
        self.land(number)
        if name.startswith(self.down):
            raise Retry("planted: down")
        if number != self.plan.at:
            return effect()
        plan, self.plan = self.plan, Plan()
        if plan.let_in and plan.other is not None:
            plan.other()
        match plan.fault:
            case Fault.FAILED_NOT_STORED:
                raise OutcomeUnknown("planted: not stored")
            case Fault.FAILED_BUT_STORED:
                effect()
                raise OutcomeUnknown("planted: stored")
            case Fault.THROTTLED:
                raise Retry("planted: throttled")
            case Fault.SLOW:
                result = effect()
                if plan.slow is not None:
                    plan.slow()
                return result
            case Fault.LATE:
                self.late.append((number + LANDS_AFTER, effect))
                raise OutcomeUnknown("planted: late")
            case Fault.CRASH_BEFORE:
                raise Crash
            case Fault.CRASH_AFTER:
                effect()
                raise Crash
            case Fault.OTHER_BEFORE:
                assert plan.other is not None
                plan.other()
                return effect()
            case Fault.OTHER_AFTER:
                assert plan.other is not None
                result = effect()
                plan.other()
                return result
            case None:
                return effect()

    def land(self, number: int | None = None) -> None:
        """What was late arrives: what is due at operation `number`, or all of it; nobody hears what becomes of it."""
        landing = [effect for at, effect in self.late if number is None or at <= number]
        self.late = [(at, effect) for at, effect in self.late if number is not None and at > number]
        for effect in landing:
            with suppress(RelanceError):
                effect()


@dataclass(frozen=True, slots=True)
class Journal:
    world: World

    def read(self, tenant: str, after_seq: int, limit: int) -> Sequence[SealedEvent]:
        def visible() -> Sequence[SealedEvent]:
            stored = self.world.events.get(tenant, [])
            return [e for e in stored if e.seq > after_seq and (tenant, e.seq) not in self.world.hidden][:limit]

        return self.world.operate("read journal", visible)


@dataclass(frozen=True, slots=True)
class Heads:
    world: World

    def get(self, tenant: str) -> ArchiveHead:
        return self.world.operate("get head", lambda: self.world.stored_heads.get(tenant, ArchiveHead()))

    def compare_and_swap(self, tenant: str, expected: ArchiveHead, new: ArchiveHead) -> None:
        def swap() -> None:
            if new.version != expected.version + 1:
                raise ValueError(f"version {new.version} after {expected.version}")
            stored = self.world.stored_heads.get(tenant, ArchiveHead())
            if stored.version != expected.version:
                raise ArchiveMoved("moved")
            assert new.size >= stored.size, "an archive never shrinks"
            self.world.stored_heads[tenant] = new

        self.world.operate("swap head", swap)

    def dirty(self) -> Iterable[str]:
        for tenant, events in self.world.events.items():
            head = self.world.stored_heads.get(tenant, ArchiveHead())
            if len(events) > head.size or head.size > head.signed_size:
                yield tenant


@dataclass(frozen=True, slots=True)
class Bucket:
    world: World

    def put_new(self, key: str, body: bytes, media_type: str) -> None:
        def put() -> None:
            if self.world.objects.get(key):
                raise AlreadyStored(key)
            self.world.objects[key] = [body]

        assert media_type
        self.world.operate(f"put {key}", put)

    def get(self, key: str, version_id: str | None = None) -> bytes:
        def get() -> bytes:
            if version_id is None and key in self.world.deleted:
                raise ObjectMissing(key)
            try:
                return self.world.objects[key][-1 if version_id is None else int(version_id)]
            except (KeyError, IndexError) as error:
                raise ObjectMissing(key) from error

        return self.world.operate(f"get {key}", get)

    def versions(self, prefix: str) -> Iterator[ObjectVersion]:
        for key in sorted(self.world.objects):
            if key.startswith(prefix):
                if key in self.world.deleted:
                    yield ObjectVersion(key, "marker", delete_marker=True)
                for number in reversed(range(len(self.world.objects[key]))):
                    yield ObjectVersion(key, str(number))

    def delete(self, key: str) -> None:
        """What a plain DELETE does in a versioned bucket: the versions stay under a marker."""
        self.world.deleted.add(key)

    def overwrite(self, key: str, body: bytes) -> None:
        """What a plain PUT does in a versioned bucket: the old version stays under the new one."""
        self.world.objects[key].append(body)


@dataclass(frozen=True, slots=True)
class Pdfs:
    world: World

    def put(self, pdf: bytes, *, owner: str = "") -> str:
        digest = digest_of(pdf).hexdigest()
        self.world.operate("put pdf", lambda: self.world.pdfs.setdefault(owner + digest, pdf))
        return digest

    def get(self, sha256: str, *, owner: str = "") -> bytes:
        def get() -> bytes:
            pdf = self.world.pdfs.get(owner + sha256, self.world.pdfs.get(sha256))
            if pdf is None:
                raise NotFound(sha256)
            if digest_of(pdf).hexdigest() != sha256:
                raise Corrupted(sha256)
            return pdf

        return self.world.operate("get pdf", get)

    def erase(self, sha256: str, *, owner: str = "") -> None:
        """DocumentEraser."""
        self.world.pdfs.pop(owner + sha256, None)


@dataclass(frozen=True, slots=True)
class Signer:
    world: World
    key: Ed25519PrivateKey | None = None  # None: the world's, also when that changes

    def public_key(self) -> bytes:
        return self._private().public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        def sign() -> bytes:
            if self.public_key() in self.world.disabled:
                raise KeyUnusable("La clé est désactivée.")
            return self._private().sign(message)

        return self.world.operate("sign", sign)

    def _private(self) -> Ed25519PrivateKey:
        return self.world.private_key if self.key is None else self.key


def a_key(n: int) -> Ed25519PrivateKey:
    """The same key for the same number, 0 to 255."""
    return Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)


def tamper(event: SealedEvent, **changes: object) -> SealedEvent:
    """The event as somebody with write access to the table would leave it."""
    return event._replace(**changes)  # type: ignore[arg-type] # a test may put anything there


def with_objects(world: World, objects: Mapping[str, bytes]) -> None:
    """Objects that an earlier, crashed archiver left."""
    world.objects.update({key: [body] for key, body in objects.items()})
