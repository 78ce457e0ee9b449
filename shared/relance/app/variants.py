"""Variants: several quotes for one need, of which the customer takes one. [KX-07, CY-04]

They find each other by a record of the need, written with each of them: no listing is searched, and of two variants
accepted at once one finds that the other was faster.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from relance.app.context import Context
from relance.app.ports.store import Entity
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact, Ref
from relance.domain.errors import Conflict
from relance.domain.quote import Need, Quote, QuoteStatus

MAX_VARIANTS: Final = 12  # quotes of one need, versions counted


def need_of(ctx: Context, quote: Quote) -> Need:
    """The need that a quote answers; a new one, not stored yet, when it stands alone."""
    if quote.need and (found := ctx.store.get(quote.tenant, Need, quote.need)):
        return found
    return Need(quote.tenant, ctx.new_id("nee"), 0, (quote.id,))


def joined(need: Need, variant: Quote) -> Need:
    """The need with one more quote. Raises Conflict `too_many_variants`."""
    if len(need.quote_ids) >= MAX_VARIANTS:
        raise Conflict(f"Un même besoin compte {MAX_VARIANTS} variantes au plus.", code="too_many_variants")
    return replace(need, rev=need.rev + 1, quote_ids=(*need.quote_ids, variant.id))


def left(ctx: Context, variant: Quote) -> tuple[Entity, ...]:
    """The need without that quote, to be stored with what takes the quote away; nothing when it stands alone."""
    need = ctx.store.get(variant.tenant, Need, variant.need) if variant.need else None
    if need is None:
        return ()
    others = tuple(id for id in need.quote_ids if id != variant.id)
    return (replace(need, rev=need.rev + 1, quote_ids=others),)


def siblings(ctx: Context, quote: Quote) -> tuple[Quote, ...]:
    """The other quotes of the same need, as they are stored."""
    need = ctx.store.get(quote.tenant, Need, quote.need) if quote.need else None
    others = [id for id in need.quote_ids if id != quote.id] if need else []
    found = ctx.store.get_many(quote.tenant, Quote, others)
    return tuple(found[id] for id in others if id in found)


def not_retained(ctx: Context, accepted: Quote, at: datetime) -> tuple[Quote, ...]:
    """The variants that still waited for an answer, closed by the acceptance of another. They are stored with it."""
    return tuple(
        replace(other, rev=other.rev + 1, status=QuoteStatus.NOT_RETAINED, replaced_by=accepted.id, updated_at=at)
        for other in siblings(ctx, accepted)
        if other.status is QuoteStatus.SENT
    )


def not_retained_fact(quote: Quote, retained: Quote) -> Fact:
    """That an offer which bound its author binds him no more, because another one was accepted."""
    data: dict[str, Json] = {"number": quote.number, "version": quote.version, "retained": retained.number}
    return Fact("quote.not_retained", Ref("quote", quote.id, quote.number), "customer", data)
