"""Depositing invoices with a platform, and keeping what is told of them there. [E-05, E-07, C-03]

    deposit      the same bytes under the same number: twice is once
    commit       status 200 and its fact, together

If we crash in between, asking again deposits nothing new and writes the status. A status is kept once, by its id, with
its fact in the journal; when it ends a pause of dunning, the document's run is woken in the same transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from relance.app.context import Caller, Context
from relance.app.customers import get as customer_of
from relance.app.invoicing.reading import get
from relance.app.journaling import Decision, commit
from relance.app.launching import launch
from relance.app.ports.outside import Executions
from relance.app.ports.platform import EInvoiceWriter, Envelope, Platform, Unreadable
from relance.app.ports.store import Check, Entity, EntityMoved, Idem
from relance.domain.chain.event import Fact, Ref
from relance.domain.content import buyer_of
from relance.domain.einvoice import Receiver, buyer_address, framework_of, processing_of, seller_address
from relance.domain.errors import Contention, NotFound, Rejected, Retry
from relance.domain.invoice import Invoice
from relance.domain.journal import Head
from relance.domain.platform_status import Source, StatusCode, StatusEntry
from relance.domain.reminder.run import Run, wake
from relance.domain.transmission import ends_pause, is_deposited, require_domestic_business, require_exchanged, told

MAX_NEWS = 100
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Collected:
    """What was read of a platform: how many statuses were new, what could not be kept, and where to go on."""

    recorded: int
    refused: tuple[Unreadable, ...]
    cursor: str


def transmit(ctx: Context, caller: Caller, id: str, platform: Platform, write: EInvoiceWriter) -> Invoice:
    """Deposit an issued invoice or credit note (status 200), and tell the statuses that we set; once or again.

    Raises NotFound, Conflict `invoice_not_issued`, `not_exchanged` or `internal_credit_note`, Retry.
    """
    invoice = get(ctx, caller, id)
    content = require_exchanged(invoice)
    if not is_deposited(invoice):
        xml = write(content)
        envelope = Envelope(
            tenant=caller.tenant,
            invoice_id=invoice.id,
            number=invoice.number,
            type_code=content.type_code,
            issue_date=content.issue_date,
            sender=seller_address(content.seller),
            receiver=buyer_address(content.buyer),
            framework=framework_of(content),
            processing=processing_of(content.buyer),
            sha256=sha256(xml).hexdigest(),
        )
        deposit_id = platform.deposit(envelope, xml)
        now = max(ctx.clock.now(), invoice.issued_at or ctx.clock.now())  # facts may be a little ahead of the clock
        entry = StatusEntry(f"dep_{deposit_id}"[:64], StatusCode.DEPOSITED, now, now, Source.SELLER)
        invoice = _kept(ctx, caller, id, entry, None)
    tell_own(caller, invoice, platform)
    return invoice


def receiver(ctx: Context, caller: Caller, id: str, platform: Platform) -> Receiver:
    """Where an invoice goes and what the directory says of it; a draft goes where its customer is known today, so that
    can still be mended. Raises NotFound, Conflict `not_exchanged`, Retry. [E-07]
    """
    invoice = get(ctx, caller, id)
    buyer = invoice.content.buyer if invoice.content else buyer_of(customer_of(ctx, caller, invoice.customer_id))
    require_domestic_business(buyer)
    listed = tuple(platform.address_of(caller.tenant, buyer.siren)) if buyer.siren else ()
    return Receiver(buyer_address(buyer), listed)


def record_status(
    ctx: Context, caller: Caller, id: str, entry: StatusEntry, executions: Executions, *, idem: Idem | None = None
) -> Invoice:
    """Keep a status and chain `invoice.status`; dunning stops, waits or goes on by what it says.

    Raises NotFound, Conflict `invoice_not_issued` or `other_status`, Invalid, Contention.
    """
    before = get(ctx, caller, id)
    invoice = _kept(ctx, caller, id, entry, idem)
    if ends_pause(before, invoice):
        launch(caller, executions, "invoice", invoice.id)
    return invoice


def collect(ctx: Context, caller: Caller, cursor: str, platform: Platform, executions: Executions) -> Collected:
    """Keep all that a platform told since `cursor`, at most 100 at once; what is known already changes nothing."""
    news = platform.news(caller.tenant, cursor, MAX_NEWS)
    refused = list(news.unreadable)
    recorded = 0
    for one in news.statuses:
        now = ctx.clock.now()
        entry = StatusEntry(one.id, one.code, min(one.at, now), now, Source.PLATFORM, one.reason or "Sans motif")
        try:
            known = {status.id for status in get(ctx, caller, one.invoice_id).statuses}
            record_status(ctx, caller, one.invoice_id, entry, executions)
        except (Rejected, NotFound) as error:
            refused.append(Unreadable(one.id, error.message))
            continue
        recorded += one.id not in known
    return Collected(recorded, tuple(refused), news.cursor)


def tell_own(caller: Caller, invoice: Invoice, platform: Platform) -> None:
    """Pass on the statuses that we set ourselves (212); what the platform has already, it keeps as it is.

    When it does not answer, nothing is lost: they are in the invoice, and transmitting it again tells them.
    """
    try:
        for status in invoice.statuses:
            if status.source is Source.SELLER and status.code is not StatusCode.DEPOSITED:
                platform.tell(caller.tenant, invoice.id, invoice.number, status)
    except Retry:
        return


def status_fact(caller: Caller, invoice: Invoice, entry: StatusEntry) -> Fact:
    """`invoice.status`: which one, when, why, by whom."""
    data = {
        "number": invoice.number,
        "status_id": entry.id,
        "code": entry.code.value,
        "label": entry.code.label,
        "at": entry.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "reason": entry.reason,
        "source": entry.source.value,
        "amount": entry.amount,
    }
    return Fact("invoice.status", Ref("invoice", invoice.id, invoice.number), caller.actor, data)


def _kept(ctx: Context, caller: Caller, id: str, entry: StatusEntry, idem: Idem | None) -> Invoice:
    def decide(_head: Head, at: datetime) -> Decision:
        before = get(ctx, caller, id)
        after = told(before, entry)
        if after is before:
            return Decision(answer=before, checks=(Check(before),))
        puts: tuple[Entity, ...] = (after,)
        if ends_pause(before, after) and (run := ctx.store.get(caller.tenant, Run, id)) is not None:
            puts = (after, wake(run, at))
        return Decision(answer=after, puts=puts, facts=(status_fact(caller, after, entry),))

    for _ in range(_ATTEMPTS):
        try:
            return commit(ctx, caller, idem, Invoice, decide)
        except EntityMoved:  # the run moved, or a payment came in: read again
            continue
    raise Contention("Cette facture change sans cesse : réessayez dans quelques secondes.")
