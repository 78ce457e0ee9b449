"""Closings (clôtures): each day, month and accounting year ends by itself, with totals that nothing changes afterwards.

A closing is an event of the chain, `period.closed`, so its totals are inside the hashed line: those of the period by
VAT treatment and by mode of payment, those since the accounting year began (cumul du grand total de la période), and
the perpetual ones, which are never reset. The head of the journal keeps the running totals, so closing reads nothing
again. Every day since the first event is closed, also one on which nothing happened: no closing may lack innocently.
CGI art. 286 I 3° bis, BOI-TVA-DECLA-30-10-30 §§ 170-180, checked 2026-11. [AF-05, AF-06, K-03]
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from relance.domain.calendar_fr import civil_date, from_ms
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact, Ref, SealedEvent
from relance.domain.ids import TenantId
from relance.domain.journal import Head, append
from relance.domain.periods import Period, PeriodKind, Running, opened

CLOSED: Final = "period.closed"
ACTOR: Final = "system"
MOST_DAYS_AT_ONCE: Final = 28  # at most 31 closings with two items each, of the 100 of a transaction


@dataclass(frozen=True, slots=True)
class Closing:
    """A period that is over. Totals are in euro cents, by the names of `relance.domain.perpetual`.

    It covers the events `first_seq` to `last_seq`; none when `last_seq` is one less. `cumulated` counts since the
    accounting year began, `perpetual` since the first event. It is the event `seq` itself, of hash `hash`.
    """

    tenant: TenantId
    id: str
    rev: int
    kind: PeriodKind
    label: str
    first: date
    last: date
    opens_at: datetime
    closes_at: datetime
    first_seq: int
    last_seq: int
    closed_at: datetime
    seq: int
    hash: str
    totals: Mapping[str, int] = field(default_factory=dict)
    cumulated: Mapping[str, int] = field(default_factory=dict)
    perpetual: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Closed:
    """The head after some closings, their events, and what is stored of them; all empty when nothing was due."""

    head: Head
    events: tuple[SealedEvent, ...] = ()
    closings: tuple[Closing, ...] = ()


def closing_id(kind: PeriodKind, label: str) -> str:
    """Ids of one kind begin alike and sort as its periods follow each other."""
    return f"{kind.value}.{label}"


def open_from(head: Head, at: datetime, fiscal_year_start: str) -> Head:
    """The head with its periods open, from the next event on, if it had none: of a new journal, or one of before."""
    if head.periods is not None:
        return head
    return replace(head, periods=opened(civil_date(at), fiscal_year_start, head.seq + 1))


def is_due(head: Head, at: datetime) -> bool:
    """Whether a period is over at `at` and not closed."""
    return head.periods is not None and head.periods.today < civil_date(at)


def close_periods(head: Head, tenant: TenantId, at: datetime) -> Closed:
    """Close what is over at `at`, at most MOST_DAYS_AT_ONCE days and what ends with them; look at `is_due` again after.

    The first closing happens at `at` (see `journal.next_instant`), the others a millisecond apart. [AF-05]
    """
    periods, today = head.periods, civil_date(at)
    facts: list[Fact] = []
    found: list[Closing] = []
    days = 0
    while periods is not None and periods.today < today and days < MOST_DAYS_AT_ONCE:
        days += 1
        last_seq = _last_seq(head, periods.day, Period(PeriodKind.DAY, periods.today, periods.today))
        for period in periods.ending():
            running = periods.running(period.kind)
            closing = Closing(
                tenant=tenant,
                id=closing_id(period.kind, period.label),
                rev=1,
                kind=period.kind,
                label=period.label,
                first=period.first,
                last=period.last,
                opens_at=from_ms(period.opens_at_ms),
                closes_at=from_ms(period.closes_at_ms),
                first_seq=running.first_seq,
                last_seq=last_seq,
                closed_at=at,
                seq=0,
                hash="",
                totals=running.totals,
                cumulated=periods.year.totals,
                perpetual=head.totals,
            )
            found.append(closing)
            facts.append(_fact(period, closing))
        periods = periods.next_day(last_seq + 1)
    after, events = append(replace(head, periods=periods), tenant, facts, at)
    closings = tuple(
        replace(closing, seq=event.seq, hash=event.hash, closed_at=from_ms(event.at_ms))
        for closing, event in zip(found, events, strict=True)
    )
    return Closed(after, events, closings)


def _last_seq(head: Head, day: Running, period: Period) -> int:
    """The last event of the day. What was written after it (closings of an earlier turn) belongs to a later one."""
    return head.seq if head.last_at_ms < period.closes_at_ms else day.first_seq - 1


def closing_data(
    period: Period,
    first_seq: int,
    last_seq: int,
    totals: Mapping[str, int],
    cumulated: Mapping[str, int],
    perpetual: Mapping[str, int],
) -> dict[str, Json]:
    """What a closing says, all of it."""
    return {
        "kind": period.kind.value,
        "label": period.label,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "opens_at": period.opens_at_ms,
        "closes_at": period.closes_at_ms,
        "first_seq": first_seq,
        "last_seq": last_seq,
        "totals": dict(totals),
        "cumulated": dict(cumulated),
        "perpetual": dict(perpetual),
    }


def _fact(period: Period, closing: Closing) -> Fact:
    data = closing_data(
        period, closing.first_seq, closing.last_seq, closing.totals, closing.cumulated, closing.perpetual
    )
    return Fact(CLOSED, Ref("period", closing.id), ACTOR, data)
