"""Sending a quote: its number, its frozen content, the fact and the run that follows it, in one transaction. [N-02]"""

from dataclasses import replace
from datetime import date, datetime

from relance.app.context import Caller, Context
from relance.app.enrolling import enrol
from relance.app.journaling import Decision, commit
from relance.app.launching import launch
from relance.app.ports.outside import Executions
from relance.app.ports.store import Idem
from relance.app.quoting.freezing import MentionCatalogue, freeze, sendable_faults
from relance.app.quoting.reading import get
from relance.app.settings import get_company
from relance.domain.calendar_fr import civil_date
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact, Ref
from relance.domain.content import QuoteKind, content_json, content_sha256
from relance.domain.errors import Conflict, Invalid
from relance.domain.journal import Allocated, Head, allocate
from relance.domain.party import Company, Customer
from relance.domain.quote import Quote, QuoteState, QuoteStatus, require_draft
from relance.domain.reminder.scenario import DocumentKind


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
        today = civil_date(at)
        taken = _number(head, quote, company, today)
        salt = ctx.entropy.bytes(16).hex()
        content = freeze(ctx, caller, quote, company, catalogue, number=taken.number, today=today, salt=salt)
        if faults := sendable_faults(content, company, catalogue, today):
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
        customer = ctx.store.get(caller.tenant, Customer, quote.customer_id)
        whose = quote.customer_id
        run = enrol(ctx, caller.tenant, DocumentKind.QUOTE, sent.id, at, customer=customer, customer_id=whose)
        replaced = _replaced(ctx, caller, sent, at)
        fact = Fact("quote.sent", Ref("quote", sent.id, sent.number), caller.actor, _sent_data(sent, taken))
        return Decision(answer=sent, puts=(sent, run, *replaced), facts=(fact,), head=taken.head)

    quote = commit(ctx, caller, idem, Quote, decide)
    launch(caller, executions, "quote", quote.id)
    return quote


def _number(head: Head, quote: Quote, company: Company, today: date) -> Allocated:
    """The first version takes a number of its series, later versions keep it; pro-formas have a series of their own.

    So a pro-forma is never mistaken for an invoice, nor leaves a hole among the quotes. [N-01, PF-01, Q-11]
    """
    is_proforma = quote.draft.kind is QuoteKind.PROFORMA
    kind, form = ("proforma", company.proforma_number_format) if is_proforma else ("quote", company.quote_number_format)
    if quote.number:
        return Allocated(quote.number, f"{kind}:{today.year}", 0, head)
    return allocate(head, kind=kind, number_format=form, on=today)


def _replaced(ctx: Context, caller: Caller, sent: Quote, at: datetime) -> tuple[Quote, ...]:
    """The earlier version, marked replaced in the same transaction: the two are never open together. [Q-05]"""
    if sent.replaces is None:
        return ()
    earlier = get(ctx, caller, sent.replaces)
    if earlier.replaced_by == sent.id:
        return ()  # a restore lost what this quote said when it was sent: it is sent again, as its next version
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
        "currency": sent.content.currency,
        "totals": content_json(sent.content.totals),
        "content_sha256": sent.content_sha256,
        "replaces": sent.replaces,
        "kind": sent.content.kind.value,
        "amends": sent.content.amends or None,
    }
