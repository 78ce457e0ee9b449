"""The command as somebody meets it who never ran one: in French, without a traceback, with an exit code that tells."""

import ast
import builtins
import io
import os
import sys
import zipfile
from pathlib import Path

import pytest

from relance.resources import verify_archive
from tests.doubles.exported import world_of, zip_of
from tests.doubles.tampered import DOCUMENTS, EXPORT, NOTES

INTACT, REFUSED, NOTHING = 0, 1, 2
SOURCE = Path(verify_archive.__file__).read_text(encoding="utf-8")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """The export on a stick, unpacked."""
    folder = tmp_path / "archive"
    for name, body in EXPORT.bodies.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return folder


def zipped(folder: Path, within: str = "") -> Path:
    """As a file manager makes it again: compressed, with its folders."""
    again = folder.with_suffix(".zip")
    with zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as output:
        for path in sorted(folder.rglob("*")):
            output.write(path, within + str(path.relative_to(folder)))
        output.writestr("__MACOSX/._archive", b"")
    return again


def test_it_answers_by_its_exit_code_too(stick: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify_archive.main([str(stick)]) == INTACT
    assert "ARCHIVE INTACTE" in capsys.readouterr().out
    (stick / NOTES[0]).unlink()
    assert verify_archive.main([str(stick)]) == REFUSED
    assert "ARCHIVE REFUSÉE" in capsys.readouterr().out


@pytest.mark.parametrize("within", ["", "archive/"])
def test_a_zip_that_was_made_again_is_refused_for_that_alone(
    stick: Path, within: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unpacked to look, packed again to hand on: what it holds is still told, and what to do."""
    assert verify_archive.main([str(zipped(stick, within))]) == REFUSED
    said = capsys.readouterr().out
    assert "ARCHIVE REFUSÉE : 1 anomalie." in said
    assert "décompressez-le et vérifiez le dossier" in said
    assert "18, du 28/05/2026" in said


def test_one_byte_changed_in_the_zip_is_told_by_document_and_by_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The zip has sums of its own, which say that something is damaged and neither what nor where."""
    body, altered = EXPORT.read(DOCUMENTS[0]), tmp_path / "archive.zip"
    changed = bytearray(zip_of(world_of()))
    changed[changed.index(body) + 10] ^= 1
    altered.write_bytes(changed)
    assert verify_archive.main([str(altered)]) == REFUSED
    said = capsys.readouterr().out
    number, file = "document D-2026-0001, ", f"{DOCUMENTS[0]} : le PDF n'est plus celui qui a été émis"
    assert number + file in said, said
    assert "de quoi il s'agit : devis accepté" in said, "the event is what it was"
    assert f"{DOCUMENTS[0]} : le fichier n'a plus l'empreinte" in said


def test_a_zip_that_was_cut_or_continued_is_refused_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, other = zip_of(world_of([1])), tmp_path / "autre.zip"
    for body in (whole[: len(whole) // 2], b"", b"PK"):
        other.write_bytes(body)
        assert verify_archive.main([str(other)]) == REFUSED
        assert "abîmé, tronqué" in capsys.readouterr().err
    other.write_bytes(whole + b"\n")
    assert verify_archive.main([str(other)]) == REFUSED
    assert "à l'octet près" in capsys.readouterr().out


def test_where_there_is_nothing_to_verify_it_says_so_and_where_to_look(
    stick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify_archive.main([str(stick.parent)]) == NOTHING
    said = capsys.readouterr().err
    assert f"Essayez {stick}" in said
    assert "décompressez d'abord tout le zip" in said, (
        "a double click on the file inside a zip runs it elsewhere, alone"
    )
    assert verify_archive.main([str(stick / "nulle part")]) == NOTHING
    assert "introuvable" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--inconnu"], ["--cle"], ["un", "deux"]])
def test_what_it_does_not_understand_it_says_in_french(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        verify_archive.main(arguments)
    said = capsys.readouterr().err
    assert stopped.value.code == NOTHING
    assert said.startswith("Cette commande n'est pas comprise.")
    assert "usage" not in said
    assert "argument" not in said


def test_its_report_is_not_left_in_the_archive_where_it_would_be_in_excess(
    stick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify_archive.main([str(stick), "--json", str(stick / "rapport.json")]) == NOTHING
    assert "hors de son dossier" in capsys.readouterr().err
    assert verify_archive.main([str(stick), "--json", str(tmp_path / "rapport.json")]) == INTACT
    assert verify_archive.main([str(stick)]) == INTACT, "it may be asked again"
    assert verify_archive.main([str(stick), "--json", str(tmp_path / "nulle" / "part.json")]) == INTACT
    assert "n'a pas pu être écrit" in capsys.readouterr().err


@pytest.mark.parametrize("body", [b"\xff", b"point de controle\n", None])
def test_a_kept_checkpoint_that_is_none_is_told(
    stick: Path, tmp_path: Path, body: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "garde.note"
    if body is not None:
        kept.write_bytes(body)
    assert verify_archive.main([str(stick), "--epingle", str(kept)]) == NOTHING
    assert "ne se lit pas" in capsys.readouterr().err


def test_a_checkpoint_copied_out_of_its_mail_is_as_good_as_the_file(
    stick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An editor adds a mark, its own line ends, and leaves the last one out."""
    kept = tmp_path / "copie.txt"
    kept.write_bytes(b"\xef\xbb\xbf\r\n" + EXPORT.read(NOTES[1]).rstrip().replace(b"\n", b"\r\n"))
    assert verify_archive.main([str(stick), "--epingle", str(kept)]) == INTACT
    assert "1 point de contrôle comparé" in capsys.readouterr().out


def test_an_older_python_is_told_which_one_is_needed_before_it_stumbles() -> None:
    """Python 3.7 and 3.8 (the last of Windows 7) read the file, and meet that sentence before anything they lack."""
    tree = ast.parse(SOURCE, feature_version=(3, 7))
    at = next(n for n, node in enumerate(tree.body) if isinstance(node, ast.If) and "version_info" in ast.unparse(node))
    before = [ast.unparse(node) for node in tree.body[1:at]]
    assert before == ["from __future__ import annotations", "import sys"]
    assert "Python 3.9 ou plus récent" in ast.unparse(tree.body[at])
    line = next(line for line in SOURCE.splitlines() if line.startswith("from __future__"))
    assert "Python 3.9 ou plus récent" in line, "Python 3.6 and before quote the line at which they give up"


class _Console(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("system", "prompt", "arguments", "waits"),
    [
        ("nt", None, [], True),
        ("nt", None, ["D:\\archive.zip"], True),
        ("nt", "$P$G", [], False),
        ("nt", None, ["--json", "-"], False),
        ("posix", None, [], False),
    ],
    ids=["double click", "zip dropped on it", "cmd", "with options", "elsewhere"],
)
def test_a_window_opened_by_a_double_click_stays_until_it_was_read(
    monkeypatch: pytest.MonkeyPatch, system: str, prompt: str | None, arguments: list[str], waits: bool
) -> None:
    asked: list[str] = []
    monkeypatch.delenv("PROMPT", raising=False)
    if prompt:
        monkeypatch.setenv("PROMPT", prompt)
    monkeypatch.setattr(sys, "stdin", _Console())
    monkeypatch.setattr(builtins, "input", asked.append)
    with monkeypatch.context() as on_windows:
        on_windows.setattr(os, "name", system)
        verify_archive.keep_window_open(arguments)
    assert bool(asked) == waits
