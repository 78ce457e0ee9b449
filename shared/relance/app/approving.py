"""What a person says of reminders: send this one, leave that one, send one now (relance directe), send that one again.

Nothing is sent here. A decision is stored with the run it wakes, in one transaction, and the machine does what follows
from the facts as they are then: so an approval of what was paid meanwhile sends nothing. Who decided, and when, stays
in the proposal and goes into the claim. [DR-09, KB-25]
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from relance.app.context import Caller, Context
from relance.app.finding import document_of, run_of
from relance.app.journaling import Decision, commit
from relance.app.journaling import again as once_more
from relance.app.launching import launch_run
from relance.app.ports.open_work import OpenIds
from relance.app.ports.outside import Executions
from relance.app.ports.scenarios import PublishedScenarios
from relance.app.ports.store import Idem
from relance.app.remindable import Wanted, require_remindable, words_for
from relance.domain.errors import Conflict, Invalid, NotFound, RelanceError
from relance.domain.journal import Head
from relance.domain.mail_text import text_faults
from relance.domain.reminder import proposal as proposals
from relance.domain.reminder.claim import Claim, ClaimState, claim_id
from relance.domain.reminder.proposal import Proposal, ProposalState
from relance.domain.reminder.run import Run, propose
from relance.domain.reminder.scenario import DIRECT, Approval, DocumentKind, again, is_to_seller, origin

KEPT: Final = timedelta(days=14)  # how long a reminder asked for by hand stays wanted
MAX_QUEUE: Final = 200
_ANY: Final = "x"  # words that are left to the template are not judged


@dataclass(frozen=True, slots=True)
class Edited:
    """What whoever approves changed: "" keeps the template's words. `at_once`: now, whatever the hour and the gap."""

    subject: str = ""
    body: str = ""
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one of several approvals: the proposal as it is now, or why it could not be approved."""

    id: str
    proposal: Proposal | None = None
    error: RelanceError | None = None


def require_words(kind: DocumentKind, subject: str, body: str) -> None:
    """Raise Invalid when what somebody wrote cannot be sent: a shortcode nobody knows would hold it later. [DR-13]"""
    if faults := list(text_faults(kind, subject or _ANY, body or _ANY)):
        raise Invalid("Ce texte ne peut pas être envoyé.", faults=faults)


def queue(ctx: Context, caller: Caller, open_work: OpenIds) -> tuple[Proposal, ...]:
    """What waits for a person, the oldest first; at most two hundred, the oldest. What expired waits no more."""
    now, ids = ctx.clock.now(), list(open_work.open_ids(caller.tenant, Proposal))
    found = ctx.store.get_many(caller.tenant, Proposal, ids).values()
    return tuple(sorted((p for p in found if p.is_pending(now)), key=lambda p: (p.at, p.id))[:MAX_QUEUE])


def get(ctx: Context, caller: Caller, id: str) -> Proposal:
    """One of them, whatever became of it. Raises NotFound."""
    found = ctx.store.get(caller.tenant, Proposal, id)
    if found is None:
        raise NotFound("Aucune relance à valider ne porte cet identifiant.")
    return found


def approve(
    ctx: Context, caller: Caller, id: str, edited: Edited, executions: Executions, *, idem: Idem | None = None
) -> Proposal:
    """Let it leave. Raises NotFound, Invalid (`/subject`, `/body`), Conflict `reminder_decided`, `reminder_expired`."""
    return _decide(ctx, caller, id, ProposalState.APPROVED, edited, executions, idem)


def skip(ctx: Context, caller: Caller, id: str, executions: Executions, *, idem: Idem | None = None) -> Proposal:
    """Leave it: the scenario goes on with its next step. Raises like `approve`."""
    return _decide(ctx, caller, id, ProposalState.SKIPPED, Edited(), executions, idem)


def approve_many(ctx: Context, caller: Caller, ids: Sequence[str], executions: Executions) -> tuple[Decided, ...]:
    """Each by itself, so one that cannot be approved holds up no other; asked for twice, it is approved once."""

    def one(id: str) -> Decided:
        try:
            return Decided(id, approve(ctx, caller, id, Edited(), executions))
        except RelanceError as error:
            return Decided(id, error=error)

    return tuple(one(id) for id in dict.fromkeys(ids))


def remind(
    ctx: Context,
    caller: Caller,
    kind: DocumentKind,
    document_id: str,
    asked: Wanted,
    published: PublishedScenarios,
    executions: Executions,
    *,
    idem: Idem | None = None,
) -> Proposal:
    """One reminder of a document, now, with its PDF: approved by whoever asks for it (« relance directe »). [KB-25]

    Raises NotFound, Invalid (`/template`, `/subject`, `/body`), Conflict with the reason when the document is closed or
    held, its customer on hold, or the address refuses mails; `direct_pending` when one is on its way.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        require_words(kind, asked.subject, asked.body)
        document = document_of(ctx, caller.tenant, kind, document_id)
        run = run_of(ctx, caller.tenant, document_id)
        count = sum(step.startswith(DIRECT) for step in run.proposed)
        if count:
            _require_gone(ctx, run, f"{DIRECT}{count}")
        template, level = words_for(document, asked.template, at)
        wanted = _by_hand(caller, run, f"{DIRECT}{count + 1}", at, template, level)
        wanted = replace(wanted, subject=asked.subject, body=asked.body)
        require_remindable(ctx, run, wanted, published)
        return Decision(answer=wanted, puts=(wanted, propose(run, wanted.step, at)))

    return _woken(ctx, once_more(lambda: commit(ctx, caller, idem, Proposal, decide)), executions)


