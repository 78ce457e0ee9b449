"""What may we notice of a mail's opening? Asked twice: when the mail is written, and again when its pixel is fetched.

Reading a terminal needs prior, specific consent, for businesses too; withdrawing it also covers mails already sent. One
exemption matters here: measuring deliverability of what the recipient asked for (his invoice, the mails of his order),
kept to the day of the last known open. After a refusal nobody asks again for a while, which is dated data. Loi
Informatique et Libertés art. 82, CNIL délibération 2026-042 of 12 March 2026, checked 2026-11. [T-01, T-02, T-03]
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from relance.domain.calendar_fr import civil_date
from relance.domain.party import Consent, Customer, TrackingConsent

MAX_PAST: Final = 50  # choices of one contact that are kept; the oldest go first

_STANDING: Final = frozenset({TrackingConsent.CONSENTED, TrackingConsent.DELIVERABILITY})
_ANSWERED_NO: Final = frozenset({TrackingConsent.REFUSED, TrackingConsent.WITHDRAWN})


class Scope(StrEnum):
    """How much of an open may be kept: nothing, the day of the last one, or each with its class."""

    NOTHING = "nothing"
    LAST_DAY = "last_day"
    EVENTS = "events"


_WIDTH: Final = {Scope.NOTHING: 0, Scope.LAST_DAY: 1, Scope.EVENTS: 2}


@dataclass(frozen=True, slots=True)
class SilenceRule:
    """From `valid_from` on, nobody asks again within `months` of a refusal."""

    months: int
    source: str
    valid_from: date
    valid_to: date | None = None


def scope_of(consent: Consent, *, is_service: bool) -> Scope:
    """What this consent allows for a mail; `is_service`: an invoice being delivered, or a mail of an accepted order."""
    match consent.tracking:
        case TrackingConsent.CONSENTED:
            return Scope.EVENTS
        case TrackingConsent.DELIVERABILITY if is_service:
            return Scope.LAST_DAY
        case _:
            return Scope.NOTHING


def scope_at_hit(promised: Scope, consent: Consent, *, is_service: bool) -> Scope:
    """What may be kept of a hit that comes now: never more than its mail promised, nor than is allowed today. [T-03]"""
    return min(promised, scope_of(consent, is_service=is_service), key=_WIDTH.__getitem__)


def may_be_followed(consent: Consent) -> bool:
    """Whether there is anything to withdraw."""
    return consent.tracking in _STANDING


def recorded(customer: Customer, choice: Consent, at: datetime) -> Customer:
    """The customer with that choice, and what it was before beside it; the very same one when nothing changes.

    Withdrawing what was never given changes nothing. The text once agreed to stays beside the withdrawal: together they
    prove both.
    """
    was = customer.consent
    if choice.tracking is TrackingConsent.WITHDRAWN:
        if not may_be_followed(was):
            return customer
        choice = replace(choice, text_version=choice.text_version or was.text_version)
    if choice == was:
        return customer
    past = (*customer.past_consents, was) if was != Consent() else customer.past_consents
    return replace(customer, rev=customer.rev + 1, updated_at=at, consent=choice, past_consents=past[-MAX_PAST:])


def withdraw(customer: Customer, at: datetime, source: str) -> Customer:
    """The customer with consent withdrawn; the very same one when there is none to withdraw."""
    return recorded(customer, Consent(TrackingConsent.WITHDRAWN, at, source), at)


def ask_again_from(consent: Consent, rules: Sequence[SilenceRule]) -> date | None:
    """The first day on which this contact may be asked again; None when he never said no.

    The rule is the one in force on the day of the refusal, or the oldest one known when that was before them all.
    """
    if consent.tracking not in _ANSWERED_NO or consent.at is None or not rules:
        return None
    day = civil_date(consent.at)
    in_force = [rule for rule in rules if rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to)]
    rule = in_force[0] if in_force else min(rules, key=lambda one: one.valid_from)
    return _later(day, rule.months)


def _later(day: date, months: int) -> date:
    """The same day of the month that many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
