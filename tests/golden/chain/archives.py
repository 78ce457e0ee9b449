"""Whole archives among the test vectors: an export, the export of a period of it, and altered ones to be refused.

One log of which the vectors' lines are the beginning: six events a segment, then another key takes over, a document is
sealed, a purge and an erasure are told. Without the notice and the verifiers that travel in an export, and without
SHA256SUMS, which lists them: they change with each release, the format does not.
"""

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relance.app.archiving import drain, layout
from relance.app.archiving.export import COMPANIONS, SUMS
from relance.domain.archive_export import Period
from relance.domain.chain import note, segment
from relance.domain.chain.event import Fact, Ref
from relance.domain.ids import TenantId
from relance.domain.purge import Purge, purged_fact
from relance.resources import verify_archive
from tests.doubles import tampered_points as points
from tests.doubles.archive import World
from tests.doubles.bookkeeper import Bookkeeper, Entry, utc
from tests.doubles.exported import Files, files_of
from tests.doubles.tampered_closings import tell
from tests.doubles.tampered_removals import erased

HERE: Final = Path(__file__).parent
TENANT: Final = TenantId("ten_golden")
SECRETS: Final = tuple(sha256(f"relance golden vectors: not a secret{n}".encode()).digest() for n in ("", " 2"))
PDF: Final = b"%PDF-1.7 golden, not a document"
PERIOD: Final = Period(date(2027, 1, 4), date(2027, 1, 5))


@dataclass(frozen=True, slots=True)
class Altered:
    """An archive to be refused: the files of `folder` with `changes`, None for one that is gone."""

    name: str
    folder: str
    changes: Mapping[str, bytes | None]

    def files(self) -> Files:
        merged = {**stored(self.folder).bodies, **self.changes}
        return Files({name: body for name, body in merged.items() if body is not None})


@cache
def world() -> World:
    """The log as the archiver writes it."""
    book = tell(Bookkeeper(tenant=TENANT))
    first, second = (Ed25519PrivateKey.from_private_bytes(secret) for secret in SECRETS)
    made = World(private_key=first, pdfs={sha256(PDF).hexdigest(): PDF}, events={TENANT: book.events})
    drain(TENANT, made.archive(), max_events=6)
    sealed = Fact("document.sealed", Ref("invoice", "invoice_1", "F-2026-0001"), "system", {"pdf_sha256": _PDF_SHA256})
    facts = (sealed, erased(), purged_fact(_purge(book, made)))
    book.write(utc("2027-01-05T09:00"), *(Entry(fact, {}) for fact in facts))
    made.private_key, made.retired, made.events[TENANT] = second, (first,), book.events
    drain(TENANT, made.archive(), max_events=6)
    return made


_PDF_SHA256: Final = sha256(PDF).hexdigest()


def _purge(book: Bookkeeper, made: World) -> Purge:
    year = next(closing for closing in book.closings if closing.id == "year.2026-12-31")
    size = len(made.events[TENANT])
    checkpoint = made.objects[layout.prefix(TENANT) + layout.checkpoint(size)][0]
    return Purge(
        tenant=TENANT,
        id="2026-12-31",
        rev=1,
        fiscal_year_end=date(2026, 12, 31),
        first_seq=1,
        last_seq=year.last_seq,
        last_hash=made.events[TENANT][year.last_seq - 1].hash,
        lines=0,
        checkpoint_size=size,
        checkpoint_sha256=sha256(checkpoint).hexdigest(),
        stamp_sha256=sha256(b"the RFC 3161 token is not among the vectors").hexdigest(),
        stamped_on=date(2027, 1, 5),
        at=datetime(2027, 1, 5, tzinfo=UTC),
        by="user:usr_1",
    )


def made(folder: str) -> Files:
    """`export` or `period` as our code makes it today."""
    whole = files_of(world(), TENANT, PERIOD if folder == "period" else None)
    return Files({name: body for name, body in whole.bodies.items() if name not in {*COMPANIONS, SUMS}})


def stored(folder: str) -> Files:
    """`export` or `period` as published."""
    root = HERE / folder
    return Files({p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()})


def as_export(files: Files) -> Files:
    """With something in the place of what travels in an export, and the sums."""
    return Files({**files.bodies, **dict.fromkeys(COMPANIONS, b"")}).resummed()


