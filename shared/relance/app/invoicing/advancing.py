"""Money that comes in before the work: it is invoiced as a deposit at once, as the law wants. [D-01]

A deposit received before delivery or performance must be invoiced (CGI 289 I-1-c, checked 2026-11): recording it on an
accepted quote issues the deposit invoice of exactly that amount and settles it, in one transaction. So there is no
moment in which money is in the books without its invoice.
"""

from dataclasses import replace
from datetime import datetime

from relance.app.context import Caller, Context
from relance.app.invoicing.drafting import new_draft, storable
from relance.app.invoicing.from_quotes import draft_of
from relance.app.invoicing.issuing import issued
from relance.app.invoicing.moving import payment_fact
from relance.app.invoicing.reading import quotes_of
from relance.app.journaling import Decision, commit
from relance.app.launching import launch
from relance.app.ports.outside import Executions
from relance.app.ports.store import Idem
from relance.app.quoting import MentionCatalogue
from relance.domain.billing import Part
from relance.domain.calendar_fr import civil_date
from relance.domain.ids import PaymentId
from relance.domain.invoice import Billing, Invoice, Payment, require_issued
from relance.domain.journal import Head
from relance.domain.perpetual import added, money
from relance.domain.settlement import Transfer, receive


def receive_deposit(
    ctx: Context,
    caller: Caller,
    quote_id: str,
    came: Transfer,
    *,
    idem: Idem | None = None,
    catalogue: MentionCatalogue,
    executions: Executions,
) -> Invoice:
    """The deposit invoice of that amount, issued and paid.

    Raises NotFound, Conflict `quote_not_accepted`, `quote_invoiced` or `overbilled`, Invalid with every missing mention
    or when the amount is beyond the quote.
    """

    def decide(head: Head, at: datetime) -> Decision:
        quotes = quotes_of(ctx, caller, (quote_id,))
        draft = draft_of(ctx, caller, quotes, Part(Billing.DEPOSIT, amount=came.amount))
        draft = replace(storable(ctx, caller, draft), supply_date=came.paid_on)
        decided = issued(ctx, caller, replace(new_draft(ctx, caller, draft, at), rev=0), head, at, catalogue)
        invoice = decided.answer
        assert isinstance(invoice, Invoice)
        payment = Payment(
            id=PaymentId(ctx.new_id("pay")),
            amount=came.amount,
            paid_on=came.paid_on,
            mode=came.mode,
            recorded_at=at,
            reference=came.reference,
        )
        paid = replace(receive(invoice, payment, civil_date(at)), rev=invoice.rev)
        knowing = (
            replace(quote, rev=quote.rev + 1, invoice_ids=(*quote.invoice_ids, paid.id), updated_at=at)
            for quote in quotes
        )
        return replace(
            decided,
            answer=paid,
            puts=(paid, *(one for one in decided.puts if one is not invoice), *knowing),
            facts=(*decided.facts, payment_fact(caller, paid, payment)),
            totals=added(decided.totals, money([payment], require_issued(paid).exchange)),
        )

    invoice = commit(ctx, caller, idem, Invoice, decide)
    launch(caller, executions, "invoice", invoice.id)
    return invoice
