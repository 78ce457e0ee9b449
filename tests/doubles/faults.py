"""The fault matrix: what is done, what goes wrong with it where, and who else is at work. Seeded: always the same.

By default each call and fault meets one way of being asked for; with WHOLE_CORPUS=1 (`make validate`), all of them.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Final

from relance.adapters.scenario_data import PackagedScenarios
from relance.app import purging, removing
from relance.app.archiving import verify
from relance.app.archiving.alarms import write_down
from relance.app.archiving.daily_log import stamp, write_daily_log
from relance.app.archiving.rebuilding import rebuild
from relance.domain.calendar_fr import civil_date, to_ms
from relance.domain.errors import RelanceError
from tests.builders import TENANT
from tests.doubles.archive import Crash, Fault, Plan
from tests.doubles.archive_auditor import is_complete
from tests.doubles.house import NEXT_MORNING, House, a_house, is_read, owner, tried
from tests.doubles.invariants import Invariants

SEED: Final = 20261122
WHOLE: Final = bool(os.environ.get("WHOLE_CORPUS"))
CHANGES_NOTHING: Final = {Fault.FAILED_BUT_STORED, Fault.LATE, Fault.CRASH_AFTER, Fault.THROTTLED}  # of a read
TRIGGERS: Final = ("alone", "twice", "beside a second worker")
YEAR_END: Final = date(2026, 11, 30)
OVERNIGHT: Final = timedelta(hours=16)

Step = Callable[[House], object]


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that is asked for, and asked for again until it is done; `before` is what makes it possible. Of one
    that `reads_much`, which stores nothing by that, `make validate` alone tries the reads.
    """

    does: Step
    before: Step = lambda house: None
    reads_much: bool = False


def walk(house: House) -> None:
    """The daily walk, which chains what it finds."""
    found = verify(TENANT, house.whole, now_ms=to_ms(house.clock.now()))
    write_down(house.ctx, found)
    assert not found.faults, found.faults


def daily_log(house: House) -> None:
    """The log of all companies, stamped."""
    made = write_daily_log([TENANT], house.archiver, civil_date(house.clock.now()))
    assert made is not None
    stamp(house.archiver, made, house)


def purge(house: House) -> None:
    """A closed year goes from the live journal."""
    purging.order(house.ctx, owner(TENANT), house.whole, YEAR_END, house)
    removing.carry_out(house.ctx, TENANT, YEAR_END.isoformat(), replace(house.whole, journal=house), house)


def hand_over(house: House) -> None:
    """Another key is active, the one of before retired."""
    house.drain(archiver=replace(house.world.deployed_with(7, 8), journal=house))


def a_sealed_morning(house: House) -> None:
    """Three closings, an invoice, its seal and a payment wait for the archive."""
    house.issue(2)
    house.seal(2)
    house.be_paid(2, "prepared", 2_000)


def a_transaction_seen_in_part(house: House) -> None:
    """Of what was written together, the archiver sees the last before the first."""
    a_sealed_morning(house)
    seq = house.store.head(TENANT).seq
    house.world.hidden |= {(TENANT, seq - 4), (TENANT, seq - 1)}


def a_year_to_purge(house: House) -> None:
    house.close()
    house.issue(2)
    house.drain()
    walk(house)
    daily_log(house)


def a_journal_restored_alone(house: House) -> None:
    """To a moment before the morning, which is archived; then somebody writes on."""
    backup = house.store.copied()
    a_sealed_morning(house)
    house.drain()
    house.store.restore_journal(TENANT, backup)
    house.lost.update(range(backup.head(TENANT).seq + 1, house.store.head(TENANT).seq + 1))
    house.issue(3)


def put_back(house: House) -> None:
    """What the journal lacks comes back from the archive."""
    rebuild(house.ctx, TENANT, house.whole, PackagedScenarios())


def forget_the_archive(house: House) -> None:
    """As of a company that was never archived."""
    house.world.stored_heads.pop(TENANT)
    for key in [key for key in house.world.objects if key.startswith(f"{TENANT}/")]:
        del house.world.objects[key]


