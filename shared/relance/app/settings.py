"""The company itself: legal identity, tax regime, bank details, look. Fiscal changes are legal facts. [CY-01, AF-11]"""

from dataclasses import replace
from datetime import datetime

from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.ports.store import Page
from relance.domain.calendar_fr import civil_date
from relance.domain.chain.event import Fact, Ref
from relance.domain.content import content_json
from relance.domain.errors import Fault, Invalid, NotFound, StaleVersion
from relance.domain.journal import Head
from relance.domain.party import Company, CompanyVersion, past_version
from relance.domain.payment_terms import PaymentRule, TermSector
from relance.domain.term_limits import NO_LIMITS, TermLimits

# What a tax inspector would ask about: who sells, under which regime, numbered and closed how.
FISCAL_FIELDS = (
    "legal_name",
    "trading_name",
    "legal_kind",
    "legal_form",
    "share_capital",
    "siren",
    "siret",
    "registry",
    "registry_city",
    "registration_pending",
    "address",
    "vat_regime",
    "vat_number",
    "vat_on_debits",
    "vat_group",
    "approved_association",
    "fiscal_year_start",
    "quote_number_format",
    "proforma_number_format",
    "invoice_number_format",
    "credit_note_number_format",
)


def get_company(ctx: Context, caller: Caller) -> Company:
    """The tenant's company. Raises NotFound until it was first put."""
    company = ctx.store.get(caller.tenant, Company, caller.tenant)
    if company is None:
        raise NotFound(
            "L’entreprise n’est pas encore renseignée : envoyez-la d’abord avec PUT /v1/company.", code="no_company"
        )
    return company


def put_company(
    ctx: Context, caller: Caller, company: Company, *, expected_rev: int | None, limits: TermLimits = NO_LIMITS
) -> Company:
    """Create the company or replace it whole; `rev`, `tenant` and `updated_at` of the argument are not looked at.

    What it was is kept as a version, in the same transaction. Chains `settings.changed` with the fiscal and legal
    fields when one of them changes. Raises StaleVersion when the stored one is not at `expected_rev` (None = there must
    be none yet), Invalid when its payment terms are longer than `limits` allow between businesses. [P-01]
    """

    def decide(head: Head, at: datetime) -> Decision:
        stored = ctx.store.get(caller.tenant, Company, caller.tenant)
        require_rev(stored.rev if stored else None, expected_rev)
        require_term(limits, company.defaults.rule, company.term_sector, at, "/defaults/payment_rule")
        wanted = replace(company, tenant=caller.tenant, rev=stored.rev + 1 if stored else 1, updated_at=at)
        facts: tuple[Fact, ...] = ()
        if stored is None or any(getattr(stored, name) != getattr(wanted, name) for name in FISCAL_FIELDS):
            data = {name: content_json(getattr(wanted, name)) for name in FISCAL_FIELDS}
            facts = (Fact("settings.changed", Ref("company", caller.tenant), caller.actor, data),)
        past = () if stored is None else (past_version(stored, at),)
        periods = head.periods and head.periods.with_fiscal_year_start(wanted.fiscal_year_start)
        return Decision(answer=wanted, puts=(wanted, *past), facts=facts, head=replace(head, periods=periods))

    return commit(ctx, caller, None, Company, decide)


def versions(
    ctx: Context, caller: Caller, *, limit: int = 50, cursor: str | None = None
) -> tuple[Company | None, Page[CompanyVersion]]:
    """What the company was before, newest first; on the first page also what it is today. Raises NotFound."""
    today = None if cursor else get_company(ctx, caller)
    return today, ctx.store.page(caller.tenant, CompanyVersion, limit=limit, cursor=cursor)


def require_term(limits: TermLimits, rule: PaymentRule, sector: TermSector | None, at: datetime, pointer: str) -> None:
    """Raise Invalid when invoices between businesses would be due later than the law of the day allows. [P-01]"""
    if (message := limits.rule_fault(rule, sector, civil_date(at))) is not None:
        raise Invalid("Ce délai de paiement est trop long.", faults=[Fault(pointer, message, "P-01")])


def require_rev(stored: int | None, expected: int | None) -> None:
    """Optimistic lock of every PUT and DELETE. Raises StaleVersion when the two differ."""
    if stored != expected:
        raise StaleVersion("Cette fiche a changé depuis que vous l’avez lue : rechargez-la, puis recommencez.")
