#!/usr/bin/env python3
"""Vérifie une archive Relance, hors ligne, avec Python seul (3.9 ou plus récent).

    python3 verify_archive.py                        le dossier où se trouve ce fichier
    python3 verify_archive.py archive.zip            l'export tel qu'il a été remis
    python3 verify_archive.py --epingle point.note   avec un point de contrôle gardé ailleurs
    python3 verify_archive.py --json rapport.json    et un rapport pour un programme

Code de sortie : 0 archive intacte, 1 archive refusée, 2 rien n'a pu être vérifié.
Le format est expliqué dans LISEZMOI.txt. Ce programme ne lit que l'archive et n'écrit que le rapport demandé.
"""

# One file on purpose: it travels inside every export and must be readable in one sitting by somebody who trusts nobody.
# It shares no code with the program that wrote the archive. Standards: RFC 8785 (restricted), RFC 6962, RFC 8032,
# RFC 1952, C2SP signed-note and tlog-checkpoint (checked 2026-11).
#
# From the top down: `verify` and the walk from the first event to the last; the rules of keys, closings, removals and
# periods that it holds events to; how an event, a note, a tree and a signature are read; where the bytes come from, and
# on how many processors; last, what is said to people.

from __future__ import annotations  # si cette ligne est en cause : il faut Python 3.9 ou plus récent (www.python.org)

import sys

if sys.version_info < (3, 9):  # noqa: UP036 - said in French, before an older one stumbles over what follows
    print("Ce programme demande Python 3.9 ou plus récent (www.python.org). Ici : Python " + sys.version.split()[0])
    if sys.platform == "win32" and sys.stdin.isatty():
        input("Appuyez sur Entrée pour fermer cette fenêtre. ")  # opened by a double click, it would close at once
    sys.exit(2)

import argparse
import base64
import collections
import concurrent.futures
import contextlib
import datetime
import functools
import hashlib
import itertools
import json
import os
import re
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, NoReturn, Protocol

FORMAT = "relance.archive.v1"
ALGORITHMS = {
    "checkpoint": "C2SP signed-note, Ed25519 (RFC 8032)",
    "event": "SHA-256(relance.event.v1 || 0x00 || line)",
    "line": "RFC 8785, ASCII snake_case keys, no float",
    "tree": "RFC 6962, SHA-256, leaf data = event hash (32 bytes)",
}
CLOSING, PURGE, ERASURE, IMPORT = "period.closed", "journal.purged", "prospect.erased", "history.imported"
EVENT_VERSIONS = (1, 2)  # from the first line of version 2 on, every period is closed in the chain
EVENT_PREFIX = b"relance.event.v1\x00"
GENESIS_HASH = "0" * 64
GZIP_HEADER = bytes.fromhex("1f8b080000000000") + b"\x02\xff"
MAX_SEGMENT_BYTES = 64 * 2**20
LOG, SUMS, NOTICE, SELF, PAGE = "log.json", "SHA256SUMS", "LISEZMOI.txt", "verify_archive.py", "verifier.html"
START = "start.json"  # in the export of a period alone
# What looking into a folder, or plugging in the stick that it is on, may leave there; and all that begins with "._".
LEFT_BY_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini", "System Volume Information"}
LEFT_BY_SYSTEMS |= {".Spotlight-V100", ".Trashes", ".fseventsd", "__MACOSX"}
SHOWN_FAULTS = 40

# What a fault is, in one word; the word is stable and is what the JSON report carries.
ALTERED, MISSING, EXTRA, REORDERED, TRUNCATED = "altéré", "manquant", "en trop", "désordre", "tronqué"
UNKNOWN_VERSION, BAD_SIGNATURE, CONTRADICTED = "version inconnue", "signature", "contredit"


class Fault(NamedTuple):
    """One thing wrong: where (file, event number, document number) and what."""

    kind: str
    message: str
    file: str | None = None
    seq: int | None = None
    document: str | None = None

    def sentence(self) -> str:
        places = [
            f"événement {self.seq}" if self.seq else "",
            f"document {self.document}" if self.document else "",
            self.file or "",
        ]
        place = ", ".join(part for part in places if part)
        return f"[{self.kind}] {place} : {self.message}" if place else f"[{self.kind}] {self.message}"


# What reading a damaged zip or file can raise.
UNREADABLE = (OSError, ValueError, RuntimeError, EOFError, OverflowError, struct.error, zlib.error, zipfile.BadZipFile)


class Unsound(ValueError):
    """What is read is not what it must be, in French."""


def why(error: Exception) -> str:
    """In French, also what the standard library says in English."""
    if isinstance(error, (Unsound, EOFError)):
        return str(error)
    if isinstance(error, UnicodeDecodeError):
        return "ce n'est pas du texte en UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"ce n'est pas du JSON, à partir du caractère {error.pos + 1}"
    if isinstance(error, OSError):
        kinds = {FileNotFoundError: "introuvable", PermissionError: "accès refusé", IsADirectoryError: "un dossier"}
        return f"{error.filename or 'le support'} : {kinds.get(type(error), f'erreur {error.errno} du système')}"
    if isinstance(error, RecursionError):
        return "il est imbriqué trop profondément"
    if isinstance(error, (zipfile.BadZipFile, RuntimeError, zlib.error, struct.error)):
        return "le zip est abîmé, tronqué ou protégé par un mot de passe ; copiez-le à nouveau d'où il vient"
    return "il n'a pas la forme attendue"


class Enough(Exception):
    """The caller asked to stop at the first fault."""


class Report:
    """What was checked and what was found."""

    def __init__(self, first_only: bool = False) -> None:
        self.faults: list[Fault] = []
        self.first_only = first_only
        self.tenant = self.company = ""  # the company as its last settings or document in the archive name it
        self.key = ""  # the one that is in force at the end of the archive
        self.keys: list[dict[str, Any]] = []  # all of them, with the size of the archive from which each signs
        self.events = self.segments = self.checkpoints = self.documents = self.contents = self.numbers = self.pins = 0
        self.closings = self.purges = self.erasures = 0
        self.first_at = self.last_at = 0
        self.root = self.chain = self.period = ""
        self.before = 0  # events that come before this export, attested and not handed out
        self.is_period_over = True  # an event after the period is there to show that it is whole
        self.told: dict[int, str] = {}  # of the first events that faults name: what they say now, for people

    @property
    def ok(self) -> bool:
        return not self.faults

    def add(
        self,
        kind: str,
        message: str,
        *,
        file: str | None = None,
        seq: int | None = None,
        document: str | None = None,
    ) -> None:
        self.faults.append(Fault(kind, message, file, seq, document))
        if self.first_only:
            raise Enough

    def as_dict(self) -> dict[str, Any]:
        values = {name: value for name, value in vars(self).items() if name not in ("faults", "first_only")}
        return {"ok": self.ok, "faults": [fault._asdict() for fault in self.faults], **values}


# --- The walk


def verify(
    source: Source,
    *,
    export: bool = True,
    pins: Sequence[bytes] = (),
    vkey: str | None = None,
    first_only: bool = False,
    alone: bool = False,
) -> Report:
    """Check everything. `export`: the notice, both verifiers and SHA256SUMS must be there, and nothing else may be.

    `alone`: in this process only.
    """
    report = Report(first_only)
    try:
        if isinstance(source, Zip) and not source.is_as_written():
            report.add(
                ALTERED,
                "ce zip n'est pas, à l'octet près, celui qui a été remis ; s'il a été décompressé puis refait, "
                "décompressez-le et vérifiez le dossier",
            )
        with Workers(source, alone) as workers:
            Walk(source, report, export, pins, vkey, workers).run()
    except concurrent.futures.BrokenExecutor:  # a process of ours was killed: begin again with this one alone
        return verify(source, export=export, pins=pins, vkey=vkey, first_only=first_only, alone=True)
    except Enough:
        pass
    except UNREADABLE as error:
        report.faults.append(Fault(ALTERED, f"lecture impossible ({why(error)})"))
    return report


_NAMES = re.compile(
    r"log\.json|seg/[0-9]{12}\.jsonl\.gz|(?:ckpt|key)/[0-9]{12}\.note|doc/[0-9a-f]{64}\.pdf"
    r"|close(?:/[0-9]{2,4}){3}\.json"
)


class BrokenLink(NamedTuple):
    """Event `seq` does not hold the hash of the event before it."""

    seq: int
    document: str | None
    document_before: str | None


