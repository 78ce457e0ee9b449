"""Mails after a restore: what may have left in the lost time is held to have left, and never leaves again by itself.

The archive knows of one sort of mail, the document itself (`document.sent`); reminders, copies and news are known to
their claims alone, and those were lost with the table. So every step that could have left by now is claimed, `unknown`:
it is shown as in doubt, and a person who knows that it did not leave has it sent again (`approving.send_again`). A
document that comes back from the archive waits, with its run on hold, and a customer of whom something is in doubt
counts as reminded now, so his next reminder keeps the distance that its scenario wants. [S-07, DR-08, DR-10, KB-25]
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from relance.app.context import Context
from relance.app.enrolling import enrol
from relance.app.every import every
from relance.app.ports.scenarios import PublishedScenarios
from relance.app.recovery.desk import ACTOR, Desk, at_of, text
from relance.app.situation import Situation, situation
from relance.domain.chain.event import Event
from relance.domain.content import InvoiceType
from relance.domain.errors import Corrupted, NotFound
from relance.domain.ids import TenantId
from relance.domain.invoice import Invoice
from relance.domain.party import Customer, TrackingConsent
from relance.domain.quote import Quote
from relance.domain.reminder.agenda import agenda
from relance.domain.reminder.claim import Claim, ClaimState, claim_id
from relance.domain.reminder.correspondence import Correspondence, first_letter, reminded
from relance.domain.reminder.facts import facts_of
from relance.domain.reminder.hold import Hold, HoldKind
from relance.domain.reminder.proposal import ProposalState
from relance.domain.reminder.run import Run
from relance.domain.reminder.scenario import DELIVERY, Action, DocumentKind

REASON: Final = "restauration : cet envoi a pu partir pendant le temps perdu"
_ON_HOLD: Final = "Repris de l’archive après une restauration : vérifiez les envois, puis reprenez les relances."


@dataclass(frozen=True, slots=True)
class Doubt:
    """A mail, a letter or a call that may have left in the lost time."""

    document_id: str
    number: str
    step: str


def follow(desk: Desk, document: Invoice | Quote, at: datetime) -> None:
    """The run of a document that comes back, on hold; what it made us send is in doubt until `delivered` says more."""
    if desk.get(Run, document.id) is None:
        kind = DocumentKind.INVOICE if isinstance(document, Invoice) else DocumentKind.QUOTE
        customer = desk.get(Customer, document.customer_id)
        is_deposit = isinstance(document, Invoice) and document.draft.type is InvoiceType.DEPOSIT
        desk.put(
            enrol(
                desk.ctx,
                desk.tenant,
                kind,
                document.id,
                at,
                customer=customer,
                customer_id=document.customer_id,
                is_deposit=is_deposit,
            )
        )
    hold(desk, document.id)
    doubt_tellings(desk, document)


def hold(desk: Desk, document_id: str) -> None:
    """No reminder of it leaves before a person has it go on; held once."""
    run = desk.get(Run, document_id)
    if run is None or any(one.by == ACTOR and one.ended_at is None for one in run.holds):
        return
    made = Hold(desk.ctx.new_id("hol"), HoldKind.MANUAL, desk.ctx.clock.now(), ACTOR, note=_ON_HOLD)
    desk.put(replace(run, holds=(*run.holds, made)))


def doubt_tellings(desk: Desk, document: Invoice | Quote) -> None:
    """The document's own mail and what an answer made us tell, as far as nothing is known of them."""
    facts = facts_of(document, desk.ctx.clock.now())
    steps = {telling.step: telling.template for telling in facts.tellings}
    if facts.is_deliverable:
        steps[DELIVERY] = facts.delivery
    for step, template in steps.items():
        _claim(desk, document, step, template)


def delivered(desk: Desk, event: Event) -> None:
    """`document.sent`: the document itself certainly left, whatever its claim of that hour said beside."""
    key = claim_id(event.ref.id, DELIVERY)
    kind = DocumentKind(event.ref.kind)
    document: Invoice | Quote | None = desk.get(Quote, event.ref.id) if kind is DocumentKind.QUOTE else None
    document = document or desk.get(Invoice, event.ref.id)
    if document is None or document.content is None:
        return  # nothing is there that could be sent
    if desk.get(Claim, key) is None:
        _claim(desk, document, DELIVERY, facts_of(document, desk.ctx.clock.now()).delivery)
    claim = desk.get(Claim, key)
    assert claim is not None, "it was put"
    if claim.state is not ClaimState.SENT:
        at = at_of(event)
        left = replace(claim, state=ClaimState.SENT, at=at, settled_at=at, pdf_sha256=text(event, "pdf_sha256"))
        desk.put(left)


