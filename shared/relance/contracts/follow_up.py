"""How one customer is reminded, on the wire: a part of his file. [DR-04, KB-25]"""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from relance.contracts.fields import Text, Word, one_line
from relance.contracts.parse import Body
from relance.domain.errors import Fault
from relance.domain.follow_up import FollowUp
from relance.domain.follow_up_checks import follow_up_faults
from relance.domain.party_checks import email_fault

ReminderEmail = Annotated[
    str, msgspec.Meta(max_length=254, extra_json_schema={"format": "email"}, extra={"check": email_fault})
]


class FollowUpBody(Body, frozen=True, kw_only=True):
    """What is special about him; everything empty means: as everybody.

    Scenarios by name or `name@version`. `approval`: `delegate` (déléguer) prepares each reminder for one click,
    `manual` has it read, `auto` lets it leave; formal notices always wait for a person. `email` receives the reminders
    in place of the document's address. `tags` are yours, for smart queries.
    """

    quote_scenario: Word = ""
    invoice_scenario: Word = ""
    excluded: bool = False
    extra_days: int = 0
    min_level: int = 0
    max_level: int = 5
    approval: Word = ""
    no_penalties: bool = False
    email: ReminderEmail = ""
    tags: Annotated[tuple[Text, ...], msgspec.Meta(max_length=100)] = ()

    def faults(self) -> Iterable[Fault]:
        """What the domain says of it."""
        return follow_up_faults(to_follow_up(self))


class FollowUpView(msgspec.Struct, frozen=True, kw_only=True):
    """What is special about a customer, as it may be sent back; `email` is "" when reminders go to the document's."""

    quote_scenario: str
    invoice_scenario: str
    excluded: bool
    extra_days: int
    min_level: int
    max_level: int
    approval: str
    no_penalties: bool
    email: str
    tags: tuple[str, ...]


def to_follow_up(body: FollowUpBody) -> FollowUp:
    """What the domain knows."""
    return FollowUp(
        quote_scenario=body.quote_scenario.strip(),
        invoice_scenario=body.invoice_scenario.strip(),
        is_excluded=body.excluded,
        extra_days=body.extra_days,
        min_level=body.min_level,
        max_level=body.max_level,
        approval=body.approval,
        no_penalties=body.no_penalties,
        email=one_line(body.email),
        tags=tuple(one_line(tag) for tag in body.tags),
    )


def follow_up_view(own: FollowUp) -> FollowUpView:
    """As it is told."""
    return FollowUpView(
        quote_scenario=own.quote_scenario,
        invoice_scenario=own.invoice_scenario,
        excluded=own.is_excluded,
        extra_days=own.extra_days,
        min_level=own.min_level,
        max_level=own.max_level,
        approval=own.approval,
        no_penalties=own.no_penalties,
        email=own.email,
        tags=own.tags,
    )