class Walk:
    """Reads an archive once, from the first event to the last, and remembers only what the next step needs."""

    def __init__(
        self, source: Source, report: Report, export: bool, pins: Sequence[bytes], vkey: str | None, workers: Workers
    ) -> None:
        self.source, self.report, self.export, self.vkey, self.workers = source, report, export, vkey, workers
        self.names = source.names()
        self.present = set(self.names)
        self.pins = [parse_note(as_kept(pin)) for pin in pins]
        self.pins_seen: set[int] = set()
        self.tree, self.sound = Tree(), True  # sound: no event is missing so far
        self.all_read = True  # each event that is there could be read
        self.is_root_told = False  # that the events are not those attested: once, since it follows for all after them
        self.seq, self.chain, self.at = 0, GENESIS_HASH, 0
        self.blamed: set[int] = set()
        self.document: str | None = None  # of event `seq`
        self.broken: BrokenLink | None = None
        self.documents: dict[str, tuple[int, str | None]] = {}
        self.false_documents: set[str] = set()  # whose bytes are not those of their name, once all were read
        self.are_documents_read = False
        self.series: dict[str, tuple[int, str, str]] = {}
        self.closings = Closings(report)
        self.purges: list[tuple[str, dict[str, Any]]] = []  # the facts of purges, and the file of each
        self.keys = Keys(report)
        self.start: Start | None = None

    def run(self) -> None:
        report = self.report
        self.check_names()
        firsts = self.ranks("seg/", ".jsonl.gz")
        segments = self.workers.read_ahead(self.source, firsts)  # other processes begin while this one sums files
        if self.export and SUMS in self.present:
            self.check_sums()
        if LOG in self.present:
            self.read_log()
        checkpoints = self.ranks("ckpt/", ".note")
        sizes = set(checkpoints)
        self.read_keys()
        if self.export and START in self.present:
            self.read_start(sizes)
        for size in self.keys.notes:
            if size >= report.before and size not in checkpoints:
                message = f"aucun point de contrôle n'atteste les {size} événements dont elle parle"
                report.add(CONTRADICTED, message, file=key_note_name(size))
        for first in firsts:
            self.take_segment(first, next(segments), sizes)
            report.segments += 1
        self.settle_broken_link()
        self.keys.check_all(self.workers)
        for size in sorted(sizes):
            if size > self.seq:
                self.sound = False
                report.add(
                    TRUNCATED,
                    f"ce point de contrôle atteste {size} événements, l'archive s'arrête au {self.seq}e",
                    file=checkpoint_name(size),
                )
            else:
                report.add(EXTRA, "aucun segment ne finit à ce point de contrôle", file=checkpoint_name(size))
        self.check_purges(firsts)
        self.check_documents()
        self.check_pins_seen()
        report.events, report.root, report.chain = self.seq - report.before, self.tree.root().hex(), self.chain
        report.last_at = self.at
        self.check_period()
        if not report.events:
            report.add(MISSING, "l'archive ne contient aucun événement")
        report.told = dict(self.tell(firsts))

    def ranks(self, folder: str, ending: str) -> list[int]:
        found = [name for name in self.names if name.startswith(folder) and _NAMES.fullmatch(name)]
        return sorted(int(name[len(folder) : -len(ending)]) for name in found)

    # Files

    def check_names(self) -> None:
        required = {LOG, SUMS, NOTICE, SELF, PAGE} if self.export else {LOG}
        for name in sorted(required - self.present):
            self.report.add(MISSING, "ce fichier doit être dans l'archive", file=name)
        known = required | {START} if self.export else required
        for name in self.names:
            if name not in known and not _NAMES.fullmatch(name):
                self.report.add(EXTRA, "ce fichier n'est pas de l'archive ; s'il est à vous, déplacez-le", file=name)

    def check_sums(self) -> None:
        data = self.source.read(SUMS)
        listed: dict[str, str] = {}
        lines = data.decode("ascii", "replace").split("\n")
        for line in lines[:-1]:
            match = re.match(r"([0-9a-f]{64})  ([!-~]+)\Z", line)
            if match:
                listed[match[2]] = match[1]
        names = sorted(self.present - {SUMS})
        if data != "".join(f"{listed[name]}  {name}\n" for name in sorted(listed)).encode():
            self.report.add(ALTERED, "la liste des empreintes n'a pas la forme attendue", file=SUMS)
        for name in sorted(set(listed) - self.present):
            self.report.add(MISSING, "le fichier figure dans SHA256SUMS et n'est pas là", file=name)
        for name in names:
            digest = hashlib.sha256(self.source.read(name)).hexdigest()
            if name != document_name(digest):  # of other files nobody asks
                self.false_documents.add(name)
            if name not in listed:
                self.report.add(EXTRA, "le fichier n'est pas dans SHA256SUMS", file=name)
            elif digest != listed[name]:
                self.report.add(ALTERED, "le fichier n'a plus l'empreinte inscrite dans SHA256SUMS", file=name)
        self.are_documents_read = True

    def read_log(self) -> None:
        try:
            log = canonical_value(self.source.read(LOG))
            if (log["format"], log["algorithms"]) != (FORMAT, ALGORITHMS):
                self.report.add(UNKNOWN_VERSION, f"le format « {log['format']} » n'est pas connu", file=LOG)
            (entry,) = log["keys"]
            if not set(map(type, (log["origin"], log["tenant"]))) <= _ONLY_TEXT:
                raise Unsound("l'origine ou l'entreprise n'est pas un texte")
            key = Key(log["origin"], 1, base64.b64decode(entry["public_key"], validate=True))
            self.keys.all, self.report.tenant = [key], log["tenant"]
            spelled = {"from_size": 1, "id": key.id.hex(), "public_key": base64.b64encode(key.public).decode()}
            if (
                log["origin"] != f"relance/{log['tenant']}"
                or not log["tenant"]
                or _encode(entry) != _encode({**spelled, "vkey": key.vkey})  # as text: python takes true for one
                or set(log) != {"algorithms", "format", "keys", "origin", "tenant"}
            ):
                raise Unsound("origine ou clé incohérente")
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            self.report.add(ALTERED, f"illisible ({why(error)})", file=LOG)

    def read_keys(self) -> None:
        """The keys that came after that of log.json. To know one of them is enough: each vouches for the others."""
        for size in self.ranks("key/", ".note"):
            self.keys.take(size, self.source.read(key_note_name(size)))
        self.report.keys = [{"from_size": key.from_size, "vkey": key.vkey} for key in self.keys.all]
        vkeys = [key.vkey for key in self.keys.all]
        self.report.key = vkeys[-1] if vkeys else ""
        if self.vkey is not None and self.vkey not in vkeys:
            self.report.add(BAD_SIGNATURE, "la clé de l'archive n'est pas celle que vous avez donnée", file=LOG)

    # An export of a period begins in the middle of the chain. What came before is not there; the signed checkpoint of
    # its size and the roots of its subtrees are, so each later checkpoint is still checked in full.

    def read_start(self, sizes: set[int]) -> None:
        report = self.report
        try:
            start = self.start = parse_start(self.source.read(START))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            report.add(ALTERED, f"illisible ({why(error)})", file=START)
            return
        report.period, report.before = f"{start.first}/{start.last}", start.size
        if not start.size:
            return
        name = checkpoint_name(start.size)
        if start.size not in sizes:
            report.add(MISSING, "le point de contrôle de ce qui précède la période n'est pas là", file=name)
            self.jump(start.size)
            return
        sizes.discard(start.size)
        try:
            note = parse_note(self.source.read(name))
        except ValueError as error:
            report.add(ALTERED, why(error), file=name)
            self.jump(start.size)
            return
        report.checkpoints += 1
        self.keys.check(name, note)
        self.tree.size, self.tree.nodes = start.size, list(start.frontier)
        self.seq, self.chain = start.size, note.chain
        if (note.size, note.root) != (start.size, self.tree.root()):
            report.add(CONTRADICTED, "ce qui précède n'a pas la racine que le point de contrôle atteste", file=START)
        self.check_key_note()
        self.check_pin()

    def check_period(self) -> None:
        """That nothing of the period is missing at its ends: one event before it, unless the chain begins there."""
        start = self.start
        if start is None:
            return
        self.report.is_period_over = self.at >= start.until_ms
        if start.size and self.report.first_at >= start.from_ms:
            message = "rien ne montre que le début de la période est là : aucun événement ne la précède"
            self.report.add(MISSING, message, file=START)
        if self.at < start.from_ms or self.report.first_at >= start.until_ms:
            self.report.add(CONTRADICTED, "aucun événement n'est de cette période", file=START)

    # Segments

    def take_segment(self, first: int, segment: ReadSegment, sizes: set[int]) -> None:
        name, report = segment_name(first), self.report
        if first > self.seq + 1:
            report.add(MISSING, f"les événements {self.seq + 1} à {first - 1} ne sont pas là", file=name)
            self.jump(first - 1)
        elif first <= self.seq:
            report.add(EXTRA, f"les événements à partir du {first}e sont déjà dans le segment d'avant", file=name)
            return
        if segment.fault is not None:
            kind, message = segment.fault
            report.add(kind, f"{message} ; ses événements ne peuvent pas être lus", file=name, seq=first)
            following = min((size for size in sizes if size >= first), default=None)
            if following is not None:
                self.jump(following)
                sizes.discard(following)
            return
        self.take_lines(name, segment.lines)
        if self.seq in sizes:
            sizes.discard(self.seq)
            self.check_checkpoint(first, segment.sha256)
        else:
            following = min((size for size in sizes if size >= first), default=None)
            kind, what = (TRUNCATED, "s'arrête avant son") if following else (MISSING, "n'a pas de")
            report.add(kind, f"le segment {what} point de contrôle", file=name, seq=self.seq)

    def take_lines(self, name: str, lines: list[ReadLine]) -> None:
        start = self.seq
        for index, line in enumerate(lines):
            if line.fault is not None:
                kind, message = line.fault
                self.report.add(kind, message, file=name, seq=start + 1 + index)
                self.blamed.add(start + 1 + index)
        events = [line.event for line in lines]
        if any(event is not None and event["seq"] != start + 1 + i for i, event in enumerate(events)):
            self.jump(self.explain_order(name, start, events))
            return
        for line in lines:
            self.take(name, line)

    def explain_order(self, name: str, start: int, events: list[dict[str, Any] | None]) -> int:
        """The numbers of a segment are not first, first + 1, …: say which is missing, doubled or out of place.

        Returns the number of the last event that is there.
        """
        report = self.report
        seen = [event["seq"] for event in events if event]
        numbers = {event["seq"]: event["ref"]["number"] for event in events if event}
        end = start + 2 * len(events)
        for seq in sorted(seq for seq in numbers if seq > end):  # a wild number, not a hole
            report.add(ALTERED, "rang d'événement hors de toute suite", file=name, seq=seq, document=numbers[seq])
        sane = [seq for seq in seen if seq <= end]
        last = max(sane, default=start)
        missing = [seq for seq in range(start + 1, last + 1) if seq not in numbers]
        for seq in missing[: SHOWN_FAULTS if len(seen) == len(events) else 0]:
            report.add(MISSING, "cet événement n'est pas dans l'archive", file=name, seq=seq)
        for seq in sorted({seq for seq in seen if seen.count(seq) > 1}):
            report.add(EXTRA, "cet événement y est plusieurs fois", file=name, seq=seq, document=numbers[seq])
        for before, after in zip(seen, seen[1:]):  # noqa: B905, RUF007 - Python 3.9
            if after < before:
                report.add(
                    REORDERED, f"placé après l'événement {before}", file=name, seq=after, document=numbers[after]
                )
        return last if len(sane) == len(events) else max(last, start + len(events))

    def take(self, name: str, line: ReadLine) -> None:
        """The next event in order; what could not be read is already reported."""
        report, event, digest = self.report, line.event, line.digest
        self.seq += 1
        self.tree.append(digest)
        if event is None:
            self.settle_broken_link()
            self.chain, self.document, self.closings.lost, self.all_read = digest, None, True, False
            return
        document: str | None = event["ref"]["number"]
        if self.chain:  # else nothing is known of what came before
            self.check_link(event["prev"] == self.chain, self.seq, document)
        if report.tenant and event["tenant"] != report.tenant:
            report.add(
                ALTERED, f"il est d'une autre entreprise, {event['tenant']}", file=name, seq=self.seq, document=document
            )
        if event["at"] <= self.at:
            report.add(REORDERED, "il n'est pas postérieur au précédent", file=name, seq=self.seq, document=document)
        self.check_number(name, event)
        if event["type"] in (IMPORT, PURGE, ERASURE):
            self.check_history(name, event)
            self.check_removal(name, event)
        if "legal_name" in event["data"]:
            report.company = company_name(event["data"], report.company)
        self.closings.take(name, event, line.totals, line.text)
        report.contents += "content" in event["data"]
        report.first_at = report.first_at or event["at"]
        pdf = archived_document(event)
        if pdf is not None:
            self.documents.setdefault(pdf, (self.seq, document))
        self.chain, self.at, self.document = digest, event["at"], document
        if self.pins:
            self.check_pin()

    def jump(self, seq: int) -> None:
        """Go on after events that cannot be read; from here on nothing links to what came before."""
        self.settle_broken_link()
        self.seq, self.chain, self.document, self.sound = seq, "", None, False
        self.closings.lost = True

    # Links: event k+1 holds the hash of event k. When one link is broken, k was changed; when the links on both sides
    # of an event are broken, that event was changed, its `prev` with it. So judgement waits for the next link.

    def check_link(self, holds: bool, seq: int, document: str | None) -> None:
        """The link from event seq - 1 to event `seq` (or to the checkpoint that stands in its place)."""
        if holds:
            self.settle_broken_link()
        elif self.broken is not None:
            self.blame(seq - 1, self.broken.document)
            self.broken = None
        else:
            self.settle_broken_link()
            self.broken = BrokenLink(seq, document, self.document)

    def settle_broken_link(self) -> None:
        if self.broken is not None:
            self.blame(self.broken.seq - 1, self.broken.document_before)
            self.broken = None

    def blame(self, seq: int, document: str | None) -> None:
        if seq not in self.blamed:
            self.blamed.add(seq)
            message = "son contenu a changé : la suite de la chaîne garde de lui une autre empreinte"
            self.report.add(
                ALTERED, message if seq else "le premier événement ne l'est pas", seq=seq or 1, document=document
            )

    def tell(self, firsts: Sequence[int]) -> Iterator[tuple[int, str]]:
        """Of each event that faults name, what it says now: read again, whatever is left of it."""
        papers = {number: document_name(digest) for digest, (_, number) in self.documents.items() if number}
        for seq in sorted({fault.seq for fault in self.report.faults if fault.seq})[:SHOWN_FAULTS]:
            with contextlib.suppress(*UNREADABLE, LookupError, TypeError, AttributeError, RecursionError):
                first = max((first for first in firsts if first <= seq), default=seq)
                event = json.loads(unpack_segment(self.source.read(segment_name(first)))[seq - first])
                if event["seq"] == seq:
                    paper = papers.get(event["ref"]["number"])
                    kept = f" ; le PDF remis : {paper}" if paper in self.present - self.false_documents else ""
                    yield seq, what_it_says(event) + kept

    # Numbers

    def check_number(self, name: str, event: dict[str, Any]) -> None:
        """Documents of one series are numbered 1, 2, 3 … with dates that never go back."""
        data, seq = event["data"], event["seq"]
        series, number, rank = data.get("series"), data.get("number"), data.get("rank")
        opens = event["type"] == "quote.sent" or event["type"].endswith(".issued")
        if not opens or series is None:
            return
        date, version = data.get("issue_date", ""), data.get("version")
        date = "" if date is None else date
        if type(rank) is not int or not set(map(type, (series, number, date))) <= _ONLY_TEXT:
            self.report.add(ALTERED, "le numéro du document n'a pas la forme attendue", file=name, seq=seq)
            return
        if event["type"] == "quote.sent" and rank == 0 and is_rank(version) and version > 1:
            return  # a later version of a quote keeps its number: it takes none
        last_rank, last_date, last_number = self.series.get(series, (0, "", "aucun"))
        if series not in self.series and self.report.before:
            last_rank = rank - 1  # its earlier numbers came before this export
        # Else the number may be in an event that is missing or cannot be read, and that is said.
        if rank != last_rank + 1 and self.sound and self.all_read:
            kind, what = (MISSING, "manque") if rank > last_rank + 1 else (EXTRA, "est doublé")
            message = f"série {series}, un numéro {what} : rang {rank} après {last_rank} ({last_number})"
            self.report.add(kind, message, file=name, seq=seq, document=number)
        year = series.rpartition(":")[2]
        said = re.findall("[0-9]+", number.replace(year, "", 1))
        if not any(run.endswith(str(rank)) for run in said) or event["ref"]["number"] != number:
            self.report.add(ALTERED, f"le numéro ne dit pas le rang {rank}", file=name, seq=seq, document=number)
        if date < last_date:
            self.report.add(
                REORDERED, f"daté du {date}, après un document du {last_date}", file=name, seq=seq, document=number
            )
        self.series[series] = (rank, date, number)
        self.report.numbers += 1

    def check_history(self, name: str, event: dict[str, Any]) -> None:
        """A company that came from another program: its series go on from the last number that it tells."""
        if event["type"] != IMPORT:
            return
        series, seq = event["data"].get("series"), event["seq"]
        if not isinstance(series, list) or not all(map(self.is_start, series)):
            self.report.add(ALTERED, "l'historique repris n'a pas la forme attendue", file=name, seq=seq)
            return
        for start in series:
            one = start["series"]
            if one in self.series:
                message = f"l'historique repris continue la série {one}, déjà commencée"
                self.report.add(REORDERED, message, file=name, seq=seq)
            self.series[one] = (start["rank"], paris_day(event["at"]).isoformat(), "dans l'historique repris")

    @staticmethod
    def is_start(start: Any) -> bool:
        return isinstance(start, dict) and type(start.get("rank")) is int and type(start.get("series")) is str

    # Removals: what left the live journal, or the company's files. Nothing ever leaves the archive.

    def check_removal(self, name: str, event: dict[str, Any]) -> None:
        """They say what they removed, and nothing else: a fact is for ever, so it must not hold what was to go."""
        data, seq = event["data"], event["seq"]
        if event["type"] == ERASURE:
            self.report.erasures += 1
            if not is_erasure(event["ref"], data):
                self.report.add(ALTERED, "l'effacement n'a pas la forme attendue", file=name, seq=seq)
        elif event["type"] == PURGE:
            self.report.purges += 1
            if not is_purge(event["ref"], data):
                self.report.add(ALTERED, "la purge n'a pas la forme attendue", file=name, seq=seq)
                return
            if not data["first_seq"] <= data["last_seq"] <= data["checkpoint_size"] < seq:
                message = "la purge retire des événements qui n'étaient pas tous archivés et signés"
                self.report.add(CONTRADICTED, message, file=name, seq=seq)
            last = self.purges[-1][1]["data"]["last_seq"] if self.purges else 0
            if data["first_seq"] != last + 1 and self.sound and (self.purges or not self.report.before):
                kind = MISSING if data["first_seq"] > last + 1 else EXTRA
                message = f"la purge commence à l'événement {data['first_seq']} au lieu du {last + 1}e"
                self.report.add(kind, message, file=name, seq=seq)
            self.purges.append((name, event))

    def check_purges(self, firsts: Sequence[int]) -> None:
        """Each names the last event that it removed, and a checkpoint that covers it, by their hashes."""
        for name, event in self.purges:
            data, seq = event["data"], event["seq"]
            last, size = data["last_seq"], data["checkpoint_size"]
            if self.sound and self.report.before < last < seq and self.hash_of(last, firsts) != data["last_hash"]:
                message = f"la purge donne à l'événement {last} une empreinte qui n'est pas la sienne"
                self.report.add(CONTRADICTED, message, file=name, seq=seq)
            if self.report.before <= size < seq:
                note = checkpoint_name(size)
                stored = self.source.read(note) if note in self.present else b""
                if hashlib.sha256(stored).hexdigest() != data["checkpoint_sha256"]:
                    message = f"la purge donne une autre empreinte au point de contrôle de {size} événements"
                    self.report.add(CONTRADICTED, message, file=name, seq=seq)

    def hash_of(self, seq: int, firsts: Sequence[int]) -> str:
        """Of an event that was walked over; read again, for the hashes of all would not stay in bounded memory."""
        first = max(first for first in firsts if first <= seq)
        return event_hash(unpack_segment(self.source.read(segment_name(first)))[seq - first])

    # Checkpoints

    def check_checkpoint(self, first: int, segment_sha256: str) -> None:
        name, report = checkpoint_name(self.seq), self.report
        try:
            note = parse_note(self.source.read(name))
        except ValueError as error:
            report.add(ALTERED, why(error), file=name)
            return
        report.checkpoints += 1
        self.keys.check(name, note)
        if (note.size, note.first_seq) != (self.seq, first):
            report.add(CONTRADICTED, "il ne parle pas du segment qui finit ici", file=name, seq=self.seq)
        if note.segment_sha256 != segment_sha256:
            report.add(
                ALTERED, "le fichier n'a plus l'empreinte que le point de contrôle atteste", file=segment_name(first)
            )
        if not self.sound:
            return
        self.check_link(note.chain == self.chain, self.seq + 1, None)
        self.settle_broken_link()
        if note.root != self.tree.root():
            self.add_root(f"les {self.seq} premiers événements n'ont pas la racine attestée", name)
        self.check_key_note()

    def check_key_note(self) -> None:
        """A key note of this size speaks of the same events as the checkpoint does."""
        note = self.keys.notes.get(self.seq)
        if note is not None and (note.root, note.chain) != (self.tree.root(), self.chain):
            self.add_root(
                f"les {self.seq} premiers événements ne sont pas ceux dont elle parle", key_note_name(self.seq)
            )

    def add_root(self, message: str, file: str) -> None:
        if not self.is_root_told:
            self.report.add(CONTRADICTED, message + " (ni, de ce fait, les suivants la leur)", file=file)
        self.is_root_told = True

    # What was kept elsewhere

    def check_pin(self) -> None:
        for index, pin in enumerate(self.pins):
            if pin.size == self.seq and self.sound:
                self.pins_seen.add(index)
                self.report.pins += 1
                if (pin.root, pin.chain) != (self.tree.root(), self.chain):
                    message = "l'archive n'est pas celle que vous aviez : elle contredit le point de contrôle gardé"
                    self.report.add(CONTRADICTED, message, seq=pin.size)

    def check_pins_seen(self) -> None:
        for index, pin in enumerate(self.pins):
            key = self.keys.of(pin.size)
            if key is not None and not (pin.origin == key.name and ed25519_verify(key.public, pin.text, pin.signature)):
                self.report.add(BAD_SIGNATURE, "le point de contrôle gardé n'est pas signé par la clé de cette archive")
            if index not in self.pins_seen:
                message = f"vous gardez un point de contrôle à {pin.size} événements, l'archive s'arrête au {self.seq}e"
                if pin.size < self.report.before:
                    message = "le point de contrôle gardé est d'avant cet export : comparez-le à l'archive entière"
                elif pin.size <= self.seq:
                    message = "point de contrôle gardé non comparable"
                self.report.add(TRUNCATED, message)

    # Documents

    def check_documents(self) -> None:
        report = self.report
        for digest, (seq, number) in self.documents.items():
            name = document_name(digest)
            if name not in self.present:
                report.add(MISSING, "le PDF n'est pas dans l'archive", file=name, seq=seq, document=number)
                continue
            report.documents += 1
            if not self.are_documents_read and hashlib.sha256(self.source.read(name)).hexdigest() != digest:
                self.false_documents.add(name)
            if name in self.false_documents:
                report.add(ALTERED, "le PDF n'est plus celui qui a été émis", file=name, seq=seq, document=number)
        for name, lines in self.closings.files.items():
            if name not in self.present:
                if self.export:
                    report.add(MISSING, "les clôtures de ce jour doivent aussi être dans un fichier", file=name)
            elif self.source.read(name) != f"[{','.join(lines)}]".encode():
                report.add(ALTERED, "ce ne sont pas les clôtures de ce jour", file=name)
        if self.sound and self.all_read:  # else an event that speaks of them may be among those that are not known
            self.check_unspoken_files()

    def check_unspoken_files(self) -> None:
        for name in filter(_NAMES.fullmatch, self.names):
            if name.startswith("close/") and name not in self.closings.files:
                self.report.add(EXTRA, "aucune clôture de ce jour n'est dans l'archive", file=name)
            if self.export and name.startswith("doc/") and name[4:-4] not in self.documents:
                self.report.add(EXTRA, "aucun événement ne parle de ce PDF", file=name)


