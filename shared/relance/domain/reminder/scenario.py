"""A reminder scenario: which mails follow a document, as immutable versioned data.

A version never changes once published; an edit is a new version, and a run goes on with the one that it started with.
Some mails belong to every run and to no scenario, because they are no reminders: the document itself (`DELIVERY`), and
what is told at once because something happened (`tellings`). [E.1, Q-04]
"""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Final

from relance.domain.ids import TenantId

DELIVERY: Final = "delivery"
ACCEPTED_COPY: Final = "accepted_copy"
WITHDRAWAL_RECEIPT: Final = "withdrawal_receipt"
ACCEPTED_NEWS: Final = "accepted_news"
REFUSED_NEWS: Final = "refused_news"
WITHDRAWN_NEWS: Final = "withdrawn_news"
OWN_STEPS: Final = (DELIVERY, ACCEPTED_COPY, WITHDRAWAL_RECEIPT, ACCEPTED_NEWS, REFUSED_NEWS, WITHDRAWN_NEWS)
QUESTION_NEWS: Final = "question_"  # and the question's id
ALERT_NEWS: Final = "alert_"  # and its kind and day
DIRECT: Final = "direct_"  # and a number: a reminder sent by hand (relance directe), step of no scenario
AGAIN: Final = "again_"  # and a number, and the step of a mail that may be lost, which a person sends once more
RESERVED: Final = (QUESTION_NEWS, ALERT_NEWS, DIRECT, AGAIN)


def again(step: str, n: int) -> str:
    """The step of the mail of `step`, sent once more for the `n`-th time."""
    return f"{AGAIN}{n}_{origin(step)}"


def origin(step: str) -> str:
    """Which mail a step is of: that of `delivery` is still the delivery when it is sent once more."""
    return step.removeprefix(AGAIN).partition("_")[2] if step.startswith(AGAIN) else step


def is_own(step: str) -> bool:
    """Whether it belongs to every run and to no scenario: the document, or what something made us tell."""
    return origin(step) in OWN_STEPS or is_to_seller(step)


def is_to_seller(step: str) -> bool:
    """Whether the mail of that step goes to the seller: it is no news of the customer's address, nor a mail to him."""
    first = origin(step)
    return first in (ACCEPTED_NEWS, REFUSED_NEWS, WITHDRAWN_NEWS) or first.startswith((QUESTION_NEWS, ALERT_NEWS))


class DocumentKind(StrEnum):
    """What a scenario follows."""

    QUOTE = "quote"
    INVOICE = "invoice"


class Audience(StrEnum):
    """Whom a scenario may be used for: consumers are asked for no fee and in softer words. [DU-01]"""

    ANY = "any"
    BUSINESS = "business"
    CONSUMER = "consumer"


class Anchor(StrEnum):
    """The civil date (Europe/Paris) that a step counts its days from.

    `first_view` is no date until the page was seen; `previous` is the day of the step before: the one on which it was
    carried out, or is meant to be.
    """

    SENT = "sent"
    FIRST_VIEW = "first_view"
    EXPIRY = "expiry"
    DUE = "due"
    PREVIOUS = "previous"


class Condition(StrEnum):
    """What must still be true of the live facts when the mail leaves."""

    NOT_VIEWED = "not_viewed"
    VIEWED = "viewed"
    UNANSWERED = "unanswered"
    UNPAID = "unpaid"


class Action(StrEnum):
    """What a step does: write to the customer (a mail, a letter to post), or tell the seller's side of it."""

    EMAIL = "email"
    LETTER = "letter"
    TASK = "task"
    WEBHOOK = "webhook"

    @property
    def is_internal(self) -> bool:
        """Whether the customer hears nothing of it: hours, gaps and limits do not matter."""
        return self in (Action.TASK, Action.WEBHOOK)


class Approval(StrEnum):
    """Who decides that a reminder leaves: the clock, one click on a prepared one (déléguer), or whoever reads it."""

    AUTO = "auto"
    DELEGATE = "delegate"
    MANUAL = "manual"


class Enclosed(StrEnum):
    """What goes with a mail."""

    PDF = "pdf"
    STATEMENT = "statement"  # what the customer owes in all (relevé de compte)


FORMAL_LEVEL: Final = 4  # mise en demeure: a person always decides [DR-09, DU-05]


@dataclass(frozen=True, slots=True)
class Step:
    """One action: `offset_days` after the anchor (before it when negative), at `hour` in Paris, while `condition` holds
    and at least `min_amount` (cents) is at stake.

    `template` names the text; `level` its tone, 0 (courtesy) to 5 (the last word). `title` is what a task asks for.
    """

    id: str
    anchor: Anchor
    offset_days: int
    hour: time
    condition: Condition
    template: str
    level: int = 0
    action: Action = Action.EMAIL
    approval: Approval = Approval.AUTO
    enclosed: tuple[Enclosed, ...] = (Enclosed.PDF,)
    min_amount: int = 0
    title: str = ""

    @property
    def is_formal(self) -> bool:
        """Whether it is a formal notice, or an answer to one being ignored."""
        return self.level >= FORMAL_LEVEL


@dataclass(frozen=True, slots=True)
class Guards:
    """The limits that a scenario keeps: days between two reminders to one customer, reminders of one document, what is
    too little to ask for (cents), whether what one customer owes is asked for in one mail, and for how many days a
    reminder waits for its approval. [DR-03, DR-05, DR-08, DR-09]
    """

    gap_days: int = 3
    max_mails: int = 6
    tolerance: int = 100
    is_grouped: bool = True
    approval_days: int = 14


@dataclass(frozen=True, slots=True)
class Scenario:
    """One version of one scenario. Stored once (`rev` stays 1), or shipped with the product.

    `segment` is the smart query that enrols documents into it; "" when they are enrolled as they are sent or issued.
    `stop_on` and `pause_on` name holds and views that end or suspend it, beside those that always do.
    """

    tenant: TenantId
    name: str
    version: int
    rev: int
    kind: DocumentKind
    title: str
    steps: tuple[Step, ...]
    created_at: datetime
    audience: Audience = Audience.ANY
    segment: str = ""
    guards: Guards = Guards()
    stop_on: frozenset[str] = frozenset({"reply"})
    pause_on: frozenset[str] = frozenset({"dispute", "promise"})

    @property
    def id(self) -> str:
        """`name@version`: what a run pins."""
        return f"{self.name}@{self.version}"


# The newest version of each scenario that is shipped: who pins one reads no file (tests/unit/test_scenario_data.py).
SHIPPED: Final = {
    "standard.quote": 2,
    "standard.invoice": 2,
    "standard.invoice_consumer": 1,
    "standard.deposit": 1,
    "standard.deposit_consumer": 1,
}


def shipped_id(name: str) -> str:
    """The id of the newest version of a shipped scenario. Raises KeyError on a name that is not shipped."""
    return f"{name}@{SHIPPED[name]}"


def default_scenario(kind: DocumentKind | str) -> str:
    """The id of the scenario that a document follows when nobody chose another one."""
    return shipped_id(f"standard.{DocumentKind(kind).value}")


def no_reminders(tenant: TenantId, kind: DocumentKind, at: datetime) -> Scenario:
    """What a run without a scenario follows: its document is delivered, and nobody is reminded of it."""
    return Scenario(tenant, "none", 1, 1, kind, "Aucune relance", (), at)
