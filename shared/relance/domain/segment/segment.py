"""A smart query that enrols documents into a scenario: each night, those that match it and did not the night before.

Dynamic: the filter is asked anew each night. Static: the list was frozen when it was saved. [SQ-01…SQ-06]
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from relance.domain.errors import Fault
from relance.domain.ids import TenantId
from relance.domain.reminder.scenario import DocumentKind
from relance.domain.segment.checks import filter_faults
from relance.domain.segment.filter import Filter, Op, all_of, where

MAX_NAME: Final = 120
MAX_CAP: Final = 1_000
MAX_AGAIN_DAYS: Final = 1_000
MAX_LISTED: Final = 2_000  # documents of a frozen list: they are stored in it


class Reentry(StrEnum):
    """How often somebody may enter: a customer once, a document once, or a document again after some days. [SQ-05]"""

    ONCE_EVER = "once_ever"
    ONCE_PER_DOCUMENT = "once_per_document"
    AGAIN_AFTER = "again_after"


class Existing(StrEnum):
    """What becomes of those that match already when it is activated. [SQ-03]"""

    IGNORE = "ignore"
    ENROL = "enrol"


class SegmentState(StrEnum):
    """Only an active one is looked at by night."""

    INACTIVE = "inactive"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Plan:
    """What its author writes. `scenario` by name (its newest version on the night of the entry) or `name@version`.

    `cap` is the most that enter in one night; the rest enters the next ones. `stop_when_leaves`: reminders of a
    document that entered are suspended once it does not match any more. [SQ-04, SQ-06]
    """

    name: str
    kind: DocumentKind
    filter: Filter
    scenario: str
    is_static: bool = False
    reentry: Reentry = Reentry.ONCE_PER_DOCUMENT
    again_after_days: int = 0
    cap: int = 50
    stop_when_leaves: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """A stored query. `documents` are the frozen list of a static one, in the order of their ids."""

    tenant: TenantId
    id: str
    rev: int
    created_at: datetime
    updated_at: datetime
    plan: Plan
    state: SegmentState = SegmentState.INACTIVE
    documents: tuple[str, ...] = field(default=())
    activated_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether a night must look at it."""
        return self.state is SegmentState.ACTIVE


def plan_faults(plan: Plan) -> Iterator[Fault]:
    """Everything that is wrong with what its author wrote, but for the scenario, which is looked up."""
    if not plan.name.strip() or len(plan.name) > MAX_NAME:
        yield Fault("/name", f"Donnez à la requête un nom d’au plus {MAX_NAME} caractères.", "name")
    yield from filter_faults(plan.filter, plan.kind, "/filter")
    if not 1 <= plan.cap <= MAX_CAP:
        yield Fault("/cap", f"De 1 à {MAX_CAP} documents par nuit.", "cap")
    is_again = plan.reentry is Reentry.AGAIN_AFTER
    if is_again and not 1 <= plan.again_after_days <= MAX_AGAIN_DAYS:
        message = f"Dites après combien de jours un document peut entrer de nouveau : de 1 à {MAX_AGAIN_DAYS}."
        yield Fault("/again_after_days", message, "again_after_days")
    if not is_again and plan.again_after_days:
        yield Fault("/again_after_days", "Ne vaut qu’avec reentry = again_after : mettez 0.", "again_after_days")


PENDING_QUOTES: Final = Plan(
    name="Relance devis en cours",
    kind=DocumentKind.QUOTE,
    filter=all_of(
        where("is_last_quote", Op.IS, True),
        where("sent_on", Op.BEFORE, "today"),
        where("has_result", Op.IS, False),
    ),
    scenario="standard.quote",
)
"""The query that everybody starts with: the last quote was sent before today, and nothing came of it. [KB-09, SQ-07]"""