def segment_name(first: int) -> str:
    return f"seg/{first:012d}.jsonl.gz"


def checkpoint_name(size: int) -> str:
    return f"ckpt/{size:012d}.note"


def key_note_name(size: int) -> str:
    return f"key/{size:012d}.note"


def document_name(digest: str) -> str:
    return f"doc/{digest}.pdf"


# --- The keys of a log


class Keys:
    """The key of log.json, then each that a key note announces: signed by the one before it and by itself. A checkpoint
    holds under the key of its size alone: neither under a retired one nor under one that is still to come.
    """

    def __init__(self, report: Report) -> None:
        self.report = report
        self.all: list[Key] = []
        self.notes: dict[int, KeyNote] = {}  # by the size in their name; the walk compares them when it gets there
        self.signed: list[tuple[str, Checkpoint, Key]] = []  # whose signatures wait to be checked together
        self.is_absence_told = False  # that no key can be read: once, for all checkpoints
        self.strangers: dict[bytes, list[str]] = {}  # checkpoints by the id of a key that nothing announces

    def take(self, size: int, data: bytes) -> None:
        """The key note of `size`, after those of smaller sizes. Only one that holds changes the key."""
        name = key_note_name(size)
        try:
            note = parse_key_note(data)
        except ValueError as error:
            self.report.add(ALTERED, why(error), file=name)
            return
        self.notes[size] = note
        if not self.all:
            return  # log.json does not read, and that is said
        old, new = self.all[-1], note.key
        if note.size != size:
            self.report.add(CONTRADICTED, f"elle parle de {note.size} événements", file=name)
        elif {note.origin, new.name} != {old.name}:
            self.report.add(BAD_SIGNATURE, f"elle est de {note.origin}, pas de {old.name}", file=name)
        elif new.public == old.public:
            self.report.add(BAD_SIGNATURE, f"la clé qu'elle annonce est celle d'avant ({old.id.hex()})", file=name)
        elif not are_signatures_of((old, new), note):
            message = f"il y faut deux signatures, de la clé {old.id.hex()} puis de la nouvelle, {new.id.hex()}"
            self.report.add(BAD_SIGNATURE, message, file=name)
        else:
            self.all.append(new)

    def of(self, size: int) -> Key | None:
        """The one that signs the checkpoint of `size` events."""
        return next((key for key in reversed(self.all) if key.from_size <= size), None)

    def check(self, name: str, note: Checkpoint) -> None:
        """The signature of a checkpoint: its key now, the rest with all others."""
        key = self.of(note.size)
        if key is None:
            if not self.is_absence_told:
                self.report.add(BAD_SIGNATURE, "sans clé lisible, aucune signature ne peut être vérifiée", file=name)
            self.is_absence_told = True
        elif (note.origin, note.signer) != (key.name, key.name):
            self.report.add(BAD_SIGNATURE, f"il est signé par {note.signer}, pas par {key.name}", file=name)
        elif note.key_id == key.id:
            self.signed.append((name, note, key))
        elif note.key_id in [other.id for other in self.all]:
            message = f"il est signé par la clé {note.key_id.hex()} ; à cette taille, seule {key.id.hex()} peut signer"
            self.report.add(BAD_SIGNATURE, message, file=name)
        else:
            self.strangers.setdefault(note.key_id, []).append(name)

    def check_all(self, workers: Workers) -> None:
        """The signatures of all checkpoints, on every processor."""
        for key in self.all:
            signed = [(name, note) for name, note, by in self.signed if by is key]
            answers = workers.signatures(key.public, [(note.text, note.signature) for _, note in signed])
            for (name, _), holds in zip(signed, answers):  # noqa: B905 - Python 3.9
                if not holds:
                    self.report.add(BAD_SIGNATURE, "la signature est fausse", file=name)
        for key_id, names in self.strangers.items():
            more = f", et ce n'est pas le seul : {len(names)} le sont" if len(names) > 1 else ""
            message = f"il est signé par une clé que rien n'annonce ({key_id.hex()}){more}"
            self.report.add(BAD_SIGNATURE, message, file=names[0])


