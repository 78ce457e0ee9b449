"""Every way of changing an export that one can list must be refused; and the verifier says what happened where it can.

The forger here is careful: SHA256SUMS is made again after each change, except where the test is about it.
"""

import base64
import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relance.app.archiving import drain
from relance.domain.chain import segment
from relance.domain.chain.canonical import canonical
from relance.domain.chain.event import event_hash
from relance.resources import verify_archive
from relance.resources.verify_archive import (
    ALTERED,
    BAD_SIGNATURE,
    CONTRADICTED,
    EXTRA,
    MISSING,
    REORDERED,
    TRUNCATED,
    UNKNOWN_VERSION,
    verify,
)
from tests.doubles.archive import World
from tests.doubles.exported import TENANT, Files, faults_of, files_of, world_of, zip_of
from tests.doubles.legal_facts import payment, pdf_of, quote_sent, sale
from tests.doubles.tampered import (
    DOCUMENTS,
    EXPORT,
    MIDDLE,
    NOTES,
    SEGMENTS,
    SMALL,
    edited,
    renoted,
    resealed,
    rewritten,
    signed,
)


def kinds(files: Files) -> set[str]:
    return {fault.kind for fault in faults_of(files)}


def test_the_untouched_export_is_accepted() -> None:
    assert faults_of(EXPORT) == []
    assert faults_of(EXPORT.resummed()) == []


# Bytes


@pytest.mark.parametrize(
    "name", [name for name in SMALL.names() if name not in {"LISEZMOI.txt", "verifier.html", "verify_archive.py"}]
)
def test_every_flipped_byte_is_refused_even_when_the_sums_were_made_again(name: str) -> None:
    assert verify(SMALL).ok
    body = SMALL.read(name)
    for position in range(len(body)):
        files = SMALL.copy()
        files.bodies[name] = body[:position] + bytes([body[position] ^ 1 << position % 8]) + body[position + 1 :]
        files = files if name == "SHA256SUMS" else files.resummed()
        assert not verify(files, first_only=True).ok, f"{name}: byte {position}"


@pytest.mark.parametrize("name", ["LISEZMOI.txt", "verifier.html", "verify_archive.py"])
def test_every_flipped_byte_of_what_travels_with_it_is_refused(name: str) -> None:
    sums = SMALL.read("SHA256SUMS").decode()
    line = f"{sha256(SMALL.read(name)).hexdigest()}  {name}\n"
    assert line in sums
    body = SMALL.read(name)
    for position in range(0, len(body), 211):  # one hash covers the file: positions are alike
        files = SMALL.copy()
        files.bodies[name] = body[:position] + bytes([body[position] ^ 0x20]) + body[position + 1 :]
        assert not verify(files, first_only=True).ok


def test_every_flipped_byte_of_the_zip_is_refused() -> None:
    world = World()
    world.record(TENANT, payment(1))
    drain(TENANT, world.archive())
    whole = zip_of(world)
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        bodies = [(info.header_offset, info.file_size, info.filename) for info in opened.infolist()]
    inside: set[int] = set()
    for offset, size, name in bodies:  # the bytes inside the files are the business of the tests above
        start = offset + 30 + len(name)
        inside.update(range(start + 1, start + size))
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        for position in range(len(whole)):
            if position in inside:
                continue
            changed = bytearray(whole)
            changed[position] ^= 1 << position % 8
            file.seek(0)
            file.write(changed)
            file.truncate()
            file.flush()
            assert _zip_is_refused(file.name), f"byte {position}"


def _zip_is_refused(path: str) -> bool:
    try:
        return not verify(verify_archive.Zip(path), first_only=True).ok
    except verify_archive.UNREADABLE:
        return True  # main() answers « ARCHIVE REFUSÉE »


