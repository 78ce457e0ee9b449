"""Folders and zips that were made to deceive the verifier or to hold it up: refused in French, at once. [AR-03]"""

import json
import os
from pathlib import Path

import pytest

from relance.resources import verify_archive
from tests.doubles.tampered import DOCUMENTS, EXPORT, MIDDLE, bomb, rewritten

REFUSED = 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The export, unpacked."""
    unpacked = tmp_path / "archive"
    for name, body in EXPORT.bodies.items():
        (unpacked / name).parent.mkdir(parents=True, exist_ok=True)
        (unpacked / name).write_bytes(body)
    return unpacked


def refused(path: Path, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    """All that is said of an archive that is refused."""
    assert verify_archive.main([str(path), *more]) == REFUSED
    said = capsys.readouterr()
    return said.out + said.err


@pytest.mark.parametrize("name", ["log.json", MIDDLE, DOCUMENTS[0]])
def test_what_is_behind_a_link_is_not_in_the_archive(
    folder: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Here it would be intact, and on the stick that is handed over there would be nothing."""
    elsewhere = folder.parent / "elsewhere"
    (folder / name).rename(elsewhere)
    (folder / name).symlink_to(elsewhere)
    said = refused(folder, capsys)
    assert name in said
    assert "n'est pas un fichier" in said


@pytest.mark.parametrize("name", ["more", "doc/" + "0" * 64 + ".pdf"])
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(
    folder: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(folder / name)
    assert "n'est pas un fichier" in refused(folder, capsys)


def test_a_zip_made_to_fill_memory_is_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bomb.zip"
    path.write_bytes(bomb())
    assert "cent fois plus" in refused(path, capsys)


def test_a_name_that_is_no_text_is_in_the_report_for_programs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """File names are bytes on Linux, and a key may be half of a pair: neither has an UTF-8 form."""
    forged = rewritten(lambda lines: [lines[0].replace(b"{", b'{"\\ud800":1,', 1), *lines[1:]])
    (folder / MIDDLE).write_bytes(forged.read(MIDDLE))
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff")).write_bytes(b"")
    report = folder.parent / "rapport.json"
    refused(folder, capsys, "--json", str(report))
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["ok"] is False
    assert any(fault["file"] == "\udcff" for fault in told["faults"])