def are_signatures_of(keys: Sequence[Key], note: KeyNote) -> bool:
    """Whether the note carries one valid signature of each key, in this order, and no other."""
    asked = [(key.name, key.id) for key in keys]
    return [signature[:2] for signature in note.signatures] == asked and all(
        ed25519_verify(key.public, note.text, signature)
        for key, (_, _, signature) in zip(keys, note.signatures)  # noqa: B905 - Python 3.9
    )


# --- Closings: what the documents count, added up again and held against what each closing says

KINDS = ("day", "month", "year")
TOTALS = {"totals": "total de la période", "cumulated": "cumul de l'exercice", "perpetual": "total perpétuel"}
_MONTH_DAY = re.compile(  # of every year, so not 29 February
    r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))\Z"
)
_LONGEST_SILENCE = 1_100  # days whose missing closings are told one by one; each silent day has its own
_EPOCH, _ONE_DAY, _DAY_MS = datetime.date(1970, 1, 1), datetime.timedelta(days=1), 86_400_000

_RATE, _WORD = re.compile(r"\A([0-9]{1,20})(?:\.([0-9]{1,20}))?\Z"), re.compile(r"[A-Za-z0-9_]+\Z")

Totals = dict[str, int]


def paris_midnight(day: datetime.date) -> int:
    """When that day begins in Paris, UTC milliseconds: summer time from the last Sunday of March to that of October."""
    begins, ends = (
        last - (last.weekday() + 1) % 7 * _ONE_DAY
        for last in (day.replace(month=3, day=31), day.replace(month=10, day=31))
    )
    return (day - _EPOCH).days * _DAY_MS - (2 if begins < day <= ends else 1) * 3_600_000


def paris_day(at_ms: int) -> datetime.date:
    day = _EPOCH + at_ms // _DAY_MS * _ONE_DAY
    return day + _ONE_DAY if at_ms >= paris_midnight(day + _ONE_DAY) else day


def counted(event: dict[str, Any]) -> Totals:
    """What an event adds to the totals, in euro cents, read from what is printed. Raises when it cannot be read."""
    data, kind = event["data"], event["type"]
    totals: Totals = {}
    if kind in ("invoice.issued", "credit_note.issued"):
        content, replaced = data["content"], data.get("replaces")
        taken = [row for one in as_list(content.get("deductions", [])) for row in as_list(one["subtotals"])]
        name = "invoiced" if kind == "invoice.issued" else "credited"
        add_turnover(totals, name, content["totals"]["subtotals"], taken, content.get("exchange"))
        if replaced is not None:
            add_turnover(totals, "replaced", replaced["subtotals"], [], replaced.get("exchange"))
    elif kind in ("payment.recorded", "payment.refunded"):
        name = "received" if kind == "payment.recorded" else "refunded"
        cents, mode = in_euros(data["amount"], data.get("exchange")), data["mode"]
        if not _KEY.match(mode):
            raise ValueError("le mode de règlement")
        add_cents(totals, name + "_" + mode, cents)
        if mode != "credit":  # one document pays another: no money moves
            add_cents(totals, name, cents)
    for name, cents in data.get("counts", {}).items():  # any other fact says itself what it counts
        add_cents(totals, name, in_euros(cents, None))
    return totals


def as_list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise TypeError("un tableau est attendu")
    return value


def add_turnover(totals: Totals, name: str, rows: Any, taken: list[Any], exchange: Any) -> None:
    """Rows of a VAT table less those of the deposits deducted, then in euros; in all, and by category and rate."""
    left: dict[str, list[Any]] = {}
    for sign, table in ((1, as_list(rows)), (-1, taken)):
        for row in table:
            base, tax = row["base"], row["vat"]
            if type(base) is not int or type(tax) is not int:
                raise ValueError("une ligne du tableau de TVA")
            sums = left.setdefault(_encode(row["treatment"]), [row["treatment"], 0, 0])
            sums[1] += sign * base
            sums[2] += sign * tax
    for part in ("net", "vat", "gross"):
        add_cents(totals, f"{name}_{part}", 0)
    for treatment, base, tax in left.values():
        net, vat = in_euros(base, exchange), in_euros(tax, exchange)
        category, rate_bp = treatment["category"], treatment["rate_bp"]
        if not _WORD.match(category) or type(rate_bp) is not int or rate_bp < 0:
            raise ValueError("un traitement de TVA")
        for part, cents in (("net", net), ("vat", vat)):
            add_cents(totals, f"{name}_{part}", cents)
            add_cents(totals, f"{name}_gross", cents)
            add_cents(totals, f"{name}_{part}_{category.lower()}_{rate_bp}", cents)


def add_cents(totals: Totals, name: str, cents: int) -> None:
    totals[name] = totals.get(name, 0) + cents


def in_euros(cents: int, exchange: Any) -> int:
    """At the rate that is printed, to the nearest cent, halves away from zero."""
    if type(cents) is not int or abs(cents) >= 2**53:
        raise ValueError("un montant")
    if exchange is None:
        return cents
    ((whole, decimals),) = _RATE.findall(exchange["rate"])
    scale: int = 10 ** len(decimals)
    euros = (2 * abs(cents) * int(whole + decimals) + scale) // (2 * scale)
    return euros if cents > 0 else -euros


