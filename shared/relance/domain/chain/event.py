"""A legal fact and its place in the chain of one tenant.

An event is one line of canonical JSON:
`{"actor","at","data","prev","ref":{"id","kind","number"},"seq","tenant","type","v":2}`. `at` is UTC milliseconds,
`prev` the hash of the line before (64 zeros for the first), `v` the version of this envelope, which is never guessed
and only grows along a chain: from the first line of version 2 on, each period is closed in the chain
(`relance.domain.closing`). Hash = SHA-256("relance.event.v1" ‖ 0x00 ‖ line). [AR-01, AR-02, AR-05]

What `data` must hold is the business of the type of event; only the envelope is judged here. `Ref`, `Fact` and
`SealedEvent`, made for each legal write, are no frozen dataclasses: those take 1.6 times as long to make (Python 3.11).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

from relance.domain.chain.canonical import MAX_INTEGER, FactData, Json, canonical, check, decode, encode
from relance.domain.chain.errors import BrokenChain, MalformedEvent, UnknownVersion

VERSION: Final = 2
KNOWN_VERSIONS: Final = (1, 2)
GENESIS_HASH: Final = "0" * 64
HASH_PREFIX: Final = b"relance.event.v1\x00"
_ENVELOPE: Final = frozenset({"actor", "at", "data", "prev", "ref", "seq", "tenant", "type", "v"})
_REF: Final = frozenset({"id", "kind", "number"})
_HEX: Final = frozenset("0123456789abcdef")


class Ref(NamedTuple):
    """What the fact is about. `number` is the legal number of the document, when it has one."""

    kind: str
    id: str
    number: str | None = None


@dataclass(slots=True)
class Fact:
    """What happened, before it has a place in the chain.

    `data` may hold canonical bytes in the place of a value that was written before (`canonical.splice`): the printed
    content of a document, whose hash is in the same fact. Raises NotCanonical when `data` is outside the canonical
    profile: here, where the fact is made, and not while a transaction is being retried.
    """

    type: str
    ref: Ref
    actor: str
    data: FactData

    def __post_init__(self) -> None:
        check(self.data)


class SealedEvent(NamedTuple):
    """A fact at its place: `line` is what is stored and archived, `hash` (hex) is the `prev` of the next."""

    tenant: str
    seq: int
    at_ms: int
    type: str
    hash: str
    line: bytes


@dataclass(frozen=True, slots=True)
class Event:
    """A line read back, its envelope checked."""

    tenant: str
    seq: int
    at_ms: int
    type: str
    actor: str
    ref: Ref
    data: Mapping[str, Json]
    prev: str
    hash: str
    line: bytes
    v: int = VERSION


def seal(fact: Fact, *, tenant: str, seq: int, at_ms: int, prev: str) -> SealedEvent:
    """The event that follows the one whose hash is `prev`. The caller guarantees seq = head + 1 and at_ms > last at."""
    ref = fact.ref
    line = encode(
        {
            "actor": fact.actor,
            "at": at_ms,
            "data": fact.data,
            "prev": prev,
            "ref": {"id": ref.id, "kind": ref.kind, "number": ref.number},
            "seq": seq,
            "tenant": tenant,
            "type": fact.type,
            "v": VERSION,
        }
    )
    return SealedEvent(tenant, seq, at_ms, fact.type, event_hash(line), line)


def event_hash(line: bytes) -> str:
    """Hex. The prefix keeps this hash apart from every other SHA-256 of the system."""
    return sha256(HASH_PREFIX + line).hexdigest()


def content_hash(content: Json) -> str:
    """Hex SHA-256 of the canonical bytes of a printed content: `data.content_sha256` of events that seal a document."""
    return sha256(canonical(content)).hexdigest()


def parse(line: bytes) -> Event:
    """The event of a stored line. Raises NotCanonical, UnknownVersion or MalformedEvent; never accepts a second
    spelling.
    """
    value = decode(line)
    if not isinstance(value, dict):
        raise MalformedEvent("ce n’est pas un objet")
    if value.get("v") not in KNOWN_VERSIONS or value.get("v") is True:
        raise UnknownVersion(f"Version d’événement inconnue : {value.get('v')!r}.")
    if value.keys() != _ENVELOPE:
        raise MalformedEvent(f"clés manquantes ou inconnues {sorted(value.keys() ^ _ENVELOPE)}")
    ref = value["ref"]
    if not isinstance(ref, dict) or ref.keys() != _REF:
        raise MalformedEvent("ref")
    data = value["data"]
    if not isinstance(data, dict):
        raise MalformedEvent("data")
    number = ref["number"]
    return Event(
        tenant=_text(value["tenant"], "tenant"),
        seq=_count(value["seq"], "seq"),
        at_ms=_count(value["at"], "at"),
        type=_text(value["type"], "type"),
        actor=_text(value["actor"], "actor"),
        ref=Ref(
            _text(ref["kind"], "ref.kind"),
            _text(ref["id"], "ref.id"),
            None if number is None else _text(number, "ref.number"),
        ),
        data=data,
        prev=hex_digest(value["prev"]),
        hash=event_hash(line),
        line=line,
        v=int(value["v"]),
    )


def follow(events: Iterable[Event], *, tenant: str, seq: int, prev: str, at_ms: int) -> None:
    """Raise BrokenChain unless `events` continue, without gap and strictly later, what ended at (`seq`, `prev`,
    `at_ms`).
    """
    for event in events:
        if event.tenant != tenant:
            raise BrokenChain(seq + 1, f"il appartient à {event.tenant}")
        if event.seq != seq + 1:
            raise BrokenChain(seq + 1, f"manquant, {event.seq} à sa place")
        if event.prev != prev:
            raise BrokenChain(event.seq, "il ne suit pas l’empreinte du précédent")
        if event.at_ms <= at_ms:
            raise BrokenChain(event.seq, "il n’est pas postérieur au précédent")
        seq, prev, at_ms = event.seq, event.hash, event.at_ms


def hex_digest(value: Json) -> str:
    """`value` when it is a SHA-256 in lower-case hexadecimal. Raises MalformedEvent."""
    if not isinstance(value, str) or len(value) != 64 or not _HEX.issuperset(value):
        raise MalformedEvent(f"{value!r} n’est pas un SHA-256 en hexadécimal minuscule")
    return value


def _text(value: Json, field: str) -> str:
    if not isinstance(value, str) or not value:
        raise MalformedEvent(field)
    return value


def _count(value: Json, field: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_INTEGER:
        raise MalformedEvent(field)
    return value
