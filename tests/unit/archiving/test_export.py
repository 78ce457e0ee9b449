"""The export: complete, deterministic, accepted by the verifier that it carries, and by nothing of ours."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from relance.app.archiving import export
from relance.domain.chain import note
from relance.domain.errors import Corrupted, NotFound
from relance.resources import verify_archive
from tests.doubles.archive import Bucket, World
from tests.doubles.exported import TENANT, files_of, world_of, zip_of
from tests.doubles.legal_facts import payment


def unpacked(world: World, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(zip_of(world))) as opened:
        opened.extractall(folder)
    return folder


def verifier(*arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """In a process of its own, isolated: no site-packages, no path of ours, no environment."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "-B", str(folder / "verify_archive.py"), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={},
    )


def test_the_export_is_accepted_by_its_own_verifier_with_nothing_of_ours_installed(tmp_path: Path) -> None:
    folder = unpacked(world_of(), tmp_path)
    done = verifier(folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ARCHIVE INTACTE" in done.stdout


def test_the_zip_itself_is_accepted_and_reported_as_json(tmp_path: Path) -> None:
    folder = unpacked(world_of(), tmp_path / "folder")
    (tmp_path / "export.zip").write_bytes(zip_of(world_of()))
    done = verifier(str(tmp_path / "export.zip"), "--json", str(tmp_path / "report.json"), folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert (report["ok"], report["events"], report["segments"], report["checkpoints"]) == (True, 18, 3, 3)
    assert (report["documents"], report["contents"], report["numbers"], report["tenant"]) == (6, 6, 6, TENANT)


def test_a_refused_archive_says_what_and_where_and_exits_with_one(tmp_path: Path) -> None:
    folder = unpacked(world_of(), tmp_path)
    document = next((folder / "doc").iterdir())
    document.write_bytes(document.read_bytes() + b" ")
    done = verifier(folder=folder)
    assert done.returncode == 1
    assert "ARCHIVE REFUSÉE" in done.stdout
    assert "-2026-000" in done.stdout, "the number of the document is named"


@pytest.mark.parametrize("arguments", [["/no/such/place"], ["--epingle", "/no/such/pin"], ["."]])
def test_where_there_is_nothing_to_verify_it_exits_with_two(arguments: list[str], tmp_path: Path) -> None:
    folder = unpacked(world_of([1]), tmp_path)
    arguments = [str(tmp_path / "doc") if argument == "." else argument for argument in arguments]
    assert verifier(*arguments, folder=folder).returncode == 2


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    folder = unpacked(world_of([1]), tmp_path / "folder")
    (tmp_path / "export.zip").write_bytes(b"PK not a zip")
    assert verifier(str(tmp_path / "export.zip"), folder=folder).returncode == 1


def test_the_same_archive_gives_the_same_bytes() -> None:
    assert zip_of(world_of()) == zip_of(world_of())


def test_the_answer_describes_the_zip() -> None:
    world, target = world_of(), io.BytesIO()
    answer = export(TENANT, world.archive(), target)
    assert (answer.size, answer.files) == (18, len(files_of(world).names()))
    assert note.parse_checkpoint(note.open_note(answer.checkpoint)[0]).size == 18


def test_nothing_signed_is_nothing_to_export() -> None:
    world = World()
    world.record(TENANT, payment(1))
    with pytest.raises(NotFound):
        zip_of(world)


def test_an_archiver_that_crashed_before_signing_leaves_its_segment_out() -> None:
    world = world_of()
    before = files_of(world)
    world.objects[f"{TENANT}/seg/000000000019.jsonl.gz"] = [b"orphan"]
    world.objects[f"{TENANT}/doc/{'0' * 64}.pdf"] = [b"orphan"]
    assert files_of(world) == before


@pytest.mark.parametrize("kind", ["seg/", "ckpt/", "doc/", "log.json"])
def test_an_overwrite_after_the_fact_does_not_reach_the_export(kind: str) -> None:
    world = world_of()
    before = files_of(world)
    for key in world.objects:
        if key.startswith(f"{TENANT}/{kind}"):
            Bucket(world).overwrite(key, b"forged")
    assert files_of(world) == before


def test_a_deletion_after_the_fact_does_not_reach_the_export() -> None:
    world = world_of()
    before = files_of(world)
    for key in world.objects:
        if "/doc/" in key or "/seg/" in key:
            Bucket(world).delete(key)
    assert files_of(world) == before


@pytest.mark.parametrize("kind", ["seg/", "ckpt/", "doc/", "log.json"])
def test_a_hole_in_the_bucket_is_not_exported_as_if_nothing_were(kind: str) -> None:
    world = world_of()
    del world.objects[next(key for key in sorted(world.objects) if key.startswith(f"{TENANT}/{kind}"))]
    with pytest.raises(Corrupted):
        zip_of(world)


def test_a_folder_that_a_person_has_looked_into_is_still_accepted(tmp_path: Path) -> None:
    folder = unpacked(world_of([1]), tmp_path)
    (folder / ".DS_Store").write_bytes(b"finder")
    assert verify_archive.verify(verify_archive.Folder(str(folder))).ok


def test_the_notice_shows_how_to_compute_a_hash_by_hand(tmp_path: Path) -> None:
    folder = unpacked(world_of([1]), tmp_path)
    notice = (folder / "LISEZMOI.txt").read_text("utf-8")
    recipe = notice[notice.index("(printf") :].partition("sha256sum")[0] + "sha256sum"
    digest = subprocess.run(["bash", "-c", recipe], cwd=folder, capture_output=True, text=True, check=True).stdout[:64]
    second = subprocess.run(
        ["bash", "-c", "gunzip -c seg/000000000001.jsonl.gz | sed -n 2p"], cwd=folder, capture_output=True, check=True
    ).stdout
    assert json.loads(second)["prev"] == digest
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=True)
