"""How quotes fare, on the wire. [M-01, M-02, M-03, M-08]"""

from datetime import date

import msgspec

from relance.contracts.fields import amount_text, ratio_text
from relance.domain.quote_figures import QuoteFigures, Spread


class CohortView(msgspec.Struct, frozen=True, kw_only=True):
    """The quotes first sent in one month; values HT, as offered."""

    month: date
    sent: int
    accepted: int
    sent_net: str
    accepted_net: str
    by_count_percent: str | None
    by_value_percent: str | None


class SpreadView(msgspec.Struct, frozen=True):
    """The middle of durations and the slowest tenth, in hours."""

    median_hours: str | None
    p90_hours: str | None


class QuoteStepView(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a scenario: reminders that left, quotes accepted within seven days of them."""

    step: str
    sent: int
    accepted: int
    rate_percent: str | None


class QuoteReport(msgspec.Struct, frozen=True, kw_only=True):
    """How quotes fare; `accepting` is from the first sending on, `drafting` from the draft to it."""

    first: date
    last: date
    cohorts: tuple[CohortView, ...]
    accepting: SpreadView
    drafting: SpreadView
    steps: tuple[QuoteStepView, ...]


def quote_report(found: QuoteFigures, first: date, last: date) -> QuoteReport:
    """Quotes as they are told."""
    return QuoteReport(
        first=first,
        last=last,
        cohorts=tuple(
            CohortView(
                month=row.month,
                sent=row.sent,
                accepted=row.accepted,
                sent_net=amount_text(row.sent_net),
                accepted_net=amount_text(row.accepted_net),
                by_count_percent=ratio_text(row.by_count),
                by_value_percent=ratio_text(row.by_value),
            )
            for row in found.cohorts
        ),
        accepting=_spread(found.accepting),
        drafting=_spread(found.drafting),
        steps=tuple(
            QuoteStepView(step=row.step, sent=row.sent, accepted=row.accepted, rate_percent=ratio_text(row.rate))
            for row in found.steps
        ),
    )


def _spread(found: Spread) -> SpreadView:
    return SpreadView(ratio_text(found.median_h), ratio_text(found.p90_h))
