"""How long things are kept, purges and erasures on the wire; and the task of carrying them out. [K-01…K-07]"""

from datetime import date, datetime

import msgspec

from relance.contracts.parse import Body
from relance.domain.purge import Purge, PurgePlan
from relance.domain.retention import Place, Retention, RetentionRule, Work


class RetentionRuleView(msgspec.Struct, frozen=True):
    """One rule in force: what it is about, how long from which moment, by which text, since when.

    `duty`: `keep` (not less), `forget` (not more) or `locate`. `starts`: the moment from which it runs. `years` and
    `months` are 0 where no duration runs. `lock_years`: what the archive locks each object for.
    """

    id: str
    duty: str
    subject: str
    starts: str
    years: int
    months: int
    text: str
    source: str
    valid_from: date
    lock_years: int


class PlaceView(msgspec.Struct, frozen=True):
    """Where documents are stored, to be declared (LPF L102 C). `is_known`: the data says that it may. [K-05]"""

    region: str
    country: str
    city: str
    is_known: bool
    text: str


class RetentionView(msgspec.Struct, frozen=True):
    """The rules in force today, and the place of storage."""

    on: date
    rules: tuple[RetentionRuleView, ...]
    storage: PlaceView


class PurgeBody(Body, frozen=True, kw_only=True):
    """Which accounting year to purge the live journal up to: the day on which it ends."""

    fiscal_year_end: date


class ConditionView(msgspec.Struct, frozen=True):
    """One thing that a purge wants: whether it is met, and if not how to mend it."""

    name: str
    is_met: bool
    text: str


class PurgePlanView(msgspec.Struct, frozen=True):
    """What would go, or went, for the accounting years up to `fiscal_year_end`.

    `state`: `refused` (a condition is not met), `possible`, `under_way` or `done`. `lines` of the events `first_seq` to
    `last_seq` go; `kept` closings among them stay. The archive keeps all of them.
    """

    fiscal_year_end: date
    state: str
    first_seq: int
    last_seq: int
    lines: int
    kept: int
    conditions: tuple[ConditionView, ...]


class PurgeView(msgspec.Struct, frozen=True):
    """A purge that was ordered: `under_way` or `done`.

    `last_hash` is the hash of event `last_seq`. The checkpoint of `checkpoint_size` events, of SHA-256
    `checkpoint_sha256`, covers it, and was stamped on `stamped_on` by the token of SHA-256 `stamp_sha256`.
    """

    fiscal_year_end: date
    state: str
    first_seq: int
    last_seq: int
    lines: int
    kept: int
    last_hash: str
    checkpoint_size: int
    checkpoint_sha256: str
    stamp_sha256: str
    stamped_on: date | None
    at: datetime
    by: str
    done_at: datetime | None


class PurgePage(msgspec.Struct, frozen=True):
    """Purges, the latest accounting year first."""

    items: tuple[PurgeView, ...]
    cursor: str | None


class RetentionTask(msgspec.Struct, frozen=True):
    """What the function that lets go is asked: a purge (`id`: its accounting year) or an erasure (the customer)."""

    tenant: str
    work: Work
    id: str


def encode(task: RetentionTask) -> bytes:
    """The payload of a direct, asynchronous invocation."""
    return msgspec.json.encode(task)


def place_view(place: Place) -> PlaceView:
    """Where documents are stored."""
    return PlaceView(place.region, place.country, place.city, place.is_known, place.text)


def rule_view(rule: RetentionRule) -> RetentionRuleView:
    """One rule."""
    return RetentionRuleView(
        id=rule.id,
        duty=rule.duty.value,
        subject=rule.subject,
        starts=rule.starts.value,
        years=rule.years,
        months=rule.months,
        text=rule.text,
        source=rule.source,
        valid_from=rule.valid_from,
        lock_years=rule.lock_years,
    )


def retention_view(retention: Retention, place: Place, on: date) -> RetentionView:
    """The rules in force on a day."""
    return RetentionView(on, tuple(map(rule_view, retention.in_force(on))), place_view(place))


def purge_view(purge: Purge) -> PurgeView:
    """A purge, under way or done."""
    return PurgeView(
        fiscal_year_end=purge.fiscal_year_end,
        state=_state(purge),
        first_seq=purge.first_seq,
        last_seq=purge.last_seq,
        lines=purge.lines,
        kept=purge.last_seq - purge.first_seq + 1 - purge.lines,
        last_hash=purge.last_hash,
        checkpoint_size=purge.checkpoint_size,
        checkpoint_sha256=purge.checkpoint_sha256,
        stamp_sha256=purge.stamp_sha256,
        stamped_on=purge.stamped_on,
        at=purge.at,
        by=purge.by,
        done_at=purge.done_at,
    )


def done_view(purge: Purge) -> PurgePlanView:
    """What went, or is going, in the form of what would."""
    kept = purge.last_seq - purge.first_seq + 1 - purge.lines
    span = (purge.first_seq, purge.last_seq, purge.lines, kept)
    return PurgePlanView(purge.fiscal_year_end, _state(purge), *span, ())


def plan_view(plan: PurgePlan) -> PurgePlanView:
    """What would go."""
    conditions = tuple(ConditionView(one.name, one.is_met, one.text) for one in plan.conditions)
    state = "possible" if plan.purge else "refused"
    span = (plan.first_seq, plan.last_seq, plan.lines, plan.kept)
    return PurgePlanView(plan.fiscal_year_end, state, *span, conditions)


def _state(purge: Purge) -> str:
    return "under_way" if purge.is_open else "done"
