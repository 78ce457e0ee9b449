"""What will be sent if nothing else happens: the very decisions of the machine, lived beforehand on a clock of our own.

No second calendar is computed here. Each document is woken when it would be, `decide` and `together` answer as they
will then, and what they answer is carried out on copies: so the calendar shown before a scenario is switched on is the
one that will be kept, and a sign turned round in an offset is seen at once. Whoever must approve a reminder is taken to
do so within the hour. [DR-11]

What happens meanwhile (a payment, a view, an answer) is not foreseen, nor what the mail service will say. Of several
documents of one customer that fall due at the same second the machine may wake any first; here it is the one whose id
comes first. Between invoices that changes which of them the one mail is about; between quotes, which of them waits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from typing import Final, assert_never

from relance.domain.ids import TenantId
from relance.domain.invoice import Invoice
from relance.domain.party import TrackingConsent
from relance.domain.quote import Quote
from relance.domain.reminder.claim import Claim, ClaimState, claim_id
from relance.domain.reminder.correspondence import Correspondence, reminded
from relance.domain.reminder.decide import Act, Around, Done, Propose, Render, Send, Stop, Wait, decide
from relance.domain.reminder.facts import NOTHING_ELSE, Beside, Facts, facts_of
from relance.domain.reminder.grouping import Case, Joined, Together, together
from relance.domain.reminder.policy import ORDINARY, Policy
from relance.domain.reminder.proposal import Proposal, ProposalState
from relance.domain.reminder.run import Skipped
from relance.domain.reminder.scenario import Action, Approval, DocumentKind, Scenario, Step

APPROVED_AFTER: Final = timedelta(hours=1)
MAX_TURNS: Final = 200  # of one document: what follows one for sixty days takes about twenty


@dataclass(frozen=True, slots=True)
class Followed:
    """A document that is followed, as it is stored now, with all that decides about it but its customer's letter box.

    `claims` and `proposals` by step. `sleeps_until` is when its machine wakes next; None or the past for at once.
    """

    document: Quote | Invoice
    scenario: Scenario
    claims: Mapping[str, Claim]
    policy: Policy = ORDINARY
    beside: Beside = NOTHING_ELSE
    proposals: Mapping[str, Proposal] = field(default_factory=dict)
    sleeps_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One thing that will be done: a mail, a letter, a task or a call. `at` is an instant, UTC.

    `approval` is who will be asked first, AUTO for nobody or somebody who said yes already. `told` is what the mail
    says of the customer's other invoices. `claims` are those of its document just before.
    """

    at: datetime
    document_id: str
    step: str
    action: Action
    template: str
    level: int
    approval: Approval
    told: Together
    title: str = ""
    proposal: Proposal | None = None
    claims: Mapping[str, Claim] = field(default_factory=dict, compare=False, repr=False)

    @property
    def joined(self) -> tuple[Joined, ...]:
        """The steps of other documents that the same mail carries out."""
        return self.told.joined