class Closings:
    """The open day, month and accounting year as the events make them, held against each closing.

    None is what only a closing can tell: sums of events that came before closings were made (lines of version 1), or
    that are not in this export because it holds a part of the archive. It is learned from the first one that tells.
    """

    def __init__(self, report: Report) -> None:
        self.report, self.version, self.seen = report, 1, 0
        self.lost = False  # an event is missing or unreadable: nothing can be added up any more
        self.begun = False
        self.day = self.closed = datetime.date.min  # the open one, the last that was closed
        self.year_floor: datetime.date | None = datetime.date.min  # before it no year begins: another one was closed
        self.year_first: datetime.date | None = None
        self.opens_at = self.closes_at = 0
        self.closed_last: int | None = None
        self.due: list[str] = []  # what must be closed before anything else, since the day `closed` was
        self.last: int | None = None  # the last event of the open day
        self.ahead: dict[datetime.date, int] = {}  # of days that are not open yet: closings of a long silence
        self.first: dict[str, int | None] = {}
        self.sums: dict[str, Totals | None] = {}
        self.perpetual: Totals | None = None
        self.fiscal: str | None = "01-01"
        self.files: dict[str, list[str]] = {}

    def take(self, name: str, event: dict[str, Any], totals: Totals | None, text: str) -> None:
        self.seen += 1
        if event["v"] < self.version:
            self.add(ALTERED, "sa ligne est d'une version plus ancienne que celle d'avant", name, event)
        self.version = max(self.version, event["v"])
        is_closing = event["type"] == CLOSING
        if is_closing:  # those of one day are also a file of their own
            self.files.setdefault(f"close/{str(event['data'].get('to')).replace('-', '/')}.json", []).append(text)
            self.report.closings += 1
        if event["type"] == "settings.changed":
            start = event["data"].get("fiscal_year_start", self.fiscal)
            if "fiscal_year_start" in event["data"] and not (type(start) is str and _MONTH_DAY.match(start)):
                self.add(ALTERED, "le début d'exercice n'a pas la forme attendue", name, event)
                start = self.fiscal
            self.settings(start)
        if self.lost or self.version == 1:
            return
        if not self.begun and event["seq"] == self.seen:
            self.begin(paris_day(event["at"]), event["seq"])
        if is_closing:
            self.check(name, event)
        elif self.begun:
            self.count(name, event, totals)
        if event["at"] < self.closes_at:
            self.last = event["seq"]
        elif self.begun:
            self.ahead[paris_day(event["at"])] = event["seq"]

    def add(self, kind: str, message: str, name: str, event: dict[str, Any]) -> None:
        self.report.add(kind, message, file=name, seq=event["seq"], document=event["ref"]["number"])

    def begin(self, day: datetime.date, seq: int | None) -> None:
        """Closings begin with the event `seq` (None: with one that this export does not hold)."""
        self.begun = True
        self.year_floor = None if seq is None else self.year_floor
        self.set_day(day)
        self.last = None if seq is None else seq - 1
        self.first = dict.fromkeys(KINDS, seq)
        self.sums = {kind: None if seq is None else {} for kind in KINDS}
        self.perpetual = {} if seq == 1 else None
        self.settings(None if seq is None else self.fiscal)

    def set_day(self, day: datetime.date) -> None:
        self.day, self.opens_at, self.closes_at = day, paris_midnight(day), paris_midnight(day + _ONE_DAY)

    def settings(self, start: str | None) -> None:
        """The accounting year begins on `start` (MM-DD). One in which nothing counts yet begins where that says."""
        self.fiscal = start
        if start is not None and self.sums.get("year") == {}:
            first = datetime.date.fromisoformat(f"{self.day.year}-{start}")
            first = first if first <= self.day else first.replace(year=first.year - 1)
            self.year_first = self.year_floor and max(first, self.year_floor)

    def count(self, name: str, event: dict[str, Any], more: Totals | None) -> None:
        if self.due or not self.opens_at <= event["at"] < self.closes_at:
            day = paris_day(event["at"])
            if day < self.day:
                self.add(REORDERED, f"il est écrit dans une journée déjà close, celle du {day:%d/%m/%Y}", name, event)
            self.catch_up((day, 0), name, event)
        if self.lost:
            return
        if more is None:
            self.add(ALTERED, "les montants qu'il compte ne se lisent pas", name, event)
            self.lost = True
            return
        for totals in (*self.sums.values(), self.perpetual):
            if totals is not None:
                for part, cents in more.items():
                    add_cents(totals, part, cents)

    def expected(self) -> tuple[datetime.date, int]:
        """The next closing: its last day and the rank of its kind. Closings follow each other in the order of these."""
        return (self.closed, KINDS.index(self.due[0])) if self.due else (self.day, 0)

    def catch_up(self, to: tuple[datetime.date, int], name: str, event: dict[str, Any]) -> None:
        if (to[0] - self.expected()[0]).days > _LONGEST_SILENCE:
            message = f"toutes les clôtures depuis {closing_name(*self.expected())} manquent avant cet événement"
            self.add(MISSING, message, name, event)
            self.lost = True
        while not self.lost and self.expected() < to:
            self.add(MISSING, f"{closing_name(*self.expected())} manque avant cet événement", name, event)
            self.advance(self.last)

    def check(self, name: str, event: dict[str, Any]) -> None:
        data = event["data"]
        try:
            last_day, rank = day_of(data["to"]), KINDS.index(data["kind"])
            numbers = [
                data["first_seq"],
                data["last_seq"],
                *(cents for field in TOTALS for cents in data[field].values()),
            ]
        except (KeyError, TypeError, ValueError, AttributeError):
            numbers = [None]
        if not set(map(type, numbers)) <= {int}:
            self.add(ALTERED, "la clôture n'a pas la forme attendue", name, event)
            self.lost = True
            return
        if not self.begun:  # a part of the archive: what comes before its first closing of a day cannot be added up
            if rank:
                return
            self.begin(last_day, None)
        elif self.fiscal is None and (last_day, rank) == (self.closed, 2):
            self.fiscal, self.due = self.day.isoformat()[5:], ["year"]
        self.catch_up((last_day, rank), name, event)
        if self.lost:
            return
        if self.expected() > (last_day, rank):
            self.add(EXTRA, f"{closing_name(last_day, rank)} était déjà faite, ou n'avait pas lieu d'être", name, event)
            return
        if event["at"] < paris_midnight(last_day + _ONE_DAY):
            self.add(REORDERED, f"{closing_name(last_day, rank)} est faite avant la fin de la période", name, event)
        expected = self.closing(KINDS[rank], last_day, data)
        for field, said in data.items():
            if said != expected.get(field):
                message = difference(field, said, expected.get(field))
                self.add(ALTERED, f"{closing_name(last_day, rank)} : {message}", name, event)
        if data.keys() != expected.keys() or event["ref"]["id"] != f"{data['kind']}.{expected['label']}":
            self.add(ALTERED, f"{closing_name(last_day, rank)} n'a pas la forme attendue", name, event)
        # What it says is carried on, right or wrong: a false amount is told where it came in, not in all that follow.
        self.sums["year"], self.perpetual = dict(data["cumulated"]), dict(data["perpetual"])
        self.advance(expected["last_seq"])

    def closing(self, kind: str, last_day: datetime.date, data: dict[str, Any]) -> dict[str, Any]:
        """What the closing must say; `data` where only it can know."""
        first_day = {"day": last_day, "month": last_day.replace(day=1)}.get(kind, self.year_first)
        known = {
            "kind": kind,
            "label": last_day.isoformat()[:7] if kind == "month" else last_day.isoformat(),
            "from": first_day and first_day.isoformat(),
            "to": last_day.isoformat(),
            "opens_at": first_day and paris_midnight(first_day),
            "closes_at": paris_midnight(last_day + _ONE_DAY),
            "first_seq": self.first[kind],
            "last_seq": self.last if kind == "day" else self.closed_last,
            "totals": self.sums[kind],
            "cumulated": self.sums["year"],
            "perpetual": self.perpetual,
        }
        return {field: data.get(field) if value is None else value for field, value in known.items()}

    def advance(self, last: int | None) -> None:
        """The expected closing is made, or was reported missing: its period is over."""
        if self.due:
            kind = self.due.pop(0)
        else:
            kind, self.closed, self.closed_last = "day", self.day, last
            self.set_day(self.day + _ONE_DAY)
            self.last = self.ahead.pop(self.day, self.last)
            self.due = ["month"] * (self.day.day == 1) + ["year"] * (self.day.isoformat()[5:] == self.fiscal)
        if kind == "year":
            self.year_first = self.year_floor = self.day
        self.sums[kind] = {}
        self.first[kind] = None if self.closed_last is None else self.closed_last + 1


def closing_name(last_day: datetime.date, rank: int) -> str:
    words = ("de la journée du %d/%m/%Y", "du mois %m/%Y", "de l'exercice clos le %d/%m/%Y")
    return "la clôture " + last_day.strftime(words[rank])


COUNTED = {
    "invoiced": "facturé",
    "credited": "avoirs",
    "replaced": "factures remplacées",
    "received": "encaissé",
    "refunded": "remboursé",
}
MODES = {
    "card": "carte",
    "cash": "espèces",
    "cheque": "chèque",
    "credit": "avoir ou compensation",
    "direct_debit": "prélèvement",
    "transfer": "virement",
}


def total_name(name: str) -> str:
    """`invoiced_net_s_2000`: facturé HT à 20 % ; `received_cash` : encaissé (cash)."""
    what, _, rest = name.partition("_")
    part, _, rate = rest.partition("_")
    parts = {"net": "HT", "vat": "TVA", "gross": "TTC"}
    if part in parts:
        rate_bp = rate.rpartition("_")[2]
        at = f" à {int(rate_bp) / 100:g} %".replace(".", ",") if rate_bp.isdigit() else ""
        return f"{COUNTED.get(what, what)} {parts[part]}{at}"
    return COUNTED.get(what, what) + (f" ({MODES.get(rest, rest)})" if rest else "")


def difference(field: str, said: Any, expected: Any) -> str:
    if field not in TOTALS:
        return f"{field} est « {said} » au lieu de « {expected} »"
    wrong = sorted(name for name in {*said, *expected} if said.get(name) != expected.get(name))
    more = f" (et {counting(len(wrong) - 1, 'autre montant', 'autres montants')})" if len(wrong) > 1 else ""
    here, there = (euros(totals.get(wrong[0])) for totals in (said, expected))
    return f"{TOTALS[field]}, {total_name(wrong[0])} : {here} inscrit, {there} d'après les événements{more}"


def euros(cents: int | None) -> str:
    if cents is None:
        return "rien"
    units, hundredths = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{units:,}".replace(",", " ") + f",{hundredths:02d} €"


# --- Removals

_PURGED = {
    "checkpoint_sha256": "digest",
    "checkpoint_size": "rank",
    "first_seq": "rank",
    "fiscal_year_end": "day",
    "last_hash": "digest",
    "last_seq": "rank",
    "stamp_sha256": "digest",
}


def is_purge(ref: dict[str, Any], data: dict[str, Any]) -> bool:
    """Whether `journal.purged` has its form: an accounting year's lines, and where they are kept."""
    tests = {"digest": is_digest, "rank": is_rank, "day": is_day}
    shaped = data.keys() == _PURGED.keys() and all(tests[kind](data[field]) for field, kind in _PURGED.items())
    return bool(shaped and ref == {"id": data["fiscal_year_end"], "kind": "journal", "number": None})


def is_erasure(ref: dict[str, Any], data: dict[str, Any]) -> bool:
    """Whether `prospect.erased` has its form: no word of who that was."""
    shaped = data.keys() == {"quotes", "reason"} and data["reason"] in ("request", "retention")
    counted = shaped and type(data["quotes"]) is int and data["quotes"] >= 0
    return bool(counted and (ref["kind"], ref["number"]) == ("customer", None))


def is_digest(value: Any) -> bool:
    return type(value) is str and _DIGEST.match(value) is not None


def is_rank(value: Any) -> bool:
    return type(value) is int and value >= 1


def is_day(value: Any) -> bool:
    """An ISO 8601 day, as in 2026-12-31."""
    try:
        return bool(day_of(value))
    except (TypeError, ValueError):
        return False


def day_of(value: Any) -> datetime.date:
    """Raises ValueError or TypeError for anything but an ISO 8601 day from 1970 to 9998."""
    day = datetime.date.fromisoformat(value)
    if day.isoformat() != value or not 1970 <= day.year < 9999:
        raise ValueError(value)
    return day


# --- Where a period begins


class Start(NamedTuple):
    """Where the export of a period begins: after `size` events, whose tree has the perfect subtrees `frontier`."""

    size: int
    frontier: tuple[bytes, ...]
    first: datetime.date
    last: datetime.date
    from_ms: int
    until_ms: int


_HOURS_OF_PARIS = (3_600_000, 7_200_000)  # midnight in Paris is one hour before midnight UTC, or two


def parse_start(data: bytes) -> Start:
    """Raises ValueError or KeyError for anything but the start of a period that its own bounds bear out."""
    value = canonical_value(data)
    first, last = (day_of(value[name]) for name in ("from", "to"))
    size, frontier = value["size"], tuple(bytes.fromhex(node) for node in value["frontier"])
    start = Start(size, frontier, first, last, value["from_ms"], value["until_ms"])
    again = {
        "format": FORMAT,
        "frontier": [node.hex() for node in frontier],
        "from": first.isoformat(),
        "from_ms": start.from_ms,
        "size": size,
        "to": last.isoformat(),
        "until_ms": start.until_ms,
    }
    if value != again or type(size) is not int or size < 0 or any(len(node) != 32 for node in frontier):
        raise Unsound("il n'a pas les champs attendus")
    if len(frontier) != bin(size).count("1"):
        raise Unsound(f"{len(frontier)} nœuds ne sont pas ceux de {size} événements")
    days = ((first, start.from_ms), (last + datetime.timedelta(days=1), start.until_ms))
    if last < first or any(_midnight_utc(day) - at not in _HOURS_OF_PARIS for day, at in days):
        raise Unsound("les instants ne sont pas ceux de la période")
    return start


def _midnight_utc(day: datetime.date) -> int:
    return (day - datetime.date(1970, 1, 1)).days * 86_400_000


# --- Events

_ENVELOPE = {"actor", "at", "data", "prev", "ref", "seq", "tenant", "type", "v"}
_REF = {"id", "kind", "number"}
_ONLY_TEXT = {str}
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_END = 253_370_764_800_000  # 1 January 9999, beyond which calendars end
_DEEPEST = 254  # lists and objects within each other, the event itself among them: what its writer can write


class UnknownVersion(Exception):
    pass


