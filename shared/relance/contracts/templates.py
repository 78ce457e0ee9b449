"""Quote templates on the wire: a quote without its customer, under a name. [KX-01, KX-03, KB-13]"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

import msgspec

from relance.contracts.fields import RequiredText, one_line
from relance.contracts.forms import Form, as_body
from relance.contracts.parse import Body
from relance.contracts.quote_views import quote_view
from relance.contracts.quotes import QuoteForm
from relance.domain.party import LegalKind, VatRegime
from relance.domain.quote import Quote, QuoteStatus
from relance.domain.template import QuoteTemplate

_OF_ITS_DAY: Final = frozenset({"validity_until", "exchange", "variant"})


class TemplateBody(Body, frozen=True, kw_only=True):
    """A template. Lines that name an `item` take its price on the day that a quote is made."""

    name: RequiredText
    quote: QuoteForm


class TemplateFromQuoteBody(Body, frozen=True, kw_only=True):
    """What a quote is kept under."""

    name: RequiredText


class TemplateView(msgspec.Struct, frozen=True, kw_only=True):
    """A template as it is told. `suits` tells whom a ready-made one is for; it cannot be changed."""

    id: str
    rev: int
    created_at: datetime
    updated_at: datetime
    name: str
    summary: str
    suits: LegalKind | None
    quote: QuoteForm


class TemplateSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A template in a listing."""

    id: str
    rev: int
    updated_at: datetime
    name: str
    summary: str
    suits: LegalKind | None


class TemplatePage(msgspec.Struct, frozen=True):
    """The tenant's own templates, newest first, and the ready-made ones, those for its kind of company first."""

    items: tuple[TemplateSummary, ...]
    cursor: str | None
    ready_made: tuple[TemplateSummary, ...]


def stored_form(form: Form) -> str:
    """A form as it is kept."""
    return msgspec.json.encode(form).decode()


def form_of(template: QuoteTemplate, regime: VatRegime) -> dict[str, Any]:
    """The form that a template holds. The rates of a ready-made one are left out for who charges no VAT. [V-01]"""
    form: dict[str, Any] = msgspec.json.decode(template.form)
    if template.suits and regime is VatRegime.FRANCHISE:
        untaxed = {name: [_without_rate(part) for part in form.get(name, ())] for name in ("lines", "charges")}
        form |= {name: parts for name, parts in untaxed.items() if parts}
    return form


def _without_rate(part: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name != "vat_rate"}


def form_of_quote(quote: Quote, today: date) -> dict[str, Any]:
    """What the author of a quote wrote, as a form: without its customer, its answers, and dates that would be past.

    What ties it to others stays behind too: a variant's name, and that it was an avenant.
    """
    written = replace(quote, status=QuoteStatus.DRAFT, content=None, accepted_content=None)
    form = as_body(msgspec.to_builtins(quote_view(written, today)), QuoteForm)
    tied = {"kind", "title"} if quote.amends else set()
    return {name: value for name, value in form.items() if name not in _OF_ITS_DAY | tied}


def template_name(body: TemplateBody | TemplateFromQuoteBody) -> str:
    """The name as it is kept."""
    return one_line(body.name)


def template_view(template: QuoteTemplate, regime: VatRegime) -> dict[str, Any]:
    """A template with its form, of the shape of `TemplateView`: the form is told as it was written."""
    form = form_of(template, regime)
    return {**msgspec.to_builtins(_summary(template)), "created_at": template.created_at, "quote": form}


def template_page(
    own: Iterable[QuoteTemplate], cursor: str | None, ready_made: Iterable[QuoteTemplate]
) -> TemplatePage:
    """A slice of the listing, with every ready-made template."""
    return TemplatePage(tuple(map(_summary, own)), cursor, tuple(map(_summary, ready_made)))


def _summary(template: QuoteTemplate) -> TemplateSummary:
    return TemplateSummary(
        id=template.id,
        rev=template.rev,
        updated_at=template.updated_at,
        name=template.name,
        summary=template.summary,
        suits=template.suits,
    )
