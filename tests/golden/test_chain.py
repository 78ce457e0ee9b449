"""The published archives: what our code makes today is what was published, and its readers judge it as published."""

import base64
import json
from typing import Any

import pytest

from relance.app.archiving import layout
from relance.domain.chain import note, segment
from relance.domain.chain.merkle import EMPTY, check_consistency, check_inclusion
from relance.resources import verify_archive
from tests.doubles.exported import Files
from tests.golden.chain import archives
from tests.golden.chain.make import REFUSED, VECTORS, VECTORS_1

FOLDERS = pytest.mark.parametrize("folder", ["export", "period"])
ENTRIES: list[dict[str, Any]] = json.loads(REFUSED.read_text("utf-8"))


def is_packed_alike() -> bool:
    """Whether this build of zlib deflates as the one that packed the published segments."""
    stored = archives.stored("export")
    return all(segment.pack(segment.unpack(stored.read(name))) == stored.read(name) for name in stored.named("seg"))


@FOLDERS
def test_our_code_still_makes_the_published_archives(folder: str) -> None:
    published, ours = archives.stored(folder), archives.made(folder)
    assert ours.names() == published.names()
    for name in ours.names():
        if is_packed_alike():
            assert ours.read(name) == published.read(name), name
        elif layout.is_segment(name):
            lines = segment.unpack(ours.read(name))
            if not any(b'"type":"journal.purged"' in line for line in lines):  # it tells the hash of a checkpoint
                assert lines == segment.unpack(published.read(name)), name


@FOLDERS
def test_the_published_archives_are_accepted_and_read_in_full(folder: str) -> None:
    report = verify_archive.verify(archives.as_export(archives.stored(folder)))
    assert [fault.sentence() for fault in report.faults] == []
    first, second = report.keys
    assert (first["from_size"], second["from_size"]) == (1, 24)
    assert (report.before, report.events) == ((18, 8) if folder == "period" else (0, 26))
    assert (report.purges, report.erasures, report.documents) == (1, 1, 1)


def test_the_archive_goes_on_from_the_published_chain() -> None:
    golden = json.loads(VECTORS.read_text("utf-8"))
    stored = archives.stored("export")
    lines = [line.decode() for name in stored.named("seg") for line in segment.unpack(stored.read(name))]
    assert lines[: len(golden["lines"])] == golden["lines"]
    assert verify_archive.verify(archives.as_export(stored)).keys[0]["vkey"] == golden["vkey"]
    key_note, old, new = note.open_key_note(stored.read(layout.key_note(23)))
    assert key_note.root.hex() == golden["roots"][23]
    assert old.key_id.hex() == golden["vkey"].split("+")[1]
    assert new.key_id == note.key_id(layout.origin(archives.TENANT), key_note.next_key)


@pytest.mark.parametrize("path", [VECTORS_1, VECTORS], ids=["version 1", "version 2"])
def test_the_published_proofs_lead_to_the_published_roots(path: Any) -> None:
    golden = json.loads(path.read_text("utf-8"))
    leaves, roots = ([bytes.fromhex(one) for one in golden[name]] for name in ("leaf_hashes", "roots"))
    size = len(leaves)
    assert [EMPTY.extend(leaves[:n]).root() for n in range(size + 1)] == roots
    for index, proof in enumerate(golden["inclusion"]):
        check_inclusion(leaves[index], index, size, [bytes.fromhex(node) for node in proof], roots[size])
    for old, proof in golden["consistency"].items():
        check_consistency(int(old), roots[int(old)], size, roots[size], [bytes.fromhex(node) for node in proof])


def test_what_is_to_be_refused_is_made_as_published() -> None:
    if is_packed_alike():
        assert archives.refused() == ENTRIES
    assert len(ENTRIES) == 39
    assert f"{len(ENTRIES)} archives that must be refused" in (archives.HERE / "README.md").read_text("utf-8")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_what_is_to_be_refused_is_refused_as_published(entry: dict[str, Any]) -> None:
    faults = verify_archive.verify(archives.as_export(altered(entry))).faults
    assert sorted({fault.kind for fault in faults}) == entry["kinds"]
    assert sorted({fault.seq for fault in faults if fault.seq}) == entry["events"]
    assert faults


def altered(entry: dict[str, Any]) -> Files:
    bodies = {**archives.stored(entry["folder"]).bodies, **entry["changes"]}
    return Files(
        {
            name: base64.b64decode(body) if isinstance(body, str) else body
            for name, body in bodies.items()
            if body is not None
        }
    )
