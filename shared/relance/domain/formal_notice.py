"""A formal notice (mise en demeure) as it is kept: what it printed, its bytes, and how it was sent. [DU-05]

We draw the letter; a person posts it, and writes down its number. A formal notice does not interrupt prescription.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from relance.domain.errors import Conflict, Fault, Invalid
from relance.domain.ids import CustomerId, InvoiceId, TenantId
from relance.domain.letters import FormalNoticeContent


@dataclass(frozen=True, slots=True)
class Dispatch:
    """How the letter left: the number of the registered letter (LRAR, or its electronic kind), on which day."""

    number: str
    sent_on: date
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class FormalNotice:
    """One letter. Its PDF is kept under `pdf_sha256`; `content` is what it printed, to be shown again."""

    tenant: TenantId
    id: str
    rev: int
    customer_id: CustomerId
    content: FormalNoticeContent
    pdf_sha256: str
    prepared_at: datetime
    prepared_by: str
    dispatch: Dispatch | None = None


@dataclass(frozen=True, slots=True)
class InvoiceNotice:
    """Where an invoice finds a letter that claims it. Never changed."""

    tenant: TenantId
    id: str
    rev: int
    notice_id: str


def invoice_notice(tenant: TenantId, invoice_id: InvoiceId | str, notice_id: str) -> InvoiceNotice:
    """The entry of one invoice of a letter; those of an invoice are in the order of their letters."""
    return InvoiceNotice(tenant, f"{invoice_id}.{notice_id}", 1, notice_id)


def dispatched(notice: FormalNotice, number: str, sent_on: date, at: datetime, by: str, today: date) -> FormalNotice:
    """The letter, posted. Raises Conflict `dispatched_already`, Invalid on a day before the letter or to come."""
    if notice.dispatch is not None:
        message = f"Cette lettre est déjà partie le {notice.dispatch.sent_on:%d/%m/%Y} ({notice.dispatch.number})."
        raise Conflict(message, code="dispatched_already")
    if not notice.content.on <= sent_on <= today:
        message = f"La lettre est du {notice.content.on:%d/%m/%Y} : elle est partie ce jour-là ou depuis."
        raise Invalid(message, faults=[Fault("/sent_on", message, "out_of_range")])
    return replace(notice, rev=notice.rev + 1, dispatch=Dispatch(number, sent_on, at, by))