@pytest.mark.parametrize("name", [*SEGMENTS, *NOTES, *DOCUMENTS[:1], "log.json", "SHA256SUMS"])
def test_every_truncated_file_is_refused(name: str) -> None:
    body = EXPORT.read(name)
    for length in {0, 1, len(body) // 2, len(body) - 1}:
        files = EXPORT.copy()
        files.bodies[name] = body[:length]
        assert not verify(files if name == "SHA256SUMS" else files.resummed()).ok


@pytest.mark.parametrize("name", [*SEGMENTS, *NOTES, *DOCUMENTS[:1], "log.json", "SHA256SUMS"])
def test_anything_added_to_a_file_is_refused(name: str) -> None:
    for more in (b"\n", b"\x00", EXPORT.read(name)):
        files = EXPORT.copy()
        files.bodies[name] += more
        assert not verify(files if name == "SHA256SUMS" else files.resummed()).ok


# Files


@pytest.mark.parametrize("name", EXPORT.names())
def test_every_missing_file_is_refused_and_named(name: str) -> None:
    files = EXPORT.copy()
    del files.bodies[name]
    assert any(fault.kind == MISSING and fault.file == name for fault in faults_of(files))
    if name != "SHA256SUMS":
        assert not verify(files.resummed()).ok


@pytest.mark.parametrize(
    "name",
    ["more.txt", "doc/" + "0" * 64 + ".pdf", "seg/000000000019.jsonl.gz", "ckpt/000000000003.note", "a/log.json"],
)
def test_every_file_too_many_is_refused(name: str) -> None:
    files = EXPORT.copy()
    files.bodies[name] = b"x"
    assert not verify(files.resummed()).ok
    assert EXTRA in kinds(files)


def test_a_missing_document_is_told_by_its_number() -> None:
    digest = sha256(pdf_of("F-2026-0002")).hexdigest()
    files = EXPORT.copy()
    del files.bodies[f"doc/{digest}.pdf"]
    (fault,) = faults_of(files.resummed())
    assert (fault.kind, fault.seq, fault.document) == (MISSING, 11, "F-2026-0002")


def test_an_altered_document_is_told_by_its_number() -> None:
    digest = sha256(pdf_of("D-2026-0003")).hexdigest()
    files = EXPORT.copy()
    files.bodies[f"doc/{digest}.pdf"] = b"%PDF forged"
    (fault,) = faults_of(files.resummed())
    assert (fault.kind, fault.document) == (ALTERED, "D-2026-0003")


def test_two_documents_exchanged_are_refused() -> None:
    files = EXPORT.copy()
    first, second = DOCUMENTS[:2]
    files.bodies[first], files.bodies[second] = files.bodies[second], files.bodies[first]
    assert [fault.kind for fault in faults_of(files.resummed())] == [ALTERED, ALTERED]


def test_a_segment_that_is_gone_is_told_by_its_events() -> None:
    files = EXPORT.copy()
    del files.bodies[MIDDLE]
    faults = faults_of(files.resummed())
    assert any(fault.kind == MISSING and "7 à 12" in fault.message for fault in faults)


def test_a_tail_without_its_segment_is_told_by_the_checkpoint_that_remains() -> None:
    files = EXPORT.copy()
    del files.bodies[SEGMENTS[-1]]
    assert TRUNCATED in kinds(files.resummed())


# Events


def test_an_altered_event_is_told_by_its_sequence_and_document() -> None:
    def cheaper(event: dict[str, object]) -> None:
        event["actor"] = "user:other"

    faults = faults_of(edited(3, cheaper))
    assert [(f.seq, f.document) for f in faults if f.kind == ALTERED and f.seq] == [(10, "F-2026-0002")]


def test_an_event_altered_together_with_its_prev_is_still_the_one_that_is_named() -> None:
    def relink(event: dict[str, object]) -> None:
        event.update(actor="user:other", prev="0" * 64)

    assert [f.seq for f in faults_of(edited(2, relink)) if f.seq] == [9]


@pytest.mark.parametrize("index", [0, 5])
def test_an_altered_event_at_the_edge_of_a_segment_is_named_too(index: int) -> None:
    def edit(event: dict[str, object]) -> None:
        event["actor"] = "user:other"

    assert [f.seq for f in faults_of(edited(index, edit)) if f.seq] == [7 + index]


def test_an_altered_printed_content_is_told_at_its_event() -> None:
    def edit(event: dict[str, object]) -> None:
        data = event["data"]
        assert isinstance(data, dict)
        data["content"]["lines"][1]["total_cents"] -= 1

    assert any(f.seq == 10 and "contenu imprimé" in f.message for f in faults_of(edited(3, edit)))


def test_a_printed_content_without_its_hash_is_refused() -> None:
    def edit(event: dict[str, object]) -> None:
        data = event["data"]
        assert isinstance(data, dict)
        del data["content_sha256"]

    assert any(f.seq == 10 and "contenu imprimé" in f.message for f in faults_of(edited(3, edit)))


def test_a_removed_event_is_told_missing() -> None:
    files = rewritten(lambda lines: lines[:2] + lines[3:])
    assert any(f.kind == MISSING and f.seq == 9 for f in faults_of(files))


def test_a_doubled_event_is_told_too_many() -> None:
    files = rewritten(lambda lines: [*lines[:3], lines[2], *lines[3:]])
    assert any(f.kind == EXTRA and f.seq == 9 for f in faults_of(files))


def test_reordered_events_are_told_out_of_order() -> None:
    files = rewritten(lambda lines: [lines[1], lines[0], *lines[2:]])
    faults = faults_of(files)
    assert any(f.kind == REORDERED and f.seq == 7 for f in faults)
    assert MISSING not in {f.kind for f in faults}


def test_a_segment_cut_at_its_end_is_told_truncated() -> None:
    assert TRUNCATED in kinds(rewritten(lambda lines: lines[:-2]))


def test_a_wild_sequence_number_is_told_altered() -> None:
    def edit(event: dict[str, object]) -> None:
        event["seq"] = 10**12

    assert ALTERED in kinds(edited(5, edit))


@pytest.mark.parametrize("version", [3, "1", True])
def test_a_version_from_the_future_is_not_guessed(version: object) -> None:
    def edit(event: dict[str, object]) -> None:
        event["v"] = version

    assert any(f.kind == UNKNOWN_VERSION and f.seq == 10 for f in faults_of(edited(3, edit)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"amount_cents":13500', b'"amount_cents":13500.0'),
        (b'"amount_cents":13500', b'"amount_cents":1.35e4'),
        (b'"amount_cents":13500', b'"amount_cents": 13500'),
        (b'"amount_cents":13500', b'"amount_cents":9007199254740993'),
        (b'"amount_cents":13500', b'"amount_cents":NaN'),
        (b'"amount_cents":13500', b'"amount_cents":13500,"amount_cents":13500'),
        (b'"amount_cents":13500', b'"Amount_cents":13500'),
        (b'"type":"payment', b'"type":"\\u0070ayment'),
        (b'"tenant":"ten_a"', b'"tenant":"\xff"'),
        (b'"tenant":"ten_a"', b'"tenant":"\\ud800"'),
        (b'"tenant":"ten_a"', b'"tenant":5'),
        (b'"tenant":"ten_a"', b'"tenant":""'),
        (b'"at":', b'"at":"x'),
        (b'"at":', b'"at":-'),
        (b'"prev":"', b'"prev":"A'),
        (b"{", b"[" * 5000),
        (b'"v":2', b'"v":2,"w":1'),
    ],
)
def test_another_spelling_or_another_shape_of_a_line_is_told_at_its_event(old: bytes, new: bytes) -> None:
    def change(lines: list[bytes]) -> list[bytes]:
        assert old in lines[5]
        lines[5] = lines[5].replace(old, new, 1)
        return lines

    assert any(f.kind == ALTERED and f.seq == 12 for f in faults_of(rewritten(change)))


# Histories made anew by somebody who holds the key: what the rules of the journal alone can refuse


def test_the_same_history_sealed_again_is_accepted() -> None:
    assert faults_of(resealed(lambda events: None)) == []


def test_a_gap_in_a_series_of_numbers_is_refused() -> None:
    def skip(events: list[dict[str, object]]) -> None:
        data = events[9]["data"]
        assert isinstance(data, dict)
        data.update(rank=3, number="F-2026-0003")
        events[9]["ref"] = {"id": "inv_2", "kind": "invoice", "number": "F-2026-0003"}

    assert any(
        f.kind == MISSING and "série" in f.message and f.document == "F-2026-0003" for f in faults_of(resealed(skip))
    )


def test_a_number_given_twice_is_refused() -> None:
    def again(events: list[dict[str, object]]) -> None:
        data = events[9]["data"]
        assert isinstance(data, dict)
        data.update(rank=1, number="F-2026-0001")
        events[9]["ref"] = {"id": "inv_2", "kind": "invoice", "number": "F-2026-0001"}

    assert any(f.kind == EXTRA and "doublé" in f.message for f in faults_of(resealed(again)))


@pytest.mark.parametrize(
    "change",
    [{"rank": "2"}, {"number": 2}, {"rank": None}, {"issue_date": 5}, {"number": "F-2026-0009"}, {"series": 4}],
)
def test_a_number_that_does_not_say_its_rank_is_refused(change: dict[str, object]) -> None:
    def edit(events: list[dict[str, object]]) -> None:
        data = events[9]["data"]
        assert isinstance(data, dict)
        data.update(change)

    assert any(f.kind == ALTERED and f.seq == 10 for f in faults_of(resealed(edit)))


def test_a_document_dated_before_the_one_before_it_is_refused() -> None:
    def backdate(events: list[dict[str, object]]) -> None:
        data = events[9]["data"]
        assert isinstance(data, dict)
        data["issue_date"] = "2025-12-31"

    assert any(f.kind == REORDERED and "daté" in f.message for f in faults_of(resealed(backdate)))


def test_an_instant_that_goes_back_is_refused() -> None:
    def back(events: list[dict[str, object]]) -> None:
        events[4]["at"] = events[3]["at"]

    assert any(f.kind == REORDERED and f.seq == 5 for f in faults_of(resealed(back)))


def test_an_event_of_another_company_is_refused() -> None:
    def foreign(events: list[dict[str, object]]) -> None:
        events[2]["tenant"] = "ten_b"

    assert any(f.kind == ALTERED and "ten_b" in f.message for f in faults_of(resealed(foreign)))


def test_a_first_event_that_continues_something_else_is_refused() -> None:
    world = world_of([1])
    lines = [event.line.replace(b"0" * 64, b"1" * 64) for event in world.events[TENANT][:1]]
    assert any("premier" in f.message for f in faults_of(signed(lines, World(), event_hash(lines[0]))))


# Checkpoints and keys


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"root": b"\x00" * 32}, CONTRADICTED),
        ({"size": 17}, CONTRADICTED),
        ({"first_seq": 12}, CONTRADICTED),
        ({"segment_sha256": "0" * 64}, ALTERED),
        ({"chain": "0" * 64}, ALTERED),
        ({"origin": "relance/ten_b"}, BAD_SIGNATURE),
    ],
)
def test_a_checkpoint_that_says_something_else_is_refused(changes: dict[str, object], kind: str) -> None:
    assert kinds(renoted(**changes)) == {kind}