@dataclass(frozen=True, slots=True)
class Outlook:
    """How the following of one document goes on: `over` says why it ends (`done`, `paid`, `expired` …), "" when it has
    not by then; `why` what it waits for, and until when. `skipped` are the steps that will never be carried out.
    """

    document_id: str
    over: str
    why: str
    until: datetime | None
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What will happen to the documents of one customer, in order, and how each of them stands in the end."""

    foreseen: tuple[Foreseen, ...]
    outlooks: Mapping[str, Outlook]


def forecast(followed: Sequence[Followed], letters: Correspondence, now: datetime, until: datetime) -> Forecast:
    """What will be done from `now` to `until` about these documents, all of one customer, and nothing else happening.

    `letters` is his letter box. Deterministic. Costs about as much as the decisions that it foresees.
    """
    return _Life(followed, letters, now).lived(until)


class _Document:
    """One document while its life is lived: what is known of it grows, itself it does not change."""

    def __init__(self, followed: Followed, now: datetime) -> None:
        self.of = followed
        self.id = str(followed.document.id)
        self.claims = dict(followed.claims)
        self.proposals = {step: _decided(one, now) for step, one in followed.proposals.items()}
        self.wakes_at = max(now, followed.sleeps_until or now)
        self.is_drawn = False
        self.is_over = False
        self._skipped: dict[str, str] = {}
        self.outlook = Outlook(self.id, "", "", None, ())

    def stands(self, over: str, why: str, until: datetime | None, skipped: Sequence[Skipped]) -> None:
        """How it stands now. Of a step that is skipped again and again, the first reason is the one that counts."""
        for one in skipped:
            self._skipped.setdefault(one.step, one.reason)
        left = tuple(Skipped(step, reason) for step, reason in self._skipped.items() if step not in self.claims)
        self.outlook, self.is_over = Outlook(self.id, over, why, until, left), bool(over)

    def facts(self, now: datetime) -> Facts:
        facts = facts_of(self.of.document, now, self.of.beside)
        return replace(facts, has_pdf=True) if self.is_drawn else facts

    def case(self, now: datetime, letters: Correspondence) -> Case:
        around = Around(self.of.policy, letters, self.proposals)
        return Case(self.id, self.facts(now), self.of.scenario, self.claims, around)


class _Life:
    """The documents of one customer, his letter box, and what came of them so far."""

    def __init__(self, followed: Sequence[Followed], letters: Correspondence, now: datetime) -> None:
        self.documents = {str(one.document.id): _Document(one, now) for one in followed}
        self.letters = letters
        self.foreseen: list[Foreseen] = []
        for asleep in self.documents.values():
            if asleep.wakes_at > now:
                self._look(asleep, now)

    def lived(self, until: datetime) -> Forecast:
        wakes = [(document.wakes_at, id) for id, document in self.documents.items()]
        heapify(wakes)
        turns = dict.fromkeys(self.documents, 0)
        while wakes and wakes[0][0] <= until:
            at, id = heappop(wakes)
            turns[id] += 1
            if turns[id] <= MAX_TURNS and (again := self._turn(self.documents[id], at)) is not None:
                heappush(wakes, (again, id))
        outlooks = {id: document.outlook for id, document in self.documents.items()}
        return Forecast(tuple(self.foreseen), outlooks)

    def _look(self, document: _Document, now: datetime) -> None:
        """What a document that sleeps waits for: asked, and not carried out."""
        case = document.case(now, self.letters)
        answer = decide(case.facts, case.scenario, case.claims, now, case.around)
        if isinstance(answer, Wait):
            document.stands("", answer.why, document.wakes_at, answer.skipped)

    def _turn(self, document: _Document, now: datetime) -> datetime | None:
        """One decision, carried out; when the document wakes again, None when never."""
        case = document.case(now, self.letters)
        answer = decide(case.facts, case.scenario, case.claims, now, case.around)
        match answer:
            case Wait(wait_until, skipped):
                document.stands("", answer.why, wait_until, skipped)
                return wait_until
            case Render():
                document.is_drawn = True
            case Propose(step, approval, expires_at):
                document.proposals[step.id] = _approved(document, step, approval, now, expires_at)
                return now + APPROVED_AFTER
            case Send():
                self._send(document, case, answer, now)
            case Act(step):
                self._act(document, step, now, answer.proposal)
            case Done(skipped):
                document.stands("done", "", None, skipped)
            case Stop(reason):
                document.stands(reason, "", None, ())
            case _:  # pragma: no cover
                assert_never(answer)
        return None if document.is_over else now

    def _send(self, document: _Document, case: Case, send: Send, now: datetime) -> None:
        others = [
            other.case(now, self.letters)
            for other in self.documents.values()
            if other is not document and not other.is_over
        ]
        told = together(case, send, others, now)
        step = next((step for step in case.scenario.steps if step.id == send.step), None)
        approval = case.around.policy.approval_of(step) if step else Approval.AUTO
        self._foresee(document, send.step, Action.EMAIL, told, approval, now, send.proposal)
        for joined in told.joined:
            other = self.documents[joined.document_id]
            other.claims[joined.step] = _claim(other, joined.step, send.template, Action.EMAIL, now)

    def _act(self, document: _Document, step: Step, now: datetime, proposal: Proposal | None) -> None:
        approval = document.of.policy.approval_of(step) if step.action is Action.LETTER else Approval.AUTO
        told = Together(step.template, step.level)
        self._foresee(document, step.id, step.action, told, approval, now, proposal, step.title)

    def _foresee(
        self,
        document: _Document,
        step: str,
        action: Action,
        told: Together,
        approval: Approval,
        now: datetime,
        proposal: Proposal | None,
        title: str = "",
    ) -> None:
        stored = document.of.proposals.get(step)
        asked = Approval.AUTO if stored and stored.state is ProposalState.APPROVED else approval
        foreseen = Foreseen(
            at=now,
            document_id=document.id,
            step=step,
            action=action,
            template=told.template,
            level=told.level,
            approval=asked,
            told=told,
            title=title,
            proposal=proposal,
            claims=dict(document.claims),
        )
        self.foreseen.append(foreseen)
        claim = _claim(document, step, told.template, action, now)
        document.claims[step] = claim
        if claim.is_reminder:
            self.letters = reminded(self.letters, now)


def _decided(proposal: Proposal, now: datetime) -> Proposal:
    """A proposal that waits is taken to be approved now."""
    return replace(proposal, state=ProposalState.APPROVED) if proposal.is_pending(now) else proposal


def _approved(document: _Document, step: Step, approval: Approval, now: datetime, expires_at: datetime) -> Proposal:
    """As if whoever is asked said yes at once."""
    of = document.of.document
    return Proposal(
        tenant=of.tenant,
        id=claim_id(document.id, step.id),
        rev=1,
        document_kind=_kind(document),
        document_id=document.id,
        customer_id=str(of.customer_id),
        step=step.id,
        template=step.template,
        level=step.level,
        approval=approval,
        state=ProposalState.APPROVED,
        at=now,
        expires_at=expires_at,
    )


def _claim(document: _Document, step: str, template: str, action: Action, now: datetime) -> Claim:
    """As if the mail had left, and whatever else is kept of it were blank."""
    return Claim(
        tenant=TenantId(document.of.document.tenant),
        id=claim_id(document.id, step),
        rev=1,
        document_kind=_kind(document),
        document_id=document.id,
        step=step,
        template=template,
        state=ClaimState.SENT,
        at=now,
        settled_at=now,
        recipient=document.of.policy.recipient,
        subject="",
        message_id="",
        mail_sha256="",
        pdf_sha256="",
        salt="",
        consent=TrackingConsent.NONE,
        action=action,
    )


def _kind(document: _Document) -> DocumentKind:
    return DocumentKind.QUOTE if isinstance(document.of.document, Quote) else DocumentKind.INVOICE
