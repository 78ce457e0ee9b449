"""What is handed out of an archive whose key changed: exports, status, proofs and their papers; and a stolen key.

`tests/doubles/tampered_keys.py` makes the same archive by hand from the format, without the archiver. [AR-02, AR-03]
"""

import io
import json
import subprocess
import zipfile
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from sigstore._internal.rekor.checkpoint import SignedCheckpoint
from sigstore.errors import VerificationError

from relance.app.archiving import drain, layout, prove, status, verify
from relance.app.archiving.keys import keys_of
from relance.app.archiving.proof_papers import pem, proof_sheet, proof_zip
from relance.app.archiving.proofs import prove_consistency
from relance.app.ports.store import Store
from relance.domain.chain import note
from relance.domain.errors import Corrupted
from relance.domain.ids import TenantId
from relance.domain.journal import Head
from relance.resources import verify_archive
from tests.builders import an_instant
from tests.doubles import periods, tampered_keys
from tests.doubles.archive import Bucket, Heads, World, a_key
from tests.doubles.exported import TENANT, faults_of, files_of, world_of
from tests.doubles.legal_facts import payment, pdfs_of_sale, sale

ORIGIN = layout.origin(TENANT)
FIRST, SECOND, THIRD = 7, 17, 27


def public(n: int) -> bytes:
    return a_key(n).public_key().public_bytes_raw()


def vkey(n: int) -> str:
    return note.verifier_key(ORIGIN, public(n))


def a_world() -> World:
    """Three sales, each archived under a key of its own: sizes 6, 12 and 18."""
    world = World()
    for n, keys in enumerate(((FIRST,), (FIRST, SECOND), (FIRST, SECOND, THIRD)), 1):
        world.record(TENANT, *sale(n))
        world.pdfs.update(pdfs_of_sale(n))
        drain(TENANT, world.deployed_with(*keys))
    return world


WORLD = a_world()


def test_the_archiver_writes_what_the_format_says_byte_for_byte() -> None:
    assert files_of(WORLD) == tampered_keys.KEYED


@pytest.mark.parametrize("known", ["", vkey(FIRST), vkey(SECOND), vkey(THIRD)])
def test_an_export_verifies_for_whoever_knows_one_of_its_keys(known: str) -> None:
    files = files_of(WORLD)
    pins = [files.read(layout.checkpoint(size)) for size in (6, 12, 18)]
    report = verify_archive.verify(files, pins=pins, vkey=known or None)
    assert [fault.sentence() for fault in report.faults] == []
    assert report.pins == 3


def test_the_stored_archive_is_walked_without_a_word() -> None:
    assert verify(TENANT, a_world().archive(), now_ms=1).faults == ()


def test_an_export_of_a_period_carries_the_keys_of_before_it_and_none_of_after() -> None:
    """[AF-07] Each key is trusted by the one before it, so none of them may lack."""
    days = World()
    events = periods.WORLD.events[TENANT]
    days.pdfs = periods.WORLD.pdfs
    ends = sorted(int(key[-17:-5]) for key in periods.WORLD.objects if "/ckpt/" in key)
    for number, end in enumerate(ends):
        days.events[TENANT] = list(events[:end])
        drain(
            TENANT, days.deployed_with(FIRST) if number < 1 else days.deployed_with(*range(FIRST, FIRST + number + 1))
        )
    for period in (periods.PERIOD, periods.TO_THE_END):
        files = files_of(days, period=period)
        last = max(int(name[5:17]) for name in files.named("ckpt"))
        assert files.named("key") == [layout.key_note(end) for end in ends if end < last]
        assert [fault.sentence() for fault in faults_of(files)] == []


def test_a_handover_that_is_not_over_is_told_as_it_stands() -> None:
    """Between the key note and the first checkpoint of the new key: the old one still attests what is signed."""
    world = world_of([1, 2])
    world.record(TENANT, payment(1))

    class Full(Bucket):
        def put_new(self, key: str, body: bytes, media_type: str) -> None:
            if "/ckpt/" in key:
                raise OSError("no more")
            super().put_new(key, body, media_type)

    with pytest.raises(OSError, match="no more"):
        drain(TENANT, replace(world.deployed_with(FIRST, SECOND), store=Full(world)))
    assert f"{TENANT}/{layout.key_note(12)}" in world.objects
    assert faults_of(files_of(world)) == []
    assert verify(TENANT, world.archive(), now_ms=1).faults == ()
    assert prove(TENANT, 3, world.archive()).public_key == public(FIRST)
    assert drain(TENANT, world.deployed_with(FIRST, SECOND)).rotated_at == 12
    assert faults_of(files_of(world)) == []


