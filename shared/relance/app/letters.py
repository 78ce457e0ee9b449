"""Letters to late customers: a formal notice is prepared, read and posted by a person; a statement tells what is open.

Preparing computes, draws, stores and keeps; nothing leaves by itself, and nothing is claimed by it: the penalties that
a letter asks for are claimed by their own act (`app.penalties`). That it was posted is a fact of the journal, with the
hash of the PDF: from that day on it can be held against the customer. [DU-01 to DU-06, DR-05, DR-16]
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from relance.app import invoicing, penalties
from relance.app.context import Caller, Context
from relance.app.customers import get as get_customer
from relance.app.journaling import Decision, commit, replayed
from relance.app.papers import Paper
from relance.app.ports.letters import LetterRenderer
from relance.app.ports.outside import Documents
from relance.app.ports.store import Idem
from relance.app.settings import get_company
from relance.domain.calendar_fr import civil_date
from relance.domain.chain.event import Fact, Ref
from relance.domain.content import buyer_of, seller_of
from relance.domain.dunning_law import DunningLaw
from relance.domain.errors import NotFound
from relance.domain.formal_notice import FormalNotice, InvoiceNotice, dispatched, invoice_notice
from relance.domain.invoice import Invoice
from relance.domain.journal import Head
from relance.domain.late_payment import NOTHING
from relance.domain.letters import DEADLINE_DAYS, formal_notice, require_one_letter
from relance.domain.receivables import is_disputed, obstacle
from relance.domain.reminder.claim import Claim, ClaimState
from relance.domain.reminder.run import Run
from relance.domain.reminder.scenario import Action
from relance.domain.statement import StatementContent, statement_row

_MOST: Final = 100  # mails of one document, letters of one invoice: more than there can be


def prepare(
    ctx: Context,
    caller: Caller,
    invoice_ids: Sequence[str],
    *,
    law: DunningLaw,
    letters: LetterRenderer,
    documents: Documents,
    deadline_days: int = DEADLINE_DAYS,
    idem: Idem | None = None,
) -> FormalNotice:
    """A formal notice of these invoices of one customer, drawn and kept; it waits for a person to post it.

    A customer who is never asked for penalties is asked for the debt alone. [DR-04]

    Raises NotFound, Conflict `not_late` or what `receivables.obstacle` says, Invalid (several customers or currencies,
    a rate that is missing), Retry when it cannot be drawn. If we crash before the commit, the stored bytes stay behind
    unreferenced.
    """
    if (known := replayed(ctx, caller, idem, FormalNotice)) is not None:
        return get(ctx, caller, known)
    ids = list(dict.fromkeys(invoice_ids))
    told = [penalties.of_invoice(ctx, caller, id, law) for id in ids]
    runs = ctx.store.get_many(caller.tenant, Run, ids)
    for one in told:
        if (stop := obstacle(one.invoice, runs.get(one.invoice.id), ctx.clock.now())) is not None:
            raise stop
    require_one_letter(told)
    # The letter goes to the customer where he is now, not where he was when he was invoiced.
    company, customer = get_company(ctx, caller), get_customer(ctx, caller, told[0].invoice.customer_id)
    if customer.follow_up.no_penalties:
        told = [replace(one, found=NOTHING, missing_rate="") for one in told]
    content = formal_notice(
        told,
        seller_of(company),
        buyer_of(customer),
        law,
        on=civil_date(ctx.clock.now()),
        deadline_days=deadline_days,
        reminded_on=[day for id in ids for day in reminded_on(ctx, caller, id)],
    )
    pdf_sha256 = documents.put(letters.letter(content, company.branding))

    def decide(_head: Head, at: datetime) -> Decision:
        notice = FormalNotice(
            tenant=caller.tenant,
            id=ctx.new_id("let"),
            rev=1,
            customer_id=customer.id,
            content=content,
            pdf_sha256=pdf_sha256,
            prepared_at=at,
            prepared_by=caller.actor,
        )
        entries = (invoice_notice(caller.tenant, id, notice.id) for id in ids)
        return Decision(answer=notice, puts=(notice, *entries))

    return commit(ctx, caller, idem, FormalNotice, decide)


def get(ctx: Context, caller: Caller, id: str) -> FormalNotice:
    """One letter. Raises NotFound."""
    notice = ctx.store.get(caller.tenant, FormalNotice, id)
    if notice is None:
        raise NotFound("Aucune mise en demeure ne porte cet identifiant.")
    return notice


def of_invoice(ctx: Context, caller: Caller, invoice_id: str) -> tuple[FormalNotice, ...]:
    """The letters that claim an invoice, oldest first. Raises NotFound for no such invoice."""
    invoice = invoicing.get(ctx, caller, invoice_id)
    entries = ctx.store.starting_with(caller.tenant, InvoiceNotice, f"{invoice.id}.", limit=_MOST).items
    found = ctx.store.get_many(caller.tenant, FormalNotice, [entry.notice_id for entry in entries])
    return tuple(found[entry.notice_id] for entry in entries)


def latest(ctx: Context, caller: Caller, invoice_id: str) -> FormalNotice:
    """The last letter of an invoice. Raises NotFound when it has none."""
    found = of_invoice(ctx, caller, invoice_id)
    if not found:
        raise NotFound("Aucune mise en demeure n’a été préparée pour cette facture.")
    return found[-1]


def paper(ctx: Context, caller: Caller, invoice_id: str, documents: Documents) -> Paper:
    """The PDF of the last letter of an invoice, byte for byte. Raises NotFound, Corrupted."""
    notice = latest(ctx, caller, invoice_id)
    return Paper(documents.get(notice.pdf_sha256), f"mise-en-demeure-{notice.content.on}.pdf")


def dispatch(
    ctx: Context, caller: Caller, invoice_id: str, number: str, sent_on: date, *, idem: Idem | None = None
) -> FormalNotice:
    """Write down that the last letter of an invoice was posted, and its number; chains `letter.dispatched`.

    Raises NotFound, Conflict `dispatched_already`, Invalid.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        notice = dispatched(latest(ctx, caller, invoice_id), number, sent_on, at, caller.actor, civil_date(at))
        fact = Fact(
            "letter.dispatched",
            Ref("letter", notice.id),
            caller.actor,
            {
                "kind": "formal_notice",
                "invoices": [one.number for one in notice.content.invoices],
                "total": notice.content.total,
                "currency": notice.content.currency,
                "pdf_sha256": notice.pdf_sha256,
                "dispatch_number": number,
                "sent_on": sent_on.isoformat(),
            },
        )
        return Decision(answer=notice, puts=(notice,), facts=(fact,))

    return commit(ctx, caller, idem, FormalNotice, decide)


