"""Exports changed in every way that one can list: both verifiers refuse each, and each of their checks is needed.

The forger here is careful: SHA256SUMS is made again after each change, except where the change is about it.
"""

import base64
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relance.app.archiving import drain, layout
from relance.domain.chain import note, segment
from relance.domain.chain.canonical import canonical
from relance.domain.chain.event import event_hash
from relance.resources import verify_archive
from tests.doubles.archive import World
from tests.doubles.exported import TENANT, Files, files_of, world_of
from tests.doubles.legal_facts import document_sealed, invoice_issued, pdf_of, sale

EXPORT = files_of(world_of())
SEGMENTS, NOTES, DOCUMENTS = EXPORT.named("seg"), EXPORT.named("ckpt"), EXPORT.named("doc")
MIDDLE = SEGMENTS[1]  # events 7 to 12


def rewritten(change: Callable[[list[bytes]], list[bytes]], name: str = MIDDLE) -> Files:
    """The lines of one segment changed and packed again as the archiver would."""
    files = EXPORT.copy()
    files.bodies[name] = segment.pack(change(list(segment.unpack(files.read(name)))))
    return files.resummed()


def edited(index: int, edit: Callable[[dict[str, object]], object]) -> Files:
    """One event of the middle segment changed and written canonically."""

    def change(lines: list[bytes]) -> list[bytes]:
        event = json.loads(lines[index])
        edit(event)
        lines[index] = canonical(event)
        return lines

    return rewritten(change)


def a_small_export() -> Files:
    """Two events in two segments, one document: small enough to flip every byte of it."""
    world = World()
    world.record(TENANT, invoice_issued(1, lines=1))
    drain(TENANT, world.archive())
    world.record(TENANT, document_sealed("invoice", 1))
    world.pdfs[sha256(pdf_of("F-2026-0001")).hexdigest()] = pdf_of("F-2026-0001")
    drain(TENANT, world.archive())
    return files_of(world)


SMALL = a_small_export()


def resealed(change: Callable[[list[dict[str, object]]], None]) -> Files:
    """Change events, chain them again, sign them again: everything but the history itself is in order."""
    world = world_of([1, 2])
    events = [json.loads(event.line) for event in world.events[TENANT]]
    change(events)
    forged = World(pdfs=world.pdfs, private_key=world.private_key)
    previous = "0" * 64
    lines = []
    for event in events:
        event["prev"] = previous
        lines.append(canonical(event))
        previous = event_hash(lines[-1])
    return signed(lines, forged, previous)


def with_history(index: int, series: object) -> Files:
    """An event in the place of which a history is taken over, with what it says of the series before it."""

    def change(events: list[dict[str, object]]) -> None:
        ref = {"id": "history", "kind": "history", "number": None}
        events[index].update(type="history.imported", ref=ref, data={"series": series, "documents": []})
        _data(events[6]).update(issue_date="2026-12-31")

    return resealed(change)


def signed(lines: list[bytes], world: World, last_hash: str) -> Files:
    tree = verify_archive.Tree()
    for line in lines:
        tree.append(event_hash(line))
    stored = segment.pack(lines)
    origin, public = layout.origin(TENANT), world.private_key.public_key().public_bytes_raw()
    text = note.Checkpoint(origin, len(lines), tree.root(), last_hash, 1, sha256(stored).hexdigest()).text()
    files = Files(
        {
            **{name: EXPORT.read(name) for name in ("LISEZMOI.txt", "verifier.html", "verify_archive.py", "log.json")},
            layout.segment(1): stored,
            layout.checkpoint(len(lines)): note.sign_note(text, origin, public, world.private_key.sign(text.encode())),
            **{f"doc/{digest}.pdf": body for digest, body in world.pdfs.items()},
        }
    )
    return files.resummed()


def renoted(**changes: object) -> Files:
    """The last checkpoint with other fields, signed with the true key."""
    world = world_of()
    checkpoint = note.parse_checkpoint(note.open_note(EXPORT.read(NOTES[-1]))[0])
    values = {name: getattr(checkpoint, name) for name in checkpoint.__slots__}
    text = note.Checkpoint(**{**values, **changes}).text()
    public = world.private_key.public_key().public_bytes_raw()
    files = EXPORT.copy()
    signature = world.private_key.sign(text.encode())
    files.bodies[NOTES[-1]] = note.sign_note(text, layout.origin(TENANT), public, signature)
    return files.resummed()


def without(name: str) -> Files:
    files = EXPORT.copy()
    del files.bodies[name]
    return files


