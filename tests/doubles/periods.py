"""Exports of a period, intact and tampered: five sales on five days, the third and fourth of which were asked for."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from relance.app.archiving import drain, layout
from relance.domain.archive_export import Period
from relance.domain.calendar_fr import PARIS, to_ms
from relance.domain.chain.canonical import canonical
from relance.domain.chain.event import Fact
from tests.doubles.archive import World
from tests.doubles.exported import TENANT, Files, files_of
from tests.doubles.legal_facts import pdfs_of_sale, sale

PERIOD: Final = Period(date(2026, 6, 3), date(2026, 6, 4))
FROM_THE_START: Final = Period(date(2026, 5, 1), date(2026, 6, 2))
TO_THE_END: Final = Period(date(2026, 6, 5), date(2026, 12, 31))


def world_of_days(
    days: Iterable[int] = range(1, 6),
    *,
    drained_each: bool = True,
    change: Callable[[Fact], Fact] = lambda fact: fact,
) -> World:
    """One sale a day at noon of June 2026: six events, and a segment of its own unless they are drained at once."""
    world = World(version=1)  # days without closings between them
    for day in days:
        world.record(TENANT, *map(change, sale(day)), at_ms=to_ms(datetime(2026, 6, day, 12, tzinfo=PARIS)))
        world.pdfs.update(pdfs_of_sale(day))
        if drained_each:
            drain(TENANT, world.archive())
    drain(TENANT, world.archive())
    return world


WORLD: Final = world_of_days()
EXPORT: Final = files_of(WORLD, period=PERIOD)  # events 7 to 30: a day more on each side
BASE: Final = layout.checkpoint(6)


@dataclass(frozen=True, slots=True)
class PeriodCase:
    """What is handed over, and what its reader kept elsewhere."""

    name: str
    files: Files
    pins: tuple[bytes, ...] = ()


def intact() -> Iterator[PeriodCase]:
    """What must be accepted."""
    yield PeriodCase("in the middle", EXPORT)
    yield PeriodCase("from the start of the chain", files_of(WORLD, period=FROM_THE_START))
    yield PeriodCase("to its end", files_of(WORLD, period=TO_THE_END))
    yield PeriodCase("one segment for all", files_of(world_of_days(drained_each=False), period=PERIOD))
    yield PeriodCase("with the checkpoint before it kept", EXPORT, (EXPORT.read(BASE),))
    yield PeriodCase("with a checkpoint within it kept", EXPORT, (EXPORT.read(layout.checkpoint(18)),))


def tampered() -> Iterator[PeriodCase]:
    """What must be refused."""
    for name, edit in _STARTS.items():
        yield PeriodCase(f"a start {name}", with_start(edit))
    yield PeriodCase("a start in another spelling", with_body(layout.START, EXPORT.read(layout.START) + b" "))
    yield PeriodCase("a start that is no JSON", with_body(layout.START, b"start"))
    yield PeriodCase("no start", without(layout.START))
    yield PeriodCase("no checkpoint before it", without(BASE))
    yield PeriodCase("a checkpoint before it that is none", with_body(BASE, b"note"))
    yield PeriodCase("the checkpoint before it of another size", with_body(BASE, EXPORT.read(layout.checkpoint(12))))
    yield PeriodCase("the first days left out", later_start())
    yield PeriodCase("a segment left out", without(layout.segment(13), layout.checkpoint(18)))
    other = files_of(_other_history(), period=PERIOD)
    yield PeriodCase("another history before it", Files({**EXPORT.bodies, BASE: other.read(BASE)}).resummed())
    gap = files_of(world_of_days((1, 2, 4, 5)), period=Period(date(2026, 6, 4), date(2026, 6, 4)))
    yield PeriodCase("a number that is missing within", gap)
    yield PeriodCase("a rank that is no number", files_of(world_of_days(change=_rank_in_words), period=PERIOD))
    yield PeriodCase("a checkpoint kept of another history", EXPORT, (other.read(layout.checkpoint(18)),))
    yield PeriodCase("a checkpoint kept from before", files_of(WORLD, period=TO_THE_END), (EXPORT.read(BASE),))


def _rank_in_words(fact: Fact) -> Fact:
    return replace(fact, data={**fact.data, "rank": "two"}) if fact.ref.number == "F-2026-0002" else fact


def _other_history() -> World:
    world = World(version=1)
    world.record(TENANT, *sale(9), at_ms=1_780_000_000_000)
    world.pdfs.update(pdfs_of_sale(9))
    drain(TENANT, world.archive())
    for day in range(2, 6):
        world.record(TENANT, *sale(day), at_ms=to_ms(datetime(2026, 6, day, 12, tzinfo=PARIS)))
        world.pdfs.update(pdfs_of_sale(day))
        drain(TENANT, world.archive())
    return world


def later_start() -> Files:
    """What begins too late for the period that it says: nothing shows that no event is missing before."""
    later = files_of(WORLD, period=Period(date(2026, 6, 4), date(2026, 6, 4)))
    start = json.loads(later.read(layout.START)) | {"from": "2026-06-01", "from_ms": PERIOD.from_ms - 2 * 86_400_000}
    return Files({**later.bodies, layout.START: canonical(start)}).resummed()


def with_start(edit: Callable[[dict[str, Any]], object]) -> Files:
    start = json.loads(EXPORT.read(layout.START))
    edit(start)
    return with_body(layout.START, json.dumps(start, sort_keys=True, separators=(",", ":")).encode())


def with_body(name: str, body: bytes) -> Files:
    return Files({**EXPORT.bodies, name: body}).resummed()


def without(*names: str) -> Files:
    return Files({name: body for name, body in EXPORT.bodies.items() if name not in names}).resummed()


_STARTS: Final[dict[str, Callable[[dict[str, Any]], object]]] = {
    "of another format": lambda start: start.update(format="relance.archive.v2"),
    "with more": lambda start: start.update(more=1),
    "with less": lambda start: start.pop("until_ms"),
    "that is longer": lambda start: start.update(size=7),
    "that is shorter": lambda start: start.update(size=5),
    "of a size below zero": lambda start: start.update(size=-1),
    "of a size below zero with as many bits": lambda start: start.update(size=-6),
    "that ends before it begins": lambda start: start.update(
        {"from": "2026-06-05", "from_ms": start["from_ms"] + 2 * 86_400_000}
    ),
    "of a size that is true": lambda start: start.update(size=True, frontier=start["frontier"][:1]),
    "with another subtree": lambda start: start["frontier"].__setitem__(0, "0" * 64),
    "with subtrees exchanged": lambda start: start["frontier"].reverse(),
    "with a subtree too many": lambda start: start["frontier"].append("0" * 64),
    "with a subtree less": lambda start: start["frontier"].pop(),
    "with a subtree in capitals": lambda start: start.update(frontier=[n.upper() for n in start["frontier"]]),
    "with a short subtree": lambda start: start["frontier"].__setitem__(0, "00"),
    "without subtrees": lambda start: start.update(frontier=None),
    "on another day": lambda start: start.update({"from": "2026-06-02"}),
    "at another instant": lambda start: start.update(from_ms=start["from_ms"] + 1),
    "with another end": lambda start: start.update(to="2026-06-05"),
    "with another last instant": lambda start: start.update(until_ms=start["until_ms"] - 1),
    "that is no day": lambda start: start.update({"from": "2026-13-01"}),
    "of another year": lambda start: start.update(
        {"from": "2025-06-03", "from_ms": start["from_ms"] - 365 * 86_400_000}
    ),
    "of an earlier year": lambda start: start.update(
        {
            "from": "2025-06-03",
            "from_ms": start["from_ms"] - 365 * 86_400_000,
            "to": "2025-06-04",
            "until_ms": start["until_ms"] - 365 * 86_400_000,
        }
    ),
    "of a later year": lambda start: start.update(
        {
            "from": "2027-06-03",
            "from_ms": start["from_ms"] + 365 * 86_400_000,
            "to": "2027-06-04",
            "until_ms": start["until_ms"] + 365 * 86_400_000,
        }
    ),
}
