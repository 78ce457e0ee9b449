"""Quotes, from draft to sent: written freely, then frozen with a number, once every mention the law asks for is there.

Nothing is half-sent: number, frozen content, the legal fact and the reminder run are one transaction. If we crash right
after it, the nightly sweep finds the run and starts it; if before, no number was taken. [Q-01, Q-03, Q-05, N-02]
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Protocol

from relance.app.context import Caller, Context
from relance.app.customers import get as get_customer
from relance.app.journaling import Decision, commit
from relance.app.launching import launch
from relance.app.ports.outside import Executions
from relance.app.ports.store import Idem, Page
from relance.app.settings import get_company, require_rev
from relance.domain.calendar_fr import civil_date
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact, Ref
from relance.domain.content import DocumentContent, QuoteContent, buyer_of, content_json, content_sha256, seller_of
from relance.domain.draft_checks import require_sellable
from relance.domain.errors import Conflict, Fault, Invalid, NotFound
from relance.domain.ids import QuoteId
from relance.domain.journal import Allocated, Head, allocate
from relance.domain.line_checks import regime_faults
from relance.domain.party import Company, Customer
from relance.domain.printable import printing_faults
from relance.domain.quote import Quote, QuoteDraft, QuoteState, QuoteStatus, require_draft
from relance.domain.reminder.run import new_run
from relance.domain.reminder.scenario import default_scenario
from relance.domain.totals import total


class MentionCatalogue(Protocol):
    """The mandatory mentions in force (relance.domain.mentions)."""

    def missing(self, content: DocumentContent, on: date) -> Sequence[Fault]: ...


def get(ctx: Context, caller: Caller, id: str) -> Quote:
    """One quote. Raises NotFound."""
    quote = ctx.store.get(caller.tenant, Quote, id)
    if quote is None:
        raise NotFound("Aucun devis ne porte cet identifiant.")
    return quote


def page(ctx: Context, caller: Caller, *, limit: int = 50, cursor: str | None = None) -> Page[Quote]:
    """Quotes, newest first."""
    return ctx.store.page(caller.tenant, Quote, limit=limit, cursor=cursor)


def create(ctx: Context, caller: Caller, draft: QuoteDraft, *, idem: Idem | None = None) -> Quote:
    """A new draft for an existing customer. Raises Invalid with a pointer when the customer is not the tenant's."""

    def decide(_head: Head, at: datetime) -> Decision:
        require_sellable(draft)
        require_customer(ctx, caller, draft.customer_id)
        quote = _draft(ctx, caller, draft, at)
        return Decision(answer=quote, puts=(quote,))

    return commit(ctx, caller, idem, Quote, decide)


def update(ctx: Context, caller: Caller, id: str, draft: QuoteDraft, *, expected_rev: int) -> Quote:
    """Replace a draft whole. Raises NotFound, Conflict `quote_frozen`, StaleVersion."""

    def decide(_head: Head, at: datetime) -> Decision:
        quote = get(ctx, caller, id)
        require_draft(quote)
        require_rev(quote.rev, expected_rev)
        require_sellable(draft)
        require_customer(ctx, caller, draft.customer_id)
        wanted = replace(quote, rev=quote.rev + 1, draft=draft, updated_at=at)
        return Decision(answer=wanted, puts=(wanted,))

    return commit(ctx, caller, None, Quote, decide)


def delete(ctx: Context, caller: Caller, id: str, *, expected_rev: int) -> None:
    """Forget a draft. Raises NotFound, Conflict `quote_frozen`, StaleVersion."""

    def decide(_head: Head, _at: datetime) -> Decision:
        quote = get(ctx, caller, id)
        require_draft(quote)
        require_rev(quote.rev, expected_rev)
        return Decision(answer=quote, deletes=(quote,))

    commit(ctx, caller, None, Quote, decide)


def new_version(ctx: Context, caller: Caller, id: str, *, idem: Idem | None = None) -> Quote:
    """A draft of the next version of a sent quote; the earlier one stays open until the new one is sent. [Q-05]

    Raises Conflict when the quote is still a draft, was replaced, or was accepted (that takes an avenant).
    """

    def decide(_head: Head, at: datetime) -> Decision:
        quote = get(ctx, caller, id)
        if quote.status not in (QuoteStatus.SENT, QuoteStatus.REFUSED):
            raise Conflict(
                "Seul un devis envoyé, ni accepté ni remplacé, peut recevoir une nouvelle version.",
                code=f"quote_{quote.status.value}",
            )
        draft = replace(quote.draft, validity_until=None)
        wanted = replace(
            _draft(ctx, caller, draft, at), version=quote.version + 1, number=quote.number, replaces=quote.id
        )
        return Decision(answer=wanted, puts=(wanted,))

    return commit(ctx, caller, idem, Quote, decide)


def cancel(ctx: Context, caller: Caller, id: str, *, idem: Idem | None = None) -> Quote:
    """Take back a sent quote that was not answered: its link says so and its reminders stop. Raises Conflict."""

    def decide(_head: Head, at: datetime) -> Decision:
        quote = get(ctx, caller, id)
        if quote.status is not QuoteStatus.SENT:
            raise Conflict("Seul un devis envoyé et sans réponse peut être annulé.", code=f"quote_{quote.status.value}")
        wanted = replace(quote, rev=quote.rev + 1, status=QuoteStatus.CANCELLED, updated_at=at)
        fact = Fact("quote.cancelled", Ref("quote", quote.id, quote.number), caller.actor, {"version": quote.version})
        return Decision(answer=wanted, puts=(wanted,), facts=(fact,))

    return commit(ctx, caller, idem, Quote, decide)