def test_another_packing_of_the_same_lines_is_refused() -> None:
    import gzip  # noqa: PLC0415 - what an ordinary tool would write

    files = EXPORT.copy()
    lines = b"".join(line + b"\n" for line in segment.unpack(files.read(MIDDLE)))
    files.bodies[MIDDLE] = gzip.compress(lines, 1)
    assert not verify(files.resummed()).ok
    deflate = segment.HEADER + gzip.compress(lines, 1, mtime=0)[10:]
    files.bodies[MIDDLE] = deflate
    assert any(f.kind == ALTERED and f.file == MIDDLE for f in faults_of(files.resummed()))


def test_two_checkpoints_exchanged_are_refused() -> None:
    files = EXPORT.copy()
    files.bodies[NOTES[0]], files.bodies[NOTES[1]] = files.bodies[NOTES[1]], files.bodies[NOTES[0]]
    assert not verify(files.resummed()).ok


def test_a_signature_of_another_key_is_refused() -> None:
    other = world_of()
    other.objects.clear()
    other.stored_heads.clear()
    other.private_key = Ed25519PrivateKey.generate()
    drain(TENANT, other.archive())
    files = files_of(other)
    files.bodies["log.json"] = EXPORT.read("log.json")
    assert kinds(files.resummed()) == {BAD_SIGNATURE}


