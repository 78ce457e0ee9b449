"""The head of a tenant's journal, and how facts take their place in it.

The head holds all that a writer must know to write the next event: sequence, last hash, last instant, the counter and
the last date of each numbering series, the running totals. It moves by compare-and-swap on `seq` in the same
transaction as the events and the entities, so there is no moment in which an event exists unchained.
CGI ann. II art. 242 nonies A I 7° (numbering), BOI-TVA-DECLA-30-10-30 §§ 130-170 (chaining, totals), checked 2026-11.
[N-01, N-02, N-03, N-04, AR-02]
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from relance.domain.calendar_fr import civil_date, from_ms, to_ms
from relance.domain.chain.event import GENESIS_HASH, Fact, SealedEvent, seal
from relance.domain.errors import Corrupted, Fault, Invalid
from relance.domain.periods import OpenPeriods, midnight_ms

BEFORE_MIDNIGHT_MS: Final = 200  # more than the events of a transaction, a millisecond apart, can take

_NUMBER = re.compile(r"[A-Za-z0-9+\-_/]{1,35}")
_FORMAT = re.compile(r"(?:[A-Za-z0-9+\-_/]|\{year\}|\{n(?::0[1-9]d)?\})+")


@dataclass(frozen=True, slots=True)
class Head:
    """Where a tenant's journal stands. `counters` and `last_dates` go by series; `totals` are perpetual, in cents.

    `periods` are the open day, month and accounting year; None before the first event of a journal that closes them.
    """

    seq: int = 0
    last_hash: str = GENESIS_HASH
    last_at_ms: int = 0
    counters: Mapping[str, int] = field(default_factory=dict)
    last_dates: Mapping[str, str] = field(default_factory=dict)
    totals: Mapping[str, int] = field(default_factory=dict)
    periods: OpenPeriods | None = None


def next_instant(head: Head, now: datetime) -> datetime:
    """When the next event happens: now, or one millisecond after the last event if the clock went back.

    In the last moment of a day in Paris it is the first of the next: no transaction straddles two periods. [AF-06]
    """
    at_ms = max(to_ms(now), head.last_at_ms + 1)
    midnight = midnight_ms(civil_date(from_ms(at_ms)) + timedelta(days=1))
    return from_ms(midnight if at_ms + BEFORE_MIDNIGHT_MS > midnight else at_ms)


@dataclass(frozen=True, slots=True)
class Allocated:
    """A number just taken, its rank in its series, and the head that remembers it."""

    number: str
    series: str
    rank: int
    head: Head


def is_number_format(text: str) -> bool:
    """Whether numbers made from `text` are allowed and unique: `{year}`, one `{n}` or `{n:04d}`, and plain characters.

    The year is wanted because each year counts from 1 again. Nothing else of Python's format language passes: a field
    like `{n:999999999}` would fill the memory. [N-04]
    """
    return _FORMAT.fullmatch(text) is not None and "{year}" in text and text.count("{n") == 1


def allocate(head: Head, *, kind: str, number_format: str, on: date) -> Allocated:
    """Take the next number of the year's series of `kind`: continuous, chronological, only ever at issue.

    `number_format` is one that `is_number_format` accepts. Raises Invalid when it is not, or when the number would not
    fit `[A-Za-z0-9+-_/]{1,35}` (BR-FR-01/02); Corrupted when `on` is before the last date of the series.
    [N-01, N-03, N-04]
    """
    series = f"{kind}:{on.year}"
    last = head.last_dates.get(series, "")
    if on.isoformat() < last:
        raise Corrupted(f"La série {series} a déjà un document du {last} : impossible d’antidater.", code="backdated")
    n = head.counters.get(series, 0) + 1
    number = number_format.format(year=on.year, n=n) if is_number_format(number_format) else ""
    if not _NUMBER.fullmatch(number):
        raise Invalid(
            f"Le format de numéro « {number_format} » n’est pas permis : {{year}}, {{n}}, et 35 caractères au plus.",
            faults=[Fault(f"/company/{kind}_number_format", "Corrigez le format de numérotation.", "number_format")],
        )
    counters = {**head.counters, series: n}
    dates = {**head.last_dates, series: on.isoformat()}
    return Allocated(number, series, n, replace(head, counters=counters, last_dates=dates))


def add_totals(head: Head, amounts: Mapping[str, int]) -> Head:
    """Add to the perpetual totals (cents), which are never reset, and to those of the open periods. [AF-05]"""
    if not amounts:
        return head
    totals = dict(head.totals)
    for name, cents in amounts.items():
        totals[name] = totals.get(name, 0) + cents
    return replace(head, totals=totals, periods=head.periods and head.periods.counting(amounts))


def append(head: Head, tenant: str, facts: Sequence[Fact], at: datetime) -> tuple[Head, tuple[SealedEvent, ...]]:
    """Chain `facts` in order, the first at `at` and each next one a millisecond later; returns the head after them."""
    events: list[SealedEvent] = []
    prev, first_ms = head.last_hash, to_ms(at)
    for n, fact in enumerate(facts):
        event = seal(fact, tenant=tenant, seq=head.seq + 1 + n, at_ms=first_ms + n, prev=prev)
        events.append(event)
        prev = event.hash
    if events:
        head = replace(head, seq=events[-1].seq, last_hash=prev, last_at_ms=events[-1].at_ms)
    return head, tuple(events)