def with_body(name: str, body: bytes) -> Files:
    return Files({**EXPORT.bodies, name: body})


def actor(event: dict[str, object]) -> None:
    event["actor"] = "user:other"


def version(event: dict[str, object]) -> None:
    event["v"] = 3


def amount(event: dict[str, Any]) -> None:
    event["data"]["content"]["lines"][1]["total_cents"] -= 1


def spelled(old: bytes, new: bytes) -> Files:
    return rewritten(lambda lines: [*lines[:5], lines[5].replace(old, new, 1)])


def packed_otherwise(stored: bytes) -> bytes:
    return gzip.compress(b"\n".join(segment.unpack(stored)) + b"\n", 1, mtime=0)


@dataclass(frozen=True, slots=True)
class Case:
    """An export, what its reader kept elsewhere, and how he asks: `export` False for the bucket as it stands.

    `whole`: the zip itself, in the place of `files`.
    """

    name: str
    files: Files
    pins: tuple[bytes, ...] = ()
    vkey: str = ""
    export: bool = True
    first_only: bool = False
    whole: bytes = b""


def intact() -> Iterator[Case]:
    """What must be accepted, however unusual."""
    yield Case("as it is", EXPORT)
    yield Case("with its key and its checkpoints", EXPORT, (EXPORT.read(NOTES[0]), EXPORT.read(NOTES[-1])), _key())
    yield Case("the largest integer", resealed(lambda events: _data(events[5]).update(more=2**53 - 1)))
    yield Case("a rank that numbers nothing", resealed(lambda events: _data(events[5]).update(series="x", rank=9)))
    yield Case("numbers that go on from a history", with_history(0, [{"series": "quote:2026", "rank": 1}]))
    later: dict[str, object] = {
        "type": "quote.sent",
        "ref": {"id": "quo_1", "kind": "quote", "number": "D-2026-0001"},
        "data": {"series": "quote:2026", "rank": 0, "version": 2, "number": "D-2026-0001"},
    }
    yield Case("a later version of a quote, under its number", resealed(lambda events: events[5].update(later)))
    yield Case("a quote without a series", resealed(lambda events: _data(events[6]).update(series=None)))
    other = resealed(lambda events: _data(events[5]).update(pdf_sha256="0" * 64))
    yield Case("a fact that speaks of a PDF which need not be kept", other)
    yield Case("a contract that the customer's choices made of an offer", _accepted_offer())
    bucket = Files({name: body for name, body in EXPORT.bodies.items() if "/" in name or name == "log.json"})
    yield Case("the bucket", bucket, export=False)
    orphan = Files({**bucket.bodies, f"doc/{'0' * 64}.pdf": b"%PDF"})
    yield Case("the bucket with a PDF that is not yet spoken of", orphan, export=False)


def _accepted_offer() -> Files:
    """Sealed as `accepted_quote`: unlike an offer, its PDF is kept."""
    body = b"%PDF contract"
    digest = sha256(body).hexdigest()
    files = resealed(lambda events: _data(events[1]).update(kind="accepted_quote", pdf_sha256=digest))
    return Files({**files.bodies, f"doc/{digest}.pdf": body}).resummed()


def cases() -> Iterator[Case]:
    """Everything that must be refused, those about files first."""
    yield from (Case(name, files) for name, files in _files())
    yield from (Case(name, files) for name, files in _lines())
    yield from (Case(name, files) for name, files in _histories())
    yield from (Case(name, files) for name, files in _notes_and_logs())
    yield from _kept_elsewhere()


