"""/v1/items, /v1/customers/{id}/prices and /v1/quote-templates: what the next quotes and invoices start from."""

import msgspec

from functions.catalogue_api.wiring import Parts, wire
from relance.app import catalogue, prices, quoting, templates
from relance.contracts.catalogue import (
    ItemBody,
    PriceBody,
    item_page,
    item_view,
    price_page,
    price_view,
    to_article,
    to_price,
)
from relance.contracts.forms import read_form
from relance.contracts.parse import parse
from relance.contracts.templates import (
    TemplateBody,
    TemplateFromQuoteBody,
    form_of_quote,
    stored_form,
    template_name,
    template_page,
    template_view,
)
from relance.domain.calendar_fr import civil_date
from relance.domain.errors import NotFound
from relance.domain.template import QuoteTemplate
from relance.runtime.http import Api, Call, Reply, created, no_content, ok, on_first_call
from relance.runtime.pricing import priced


def build(parts: Parts) -> Api:
    """The routes, on these parts."""
    api = Api("catalogue_api")
    _items(api, parts)
    _prices(api, parts)
    _templates(api, parts)
    return api


def _items(api: Api, parts: Parts) -> None:
    ctx = parts.ctx

    @api.post("/v1/items")
    def create(call: Call) -> Reply:
        item = catalogue.create(ctx, call.caller, to_article(call.body(ItemBody)), idem=call.idem)
        return created(item_view(item), rev=item.rev, location=f"/v1/items/{item.id}")

    @api.get("/v1/items")
    def page(call: Call) -> Reply:
        prefix = call.query("reference")
        if prefix is None:
            found = catalogue.page(ctx, call.caller, limit=call.limit, cursor=call.cursor)
        else:
            found = catalogue.by_reference(ctx, call.caller, prefix, limit=call.limit, cursor=call.cursor)
        return ok(item_page(found.items, found.cursor))

    @api.get("/v1/items/{id}")
    def get(call: Call) -> Reply:
        item = catalogue.get(ctx, call.caller, call.id)
        return ok(item_view(item), rev=item.rev)

    @api.put("/v1/items/{id}")
    def update(call: Call) -> Reply:
        article = to_article(call.body(ItemBody))
        item = catalogue.update(ctx, call.caller, call.id, article, expected_rev=call.expected_rev)
        return ok(item_view(item), rev=item.rev)

    @api.delete("/v1/items/{id}")
    def delete(call: Call) -> Reply:
        catalogue.delete(ctx, call.caller, call.id, expected_rev=call.expected_rev)
        return no_content()


def _prices(api: Api, parts: Parts) -> None:
    ctx = parts.ctx

    @api.get("/v1/customers/{id}/prices")
    def page(call: Call) -> Reply:
        found = prices.page(ctx, call.caller, call.id, limit=call.limit, cursor=call.cursor)
        return ok(price_page(found.items, found.cursor))

    @api.get("/v1/customers/{id}/prices/{item_id}")
    def get(call: Call) -> Reply:
        price = prices.get(ctx, call.caller, call.id, call.item_id)
        return ok(price_view(price), rev=price.rev)

    @api.put("/v1/customers/{id}/prices/{item_id}")
    def put(call: Call) -> Reply:
        wanted, expected = to_price(call.body(PriceBody)), _expected_rev(call)
        price = prices.put(ctx, call.caller, call.id, call.item_id, wanted, expected_rev=expected)
        return ok(price_view(price), rev=price.rev)

    @api.delete("/v1/customers/{id}/prices/{item_id}")
    def delete(call: Call) -> Reply:
        prices.delete(ctx, call.caller, call.id, call.item_id, expected_rev=call.expected_rev)
        return no_content()

    def _expected_rev(call: Call) -> int | None:
        """The first PUT creates and has nothing to match; every later one says which version it read."""
        if call.expected_rev_if_any is None:
            try:
                prices.get(ctx, call.caller, call.id, call.item_id)
            except NotFound:
                return None
        return call.expected_rev


def _templates(api: Api, parts: Parts) -> None:
    ctx, starters = parts.ctx, parts.starters

    def read(call: Call) -> tuple[str, str]:
        """Name and form. It is checked with today's prices of the items that it names, and kept as it was written."""
        raw = call.raw_body
        form = read_form(raw) or {}
        if isinstance(quote := form.get("quote"), dict):
            raw = msgspec.json.encode({**form, "quote": priced(ctx, call.caller, quote, costs=True, at="/quote")})
        return template_name(parse(raw, TemplateBody)), stored_form(msgspec.json.decode(call.raw_body)["quote"])

    def shown(call: Call, template: QuoteTemplate) -> Reply:
        return ok(template_view(template, templates.regime(ctx, call.caller)), rev=template.rev)

    def made(call: Call, name: str, form: str) -> Reply:
        template = templates.create(ctx, call.caller, name, form, idem=call.idem)
        view = template_view(template, templates.regime(ctx, call.caller))
        return created(view, rev=template.rev, location=f"/v1/quote-templates/{template.id}")

    @api.post("/v1/quote-templates")
    def create(call: Call) -> Reply:
        return made(call, *read(call))

    @api.get("/v1/quote-templates")
    def page(call: Call) -> Reply:
        found = templates.page(ctx, call.caller, limit=call.limit, cursor=call.cursor)
        return ok(template_page(found.items, found.cursor, templates.ready_made(ctx, call.caller, starters)))

    @api.get("/v1/quote-templates/{id}")
    def get(call: Call) -> Reply:
        return shown(call, templates.get(ctx, call.caller, call.path_id, starters))

    @api.put("/v1/quote-templates/{id}")
    def update(call: Call) -> Reply:
        name, form = read(call)
        expected = call.expected_rev
        return shown(
            call, templates.update(ctx, call.caller, call.path_id, name, form, starters, expected_rev=expected)
        )

    @api.delete("/v1/quote-templates/{id}")
    def delete(call: Call) -> Reply:
        templates.delete(ctx, call.caller, call.path_id, starters, expected_rev=call.expected_rev)
        return no_content()

    @api.post("/v1/quotes/{id}/template")
    def keep(call: Call) -> Reply:
        name = template_name(call.body(TemplateFromQuoteBody))
        form = form_of_quote(quoting.get(ctx, call.caller, call.id), civil_date(ctx.clock.now()))
        return made(call, name, stored_form(form))


handler = on_first_call(lambda: build(wire()))
