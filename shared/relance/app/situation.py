"""Where a document stands with its reminders: everything read again, then one pure decision.

Whoever acts on it commits the run that was read: a second reader who acted meanwhile has moved it, and so has whoever
stored a hold, a question or an answer. So a decision is never carried out on facts that somebody else has changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from relance.app.context import Context
from relance.app.finding import document_of, run_of
from relance.app.ports.open_work import OpenOfCustomer
from relance.app.ports.scenarios import PublishedScenarios
from relance.app.ports.store import Ref
from relance.app.read_ahead import ahead
from relance.domain.calendar_fr import civil_date, holiday_area
from relance.domain.errors import Corrupted
from relance.domain.ids import TenantId
from relance.domain.invoice import Invoice
from relance.domain.late_terms import LateTerms
from relance.domain.party import Company, Customer
from relance.domain.penalty_claim import PenaltyClaim
from relance.domain.quote import Quote
from relance.domain.reminder import settings
from relance.domain.reminder.claim import Claim, claim_id
from relance.domain.reminder.correspondence import Correspondence, first_letter
from relance.domain.reminder.decide import Around, Next, decide
from relance.domain.reminder.facts import Beside, Facts, facts_of
from relance.domain.reminder.grouping import Case
from relance.domain.reminder.policy import policy_of
from relance.domain.reminder.proposal import Proposal
from relance.domain.reminder.run import Run
from relance.domain.reminder.scenario import DocumentKind, Scenario, no_reminders
from relance.domain.reminder.settings import ReminderSettings

MAX_OTHERS = 40  # documents of one customer that are looked at for one mail
_MANY = 100  # claims of one document: more than there can be


@dataclass(frozen=True, slots=True)
class Situation:
    """A document with all that is decided from, as stored at `now`; `claims` by step. `ctx` has read it all."""

    ctx: Context
    document: Quote | Invoice
    run: Run
    scenario: Scenario
    claims: Mapping[str, Claim]
    around: Around
    customer: Customer | None
    letters: Correspondence
    settings: ReminderSettings
    now: datetime

    @property
    def facts(self) -> Facts:
        """What decides of the document."""
        area = holiday_area(self.customer.address.postcode) if self.customer else ""
        return facts_of(self.document, self.now, beside(self.run, area))

    @property
    def next(self) -> Next:
        """What is to be done."""
        return decide(self.facts, self.scenario, self.claims, self.now, self.around)

    @property
    def case(self) -> Case:
        """What decides whether it is asked for together with others."""
        return Case(self.document.id, self.facts, self.scenario, self.claims, self.around)

    def approver_of(self, step: str) -> str:
        """Who approved that step, "" when it left by itself. [DR-09]"""
        proposal = self.around.proposals.get(step)
        return proposal.by if proposal else ""

    def at_run(self, run: Run) -> "Situation":
        """The same, with the run as it was just stored."""
        return replace(self, run=run)

    def with_claims(self, *claims: Claim) -> "Situation":
        """The same, after these claims of the document were stored."""
        return replace(self, claims={**self.claims, **{claim.step: claim for claim in claims}})

    def with_letters(self, letters: Correspondence) -> "Situation":
        """The same, after the customer's letter box was stored."""
        return replace(self, letters=letters, around=replace(self.around, letters=letters))


def situation(
    ctx: Context,
    tenant: TenantId,
    kind: DocumentKind,
    document_id: str,
    published: PublishedScenarios,
    *,
    run: Run | None = None,
    also: Sequence[Ref] = (),
) -> Situation:
    """Read the facts: one request for the entities (`also` read those), one for the claims; one more without `run`.

    Raises NotFound when the document or its run is not there, Corrupted when its scenario is gone.
    """
    run = run or run_of(ctx, tenant, document_id)
    reads = ahead(ctx, tenant, [*_refs(run, kind, published), *also], run)
    claims = ctx.store.starting_with(tenant, Claim, claim_id(document_id, ""), limit=_MANY).items
    return _found(reads, run, kind, {claim.step: claim for claim in claims}, published)


