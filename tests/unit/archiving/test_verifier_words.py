"""What a person without AWS reads on the screen, in French: intact or altered, where and what, and when in Paris."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from relance.app.archiving import drain
from relance.domain.chain import segment
from relance.domain.chain.canonical import canonical
from relance.domain.chain.event import content_hash
from relance.resources.verify_archive import Folder, describe, instant, verify
from tests.doubles import tampered_closings
from tests.doubles.archive import World
from tests.doubles.exported import TENANT, files_of
from tests.doubles.legal_facts import invoice_issued, pdf_of
from tests.doubles.tampered import EXPORT, MIDDLE, NOTES, SEGMENTS, actor, edited, rewritten, with_body


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


def test_an_instant_beyond_all_calendars_is_told_and_stops_nothing() -> None:
    said = "\n".join(describe(verify(edited(3, lambda event: event.update(at=2**53 - 1)))))
    assert instant(2**53 - 1) == "date impossible"
    assert "ARCHIVE REFUSÉE" in said
    assert "facture émise le date impossible, F-2026-0002" in said


def test_an_altered_event_is_told_before_the_files_that_hold_it() -> None:
    lines = list(describe(verify(edited(3, actor))))
    start = lines.index("ARCHIVE REFUSÉE : 3 anomalies.")
    assert lines[start + 2] == "Événements et documents :"
    assert lines[start + 3].startswith("  - [altéré] événement 10, document F-2026-0002 : ")
    assert lines[start + 4].startswith(
        "      tel qu'écrit à présent : facture émise le 28/05/2026 22:26:40, F-2026-0002, "
    )
    assert lines[start + 6] == "Fichiers :"
    assert len(lines) == start + 9


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


def test_a_payment_changed_after_the_fact_is_told_where_it_came_in_and_not_in_all_closings_that_follow() -> None:
    """Ten years have four thousand days: the first false sum of each kind of period is what a person needs."""
    lines = list(tampered_closings.LINES)
    payment = next(at for at, line in enumerate(lines) if b'"payment.recorded"' in line)
    event = json.loads(lines[payment])
    event["data"]["amount"] += 1_000
    lines[payment] = canonical(event)
    faults = verify(tampered_closings.files_with(lines)).faults
    wrong = [fault.message.partition(" : ")[0] for fault in faults if fault.message.startswith("la clôture")]
    assert wrong.count("la clôture de la journée du 30/12/2026") == 3, "period, year so far, perpetual"
    assert set(wrong) == {"la clôture de la journée du 30/12/2026", "la clôture du mois 12/2026"}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("log.json", b"{"),
        ("log.json", b"\xff\xfe"),
        ("log.json", b'{"algorithms":{}}'),
        ("log.json", EXPORT.read("log.json").replace(b"from_size", b"from_siz")),
        (NOTES[0], b"\xff\xfe"),
        (SEGMENTS[0], segment.pack([b"{oops", b"\xff"])),
    ],
)
def test_what_cannot_be_read_is_told_in_french(name: str, body: bytes) -> None:
    said = "\n".join(describe(verify(with_body(name, body))))
    english = "codec|decode|delimiter|char |expecting|expected|missing|object|invalid|error|padding|unpack|index"
    assert "ARCHIVE REFUSÉE" in said
    assert re.findall(english, said.lower()) == []


def test_without_a_readable_key_no_checkpoint_is_checked_and_that_is_told_once() -> None:
    faults = verify(with_body("log.json", b"{}")).faults
    assert [fault.file for fault in faults if fault.kind == "signature"] == [NOTES[0]]


def test_a_number_that_an_unreadable_event_may_hold_is_not_told_to_be_missing() -> None:
    def printed(event: dict[str, Any]) -> None:
        event["data"]["content"]["totals"]["gross"] += 1

    faults = verify(edited(3, printed)).faults
    assert [fault.seq for fault in faults if fault.seq] == [10], "the invoice itself, and nothing after it"


def test_an_event_that_was_taken_out_is_told_and_not_the_last_of_its_segment() -> None:
    faults = verify(rewritten(lambda lines: [*lines[:2], *lines[3:]])).faults
    assert [(fault.kind, fault.seq) for fault in faults if fault.seq] == [("manquant", 9)]
    assert {fault.file for fault in faults} == {MIDDLE}


def test_what_an_altered_event_says_now_is_told_with_the_paper_that_was_handed_out() -> None:
    """Where and what: the date, the document and the amount as they are written, and the PDF that says otherwise."""

    def more(event: dict[str, Any]) -> None:
        event["data"]["content"]["totals"]["gross"] += 100_000
        event["data"]["content_sha256"] = content_hash(event["data"]["content"])

    report = verify(edited(3, more))
    paper = next(name for name, body in EXPORT.bodies.items() if body == pdf_of("F-2026-0002"))
    (said,) = report.told.values()
    assert re.fullmatch(
        rf"facture émise le 28/05/2026 22:26:40, F-2026-0002, 1 [0-9]{{3}},[0-9]{{2}} ; le PDF remis : {paper}", said
    )
    assert f"      tel qu'écrit à présent : {said}" in describe(report)


def test_the_company_is_called_by_its_name_and_not_by_an_identifier_alone() -> None:
    """As its settings say, or the documents that it issued: an export of a period holds perhaps only these."""
    world = World()
    issued = invoice_issued(1)
    seller = {"legal_name": "Atelier Verdier", "siren": "912345675"}
    content = {**dict(issued.data)["content"], "seller": seller}  # type: ignore[dict-item]
    data = {**issued.data, "content": content, "content_sha256": content_hash(content)}
    world.record(TENANT, replace(issued, data=data))
    drain(TENANT, world.archive())
    assert (
        next(iter(describe(verify(files_of(world))))) == "Entreprise           Atelier Verdier, SIREN 912345675 (ten_a)"
    )
    assert next(iter(describe(verify(EXPORT)))) == "Entreprise           ten_a", "of the doubles, nobody is named"
