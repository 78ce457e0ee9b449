"""What its author may still do to a quote that was sent: take it back, keep it open longer, note that goods arrived."""

from dataclasses import replace
from datetime import date, datetime

from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.launching import launch_run
from relance.app.ports.outside import Executions
from relance.app.ports.store import Entity, Idem
from relance.app.quoting.reading import get
from relance.domain.calendar_fr import civil_date
from relance.domain.chain.event import Fact, Ref
from relance.domain.errors import Conflict, Fault, Invalid
from relance.domain.journal import Head
from relance.domain.quote import Extension, Quote, QuoteStatus
from relance.domain.reminder.run import Run, wake


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


def extend(
    ctx: Context, caller: Caller, id: str, until: date, executions: Executions, *, idem: Idem | None = None
) -> Quote:
    """Keep a sent quote open until the end of that day (Europe/Paris), even after it expired: its page opens again.

    The PDF is what it was: the author binds himself for longer, the offer does not change. Raises NotFound, Conflict
    when it was answered or closed, Invalid when that is no later than today and than its validity. [Q-03]
    """

    def decide(_head: Head, at: datetime) -> Decision:
        quote = get(ctx, caller, id)
        if quote.status is not QuoteStatus.SENT or quote.valid_until is None:
            raise Conflict("Seul un devis envoyé et sans réponse se prolonge.", code=f"quote_{quote.status.value}")
        if until <= quote.valid_until or until < civil_date(at):
            message = "Choisissez une date à venir, après la fin de validité actuelle."
            raise Invalid(message, faults=[Fault("/until", message, "not_later")])
        wanted = replace(
            quote,
            rev=quote.rev + 1,
            extended_until=until,
            extensions=(*quote.extensions, Extension(at, until)),
            updated_at=at,
        )
        fact = Fact(
            "quote.extended",
            Ref("quote", quote.id, quote.number),
            caller.actor,
            {
                "number": quote.number,
                "version": quote.version,
                "from": quote.valid_until.isoformat(),
                "until": until.isoformat(),
                "content_sha256": quote.content_sha256,
            },
        )
        # The reminders that expiry had stopped go on, counted from the new last day.
        run = ctx.store.get(caller.tenant, Run, quote.id)
        puts: tuple[Entity, ...] = (wanted,) if run is None else (wanted, wake(run, at))
        return Decision(answer=wanted, puts=puts, facts=(fact,))

    quote = commit(ctx, caller, idem, Quote, decide)
    if run := ctx.store.get(caller.tenant, Run, quote.id):
        launch_run(executions, run)
    return quote


def receive(ctx: Context, caller: Caller, id: str, on: date, *, idem: Idem | None = None) -> Quote:
    """Note on which day the customer received the last goods: his withdrawal period counts from it. [W-01]

    Raises NotFound, Conflict `quote_not_accepted`, Invalid for a day to come or before the contract.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        quote = get(ctx, caller, id)
        if quote.status is not QuoteStatus.ACCEPTED or quote.acceptance is None:
            raise Conflict("Seul ce qui a été accepté peut être livré.", code="quote_not_accepted")
        if not civil_date(quote.acceptance.at) <= on <= civil_date(at):
            message = "La réception a eu lieu entre l’acceptation du devis et aujourd’hui."
            raise Invalid(message, faults=[Fault("/on", message, "out_of_range")])
        wanted = replace(quote, rev=quote.rev + 1, received_on=on, updated_at=at)
        fact = Fact(
            "quote.received",
            Ref("quote", quote.id, quote.number),
            caller.actor,
            {"number": quote.number, "version": quote.version, "on": on.isoformat()},
        )
        return Decision(answer=wanted, puts=(wanted,), facts=(fact,))

    return commit(ctx, caller, idem, Quote, decide)
