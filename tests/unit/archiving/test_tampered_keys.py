"""A log whose key was changed verifies; whoever cheats about keys is given away by a note or a checkpoint. [AR-02]"""

import pytest

from relance.app.archiving import layout
from relance.resources.verify_archive import BAD_SIGNATURE, CONTRADICTED, Fault, Key, Keys, Report, describe, verify
from tests.doubles import tampered_keys as tampered
from tests.doubles.tampered import Case

CASES = {case.name: case for case in tampered.cases()}


@pytest.mark.parametrize("case", list(tampered.intact()), ids=lambda case: case.name)
def test_an_archive_whose_key_was_changed_is_accepted(case: Case) -> None:
    """[AR-02] Whole, for a period, or in the bucket; whichever of its keys the reader knows."""
    report = verify(case.files, pins=case.pins, vkey=case.vkey or None, export=case.export)
    assert [fault.sentence() for fault in report.faults] == []
    assert report.pins == len(case.pins)


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)
def test_what_is_not_is_refused(case: Case) -> None:
    assert not verify(case.files, pins=case.pins, vkey=case.vkey or None, first_only=True).ok


def told(name: str) -> list[Fault]:
    case = CASES[f"keys: {name}"]
    return verify(case.files, pins=case.pins, vkey=case.vkey or None).faults


@pytest.mark.parametrize(
    ("name", "kind", "file", "words"),
    [
        ("a note signed by the old key alone", BAD_SIGNATURE, layout.key_note(12), "il y faut deux signatures"),
        ("the note of 12 with another root", CONTRADICTED, layout.key_note(12), "les 12 premiers événements"),
        ("the note of 12 with another chain", CONTRADICTED, layout.key_note(12), "les 12 premiers événements"),
        ("a key changed where no checkpoint is", CONTRADICTED, layout.key_note(3), "aucun point de contrôle"),
        ("checkpoint 12 signed by wrong key 0", BAD_SIGNATURE, layout.checkpoint(12), "à cette taille, seule"),
        ("checkpoint 6 signed by wrong key 0", BAD_SIGNATURE, layout.checkpoint(6), "à cette taille, seule"),
        ("a key that stays", BAD_SIGNATURE, layout.key_note(6), "est celle d'avant"),
        ("the note of another company", BAD_SIGNATURE, layout.key_note(6), "relance/ten_b, pas de relance/ten_a"),
        ("the notes exchanged", CONTRADICTED, layout.key_note(6), "elle parle de 12 événements"),
    ],
)
def test_it_is_told_where_and_what(name: str, kind: str, file: str, words: str) -> None:
    assert any(f.kind == kind and f.file == file and words in f.message for f in told(name)), told(name)


def test_every_second_flipped_byte_of_a_key_note_leaves_the_old_key_in_force() -> None:
    """Both signatures cover the text: what the walk compares later need not be trusted before."""
    good = tampered.KEYED.read(layout.key_note(6))
    first = Key(tampered.ORIGIN, 1, tampered.public(tampered.FIRST))
    for position in range(0, len(good), 2):
        report = Report()
        keys = Keys(report)
        keys.all.append(first)
        keys.take(6, good[:position] + bytes([good[position] ^ 1 << position % 8]) + good[position + 1 :])
        assert (keys.all, len(report.faults)) == ([first], 1), position


def test_a_key_that_nothing_announces_is_told_once_for_all_its_checkpoints() -> None:
    assert [fault.file for fault in told("no notes")] == [layout.checkpoint(12), layout.checkpoint(18)]
    thief = tampered.changed({layout.key_note(6): None}, tampered.rekeyed(tampered.EXPORT, {6: tampered.STRANGER}))
    (fault,) = verify(thief).faults
    assert fault.message.endswith("et ce n'est pas le seul : 2 le sont")


def test_the_report_names_every_key_and_what_it_signed() -> None:
    report = verify(tampered.KEYED)
    keys = [tampered.vkey(key) for key in (tampered.FIRST, tampered.SECOND, tampered.THIRD)]
    assert report.key == keys[2]
    assert report.as_dict()["keys"] == [
        {"from_size": size, "vkey": key} for size, key in zip((1, 7, 13), keys, strict=True)
    ]
    lines = "\n".join(describe(report)).splitlines()
    assert f"Clé de signature     {keys[0]} (jusqu'à l'événement 6)" in lines
    assert f"                     {keys[1]} (jusqu'à l'événement 12)" in lines
    assert f"                     {keys[2]} (ensuite)" in lines
