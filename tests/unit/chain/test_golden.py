"""The published vectors: what our code writes today is what it wrote when the format was fixed, and it reads both."""

import base64
import json
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from relance.app.archiving import layout
from relance.domain.chain import segment
from relance.domain.chain.event import parse
from relance.resources import verify_archive
from tests.doubles.exported import Files
from tests.golden.chain.make import VECTORS, VECTORS_1, vectors

GOLDEN = json.loads(VECTORS.read_text("utf-8"))
GOLDEN_1 = json.loads(VECTORS_1.read_text("utf-8"))
VERSIONS = pytest.mark.parametrize("golden", [GOLDEN_1, GOLDEN], ids=["version 1", "version 2"])


def test_our_code_still_writes_the_published_bytes() -> None:
    ours = vectors()
    for golden, checkpoint in zip(GOLDEN["checkpoints"], ours["checkpoints"], strict=True):
        # Another build of zlib may deflate otherwise: the lines are the format, the stored bytes are what was signed.
        if golden["segment"] != checkpoint["segment"]:
            assert segment.unpack(bytes.fromhex(golden["segment"])) == segment.unpack(
                bytes.fromhex(checkpoint["segment"])
            )
            checkpoint.update(segment=golden["segment"], note=golden["note"])
    assert json.loads(json.dumps(ours)) == GOLDEN


@VERSIONS
def test_both_readers_find_the_published_hashes(golden: dict[str, Any]) -> None:
    for line, digest in zip(golden["lines"], golden["event_hashes"], strict=True):
        assert parse(line.encode()).hash == digest
        verify_archive.parse_line(line.encode())
        assert verify_archive.event_hash(line.encode()) == digest


@VERSIONS
def test_the_published_notes_are_signed_by_the_published_key(golden: dict[str, Any]) -> None:
    public = base64.b64decode(golden["vkey"].split("+", 2)[2])[1:]
    for checkpoint in golden["checkpoints"]:
        parsed = verify_archive.parse_note(checkpoint["note"].encode())
        Ed25519PublicKey.from_public_bytes(public).verify(parsed.signature, parsed.text)
        assert verify_archive.ed25519_verify(public, parsed.text, parsed.signature)
        assert parsed.root.hex() == checkpoint["root"] == golden["roots"][checkpoint["size"]]


@VERSIONS
def test_the_published_archive_verifies_as_it_was_stored(golden: dict[str, Any]) -> None:
    """In the bucket, without the documents: those of version 1 had none, those of version 2 need none."""
    public = base64.b64decode(golden["vkey"].split("+", 2)[2])[1:]
    bodies = {layout.LOG: layout.log_json(golden["origin"].removeprefix("relance/"), public)}
    for checkpoint in golden["checkpoints"]:
        bodies[layout.segment(checkpoint["first_seq"])] = bytes.fromhex(checkpoint["segment"])
        bodies[layout.checkpoint(checkpoint["size"])] = checkpoint["note"].encode()
    report = verify_archive.verify(Files(bodies), export=False)
    assert {fault.kind for fault in report.faults} <= {verify_archive.MISSING}
    assert all((fault.file or "").startswith("doc/") for fault in report.faults)
    assert report.closings == sum('"type":"period.closed"' in line for line in golden["lines"])


def test_the_vectors_of_version_1_are_what_was_published() -> None:
    assert sha256(VECTORS_1.read_bytes()).hexdigest() == (
        "9da60a582041879d808021081f3bf73b11046df73a8de74bc452dda40d3602c1"
    )
