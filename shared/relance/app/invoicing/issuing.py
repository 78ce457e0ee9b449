"""Issuing: the next number, the frozen content, the chained fact and the run, all of it or nothing. [N-02, C-01]"""

from dataclasses import replace
from datetime import datetime

from relance.app.context import Caller, Context
from relance.app.enrolling import enrol
from relance.app.invoicing.freezing import frozen, issue_faults
from relance.app.invoicing.moving import payment_fact
from relance.app.invoicing.naming import Named, resolve
from relance.app.invoicing.reading import get
from relance.app.journaling import Decision, commit
from relance.app.launching import launch
from relance.app.ports.outside import Executions
from relance.app.ports.store import Idem
from relance.app.quoting import MentionCatalogue, require_customer
from relance.app.settings import get_company
from relance.domain.calendar_fr import civil_date
from relance.domain.chain.canonical import FactData
from relance.domain.chain.event import Fact, Ref
from relance.domain.content import InvoiceContent, InvoiceType, Printed, printed
from relance.domain.errors import Invalid
from relance.domain.invoice import Invoice, InvoiceDraft, InvoiceStatus, require_draft
from relance.domain.journal import Allocated, Head, allocate
from relance.domain.party import Company
from relance.domain.reminder.scenario import DocumentKind


def issue(
    ctx: Context,
    caller: Caller,
    id: str,
    *,
    idem: Idem | None = None,
    catalogue: MentionCatalogue,
    executions: Executions,
) -> Invoice:
    """Give the next number of its series, freeze it, chain `invoice.issued` or `credit_note.issued`, plan what follows.

    Raises Conflict `invoice_frozen`, Invalid with every missing mention before a number is taken, and what the
    documents that it names do not allow. The issue date is today's civil date in Paris, never before the last one of
    the series. Deposits and corrective invoices share the series of invoices; credit notes have theirs. [N-03, N-05]
    """

    def decide(head: Head, at: datetime) -> Decision:
        invoice = get(ctx, caller, id)
        require_draft(invoice)
        return issued(ctx, caller, invoice, head, at, catalogue)

    invoice = commit(ctx, caller, idem, Invoice, decide)
    launch(caller, executions, "invoice", invoice.id)
    return invoice


def issued(
    ctx: Context, caller: Caller, invoice: Invoice, head: Head, at: datetime, catalogue: MentionCatalogue
) -> Decision:
    """All that is written when a draft is issued at `at`; `invoice` may never have been stored (`rev` 0)."""
    company = get_company(ctx, caller)
    customer = require_customer(ctx, caller, invoice.customer_id)
    today = civil_date(at)
    invoice = replace(invoice, draft=catalogue.dated(invoice.draft, today))
    taken = _number(head, invoice.draft, company, at)
    found = resolve(ctx, caller, invoice, taken.number, at)
    content = frozen(invoice, found, company, customer, number=taken.number, today=today)
    content = catalogue.worded(content, today)
    if faults := issue_faults(content, company, catalogue, today):
        raise Invalid("Ce document ne peut pas être émis en l’état : complétez les points signalés.", faults=faults)
    written = printed(content)
    wanted = replace(
        invoice,
        rev=invoice.rev + 1,
        status=InvoiceStatus.ISSUED,
        number=taken.number,
        issued_at=at,
        content=content,
        content_sha256=written.sha256,
        payments=found.payments,
        updated_at=at,
    )
    run = enrol(
        ctx,
        caller.tenant,
        DocumentKind.INVOICE,
        wanted.id,
        at,
        customer=customer,
        customer_id=customer.id,
        is_deposit=content.type is InvoiceType.DEPOSIT,
    )
    type = "credit_note.issued" if content.type.is_credit else "invoice.issued"
    data = _issued_data(wanted.customer_id, content, taken, written, found)
    facts = (
        Fact(type, Ref("invoice", wanted.id, wanted.number), caller.actor, data),
        *found.facts,
        *(payment_fact(caller, wanted, payment) for payment in found.payments),
    )
    return Decision(
        answer=wanted,
        puts=(wanted, run, *found.changed),
        facts=facts,
        head=taken.head,
        totals=found.perpetual,
    )


def _number(head: Head, draft: InvoiceDraft, company: Company, at: datetime) -> Allocated:
    if draft.type.is_credit:
        kind, number_format = "credit_note", company.credit_note_number_format
    else:
        kind, number_format = "invoice", company.invoice_number_format
    return allocate(head, kind=kind, number_format=number_format, on=civil_date(at))


def _issued_data(
    customer_id: str, content: InvoiceContent, taken: Allocated, written: Printed, found: Named
) -> FactData:
    return {
        "customer_id": customer_id,
        "number": content.number,
        "series": taken.series,
        "rank": taken.rank,
        "type_code": content.type_code,
        "issue_date": content.issue_date.isoformat(),
        "content": written.json,
        "content_sha256": written.sha256,
        **found.data,
    }