def test_a_history_signed_by_another_key_throughout_needs_the_key_that_one_knows() -> None:
    other = world_of()
    other.objects.clear()
    other.stored_heads.clear()
    other.private_key = Ed25519PrivateKey.generate()
    drain(TENANT, other.archive())
    files = files_of(other)
    assert verify(files).ok, "no verifier can tell without knowing the key"
    vkey = verify(EXPORT).key
    assert verify(EXPORT, vkey=vkey).ok
    assert {fault.kind for fault in verify(files, vkey=vkey).faults} == {BAD_SIGNATURE}


def test_a_checkpoint_kept_elsewhere_unmasks_a_rollback_and_a_fork() -> None:
    pin = EXPORT.read(NOTES[-1])
    assert verify(EXPORT, pins=[pin, EXPORT.read(NOTES[0])]).pins == 2
    rolled_back = files_of(world_of([1, 2]))
    assert verify(rolled_back).ok, "no verifier can tell without the pin"
    assert {fault.kind for fault in verify(rolled_back, pins=[pin]).faults} == {TRUNCATED}
    fork = World()
    fork.record(TENANT, *sale(1), *sale(2), *sale(3), at_ms=1_790_000_000_000)
    fork.pdfs = world_of().pdfs
    drain(TENANT, fork.archive())
    assert verify(files_of(fork)).ok, "no verifier can tell without the pin"
    assert {fault.kind for fault in verify(files_of(fork), pins=[pin]).faults} == {CONTRADICTED}


