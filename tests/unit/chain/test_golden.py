"""The published vectors: what our code writes today is what it wrote when the format was fixed."""

import base64
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from relance.domain.chain import segment
from relance.domain.chain.event import parse
from relance.resources import verify_archive
from tests.golden.chain.make import VECTORS, vectors

GOLDEN = json.loads(VECTORS.read_text("utf-8"))


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


def test_both_readers_find_the_published_hashes() -> None:
    for line, digest in zip(GOLDEN["lines"], GOLDEN["event_hashes"], strict=True):
        assert parse(line.encode()).hash == digest
        verify_archive.parse_line(line.encode())
        assert verify_archive.event_hash(line.encode()) == digest


def test_the_published_notes_are_signed_by_the_published_key() -> None:
    public = base64.b64decode(GOLDEN["vkey"].split("+", 2)[2])[1:]
    for checkpoint in GOLDEN["checkpoints"]:
        parsed = verify_archive.parse_note(checkpoint["note"].encode())
        Ed25519PublicKey.from_public_bytes(public).verify(parsed.signature, parsed.text)
        assert verify_archive.ed25519_verify(public, parsed.text, parsed.signature)
        assert parsed.root.hex() == checkpoint["root"] == GOLDEN["roots"][checkpoint["size"]]