def reminded_on(ctx: Context, caller: Caller, document_id: str) -> list[date]:
    """The days on which a reminder of this document certainly left by mail."""
    mails = ctx.store.starting_with(caller.tenant, Claim, f"{document_id}#", limit=_MOST).items
    sent = (mail for mail in mails if mail.action is Action.EMAIL and mail.state is ClaimState.SENT)
    return [civil_date(mail.at) for mail in sent if mail.is_reminder]


def statement(ctx: Context, caller: Caller, customer_id: str, invoices: Iterable[Invoice]) -> StatementContent:
    """The statement of account of a customer as of today, from his invoices: what is open in euros, oldest due first.

    Invoices of others, and those in another currency, are left out. Raises NotFound.
    """
    customer, company = get_customer(ctx, caller, customer_id), get_company(ctx, caller)
    now = ctx.clock.now()
    mine = [invoice for invoice in invoices if invoice.customer_id == customer.id]
    mine = [invoice for invoice in mine if invoice.draft.currency == "EUR"]
    runs = ctx.store.get_many(caller.tenant, Run, [invoice.id for invoice in mine if invoice.balance])
    rows = [
        row
        for invoice in mine
        if (row := statement_row(invoice, civil_date(now), is_disputed=is_disputed(invoice, runs.get(invoice.id), now)))
    ]
    rows.sort(key=lambda row: (row.due_on, row.number))
    return StatementContent(civil_date(now), seller_of(company), buyer_of(customer), tuple(rows))


def statement_paper(ctx: Context, caller: Caller, content: StatementContent, letters: LetterRenderer) -> Paper:
    """The PDF of a statement, drawn now. Raises Invalid, Retry."""
    branding = get_company(ctx, caller).branding
    return Paper(letters.letter(content, branding), f"releve-de-compte-{content.on}.pdf")
