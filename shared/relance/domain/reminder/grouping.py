"""One mail for all that a customer owes: his overdue invoices are asked for together, in the firmest of their tones.

Pure, and the same for a mail that leaves and for one that is foreseen: so the calendar that is shown beforehand and
what is sent agree. What somebody approved goes with the others as what leaves by itself does: the queue shows it so. A
formal notice speaks of its own invoice alone, and so does a mail that somebody edited or asked for by hand. [DR-05]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from relance.domain.calendar_fr import civil_date
from relance.domain.reminder.claim import Claim
from relance.domain.reminder.decide import Around, Send, decide
from relance.domain.reminder.facts import Facts
from relance.domain.reminder.scenario import FORMAL_LEVEL, Anchor, DocumentKind, Scenario

MAX_JOINED: Final = 20  # each adds three writes to the transaction of the claim, which takes a hundred


@dataclass(frozen=True, slots=True)
class Case:
    """All that is decided from, for one document; `document_id` tells it from the customer's others."""

    document_id: str
    facts: Facts
    scenario: Scenario
    claims: Mapping[str, Claim]
    around: Around

    @property
    def step_ids(self) -> frozenset[str]:
        """The steps of its scenario: what else is told of a document is no reminder."""
        return frozenset(step.id for step in self.scenario.steps)


@dataclass(frozen=True, slots=True)
class Joined:
    """A step of another document whose turn has come too, and which the same mail carries out."""

    document_id: str
    step: str
    level: int


@dataclass(frozen=True, slots=True)
class Together:
    """What one mail says: `template` and `level` are the firmest, `joined` what it carries out beside its own step,
    `owed` the ids of every overdue invoice that it lists, its own among them, the one due first at the head."""

    template: str
    level: int
    joined: tuple[Joined, ...] = ()
    owed: tuple[str, ...] = ()


def together(lead: Case, send: Send, others: Sequence[Case], now: datetime) -> Together:
    """What the mail of `send`, about `lead`, says of the customer's `others`."""
    alone = Together(send.template, send.level)
    if not may_lead(lead, send, now):
        return alone
    overdue = sorted((case for case in others if _may_group(case, now)), key=_age)[: MAX_JOINED - 1]
    if not overdue:
        return alone
    voices = [(send.level, send.template)]
    joined: list[Joined] = []
    for case in overdue:
        # His letter box would tell each to wait for the other: what matters is whether its own turn has come.
        own = decide(case.facts, case.scenario, case.claims, now, replace(case.around, letters=None))
        if isinstance(own, Send) and _is_ordinary(case, own):
            joined.append(Joined(case.document_id, own.step, own.level))
            voices.append((own.level, own.template))
    level, template = max(voices, key=lambda voice: voice[0])
    owed = [case.document_id for case in sorted((lead, *overdue), key=_age)]
    return Together(template, level, tuple(joined), tuple(owed))


def may_lead(lead: Case, send: Send, now: datetime) -> bool:
    """Whether that mail may speak of more than its invoice: an ordinary step of its scenario, about an overdue one."""
    return _is_ordinary(lead, send) and _may_group(lead, now)


def _is_ordinary(case: Case, send: Send) -> bool:
    """A step of its scenario that is no formal notice; approved or not, in the template's words."""
    is_edited = send.proposal is not None and send.proposal.is_edited
    return send.step in case.step_ids and send.level < FORMAL_LEVEL and not is_edited


def _may_group(case: Case, now: datetime) -> bool:
    """Whether an invoice is overdue, asked for at all now, and not alone by its scenario's wish."""
    facts = case.facts
    return (
        facts.kind is DocumentKind.INVOICE
        and case.scenario.guards.is_grouped
        and not facts.closed
        and not facts.paused
        and not facts.holds
        and not case.around.policy.is_excluded
        and facts.at_stake >= case.scenario.guards.tolerance
        and facts.anchors[Anchor.DUE] < civil_date(now)
    )


def _age(case: Case) -> tuple[date, str]:
    return (case.facts.anchors[Anchor.DUE], case.document_id)
