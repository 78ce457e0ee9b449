"""Erasing a prospect on the wire: what forbids it, when it is due, how far it is. [K-07, Q-10]"""

from datetime import date, datetime

import msgspec

from relance.contracts.parse import Body
from relance.contracts.retention import PlaceView, RetentionRuleView, place_view, rule_view
from relance.domain.erasure import DuePractice, Erasure, ErasureState, Kept, Prospect, RetentionSettings
from relance.domain.retention import Place, Retention


class KeptView(msgspec.Struct, frozen=True):
    """A document that must be kept: at least until the end of that day, by which rule and text."""

    kind: str
    number: str
    until: date
    rule: str
    source: str
    sentence: str


class ErasureView(msgspec.Struct, frozen=True):
    """An erasure: `proposed` (due, a person decides), `asked` (under way), `stopped` (`why`) or `done`.

    `reason`: `request` or `retention`. `quotes` were removed so far. It names the customer by his id alone.
    """

    customer_id: str
    state: str
    reason: str
    at: datetime
    by: str
    last_contact_on: date | None
    due_on: date | None
    quotes: int
    why: str
    done_at: datetime | None


class ProspectView(msgspec.Struct, frozen=True):
    """Whether a customer may be erased (`is_erasable`), what must be kept if not, and on which day it is due.

    `erasure`: what was proposed or asked already, null when nothing was.
    """

    customer_id: str
    is_erasable: bool
    kept: tuple[KeptView, ...]
    last_contact_on: date | None
    due_on: date | None
    erasure: ErasureView | None


class ErasurePage(msgspec.Struct, frozen=True):
    """What is proposed, under way, stopped and done."""

    items: tuple[ErasureView, ...]
    cursor: str | None


class RetentionSettingsBody(Body, frozen=True, kw_only=True):
    """What the night does with prospects whose time is over: `propose` to a person, or `carry_out`."""

    prospects: DuePractice


class RetentionSettingsView(msgspec.Struct, frozen=True):
    """What the company chose, `text` says it in words; and beside it what nobody chooses: how long a prospect may be
    kept (`prospects_rule`, dated data), and where documents are stored (`storage`). [K-05, K-07]
    """

    prospects: DuePractice
    text: str
    prospects_rule: RetentionRuleView
    storage: PlaceView


def kept_view(kept: Kept) -> KeptView:
    """A document that must be kept."""
    return KeptView(kept.kind, kept.number, kept.until, kept.rule.id, kept.rule.source, kept.sentence)


def erasure_view(erasure: Erasure) -> ErasureView:
    """How far an erasure is."""
    return ErasureView(
        customer_id=erasure.id,
        state=erasure.state.value,
        reason=erasure.reason.value,
        at=erasure.at,
        by=erasure.by,
        last_contact_on=erasure.last_contact_on,
        due_on=erasure.due_on,
        quotes=erasure.quotes,
        why=erasure.why,
        done_at=erasure.done_at,
    )


def prospect_view(found: Prospect) -> ProspectView:
    """How things stand for one customer."""
    gone = found.erasure is not None and found.erasure.state is ErasureState.DONE
    return ProspectView(
        customer_id=found.customer_id,
        is_erasable=not found.kept and not gone,
        kept=tuple(map(kept_view, found.kept)),
        last_contact_on=found.last_contact_on,
        due_on=found.due_on,
        erasure=erasure_view(found.erasure) if found.erasure else None,
    )


def settings_view(chosen: RetentionSettings, retention: Retention, place: Place, on: date) -> RetentionSettingsView:
    """What the company chose, and the rule in force on that day. Raises NotFound on a gap in the data."""
    rule = retention.rule("K-07", on)
    kept = f"Un prospect se conserve {rule.text}."
    text = (
        f"{kept} Chaque nuit, ceux dont le délai est écoulé sont effacés."
        if chosen.prospects is DuePractice.CARRY_OUT
        else f"{kept} Chaque nuit, l’effacement de ceux dont le délai est écoulé est proposé."
    )
    return RetentionSettingsView(chosen.prospects, text, rule_view(rule), place_view(place))