OPERATIONS: Final = {
    "issue": Operation(lambda house: house.issue(2)),
    "issue many": Operation(lambda house: house.issue_many(2, 3)),
    "be paid": Operation(lambda house: house.be_paid(1, "operation", 3_000)),
    "seal": Operation(lambda house: house.seal(1)),
    "close": Operation(lambda house: house.close()),
    "begin an archive": Operation(lambda house: house.drain(), forget_the_archive),
    "drain": Operation(lambda house: house.drain(), a_sealed_morning),
    "drain what is seen in part": Operation(lambda house: house.drain(), a_transaction_seen_in_part),
    "hand over to another key": Operation(hand_over, a_sealed_morning),
    "export": Operation(lambda house: house.export()),
    "walk": Operation(walk),
    "log of the day": Operation(daily_log),
    "purge": Operation(purge, a_year_to_purge),
    "rebuild a journal": Operation(put_back, a_journal_restored_alone, reads_much=True),
}


@dataclass(frozen=True, slots=True)
class Case:
    """`fault` at call number `at` of an operation that is asked for in that way."""

    name: str
    at: int
    call: str
    fault: Fault
    trigger: str

    def __str__(self) -> str:
        return f"{self.name}, {self.trigger}: {self.fault} at call {self.at} ({self.call})"


@cache
def _prepared(name: str) -> House:
    house = a_house()
    house.clock.move_to(NEXT_MORNING)
    OPERATIONS[name].before(house)
    return house


@cache
def rehearse(name: str) -> tuple[str, ...]:
    """The calls that an operation makes on a good day."""
    house = _prepared(name).copied()
    OPERATIONS[name].does(house)
    return tuple(house.world.operations)


def cases(name: str) -> Iterator[Case]:
    """Every call with every fault that can come of it. A write meets every trigger, or a seeded one of them; of the
    reads, which store nothing, there is a seeded choice.
    """
    chance = Random(f"{SEED} {name}")
    for at, call in enumerate(rehearse(name)):
        for fault in Fault:
            is_other = fault in (Fault.OTHER_BEFORE, Fault.OTHER_AFTER)
            triggers = TRIGGERS[2:] if is_other else TRIGGERS
            if is_read(call) and (fault in CHANGES_NOTHING or (not WHOLE and chance.random() < 0.6)):
                continue
            if is_read(call) and OPERATIONS[name].reads_much and not WHOLE:
                continue
            if not WHOLE or is_read(call):
                triggers = (chance.choice(triggers),)
            for trigger in triggers:
                yield Case(name, at, call, fault, trigger)


INVARIANTS: Final = Invariants()


def run_case(case: Case, variant: Callable[[House], House] = lambda house: house) -> None:
    """One case to its end. Raises AssertionError, with a note of which case it was."""
    try:
        _run(case, variant(_prepared(case.name).copied()))
    except BaseException as error:
        error.add_note(str(case))
        raise


def _run(case: Case, house: House) -> None:
    does = OPERATIONS[case.name].does

    def another() -> None:
        tried(lambda: does(house))

    second = case.trigger == TRIGGERS[2]
    house.world.plan = Plan(
        case.at,
        case.fault,
        other=another,
        slow=lambda: house.goes_on(OVERNIGHT),
        let_in=second and case.fault not in (Fault.OTHER_BEFORE, Fault.OTHER_AFTER),
    )
    another()
    INVARIANTS.hold(house)
    if case.trigger == TRIGGERS[1]:
        another()
        INVARIANTS.hold(house)
    house.world.plan = Plan()
    house.comes_to_rest()
    for _ in range(3):
        _asked_again(house, does)
    house.comes_to_rest()
    INVARIANTS.hold(house)
    assert is_complete(house.world, TENANT), "the sweep must finish the work"
    before = house.world.writes(), len(house.store.events(TENANT))
    house.comes_to_rest()
    assert (house.world.writes(), len(house.store.events(TENANT))) == before, "and then have nothing to do"


def _asked_again(house: House, does: Step) -> None:
    """What a client does who got no answer."""
    try:
        does(house)
    except (Crash, RelanceError) as error:
        raise AssertionError("nothing is planted any more, and it still fails") from error