def _claim(desk: Desk, document: Invoice | Quote, step: str, template: str) -> None:
    if desk.get(Claim, claim_id(document.id, step)) is not None:
        return
    assert document.content is not None, "what is followed has content"
    kind = DocumentKind.INVOICE if isinstance(document, Invoice) else DocumentKind.QUOTE
    desk.put(_unknown(desk.ctx, desk.tenant, kind, document.id, step, template, document.content.buyer.email))


def _unknown(
    ctx: Context,
    tenant: TenantId,
    kind: DocumentKind,
    document_id: str,
    step: str,
    template: str,
    recipient: str,
    *,
    level: int = 0,
    action: Action = Action.EMAIL,
) -> Claim:
    now = ctx.clock.now()
    return Claim(
        tenant=tenant,
        id=claim_id(document_id, step),
        rev=1,
        document_kind=kind,
        document_id=document_id,
        step=step,
        template=template,
        state=ClaimState.UNKNOWN,
        at=now,
        settled_at=now,
        recipient=recipient,
        subject="",
        message_id="",
        mail_sha256="",
        pdf_sha256="",
        salt=ctx.entropy.bytes(16).hex(),
        consent=TrackingConsent.NONE,
        reason=REASON,
        level=level,
        action=action,
    )


def every_run(ctx: Context, tenant: TenantId) -> Iterator[Run]:
    """The runs that something may still leave of, a page in memory at a time."""
    return (run for run in every(ctx, tenant, Run) if run.is_open)


def doubts_of(desk: Desk, run: Run, published: PublishedScenarios) -> tuple[Doubt, ...]:
    """Claim what could have left of one run by now, on the facts of the restored table; what is in doubt.

    Tasks are left out: nobody hears of them, and one that is lost is asked for again.
    """
    try:
        found = situation(desk.ctx, desk.tenant, run.document_kind, run.id, published, run=run)
    except (NotFound, Corrupted):
        return ()  # nothing leaves of it either: its own run says so
    claims = tuple(_possible(desk, found))
    for claim in claims:
        desk.put(claim)
    if any(claim.is_reminder for claim in claims):
        box = desk.get(Correspondence, found.document.customer_id)
        desk.put(reminded(box or first_letter(desk.tenant, found.document.customer_id), found.now))
    return tuple(Doubt(run.id, found.document.number, claim.step) for claim in claims)


def _possible(desk: Desk, found: Situation) -> Iterator[Claim]:
    """Of the document itself, of what is told at once, of what people approved, of the steps whose hour has come."""
    facts, document, kind = found.facts, found.document, found.run.document_kind
    assert document.content is not None, "what has a run has content"
    buyer, reminders_to = document.content.buyer.email, found.around.policy.recipient
    steps: dict[str, tuple[str, str, int, Action]] = {
        telling.step: (telling.template, "" if telling.to_seller else buyer, 0, Action.EMAIL)
        for telling in facts.tellings
    }
    if facts.is_deliverable:
        steps[DELIVERY] = (facts.delivery, buyer, 0, Action.EMAIL)
    for step, proposal in found.around.proposals.items():
        if proposal.state is not ProposalState.SKIPPED:
            steps[step] = (proposal.template, reminders_to, proposal.level, Action.EMAIL)
    table = agenda(facts, found.scenario, found.claims, found.now, found.around.policy)
    for row in (*table.due[-1:], *table.chores[-1:]):  # what is due before them is superseded, whatever became of it
        if row.step.action is not Action.TASK:
            steps[row.step.id] = (row.step.template, reminders_to, row.step.level, row.step.action)
    for step, (template, recipient, level, action) in steps.items():
        if step not in found.claims:
            yield _unknown(
                desk.ctx, desk.tenant, kind, document.id, step, template, recipient, level=level, action=action
            )