def send_again(ctx: Context, caller: Caller, id: str, executions: Executions, *, idem: Idem | None = None) -> Proposal:
    """Send once more a mail that may be lost: a person's word, never the machine's own. [S-07]

    Raises NotFound, Conflict `not_in_doubt` when it is known what became of it, `direct_pending` when one is on its
    way, `not_a_letter` for what was no mail to the customer.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        claim = ctx.store.get(caller.tenant, Claim, id)
        if claim is None:
            raise NotFound("Aucun envoi ne porte cet identifiant.")
        if not claim.is_letter or is_to_seller(claim.step):
            raise Conflict("Seul un courriel adressé au client peut être renvoyé.", code="not_a_letter")
        if claim.state in (ClaimState.SENT, ClaimState.REFUSED):
            raise Conflict("On sait ce qu’il est advenu de ce courriel : il n’est pas en doute.", code="not_in_doubt")
        run = run_of(ctx, caller.tenant, claim.document_id)
        before = [step for step in run.proposed if origin(step) == origin(claim.step) and step != origin(step)]
        if before:
            _require_gone(ctx, run, before[-1])
        step = again(claim.step, len(before) + 1)
        wanted = _by_hand(caller, run, step, at, claim.template, claim.level)
        return Decision(answer=wanted, puts=(wanted, propose(run, step, at)))

    return _woken(ctx, once_more(lambda: commit(ctx, caller, idem, Proposal, decide)), executions)


def _decide(
    ctx: Context,
    caller: Caller,
    id: str,
    state: ProposalState,
    edited: Edited,
    executions: Executions,
    idem: Idem | None,
) -> Proposal:
    def decide(_head: Head, at: datetime) -> Decision:
        found = get(ctx, caller, id)
        require_words(found.document_kind, edited.subject, edited.body)
        decided = proposals.decide(
            found, state, caller.actor, at, subject=edited.subject, body=edited.body, at_once=edited.at_once
        )
        run = run_of(ctx, caller.tenant, found.document_id)
        return Decision(answer=decided, puts=(decided, propose(run, found.step, at)))

    return _woken(ctx, once_more(lambda: commit(ctx, caller, idem, Proposal, decide)), executions)


def _woken(ctx: Context, decided: Proposal, executions: Executions) -> Proposal:
    """Start the turn that the decision handed the run to; if we crash before, the sweep does."""
    run = ctx.store.get(decided.tenant, Run, decided.document_id)
    if run is not None:
        launch_run(executions, run)
    return decided


def _require_gone(ctx: Context, run: Run, step: str) -> None:
    """Somebody who clicks twice wants one mail: the last one asked for must have left, or be too old to."""
    last = ctx.store.get(run.tenant, Proposal, claim_id(run.id, step))
    claim = ctx.store.get(run.tenant, Claim, claim_id(run.id, step))
    if claim is None and last is not None and ctx.clock.now() < last.expires_at:
        raise Conflict("Une relance demandée à la main est déjà en route pour ce document.", code="direct_pending")


def _by_hand(caller: Caller, run: Run, step: str, at: datetime, template: str, level: int) -> Proposal:
    return Proposal(
        tenant=run.tenant,
        id=claim_id(run.id, step),
        rev=1,
        document_kind=DocumentKind(run.document_kind),
        document_id=run.id,
        customer_id=run.customer_id,
        step=step,
        template=template,
        level=level,
        approval=Approval.MANUAL,
        state=ProposalState.APPROVED,
        at=at,
        expires_at=at + KEPT,
        at_once=True,
        by=caller.actor,
        decided_at=at,
    )
