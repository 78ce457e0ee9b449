"""What left the live journal and the company's files, as the archive tells it; each way of telling it wrongly. [K-07]

Four sales; then the lines of the first are purged, then those of the second and third; a prospect is forgotten.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from relance.app.archiving import drain, layout
from relance.domain.archive_export import Period
from relance.domain.calendar_fr import PARIS, to_ms
from relance.domain.chain.event import Fact, Ref
from tests.doubles.archive import World
from tests.doubles.exported import TENANT, Files, files_of
from tests.doubles.legal_facts import pdfs_of_sale, sale
from tests.doubles.tampered import Case

Change = Callable[[Fact], Fact]
STAMP: Final = sha256(b"an RFC 3161 token").hexdigest()


def purged(world: World, first: int, last: int, checkpoint: int, year: str) -> Fact:
    """The fact of a purge of events `first` to `last`, under the stored checkpoint of `checkpoint` events."""
    stored = world.objects[layout.prefix(TENANT) + layout.checkpoint(checkpoint)][0]
    return Fact(
        "journal.purged",
        Ref("journal", year),
        "system",
        {
            "first_seq": first,
            "last_seq": last,
            "last_hash": world.events[TENANT][last - 1].hash,
            "checkpoint_size": checkpoint,
            "checkpoint_sha256": sha256(stored).hexdigest(),
            "stamp_sha256": STAMP,
            "fiscal_year_end": year,
        },
    )


def erased(reason: str = "request", quotes: int = 2) -> Fact:
    return Fact("prospect.erased", Ref("customer", "cus_1"), "system", {"reason": reason, "quotes": quotes})


def story(change: Change = lambda fact: fact) -> World:
    """Events 25, 26 and 27 tell of removals, each as `change` leaves it; 28 to 33 are a sale more. A segment a day."""
    world = World(version=1)  # days without closings between them

    def record(day: int, *facts: Fact) -> None:
        world.record(TENANT, *facts, at_ms=to_ms(datetime(2026, 6, day, 12, tzinfo=PARIS)))
        world.pdfs.update(pdfs_of_sale(min(day, 5)))
        drain(TENANT, world.archive())

    for day in (1, 2, 3, 4):
        record(day, *sale(day))
    record(5, change(purged(world, 1, 6, 12, "2024-12-31")))
    record(6, change(erased()), change(purged(world, 7, 20, 24, "2025-12-31")))
    record(7, *sale(5))
    return world


TOLD: Final = files_of(story())


def intact() -> Iterator[Case]:
    """What must be accepted."""
    yield Case("purges and an erasure", TOLD)
    yield Case(
        "a prospect forgotten by the passing of time", files_of(story(_with("prospect.erased", reason="retention")))
    )
    yield Case("a prospect without quotes", files_of(story(_with("prospect.erased", quotes=0))))
    bucket = {name: body for name, body in TOLD.bodies.items() if "/" in name or name == layout.LOG}
    yield Case("the bucket with purges", Files(bucket), export=False)
    for day in (3, 6, 7):
        yield Case(f"a part that begins on day {day}", a_part(day))


def cases() -> Iterator[Case]:
    """What must be refused."""
    purge: dict[str, list[Any]] = {
        "first_seq": [0, 2, 7, "1", True, None],
        "last_seq": [0, 5, 13, 99, "6", True],
        "last_hash": ["0" * 64, "0" * 63, "A" * 64, 5, None],
        "checkpoint_size": [0, 5, 18, 24, 25, 99, "12", True],
        "checkpoint_sha256": ["0" * 64, "x" * 64, None],
        "stamp_sha256": ["", "0" * 63, "é" * 64, 5, None],
        "fiscal_year_end": ["2024-12-30", "2024-13-31", "2024-02-30", "20241231", 2024, None],
        "amount": [1],
        "counts": [{"received": 1}],
    }
    for field, values in purge.items():
        for value in values:
            yield Case(f"a purge with {field} {value!r}", files_of(story(_with("2024-12-31", **{field: value}))))
    for field in list(purge)[:-2]:
        yield Case(f"a purge without {field}", files_of(story(_without("2024-12-31", field))))
    for first in (1, 6, 8):
        name = f"a second purge that begins at {first}"
        yield Case(name, files_of(story(_with("2025-12-31", first_seq=first))))
    yield Case("a purge of nothing", files_of(story(_with("2025-12-31", last_seq=6))))
    yield Case("a purge of events to come", files_of(story(_with("2025-12-31", last_seq=28, checkpoint_size=33))))
    for ref in (Ref("journal", "2025-12-31"), Ref("company", "2024-12-31"), Ref("journal", "2024-12-31", "P-1")):
        yield Case(f"a purge of {ref}", files_of(story(_of("2024-12-31", ref))))
    erasure: dict[str, list[Any]] = {
        "reason": ["", "because", "Request", None, 1],
        "quotes": [-1, "2", True, None],
        "name": ["Claire Martin"],
    }
    for field, values in erasure.items():
        for value in values:
            name = f"an erasure with {field} {value!r}"
            yield Case(name, files_of(story(_with("prospect.erased", **{field: value}))))
    for field in ("reason", "quotes"):
        yield Case(f"an erasure without {field}", files_of(story(_without("prospect.erased", field))))
    for ref in (Ref("prospect", "cus_1"), Ref("customer", "cus_1", "Claire Martin")):
        yield Case(f"an erasure of {ref}", files_of(story(_of("prospect.erased", ref))))
    for first in (7, 19, 25):
        gone = {name: body for name, body in TOLD.bodies.items() if name != layout.segment(first)}
        yield Case(f"purged lines, or a purge, that the archive lost: segment {first}", Files(gone).resummed())
    for field, value in (("last_hash", "0" * 64), ("checkpoint_sha256", "0" * 64)):
        yield Case(f"a part with another {field}", a_part(3, _with("2025-12-31", **{field: value})))
    yield Case("a part in which a purge is forgotten", a_part(3, _with("2025-12-31", first_seq=8)))


def a_part(first_day: int, change: Change = lambda fact: fact) -> Files:
    """The export of the days from `first_day` of June on; it begins with the day before."""
    return files_of(story(change), period=Period(date(2026, 6, first_day), date(2026, 6, 7)))


def _is(fact: Fact, what: str) -> bool:
    return what in (fact.type, fact.ref.id)


def _with(what: str, **changes: Any) -> Change:
    return lambda fact: replace(fact, data={**fact.data, **changes}) if _is(fact, what) else fact


def _without(what: str, field: str) -> Change:
    return lambda fact: (
        replace(fact, data={k: v for k, v in fact.data.items() if k != field}) if _is(fact, what) else fact
    )


def _of(what: str, ref: Ref) -> Change:
    return lambda fact: replace(fact, ref=ref) if _is(fact, what) else fact