def test_a_pin_of_another_archive_is_not_taken_for_ours() -> None:
    pin = files_of(world_of(tenant="ten_b"), "ten_b").read("ckpt/000000000018.note")
    assert BAD_SIGNATURE in {fault.kind for fault in verify(EXPORT, pins=[pin]).faults}


# Two companies


@pytest.mark.parametrize("name", [*SEGMENTS, *NOTES, "log.json"])
def test_a_file_of_another_company_is_refused(name: str) -> None:
    files = EXPORT.copy()
    files.bodies[name] = files_of(world_of(tenant="ten_b"), "ten_b").read(name)
    assert not verify(files.resummed()).ok


# log.json


@pytest.mark.parametrize(
    "edit",
    [
        lambda log: log.update(format="relance.archive.v2"),
        lambda log: log.update(tenant="ten_b"),
        lambda log: log.update(origin="relance/ten_b"),
        lambda log: log.update(more=1),
        lambda log: log.update(keys=[]),
        lambda log: log.update(keys=log["keys"] * 2),
        lambda log: log["keys"][0].update(id="00000000"),
        lambda log: log["keys"][0].update(from_size=2),
        lambda log: log["keys"][0].update(public_key=base64.b64encode(bytes(31)).decode()),
        lambda log: log["keys"][0].update(public_key="!"),
        lambda log: log.pop("keys"),
    ],
)
def test_a_changed_description_of_the_log_is_refused(edit: Callable[[dict[str, object]], object]) -> None:
    log = json.loads(EXPORT.read("log.json"))
    edit(log)
    files = EXPORT.copy()
    files.bodies["log.json"] = canonical(log)
    assert not verify(files.resummed()).ok


def test_an_archive_without_events_is_refused() -> None:
    files = Files(
        {name: EXPORT.read(name) for name in ("LISEZMOI.txt", "verifier.html", "verify_archive.py", "log.json")}
    )
    assert MISSING in kinds(files.resummed())


def test_a_quote_alone_is_an_archive_too() -> None:
    world = World()
    world.record(TENANT, quote_sent(1))
    drain(TENANT, world.archive())
    assert faults_of(files_of(world)) == []