# Which key


class OnlyHeads:
    """As much of the store as the status reads."""

    def head(self, tenant: TenantId) -> Head:
        return Head(seq=len(WORLD.events[tenant]))


def test_the_status_tells_every_key_with_the_size_from_which_it_signs() -> None:
    store: Store = OnlyHeads()  # type: ignore[assignment] # the rest of it is never asked
    found = status(TenantId(TENANT), WORLD.archive(), store, now_ms=1)
    assert found.keys == ((1, vkey(FIRST)), (7, vkey(SECOND)), (13, vkey(THIRD)))
    assert found.verifier_key == vkey(THIRD)


@pytest.mark.parametrize(("size", "key"), [(1, FIRST), (6, FIRST), (7, SECOND), (12, SECOND), (13, THIRD), (18, THIRD)])
def test_each_size_has_its_key(size: int, key: int) -> None:
    keys = keys_of(TENANT, 18, WORLD.archive().store)
    assert keys.verifier_key(keys.at(size)) == vkey(key)


def test_keys_are_read_from_what_was_stored_first() -> None:
    world = a_world()
    for name in (layout.LOG, layout.key_note(6)):
        Bucket(world).overwrite(f"{TENANT}/{name}", b"forged")
    assert keys_of(TENANT, 18, world.archive().store) == keys_of(TENANT, 18, WORLD.archive().store)


@pytest.mark.parametrize(
    "body", [b"!", b"{}", b"[]", b'{"keys":[]}', b'{"keys":[{"vkey":"!"}]}', b'{"keys":[{"vkey":1}]}', None]
)
def test_a_log_that_does_not_read_is_told(body: bytes | None) -> None:
    world = a_world()
    world.objects[f"{TENANT}/{layout.LOG}"] = [body] if body else []
    with pytest.raises(Corrupted):
        keys_of(TENANT, 18, world.archive().store)


def test_a_consistency_proof_names_the_key_of_each_of_its_checkpoints() -> None:
    proof = prove_consistency(TENANT, 6, 18, WORLD.archive())
    assert (proof.old_verifier_key, proof.verifier_key) == (vkey(FIRST), vkey(THIRD))