def parse_line(line: bytes) -> dict[str, Any]:
    """The event of a line: spelling, envelope, content hash. Raises ValueError (altered) or UnknownVersion."""
    text = line.decode()
    event = _decode(text)
    if type(event) is not dict:
        raise Unsound("ce n'est pas un événement")
    version = event.get("v")
    if type(version) is not int or version not in EVENT_VERSIONS:
        raise UnknownVersion(str(version))
    data, ref = event.get("data"), event.get("ref")
    if event.keys() != _ENVELOPE or type(data) is not dict or type(ref) is not dict or ref.keys() != _REF:
        raise Unsound("l'enveloppe n'a pas les champs attendus")
    if _rewrite(event, data) != text:
        raise Unsound("ce n'est pas l'écriture canonique")
    # Few have the room for it, and of those few have the brackets.
    if len(text) > 2 * _DEEPEST and text.count("{") + text.count("[") > _DEEPEST and _depth(event) > _DEEPEST:
        raise Unsound("il est imbriqué trop profondément")
    strings = [event["tenant"], event["type"], event["actor"], ref["kind"], ref["id"]]
    if ref["number"] is not None:
        strings.append(ref["number"])
    if not set(map(type, strings)) <= _ONLY_TEXT or "" in strings:
        raise Unsound("un champ de l'enveloppe n'est pas un texte")
    if type(event["seq"]) is not int or type(event["at"]) is not int or event["seq"] < 1 or not 0 < event["at"] < _END:
        raise Unsound("le rang ou l'instant n'est pas un entier positif")
    if type(event["prev"]) is not str or not _DIGEST.match(event["prev"]):
        raise Unsound("l'empreinte précédente n'en est pas une")
    return event


def _rewrite(event: dict[str, Any], data: dict[str, Any]) -> str:
    """The canonical text of `event`; the printed content is written once, for its own hash and for the line."""
    if "content" not in data:
        return _encode(event)
    content = _encode(data["content"])
    if hashlib.sha256(content.encode()).hexdigest() != data.get("content_sha256"):
        raise Unsound("le contenu imprimé a changé : ce n'est plus l'empreinte inscrite")
    around = _encode({**event, "data": {**data, "content": _CONTENT}}).split(_encode(_CONTENT))
    return content.join(around) if len(around) == 2 else _encode(event)


def _depth(value: Any) -> int:
    """How many lists and objects are within each other."""
    if not isinstance(value, (dict, list)):
        return 0
    return 1 + max(map(_depth, value.values() if isinstance(value, dict) else value), default=0)


def event_hash(line: bytes) -> str:
    return hashlib.sha256(EVENT_PREFIX + line).hexdigest()


def archived_document(event: dict[str, Any]) -> str | None:
    """The PDF that must be in the archive with this event: sealed invoices and credit notes, accepted quotes."""
    kind, data = event["type"], event["data"]
    kept = event["ref"]["kind"] != "quote" or data.get("kind") == "accepted_quote"
    if kind == "quote.accepted" or (kind == "document.sealed" and kept):
        digest = data.get("pdf_sha256")
        return digest if isinstance(digest, str) else None
    return None


def unpack_segment(stored: bytes) -> list[bytes]:
    """The lines of a segment. Raises EOFError when bytes are missing at the end, ValueError for any other change."""
    if not GZIP_HEADER.startswith(stored[: len(GZIP_HEADER)]):
        raise Unsound("l'en-tête gzip n'est pas celui d'un segment")
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = inflate.decompress(stored[len(GZIP_HEADER) :], MAX_SEGMENT_BYTES)
    except zlib.error as error:
        raise Unsound("le flux gzip est abîmé") from error
    trailer = zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")
    if inflate.unused_data != trailer and trailer.startswith(inflate.unused_data):
        raise EOFError("le fichier est coupé")
    if inflate.unused_data != trailer or not data.endswith(b"\n"):
        raise Unsound("la somme de contrôle gzip est fausse")
    return data[:-1].split(b"\n")


class ReadLine(NamedTuple):
    """A line judged by itself. Of `event` the walk's own data are left; None, with why (kind, message), when it does
    not read. `totals`: what it adds to them, None when that does not read. `text`: where the data are left whole.
    """

    digest: str
    event: dict[str, Any] | None
    fault: tuple[str, str] | None = None
    totals: Totals | None = None
    text: str = ""


# What the walk still asks of an event once it was read by itself.
_WALKED = {"series", "number", "rank", "version", "issue_date", "pdf_sha256", "kind"}
_WALKED |= {"fiscal_year_start", "legal_name", "siren"}


class ReadSegment(NamedTuple):
    """A segment judged by itself: the hash of its stored bytes, and its lines, or why they cannot be read."""

    sha256: str
    lines: list[ReadLine]
    fault: tuple[str, str] | None = None


def read_segment(source: Source, first: int) -> ReadSegment:
    """All that can be said of a segment without its neighbours: most of the work, so it may be done elsewhere."""
    stored = source.read(segment_name(first))
    digest = hashlib.sha256(stored).hexdigest()
    try:
        lines = unpack_segment(stored)
    except (EOFError, ValueError) as error:
        return ReadSegment(digest, [], (TRUNCATED if isinstance(error, EOFError) else ALTERED, why(error)))
    return ReadSegment(digest, [read_line(line) for line in lines])


def read_line(line: bytes) -> ReadLine:
    digest = event_hash(line)
    try:
        event = parse_line(line)
    except UnknownVersion as error:
        return ReadLine(digest, None, (UNKNOWN_VERSION, f"version d'événement {error}"))
    except (ValueError, RecursionError) as error:
        return ReadLine(digest, None, (ALTERED, why(error)))
    totals: Totals | None = {}
    if event["v"] > 1:  # before that, nothing is counted
        try:
            totals = counted(event)
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
            totals = None
    if event["type"] in (CLOSING, PURGE, ERASURE):
        return ReadLine(digest, event, None, totals, line.decode())
    data = event["data"]
    event["data"] = {name: data[name] for name in _WALKED & data.keys()}
    if "content" in data:
        event["data"]["content"] = True  # it was judged; the walk needs to know that there was one
        event["data"].update(whose(data["content"]))
    return ReadLine(digest, event, None, totals)


def whose(content: Any) -> dict[str, Any]:
    """What a printed document calls the company that issued it."""
    seller = content.get("seller") if type(content) is dict else None
    return {name: seller[name] for name in ("legal_name", "siren") if name in seller} if type(seller) is dict else {}


# --- Canonical JSON

_KEY = re.compile(r"[a-z][a-z0-9_]*\Z")
_known_keys: set[str] = set()
_CONTENT = "\x00content\x00"  # stands for data.content while the rest of a line is written again


def _check_keys(value: dict[str, Any]) -> dict[str, Any]:
    if not _known_keys.issuperset(value):
        for key in value:
            if not _KEY.match(key):
                raise Unsound(f"la clé « {key} » n'est pas permise")
        if len(_known_keys) < 4096:
            _known_keys.update(value)
    return value


def _refuse_number(text: str) -> None:
    raise Unsound(f"le nombre {text} n'est pas un entier")


def _integer(text: str) -> int:
    value = int(text)
    if len(text) > 15 and abs(value) >= 2**53:
        raise Unsound("entier au-delà de 2^53")
    return value


_decode = json.JSONDecoder(
    object_hook=_check_keys, parse_int=_integer, parse_float=_refuse_number, parse_constant=_refuse_number
).decode
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False).encode


def canonical_value(data: bytes) -> Any:
    """The value whose canonical form is exactly `data`. Raises ValueError."""
    text = data.decode()
    value = _decode(text)
    if _encode(value) != text:
        raise Unsound("ce n'est pas l'écriture canonique")
    return value


# --- Checkpoints and key notes: C2SP signed notes


class Checkpoint(NamedTuple):
    """`size` events have this Merkle root, the last of them this hash, and the segment that ends here this SHA-256."""

    origin: str
    size: int
    root: bytes
    chain: str
    first_seq: int
    segment_sha256: str
    text: bytes
    signer: str
    key_id: bytes
    signature: bytes


class KeyNote(NamedTuple):
    """After the first `size` events, which have this root and this last hash, the key `key` signs in place of the one
    before. `signatures`: (name, key id, signature) of each signature line, none of them checked.
    """

    origin: str
    size: int
    root: bytes
    chain: str
    key: Key
    text: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]


_NAME, _ROOT, _BLOB = "[!-*,-~]+", "[A-Za-z0-9+/]{43}=", "[A-Za-z0-9+/]{91}="  # a name holds no space and no +
_STATED = rf"(?P<origin>{_NAME})\n(?P<size>[1-9][0-9]{{0,15}})\n(?P<root>{_ROOT})\nchain (?P<chain>[0-9a-f]{{64}})\n"
_SIGNED = rf"\u2014 {_NAME} {_BLOB}\n"
_NOTE = re.compile(
    rf"(?P<text>{_STATED}segment (?P<first>[1-9][0-9]{{0,15}}) (?P<sha>[0-9a-f]{{64}})\n)\n(?P<signed>{_SIGNED})\Z"
)
_KEY_NOTE = re.compile(
    rf"(?P<text>{_STATED}next (?P<vkey>(?P<name>{_NAME})\+[0-9a-f]{{8}}\+(?P<key>[A-Za-z0-9+/]{{44}}))\n)\n"
    rf"(?P<signed>(?:{_SIGNED})+)\Z"
)


def parse_note(note: bytes) -> Checkpoint:
    """Raises ValueError for anything but the one spelling of a checkpoint with one Ed25519 signature."""
    match = _NOTE.match(note.decode())
    if not match:
        raise Unsound("ce n'est pas un point de contrôle")
    (signature,) = signature_lines(match["signed"])
    return Checkpoint(
        match["origin"],
        int(match["size"]),
        unbase64(match["root"]),
        match["chain"],
        int(match["first"]),
        match["sha"],
        match["text"].encode(),
        *signature,
    )


def as_kept(pin: bytes) -> bytes:
    """A checkpoint that a person kept, perhaps copied out of a mail into an editor that has line ends of its own."""
    return pin.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").strip() + b"\n"


def parse_key_note(note: bytes) -> KeyNote:
    """Raises ValueError for anything but the one spelling of a key note, whoever signed it and however often."""
    match = _KEY_NOTE.match(note.decode())
    if not match:
        raise Unsound("ce n'est pas une note de changement de clé")
    key = Key(match["name"], int(match["size"]) + 1, base64.b64decode(match["key"])[1:])
    if key.vkey != match["vkey"]:
        raise Unsound("la nouvelle clé n'a pas la forme attendue")
    return KeyNote(
        match["origin"],
        int(match["size"]),
        unbase64(match["root"]),
        match["chain"],
        key,
        match["text"].encode(),
        signature_lines(match["signed"]),
    )


def signature_lines(text: str) -> tuple[tuple[str, bytes, bytes], ...]:
    """(name, key id, signature) of each."""
    lines = [line.split(" ") for line in text[:-1].split("\n")]
    return tuple((name, unbase64(blob)[:4], unbase64(blob)[4:]) for _, name, blob in lines)


def unbase64(text: str) -> bytes:
    """Raises ValueError for another spelling of the same bytes."""
    data = base64.b64decode(text)
    if base64.b64encode(data).decode() != text:
        raise Unsound("ce n'est pas l'écriture canonique d'une note")
    return data


class Key(NamedTuple):
    """Signs the checkpoints from `from_size` events on, until another key takes its place."""

    name: str
    from_size: int
    public: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n\x01" + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(b'%c' % 1 + self.public).decode()}"


# --- Merkle tree (RFC 6962)


class Tree:
    """The roots of the perfect subtrees of what was appended so far: all it takes to give the root at any moment."""

    def __init__(self) -> None:
        self.size = 0
        self.nodes: list[bytes] = []

    def append(self, event_hash_hex: str) -> None:
        node = hashlib.sha256(b"\x00" + bytes.fromhex(event_hash_hex)).digest()
        size = self.size
        while size & 1:
            node = hashlib.sha256(b"\x01" + self.nodes.pop() + node).digest()
            size >>= 1
        self.nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        node = self.nodes[-1] if self.nodes else hashlib.sha256(b"").digest()
        for left in reversed(self.nodes[:-1]):
            node = hashlib.sha256(b"\x01" + left + node).digest()
        return node