def _files() -> Iterator[tuple[str, Files]]:
    for name in EXPORT.names():
        yield f"without {name}", without(name)
        if name != "SHA256SUMS":
            yield f"without {name}, sums again", without(name).resummed()
            yield f"{name} changed, sums not", with_body(name, b"x" + EXPORT.read(name))
    for name in [*SEGMENTS, *NOTES, "log.json"]:
        yield f"{name} cut", with_body(name, EXPORT.read(name)[:-1]).resummed()
        yield f"{name} longer", with_body(name, EXPORT.read(name) + b"\n").resummed()
        yield f"{name} of another company", with_body(name, OTHER.read(name)).resummed()
    yield "a segment without its first bytes", with_body(MIDDLE, EXPORT.read(MIDDLE)[5:]).resummed()
    yield "a segment without its end", with_body(MIDDLE, EXPORT.read(MIDDLE)[:-9]).resummed()
    yield "a segment with another checksum", with_body(MIDDLE, EXPORT.read(MIDDLE)[:-8] + bytes(8)).resummed()
    yield "a segment without its last newline", with_body(MIDDLE, _packed(b"{}")).resummed()
    yield "packed in another way", with_body(MIDDLE, packed_otherwise(EXPORT.read(MIDDLE))).resummed()
    yield "a file too many", with_body("more.txt", b"x").resummed()
    yield "a file too many, sums not", with_body("more.txt", b"x")
    yield "a PDF that nobody speaks of", with_body(f"doc/{'0' * 64}.pdf", b"%PDF").resummed()
    yield "a PDF that was changed", with_body(DOCUMENTS[0], b"%PDF forged").resummed()
    yield "a segment twice", with_body("seg/000000000009.jsonl.gz", EXPORT.read(SEGMENTS[1])).resummed()
    yield "a note too many", with_body("ckpt/000000000003.note", EXPORT.read(NOTES[0])).resummed()
    yield "a note of the future", with_body("ckpt/000000000099.note", EXPORT.read(NOTES[0])).resummed()
    yield (
        "sums in another order",
        with_body("SHA256SUMS", b"\n".join(sorted(EXPORT.read("SHA256SUMS").split(b"\n")))[1:] + b"\n"),
    )
    yield "a document with a strange name", with_body("doc/x.pdf", b"%PDF").resummed()
    raw = bytearray(EXPORT.read(MIDDLE))
    raw[len(segment.HEADER)] |= 0b110  # a block of a type that deflate does not have
    yield "a segment broken in its middle", with_body(MIDDLE, bytes(raw)).resummed()
    yield "nothing at all", Files({name: EXPORT.read(name) for name in EXPORT.names() if "/" not in name}).resummed()


def _lines() -> Iterator[tuple[str, Files]]:
    for index in (0, 2, 3, 5):
        yield f"event {index} of a segment altered", edited(index, actor)
    yield "an event altered with its prev", edited(2, lambda event: event.update(actor="user:other", prev="0" * 64))
    yield (
        "two neighbours altered",
        rewritten(
            lambda lines: [lines[0], *(line.replace(b'"actor":"', b'"actor":"x') for line in lines[1:3]), *lines[3:]]
        ),
    )
    yield "a version from the future", edited(3, version)
    yield "a version that is true", edited(3, lambda event: event.update(v=True))
    yield "a prev that is no text", edited(2, lambda event: event.update(prev=5))
    yield (
        "two events apart altered",
        rewritten(
            lambda lines: [
                line.replace(b'"actor":"', b'"actor":"x') if n in (1, 4) else line for n, line in enumerate(lines)
            ]
        ),
    )
    yield "a series that is no text", edited(3, lambda event: _data(event).update(series={"x": 1}))
    yield "a wild sequence number", edited(5, lambda event: event.update(seq=10**12))
    yield "a printed amount", edited(3, amount)
    yield "an event removed", rewritten(lambda lines: lines[:2] + lines[3:])
    yield "an event doubled", rewritten(lambda lines: [*lines[:3], lines[2], *lines[3:]])
    yield "events exchanged", rewritten(lambda lines: [lines[1], lines[0], *lines[2:]])
    yield "a segment cut at its end", rewritten(lambda lines: lines[:-2])
    written = b'"amount_cents":13500'
    for other in (b".0", b"e0", b".5", b',"amount_cents":13500'):
        yield f"13500{other!r}", spelled(written, written + other)
    yield "not a number", spelled(written, b'"amount_cents":NaN')
    yield "a space", spelled(written, b'"amount_cents": 13500')
    yield "beyond 2^53", spelled(written, b'"amount_cents":9007199254740993')
    yield "2^53 itself", spelled(written, b'"amount_cents":9007199254740992')
    yield "a key in capitals", spelled(b'{"amount":13500', b'{"Amount":13500')
    yield "an escape", spelled(b'"type":"payment', b'"type":"\\u0070ayment')
    yield "no UTF-8", spelled(b'"tenant":"ten_a"', b'"tenant":"\xff"')
    yield "a lone surrogate", spelled(b'"tenant":"ten_a"', b'"tenant":"\\ud800"')
    yield "nothing but brackets", spelled(b"{", b"[" * 5000)
    yield "no object", rewritten(lambda lines: [*lines[:5], b"[]"])
    yield "data that is no object", edited(5, lambda event: event.update(data=[]))
    yield "a reference that is no object", edited(5, lambda event: event.update(ref="inv_1"))
    yield (
        "a reference with more",
        edited(5, lambda event: event.update(ref={"id": "i", "kind": "k", "number": None, "x": 1})),
    )
    yield "another field", spelled(b'"v":2', b'"v":2,"w":1')
    yield "one field less", edited(5, lambda event: event.pop("actor"))


