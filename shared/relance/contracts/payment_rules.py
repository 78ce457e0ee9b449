"""Payment terms on the wire: how the due date of an invoice is counted."""

from typing import Annotated

import msgspec

from relance.contracts.parse import Body
from relance.domain.payment_terms import EndOfMonth, PaymentRule


class PaymentRuleBody(Body, frozen=True):
    """So many days after the invoice, to the end of a month or not, then to a day of the month (0 = any day).

    `{"days": 45, "end_of_month": "after_days"}` is « 45 jours fin de mois »; `{"days": 0}` is on receipt.
    """

    days: Annotated[int, msgspec.Meta(ge=0, le=180)] = 30
    end_of_month: EndOfMonth = EndOfMonth.NONE
    day: Annotated[int, msgspec.Meta(ge=0, le=31, description="Jour du mois ; 0 : n’importe lequel")] = 0


def to_payment_rule(body: PaymentRuleBody | None) -> PaymentRule | None:
    """The domain's rule."""
    return PaymentRule(body.days, body.end_of_month, body.day) if body else None


def payment_rule_body(rule: PaymentRule | None) -> PaymentRuleBody | None:
    """A rule as it is told."""
    return PaymentRuleBody(rule.days, rule.end_of_month, rule.day) if rule else None
