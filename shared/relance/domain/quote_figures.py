"""How quotes fare: how many are accepted, how fast, and what a reminder changes. Pure. [M-01, M-02, M-03, M-08]

A quote counts once, by its last version that was sent, in the month in which its first version was: a version that was
replaced is not lost. Pro-formas and amendments are no offers to win. Values are HT, in euro cents, as offered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from relance.domain.calendar_fr import civil_date
from relance.domain.content import QuoteKind
from relance.domain.ids import QuoteId
from relance.domain.money import Cents
from relance.domain.perpetual import in_euros
from relance.domain.quote import Quote, QuoteStatus

WINDOW_DAYS: Final = 7
_TENTH: Final = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class SentVersion:
    """What counts of one version that was sent."""

    id: QuoteId
    replaces: QuoteId | None
    is_replaced: bool
    drafted_at: datetime
    sent_at: datetime
    accepted_at: datetime | None
    net: Cents


@dataclass(frozen=True, slots=True)
class Offer:
    """One quote, all its versions together; `id` is the last one's, `ids` are all of them."""

    id: QuoteId
    ids: frozenset[QuoteId]
    drafted_at: datetime
    first_sent_at: datetime
    accepted_at: datetime | None
    net: Cents


@dataclass(frozen=True, slots=True)
class Cohort:
    """The quotes first sent in one month: how many, how many of them are accepted by now, and their values HT."""

    month: date
    sent: int
    accepted: int
    sent_net: Cents
    accepted_net: Cents

    @property
    def by_count(self) -> Decimal | None:
        """Accepted in per cent of sent; None when nothing was."""
        return _percent(self.accepted, self.sent)

    @property
    def by_value(self) -> Decimal | None:
        """The same of the values."""
        return _percent(self.accepted_net, self.sent_net)


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of durations and the slowest tenth, in hours; None when there are none."""

    median_h: Decimal | None
    p90_h: Decimal | None


@dataclass(frozen=True, slots=True)
class StepFigures:
    """One step of a scenario: reminders that left, and quotes accepted within seven days of them. [M-08]"""

    step: str
    sent: int
    accepted: int

    @property
    def rate(self) -> Decimal | None:
        """In per cent."""
        return _percent(self.accepted, self.sent)


@dataclass(frozen=True, slots=True)
class QuoteFigures:
    """All of them, for the quotes first sent in a period. `drafting` is from the first draft to the first sending."""

    cohorts: tuple[Cohort, ...]
    accepting: Spread
    drafting: Spread
    steps: tuple[StepFigures, ...]


def sent_version(quote: Quote) -> SentVersion | None:
    """What counts of a quote; None of a draft, a pro-forma, an amendment."""
    if quote.content is None or quote.sent_at is None or quote.content.kind is not QuoteKind.QUOTE:
        return None
    return SentVersion(
        id=quote.id,
        replaces=quote.replaces,
        is_replaced=quote.status is QuoteStatus.REPLACED,
        drafted_at=quote.created_at,
        sent_at=quote.sent_at,
        accepted_at=quote.acceptance.at if quote.acceptance else None,
        net=Cents(in_euros(quote.content.totals.net, quote.content.exchange)),
    )


def offers(versions: Iterable[SentVersion]) -> list[Offer]:
    """Versions put together: each last one with those that it replaces."""
    by_id = {version.id: version for version in versions}
    found = []
    for last in by_id.values():
        if last.is_replaced:
            continue
        chain = [last]
        while (earlier := by_id.get(chain[-1].replaces or QuoteId(""))) is not None:
            chain.append(earlier)
        found.append(
            Offer(
                id=last.id,
                ids=frozenset(version.id for version in chain),
                drafted_at=chain[-1].drafted_at,
                first_sent_at=chain[-1].sent_at,
                accepted_at=last.accepted_at,
                net=last.net,
            )
        )
    return found


def quote_figures(
    found: Iterable[Offer], reminders: Mapping[QuoteId, Sequence[tuple[str, datetime]]], first: date, last: date
) -> QuoteFigures:
    """The figures of the quotes first sent from `first` to `last`; `reminders` are (step, instant) by version."""
    sent: dict[date, list[Offer]] = {}
    steps: dict[str, list[bool]] = {}
    for offer in found:
        day = civil_date(offer.first_sent_at)
        if first <= day <= last:
            sent.setdefault(day.replace(day=1), []).append(offer)
            for id in offer.ids:
                for step, at in reminders.get(id, ()):
                    steps.setdefault(step, []).append(_is_soon(offer.accepted_at, at))
    counted = [offer for month in sent.values() for offer in month]
    return QuoteFigures(
        cohorts=tuple(_cohort(month, sent[month]) for month in sorted(sent)),
        accepting=spread(one.accepted_at - one.first_sent_at for one in counted if one.accepted_at is not None),
        drafting=spread(one.first_sent_at - one.drafted_at for one in counted),
        steps=tuple(StepFigures(step, len(steps[step]), sum(steps[step])) for step in sorted(steps)),
    )


def spread(durations: Iterable[timedelta]) -> Spread:
    """The middle (the mean of the two in the middle) and the 90th percentile (nearest rank), in hours."""
    ordered = sorted(max(duration, timedelta()) for duration in durations)  # clocks differ by milliseconds
    if not ordered:
        return Spread(None, None)
    middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    return Spread(_hours(middle), _hours(ordered[-(-len(ordered) * 9 // 10) - 1]))


def _is_soon(accepted_at: datetime | None, at: datetime) -> bool:
    return accepted_at is not None and at <= accepted_at <= at + timedelta(days=WINDOW_DAYS)


def _cohort(month: date, found: Sequence[Offer]) -> Cohort:
    won = [offer for offer in found if offer.accepted_at is not None]
    return Cohort(
        month,
        len(found),
        len(won),
        Cents(sum(offer.net for offer in found)),
        Cents(sum(offer.net for offer in won)),
    )


def _hours(duration: timedelta) -> Decimal:
    return (Decimal(duration // timedelta(seconds=1)) / 3600).quantize(_TENTH, rounding=ROUND_HALF_UP)


def _percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(100) * part / whole).quantize(_TENTH, rounding=ROUND_HALF_UP) if whole else None
