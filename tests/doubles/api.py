"""The functions of the API on one in-memory store, as one caller and his neighbour see them."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from functions.catalogue_api import app as catalogue_app
from functions.catalogue_api.wiring import Parts as CatalogueParts
from functions.customers_api import app as customers_app
from functions.customers_api.wiring import Parts as CustomersParts
from functions.dunning_api import app as dunning_app
from functions.dunning_api.wiring import Parts as DunningParts
from functions.invoices_api import app as invoices_app
from functions.invoices_api.wiring import Parts as InvoicesParts
from functions.quotes_api import app as quotes_app
from functions.quotes_api.wiring import Parts as QuotesParts
from functions.reports_api import app as reports_app
from functions.reports_api.wiring import Parts as ReportsParts
from functions.settings_api import app as settings_app
from functions.settings_api.wiring import Parts as SettingsParts
from local import demo_data
from relance.adapters.cash_limit_data import load_cash_limits
from relance.adapters.dunning_data import load_dunning_law
from relance.adapters.facturx.cii import cii_xml
from relance.adapters.legal_data import load_law
from relance.adapters.retention_data import load_retention
from relance.adapters.scenario_data import PackagedScenarios
from relance.adapters.silence_data import load_silence
from relance.adapters.starter_data import PackagedStarters
from relance.adapters.term_limit_data import load_term_limits
from relance.adapters.vat_data import load_vat_rates, load_vat_texts
from relance.app.context import Context
from relance.app.linking import Pages
from relance.domain.ids import TenantId
from tests.builders import TENANT
from tests.doubles.activity import InMemoryActivityLog
from tests.doubles.gateway import Answer, Gateway
from tests.doubles.outside import FakeRenderer, InMemoryDocuments, ManualClock, RecordingExecutions
from tests.doubles.platform import InMemoryPlatform
from tests.doubles.store import InMemoryStore
from tests.doubles.worker import Worker

PAGES = Pages("https://devis.example", b"a secret of the deployment")
law = cache(load_law)  # data that never changes, read once


@dataclass(frozen=True, slots=True)
class Server:
    """The functions, and the doubles they stand on."""

    ctx: Context
    store: InMemoryStore
    clock: ManualClock
    executions: RecordingExecutions
    documents: InMemoryDocuments
    activity: InMemoryActivityLog
    platform: InMemoryPlatform = field(default_factory=InMemoryPlatform)
    worker: Worker = field(default_factory=Worker)

    def caller(self, tenant: TenantId | None = TENANT) -> "Caller":
        return Caller(self, tenant)


@dataclass(frozen=True, slots=True)
class Caller:
    """One tenant in front of the API."""

    server: Server
    tenant: TenantId | None

    @property
    def settings(self) -> Gateway:
        parts = SettingsParts(
            self.server.ctx,
            b'{"openapi":"3.1.1"}',
            load_term_limits(),
            load_vat_rates(),
            load_vat_texts(),
            load_dunning_law(),
        )
        return Gateway(settings_app.build(parts), self.tenant)

    @property
    def customers(self) -> Gateway:
        parts = CustomersParts(
            self.server.ctx,
            load_term_limits(),
            load_silence(),
            self.server.activity,
            PackagedScenarios(),
            load_retention(),
            load_retention().place("eu-west-3"),
            self.server.worker,
        )
        return Gateway(customers_app.build(parts), self.tenant)

    @property
    def catalogue(self) -> Gateway:
        return Gateway(catalogue_app.build(CatalogueParts(self.server.ctx, PackagedStarters())), self.tenant)

    @property
    def quotes(self) -> Gateway:
        s = self.server
        return Gateway(
            quotes_app.build(
                QuotesParts(
                    s.ctx, law(), s.documents, FakeRenderer(), s.executions, s.activity, PAGES, PackagedStarters()
                )
            ),
            self.tenant,
        )

    @property
    def invoices(self) -> Gateway:
        s = self.server
        return Gateway(
            invoices_app.build(
                InvoicesParts(
                    s.ctx,
                    law(),
                    s.documents,
                    FakeRenderer(),
                    s.executions,
                    s.activity,
                    PAGES,
                    s.platform,
                    cii_xml,
                    load_cash_limits(),
                )
            ),
            self.tenant,
        )

    @property
    def dunning(self) -> Gateway:
        parts = DunningParts(self.server.ctx, load_dunning_law(), self.server.documents, FakeRenderer())
        return Gateway(dunning_app.build(parts), self.tenant)

    @property
    def reports(self) -> Gateway:
        parts = ReportsParts(self.server.ctx, load_dunning_law(), self.server.activity)
        return Gateway(reports_app.build(parts), self.tenant)

    def sets_up(self) -> str:
        """The demo company and its first customer, whose id is returned."""
        assert self.settings.put("/v1/company", demo_data.COMPANY).status == 200
        return str(wanted(self.customers.post("/v1/customers", demo_data.CUSTOMERS[0]), 201)["id"])

    def drafts_quote(self, **changes: Any) -> Answer:
        body = a_quote_body(self.sets_up_customer(), **changes)
        return self.quotes.post("/v1/quotes", body)

    def sets_up_customer(self) -> str:
        """The customer of this tenant, made at the first call."""
        known = self.customers.get("/v1/customers").json["items"]
        return str(known[0]["id"]) if known else self.sets_up()

    def drafts_invoice(self, **changes: Any) -> Answer:
        body = {"customer_id": self.sets_up_customer(), "lines": demo_data.QUOTE["lines"], **changes}
        return self.invoices.post("/v1/invoices", body)


def a_quote_body(customer_id: str, **changes: Any) -> dict[str, Any]:
    """A quote that could be sent."""
    return {**demo_data.QUOTE, "customer_id": customer_id, **changes}


def wanted(answer: Answer, status: int = 200) -> dict[str, Any]:
    """The JSON of an answer of that status."""
    assert answer.status == status, answer.body.decode()
    body: dict[str, Any] = answer.json
    return body