def preview(ctx: Context, caller: Caller, id: str, catalogue: MentionCatalogue) -> tuple[QuoteContent, Sequence[Fault]]:
    """What would be sent today, and what still keeps it from being sent. A sent quote shows what was sent."""
    quote = get(ctx, caller, id)
    today = civil_date(ctx.clock.now())
    content = quote.content
    if content is None:
        company = get_company(ctx, caller)
        customer = get_customer(ctx, caller, quote.customer_id)
        content = _content(quote, company, customer, number="brouillon", today=today, salt="")
        return content, [*catalogue.missing(content, today), *_sendable_faults(content, company, today)]
    return content, []


def send(
    ctx: Context,
    caller: Caller,
    id: str,
    *,
    idem: Idem | None = None,
    catalogue: MentionCatalogue,
    executions: Executions,
) -> Quote:
    """Give the number, freeze the content, chain `quote.sent`, plan the reminders, then start the document's run.

    Raises Conflict `quote_frozen` when it was sent already, Invalid naming every missing mention before a number is
    taken. Once it returns the quote is sent in law; rendering and mailing follow in the run and never undo it.
    """

    def decide(head: Head, at: datetime) -> Decision:
        quote = get(ctx, caller, id)
        require_draft(quote)
        company = get_company(ctx, caller)
        customer = get_customer(ctx, caller, quote.customer_id)
        today = civil_date(at)
        taken = _number(head, quote, company, today)
        content = _content(quote, company, customer, number=taken.number, today=today, salt=ctx.entropy.bytes(16).hex())
        faults = [*catalogue.missing(content, today), *_sendable_faults(content, company, today)]
        if faults:
            raise Invalid("Ce devis ne peut pas partir en l’état : complétez les points signalés.", faults=faults)
        sent = replace(
            quote,
            rev=quote.rev + 1,
            status=QuoteStatus.SENT,
            number=taken.number,
            content=content,
            content_sha256=content_sha256(content),
            sent_at=at,
            updated_at=at,
        )
        run = new_run(caller.tenant, "quote", sent.id, default_scenario("quote"), at)
        replaced = _replaced(ctx, caller, sent, at)
        fact = Fact("quote.sent", Ref("quote", sent.id, sent.number), caller.actor, _sent_data(sent, taken))
        return Decision(answer=sent, puts=(sent, run, *replaced), facts=(fact,), head=taken.head)

    quote = commit(ctx, caller, idem, Quote, decide)
    launch(caller, executions, "quote", quote.id)
    return quote


def require_customer(ctx: Context, caller: Caller, customer_id: str) -> Customer:
    """The customer a draft is for. Raises Invalid with a pointer when there is none by that id."""
    try:
        return get_customer(ctx, caller, customer_id)
    except NotFound as error:
        raise Invalid(
            "Le client de ce document est inconnu.",
            faults=[Fault("/customer_id", "Aucun client ne porte cet identifiant : créez-le d’abord.", "unknown")],
        ) from error


def _draft(ctx: Context, caller: Caller, draft: QuoteDraft, at: datetime) -> Quote:
    return Quote(
        tenant=caller.tenant,
        id=QuoteId(ctx.new_id("quo")),
        rev=1,
        status=QuoteStatus.DRAFT,
        created_at=at,
        updated_at=at,
        draft=draft,
    )


def _number(head: Head, quote: Quote, company: Company, today: date) -> Allocated:
    """The first version takes a number of its series; later versions keep it."""
    if quote.number:
        return Allocated(quote.number, f"quote:{today.year}", 0, head)
    return allocate(head, kind="quote", number_format=company.quote_number_format, on=today)


def _content(
    quote: Quote, company: Company, customer: Customer, *, number: str, today: date, salt: str
) -> QuoteContent:
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
        payment_terms=draft.payment_terms or defaults.payment_terms,
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
        general_terms=draft.general_terms,
        closing_note=draft.closing_note,
        language=draft.language,
        exchange=draft.exchange,
    )


def _sendable_faults(content: QuoteContent, company: Company, today: date) -> list[Fault]:
    faults = [*regime_faults(content.lines, company.vat_regime), *printing_faults(content)]
    if content.validity_until < today:
        faults.append(Fault("/validity_until", "La date de validité est déjà passée : repoussez-la.", "past_date"))
    return faults


def _replaced(ctx: Context, caller: Caller, sent: Quote, at: datetime) -> tuple[Quote, ...]:
    """The earlier version, marked replaced in the same transaction: the two are never open together. [Q-05]"""
    if sent.replaces is None:
        return ()
    earlier = get(ctx, caller, sent.replaces)
    if earlier.status is QuoteStatus.REFUSED:
        return (replace(earlier, rev=earlier.rev + 1, replaced_by=sent.id, updated_at=at),)
    if earlier.state_on(civil_date(at)) not in (QuoteState.OPEN, QuoteState.EXPIRED):
        raise Conflict(
            "La version précédente a reçu une réponse entre-temps : cette version ne peut plus partir.",
            code=f"quote_{earlier.status.value}",
        )
    return (replace(earlier, rev=earlier.rev + 1, status=QuoteStatus.REPLACED, replaced_by=sent.id, updated_at=at),)


def _sent_data(sent: Quote, taken: Allocated) -> dict[str, Json]:
    """What the journal keeps of a quote nobody accepted yet: amounts and a salted hash, nothing of the prospect."""
    assert sent.content is not None
    return {
        "number": sent.number,
        "series": taken.series,
        "rank": taken.rank,
        "version": sent.version,
        "issue_date": sent.content.issue_date.isoformat(),
        "validity_until": sent.content.validity_until.isoformat(),
        "totals": content_json(sent.content.totals),
        "content_sha256": sent.content_sha256,
        "replaces": sent.replaces,
    }
