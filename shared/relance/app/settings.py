"""The company itself: legal identity, tax regime, bank details, look. Fiscal changes are legal facts. [CY-01, AF-11]"""

from dataclasses import replace
from datetime import datetime

from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit
from relance.domain.chain.event import Fact, Ref
from relance.domain.content import content_json
from relance.domain.errors import NotFound, StaleVersion
from relance.domain.journal import Head
from relance.domain.party import Company

# What a tax inspector would ask about: who sells, under which regime, numbered how.
FISCAL_FIELDS = (
    "legal_name",
    "legal_kind",
    "siren",
    "siret",
    "vat_regime",
    "vat_number",
    "quote_number_format",
    "invoice_number_format",
)


def get_company(ctx: Context, caller: Caller) -> Company:
    """The tenant's company. Raises NotFound until it was first put."""
    company = ctx.store.get(caller.tenant, Company, caller.tenant)
    if company is None:
        raise NotFound(
            "L’entreprise n’est pas encore renseignée : envoyez-la d’abord avec PUT /v1/company.", code="no_company"
        )
    return company


def put_company(ctx: Context, caller: Caller, company: Company, *, expected_rev: int | None) -> Company:
    """Create the company or replace it whole; `rev`, `tenant` and `updated_at` of the argument are not looked at.

    Raises StaleVersion when the stored one is not at `expected_rev` (None = there must be none yet).
    Chains `settings.changed` with the fiscal fields when one of them changes.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        stored = ctx.store.get(caller.tenant, Company, caller.tenant)
        require_rev(stored.rev if stored else None, expected_rev)
        wanted = replace(company, tenant=caller.tenant, rev=stored.rev + 1 if stored else 1, updated_at=at)
        facts: tuple[Fact, ...] = ()
        if stored is None or any(getattr(stored, name) != getattr(wanted, name) for name in FISCAL_FIELDS):
            data = {name: content_json(getattr(wanted, name)) for name in FISCAL_FIELDS}
            facts = (Fact("settings.changed", Ref("company", caller.tenant), caller.actor, data),)
        return Decision(answer=wanted, puts=(wanted,), facts=facts)

    return commit(ctx, caller, None, Company, decide)


def require_rev(stored: int | None, expected: int | None) -> None:
    """Optimistic lock of every PUT and DELETE. Raises StaleVersion when the two differ."""
    if stored != expected:
        raise StaleVersion("Cette fiche a changé depuis que vous l’avez lue : rechargez-la, puis recommencez.")
