"""Money: received on one invoice or over several, given back, or taken from what we owe the customer. [KX-16, AF-04]"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from relance.app.context import Caller, Context
from relance.app.invoicing.moving import pair, payment_fact
from relance.app.invoicing.reading import get, named
from relance.app.invoicing.transmitting import status_fact
from relance.app.journaling import Decision, commit
from relance.app.ports.store import Idem
from relance.domain.calendar_fr import civil_date
from relance.domain.errors import Fault, Invalid
from relance.domain.ids import PaymentId
from relance.domain.invoice import Invoice, Payment, PaymentMode, require_issued
from relance.domain.journal import Head
from relance.domain.money import Cents
from relance.domain.perpetual import added, money
from relance.domain.settlement import Share, Transfer, allocate, give_back, receive, require_payable, use_credit
from relance.domain.transmission import cashed


def record_payment(ctx: Context, caller: Caller, id: str, came: Transfer, *, idem: Idem | None = None) -> Invoice:
    """Record money received and chain `payment.recorded`; the dunning run sees the balance when it next wakes.

    More than the balance stays as the customer's credit, or is refused (`keep_excess` false). Raises NotFound, Conflict
    `invoice_not_issued`, `is_credit_note`, `invoice_replaced` or `overpaid`, Invalid.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        _require_money(came)
        payment = _payment(ctx, came, came.amount, at)
        after = receive(get(ctx, caller, id), payment, civil_date(at), keep_excess=came.keep_excess)
        return _recorded(caller, after, (after, payment))

    return commit(ctx, caller, idem, Invoice, decide)


def refund(ctx: Context, caller: Caller, id: str, gone: Transfer, *, idem: Idem | None = None) -> Invoice:
    """Record money given back and chain `payment.refunded`: at most what we owe the customer on this invoice.

    Raises NotFound, Conflict `nothing_to_refund`, Invalid.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        _require_money(gone)
        payment = _payment(ctx, gone, -gone.amount, at)
        after = give_back(get(ctx, caller, id), payment, civil_date(at))
        return _recorded(caller, after, (after, payment))

    return commit(ctx, caller, idem, Invoice, decide)


def pay_several(
    ctx: Context, caller: Caller, came: Transfer, shares: Sequence[Share], *, idem: Idem | None = None
) -> tuple[Invoice, ...]:
    """Record one transfer over several invoices of one customer, in one transaction; answers with them, in order.

    What is left over stays as a credit on the last one. Raises Conflict, or Invalid with a pointer to the share.
    """
    ids = [share.invoice_id for share in shares]

    def decide(_head: Head, at: datetime) -> Decision:
        _require_money(came)
        invoices = named(ctx, caller, ids, "/invoices")
        _require_one_customer(invoices)
        for invoice in invoices:
            require_payable(invoice)
        group = ctx.new_id("pay")
        rows = allocate([(i, share.amount) for i, share in zip(invoices, shares, strict=True)], came.amount)
        paid: list[tuple[Invoice, Payment]] = []
        for row in rows:
            payment = replace(_payment(ctx, came, row.amount, at), group=group)
            after = receive(row.invoice, payment, civil_date(at), keep_excess=came.keep_excess)
            paid.append((after, payment))
        return _recorded(caller, paid[0][0], *paid)

    commit(ctx, caller, idem, Invoice, decide)
    return tuple(named(ctx, caller, ids, "/invoices"))


def spend_credit(
    ctx: Context, caller: Caller, id: str, source_id: str, amount: Cents, *, idem: Idem | None = None
) -> Invoice:
    """Pay an invoice with what another document of the same customer owes him: two entries, two facts, no money.

    Raises NotFound, Conflict `credit_too_small` or `overpaid`, Invalid.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        target, source = get(ctx, caller, id), named(ctx, caller, [source_id], "/credit_from")[0]
        spent, received = pair(ctx, (source.id, source.number), (target.id, target.number), amount, at)
        source, target = use_credit(source, target, spent, received)
        return _recorded(caller, target, (source, spent), (target, received))

    return commit(ctx, caller, idem, Invoice, decide)


def _recorded(caller: Caller, answer: Invoice, *moved: tuple[Invoice, Payment]) -> Decision:
    """The invoices after their payments, with status 212 where the administration must know of them. [E-05]"""
    facts = [payment_fact(caller, invoice, payment) for invoice, payment in moved]
    puts = []
    for invoice, payment in moved:
        entry = cashed(invoice, payment)
        if entry is not None:
            facts.append(status_fact(caller, invoice, entry))
        puts.append(replace(invoice, statuses=(*invoice.statuses, entry)) if entry else invoice)
    return Decision(
        answer=next(invoice for invoice in puts if invoice.id == answer.id),
        puts=tuple(puts),
        facts=tuple(facts),
        totals=added(*(money([payment], require_issued(invoice).exchange) for invoice, payment in moved)),
    )


def _payment(ctx: Context, transfer: Transfer, amount: int, at: datetime) -> Payment:
    return Payment(
        id=PaymentId(ctx.new_id("pay")),
        amount=Cents(amount),
        paid_on=transfer.paid_on,
        mode=transfer.mode,
        recorded_at=at,
        reference=transfer.reference,
    )


def _require_money(transfer: Transfer) -> None:
    if transfer.mode is PaymentMode.CREDIT:
        message = "Dites de quel document vient ce crédit (credit_from)."
        raise Invalid("Ce règlement ne peut pas être enregistré.", faults=[Fault("/credit_from", message, "missing")])


def _require_one_customer(invoices: Sequence[Invoice]) -> None:
    first = invoices[0]
    ids = [invoice.id for invoice in invoices]
    faults = [
        Fault(f"/invoices/{n}", "Cette facture est citée deux fois.", "twice")
        for n, id in enumerate(ids)
        if id in ids[:n]
    ]
    faults += [
        Fault(
            f"/invoices/{n}", "Un règlement groupé porte sur un seul client, dans une seule devise.", "other_customer"
        )
        for n, invoice in enumerate(invoices)
        if invoice.customer_id != first.customer_id or invoice.draft.currency != first.draft.currency
    ]
    if faults:
        raise Invalid("Ce règlement ne peut pas être enregistré.", faults=faults)
