"""Quotes on the wire: what an author writes, what a reader is told."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated

import msgspec

from relance.contracts.fields import Message, RequiredText, Terms, Text, one_line, several_lines
from relance.contracts.lines import LineBody, LineView, TotalsView, line_view, to_line, totals_view
from relance.contracts.parse import Body
from relance.contracts.parties import BuyerView, SellerView, buyer_view, seller_view
from relance.domain.content import MAX_LINES, QuoteContent
from relance.domain.ids import CustomerId
from relance.domain.quote import Quote, QuoteDraft, QuoteState, QuoteStatus
from relance.domain.totals import total


class QuoteBody(Body, frozen=True):
    """A quote's draft, whole. What is empty or null takes the company's default when the quote is sent."""

    customer_id: RequiredText
    lines: Annotated[tuple[LineBody, ...], msgspec.Meta(min_length=1, max_length=MAX_LINES)]
    title: RequiredText = "Devis"
    subject: Text = ""
    message: Message = ""
    validity_until: date | None = None
    start_date: Text = ""
    duration: Text = ""
    payment_terms: Terms = ""
    delivery_terms: Terms = ""
    price_terms: Terms = ""
    warranty_terms: Terms = ""


def to_draft(body: QuoteBody) -> QuoteDraft:
    """The domain's draft."""
    return QuoteDraft(
        customer_id=CustomerId(body.customer_id),
        lines=tuple(to_line(line) for line in body.lines),
        title=one_line(body.title),
        subject=one_line(body.subject),
        message=several_lines(body.message),
        validity_until=body.validity_until,
        start_date=one_line(body.start_date),
        duration=one_line(body.duration),
        payment_terms=several_lines(body.payment_terms),
        delivery_terms=several_lines(body.delivery_terms),
        price_terms=several_lines(body.price_terms),
        warranty_terms=several_lines(body.warranty_terms),
    )


class AcceptanceView(msgspec.Struct, frozen=True):
    """« Bon pour accord »: who, when, on which exact bytes. Where from stays in the evidence."""

    name: str
    at: datetime
    document_sha256: str


class RefusalView(msgspec.Struct, frozen=True):
    """The customer said no."""

    at: datetime
    reason: str


class QuoteDocumentView(msgspec.Struct, frozen=True):
    """What a sent quote says, frozen."""

    issue_date: date
    validity_until: date
    seller: SellerView
    buyer: BuyerView
    payment_terms: str
    delivery_terms: str
    price_terms: str
    sha256: str


class QuoteView(msgspec.Struct, frozen=True):
    """One quote. `status` is what was decided, `state` what that means today (open, expired, …).

    `rev` is what `If-Match` wants.
    """

    id: str
    rev: int
    status: QuoteStatus
    state: QuoteState
    number: str
    version: int
    customer_id: str
    title: str
    subject: str
    message: str
    validity_until: date | None
    start_date: str
    duration: str
    payment_terms: str
    delivery_terms: str
    price_terms: str
    warranty_terms: str
    lines: tuple[LineView, ...]
    totals: TotalsView
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None
    first_viewed_at: datetime | None
    pdf_sha256: str
    document: QuoteDocumentView | None
    acceptance: AcceptanceView | None
    refusal: RefusalView | None
    replaces: str | None
    replaced_by: str | None
    invoice_ids: tuple[str, ...]


class QuoteSummary(msgspec.Struct, frozen=True):
    """One quote in a listing."""

    id: str
    rev: int
    status: QuoteStatus
    state: QuoteState
    number: str
    version: int
    customer_id: str
    title: str
    subject: str
    net: str
    gross: str
    validity_until: date | None
    created_at: datetime
    sent_at: datetime | None


class QuotePage(msgspec.Struct, frozen=True):
    """Quotes, newest first; `cursor` asks for the next page, null at the end."""

    items: tuple[QuoteSummary, ...]
    cursor: str | None


def quote_view(quote: Quote, today: date) -> QuoteView:
    """A quote as it is told on the civil date `today`."""
    draft, content = quote.draft, quote.content
    acceptance, refusal = quote.acceptance, quote.refusal
    return QuoteView(
        id=quote.id,
        rev=quote.rev,
        status=quote.status,
        state=quote.state_on(today),
        number=quote.number,
        version=quote.version,
        customer_id=quote.customer_id,
        title=draft.title,
        subject=draft.subject,
        message=draft.message,
        validity_until=_validity(quote),
        start_date=draft.start_date,
        duration=draft.duration,
        payment_terms=draft.payment_terms,
        delivery_terms=draft.delivery_terms,
        price_terms=draft.price_terms,
        warranty_terms=draft.warranty_terms,
        lines=tuple(line_view(line) for line in draft.lines),
        totals=totals_view(content.totals if content else total(draft.lines)),
        created_at=quote.created_at,
        updated_at=quote.updated_at,
        sent_at=quote.sent_at,
        first_viewed_at=quote.first_viewed_at,
        pdf_sha256=quote.pdf_sha256,
        document=_document_view(content, quote.content_sha256) if content else None,
        acceptance=AcceptanceView(acceptance.name, acceptance.at, acceptance.document_sha256) if acceptance else None,
        refusal=RefusalView(refusal.at, refusal.reason) if refusal else None,
        replaces=quote.replaces,
        replaced_by=quote.replaced_by,
        invoice_ids=quote.invoice_ids,
    )


def quote_page(items: Iterable[Quote], cursor: str | None, today: date) -> QuotePage:
    """A slice of the listing."""
    return QuotePage(tuple(_summary(quote, today) for quote in items), cursor)


def _summary(quote: Quote, today: date) -> QuoteSummary:
    totals = quote.content.totals if quote.content else total(quote.draft.lines)
    told = totals_view(totals)
    return QuoteSummary(
        id=quote.id,
        rev=quote.rev,
        status=quote.status,
        state=quote.state_on(today),
        number=quote.number,
        version=quote.version,
        customer_id=quote.customer_id,
        title=quote.draft.title,
        subject=quote.draft.subject,
        net=told.net,
        gross=told.gross,
        validity_until=_validity(quote),
        created_at=quote.created_at,
        sent_at=quote.sent_at,
    )


def _validity(quote: Quote) -> date | None:
    return quote.content.validity_until if quote.content else quote.draft.validity_until


def _document_view(content: QuoteContent, sha256: str) -> QuoteDocumentView:
    return QuoteDocumentView(
        issue_date=content.issue_date,
        validity_until=content.validity_until,
        seller=seller_view(content.seller),
        buyer=buyer_view(content.buyer),
        payment_terms=content.payment_terms,
        delivery_terms=content.delivery_terms,
        price_terms=content.price_terms,
        sha256=sha256,
    )
