"""What is told at once because something happened: to the customer what he is owed, to the seller what he must know.

Each is one mail and no reminder: it leaves at any hour, and once, because its step is claimed like any other's.
[Q-04, W-02, W-05, PF-13]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from relance.domain.quote import Quote, QuoteStatus
from relance.domain.reminder.run import Alert, Asked
from relance.domain.reminder.scenario import (
    ACCEPTED_COPY,
    ACCEPTED_NEWS,
    ALERT_NEWS,
    QUESTION_NEWS,
    REFUSED_NEWS,
    WITHDRAWAL_RECEIPT,
    WITHDRAWN_NEWS,
)


@dataclass(frozen=True, slots=True)
class Telling:
    """One mail: its step, its template, and who is told. `anyway`: even if the customer's address refused mails."""

    step: str
    template: str
    to_seller: bool = False
    anyway: bool = True


_COPY: Final = Telling(ACCEPTED_COPY, "quote_accepted_copy", anyway=False)
_OF_STATUS: Final = {
    QuoteStatus.ACCEPTED: (_COPY, Telling(ACCEPTED_NEWS, "quote_accepted_news", to_seller=True)),
    QuoteStatus.REFUSED: (Telling(REFUSED_NEWS, "quote_refused_news", to_seller=True),),
    QuoteStatus.WITHDRAWN: (
        Telling(WITHDRAWAL_RECEIPT, "quote_withdrawal_receipt"),  # the consumer gave the address for it
        Telling(WITHDRAWN_NEWS, "quote_withdrawn_news", to_seller=True),
    ),
}


def of_quote(quote: Quote) -> tuple[Telling, ...]:
    """What the answer to a quote makes us tell."""
    return _OF_STATUS.get(quote.status, ())


def of_questions(kind: str, asked: Sequence[Asked]) -> tuple[Telling, ...]:
    """One mail to the seller for each question."""
    return tuple(Telling(QUESTION_NEWS + one.id, f"{kind}_question_news", to_seller=True) for one in asked)


def of_alerts(kind: str, alerts: Sequence[Alert]) -> tuple[Telling, ...]:
    """One mail to the seller for each time that his customer was noticed to look. [KB-03, KB-04]"""
    return tuple(Telling(ALERT_NEWS + one.id, f"{kind}_{one.kind}_news", to_seller=True) for one in alerts)
