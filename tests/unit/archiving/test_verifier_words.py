"""What a person without AWS reads on the screen, in French: intact or altered, where and what, and when in Paris."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from relance.resources.verify_archive import Folder, describe, instant, verify
from tests.doubles.tampered import EXPORT, NOTES, actor, edited


@pytest.mark.parametrize(
    ("utc", "told"),
    [
        ("2026-01-15T11:00:00", "15/01/2026 12:00:00"),
        ("2026-07-15T11:00:00", "15/07/2026 13:00:00"),
        ("2026-12-31T23:30:05", "01/01/2027 00:30:05"),
        ("2026-03-29T00:59:59", "29/03/2026 01:59:59"),
        ("2026-03-29T01:00:00", "29/03/2026 03:00:00"),
        ("2026-10-25T00:59:59", "25/10/2026 02:59:59"),
        ("2026-10-25T01:00:00", "25/10/2026 02:00:00"),
        ("2026-10-24T22:00:00", "25/10/2026 00:00:00"),
    ],
)
def test_instants_are_told_in_paris(utc: str, told: str) -> None:
    at_ms = int(datetime.fromisoformat(utc).replace(tzinfo=UTC).timestamp() * 1000)
    assert instant(at_ms) == told


def test_an_altered_event_is_told_before_the_files_that_hold_it() -> None:
    lines = list(describe(verify(edited(3, actor))))
    start = lines.index("ARCHIVE REFUSÉE : 3 anomalies.")
    assert lines[start + 2] == "Événements et documents :"
    assert lines[start + 3].startswith("  - [altéré] événement 10, document F-2026-0002 : ")
    assert lines[start + 5] == "Fichiers :"
    assert len(lines) == start + 8


def test_what_follows_from_an_altered_event_is_told_once() -> None:
    roots = [fault.file for fault in verify(edited(3, actor)).faults if "racine attestée" in fault.message]
    assert roots == ["ckpt/000000000012.note"], "the checkpoint of 18 events follows"


def test_what_a_computer_leaves_on_a_stick_is_no_part_of_the_archive(tmp_path: Path) -> None:
    left = ("._log.json", "seg/._x", ".DS_Store", "System Volume Information/x", ".fseventsd/x")
    for name, body in {**EXPORT.bodies, **dict.fromkeys(left, b"x")}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(body)
    assert verify(Folder(str(tmp_path))).faults == []
    (tmp_path / "log.json.bak").write_bytes(b"x")
    assert [fault.file for fault in verify(Folder(str(tmp_path))).faults] == ["log.json.bak"] * 2


def test_without_a_checkpoint_kept_elsewhere_it_says_what_nobody_can_see() -> None:
    alone = "\n".join(describe(verify(EXPORT)))
    assert "ARCHIVE INTACTE." in alone
    assert "Deux choses restent invisibles" in alone
    pinned = "\n".join(describe(verify(EXPORT, pins=[EXPORT.read(NOTES[-1])])))
    assert "1 point de contrôle comparé" in pinned
    assert "restent invisibles" not in pinned