@pytest.mark.parametrize("seq", [1, 7, 18])
def test_the_recipe_of_a_proof_takes_the_key_that_signed_its_checkpoint(seq: int, tmp_path: Path) -> None:
    """[AR-03] sha256sum and openssl alone, after two changes of key."""
    proof = prove(TENANT, seq, WORLD.archive())
    assert (proof.public_key, proof.key_from) == (public(THIRD), 13)
    with zipfile.ZipFile(io.BytesIO(proof_zip(proof))) as opened:
        opened.extractall(tmp_path)
    done = subprocess.run(["bash", "verifier_preuve.sh"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "changement_de_cle_2.note").read_bytes() == WORLD.objects[f"{TENANT}/{layout.key_note(12)}"][0]


@pytest.mark.parametrize(("line", "n"), [(7, SECOND), (8, THIRD)])
def test_openssl_checks_each_signature_of_a_key_note_as_the_page_says(line: int, n: int, tmp_path: Path) -> None:
    note_lines = WORLD.objects[f"{TENANT}/{layout.key_note(12)}"][0].decode().splitlines(keepends=True)
    (tmp_path / "text").write_text("".join(note_lines[:5]), "utf-8")
    (tmp_path / "signature").write_bytes(b64decode(note_lines[line - 1].split(" ")[2])[-64:])
    (tmp_path / "key.pem").write_bytes(pem(public(n)))
    verify_with = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin"]
    command = [*verify_with, "-in", "text", "-sigfile", "signature"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_page_says_since_when_the_key_signs() -> None:
    told = proof_sheet(prove(TENANT, 5, WORLD.archive()), "Atelier Duval", an_instant())
    assert any("depuis l’événement 13" in text for text in told.sections[-1].paragraphs)
    assert vkey(THIRD) in told.footer
    before = proof_sheet(prove(TENANT, 5, world_of().archive()), "Atelier Duval", an_instant())
    assert len(before.sections[-1].paragraphs) == 1


class Keyring:
    """What sigstore asks of one: whether a signature holds, by the keys of this archive."""

    def verify(self, *, key_id: bytes, signature: bytes, data: bytes) -> None:
        (key,) = [a_key(n) for n in (FIRST, SECOND, THIRD) if note.key_id(ORIGIN, public(n)) == key_id]
        try:
            key.public_key().verify(signature, data)
        except InvalidSignature as error:
            raise VerificationError("signature") from error


def test_the_note_parser_of_sigstore_reads_a_key_note_and_checks_both_its_signatures() -> None:
    stored = WORLD.objects[f"{TENANT}/{layout.key_note(12)}"][0]
    read = SignedCheckpoint.from_text(stored.decode())
    assert (read.checkpoint.origin, read.checkpoint.log_size) == (ORIGIN, 12)
    assert read.checkpoint.log_hash == note.parse_key_note(note.open_note(stored)[0]).root.hex()
    assert [line.split(" ")[0] for line in read.checkpoint.other_content] == ["chain", "next"]
    assert len(read.signed_note.signatures) == 2
    forged = SignedCheckpoint.from_text(stored.decode().replace("\n12\n", "\n13\n"))
    for n in (SECOND, THIRD):
        id = note.key_id(ORIGIN, public(n))
        read.signed_note.verify(Keyring(), id)  # type: ignore[arg-type]  # calls this and nothing else
        with pytest.raises(VerificationError):
            forged.signed_note.verify(Keyring(), id)  # type: ignore[arg-type]  # likewise


# A stolen key


def forged(world: World, size: int, thief: int) -> None:
    """Who holds that key and can write to the bucket signs the checkpoint of that size, as it is, in the place of the
    true one."""
    name = f"{TENANT}/{layout.checkpoint(size)}"
    text, _ = note.open_note(world.objects[name][0])
    key = a_key(thief)
    signed = note.sign_note(text, ORIGIN, key.public_key().public_bytes_raw(), key.sign(text.encode()))
    world.objects[name] = [signed]


@pytest.mark.parametrize(("size", "thief"), [(12, FIRST), (18, FIRST), (18, SECOND)])
def test_a_checkpoint_forged_with_a_retired_key_beyond_its_size_is_refused(size: int, thief: int) -> None:
    world = a_world()
    forged(world, size, thief)
    (fault, *_) = faults_of(files_of(world))
    assert (fault.kind, fault.file) == (verify_archive.BAD_SIGNATURE, layout.checkpoint(size))


def test_another_history_within_the_span_of_a_stolen_key_is_found_by_a_pin_alone() -> None:
    """The thief of the first key writes another history, hands nothing over and signs on: a whole archive, in itself.

    Who kept a checkpoint, or knows the key of today, sees it: hence the pins.
    """
    fork = World()
    fork.record(TENANT, *sale(1), *sale(2), at_ms=1_790_000_000_000)
    fork.pdfs = dict(WORLD.pdfs)
    drain(TENANT, fork.deployed_with(FIRST))
    files = files_of(fork)
    assert faults_of(files) == [], "nothing in it tells: this is what a pin is for"
    pin = WORLD.objects[f"{TENANT}/{layout.checkpoint(6)}"][0]
    assert not verify_archive.verify(files, pins=[pin]).ok
    assert not verify_archive.verify(files, vkey=vkey(THIRD)).ok


def test_a_thief_cannot_hand_an_archive_over_to_a_key_of_his_own() -> None:
    """The place of the true key note is taken, and the true head is on another key already."""
    world = a_world()
    world.record(TENANT, payment(1))
    found = drain(TENANT, world.deployed_with(FIRST, 99))
    assert found.quarantine is not None
    assert found.quarantine.code == "archive.key_changed"
    assert Heads(world).get(TENANT).public_key == public(THIRD).hex()
    assert not [key for key in world.objects if key.endswith("key/000000000018.note")]


def test_a_key_note_that_a_thief_left_before_the_rotation_stops_the_archive_with_an_alarm() -> None:
    """He may sign with the old key and write to the bucket: the true note finds its place taken."""
    world = world_of([1])
    head = Heads(world).get(TENANT)
    text = note.KeyNote(ORIGIN, 6, head.frontier.root(), head.chain, public(99)).text().encode()
    planted = note.sign_note(text.decode(), ORIGIN, public(FIRST), a_key(FIRST).sign(text))
    planted = note.add_signature(planted, ORIGIN, public(99), a_key(99).sign(text))
    Bucket(world).put_new(f"{TENANT}/{layout.key_note(6)}", planted, "text/plain")
    world.record(TENANT, payment(1))
    found = drain(TENANT, world.deployed_with(FIRST, SECOND))
    assert found.quarantine is not None
    assert (found.quarantine.code, found.signed_size) == ("archive.foreign_object", 6)


def test_the_notice_of_the_log_names_the_first_key_for_ever() -> None:
    log = json.loads(files_of(WORLD).read(layout.LOG))
    assert [(key["from_size"], key["vkey"]) for key in log["keys"]] == [(1, vkey(FIRST))]
