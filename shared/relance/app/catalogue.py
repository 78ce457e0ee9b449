"""The catalogue: items with references that are unique in the tenant, and what lines take from them.

The claim on a reference is stored, moved and removed in the item's own transaction, so two items can never share one,
however many writers there are. Nothing is archived: documents keep copies, so an item may simply be removed (decision
0015). [KB-31, KB-33]
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from relance.app.context import Caller, Context
from relance.app.ports.store import EntityMoved, Idem, Page
from relance.app.records import Beside, Records
from relance.domain.calendar_fr import civil_date
from relance.domain.catalogue import (
    MAX_NAME,
    Article,
    CustomerPrice,
    Item,
    ItemReference,
    Offer,
    is_item_id,
    offer,
    price_id,
    reference_key,
)
from relance.domain.errors import Fault, Invalid
from relance.domain.ids import ItemId

T = TypeVar("T")


def _claims(ctx: Context, before: Item | None, after: Item | None) -> Beside:
    """The reference let go and the one taken. Raises Invalid with the pointer when another item has it."""
    item = after or before
    assert item is not None
    old, new = (reference_key(i.article.reference) if i else "" for i in (before, after))
    if old == new:
        return Beside()
    let_go = ctx.store.get(item.tenant, ItemReference, old) if old else None
    if new and ctx.store.get(item.tenant, ItemReference, new):
        message = (
            f"La référence {item.article.reference} est déjà prise par un autre article : choisissez-en une autre."
        )
        raise Invalid("Cet article ne peut pas être enregistré.", faults=[Fault("/reference", message, "taken")])
    return Beside(
        puts=(ItemReference(item.tenant, new, 1, item.id),) if new else (),
        deletes=(let_go,) if let_go else (),
    )


_items = Records(Item, "itm", "Aucun article du catalogue ne porte cet identifiant.", _claims)
get = _items.get
page = _items.page
delete = _items.delete


def create(ctx: Context, caller: Caller, article: Article, *, idem: Idem | None = None) -> Item:
    """A new item; the same request again gives the same one. Raises Invalid when its reference is taken."""

    def made(id: str, at: datetime) -> Item:
        return Item(tenant=caller.tenant, id=ItemId(id), rev=1, updated_at=at, article=article)

    return _once_more(lambda: _items.create(ctx, caller, made, idem))


def update(ctx: Context, caller: Caller, id: str, article: Article, *, expected_rev: int) -> Item:
    """Replace an item whole; documents keep what they took. Raises NotFound, StaleVersion, Invalid (reference)."""

    def changed(stored: Item, at: datetime) -> Item:
        return replace(stored, rev=stored.rev + 1, updated_at=at, article=article)

    return _once_more(lambda: _items.update(ctx, caller, id, changed, expected_rev=expected_rev))


def by_reference(
    ctx: Context, caller: Caller, prefix: str, *, limit: int = 50, cursor: str | None = None
) -> Page[Item]:
    """Items whose reference begins with `prefix`, whatever its case, from A to Z."""
    if len(prefix) > MAX_NAME:
        return Page((), None)  # no reference is that long, nor any key
    claims = ctx.store.starting_with(caller.tenant, ItemReference, reference_key(prefix), limit=limit, cursor=cursor)
    found = ctx.store.get_many(caller.tenant, Item, [claim.item_id for claim in claims.items])
    return Page(tuple(found[claim.item_id] for claim in claims.items if claim.item_id in found), claims.cursor)


def offers(
    ctx: Context, caller: Caller, customer_id: str, names: Sequence[str], *, at: str = "/lines"
) -> tuple[Offer | None, ...]:
    """For the items that a draft's lines name by id or reference ("" for none), what this customer pays today.

    Three round trips for a hundred items. Raises Invalid, pointing at each line
    (the lines stand `at` that pointer) whose item is unknown.
    """
    ids = _ids(ctx, caller, names)
    items = ctx.store.get_many(caller.tenant, Item, set(ids.values())) if ids else {}
    owned = {id: price_id(customer_id, id) for id in items}
    prices = ctx.store.get_many(caller.tenant, CustomerPrice, owned.values()) if customer_id and owned else {}
    unknown = [index for index, name in enumerate(names) if name and ids.get(name) not in items]
    if unknown:
        message = "Aucun article du catalogue ne porte cette référence ou cet identifiant."
        faults = [Fault(f"{at}/{index}/item", message, "unknown_item") for index in unknown]
        raise Invalid("Ce document nomme des articles inconnus.", faults=faults)
    today = civil_date(ctx.clock.now())
    own = {price.item_id: price.price for price in prices.values()}
    offered = {id: offer(item.article, own.get(item.id), today) for id, item in items.items()}
    return tuple(offered[ids[name]] if name else None for name in names)


def _ids(ctx: Context, caller: Caller, names: Sequence[str]) -> dict[str, str]:
    """The id of each name that has one; an id is taken at its word."""
    keys = {name: reference_key(name) for name in names if name and not is_item_id(name)}
    claims = ctx.store.get_many(caller.tenant, ItemReference, set(keys.values())) if keys else {}
    ids = {name: name for name in names if is_item_id(name)}
    return ids | {name: claims[key].item_id for name, key in keys.items() if key in claims}


def _once_more(write: Callable[[], T]) -> T:
    """Two writers wanted one reference at once: the second looks again, and is told that it is taken."""
    try:
        return write()
    except EntityMoved:
        return write()
