"""An auditor of the archive that shares no code with the archiver: naive recursion, `json`, `gzip` and `cryptography`.

Called after every step of every fault case. It raises AssertionError with what is broken.
"""

import base64
import gzip
import json
from functools import lru_cache
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.doubles.archive import World


def audit(world: World, tenant: str) -> int:
    """Check every invariant of the stored archive of `tenant`; how many events it holds."""
    for key, versions in world.objects.items():
        assert len(versions) == 1, f"{key} was overwritten"
    objects = {
        key.removeprefix(f"{tenant}/"): versions[0]
        for key, versions in world.objects.items()
        if key.startswith(f"{tenant}/")
    }
    head = world.stored_heads.get(tenant)
    journal = [event.line for event in world.events.get(tenant, [])]
    lines = _lines(objects)
    assert lines == journal[: len(lines)], "the archive is not a prefix of the journal"
    size, signed = (head.size, head.signed_size) if head else (0, 0)
    assert signed <= size <= len(lines), "the head names events that are not in the archive"
    hashes = [sha256(b"relance.event.v1\0" + line).digest() for line in lines]
    leaves = [sha256(b"\0" + digest).digest() for digest in hashes]
    if size:
        assert head
        assert head.chain == hashes[size - 1].hex()
        assert head.frontier.root() == merkle(leaves[:size])
    keys = _keys(tenant, objects, hashes, leaves)
    for name in objects:
        if name.startswith("ckpt/"):
            _check_note(tenant, name, objects, lines, hashes, leaves, keys)
            is_named = name <= f"ckpt/{size:012d}.note" or tenant in world.lost_heads
            assert is_named, "a checkpoint of what no head names yet"
    if signed:
        assert f"ckpt/{signed:012d}.note" in objects, "the head says signed, and there is no checkpoint"
    for line in lines:
        _check_document(_document_of(line), objects)
    return len(lines)


def is_complete(world: World, tenant: str) -> bool:
    """Every event of the journal is archived and covered by a signed checkpoint."""
    head = world.stored_heads.get(tenant)
    count = len(world.events.get(tenant, []))
    return count == 0 if head is None else head.size == head.signed_size == count == audit(world, tenant)


def merkle(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 § 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\1" + merkle(leaves[:k]) + merkle(leaves[k:])).digest()


def _lines(objects: dict[str, bytes]) -> list[bytes]:
    lines: list[bytes] = []
    for name in sorted(name for name in objects if name.startswith("seg/")):
        assert name == f"seg/{len(lines) + 1:012d}.jsonl.gz", f"{name} does not follow event {len(lines)}"
        data = gzip.decompress(objects[name])
        assert data.endswith(b"\n")
        lines += data[:-1].split(b"\n")
    return lines


def _keys(tenant: str, objects: dict[str, bytes], hashes: list[bytes], leaves: list[bytes]) -> list[tuple[int, bytes]]:
    """Each key with the size beyond which it signs: that of log.json, then what both keys of each key note say."""
    if "log.json" not in objects:
        return []
    origin = f"relance/{tenant}"
    keys = [(0, base64.b64decode(json.loads(objects["log.json"])["keys"][0]["public_key"]))]
    for name in sorted(name for name in objects if name.startswith("key/")):
        text, _, signatures = objects[name].decode().partition("\n\n")
        written, count, root, chain, vkey = text.split("\n")
        encoded = vkey.split("+", 2)[2]  # base64 has a plus sign of its own
        size, following = int(count), base64.b64decode(encoded)[1:]
        assert (name, written) == (f"key/{size:012d}.note", origin)
        assert f"ckpt/{size:012d}.note" in objects, "a key note at a size of which there is no checkpoint"
        assert (base64.b64decode(root), chain) == (merkle(leaves[:size]), f"chain {hashes[size - 1].hex()}")
        assert vkey == f"next {origin}+{_key_id(origin, following).hex()}+{encoded}"
        old, new = signatures.splitlines()
        _check_signature(origin, keys[-1][1], text, old)
        _check_signature(origin, following, text, new)
        keys.append((size, following))
    return keys


def _key_id(origin: str, public: bytes) -> bytes:
    return sha256(origin.encode() + b"\n\x01" + public).digest()[:4]


def _check_signature(origin: str, public: bytes, text: str, line: str) -> None:
    dash, name, written = line.split(" ")
    blob = base64.b64decode(written)
    assert (dash, name, blob[:4]) == ("\u2014", origin, _key_id(origin, public)), "signed by another key"
    _verify(public, blob[4:], (text + "\n").encode())


@lru_cache(5_000)
def _verify(public: bytes, signature: bytes, message: bytes) -> None:
    """Raises InvalidSignature. What was found good is not tried again: a matrix meets the same notes everywhere."""
    Ed25519PublicKey.from_public_bytes(public).verify(signature, message)


def _check_note(
    tenant: str,
    name: str,
    objects: dict[str, bytes],
    lines: list[bytes],
    hashes: list[bytes],
    leaves: list[bytes],
    keys: list[tuple[int, bytes]],
) -> None:
    text, _, signature = objects[name].decode().partition("\n\n")
    origin, count, root, chain, segment = text.split("\n")
    size = int(count)
    assert name == f"ckpt/{size:012d}.note"
    assert size <= len(lines), "a checkpoint of events that are not in the archive"
    assert origin == f"relance/{tenant}"
    assert base64.b64decode(root) == merkle(leaves[:size])
    assert chain == f"chain {hashes[size - 1].hex()}"
    _, first, digest = segment.split(" ")
    assert digest == sha256(objects[f"seg/{int(first):012d}.jsonl.gz"]).hexdigest()
    (public,) = [key for after, key in keys if after < size][-1:]
    (line,) = signature.splitlines()
    _check_signature(origin, public, text, line)


@lru_cache(5_000)
def _document_of(line: bytes) -> str:
    """The hash of the PDF that must be there before this line; "" when there is none."""
    event = json.loads(line)
    sealed = event["type"] == "document.sealed" and event["ref"]["kind"] == "invoice"
    return str(event["data"]["pdf_sha256"]) if sealed or event["type"] == "quote.accepted" else ""


def _check_document(digest: str, objects: dict[str, bytes]) -> None:
    if digest:
        assert sha256(objects[f"doc/{digest}.pdf"]).hexdigest() == digest, "a segment points at a document not archived"
