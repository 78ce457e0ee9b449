"""What opens add up to: three numbers over those who agreed, and never one « open rate ». [M-04, M-05, M-06]

A person is seldom told from a program, images are often blocked, and who did not agree is not followed at all: a single
rate would be invented. So each mail sent to somebody who agreed is in one of three places, by the best that is known of
it: a person probably saw it, a mail service loaded it, or nothing is known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from statistics import median

from relance.domain.tracking.opens import OpenClass
from relance.domain.tracking.signals import Signal


class Best(StrEnum):
    """The best that is known of one mail."""

    HUMAN_PROBABLE = "human_probable"
    PROXY = "proxy"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MailRecord:
    """One mail to a customer: what became of it, and whether he had agreed to be followed when it left."""

    delivered: bool
    bounced: bool
    complained: bool
    consented: bool
    best: Best = Best.UNKNOWN


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of mails. The three of `followed` add up to it; delivered and bounced are over all that were sent."""

    sent: int
    delivered: int
    bounced: int
    complained: int
    followed: int
    human_probable: int
    proxy: int
    unknown: int


def best_of(signals: Iterable[Signal]) -> Best:
    """The best that the (reconsidered) signals of one mail say. The seller and robots say nothing of the reader."""
    classes = {signal.verdict.open_class for signal in signals}
    if OpenClass.HUMAN_PROBABLE in classes:
        return Best.HUMAN_PROBABLE
    return Best.PROXY if any(one.is_proxy for one in classes) else Best.UNKNOWN


def figures(mails: Sequence[MailRecord]) -> Figures:
    """The counts."""
    followed = [mail for mail in mails if mail.consented]
    return Figures(
        sent=len(mails),
        delivered=sum(mail.delivered for mail in mails),
        bounced=sum(mail.bounced for mail in mails),
        complained=sum(mail.complained for mail in mails),
        followed=len(followed),
        human_probable=sum(mail.best is Best.HUMAN_PROBABLE for mail in followed),
        proxy=sum(mail.best is Best.PROXY for mail in followed),
        unknown=sum(mail.best is Best.UNKNOWN for mail in followed),
    )


def median_of(delays: Sequence[timedelta]) -> timedelta | None:
    """The middle one, to the second; None of none. [M-04]"""
    return timedelta(seconds=round(median(delay.total_seconds() for delay in delays))) if delays else None
