"""POST and GET /v1/customers; GET and PUT /v1/customers/{id}; what the contact agreed to, and his story."""

from functions.customers_api.erasures import add_erasures
from functions.customers_api.wiring import Parts, wire
from relance.app import customers, timelines
from relance.app.customer_scenarios import require_scenarios
from relance.contracts.customers import (
    ConsentBody,
    ConsentHistory,
    CustomerBody,
    consent_history,
    customer_page,
    customer_view,
    to_consent,
    to_customer,
)
from relance.contracts.timelines import timeline
from relance.domain.party import Customer
from relance.runtime.http import Api, Call, Reply, created, ok, on_first_call


def build(parts: Parts) -> Api:
    """The routes, on these parts."""
    api = Api("customers_api")
    ctx = parts.ctx

    @api.post("/v1/customers")
    def create(call: Call) -> Reply:
        data = to_customer(call.body(CustomerBody))
        require_scenarios(ctx, call.caller, data, parts.published)
        customer = customers.create(ctx, call.caller, data, idem=call.idem, limits=parts.limits)
        return created(customer_view(customer), rev=customer.rev, location=f"/v1/customers/{customer.id}")

    @api.get("/v1/customers")
    def page(call: Call) -> Reply:
        found = customers.page(ctx, call.caller, limit=call.limit, cursor=call.cursor)
        return ok(customer_page(found.items, found.cursor))

    @api.get("/v1/customers/{id}")
    def get(call: Call) -> Reply:
        customer = customers.get(ctx, call.caller, call.id)
        return ok(customer_view(customer), rev=customer.rev)

    @api.put("/v1/customers/{id}")
    def update(call: Call) -> Reply:
        data = to_customer(call.body(CustomerBody))
        require_scenarios(ctx, call.caller, data, parts.published)
        customer = customers.update(
            ctx, call.caller, call.id, data, expected_rev=call.expected_rev, limits=parts.limits
        )
        return ok(customer_view(customer), rev=customer.rev)

    @api.get("/v1/customers/{id}/consent")
    def get_consent(call: Call) -> Reply:
        return ok(told(customers.get(ctx, call.caller, call.id)))

    @api.post("/v1/customers/{id}/consent")
    def record_consent(call: Call) -> Reply:
        return ok(told(customers.record_consent(ctx, call.caller, call.id, to_consent(call.body(ConsentBody)))))

    @api.get("/v1/customers/{id}/timeline")
    def get_timeline(call: Call) -> Reply:
        return ok(timeline(timelines.of_customer(ctx, call.caller, call.id, parts.activity)))

    add_erasures(api, parts)

    def told(customer: Customer) -> ConsentHistory:
        return consent_history(customer, customers.may_ask_from(ctx, customer, parts.silence))

    return api


handler = on_first_call(lambda: build(wire()))
