"""The printed proof: its recipe is run as a person would, on the true files and on forged ones. [AR-03]"""

import io
import subprocess
import zipfile
from pathlib import Path

import pytest

from relance.app.archiving import prove
from relance.app.archiving.proof_papers import CHECKPOINT, EVENT, KEY, SCRIPT, WAY, proof_files, proof_sheet, proof_zip
from tests.builders import an_instant
from tests.doubles.exported import TENANT, world_of

WORLD = world_of(range(1, 6))  # 30 events: paths of different lengths


def unpacked(seq: int, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(proof_zip(prove(TENANT, seq, WORLD.archive())))) as opened:
        opened.extractall(folder)
    return folder


def run(folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["bash", SCRIPT], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("seq", [1, 2, 17, 29, 30])
def test_the_recipe_accepts_the_proof_with_sha256sum_and_openssl_alone(seq: int, tmp_path: Path) -> None:
    done = run(unpacked(seq, tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert "PREUVE ACCEPTÉE : l'événement est l'un des 30" in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(proof_files(prove(TENANT, 1, WORLD.archive())))


@pytest.mark.parametrize("name", [EVENT, WAY, CHECKPOINT, KEY])
def test_the_recipe_refuses_what_was_changed(name: str, tmp_path: Path) -> None:
    folder = unpacked(4, tmp_path)
    body = (folder / name).read_bytes()
    at = body.index(b"30") + 1 if name == CHECKPOINT else len(body) // 2
    forged = {CHECKPOINT: b"1", KEY: b"A" if body[at : at + 1] != b"A" else b"B"}.get(name, b"7")
    assert body[at : at + 1] != forged
    (folder / name).write_bytes(body[:at] + forged + body[at + 1 :])
    done = run(folder)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "PREUVE REFUSÉE" in done.stdout


def test_another_events_proof_is_refused(tmp_path: Path) -> None:
    folder = unpacked(4, tmp_path)
    (folder / EVENT).write_bytes(WORLD.events[TENANT][4].line)
    assert "n'est pas dans cette archive" in run(folder).stdout


def test_the_page_says_what_when_and_how() -> None:
    sheet = proof_sheet(prove(TENANT, 5, WORLD.archive()), "Atelier Duval", an_instant())
    told = dict(sheet.sections[0].rows)
    assert (told["Fait"], told["Document"]) == ("PDF arrêté", "F-2026-0001")
    assert len(told["SHA-256 du PDF"]) == len(told["Empreinte de l’événement"]) == 64
    script = (Path(__file__).parents[3] / "shared/relance/resources" / SCRIPT).read_text("utf-8")
    assert "\n".join(sheet.sections[-1].code) in script
