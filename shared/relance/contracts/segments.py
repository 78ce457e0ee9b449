"""Smart queries on the wire. [SQ-01…SQ-07]"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated

import msgspec

from relance.contracts.fields import RequiredText, Text, Word, amount_text, one_line
from relance.contracts.parse import Body
from relance.domain.errors import Fault
from relance.domain.money import Cents
from relance.domain.quote import Quote
from relance.domain.reminder.scenario import DocumentKind
from relance.domain.segment.fields import FIELDS, OPS
from relance.domain.segment.filter import Filter, Op
from relance.domain.segment.membership import Night
from relance.domain.segment.segment import (
    PENDING_QUOTES,
    Existing,
    Plan,
    Reentry,
    Segment,
    SegmentState,
    plan_faults,
)
from relance.domain.segment.subject import Subject

Words = Annotated[tuple[Text, ...], msgspec.Meta(max_length=50)]


class FilterBody(Body, frozen=True):
    """A node of a filter: `all`, `any` or `not` with branches in `of`, or a comparison of `field` with `value`.

    Days are `2026-11-22`, `today`, `today-7`; amounts `"1234.50"`; `in` takes a list. `GET /v1/segments` tells the
    fields, and what each may be compared with.
    """

    op: Op
    of: "Annotated[tuple[FilterBody, ...], msgspec.Meta(max_length=50)]" = ()
    field: Word = ""
    value: Text | int | bool | Words = ""


class SegmentBody(Body, frozen=True, kw_only=True):
    """A query, and what it does with the documents that enter it: `scenario` is what they follow from then on.

    `static`: the list is frozen now. `reentry`: how often one may enter. `cap`: the most in one night, the rest the
    next. `stop_when_leaves`: who does not match any more is not reminded any more.
    """

    name: RequiredText
    kind: DocumentKind
    filter: FilterBody
    scenario: Word
    static: bool = False
    reentry: Reentry = Reentry.ONCE_PER_DOCUMENT
    again_after_days: int = 0
    cap: int = 50
    stop_when_leaves: bool = False

    def faults(self) -> Iterable[Fault]:
        """What the domain says of it."""
        return plan_faults(to_plan(self))


class ActivationBody(Body, frozen=True):
    """What becomes of the documents that match already: nothing, or they enter from the next night on."""

    existing: Existing = Existing.IGNORE


class NightView(msgspec.Struct, frozen=True, kw_only=True):
    """The last night: its date in Paris, what it did, and the last one in which nothing failed."""

    on: date
    entered: int
    left: int
    waiting: int
    failed: int
    good: date | None
    ended_at: datetime | None


class PlanView(msgspec.Struct, frozen=True, kw_only=True):
    """What its author wrote."""

    name: str
    kind: DocumentKind
    filter: FilterBody
    scenario: str
    static: bool
    reentry: Reentry
    again_after_days: int
    cap: int
    stop_when_leaves: bool


class QueryView(msgspec.Struct, frozen=True, kw_only=True):
    """A query, with the version that `If-Match` wants. `documents`: how many are in a frozen list."""

    id: str
    rev: int
    state: SegmentState
    created_at: datetime
    updated_at: datetime
    activated_at: datetime | None
    plan: PlanView
    documents: int
    night: NightView | None


class FieldView(msgspec.Struct, frozen=True, kw_only=True):
    """A field that filters may ask about: its name in French, for which documents, its operators and its choices."""

    field: str
    label: str
    kinds: tuple[DocumentKind, ...]
    ops: tuple[Op, ...]
    choices: tuple[str, ...]


class SegmentPage(msgspec.Struct, frozen=True, kw_only=True):
    """Queries, newest first; on the first page also one to begin with, and what filters may ask."""

    items: tuple[QueryView, ...]
    cursor: str | None
    examples: tuple[PlanView, ...] = ()
    fields: tuple[FieldView, ...] = ()


class SampleView(msgspec.Struct, frozen=True, kw_only=True):
    """One document that a query finds."""

    document_id: str
    number: str
    customer_id: str
    subject: str
    amount: str
    sent_at: datetime | None


class TrialView(msgspec.Struct, frozen=True, kw_only=True):
    """What a query finds now, the newest twenty of it, and how many would enter in one night. Nothing was written."""

    count: int
    samples: tuple[SampleView, ...]
    entering: int


def to_plan(body: SegmentBody) -> Plan:
    """What the domain knows."""
    return Plan(
        name=one_line(body.name),
        kind=body.kind,
        filter=_to_filter(body.filter),
        scenario=body.scenario.strip(),
        is_static=body.static,
        reentry=body.reentry,
        again_after_days=body.again_after_days,
        cap=body.cap,
        stop_when_leaves=body.stop_when_leaves,
    )


def segment_view(segment: Segment, night: Night | None = None) -> QueryView:
    """A query as it is told."""
    return QueryView(
        id=segment.id,
        rev=segment.rev,
        state=segment.state,
        created_at=segment.created_at,
        updated_at=segment.updated_at,
        activated_at=segment.activated_at,
        plan=_plan_view(segment.plan),
        documents=len(segment.documents),
        night=None if night is None else _night_view(night),
    )


def segment_page(items: Iterable[Segment], cursor: str | None, *, is_first: bool) -> SegmentPage:
    """A slice of the listing."""
    return SegmentPage(
        items=tuple(segment_view(segment) for segment in items),
        cursor=cursor,
        examples=(_plan_view(PENDING_QUOTES),) if is_first else (),
        fields=_fields() if is_first else (),
    )


def trial_view(count: int, samples: Iterable[Subject], entering: int) -> TrialView:
    """What a query finds, as it is told."""
    return TrialView(count=count, samples=tuple(_sample(subject) for subject in samples), entering=entering)


def _to_filter(body: FilterBody) -> Filter:
    return Filter(body.op, tuple(_to_filter(branch) for branch in body.of), body.field, body.value)


def _filter_body(filter: Filter) -> FilterBody:
    return FilterBody(filter.op, tuple(_filter_body(branch) for branch in filter.of), filter.field, filter.value)


def _plan_view(plan: Plan) -> PlanView:
    return PlanView(
        name=plan.name,
        kind=plan.kind,
        filter=_filter_body(plan.filter),
        scenario=plan.scenario,
        static=plan.is_static,
        reentry=plan.reentry,
        again_after_days=plan.again_after_days,
        cap=plan.cap,
        stop_when_leaves=plan.stop_when_leaves,
    )


def _night_view(night: Night) -> NightView:
    return NightView(
        on=night.on,
        entered=night.entered,
        left=night.left,
        waiting=night.waiting,
        failed=night.failed,
        good=night.good,
        ended_at=night.ended_at,
    )


def _fields() -> tuple[FieldView, ...]:
    return tuple(
        FieldView(field=name, label=one.label, kinds=tuple(sorted(one.kinds)), ops=OPS[one.sort], choices=one.choices)
        for name, one in FIELDS.items()
    )


def _sample(subject: Subject) -> SampleView:
    document = subject.document
    if isinstance(document, Quote):
        amount, sent_at = document.agreed.totals.gross if document.agreed else Cents(0), document.sent_at
    else:
        amount, sent_at = document.due, document.issued_at
    return SampleView(
        document_id=document.id,
        number=document.number,
        customer_id=document.customer_id,
        subject=document.draft.subject,
        amount=amount_text(amount),
        sent_at=sent_at,
    )
