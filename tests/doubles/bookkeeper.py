"""A journal that is written as production writes it, periods closed first, without a store: for long stretches of time.

What each fact counts is said beside it and never read back from its line, so that a fold of the lines checks something.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import NamedTuple

from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Event, Fact, Ref, SealedEvent, content_hash, parse
from relance.domain.closing import CLOSED, Closing, close_periods, is_due, open_from
from relance.domain.content import Exchange, content_json
from relance.domain.ids import TenantId
from relance.domain.journal import Head, add_totals, append, next_instant
from relance.domain.money import Cents, share
from relance.domain.perpetual import added, in_euros, turnover
from relance.domain.totals import less
from relance.domain.vat import VatCategory, VatSubtotal, VatTreatment
from tests.doubles.legal_facts import ACTOR, content

TENANT = TenantId("ten_a")


class Entry(NamedTuple):
    """A fact, and what it adds to the totals."""

    fact: Fact
    counts: Mapping[str, int]


@dataclass(slots=True)
class Bookkeeper:
    """One journal from its first event on, or going on after `head`."""

    fiscal_year_start: str = "01-01"
    head: Head = field(default_factory=Head)
    events: list[SealedEvent] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)
    tenant: TenantId = TENANT
    ranks: dict[str, int] = field(default_factory=dict)

    def write(self, now: datetime, *entries: Entry) -> None:
        """Facts of one transaction, after the closings that are due."""
        self.close(now)
        head, events = append(self.head, self.tenant, [entry.fact for entry in entries], next_instant(self.head, now))
        self.head = add_totals(head, added(*(entry.counts for entry in entries)))
        self.events += events

    def close(self, now: datetime) -> int:
        """What the sweep does; how many transactions it took."""
        self.head = open_from(self.head, next_instant(self.head, now), self.fiscal_year_start)
        count = 0
        while is_due(self.head, at := next_instant(self.head, now)):
            closed = close_periods(self.head, self.tenant, at)
            self.head = closed.head
            self.events += closed.events
            self.closings += closed.closings
            count += 1
        return count

    def invoice(self, net: int, rate_bp: int = 2000) -> Entry:
        """The next invoice, of one line."""
        return self.document("invoice", [row(net, rate_bp)])

    def document(
        self,
        kind: str,
        rows: Sequence[VatSubtotal],
        *,
        deducted: Sequence[VatSubtotal] = (),
        exchange: Exchange | None = None,
        replaced: Sequence[VatSubtotal] = (),
    ) -> Entry:
        """The next invoice or credit note; `deducted` and `replaced` are rows of an earlier invoice."""
        series = f"{kind}:2026"
        rank = self.ranks[series] = self.ranks.get(series, 0) + 1
        number = f"{'F' if kind == 'invoice' else 'A'}-2026-{rank:04d}"
        printed: dict[str, Json] = {**content(number, lines=1), "totals": {"subtotals": content_json(rows)}}
        if deducted:
            printed["deductions"] = [{"number": "F-2026-0001", "subtotals": content_json(deducted)}]
        if exchange is not None:
            printed["exchange"] = content_json(exchange)
        data: dict[str, Json] = {
            "number": number,
            "series": series,
            "rank": rank,
            "issue_date": "2026-01-01",
            "content": printed,
            "content_sha256": content_hash(printed),
        }
        counts = turnover("invoiced" if kind == "invoice" else "credited", less(rows, deducted), exchange)
        if replaced:
            data["replaces"] = {"number": "F-2026-0001", "subtotals": content_json(replaced)}
            counts = added(counts, turnover("replaced", replaced))
        return Entry(Fact(f"{kind}.issued", Ref(kind, f"{kind}_{rank}", number), ACTOR, data), counts)

    def setting(self, fiscal_year_start: str) -> None:
        """The company changes its accounting year; the fact must be written next."""
        assert self.head.periods is not None
        periods = self.head.periods.with_fiscal_year_start(fiscal_year_start)
        self.head = replace(self.head, periods=periods)

    def lines(self) -> list[Event]:
        """Read back."""
        return [parse(event.line) for event in self.events]

    def closed(self, kind: str = "") -> list[Event]:
        """The closings, of one kind."""
        return [e for e in self.lines() if e.type == CLOSED and kind in ("", e.data["kind"])]


def payment(cents: int, mode: str = "transfer") -> Entry:
    """Money received, or given back below zero."""
    name, way = ("recorded", "received") if cents >= 0 else ("refunded", "refunded")
    data: dict[str, Json] = {"amount": abs(cents), "currency": "EUR", "mode": mode}
    counts = {f"{way}_{mode}": abs(cents)} | ({} if mode == "credit" else {way: abs(cents)})
    return Entry(Fact(f"payment.{name}", Ref("invoice", "inv_1", "F-2026-0001"), ACTOR, data), counts)


def in_francs(cents: int, exchange: Exchange) -> Entry:
    """Money in another currency, at the rate of its document."""
    rate = content_json(exchange)
    data: dict[str, Json] = {"amount": cents, "currency": "CHF", "mode": "transfer", "exchange": rate}
    euros = in_euros(cents, exchange)
    fact = Fact("payment.recorded", Ref("invoice", "inv_1", "F-2026-0001"), ACTOR, data)
    return Entry(fact, {"received_transfer": euros, "received": euros})


def claimed(cents: int) -> Entry:
    """A fact that says itself what it counts."""
    counts = {"penalties_claimed": cents}
    return Entry(Fact("penalty.claimed", Ref("penalty", "inv_1", "F-2026-0001"), ACTOR, {"counts": counts}), counts)


def row(net: int, rate_bp: int = 2000) -> VatSubtotal:
    """A row of a VAT table."""
    return VatSubtotal(VatTreatment(VatCategory.STANDARD, rate_bp), Cents(net), share(net, rate_bp))


def sent() -> Entry:
    """A fact that counts nothing."""
    return Entry(Fact("document.sent", Ref("invoice", "inv_1", "F-2026-0001"), "system", {}), {})


def settings_changed(fiscal_year_start: str) -> Entry:
    """The fact of `Bookkeeper.setting`."""
    data: dict[str, Json] = {"fiscal_year_start": fiscal_year_start}
    return Entry(Fact("settings.changed", Ref("company", TENANT), ACTOR, data), {})


def utc(text: str) -> datetime:
    """`2026-11-21T10:00` and so on."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