# --- Ed25519 (RFC 8032 § 5.1): verification only, so nothing secret and no need for constant time

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_SQRT_M1 = pow(2, (_P - 1) // 4, _P)

Point = tuple[int, int, int, int]  # extended coordinates: x = X/Z, y = Y/Z, xy = T/Z
Multiple = tuple[int, int, int]  # of a fixed point: y - x, y + x, 2dxy
_NEUTRAL: Point = (0, 1, 1, 0)


def _add(a: Point, b: Point) -> Point:
    e1 = (a[1] - a[0]) * (b[1] - b[0]) % _P
    e2 = (a[1] + a[0]) * (b[1] + b[0]) % _P
    e3 = 2 * a[3] * b[3] * _D % _P
    e4 = 2 * a[2] * b[2] % _P
    e, f, g, h = e2 - e1, e4 - e3, e4 + e3, e2 + e1
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _decompress(data: bytes) -> Point | None:
    sign, y = data[31] >> 7, int.from_bytes(data, "little") & (2**255 - 1)
    if y >= _P:
        return None
    x2 = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(x2, (_P + 3) // 8, _P)
    if (x * x - x2) % _P:
        x = x * _SQRT_M1 % _P
    if (x * x - x2) % _P:
        return None  # -0 has no other meaning for us: x is 0 for points of small order alone, and they are refused
    if x & 1 != sign:
        x = _P - x
    return (x, y, 1, x * y % _P)


def _compress(point: Point) -> bytes:
    inverse = pow(point[2], -1, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


@functools.lru_cache(maxsize=8)
def _multiples(encoded: bytes, bits: int) -> list[list[Multiple]] | None:
    """0..2^(bits - 1) times 2^(bits i) times a fixed point, for each i: a product is then a sum, without doublings."""
    point = _decompress(encoded)
    if point is None:
        return None
    points: list[Point] = []
    for _ in range(-(-253 // bits)):
        points.append(_NEUTRAL)
        for _ in range(2 ** (bits - 1)):
            points.append(_add(points[-1], point))
        point = _add(points[-1], points[-1])
    table, length = _ready(points), 2 ** (bits - 1) + 1
    return [table[at : at + length] for at in range(0, len(table), length)]


def _ready(points: Sequence[Point]) -> list[Multiple]:
    """With Z = 1, by one inversion for all of them (Montgomery)."""
    products = list(itertools.accumulate((point[2] for point in points), lambda a, b: a * b % _P, initial=1))
    inverse, ready = pow(products.pop(), -1, _P), []
    for point in reversed(points):
        x, y = (value * inverse * products[-1] % _P for value in point[:2])
        inverse = inverse * point[2] % _P
        products.pop()
        ready.append((y - x, y + x, 2 * x * y * _D % _P))
    return ready[::-1]


def _digits(scalar: int, bits: int) -> Iterator[int]:
    """In base 2^bits, the lowest first, from -2^(bits - 1) on: a negative multiple is read from the positive one."""
    for _ in range(-(-253 // bits)):
        digit = scalar & 2**bits - 1
        digit -= digit >> bits - 1 << bits
        yield digit
        scalar = (scalar - digit) >> bits


_BASE = (4 * pow(5, -1, _P) % _P).to_bytes(32, "little")
_EIGHTH = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826  # y of two of the points of order 8
_SMALL_ORDER = {0, 1, _P - 1, _EIGHTH, _P - _EIGHTH}  # y of the eight points of order 1, 2, 4 and 8


def _is_of_small_order(encoded: bytes) -> bool:
    return int.from_bytes(encoded, "little") & (2**255 - 1) in _SMALL_ORDER


def ed25519_verify(public_key: bytes, message: bytes, signature: bytes, bits: int = 4) -> bool:
    """True when `signature` is valid: one spelling of key, R and S, no cofactor, no key and no R of small order.

    What RFC 8032 leaves open, decided as WebCrypto does ("Taming the many EdDSAs" tells what others accept).
    """
    if len(public_key) != 32 or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= _L or _is_of_small_order(public_key) or _is_of_small_order(signature[:32]):
        return False
    base, key = _multiples(_BASE, bits), _multiples(public_key, bits)
    if base is None or key is None:
        return False
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % _L
    x, y, z, t = _NEUTRAL
    for digit, row in zip([*_digits(s, bits), *(-digit for digit in _digits(hashed, bits))], base + key):  # noqa: B905
        minus, plus, product = row[abs(digit)]
        if digit < 0:
            minus, plus, product = plus, minus, -product
        e1, e2, e3, e4 = (y - x) * minus % _P, (y + x) * plus % _P, t * product % _P, 2 * z
        e, f, g, h = e2 - e1, e4 - e3, e4 + e3, e2 + e1
        x, y, z, t = e * f % _P, g * h % _P, f * g % _P, e * h % _P
    return _compress((x, y, z, t)) == signature[:32]


def ed25519_verify_all(public_key: bytes, signed: Sequence[tuple[bytes, bytes]], bits: int = 4) -> list[bool]:
    """`ed25519_verify` of each (message, signature). One by one: in a random sum, errors of small order may cancel."""
    return [ed25519_verify(public_key, message, signature, bits) for message, signature in signed]


# --- Where an archive is read from


class Source(Protocol):
    def names(self) -> list[str]: ...
    def read(self, name: str) -> bytes: ...


class Folder:
    """An export unpacked in a folder."""

    def __init__(self, path: str) -> None:
        self.path = path

    def names(self) -> list[str]:
        found = []
        for folder, _, files in os.walk(self.path):
            within = os.path.relpath(folder, self.path).replace(os.sep, "/")
            prefix = "" if within == "." else f"{within}/"
            found += [prefix + file for file in files]
        return sorted(name for name in found if not is_left_by_a_system(name))

    def read(self, name: str) -> bytes:
        with open(only_file(f"{self.path}/{name}"), "rb") as file:
            return file.read()

    def size(self, name: str) -> int:
        return os.path.getsize(f"{self.path}/{name}")


def only_file(path: str) -> str:
    """What is elsewhere, behind a link, is not in the archive; and a pipe would be waited for."""
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise Unsound(f"{path} n'est pas un fichier, mais un lien ou autre chose")
    return path


def is_left_by_a_system(name: str) -> bool:
    return any(part in LEFT_BY_SYSTEMS or part.startswith("._") for part in name.split("/"))


_MOST_TIMES = 100  # a zip that grows more when it is read was made to fill memory; what is stored does not grow


class Zip:
    """An export as it was handed out: one file, whose every byte is accounted for."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.zip = zipfile.ZipFile(path)
        if sum(info.file_size for info in self.zip.infolist()) > _MOST_TIMES * os.path.getsize(path):
            raise Unsound("il dit contenir cent fois plus qu'il n'est grand")
        files = files_of(self.zip.namelist())
        self.root = folder_of(files)
        self.files = sorted(name[len(self.root) :] for name in files)

    def names(self) -> list[str]:
        return self.files

    def read(self, name: str) -> bytes:
        return self.stored(self.root + name)

    def stored(self, name: str) -> bytes:
        """What is there, also against the zip's own sum: our checks tell which file and event that is."""
        with self.zip.open(name) as file:
            vars(file)["_expected_crc"] = None  # a library that does not know it says that the zip is damaged
            return file.read()

    def size(self, name: str) -> int:
        return self.zip.getinfo(self.root + name).file_size

    def is_as_written(self) -> bool:
        """Write it again from its contents: every byte must be the same (headers hold bits that no checksum covers)."""
        if len(set(self.zip.namelist())) < len(self.zip.namelist()):
            return False
        with tempfile.TemporaryFile() as again:
            write_zip(again, self.zip.namelist(), self.stored)
            again.seek(0)
            with open(self.path, "rb") as file:
                while True:
                    expected, found = again.read(2**20), file.read(2**20)
                    if expected != found:
                        return False
                    if not found:
                        return True


def files_of(names: Sequence[str]) -> list[str]:
    """Of the names in a zip: without the folders and whatever else somebody who makes it again puts into it."""
    return [name for name in names if not (name.endswith("/") or is_left_by_a_system(name))]


def folder_of(files: Sequence[str]) -> str:
    """The folder that all of them are in when the zip was made again: refused, but what it holds can be told."""
    tops = {name.split("/")[0] for name in files}
    return f"{tops.pop()}/" if len(tops) == 1 and LOG not in files else ""


def write_zip(target: Any, names: Sequence[str], read: Callable[[str], bytes]) -> None:
    """The only zip of these contents: in the given order, stored, dated 1980, readable by everybody."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as output:
        for name in names:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            output.writestr(entry, read(name))


# --- Several processors, when there is enough to do

_BATCH_BYTES, _BATCH_FILES, _BATCH_SIGNATURES = 2**17, 64, 250  # what is handed to a process at a time
_WORTH_BYTES, _WORTH_FILES = 2**17, 200  # with less than both, starting processes costs more than it saves
_opened: list[Folder | Zip] = []  # in a process that reads ahead: what it reads


def _open(kind: Any, path: str) -> None:
    _opened.append(kind(path))


def _read_batch(firsts: Sequence[int]) -> list[ReadSegment]:
    return [read_segment(_opened[0], first) for first in firsts]


class Workers:
    """Reads segments ahead of the walk, and checks signatures, on every processor; or here, one after the other.

    Only a folder or a zip can be opened again by another process. A few batches a process wait to be walked, so memory
    does not grow with the archive.
    """

    def __init__(self, source: Source, alone: bool) -> None:
        self.count = 1 if alone else min(os.cpu_count() or 1, 8)
        self.pool: concurrent.futures.ProcessPoolExecutor | None = None
        if self.count > 1 and isinstance(source, (Folder, Zip)) and is_large(source):
            with contextlib.suppress(ImportError, OSError, NotImplementedError):  # a system without semaphores
                self.pool = concurrent.futures.ProcessPoolExecutor(
                    self.count, initializer=_open, initargs=(type(source), source.path)
                )

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        if self.pool is not None:
            self.pool.shutdown(wait=True, cancel_futures=True)

    def read_ahead(self, source: Source, firsts: Sequence[int]) -> Iterator[ReadSegment]:
        """The segments that begin at `firsts`, in their order."""
        if self.pool is None or not isinstance(source, (Folder, Zip)):
            return (read_segment(source, first) for first in firsts)
        return (segment for batch in self.map(_read_batch, batches(source, firsts)) for segment in batch)

    def signatures(self, public_key: bytes, signed: Sequence[tuple[bytes, bytes]]) -> list[bool]:
        """Whether each (message, signature) holds."""
        step = _BATCH_SIGNATURES
        parts = [signed[at : at + step] for at in range(0, len(signed), step)]
        bits = 8 if len(signed) > 500 * self.count else 4  # the wide table is made by each process, and halves the rest
        work = functools.partial(ed25519_verify_all, public_key, bits=bits)
        return [holds for part in self.map(work, parts) for holds in part]

    def map(self, work: Callable[[Any], Any], parts: Iterable[Any]) -> Iterator[Any]:
        """`work` of each part, in their order, begun at once; what it raises is raised where the result is taken."""
        if self.pool is None:
            return map(work, parts)
        begun = (self.pool.submit(work, part) for part in parts)
        return self.results(begun, collections.deque(itertools.islice(begun, 3 * self.count)))

    @staticmethod
    def results(
        begun: Iterator[concurrent.futures.Future[Any]], under_way: collections.deque[concurrent.futures.Future[Any]]
    ) -> Iterator[Any]:
        while under_way:
            result = under_way.popleft().result()
            under_way.extend(itertools.islice(begun, 1))
            yield result


def is_large(source: Folder | Zip) -> bool:
    names = [name for name in source.names() if name.startswith("seg/")]
    return len(names) >= _WORTH_FILES or sum(map(source.size, names)) >= _WORTH_BYTES


def batches(source: Folder | Zip, firsts: Sequence[int]) -> Iterator[list[int]]:
    batch: list[int] = []
    size = 0
    for first in firsts:
        batch.append(first)
        size += source.size(segment_name(first))
        if size >= _BATCH_BYTES or len(batch) >= _BATCH_FILES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


# --- For people


def instant(at_ms: int) -> str:
    """In Paris, whatever this computer knows of time zones: the hour changes at 1:00 UTC, on a Sunday."""
    try:
        day = paris_day(at_ms)
    except OverflowError:  # of an altered event
        return "date impossible"
    begins = (day - _EPOCH).days * _DAY_MS  # in UTC
    today, tomorrow = begins - paris_midnight(day), begins + _DAY_MS - paris_midnight(day + _ONE_DAY)
    local = at_ms + (tomorrow if at_ms >= begins + 3_600_000 else today)
    return f"{day:%d/%m/%Y} {datetime.timedelta(seconds=local % _DAY_MS // 1000)!s:0>8}"


def counting(count: int, one: str, many: str) -> str:
    return f"{count} {many if count > 1 else one}"


# Facts in French; any other is told by its name.
FACTS = {
    "accounts.changed": "comptes comptables modifiés",
    "archive.export_failed": "archive illisible à la remise",
    "archive.exported": "archive, écritures ou ventes remises",
    "archive.integrity_failed": "archive altérée, constatée",
    "credit_note.issued": "avoir émis",
    "document.duplicated": "duplicata remis",
    "document.sealed": "PDF arrêté",
    "document.sent": "document envoyé",
    "history.imported": "historique repris",
    "invoice.issued": "facture émise",
    "invoice.status": "statut de facture",
    "journal.purged": "purge du journal",
    "journal.rebuilt": "journal rétabli d'après l'archive",
    "key.rotated": "changement de la clé de signature",
    "letter.dispatched": "mise en demeure postée",
    "payment.recorded": "encaissement",
    "payment.refunded": "remboursement",
    "penalty.claimed": "pénalités réclamées",
    "penalty.paid": "pénalités réglées",
    "penalty.waived": "pénalités abandonnées",
    "period.closed": "clôture",
    "prospect.erased": "prospect effacé",
    "quote.accepted": "devis accepté",
    "quote.cancelled": "devis annulé",
    "quote.extended": "devis prolongé",
    "quote.not_retained": "devis non retenu",
    "quote.received": "réception des biens notée",
    "quote.refused": "devis refusé",
    "quote.sent": "devis envoyé",
    "quote.withdrawn": "rétractation du client",
    "rights.granted": "droit d'accès donné",
    "rights.revoked": "droit d'accès retiré",
    "settings.changed": "réglages modifiés",
    "software.changed": "version du logiciel changée",
}


def company_name(settings: dict[str, Any], known: str) -> str:
    siren = f"SIREN {settings['siren']}" if settings.get("siren") else ""
    return ", ".join(part for part in (settings["legal_name"], siren) if part and isinstance(part, str)) or known


def what_it_says(event: dict[str, Any]) -> str:
    """« facture émise le 16/02/2027 19:52:27, F-2027-0001, 5 280,34 € »."""
    data, number = event["data"], event["ref"]["number"]
    content = data.get("content", data)
    cents = content.get("totals", {}).get("gross", data.get("amount"))
    currency = {"EUR": "€"}.get(content.get("currency", ""), content.get("currency", ""))
    amount = euros(cents).replace("€", currency).rstrip() if type(cents) is int else ""
    parts = (f"{FACTS.get(event['type'], event['type'])} le {instant(event['at'])}", number, amount)
    return ", ".join(part for part in parts if part)


def describe_keys(report: Report) -> Iterator[str]:
    """The key, or all of them and of which events each signed the checkpoints."""
    if not report.keys:
        yield "Clé de signature     illisible"
    ends = [f"jusqu'à l'événement {key['from_size'] - 1}" for key in report.keys[1:]] + ["ensuite"]
    for at, (key, end) in enumerate(zip(report.keys, ends)):  # noqa: B905 - Python 3.9
        yield f"{'' if at else 'Clé de signature':<20} {key['vkey']}" + (f" ({end})" if len(ends) > 1 else "")


def describe(report: Report) -> Iterator[str]:
    known = f"{report.company} ({report.tenant})" if report.company else report.tenant
    yield f"Entreprise           {known or 'inconnue'}"
    if report.events:
        first, last = instant(report.first_at), instant(report.last_at)
        yield f"Événements           {report.events}, du {first} au {last} (heure de Paris)"
    if report.period:
        first, last = ("/".join(reversed(day.split("-"))) for day in report.period.split("/"))
        yield f"Période demandée     du {first} au {last}, à partir de l'événement {report.before + 1}"
        before = counting(report.before, "événement, attesté", "événements, attestés")
        yield f"Avant la période     {before} par une racine signée, sans être dans cet export"
        if not report.is_period_over:
            yield "Fin de la période    l'archive n'avait pas d'événement au-delà quand elle a été remise"
    yield f"Segments             {report.segments}, points de contrôle signés : {report.checkpoints}"
    contents = counting(report.contents, "contenu imprimé", "contenus imprimés")
    yield f"Documents            {report.documents} PDF, {contents}, {counting(report.numbers, 'numéro', 'numéros')}"
    yield f"Clôtures             {report.closings}"
    if report.purges:
        yield f"Purges du journal    {report.purges}, dont les lignes restent dans l'archive"
    if report.erasures:
        yield f"Prospects effacés    {report.erasures}"
    yield f"Racine de l'archive  {report.root}"
    yield from describe_keys(report)
    yield f"Gardés ailleurs      {counting(report.pins, 'point de contrôle comparé', 'points de contrôle comparés')}"
    yield ""
    if report.ok:
        yield "ARCHIVE INTACTE. Rien n'a été modifié, retiré, ajouté ni déplacé depuis la signature."
        if not report.pins:
            yield ""
            yield "Deux choses restent invisibles à qui n'a que l'archive : une fin retirée avec ses points de contrôle"
            yield "et une autre histoire, refaite et signée par le détenteur de la clé. Gardez ailleurs un point de"
            yield "contrôle (un fichier ckpt/*.note), à donner avec --epingle, et la clé de signature, avec --cle."
        return
    yield f"ARCHIVE REFUSÉE : {counting(len(report.faults), 'anomalie', 'anomalies')}."
    named = [fault for fault in report.faults if fault.seq or fault.document]
    others = [fault for fault in report.faults if not (fault.seq or fault.document)]
    for title, faults in (("Événements et documents :", named), ("Fichiers :", others)):
        if faults:
            yield from ("", title)
        for at, fault in enumerate(faults[:SHOWN_FAULTS]):
            yield f"  - {fault.sentence()}"
            if fault.seq in report.told and fault.seq not in [before.seq for before in faults[:at]]:
                is_changed = fault.kind == ALTERED and not (fault.file or "").startswith("doc/")  # else a PDF was
                what = "tel qu'écrit à présent" if is_changed else "de quoi il s'agit"
                yield f"      {what} : {report.told[fault.seq]}"
        if len(faults) > SHOWN_FAULTS:
            yield f"  … et {len(faults) - SHOWN_FAULTS} autres (voir le rapport : --json rapport.json)."


def read_file(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


class Parser(argparse.ArgumentParser):
    """Refuses in French what it does not understand."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"Cette commande n'est pas comprise.\n\n{__doc__}\n")


def parser() -> Parser:
    parser = Parser(add_help=False, usage=argparse.SUPPRESS, description=__doc__, allow_abbrev=False)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    told = parser.add_argument_group("Arguments ")
    told.add_argument("archive", nargs="?", default=os.path.dirname(os.path.abspath(__file__)), help="dossier ou zip")
    told.add_argument("--epingle", action="append", default=[], metavar="NOTE", help="point de contrôle gardé ailleurs")
    told.add_argument("--cle", metavar="CLÉ", help="clé publique connue (la ligne « Clé de signature »)")
    told.add_argument("--json", metavar="FICHIER", help="écrire le rapport dans ce fichier (- : sur l'écran)")
    told.add_argument("-h", "--help", "--aide", action="help", help="cette aide")
    return parser


def is_export(path: str) -> bool:
    return os.path.isfile(path) or any(os.path.exists(os.path.join(path, part)) for part in (LOG, SUMS, "seg"))


def obstacle(path: str, report: str | None) -> str:
    """Why there is nothing to verify here, or no place for the report; empty when there is."""
    if not os.path.exists(path):
        return f"Rien à vérifier : {path} est introuvable."
    if not is_export(path):
        inside = [name for name in sorted(os.listdir(path)) if is_export(os.path.join(path, name, ""))]
        hint = f" Essayez {os.path.join(path, inside[0])}." if inside else ""
        return f"Rien à vérifier : {path} n'est ni un export ni son dossier (décompressez d'abord tout le zip).{hint}"
    folder = os.path.join(os.path.realpath(path), "")
    if report is not None and os.path.realpath(report).startswith(folder):
        return "Le rapport serait un fichier de trop dans l'archive : donnez-lui une place hors de son dossier."
    return ""


def main(arguments: Sequence[str] | None = None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = parser().parse_args(arguments)
    try:
        pins = [read_file(path) for path in options.epingle]
        for pin in pins:
            parse_note(as_kept(pin))
    except (OSError, ValueError) as error:
        print(f"Le point de contrôle gardé ne se lit pas ({why(error)}).", file=sys.stderr)
        return 2
    path = options.archive
    hindered = obstacle(path, options.json)
    if hindered:
        print(hindered, file=sys.stderr)
        return 2
    try:
        report = verify(Folder(path) if os.path.isdir(path) else Zip(path), pins=pins, vkey=options.cle)
    except UNREADABLE as error:
        print(f"ARCHIVE REFUSÉE : ce fichier n'est pas un zip que l'on puisse lire ({why(error)}).", file=sys.stderr)
        return 1
    if options.json == "-":
        print(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
        return 0 if report.ok else 1
    print("\n".join(describe(report)))
    if options.json:
        try:
            with open(options.json, "w", encoding="utf-8", errors="backslashreplace") as file:
                json.dump(report.as_dict(), file, ensure_ascii=False, indent=2)
        except OSError as error:
            print(f"Le rapport n'a pas pu être écrit ({why(error)}).", file=sys.stderr)
    return 0 if report.ok else 1


def keep_window_open(arguments: Sequence[str]) -> None:
    """On Windows a double click, or an archive dropped on this file, opens a window that would close with the answer.

    A command line there (cmd) has told its children its prompt; what has options comes from a command line too.
    """
    is_clicked = os.name == "nt" and "PROMPT" not in os.environ and not any(a.startswith("-") for a in arguments)
    if is_clicked and sys.stdin is not None and sys.stdin.isatty():
        with contextlib.suppress(EOFError, KeyboardInterrupt):
            input("\nAppuyez sur Entrée pour fermer cette fenêtre. ")


if __name__ == "__main__":
    try:
        code = main()
    except KeyboardInterrupt:
        print("Vérification interrompue : rien n'est dit de l'archive.", file=sys.stderr)
        code = 2
    keep_window_open(sys.argv[1:])
    sys.exit(code)
