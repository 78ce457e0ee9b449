"""Where a document stands with its reminders: everything read again, then one pure decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from relance.app.context import Context
from relance.app.ports.scenarios import PublishedScenarios
from relance.domain.errors import Corrupted, NotFound
from relance.domain.ids import TenantId
from relance.domain.invoice import Invoice
from relance.domain.quote import Quote
from relance.domain.reminder.claim import Claim, claim_id
from relance.domain.reminder.decide import Next, decide
from relance.domain.reminder.facts import Beside, facts_of
from relance.domain.reminder.run import Run
from relance.domain.reminder.scenario import OWN_STEPS, QUESTION_NEWS, DocumentKind, Scenario


@dataclass(frozen=True, slots=True)
class Situation:
    """A document with its run and its claims (by step), as stored at `now`, and what follows from them."""

    document: Quote | Invoice
    run: Run
    claims: Mapping[str, Claim]
    next: Next
    now: datetime


def situation(
    ctx: Context, tenant: TenantId, kind: DocumentKind, document_id: str, published: PublishedScenarios
) -> Situation:
    """Read the facts and decide. Raises NotFound when the document has no run, Corrupted when its scenario is gone.

    The claims are read before the document. So if a claim was seen absent and a commit that checks the document at the
    `rev` seen here puts it, the document did not change in between.
    """
    run = run_of(ctx, tenant, document_id)
    scenario = _scenario(ctx, run, published)
    claims = _claims(ctx, run, scenario)
    document = document_of(ctx, tenant, kind, document_id)
    now = ctx.clock.now()
    return Situation(document, run, claims, decide(facts_of(document, now, beside(run)), scenario, claims, now), now)


def beside(run: Run, area: str = "") -> Beside:
    """What a run knows of its document beside the document itself."""
    return Beside(run.asked, run.alerts, run.holds, area)


def run_of(ctx: Context, tenant: TenantId, document_id: str) -> Run:
    """The run of a document. Raises NotFound."""
    run = ctx.store.get(tenant, Run, document_id)
    if run is None:
        raise NotFound("Ce document n’a pas de suivi : il n’a pas été envoyé.")
    return run


def document_of(ctx: Context, tenant: TenantId, kind: DocumentKind, document_id: str) -> Quote | Invoice:
    """The quote or the invoice of that id. Raises NotFound."""
    found: Quote | Invoice | None
    if kind is DocumentKind.QUOTE:
        found = ctx.store.get(tenant, Quote, document_id)
    else:
        found = ctx.store.get(tenant, Invoice, document_id)
    if found is None:
        raise NotFound("Aucun document de cet identifiant.")
    return found


def _scenario(ctx: Context, run: Run, published: PublishedScenarios) -> Scenario:
    found = published.get(run.tenant, run.scenario_id) or ctx.store.get(run.tenant, Scenario, run.scenario_id)
    if found is None:
        raise Corrupted(
            f"Le scénario {run.scenario_id}, que ce suivi a retenu, n’existe plus.", code="scenario_missing"
        )
    return found


def _claims(ctx: Context, run: Run, scenario: Scenario) -> dict[str, Claim]:
    steps = [*OWN_STEPS, *(QUESTION_NEWS + one.id for one in run.asked), *(step.id for step in scenario.steps)]
    found = [ctx.store.get(run.tenant, Claim, claim_id(run.id, step)) for step in steps]
    return {claim.step: claim for claim in found if claim is not None}
