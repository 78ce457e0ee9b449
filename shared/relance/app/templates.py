"""Quote templates: the tenant's own, kept and changed; and the ready-made ones, to start from. [KX-01, KX-03, KB-13]"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from relance.app.context import Caller, Context
from relance.app.ports.starters import StarterTemplates
from relance.app.ports.store import Idem
from relance.app.records import Records
from relance.domain.errors import Conflict
from relance.domain.ids import TemplateId
from relance.domain.party import Company, VatRegime
from relance.domain.template import QuoteTemplate

_ID: Final = re.compile(r"tpl_[0-9a-z]{26}")
_NO_ID: Final = "-"  # of no record
_own = Records(QuoteTemplate, "tpl", "Aucun modèle de devis ne porte cet identifiant.")
page = _own.page


def get(ctx: Context, caller: Caller, id: str, starters: StarterTemplates) -> QuoteTemplate:
    """One template, ready-made or the tenant's own; `id` as it came. Raises NotFound."""
    if found := starters.get(caller.tenant, id):
        return found
    return _own.get(ctx, caller, id if _ID.fullmatch(id) else _NO_ID)


def ready_made(ctx: Context, caller: Caller, starters: StarterTemplates) -> Sequence[QuoteTemplate]:
    """The ready-made ones; those that suit the tenant's kind of company first."""
    company = _company(ctx, caller)
    kind = company.legal_kind if company else None
    return sorted(starters.all(caller.tenant), key=lambda template: template.suits is not kind)


def regime(ctx: Context, caller: Caller) -> VatRegime:
    """The tenant's VAT regime; liable until it says otherwise."""
    company = _company(ctx, caller)
    return company.vat_regime if company else VatRegime.LIABLE


def create(ctx: Context, caller: Caller, name: str, form: str, *, idem: Idem | None = None) -> QuoteTemplate:
    """A new template; the same request again gives the same one."""

    def made(id: str, at: datetime) -> QuoteTemplate:
        return QuoteTemplate(caller.tenant, TemplateId(id), 1, at, at, name, form)

    return _own.create(ctx, caller, made, idem)


def update(
    ctx: Context, caller: Caller, id: str, name: str, form: str, starters: StarterTemplates, *, expected_rev: int
) -> QuoteTemplate:
    """Replace a template whole; quotes made with it keep what they took. Raises NotFound, StaleVersion, Conflict."""
    _require_own(caller, id, starters)

    def changed(stored: QuoteTemplate, at: datetime) -> QuoteTemplate:
        return replace(stored, rev=stored.rev + 1, updated_at=at, name=name, form=form)

    return _own.update(ctx, caller, id, changed, expected_rev=expected_rev)


def delete(ctx: Context, caller: Caller, id: str, starters: StarterTemplates, *, expected_rev: int) -> None:
    """Remove a template; quotes made with it stay. Raises NotFound, StaleVersion, Conflict."""
    _require_own(caller, id, starters)
    _own.delete(ctx, caller, id, expected_rev=expected_rev)


def _company(ctx: Context, caller: Caller) -> Company | None:
    return ctx.store.get(caller.tenant, Company, caller.tenant)


def _require_own(caller: Caller, id: str, starters: StarterTemplates) -> None:
    if starters.get(caller.tenant, id):
        raise Conflict(
            "Ce modèle est fourni avec le logiciel et ne change pas : créez-en un d’après lui.", code="ready_made"
        )
