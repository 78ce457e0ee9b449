"""Whatever the nights, the failures and the replays, each document enters as often as its rule allows. [SQ-05, SQ-08]

The model is a plain account of what was seen: it knows nothing of memberships. Who is inside is changed between nights
by answers that come and are taken back; nights crash before or after any of their writes, are called again, or not.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from relance.domain.quote import QuoteStatus
from relance.domain.reminder.policy import Source
from relance.domain.segment.filter import Op, where
from relance.domain.segment.membership import Membership, Move, entered, inside, left, move
from relance.domain.segment.segment import Existing, Reentry
from tests.builders import TENANT
from tests.doubles.nights import WANTED, Firm
from tests.doubles.store import Crash, Fault

QUOTES = 3
FAULTS = st.sampled_from([None, None, None, Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.THROTTLED, Fault.STORED])
# One night: who answers or takes it back before it, how many days pass, and what the first writes of each call meet.
NIGHT = st.tuples(
    st.sets(st.integers(1, QUOTES)), st.integers(1, 3), st.lists(st.lists(FAULTS, max_size=6), max_size=3)
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(NIGHT, min_size=1, max_size=5),
    st.sampled_from([(Reentry.ONCE_PER_DOCUMENT, 0), (Reentry.ONCE_EVER, 0), (Reentry.AGAIN_AFTER, 2)]),
    st.integers(1, QUOTES),
)
def test_each_document_enters_at_most_as_its_rule_allows(
    nights: list[tuple[set[int], int, list[list[Fault | None]]]], rule: tuple[Reentry, int], cap: int
) -> None:
    firm, (reentry, days) = Firm(), rule
    for n in range(1, QUOTES + 1):
        firm.quote(n, customer=1 if n < QUOTES else 2)  # two of them are one customer's
    firm.query(
        Existing.ENROL, filter=where("has_result", Op.IS, False), reentry=reentry, again_after_days=days, cap=cap
    )
    answered: set[int] = set()
    seen: dict[int, list[date]] = {n: [] for n in range(1, QUOTES + 1)}
    for changes, pause, calls in nights:
        for n in changes:
            firm.answers(n, QuoteStatus.SENT if n in answered else QuoteStatus.REFUSED)
        answered ^= changes
        firm.office.clock.advance(timedelta(days=pause - 1))
        firm.office.clock.move_to(firm.two_o_clock())
        tonight = firm.office.clock.now().date()
        before = sum(len(dates) for dates in seen.values())
        for faults in calls:
            firm.office.store.fail_next(*faults)
            with suppress(Crash):
                firm.call()
            firm.office.store.forget_faults()
            _account(firm, seen, tonight)
        assert sum(len(dates) for dates in seen.values()) - before <= cap
    for n, dates in seen.items():
        if reentry is Reentry.AGAIN_AFTER:
            assert all((b - a).days >= days for a, b in pairwise(dates)), n
        else:
            assert len(dates) <= 1
    if reentry is Reentry.ONCE_EVER:
        assert len(seen[1]) + len(seen[2]) <= 1


def _account(firm: Firm, seen: dict[int, list[date]], tonight: date) -> None:
    """Who follows the query's scenario entered; he is put back on his own, so that entering again would be seen."""
    for n in firm.entered():
        seen[n].append(tonight)
        run = firm.run_of(n)
        assert run.scenario_id == WANTED
        firm.office.put(replace(run, rev=run.rev + 1, scenario_id="standard.quote@1", source=Source.COMPANY))


@given(
    st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12),
    st.sampled_from(list(Reentry)),
    st.integers(1, 5),
)
def test_without_failures_a_document_is_inside_exactly_while_it_matches(
    nights: list[tuple[bool, bool]], reentry: Reentry, days: int
) -> None:
    """And fires at its first entry, whatever the rule; a night that is not good changes what counts as gone."""
    found: Membership | None = None
    good: date | None = None
    fired = 0
    for n, (is_inside, is_good) in enumerate(nights):
        night = date(2026, 11, 1) + timedelta(days=n)
        match move(found, is_inside=is_inside, reentry=reentry, again_after_days=days, night=night, good=good):
            case Move.ENTER:
                found, fired = entered(found, TENANT, "seg", "quo", night), fired + 1
            case Move.NOTE:
                found = inside(found, TENANT, "seg", "quo", night)
            case Move.LEAVE:
                assert found is not None
                found = left(found, night)
            case Move.STAY:
                pass
        good = night if is_good else good
        assert (found is not None and found.is_inside) is is_inside
        if found is not None:
            assert found.fired == fired
    ever = any(is_inside for is_inside, _ in nights)
    assert (fired >= 1) is ever
    assert fired <= 1 or reentry is Reentry.AGAIN_AFTER
