"""The archive: filling it without I/O, verifying it with the program that travels in every export, what a proof weighs
and what an event costs.

`archiver_events_per_s`: events a second of processor time of `drain` on doubles in memory, which do no I/O (checking,
packing, reading back, hashing, tree, head; 500 events a segment). `verify_24k_s` and `verify_events_per_s`:
`verify_archive.py` in a process of its own, start of Python included, on the unpacked export of ten years of a small
firm, 24,000 events with their closings and 6,900 PDF, 500 events a segment; `verify_24k_small_segments_s`: 5 events a
segment, so 4,800 signatures; `verify_24k_zip_s`: the first from its zip. `verify_1m_mb`: the most memory of all its
processes together on a million events. `proof_bytes`: the proof of one of a million events in C2SP's text, beside the
checkpoint that its reader keeps. `archive_cost_per_event_<n>`: US dollars per million events with n events a segment:
the archiver's requests, counted on the doubles, and eleven years of keeping; prices are dated data. Lambda's own time
is not in it.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import time
import tomllib
import zipfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from relance.app.archiving import drain, export, layout
from relance.app.archiving.export import COMPANIONS, SUMS
from relance.domain.chain import note, segment
from relance.domain.chain.event import GENESIS_HASH, Fact, SealedEvent, content_hash, event_hash
from relance.domain.chain.merkle import EMPTY, leaf_hash
from relance.domain.chain.proof import tlog_proof
from relance.resources import verify_archive
from tests.doubles.archive import World
from tests.doubles.bookkeeper import TENANT, Bookkeeper, Entry, payment
from tests.doubles.legal_facts import content, document_sealed, pdf_of, quote_accepted, quote_sent

EVENTS = 24_000
MILLION = 1_000_000
BEGIN = datetime(2016, 11, 7, 8, 0, tzinfo=UTC)
VERIFIER = Path(verify_archive.__file__)
ROUNDS = 3
SEGMENT = 500
KEPT_MONTHS = 11 * 12
PRICES = Path(__file__).with_name("archive_prices.toml")


def measure() -> dict[str, float]:
    """All of it. Takes about two minutes on an idle machine."""
    events = ten_years()
    figures = {
        "archiver_events_per_s": _archiver(events[:5_000]),
        "proof_bytes": float(len(tlog_proof(MILLION - 1, [bytes(32)] * 20, b""))),
    }
    with tempfile.TemporaryDirectory() as folder:
        world = archive_of(events, SEGMENT)
        zipped = Path(folder) / "export.zip"
        with zipped.open("wb") as file:
            export(TENANT, world.archive(), file)
        seconds = _verified(_unpacked(world, Path(folder) / "large"))
        figures |= {"verify_24k_s": seconds, "verify_events_per_s": EVENTS / seconds}
        figures["verify_24k_zip_s"] = _verified(zipped)
        figures["verify_24k_small_segments_s"] = _verified(_unpacked(archive_of(events, 5), Path(folder) / "small"))
    figures["verify_1m_mb"] = _million_mb()
    return figures | costs(events)


@dataclass(slots=True)
class Firm:
    """A small firm: on each working day a quote, its contract, an invoice of five lines and a payment, all sealed."""

    book: Bookkeeper
    number: int = 0

    def day(self, at: datetime) -> None:
        self.number += 1
        n = self.number
        self.book.write(at, Entry(quote_sent(n), {}))
        self.book.write(at + timedelta(hours=1), Entry(_accepted(n), {}), Entry(document_sealed("quote", n), {}))
        self.book.write(at + timedelta(hours=2), self._invoice())
        self.book.write(at + timedelta(hours=2, seconds=3), Entry(document_sealed("invoice", n), {}))
        self.book.write(at + timedelta(hours=6), payment(143_766))

    def _invoice(self) -> Entry:
        entry = self.book.invoice(119_805)
        printed = {**content(f"F-2026-{self.number:04d}", lines=5), "totals": entry.fact.data["content"]["totals"]}  # type: ignore[index, call-overload]  # JSON
        data = {**entry.fact.data, "content": printed, "content_sha256": content_hash(printed)}
        return Entry(Fact(entry.fact.type, entry.fact.ref, entry.fact.actor, data), entry.counts)


def _accepted(n: int) -> Fact:
    fact = quote_accepted(n)
    printed = content(str(fact.ref.number), lines=5)
    return Fact(
        fact.type, fact.ref, fact.actor, {**fact.data, "content": printed, "content_sha256": content_hash(printed)}
    )


def ten_years(count: int = EVENTS) -> list[SealedEvent]:
    """The first `count` events of it, closings of days, months and years among them."""
    firm, at = Firm(Bookkeeper()), BEGIN
    while len(firm.book.events) < count:
        if at.weekday() < 5:
            firm.day(at)
            if firm.number % 3 == 0:
                firm.day(at + timedelta(minutes=30))
        at += timedelta(days=1)
    return firm.book.events[:count]


def archive_of(events: list[SealedEvent], per_segment: int) -> World:
    """Archived `per_segment` events at a time."""
    world = World(events={TENANT: events}, pdfs=_pdfs(len(events)))
    drain(TENANT, world.archive(), max_segments=len(events), max_events=per_segment)
    return world


def _pdfs(events: int) -> dict[str, bytes]:
    """The documents that so many events may speak of."""
    numbers = (f"{letter}-2026-{n:04d}" for n in range(1, events // 6 + 2) for letter in "DF")
    return {sha256(body).hexdigest(): body for body in map(pdf_of, numbers)}


def _archiver(events: list[SealedEvent]) -> float:
    seconds, pdfs = [], _pdfs(len(events))
    for _ in range(ROUNDS):
        world = World(events={TENANT: events}, pdfs=pdfs)
        started = time.process_time()
        drain(TENANT, world.archive(), max_segments=len(events), max_events=SEGMENT)
        seconds.append(time.process_time() - started)
    return len(events) / median(seconds)


def _unpacked(world: World, folder: Path) -> Path:
    target = io.BytesIO()
    export(TENANT, world.archive(), target)
    with zipfile.ZipFile(target) as opened:
        opened.extractall(folder)
    return folder


def _verified(path: Path) -> float:
    """Median seconds of the verifier as a person starts it. Raises when it refuses."""
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-I", "-S", str(VERIFIER), str(path)], check=True, capture_output=True)
        seconds.append(time.perf_counter() - started)
    return median(seconds)


def _million_mb() -> float:
    """The most that the verifier's processes held together, in MB; what they share is counted once (PSS)."""
    with tempfile.TemporaryDirectory() as folder:
        _write_million(Path(folder))
        command = [sys.executable, "-I", "-S", str(VERIFIER), folder]
        process = psutil.Popen(command, stdout=subprocess.DEVNULL)
        most = 0
        while process.poll() is None:
            with suppress(psutil.Error):
                tree = [process, *process.children(recursive=True)]
                most = max(most, sum(one.memory_full_info().pss for one in tree))
            time.sleep(0.2)
        if process.returncode:
            raise RuntimeError("the verifier refuses the archive of a million events")
    return most / 1e6


