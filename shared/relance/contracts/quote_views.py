"""Quotes on the wire: what their author is told. Costs and margin are for him alone: nobody else is shown this."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

import msgspec

from relance.contracts.fields import amount_text, decimal_text, percent_text
from relance.contracts.lines import LineView, line_view
from relance.contracts.parties import BuyerView, SellerView, buyer_view, seller_view
from relance.contracts.sums import (
    ChargeView,
    DepositView,
    DocumentDiscountView,
    ExchangeView,
    TotalsView,
    charge_views,
    deposit_views,
    discount_views,
    exchange_view,
    totals_view,
)
from relance.domain.calendar_fr import civil_date
from relance.domain.choices import kept
from relance.domain.content import DepositNature, QuoteContent, QuoteKind
from relance.domain.currencies import step_of
from relance.domain.general_terms import GeneralTerms
from relance.domain.lines import Line
from relance.domain.margin import margin_of
from relance.domain.quote import (
    Acceptance,
    Quote,
    QuoteDraft,
    QuoteState,
    QuoteStatus,
    Withdrawal,
    withdrawal_period,
)
from relance.domain.totals import Totals, total
from relance.domain.withdrawal import payable_from


class QuoteLineView(LineView, frozen=True, kw_only=True):
    """A line with what one unit costs its author."""

    unit_cost: str | None


class ChoiceView(msgspec.Struct, frozen=True):
    """What the customer decided about one line (its index)."""

    line: int
    chosen: bool
    quantity: str | None


class MarginView(msgspec.Struct, frozen=True):
    """What is left to the author HT: `net` - `cost`, and in percent of `net`. Incomplete: some lines have no cost."""

    net: str
    cost: str
    margin: str
    percent: str | None
    complete: bool


class EnclosureView(msgspec.Struct, frozen=True):
    """A file that goes with the document."""

    name: str
    sha256: str


class AcceptanceView(msgspec.Struct, frozen=True):
    """« Bon pour accord »: who, when, on which exact bytes. Where from stays in the evidence."""

    name: str
    at: datetime
    document_sha256: str
    choices: tuple[ChoiceView, ...]
    evidence_sha256: str
    early_start: bool


class RefusalView(msgspec.Struct, frozen=True):
    """The customer said no."""

    at: datetime
    reason: str


class WithdrawalView(msgspec.Struct, frozen=True):
    """A consumer took back his acceptance."""

    at: datetime
    name: str
    email: str
    statement: str


class GeneralTermsView(msgspec.Struct, frozen=True):
    """The general conditions that go with every quote from now on."""

    name: str
    sha256: str
    kept_at: datetime


class WithdrawalPeriodView(msgspec.Struct, frozen=True):
    """Until when the consumer may withdraw (null: until 14 days after he received the goods), and from when to be paid.

    `told` false: the quote did not state the right, so the period is 12 months longer.
    """

    last_day: date | None
    told: bool
    payable_from: date


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


class QuoteView(msgspec.Struct, frozen=True, kw_only=True):
    """One quote. `status` is what was decided, `state` what that means today (open, expired, …).

    `rev` is what `If-Match` wants. `totals` are what was accepted, else what was proposed. `to_review`: what a restore
    of the tables could not bring back, in French; while there is any, the quote is not sent, changed or invoiced: do
    its task (`GET /v1/tasks`).
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
    kind: QuoteKind
    variant: str
    need: str
    amends: str | None
    discounts: tuple[DocumentDiscountView, ...]
    charges: tuple[ChargeView, ...]
    deposits: tuple[DepositView, ...]
    deposit_nature: DepositNature
    price_revision_terms: str
    labour_rate: str
    execution_place: str
    channel: str | None
    withdrawal_exception: str | None
    general_terms: EnclosureView | None
    closing_note: str
    language: str
    currency: str
    exchange: ExchangeView | None
    lines: tuple[QuoteLineView, ...]
    totals: TotalsView
    margin: MarginView | None
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None
    first_viewed_at: datetime | None
    pdf_sha256: str
    document: QuoteDocumentView | None
    acceptance: AcceptanceView | None
    refusal: RefusalView | None
    withdrawal: WithdrawalView | None
    withdrawal_period: WithdrawalPeriodView | None
    received_on: date | None
    amendment_ids: tuple[str, ...]
    agreed_pdf_sha256: str
    replaces: str | None
    replaced_by: str | None
    invoice_ids: tuple[str, ...]
    to_review: tuple[str, ...]


class QuoteSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One quote in a listing. `to_review`: see `QuoteView`."""

    id: str
    rev: int
    status: QuoteStatus
    state: QuoteState
    number: str
    version: int
    customer_id: str
    kind: QuoteKind
    variant: str
    need: str
    title: str
    subject: str
    currency: str
    net: str
    gross: str
    validity_until: date | None
    created_at: datetime
    sent_at: datetime | None
    to_review: tuple[str, ...]


class QuotePage(msgspec.Struct, frozen=True):
    """Quotes, newest first; `cursor` asks for the next page, null at the end."""

    items: tuple[QuoteSummary, ...]
    cursor: str | None


def quote_view(quote: Quote, today: date) -> QuoteView:
    """A quote as it is told on the civil date `today`."""
    draft, content = quote.draft, quote.content
    lines = quote.agreed.lines if quote.agreed else draft.lines
    costs = _costs(quote)
    enclosed = content.general_terms if content else draft.general_terms
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
        kind=draft.kind,
        variant=draft.variant,
        need=quote.need,
        amends=quote.amends,
        discounts=discount_views(draft.discounts, draft.currency),
        charges=charge_views(draft.charges, draft.currency),
        deposits=deposit_views(draft.deposits, draft.currency),
        deposit_nature=draft.deposit_nature,
        price_revision_terms=draft.price_revision_terms,
        labour_rate=draft.labour_rate,
        execution_place=draft.execution_place,
        channel=draft.channel or None,
        withdrawal_exception=draft.withdrawal_exception or None,
        general_terms=EnclosureView(enclosed.name, enclosed.sha256) if enclosed else None,
        closing_note=draft.closing_note,
        language=draft.language,
        currency=draft.currency,
        exchange=exchange_view(draft.exchange),
        lines=tuple(_line_view(line, cost) for line, cost in zip(lines, costs, strict=True)),
        totals=totals_view(_totals(quote), draft.currency),
        margin=_margin_view(draft, lines, costs),
        created_at=quote.created_at,
        updated_at=quote.updated_at,
        sent_at=quote.sent_at,
        first_viewed_at=quote.first_viewed_at,
        pdf_sha256=quote.pdf_sha256,
        document=_document_view(content, quote.content_sha256) if content else None,
        acceptance=_acceptance_view(quote.acceptance) if quote.acceptance else None,
        refusal=RefusalView(quote.refusal.at, quote.refusal.reason) if quote.refusal else None,
        withdrawal=_withdrawal_view(quote.withdrawal) if quote.withdrawal else None,
        withdrawal_period=_period_view(quote),
        received_on=quote.received_on,
        amendment_ids=quote.amendment_ids,
        agreed_pdf_sha256=quote.agreed_pdf_sha256,
        replaces=quote.replaces,
        replaced_by=quote.replaced_by,
        invoice_ids=quote.invoice_ids,
        to_review=quote.to_review,
    )


def general_terms_view(terms: GeneralTerms) -> GeneralTermsView:
    """General conditions as they are told."""
    return GeneralTermsView(terms.enclosure.name, terms.enclosure.sha256, terms.kept_at)


def quote_page(items: Iterable[Quote], cursor: str | None, today: date) -> QuotePage:
    """A slice of the listing."""
    return QuotePage(tuple(_summary(quote, today) for quote in items), cursor)


def _summary(quote: Quote, today: date) -> QuoteSummary:
    told = totals_view(_totals(quote), quote.draft.currency)
    return QuoteSummary(
        id=quote.id,
        rev=quote.rev,
        status=quote.status,
        state=quote.state_on(today),
        number=quote.number,
        version=quote.version,
        customer_id=quote.customer_id,
        kind=quote.draft.kind,
        variant=quote.draft.variant,
        need=quote.need,
        title=quote.draft.title,
        subject=quote.draft.subject,
        currency=quote.draft.currency,
        net=told.net,
        gross=told.gross,
        validity_until=_validity(quote),
        created_at=quote.created_at,
        sent_at=quote.sent_at,
        to_review=quote.to_review,
    )


def _validity(quote: Quote) -> date | None:
    return quote.valid_until or quote.draft.validity_until


def _totals(quote: Quote) -> Totals:
    draft = quote.draft
    return quote.agreed.totals if quote.agreed else total(draft.lines, draft.discounts, draft.charges)


def _line_view(line: Line, cost: Decimal | None) -> QuoteLineView:
    told = line_view(line)
    return QuoteLineView(**msgspec.structs.asdict(told), unit_cost=None if cost is None else decimal_text(cost))


def _costs(quote: Quote) -> tuple[Decimal | None, ...]:
    """What the lines that are told cost: those of the contract when the customer had choices to make."""
    draft = quote.draft
    costs = draft.costs or (None,) * len(draft.lines)
    if quote.acceptance is None or quote.accepted_content is None:
        return costs
    return tuple(costs[index] for index in kept(draft.lines, quote.acceptance.choices))


def _margin_view(draft: QuoteDraft, lines: Sequence[Line], costs: Sequence[Decimal | None]) -> MarginView | None:
    margin = margin_of(lines, draft.discounts, costs)
    if margin is None:
        return None
    step, rate = step_of(draft.currency), margin.rate_bp
    return MarginView(
        net=amount_text(margin.net, step),
        cost=amount_text(margin.cost, step),
        margin=amount_text(margin.left, step),
        percent=None if rate is None else percent_text(rate),
        complete=margin.is_complete,
    )


def _acceptance_view(acceptance: Acceptance) -> AcceptanceView:
    return AcceptanceView(
        name=acceptance.name,
        at=acceptance.at,
        document_sha256=acceptance.document_sha256,
        choices=tuple(
            ChoiceView(c.line, c.is_chosen, None if c.quantity is None else decimal_text(c.quantity))
            for c in acceptance.choices
        ),
        evidence_sha256=acceptance.evidence_sha256,
        early_start=acceptance.early_start,
    )


def _period_view(quote: Quote) -> WithdrawalPeriodView | None:
    period = withdrawal_period(quote)
    if period is None or quote.agreed is None or quote.acceptance is None:
        return None
    return WithdrawalPeriodView(
        period.last_day, period.told, payable_from(quote.agreed, civil_date(quote.acceptance.at))
    )


def _withdrawal_view(withdrawal: Withdrawal) -> WithdrawalView:
    return WithdrawalView(withdrawal.at, withdrawal.name, withdrawal.email, withdrawal.statement)


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