def _histories() -> Iterator[tuple[str, Files]]:
    """Sealed again by somebody who holds the key: only the rules of the journal can refuse them."""

    def with_event(index: int, **changes: object) -> Files:
        return resealed(lambda events: events[index].update(changes))

    def with_data(index: int, **changes: object) -> Files:
        return resealed(lambda events: _data(events[index]).update(changes))

    def numbered(rank: int) -> Files:
        number = f"F-2026-{rank:04d}"

        def change(events: list[dict[str, object]]) -> None:
            _data(events[9]).update(rank=rank, number=number)
            events[9]["ref"] = {"id": "inv_2", "kind": "invoice", "number": number}

        return resealed(change)

    yield "a history that ends elsewhere", with_history(0, [{"series": "quote:2026", "rank": 5}])
    yield "a history of a series that has begun", with_history(5, [{"series": "quote:2026", "rank": 1}])
    for series in (None, {"x": 1}, [{"series": "x", "rank": "1"}], [{"series": 1, "rank": 1}], ["x"]):
        yield f"a history with the series {series}", with_history(0, series)
    yield "a quote that takes no number", with_data(6, rank=0)
    yield "an invoice that takes no number", with_data(9, rank=0, version=2)
    yield "a later version of a quote that takes a number again", with_data(6, rank=1, version=2)
    yield "a gap in the numbers", numbered(3)
    yield "a number twice", numbered(1)
    for change in (
        {"rank": "2"},
        {"number": 2},
        {"rank": None},
        {"issue_date": 5},
        {"number": "F-2026-0009"},
        {"series": 4},
    ):
        yield f"numbered {change}", with_data(9, **change)
    yield (
        "a number that is not the document's",
        with_event(9, ref={"id": "inv_2", "kind": "invoice", "number": "F-2026-0022"}),
    )
    yield "a number that does not say its rank", resealed(lambda events: _renumber(events[9], "F-2026-0009"))
    yield "backdated", with_data(9, issue_date="2025-12-31")
    yield "no content hash", resealed(lambda events: _forget(_data(events[9]), "content_sha256"))
    yield "an instant that stands still", resealed(lambda events: events[4].update(at=events[3]["at"]))
    yield "a company within another", with_event(2, tenant="ten_b")
    for field in ("tenant", "type", "actor"):
        yield f"an empty {field}", with_event(2, **{field: ""})
        yield f"a {field} that is no text", with_event(2, **{field: 5})
    yield "a number that is no text", resealed(lambda events: events[2].update(ref={**_ref(events[2]), "number": 5}))
    yield "an empty id", resealed(lambda events: events[2].update(ref={**_ref(events[2]), "id": ""}))
    yield "an instant before all time", with_event(0, at=0)
    yield "an instant that is no number", with_event(0, at="now")
    yield "a rank of zero", with_event(0, seq=0)
    yield "a rank that is true", with_event(0, seq=True)
    world = world_of([1])
    for name, prev in (("something before", b"1" * 64), ("a prev in capitals", b"A" * 64), ("a short prev", b"0" * 63)):
        line = world.events[TENANT][0].line.replace(b"0" * 64, prev)
        yield f"a first event with {name}", signed([line], World(), event_hash(line))


def _notes_and_logs() -> Iterator[tuple[str, Files]]:
    yield "notes exchanged", with_body(NOTES[0], EXPORT.read(NOTES[1])).resummed()
    for field, value in (
        ("root", b"\x00" * 32),
        ("size", 17),
        ("first_seq", 12),
        ("segment_sha256", "0" * 64),
        ("chain", "0" * 64),
        ("origin", "relance/ten_b"),
    ):
        yield f"a note with another {field}", renoted(**{field: value})
    last = EXPORT.read(NOTES[-1])
    head, _, blob = last.rstrip(b"\n").rpartition(b" ")
    for at in (10, 60):
        raw = bytearray(base64.b64decode(blob))
        raw[at] ^= 1
        yield f"a signature wrong at {at}", with_body(NOTES[-1], head + b" " + base64.b64encode(raw) + b"\n").resummed()
    for name, spelled_otherwise in (("root", loose(last, 2)), ("signature", loose(last, -2))):
        yield f"a {name} in another base64", with_body(NOTES[-1], spelled_otherwise).resummed()
    big = base64.b64decode(blob)[:36] + bytes([0xFF] * 32)
    yield "a signature beyond the order", with_body(NOTES[-1], head + b" " + base64.b64encode(big) + b"\n").resummed()
    yield "another key throughout but the log", with_body("log.json", FOREIGN_KEY.read("log.json")).resummed()
    for name, edit in _LOGS.items():
        log = json.loads(EXPORT.read("log.json"))
        edit(log)
        yield f"a log {name}", with_body("log.json", canonical(log)).resummed()
    yield "a log in another spelling", with_body("log.json", EXPORT.read("log.json").replace(b":", b": ", 1)).resummed()