def altered() -> Iterator[Altered]:
    """Archives that every verifier must refuse; SHA256SUMS, if it is used, is made again after the change."""
    export = stored("export")
    segments, notes, keys = export.named("seg"), export.named("ckpt"), export.named("key")
    for name, edit in _LINES.items():
        lines = edit(list(segment.unpack(export.read(segments[1]))))
        yield Altered(name, "export", {segments[1]: segment.pack(lines)})
    for folder in ("export", "period"):
        for name in stored(folder).names():
            if name.split("/")[0] not in ("seg", "ckpt") or name in (segments[-1], notes[-1]):
                yield Altered(f"{folder} without {name}", folder, {name: None})
    raw = bytearray(export.read(segments[1]))
    raw[4] ^= 1
    yield Altered("another date in a gzip header", "export", {segments[1]: bytes(raw)})
    yield Altered("another PDF", "export", {layout.document(_PDF_SHA256): PDF + b" "})
    first, second = (Ed25519PrivateKey.from_private_bytes(secret) for secret in SECRETS)
    for name, at, key in (
        ("a checkpoint signed by the retired key", -1, first),
        ("a checkpoint signed by the key to come", 0, second),
    ):
        yield Altered(name, "export", {notes[at]: _signed(export.read(notes[at]), key)})
    key_note = export.read(keys[0])
    yield Altered("a key note with one signature", "export", {keys[0]: _signed(key_note, first)})
    yield Altered("a key note that the new key signs first", "export", {keys[0]: _signed(key_note, second, first)})
    said = note.parse_key_note(note.open_note(key_note)[0])
    wrong = note.KeyNote(said.origin, said.size, bytes(32), said.chain, said.next_key).text()
    signed = _signed(f"{wrong}\n".encode() + key_note.partition(b"\n\n")[2], first, second)
    yield Altered("a key note with another root", "export", {keys[0]: signed})
    start = stored("period").read(layout.START)
    for old, new in ((b'"from":"2027-01-04"', b'"from":"2027-01-03"'), (b'"size":', b'"size":1')):
        yield Altered(f"a start with {new.decode()}", "period", {layout.START: start.replace(old, new)})
    yield from _signed_oddly(export)


def _signed_oddly(export: Files) -> Iterator[Altered]:
    """What holds for some Ed25519 libraries, alone or in a sum, and for us does not: see `tampered_points`."""
    public = Ed25519PrivateKey.from_private_bytes(SECRETS[0]).public_key().public_bytes_raw()
    notes, origin = export.named("ckpt"), layout.origin(TENANT)
    off_by_two = partial(points.signed_off_by, points.SMALL_ORDER["order 2"], SECRETS[0], public)
    for name, some, sign in (
        ("two checkpoints whose signatures are off by the point of order 2", notes[:2], off_by_two),
        (
            "a checkpoint whose R is the neutral point",
            notes[:1],
            partial(points.signed_without_nonce, SECRETS[0], public),
        ),
    ):
        yield Altered(name, "export", {**points.resigned(export, some, public, sign, origin)})


def _signed(signed_note: bytes, *keys: Ed25519PrivateKey) -> bytes:
    """The same text under true signatures of these keys."""
    text = note.open_note(signed_note)[0]
    again = f"{text}\n".encode()
    for key in keys:
        public = key.public_key().public_bytes_raw()
        again = note.add_signature(again, layout.origin(TENANT), public, key.sign(text.encode()))
    return again


_LINES: Final[dict[str, Callable[[list[bytes]], list[bytes]]]] = {
    "an event altered": lambda lines: [lines[0], lines[1].replace(b'"actor":"', b'"actor":"x'), *lines[2:]],
    "an event removed": lambda lines: [*lines[:2], *lines[3:]],
    "an event twice": lambda lines: [*lines[:2], lines[1], *lines[2:]],
    "two events exchanged": lambda lines: [lines[1], lines[0], *lines[2:]],
    "a segment cut at its end": lambda lines: lines[:-1],
    "a space in a line": lambda lines: [lines[0].replace(b":", b": ", 1), *lines[1:]],
    "a key twice": lambda lines: [lines[0].replace(b'"v":2', b'"v":2,"v":2'), *lines[1:]],
    "an integer as a fraction": lambda lines: [lines[0].replace(b'"v":2', b'"v":2.0'), *lines[1:]],
    "a version from the future": lambda lines: [lines[0].replace(b'"v":2', b'"v":3'), *lines[1:]],
}


def refused() -> list[dict[str, Any]]:
    """`refused.json`: what to change, and what `verify_archive.py` says of it."""
    told: list[dict[str, Any]] = []
    for case in altered():
        faults = verify_archive.verify(as_export(case.files())).faults
        told.append(
            {
                "name": case.name,
                "folder": case.folder,
                "changes": {
                    name: None if body is None else base64.b64encode(body).decode()
                    for name, body in case.changes.items()
                },
                "kinds": sorted({fault.kind for fault in faults}),
                "events": sorted({fault.seq for fault in faults if fault.seq}),
            }
        )
    return told
