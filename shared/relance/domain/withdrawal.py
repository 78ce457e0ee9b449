"""The consumer's right to withdraw (droit de rétractation): whether he has it, until when, and what stops meanwhile.

A consumer who contracts at a distance or off premises may withdraw for 14 days without a reason. Day 1 is the day
after; a last day that is not worked moves to the next one that is. Services count from the contract, goods (and
services that come with goods) from their receipt. A consumer who was not told of his right has 12 months more.
Code de la consommation L221-1, L221-10, L221-18 to L221-21, L221-25, L221-28, D221-5; checked 2026-11.
[W-01, W-02, W-03, W-04]
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from relance.domain.calendar_fr import next_working_day
from relance.domain.content import QuoteContent
from relance.domain.party import CustomerKind, SalesChannel


@dataclass(frozen=True, slots=True)
class WithdrawalRules:
    """The law of contracts made from `since` on: lengths of its periods, and whether it wants a function online.

    `function_label` and `confirm_label` are what it is called; the words of D221-5 since that is in force.
    """

    since: date
    days: int
    untold_months: int
    no_payment_days: int
    function_label: str
    confirm_label: str
    source: str


_FUNCTION: Final = "Renoncer au contrat ici"
_CONFIRM: Final = "Confirmer la rétractation"
_RULES: Final = (
    WithdrawalRules(
        date(2014, 6, 14), 14, 12, 7, _FUNCTION, _CONFIRM, "loi 2014-344, C. conso L221-10, L221-18, L221-20"
    ),
    WithdrawalRules(
        date(2026, 6, 19),
        14,
        12,
        7,
        _FUNCTION,
        _CONFIRM,
        "ordonnance 2026-2, décret 2026-3, C. conso L221-21, D221-5",
    ),
)


class WithdrawalException(StrEnum):
    """Why there is no right to withdraw, as L221-28 lists it; the author of the quote answers for it. [W-04]"""

    CUSTOM_MADE = "custom_made"
    URGENT_REPAIR = "urgent_repair"
    PERISHABLE = "perishable"
    DATED_SERVICE = "dated_service"


_EXCEPTIONS: Final = {
    WithdrawalException.CUSTOM_MADE: "biens confectionnés selon vos spécifications ou nettement personnalisés "
    "(article L221-28, 3° du Code de la consommation)",
    WithdrawalException.URGENT_REPAIR: "travaux d’entretien ou de réparation réalisés en urgence à votre domicile, à "
    "votre demande expresse (article L221-28, 8° du Code de la consommation)",
    WithdrawalException.PERISHABLE: "biens susceptibles de se détériorer ou de se périmer rapidement "
    "(article L221-28, 4° du Code de la consommation)",
    WithdrawalException.DATED_SERVICE: "hébergement, transport, restauration ou loisirs fournis à une date "
    "déterminée (article L221-28, 12° du Code de la consommation)",
}


def exception_text(exception: str) -> str:
    """Why the right is excluded, in words for the consumer; "" when it is not."""
    return _EXCEPTIONS[WithdrawalException(exception)] if exception else ""


def rules_on(day: date) -> WithdrawalRules:
    """The rules of a contract made on `day`; those of the oldest known for an older one."""
    return next((rules for rules in reversed(_RULES) if rules.since <= day), _RULES[0])


@dataclass(frozen=True, slots=True)
class WithdrawalPeriod:
    """When a consumer may withdraw: from the contract on, to the end of `last_day`; None while goods are awaited.

    `told`: the right was stated in what he accepted; else the period is the extended one. [W-04]
    """

    last_day: date | None
    rules: WithdrawalRules
    told: bool

    def is_open(self, today: date) -> bool:
        """Whether he may still withdraw on `today` (Europe/Paris)."""
        return self.last_day is None or today <= self.last_day


def period_of(content: QuoteContent, agreed_on: date, received_on: date | None = None) -> WithdrawalPeriod | None:
    """The period of a contract made on `agreed_on` (Europe/Paris); None when there is no right to withdraw.

    `received_on` is when the last goods were received. A quote that does not say how the contract is made was accepted
    at a distance, on its page, and printed nothing about the right. [W-01, W-04]
    """
    if not has_right(content):
        return None
    rules, told = rules_on(agreed_on), bool(content.channel)
    if is_of_goods(content) and received_on is None:
        return WithdrawalPeriod(None, rules, told)
    start = received_on if is_of_goods(content) and received_on else agreed_on
    last = start + timedelta(days=rules.days)
    return WithdrawalPeriod(next_working_day(last if told else _later(last, rules.untold_months)), rules, told)


def has_right(content: QuoteContent) -> bool:
    """Whether the law gives this customer the right to withdraw from this contract."""
    return (
        content.buyer.kind is CustomerKind.CONSUMER
        and content.channel != SalesChannel.PREMISES
        and not content.withdrawal_exception
    )


def is_of_goods(content: QuoteContent) -> bool:
    """Whether the period counts from receipt: a contract that includes a delivery of goods (L221-18, 2°)."""
    return any(line.nature == "goods" and line.counts for line in content.lines)


def is_of_services(content: QuoteContent) -> bool:
    """Whether a service is part of it, which he may ask to begin before the period ends (L221-25)."""
    return any(line.nature == "services" and line.counts for line in content.lines)


def payable_from(content: QuoteContent, agreed_on: date) -> date:
    """The first day on which the seller may take money: an off-premises contract bears none for 7 days. [W-03]

    Urgent repairs are excepted (L221-10, 2°).
    """
    if (
        content.buyer.kind is not CustomerKind.CONSUMER
        or content.channel != SalesChannel.OFF_PREMISES
        or content.withdrawal_exception == WithdrawalException.URGENT_REPAIR
    ):
        return agreed_on
    return agreed_on + timedelta(days=rules_on(agreed_on).no_payment_days + 1)


def _later(day: date, months: int) -> date:
    """The same day of a later month, or its last day (C. proc. civ. art. 641)."""
    year, month = divmod(day.month - 1 + months, 12)
    return date(day.year + year, month + 1, min(day.day, monthrange(day.year + year, month + 1)[1]))
