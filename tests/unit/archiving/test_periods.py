"""The export of a period: what it holds, and that a part of a chain is as hard to forge as the whole. [AF-07]"""

import io
import json
from datetime import date
from pathlib import Path

import pytest

from relance.app.archiving import export, layout
from relance.domain.archive_export import Period
from relance.domain.chain.event import parse
from relance.domain.chain.segment import unpack
from relance.domain.errors import Corrupted, NotFound
from relance.resources import verify_archive
from tests.doubles.exported import TENANT, Files, files_of, zip_of
from tests.doubles.periods import (
    EXPORT,
    FROM_THE_START,
    PERIOD,
    TO_THE_END,
    WORLD,
    PeriodCase,
    intact,
    tampered,
    world_of_days,
)


def seqs(files: Files) -> list[int]:
    return [parse(line).seq for name in files.named("seg") for line in unpack(files.read(name))]


@pytest.mark.parametrize(
    ("period", "expected"),
    [(PERIOD, range(7, 31)), (FROM_THE_START, range(1, 19)), (TO_THE_END, range(19, 31))],
)
def test_a_period_is_exported_in_whole_segments_with_an_event_on_each_side(period: Period, expected: range) -> None:
    files = files_of(WORLD, period=period)
    assert seqs(files) == list(expected)
    assert len(files.named("doc")) == len(expected) // 3, "the documents that these events speak of, and no other"


def test_one_segment_is_never_cut() -> None:
    assert seqs(files_of(world_of_days(drained_each=False), period=PERIOD)) == list(range(1, 31))


def test_the_answer_says_which_events_it_holds() -> None:
    made = export(TENANT, WORLD.archive(), io.BytesIO(), PERIOD)
    assert (made.first_seq, made.size) == (7, 30)


@pytest.mark.parametrize("days", [(date(2026, 1, 1), date(2026, 5, 31)), (date(2026, 7, 1), date(2026, 7, 31))])
def test_a_period_without_events_is_nothing_to_export(days: tuple[date, date]) -> None:
    with pytest.raises(NotFound):
        files_of(WORLD, period=Period(*days))


def test_a_day_without_events_between_two_others_is_nothing_to_export() -> None:
    world = world_of_days(range(1, 6, 4))
    with pytest.raises(NotFound):
        files_of(world, period=Period(date(2026, 6, 3), date(2026, 6, 3)))


def test_a_journal_that_is_no_longer_what_was_archived_is_not_attested() -> None:
    world = world_of_days()
    world.events[TENANT][2] = world.events[TENANT][2]._replace(line=world.events[TENANT][1].line)
    with pytest.raises(Corrupted):
        files_of(world, period=PERIOD)


@pytest.mark.parametrize("case", list(intact()), ids=lambda case: case.name)
def test_an_intact_period_is_accepted(case: PeriodCase) -> None:
    assert verify_archive.verify(case.files, pins=case.pins).faults == []


def test_the_zip_of_a_period_is_accepted_and_tells_what_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "period.zip").write_bytes(zip_of(WORLD, period=PERIOD))
    assert verify_archive.main([str(tmp_path / "period.zip")]) == 0
    told = capsys.readouterr().out
    assert "du 03/06/2026 au 04/06/2026, à partir de l'événement 7" in told
    assert "6 événements, attestés par une racine signée, sans être dans cet export" in told
    assert "Fin de la période" not in told
    (tmp_path / "end.zip").write_bytes(zip_of(WORLD, period=TO_THE_END))
    verify_archive.main([str(tmp_path / "end.zip")])
    assert "l'archive n'avait pas d'événement au-delà" in capsys.readouterr().out


@pytest.mark.parametrize("case", list(tampered()), ids=lambda case: case.name)
def test_a_tampered_period_is_refused(case: PeriodCase) -> None:
    assert verify_archive.verify(case.files, pins=case.pins).faults


def test_every_flipped_byte_of_the_start_is_refused_even_when_the_sums_were_made_again() -> None:
    body = EXPORT.read(layout.START)
    for at in range(len(body)):
        forged = bytearray(body)
        forged[at] ^= 1 << at % 8
        files = Files({**EXPORT.bodies, layout.START: bytes(forged)}).resummed()
        report = verify_archive.verify(files, first_only=True)
        assert report.faults, (at, bytes(forged))


def test_the_bucket_itself_holds_no_start() -> None:
    bodies = {name: body for name, body in EXPORT.bodies.items() if "/" in name or name in {"log.json", layout.START}}
    report = verify_archive.verify(Files(bodies), export=False)
    assert "en trop" in {fault.kind for fault in report.faults}


def test_the_frontier_is_of_the_events_before() -> None:
    start = json.loads(EXPORT.read(layout.START))
    assert (start["size"], len(start["frontier"])) == (6, 2)