_LOGS: dict[str, Callable[[dict[str, Any]], object]] = {
    "of another format": lambda log: log.update(format="relance.archive.v2"),
    "with other algorithms": lambda log: log["algorithms"].update(event="MD5"),
    "of another company": lambda log: log.update(tenant="ten_b"),
    "of another origin": lambda log: log.update(origin="relance/ten_b"),
    "whose company is no text": lambda log: log.update(tenant={}),
    "whose origin is no text": lambda log: log.update(origin={}),
    "with more": lambda log: log.update(more=1),
    "with more about its key": lambda log: log["keys"][0].update(more="free text that nothing else covers"),
    "without keys": lambda log: log.update(keys=[]),
    "with a key twice": lambda log: log.update(keys=log["keys"] * 2),
    "with another key id": lambda log: log["keys"][0].update(id="00000000"),
    "with another vkey": lambda log: log["keys"][0].update(vkey="x"),
    "with a key from 2 on": lambda log: log["keys"][0].update(from_size=2),
    "with a short key": lambda log: log["keys"][0].update(public_key=base64.b64encode(bytes(31)).decode()),
    "with a key that is none": lambda log: log["keys"][0].update(public_key="!"),
}


def _kept_elsewhere() -> Iterator[Case]:
    pin = EXPORT.read(NOTES[-1])
    yield Case("rolled back", files_of(world_of([1, 2])), (pin,))
    fork = World()
    fork.record(TENANT, *sale(1), *sale(2), *sale(3), at_ms=1_790_000_000_000)
    fork.pdfs = world_of().pdfs
    drain(TENANT, fork.archive())
    yield Case("forked", files_of(fork), (pin,))
    yield Case("a pin where events are missing", without(SEGMENTS[0]).resummed(), (EXPORT.read(NOTES[1]),))
    yield Case("a pin without a log", with_body("log.json", b"!").resummed(), (pin,))
    yield Case("another archive's pin", EXPORT, (OTHER.read(NOTES[-1]),))
    yield Case("another pin's signature", EXPORT, (FOREIGN_KEY.read(NOTES[-1]),))
    yield Case("another key throughout", FOREIGN_KEY, vkey=_key())


def _key() -> str:
    return verify_archive.verify(EXPORT).key


def _renumber(event: dict[str, object], number: str) -> None:
    _data(event)["number"] = number
    event["ref"] = {**_ref(event), "number": number}


def loose(note_bytes: bytes, line: int) -> bytes:
    """The base64 at the end of a line with other unused bits: the same bytes to a careless reader."""
    lines = note_bytes.decode().split("\n")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    body = lines[line][:-1]
    lines[line] = body[:-1] + alphabet[alphabet.index(body[-1]) ^ 1] + "="
    return "\n".join(lines).encode()


def repacked() -> bytes:
    """The same files in a zip of another day."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as output:
        for name in EXPORT.names():
            output.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), EXPORT.read(name))
    return target.getvalue()


def bomb() -> bytes:
    """A zip that grows a thousandfold when it is read."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as output:
        output.writestr("log.json", bytes(2**20))
    return target.getvalue()


def _foreign_key() -> Files:
    other = world_of()
    other.objects.clear()
    other.stored_heads.clear()
    other.private_key = Ed25519PrivateKey.generate()
    drain(TENANT, other.archive())
    return files_of(other)


def _data(event: dict[str, object]) -> dict[str, object]:
    data = event["data"]
    assert isinstance(data, dict)
    return data


def _forget(data: dict[str, object], key: str) -> None:
    del data[key]


def _ref(event: dict[str, object]) -> dict[str, object]:
    ref = event["ref"]
    assert isinstance(ref, dict)
    return ref


def _packed(data: bytes) -> bytes:
    return segment.pack([data])[:10] + gzip.compress(data, mtime=0)[10:]


OTHER = files_of(world_of(tenant="ten_b"), "ten_b")
FOREIGN_KEY = _foreign_key()
