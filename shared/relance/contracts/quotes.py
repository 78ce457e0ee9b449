"""Quotes on the wire: what an author writes. What he reads is in `quote_views`."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from relance.contracts.fields import Message, RequiredText, Terms, Text, Word, one_line, several_lines
from relance.contracts.lines import QuoteLineBody, to_cost, to_line
from relance.contracts.parse import Body
from relance.contracts.sums import (
    MAX_PARTS,
    ChargeBody,
    Currency,
    DepositBody,
    DocumentDiscountBody,
    ExchangeBody,
    to_charges,
    to_deposits,
    to_discounts,
    to_exchange,
)
from relance.domain.content import MAX_LINES, DepositNature, QuoteKind
from relance.domain.currencies import EURO, step_of
from relance.domain.ids import CustomerId
from relance.domain.party import SalesChannel
from relance.domain.quote import QuoteDraft
from relance.domain.titles import title_of
from relance.domain.withdrawal import WithdrawalException


class Language(StrEnum):
    """What the document is written in."""

    FRENCH = "fr"
    ENGLISH = "en"


class QuoteForm(Body, frozen=True, kw_only=True):
    """What a quote says, whoever it is for. What is empty or null takes the company's default when it is sent."""

    lines: Annotated[tuple[QuoteLineBody, ...], msgspec.Meta(min_length=1, max_length=MAX_LINES)]
    title: Text = ""
    subject: Text = ""
    message: Message = ""
    validity_until: date | None = None
    start_date: Text = ""
    duration: Text = ""
    payment_terms: Terms = ""
    delivery_terms: Terms = ""
    price_terms: Terms = ""
    warranty_terms: Terms = ""
    kind: QuoteKind = QuoteKind.QUOTE
    variant: Text = ""
    discounts: Annotated[tuple[DocumentDiscountBody, ...], msgspec.Meta(max_length=MAX_PARTS)] = ()
    charges: Annotated[tuple[ChargeBody, ...], msgspec.Meta(max_length=MAX_PARTS)] = ()
    deposits: Annotated[tuple[DepositBody, ...], msgspec.Meta(max_length=MAX_PARTS)] = ()
    deposit_nature: DepositNature = DepositNature.ACOMPTE
    price_revision_terms: Terms = ""
    labour_rate: Text = ""
    execution_place: Text = ""
    channel: SalesChannel | None = None
    withdrawal_exception: WithdrawalException | None = None
    closing_note: Terms = ""
    language: Language = Language.FRENCH
    currency: Currency = EURO
    exchange: ExchangeBody | None = None


class QuoteBody(QuoteForm, frozen=True, kw_only=True):
    """A quote's draft, whole. With a `template`, what is left out comes from there: `lines` too."""

    customer_id: RequiredText
    template: Word = ""


def to_draft(body: QuoteBody) -> QuoteDraft:
    """The domain's draft."""
    costs = tuple(to_cost(line) for line in body.lines)
    step = step_of(body.currency)
    return QuoteDraft(
        customer_id=CustomerId(body.customer_id),
        lines=tuple(to_line(line, step) for line in body.lines),
        title=one_line(body.title) or title_of(body.kind, body.language.value),
        subject=one_line(body.subject),
        message=several_lines(body.message),
        validity_until=body.validity_until,
        start_date=one_line(body.start_date),
        duration=one_line(body.duration),
        payment_terms=several_lines(body.payment_terms),
        delivery_terms=several_lines(body.delivery_terms),
        price_terms=several_lines(body.price_terms),
        warranty_terms=several_lines(body.warranty_terms),
        kind=body.kind,
        variant=one_line(body.variant),
        costs=costs if any(cost is not None for cost in costs) else (),
        discounts=to_discounts(body.discounts),
        charges=to_charges(body.charges),
        deposits=to_deposits(body.deposits),
        deposit_nature=body.deposit_nature,
        price_revision_terms=several_lines(body.price_revision_terms),
        labour_rate=one_line(body.labour_rate),
        execution_place=one_line(body.execution_place),
        channel=body.channel.value if body.channel else "",
        withdrawal_exception=body.withdrawal_exception.value if body.withdrawal_exception else "",
        closing_note=several_lines(body.closing_note),
        language=body.language.value,
        currency=body.currency,
        exchange=to_exchange(body.exchange),
    )


class CopyAs(StrEnum):
    """What a copy is for: something new, another answer to the same need, or another kind of document."""

    DUPLICATE = "duplicate"
    VARIANT = "variant"
    QUOTE = "quote"
    PROFORMA = "proforma"


class CopyBody(Body, frozen=True, rename={"as_": "as"}):
    """What to make of a quote."""

    as_: CopyAs = CopyAs.DUPLICATE


class ExtensionBody(Body, frozen=True):
    """Until when (included, Europe/Paris) a sent quote stays open."""

    until: date


class ReceiptBody(Body, frozen=True):
    """On which day the customer received the last goods."""

    on: date
