"""Forgetting a prospect: what forbids it, when it is due, and how far it is. [K-01, K-04, K-07, Q-10]

A duty to keep wins: an accepted quote, an issued invoice, a payment stay for as long as the law says (RGPD art. 17 § 3
b). Everything else about him goes when he asks, or some years after the last contact that came from him. The chain
keeps `prospect.erased`, which names nobody, and salted hashes whose salts are gone (decision 0001). Checked 2026-11.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from relance.domain.calendar_fr import civil_date
from relance.domain.chain.event import Fact, Ref
from relance.domain.ids import TenantId
from relance.domain.invoice import Invoice
from relance.domain.party import Customer, CustomerKind
from relance.domain.quote import Quote
from relance.domain.reminder.run import Run
from relance.domain.retention import Retention, RetentionRule, fiscal_year_end

ERASED: Final = "prospect.erased"
_CENTS: Final = 100


class ErasureState(StrEnum):
    """`proposed`: due, and a person decides; `asked`: under way; `stopped`: a duty to keep was found meanwhile."""

    PROPOSED = "proposed"
    ASKED = "asked"
    STOPPED = "stopped"
    DONE = "done"


class ErasureReason(StrEnum):
    """He asked for it, or the time for which a prospect may be kept is over."""

    REQUEST = "request"
    RETENTION = "retention"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A document that was removed, and of which traces may be left elsewhere; `turn` is that of its run, 0 without."""

    kind: str
    id: str
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Erasure:
    """The erasure of one customer, whose id it has: no word of who that was.

    `documents`, `pdfs` and `enclosures` (SHA-256; what the company had enclosed with his quotes alone) are the work
    that is left, empty once it is done. `quotes` counts the quotes that were removed. `why`: what stopped it.
    """

    tenant: TenantId
    id: str
    rev: int
    state: ErasureState
    reason: ErasureReason
    at: datetime
    by: str
    last_contact_on: date | None = None
    due_on: date | None = None
    documents: tuple[Forgotten, ...] = ()
    pdfs: tuple[str, ...] = ()
    quotes: int = 0
    why: str = ""
    done_at: datetime | None = None
    enclosures: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether something is still to be removed."""
        return self.state is ErasureState.ASKED


@dataclass(frozen=True, slots=True)
class Kept:
    """A document that must be kept, at least until the end of that day, and by which rule."""

    kind: str
    number: str
    until: date
    rule: RetentionRule

    @property
    def sentence(self) -> str:
        """For the person who wanted it to go."""
        return (
            f"{self.kind} {self.number} : à conserver au moins jusqu’au {self.until:%d/%m/%Y} "
            f"({self.rule.id}, {self.rule.source})."
        )


@dataclass(frozen=True, slots=True)
class Prospect:
    """How things stand: what must be `kept`, the last contact, the day on which erasing him is due; and what was asked.

    Dates are None once he is gone, and where a duty to keep makes him no prospect.
    """

    customer_id: str
    kept: tuple[Kept, ...]
    last_contact_on: date | None
    due_on: date | None
    erasure: Erasure | None


def kept(
    quotes: Iterable[Quote], invoices: Iterable[Invoice], retention: Retention, fiscal_year_start: str, today: date
) -> tuple[Kept, ...]:
    """What of a customer's documents there is a duty to keep, in the order of their making. [K-01, K-04]"""
    found = [*_contracts(quotes, retention, fiscal_year_start, today)]
    accounting = retention.rule("K-01", today)
    for invoice in invoices:
        if invoice.content is not None:
            moved = [payment.paid_on for payment in invoice.payments]
            end = fiscal_year_end(max([invoice.content.issue_date, *moved]), fiscal_year_start)
            name = "Avoir" if invoice.content.type.is_credit else "Facture"
            found.append(Kept(name, invoice.number, _until(accounting, end), accounting))
    return tuple(found)


def _contracts(quotes: Iterable[Quote], retention: Retention, fiscal_year_start: str, today: date) -> Iterator[Kept]:
    """Accepted quotes, withdrawn ones too: evidence of the accounts, and of a contract made online with a consumer."""
    for quote in quotes:
        if quote.acceptance is None or quote.agreed is None:
            continue
        on = civil_date(quote.acceptance.at)
        rule, start = retention.rule("K-01", today), fiscal_year_end(on, fiscal_year_start)
        online = retention.rule("K-04", today)
        is_online = quote.agreed.buyer.kind is CustomerKind.CONSUMER
        if is_online and quote.agreed.totals.gross >= online.min_amount * _CENTS and _until(online, on) > start:
            yield Kept("Devis accepté", quote.number, max(_until(rule, start), _until(online, on)), online)
        else:
            yield Kept("Devis accepté", quote.number, _until(rule, start), rule)


def _until(rule: RetentionRule, moment: date) -> date:
    until = rule.until(moment)
    assert until is not None, "a duty to keep documents has a duration: the data is tested"
    return until


def last_contact(customer: Customer, quotes: Iterable[Quote], runs: Iterable[Run], seen: Iterable[datetime]) -> date:
    """The day of the last sign of life: what he chose, asked for, looked at or answered; `seen` is what was noticed.

    His record's last change counts too: the seller notes a call or a visit there. Mails that he was sent do not.
    """
    moments = [customer.updated_at, *seen]
    moments += [consent.at for consent in (*customer.past_consents, customer.consent) if consent.at is not None]
    for quote in quotes:
        refused = quote.refusal.at if quote.refusal else None
        moments += [at for at in (quote.created_at, quote.first_viewed_at, refused) if at is not None]
    for run in runs:
        moments += [*(asked.at for asked in run.asked), *(alert.at for alert in run.alerts)]
    return civil_date(max(moments))


def due_on(contact: date, retention: Retention, today: date) -> date:
    """The last day on which a prospect may be kept. [K-07]"""
    return _until(retention.rule("K-07", today), contact)


def erased_fact(erasure: Erasure) -> Fact:
    """What the chain says of it. Counts nothing, and names nobody."""
    data = {"reason": erasure.reason.value, "quotes": erasure.quotes}
    return Fact(ERASED, Ref("customer", erasure.id), erasure.by, data)


def done(erasure: Erasure, at: datetime) -> Erasure:
    """Once nothing is left."""
    return replace(_idle(erasure), state=ErasureState.DONE, done_at=at)


def stopped(erasure: Erasure, why: str) -> Erasure:
    """A duty to keep came up while it was under way: what he is known by stays; it can be asked for again."""
    return replace(_idle(erasure), state=ErasureState.STOPPED, why=why)


def _idle(erasure: Erasure) -> Erasure:
    return replace(erasure, rev=erasure.rev + 1, documents=(), pdfs=(), enclosures=())


class DuePractice(StrEnum):
    """What the night does with prospects whose time is over: asks a person, or erases them itself. [K-07]"""

    PROPOSE = "propose"
    CARRY_OUT = "carry_out"


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """What the company chose; its id is the tenant's, `rev` 0 until it chose."""

    tenant: TenantId
    rev: int = 0
    prospects: DuePractice = DuePractice.PROPOSE
    updated_at: datetime | None = None

    @property
    def id(self) -> str:
        """One for each company."""
        return self.tenant