def others(
    found: Situation, published: PublishedScenarios, followed: OpenOfCustomer, *, only: frozenset[str] | None = None
) -> list[Situation]:
    """How the customer's other overdue invoices stand, at the same instant; `only` some of them when given.

    One request when there are none, three and one for each when there are. An invoice that cannot be read, or whose
    scenario is gone, is left to its own run: it keeps nobody else's from leaving. [DR-05, DR-17]
    """
    tenant, store = found.run.tenant, found.ctx.store
    if only is None:
        ids = [id for id in followed.open_of_customer(tenant, found.document.customer_id) if id != found.document.id]
    else:
        ids = sorted(only)
    if not ids:
        return []
    runs = [run for run in store.get_many(tenant, Run, ids[:MAX_OTHERS]).values() if run.is_open]
    mine = [run for run in runs if run.document_kind is DocumentKind.INVOICE]
    reads = ahead(
        found.ctx, tenant, [ref for run in mine for ref in _refs(run, run.document_kind, published, alone=False)], *mine
    )
    cases: list[Situation] = []
    for run in mine:
        invoice = reads.store.get(tenant, Invoice, run.id)
        if invoice is None or not invoice.is_overdue(civil_date(found.now)):
            continue
        claims = store.starting_with(tenant, Claim, claim_id(run.id, ""), limit=_MANY).items
        try:
            one = _found(reads, run, run.document_kind, {claim.step: claim for claim in claims}, published)
        except Corrupted:
            continue
        cases.append(replace(one, now=found.now).with_letters(found.letters))
    return cases


def beside(run: Run, area: str = "") -> Beside:
    """What a run knows of its document beside the document itself."""
    return Beside(run.asked, run.alerts, run.holds, area)


def scenario_of(ctx: Context, run: Run, published: PublishedScenarios) -> Scenario:
    """The version that a run pinned. Raises Corrupted when it is gone."""
    if not run.scenario_id:
        return no_reminders(run.tenant, run.document_kind, run.created_at)
    found = published.get(run.tenant, run.scenario_id) or ctx.store.get(run.tenant, Scenario, run.scenario_id)
    if found is None:
        raise Corrupted(
            f"Le scénario {run.scenario_id}, que ce suivi a retenu, n’existe plus.", code="scenario_missing"
        )
    return found


def _refs(run: Run, kind: DocumentKind, published: PublishedScenarios, *, alone: bool = True) -> list[Ref]:
    """All that a decision on this run asks for, as far as its run tells; not `alone`, without what others share."""
    refs: list[Ref] = [(Proposal, claim_id(run.id, step)) for step in run.proposed]
    if kind is DocumentKind.QUOTE:
        refs.append((Quote, run.id))
    else:
        refs += [(Invoice, run.id), (PenaltyClaim, run.id)]
    if run.scenario_id and published.get(run.tenant, run.scenario_id) is None:
        refs.append((Scenario, run.scenario_id))
    if not alone:
        return refs
    if kind is DocumentKind.INVOICE:
        refs.append((LateTerms, run.tenant))
    if run.customer_id:
        refs += [(Customer, run.customer_id), (Correspondence, run.customer_id)]
    return [*refs, (Company, run.tenant), (ReminderSettings, settings.ID)]


def _found(
    reads: Context, run: Run, kind: DocumentKind, claims: Mapping[str, Claim], published: PublishedScenarios
) -> Situation:
    tenant = run.tenant
    document = document_of(reads, tenant, kind, run.id)
    assert document.content is not None, "what has a run has content"
    customer = reads.store.get(tenant, Customer, document.customer_id)
    chosen = reads.store.get(tenant, ReminderSettings, settings.ID) or ReminderSettings(tenant)
    letters = reads.store.get(tenant, Correspondence, document.customer_id)
    letters = letters or first_letter(tenant, document.customer_id)
    proposals = [reads.store.get(tenant, Proposal, claim_id(run.id, step)) for step in run.proposed]
    around = Around(
        policy=policy_of(customer, chosen.closures, document.content.buyer.email),
        letters=letters,
        proposals={one.step: one for one in proposals if one is not None},
    )
    scenario = scenario_of(reads, run, published)
    return Situation(reads, document, run, scenario, claims, around, customer, letters, chosen, reads.clock.now())
