"""Commits to put before a store: the smallest ones that are right."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import uuid4

from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.ports.store import Answer, Commit, Entity, HeadMove, Idem
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact, Ref, content_hash
from relance.domain.ids import InvoiceId, TenantId
from relance.domain.invoice import Invoice, InvoiceStatus
from relance.domain.journal import Head, allocate, append, next_instant
from relance.domain.money import Cents
from relance.domain.perpetual import INVOICED, turnover
from relance.domain.vat import VatSubtotal
from tests.builders import STANDARD, a_caller, an_invoice
from tests.doubles.legal_facts import vat_table
from tests.doubles.outside import START

_CONTENT: Final[Mapping[str, Json]] = {"totals": vat_table(10_000)}
_PRINTED: Final[Mapping[str, Json]] = {"content": _CONTENT, "content_sha256": content_hash(_CONTENT)}


def a_commit(tenant: TenantId, *puts: Entity, **parts: Any) -> Commit:
    """A commit with a token of its own."""
    return Commit(tenant=tenant, token=uuid4().hex, puts=puts, **parts)


def an_answer(key: str = "key-1", *, body: str = "body", kind: str = "Invoice", id: str = "inv_1") -> Answer:
    """The answer to a request with that body."""
    return Answer(an_idem(key, body=body), kind, id, START)


def an_idem(key: str = "key-1", *, body: str = "body") -> Idem:
    """A request that may come twice."""
    return Idem(key, sha256(body.encode()).hexdigest())


def a_move(tenant: TenantId, head: Head, *, events: int = 1, at: datetime = START) -> HeadMove:
    """The head moves over that many payments."""
    facts = [Fact("payment.recorded", Ref("payment", f"pay_{n}"), "user:louise", {"amount": n}) for n in range(events)]
    after, sealed = append(head, tenant, facts, next_instant(head, at))
    return HeadMove(head.seq, after, sealed)


def issue(ctx: Context, tenant: TenantId, key: str | None = None) -> Invoice:
    """A document with the next number, through the real `journaling.commit`: what every issue of the product does."""
    return commit(ctx, a_caller(tenant), an_idem(key) if key else None, Invoice, issuing(ctx, a_caller(tenant)))


def issuing(ctx: Context, caller: Caller) -> Any:
    """The decision behind `issue`."""

    def decide(head: Head, at: datetime) -> Decision:
        taken = allocate(head, kind="invoice", number_format="F-{year}-{n:04d}", on=at.date())
        invoice = replace(
            an_invoice(caller.tenant),
            id=InvoiceId(ctx.new_id("inv")),
            status=InvoiceStatus.ISSUED,
            number=taken.number,
            issued_at=at,
        )
        fact = Fact("invoice.issued", Ref("invoice", invoice.id, taken.number), caller.actor, dict(_PRINTED))
        totals = turnover(INVOICED, [VatSubtotal(STANDARD, Cents(10_000), Cents(2_000))])
        return Decision(invoice, (invoice,), facts=(fact,), head=taken.head, totals=totals)

    return decide


def assert_numbers_are_gapless(events: Any, expected: int) -> None:
    """Numbers are 1..n in the order of the journal, each once."""
    lines = [event.line.decode() for event in events]
    for n, line in enumerate(lines, 1):
        assert f'"number":"F-2026-{n:04d}"' in line
    assert len(lines) == expected
