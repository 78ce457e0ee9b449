"""Formal notices and statements of account on the wire. [DU-05, DR-05]"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated

import msgspec

from relance.contracts.fields import RequiredText, amount_text
from relance.contracts.parse import Body
from relance.domain.formal_notice import FormalNotice
from relance.domain.letters import DEADLINE_DAYS, MAX_INVOICES, LateInvoice
from relance.domain.statement import StatementContent

DeadlineDays = Annotated[int, msgspec.Meta(ge=1, le=60)]


class FormalNoticeBody(Body, frozen=True):
    """A letter about the invoice, and `with_invoices`, others of the same customer; days to pay from its reception."""

    deadline_days: DeadlineDays = DEADLINE_DAYS
    with_invoices: Annotated[tuple[RequiredText, ...], msgspec.Meta(max_length=MAX_INVOICES - 1)] = ()


class DispatchBody(Body, frozen=True):
    """The number of the registered letter (LRAR or LRE), and the day on which it was posted."""

    number: RequiredText
    sent_on: date


class LateInvoiceView(msgspec.Struct, frozen=True, kw_only=True):
    """One invoice of a letter."""

    id: str
    number: str
    due_date: date
    days_late: int
    asked: str
    settled: str
    balance: str
    interest: str
    indemnity: str
    penalties_paid: str


class DispatchView(msgspec.Struct, frozen=True):
    """How a letter left."""

    number: str
    sent_on: date
    recorded_at: datetime


class FormalNoticeView(msgspec.Struct, frozen=True, kw_only=True):
    """A letter, with what it asks for. It leaves when a person posts it; `dispatch` is null until then."""

    id: str
    rev: int
    customer_id: str
    on: date
    deadline_days: int
    currency: str
    invoices: tuple[LateInvoiceView, ...]
    principal: str
    interest: str
    indemnity: str
    total: str
    per_day: str
    pdf_sha256: str
    prepared_at: datetime
    prepared_by: str
    dispatch: DispatchView | None


class FormalNoticeList(msgspec.Struct, frozen=True):
    """The letters of an invoice, oldest first."""

    items: tuple[FormalNoticeView, ...]


class StatementRowView(msgspec.Struct, frozen=True, kw_only=True):
    """One open invoice; below zero, what we owe the customer."""

    number: str
    issue_date: date
    due_date: date
    days_late: int
    asked: str
    settled: str
    balance: str
    disputed: bool


class StatementView(msgspec.Struct, frozen=True, kw_only=True):
    """The statement of account of a customer, oldest due first."""

    on: date
    customer: str
    currency: str
    rows: tuple[StatementRowView, ...]
    overdue: str
    total: str


def formal_notice_view(notice: FormalNotice) -> FormalNoticeView:
    """A letter as it is told."""
    content = notice.content
    dispatch = notice.dispatch
    return FormalNoticeView(
        id=notice.id,
        rev=notice.rev,
        customer_id=notice.customer_id,
        on=content.on,
        deadline_days=content.deadline_days,
        currency=content.currency,
        invoices=tuple(_late_invoice(row) for row in content.invoices),
        principal=amount_text(content.principal),
        interest=amount_text(content.interest),
        indemnity=amount_text(content.indemnity),
        total=amount_text(content.total),
        per_day=amount_text(content.per_day),
        pdf_sha256=notice.pdf_sha256,
        prepared_at=notice.prepared_at,
        prepared_by=notice.prepared_by,
        dispatch=DispatchView(dispatch.number, dispatch.sent_on, dispatch.recorded_at) if dispatch else None,
    )


def formal_notice_list(notices: Iterable[FormalNotice]) -> FormalNoticeList:
    """Letters as they are told."""
    return FormalNoticeList(tuple(formal_notice_view(notice) for notice in notices))


def statement_view(content: StatementContent) -> StatementView:
    """A statement as it is told."""
    return StatementView(
        on=content.on,
        customer=content.buyer.name,
        currency=content.currency,
        rows=tuple(
            StatementRowView(
                number=row.number,
                issue_date=row.issued_on,
                due_date=row.due_on,
                days_late=row.days_late,
                asked=amount_text(row.asked),
                settled=amount_text(row.settled),
                balance=amount_text(row.balance),
                disputed=row.is_disputed,
            )
            for row in content.rows
        ),
        overdue=amount_text(content.overdue),
        total=amount_text(content.total),
    )


def _late_invoice(row: LateInvoice) -> LateInvoiceView:
    return LateInvoiceView(
        id=row.id,
        number=row.number,
        due_date=row.due_on,
        days_late=row.days_late,
        asked=amount_text(row.asked),
        settled=amount_text(row.settled),
        balance=amount_text(row.balance),
        interest=amount_text(row.interest),
        indemnity=amount_text(row.indemnity),
        penalties_paid=amount_text(row.penalties_paid),
    )
