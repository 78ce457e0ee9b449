"""Whose word counts when several speak of one document: invoice before customer, segment and company. [DR-04]"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from relance.domain.calendar_fr import holiday_area
from relance.domain.party import Customer, CustomerKind
from relance.domain.reminder.hours import ANY, Closure, Hours
from relance.domain.reminder.scenario import Approval, DocumentKind, Step


class Source(IntEnum):
    """Who chose a run's scenario; a higher one is never overruled by a lower one."""

    COMPANY = 1
    SEGMENT = 2
    CUSTOMER = 3
    DOCUMENT = 4


@dataclass(frozen=True, slots=True)
class Policy:
    """What applies to one document's reminders beside its scenario, worked out from customer and company."""

    hours: Hours = ANY
    is_excluded: bool = False
    extra_days: int = 0
    min_level: int = 0
    max_level: int = 5
    approval: Approval | None = None
    recipient: str = ""

    def approval_of(self, step: Step) -> Approval:
        """Who lets that step leave: a formal notice always waits for a person, whatever the customer's setting."""
        if step.is_formal or self.approval is None:
            return step.approval
        return self.approval

    def allows(self, step: Step) -> bool:
        """Whether a step of that level is for this customer."""
        return self.min_level <= step.level <= self.max_level


ORDINARY: Final = Policy()


def policy_of(customer: Customer | None, closures: Sequence[Closure], recipient: str) -> Policy:
    """The policy for a customer; `recipient` is the address of the document, used unless he named another."""
    if customer is None:
        return replace(ORDINARY, hours=Hours("", tuple(closures)), recipient=recipient)
    own = customer.follow_up
    return Policy(
        hours=Hours(holiday_area(customer.address.postcode), tuple(closures)),
        is_excluded=own.is_excluded,
        extra_days=own.extra_days,
        min_level=own.min_level,
        max_level=own.max_level,
        approval=Approval(own.approval) if own.approval else None,
        recipient=own.email or recipient,
    )


@dataclass(frozen=True, slots=True)
class Defaults:
    """The company's scenario for each sort of document, by name or by `name@version`; "" for none at all."""

    quote: str = "standard.quote"
    invoice: str = "standard.invoice"
    invoice_consumer: str = "standard.invoice_consumer"
    deposit: str = "standard.deposit"
    deposit_consumer: str = "standard.deposit_consumer"


STANDARD: Final = Defaults()


def scenario_for(
    defaults: Defaults, customer: Customer | None, kind: DocumentKind, *, is_deposit: bool
) -> tuple[str, Source]:
    """The scenario of a document when it is sent or issued, and who chose it."""
    own = customer.follow_up if customer else None
    if own and (chosen := own.quote_scenario if kind is DocumentKind.QUOTE else own.invoice_scenario):
        return chosen, Source.CUSTOMER
    if kind is DocumentKind.QUOTE:
        return defaults.quote, Source.COMPANY
    consumer = customer is not None and customer.kind is CustomerKind.CONSUMER
    if is_deposit:
        return (defaults.deposit_consumer if consumer else defaults.deposit), Source.COMPANY
    return (defaults.invoice_consumer if consumer else defaults.invoice), Source.COMPANY
