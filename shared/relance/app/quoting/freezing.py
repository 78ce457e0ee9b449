"""What a quote says, put together and judged: from draft, company and customer to the content that is frozen.

Also the preview: what would be sent today, and what still keeps it from being sent. [Q-01, KX-02, CY-01]
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Protocol, TypeVar

from relance.app.context import Caller, Context
from relance.app.customers import get as get_customer
from relance.app.quoting.enclosing import general_terms
from relance.app.quoting.reading import get
from relance.app.settings import get_company
from relance.domain.calendar_fr import civil_date
from relance.domain.content import DocumentContent, Enclosure, InvoiceContent, QuoteContent, buyer_of, seller_of
from relance.domain.errors import Fault
from relance.domain.invoice import InvoiceDraft
from relance.domain.line_checks import regime_faults
from relance.domain.party import Company, Customer, payment_text
from relance.domain.printable import printing_faults
from relance.domain.quote import Quote, QuoteDraft
from relance.domain.totals import total

D = TypeVar("D", QuoteDraft, InvoiceDraft)
C = TypeVar("C", QuoteContent, InvoiceContent)


class MentionCatalogue(Protocol):
    """What the law words and wants on a given day (relance.domain.law)."""

    def dated(self, draft: D, on: date) -> D: ...
    def worded(self, content: C, on: date) -> C: ...
    def missing(self, content: DocumentContent, on: date) -> Sequence[Fault]: ...


def preview(ctx: Context, caller: Caller, id: str, catalogue: MentionCatalogue) -> tuple[QuoteContent, Sequence[Fault]]:
    """What would be sent today, and what still keeps it from being sent. A sent quote shows what was sent."""
    quote = get(ctx, caller, id)
    if quote.content is not None:
        return quote.content, []
    today = civil_date(ctx.clock.now())
    company = get_company(ctx, caller)
    content = freeze(ctx, caller, quote, company, catalogue, number="brouillon", today=today, salt="")
    return content, sendable_faults(content, company, catalogue, today)


def freeze(
    ctx: Context,
    caller: Caller,
    quote: Quote,
    company: Company,
    catalogue: MentionCatalogue,
    *,
    number: str,
    today: date,
    salt: str,
) -> QuoteContent:
    """The content of a draft as things stand: its customer, what it amends and the general terms are read here."""
    customer = get_customer(ctx, caller, quote.customer_id)
    amended = get(ctx, caller, quote.amends).number if quote.amends else ""
    terms = general_terms(ctx, caller)
    content = content_of(
        replace(quote, draft=catalogue.dated(quote.draft, today)),
        company,
        customer,
        number=number,
        today=today,
        salt=salt,
        amends=amended,
        enclosed=terms.enclosure if terms else None,
    )
    return catalogue.worded(content, today)


def sendable_faults(content: QuoteContent, company: Company, catalogue: MentionCatalogue, today: date) -> list[Fault]:
    """Why this could not be sent today: mentions missing, VAT that is not due, characters that no font has, dates."""
    faults = [
        *catalogue.missing(content, today),
        *regime_faults(content.lines, company.vat_regime),
        *printing_faults(content),
    ]
    if content.validity_until < today:
        faults.append(Fault("/validity_until", "La date de validité est déjà passée : repoussez-la.", "past_date"))
    return faults


def content_of(
    quote: Quote,
    company: Company,
    customer: Customer,
    *,
    number: str,
    today: date,
    salt: str,
    amends: str,
    enclosed: Enclosure | None,
) -> QuoteContent:
    """All that the quote would print if it left `today`: what its author left empty is the company's default.

    `amends` is the number of the quote that an avenant changes; `enclosed` are the company's general terms.
    """
    draft, defaults = quote.draft, company.defaults
    return QuoteContent(
        title=draft.title,
        number=number,
        version=quote.version,
        issue_date=today,
        validity_until=draft.validity_until or today + timedelta(days=defaults.validity_days),
        seller=seller_of(company),
        buyer=buyer_of(customer),
        lines=draft.lines,
        totals=total(draft.lines, draft.discounts, draft.charges),
        payment_terms=draft.payment_terms or payment_text(defaults, customer),
        delivery_terms=draft.delivery_terms or defaults.delivery_terms,
        price_terms=draft.price_terms or defaults.quote_price_terms,
        start_date=draft.start_date,
        duration=draft.duration,
        message=draft.message,
        subject=draft.subject,
        warranty_terms=draft.warranty_terms,
        currency=draft.currency,
        salt=salt,
        kind=draft.kind,
        amends=amends,
        variant=draft.variant,
        discounts=draft.discounts,
        charges=draft.charges,
        deposits=draft.deposits,
        deposit_nature=draft.deposit_nature,
        price_revision_terms=draft.price_revision_terms,
        labour_rate=draft.labour_rate,
        execution_place=draft.execution_place,
        channel=draft.channel or defaults.channel.value,
        withdrawal_exception=draft.withdrawal_exception,
        general_terms=draft.general_terms or enclosed,
        closing_note=draft.closing_note,
        language=draft.language,
        exchange=draft.exchange,
    )