def _write_million(folder: Path) -> None:
    """An export of a million short events, made without the archiver: 2,000 segments, each with its checkpoint."""
    world = World()
    public, origin = world.private_key.public_key().public_bytes_raw(), layout.origin(TENANT)
    bodies = {name: files("relance.resources").joinpath(name).read_bytes() for name in COMPANIONS}
    bodies[layout.LOG] = layout.log_json(TENANT, public)
    for name in ("seg", "ckpt"):
        (folder / name).mkdir()
    tree, prev, sums = EMPTY, GENESIS_HASH, dict[str, str]()
    for first in range(1, MILLION, SEGMENT):
        lines = []
        for seq in range(first, first + SEGMENT):
            lines.append(
                b'{"actor":"user:usr_1","at":%d,"data":{"amount":13500,"currency":"EUR","mode":"transfer"},"prev":"%s",'
                b'"ref":{"id":"inv_%d","kind":"invoice","number":"F-2026-%07d"},"seq":%d,"tenant":"%s",'
                b'"type":"payment.recorded","v":1}'
                % (1_780_000_000_000 + seq, prev.encode(), seq, seq, seq, TENANT.encode())
            )
            prev = event_hash(lines[-1])
            tree = tree.extend([leaf_hash(bytes.fromhex(prev))])
        stored = segment.pack(lines)
        digest = sha256(stored).hexdigest()
        text = note.Checkpoint(origin, tree.size, tree.root(), prev, first, digest).text()
        signature = world.private_key.sign(text.encode())
        bodies |= {
            layout.segment(first): stored,
            layout.checkpoint(tree.size): note.sign_note(text, origin, public, signature),
        }
        for name in list(bodies):
            body = bodies.pop(name)
            sums[name] = sha256(body).hexdigest()
            (folder / name).write_bytes(body)
    listed = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))
    (folder / SUMS).write_text(listed)


def costs(events: list[SealedEvent]) -> dict[str, float]:
    """Dollars per million events, by events a segment."""
    prices = tomllib.loads(PRICES.read_text(encoding="utf-8"))
    return {f"archive_cost_per_event_{n}": _cost(events[: 5 * n], n, prices) * 1e6 for n in (1, 10, 100)}


def _cost(events: list[SealedEvent], per_segment: int, prices: dict[str, Any]) -> float:
    """Dollars per event: one drain for each `per_segment` events, as they come."""
    world = World(pdfs=_pdfs(len(events)))
    asked: Counter[str] = Counter()
    for at in range(0, len(events), per_segment):
        world.events[TENANT] = events[: at + per_segment]
        drain(TENANT, world.archive())
    for name in world.operations:
        asked.update(_requests(name, sum(len(event.line) for event in events[:per_segment])))
    stored = sum(len(body) for key, (body,) in world.objects.items() if "/doc/" not in key)
    per_request, month = prices["per_request"], prices["per_gb_month"]["s3"]
    requests = sum(per_request[kind] * count for kind, count in asked.items())
    return float(requests + stored / 1e9 * month * KEPT_MONTHS) / len(events)


def _requests(operation: str, journal_bytes: int) -> dict[str, int]:
    """What the adapters ask AWS for one operation of the doubles (`adapters.s3_archive`, `dynamo`, `kms_signer`)."""
    match operation.split(" ", maxsplit=1)[0], operation.rsplit(" ", maxsplit=1)[-1]:
        case "get", "head":
            return {"dynamodb_read": 1}
        case "read", "journal":
            return {"dynamodb_read": -(-journal_bytes // 4096)}
        case "swap", "head":
            return {"dynamodb_write": 2}
        case "sign", _:
            return {"kms_sign": 1}
        case "put", _:
            return {"s3_put": 1, "s3_get": 1}  # a HEAD asserts the lock
        case "get", _:
            return {"s3_get": 1}
    raise ValueError(operation)


if __name__ == "__main__":
    for key, value in measure().items():
        print(f"{key:<34}{value:>12,.3f}")
