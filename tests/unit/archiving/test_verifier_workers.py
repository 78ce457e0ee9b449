"""The verifier on several processors finds what it finds on one, in the same order, and batches of signatures hold."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relance.resources import verify_archive
from relance.resources.verify_archive import Folder, Workers, Zip, ed25519_verify_all, verify
from tests.doubles.exported import TENANT, world_of, zip_of

KEY = Ed25519PrivateKey.from_private_bytes(b"\x09" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()
SIGNED = [(message, KEY.sign(message)) for message in (b"%d" % n for n in range(40))]


@pytest.fixture
def zipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An export of 20 segments, for which processes are started although it is small."""
    monkeypatch.setattr(verify_archive, "_WORTH_FILES", 1)
    monkeypatch.setattr(verify_archive, "_BATCH_FILES", 3)
    monkeypatch.setattr(verify_archive, "_BATCH_SIGNATURES", 6)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    (tmp_path / "export.zip").write_bytes(zip_of(world_of(range(1, 21))))
    return tmp_path / "export.zip"


def unpacked(zipped: Path) -> Path:
    with zipfile.ZipFile(BytesIO(zipped.read_bytes())) as opened:
        opened.extractall(zipped.parent / "folder")
    return zipped.parent / "folder"


def test_several_processes_say_what_one_says(zipped: Path) -> None:
    for source in (Zip(str(zipped)), Folder(str(unpacked(zipped)))):
        with Workers(source, alone=False) as workers:
            assert workers.pool is not None
        report, alone = verify(source), verify(source, alone=True)
        assert report.ok
        assert report.as_dict() == alone.as_dict()
        assert (report.events, report.tenant) == (120, TENANT)


@pytest.mark.parametrize("name", ["seg/000000000061.jsonl.gz", "ckpt/000000000066.note", "log.json"])
def test_faults_are_told_in_the_same_order(zipped: Path, name: str) -> None:
    folder = unpacked(zipped)
    body = bytearray((folder / name).read_bytes())
    body[len(body) // 2] ^= 1
    (folder / name).write_bytes(body)
    report, alone = verify(Folder(str(folder))), verify(Folder(str(folder)), alone=True)
    assert report.faults == alone.faults != []


def test_a_process_that_dies_does_not_decide(zipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_archive, "_open", _die)
    assert verify(Zip(str(zipped))).ok


def _die(kind: object, path: str) -> None:
    raise SystemExit(1)


def test_signatures_hold_together_and_one_by_one() -> None:
    assert ed25519_verify_all(PUBLIC, SIGNED) == [True] * 40
    assert ed25519_verify_all(PUBLIC, SIGNED[:3]) == [True] * 3
    assert ed25519_verify_all(PUBLIC, []) == []


@pytest.mark.parametrize("at", [0, 17, 39])
@pytest.mark.parametrize("part", ["message", "r", "s", "short", "large s", "no point"])
def test_a_false_signature_among_others_is_the_one_that_is_named(at: int, part: str) -> None:
    message, signature = SIGNED[at]
    forged = {
        "message": (message + b"!", signature),
        "r": (message, bytes([signature[0] ^ 1]) + signature[1:]),
        "s": (message, signature[:40] + bytes([signature[40] ^ 1]) + signature[41:]),
        "short": (message, signature[:63]),
        "large s": (message, signature[:32] + b"\xff" * 32),
        "no point": (message, b"\xff" * 32 + signature[32:]),
    }[part]
    signed = [*SIGNED[:at], forged, *SIGNED[at + 1 :]]
    assert ed25519_verify_all(PUBLIC, signed) == [n != at for n in range(40)]


def test_two_false_signatures_do_not_make_up_for_each_other() -> None:
    (first, r), (second, s) = SIGNED[0], SIGNED[1]
    assert ed25519_verify_all(PUBLIC, [(first, s), (second, r), *SIGNED[2:]])[:2] == [False, False]


def test_another_key_holds_for_none() -> None:
    other = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32).public_key().public_bytes_raw()
    assert not any(ed25519_verify_all(other, SIGNED[:8]))
    assert not any(ed25519_verify_all(b"short", SIGNED[:8]))
