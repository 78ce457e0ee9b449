"""A seller at his till, over HTTP on doubles: accepted quotes, invoices of every kind, and an auditor of the accounts.

`audit` reads what is stored and the journal, by other sums than the product's own, and is called after each step.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from local import demo_data
from relance.app.ports.store import Commit
from relance.domain.chain.event import parse
from relance.domain.invoice import Invoice
from relance.domain.quote import Acceptance, Quote, QuoteStatus
from tests.builders import TENANT
from tests.doubles.api import Caller, Server, a_quote_body, wanted

ODD_LINES = [
    {"description": "Pose", "quantity": "3", "unit_price": "33.33", "vat_rate": "20"},
    {"description": "Dépose", "quantity": "7", "unit_price": "11.11", "vat_rate": "10"},
    {"description": "Fournitures", "quantity": "1", "unit_price": "99.99", "vat_rate": "5.5", "nature": "goods"},
]


@dataclass(frozen=True, slots=True)
class Till:
    """One seller, one customer, every call checked."""

    server: Server
    me: Caller

    def opens(self) -> "Till":
        """The demo company without its logo, which costs more to read than all the rest, and its first customer."""
        company = {**demo_data.COMPANY, "branding": {}}
        assert self.me.settings.put("/v1/company", company).status == 200
        wanted(self.me.customers.post("/v1/customers", demo_data.CUSTOMERS[0]), 201)
        return self

    def accepted_quote(self, **changes: Any) -> dict[str, Any]:
        """A quote that was sent and accepted whole."""
        body = a_quote_body(self.me.sets_up_customer(), **({"lines": ODD_LINES} | changes))
        quote = wanted(self.me.quotes.post("/v1/quotes", body), 201)
        wanted(self.me.quotes.post(f"/v1/quotes/{quote['id']}/send"))
        self.accept(quote["id"])
        return wanted(self.me.quotes.get(f"/v1/quotes/{quote['id']}"))

    def accept(self, quote_id: str) -> None:
        """What the customer's page does, without the page."""
        quote = self.server.store.get(TENANT, Quote, quote_id)
        assert quote is not None
        acceptance = Acceptance("N. Perrin", "Bon pour accord", self.server.clock.now(), "", 1, "", "", "0" * 64)
        after = replace(quote, rev=quote.rev + 1, status=QuoteStatus.ACCEPTED, acceptance=acceptance)
        self.server.store.commit(Commit(TENANT, self.server.ctx.new_id("tok"), puts=(after,)))

    def drafts(self, quote: dict[str, Any], **part: Any) -> dict[str, Any]:
        """The draft of a part of a quote."""
        return wanted(self.me.quotes.post(f"/v1/quotes/{quote['id']}/invoices", part or None), 201)

    def bills(self, quote: dict[str, Any], **part: Any) -> dict[str, Any]:
        """A part of a quote, issued."""
        return self.issues(self.drafts(quote, **part))

    def issues(self, draft: dict[str, Any]) -> dict[str, Any]:
        """A draft, issued."""
        issued = wanted(self.me.invoices.post(f"/v1/invoices/{draft['id']}/issue"))
        audit(self.server)
        return issued

    def invoices(self, **changes: Any) -> dict[str, Any]:
        """An invoice from scratch, issued."""
        return self.issues(wanted(self.me.drafts_invoice(**({"lines": ODD_LINES} | changes)), 201))

    def credits(self, invoice: dict[str, Any], **body: Any) -> dict[str, Any]:
        """A credit note of it, issued."""
        body = {"reason": "Geste commercial", "issue": True, **body}
        note = wanted(self.me.invoices.post(f"/v1/invoices/{invoice['id']}/credit-notes", body), 201)
        audit(self.server)
        return note

    def pays(self, invoice: dict[str, Any], amount: str | None = None, **body: Any) -> dict[str, Any]:
        """Money that came in."""
        body = {"amount": amount or self.again(invoice)["balance"], "paid_on": "2026-11-16", **body}
        paid = wanted(self.me.invoices.post(f"/v1/invoices/{invoice['id']}/payments", body), 201)
        audit(self.server)
        return paid

    def again(self, invoice: dict[str, Any]) -> dict[str, Any]:
        """It as it is now."""
        return wanted(self.me.invoices.get(f"/v1/invoices/{invoice['id']}"))

    def refused(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
        """Status and code of a call that must not pass; nothing was written."""
        before = self.server.store.commits
        is_of_quotes = path.startswith("/v1/quotes") and not path.endswith("/payments")
        gateway = self.me.quotes if is_of_quotes else self.me.invoices
        answer = gateway.post(path, body)
        assert answer.status in (404, 409, 422), answer.body.decode()
        assert self.server.store.commits == before
        return answer.status, answer.json["code"]

    @property
    def totals(self) -> dict[str, int]:
        """The perpetual totals."""
        return dict(self.server.store.head(TENANT).totals)

    def events(self, *types: str) -> list[Any]:
        """The facts of those types, oldest first."""
        events = [parse(event.line) for event in self.server.store.events(TENANT)]
        return [event for event in events if event.type in types]


def cents(amount: str) -> int:
    """`"12.34"` to 1234."""
    return int(Decimal(amount) * 100)


def rows(table: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """A VAT table on the wire as rate → (base, VAT) in cents."""
    return {row["vat"]["rate"]: (cents(row["base"]), cents(row["amount"])) for row in table}


def audit(server: Server) -> None:
    """The invariants of the accounts, from what is stored and what is chained. [C-01, C-04, N-01, R-04, AF-05]"""
    invoices = _all(server)
    issued = [invoice for invoice in invoices.values() if invoice.content is not None]
    for invoice in issued:
        assert invoice.content is not None
        for row in invoice.content.totals.subtotals:
            exact = Decimal(row.base) * row.treatment.rate_bp / 10_000
            assert abs(exact - row.vat) <= Decimal("1.5"), "VAT is base x rate, give or take the cent of a sum"
        for row in invoice.left:
            assert row.base >= 0 or row.vat == 0, "credited beyond the invoice"
            assert row.base >= 0, "credited beyond the invoice"
    _audit_series(server)
    _audit_totals(server, issued)


def _all(server: Server) -> dict[str, Invoice]:
    found: dict[str, Invoice] = {}
    cursor = None
    while True:
        page = server.store.page(TENANT, Invoice, limit=100, cursor=cursor)
        found.update({invoice.id: invoice for invoice in page.items})
        if (cursor := page.cursor) is None:
            return found


def _audit_series(server: Server) -> None:
    """Numbers per series are 1..n in the order of the journal, with dates that never go back. [N-01, N-03]"""
    ranks: dict[str, int] = defaultdict(int)
    numbers: set[str] = set()
    for event in (parse(one.line) for one in server.store.events(TENANT)):
        if event.type == "history.imported":
            ranks.update({start["series"]: start["rank"] for start in json.loads(event.line)["data"]["series"]})
        if not event.type.endswith(".issued"):
            continue
        series, rank, number = event.data["series"], event.data["rank"], event.data["number"]
        ranks[str(series)] += 1
        assert rank == ranks[str(series)]
        assert number not in numbers, "two documents of one number"
        numbers.add(str(number))


def _audit_totals(server: Server, issued: list[Invoice]) -> None:
    """Turnover = what invoices still stand for; money = the payments that were not credits. [AF-05]"""
    totals = server.store.head(TENANT).totals

    def kept(name: str) -> int:
        return totals.get(f"invoiced_{name}", 0) - totals.get(f"credited_{name}", 0) - totals.get(f"replaced_{name}", 0)

    assert kept("net") == sum(row.base for invoice in issued for row in invoice.left)
    assert kept("vat") == sum(row.vat for invoice in issued for row in invoice.left)
    moved = [p for invoice in issued for p in invoice.payments if p.mode.value != "credit"]
    assert totals.get("received", 0) - totals.get("refunded", 0) == sum(payment.amount for payment in moved)
