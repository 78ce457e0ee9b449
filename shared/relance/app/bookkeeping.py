"""Entries and the ledger of sales of a period, from the events of the journal and the frozen contents that they name.

Chosen by the instant at which a fact was recorded: nothing enters a period once it is over, so a period gives the same
entries whenever it is asked for; money that was noted late is in the period that was open then. [F-01, F-02, AF-06]
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from itertools import takewhile
from typing import Final

from relance.app.archiving.tree import events_of
from relance.app.context import Caller, Context
from relance.app.exporting import Writer, Written
from relance.app.journaling import Decision, commit
from relance.app.ports.archive import JournalReader, Sink
from relance.app.settings import require_rev
from relance.domain.archive_export import ArchiveExport, Period
from relance.domain.bookkeeping import fec, sales_ledger
from relance.domain.bookkeeping.accounts import Chart, Charts, OwnAccounts, account_faults
from relance.domain.bookkeeping.entries import Paid, Party, Sold, entries
from relance.domain.calendar_fr import civil_date, from_ms
from relance.domain.chain.canonical import MAX_INTEGER
from relance.domain.chain.event import Event, Fact, Ref, SealedEvent, parse
from relance.domain.content import InvoiceContent
from relance.domain.errors import Corrupted, Invalid
from relance.domain.ids import TenantId
from relance.domain.invoice import Invoice, Payment
from relance.domain.journal import Head

ISSUED: Final = frozenset({"invoice.issued", "credit_note.issued"})
PAID: Final = frozenset({"payment.recorded", "payment.refunded"})
_BATCH: Final = 100


def fec_writer(ctx: Context, journal: JournalReader, charts: Charts) -> Writer:
    """Who writes entries in the layout of the FEC; `size` counts their lines."""

    def write(asked: ArchiveExport, sink: Sink) -> Written:
        chart = chart_of(ctx, asked.tenant, charts, _period(asked))
        made = entries(facts(ctx, asked.tenant, journal, _period(asked)), chart)
        lines = (fec.encode(line) for entry in made for line in fec.fec_lines(entry))
        return _write(sink, fec.encode(fec.HEADER), lines)

    return write


def ledger_writer(ctx: Context, journal: JournalReader, header: bytes, row: Callable[[Sequence[str]], bytes]) -> Writer:
    """Who writes the ledger of sales; `row` makes a line of cells, safe for a spreadsheet. `size` counts the rows."""

    def write(asked: ArchiveExport, sink: Sink) -> Written:
        sold = (fact for fact in facts(ctx, asked.tenant, journal, _period(asked)) if isinstance(fact, Sold))
        return _write(sink, header, map(row, sales_ledger.ledger_rows(sold)))

    return write


def facts(ctx: Context, tenant: TenantId, journal: JournalReader, period: Period) -> Iterator[Sold | Paid]:
    """What was sold and paid in the period, in the order of the journal; a batch of documents is held at a time.

    Raises Corrupted when a stored document is not the one whose hash is in the journal.
    """
    batch: list[Event] = []
    for event in _events(ctx, tenant, journal, period):
        batch.append(parse(event.line))
        if len(batch) == _BATCH:
            yield from _told(ctx, tenant, batch)
            batch.clear()
    yield from _told(ctx, tenant, batch)


def chart_of(ctx: Context, tenant: TenantId, charts: Charts, period: Period) -> Chart:
    """The chart of that period, with the company's own numbers."""
    return charts.on(period.last).renumbered(own_accounts(ctx, tenant).numbers)


def own_accounts(ctx: Context, tenant: TenantId) -> OwnAccounts:
    """What the company chose; nothing, at `rev` 0, until it did."""
    return ctx.store.get(tenant, OwnAccounts, tenant) or OwnAccounts(tenant)


def put_own_accounts(ctx: Context, caller: Caller, wanted: OwnAccounts, *, expected_rev: int) -> OwnAccounts:
    """Replace them whole, and chain `accounts.changed` when one is another: the same facts give other entries then.

    Raises StaleVersion, Invalid with each number that is none. [AF-11]
    """
    if faults := account_faults(wanted.numbers):
        raise Invalid("Ces comptes ne peuvent pas être enregistrés.", faults=faults)

    def decide(_: Head, at: datetime) -> Decision:
        known = own_accounts(ctx, caller.tenant)
        require_rev(known.rev, expected_rev)
        entered = replace(wanted, tenant=caller.tenant, rev=expected_rev + 1, updated_at=at)
        numbers = {role.value: number for role, number in entered.numbers.items()}
        fact = Fact("accounts.changed", Ref("accounts", caller.tenant), caller.actor, {"numbers": numbers})
        return Decision(answer=entered, puts=(entered,), facts=(fact,) if entered.numbers != known.numbers else ())

    return commit(ctx, caller, None, OwnAccounts, decide)


def _events(ctx: Context, tenant: TenantId, journal: JournalReader, period: Period) -> Iterator[SealedEvent]:
    size = ctx.store.head(tenant).seq
    before = bisect_left(range(size), period.from_ms, key=lambda seq: _at_after(tenant, journal, seq))
    within = takewhile(lambda event: event.at_ms < period.until_ms, events_of(tenant, journal, size, after=before))
    return (event for event in within if event.type in ISSUED or event.type in PAID)


def _at_after(tenant: TenantId, journal: JournalReader, seq: int) -> int:
    """When the next event that is there happened; never, where the journal ends too early: `events_of` tells of it."""
    found = journal.read(tenant, seq, 1)
    return found[0].at_ms if found else MAX_INTEGER


def _told(ctx: Context, tenant: TenantId, events: Sequence[Event]) -> Iterator[Sold | Paid]:
    replaced = {event.seq: _replaced(event) for event in events}
    ids = {event.ref.id for event in events} | {id for id in replaced.values() if id}
    known = ctx.store.get_many(tenant, Invoice, ids)
    for event in events:
        invoice, content = _found(known, event.ref.id)
        on = civil_date(from_ms(event.at_ms))
        party = Party(f"C{invoice.customer_id[-10:].upper()}", content.buyer.name)
        if event.type in PAID:
            yield _paid(event, invoice, content, party)
            continue
        if event.data.get("content_sha256") != invoice.content_sha256:
            message = f"Le document {event.ref.number} n’est plus celui que le journal a scellé."
            raise Corrupted(message, code="journal.content_mismatch")
        original = replaced[event.seq]
        yield Sold(on, content, party, _found(known, original)[1] if original else None)


def _replaced(event: Event) -> str:
    """The id of the invoice that a corrective one replaces, else ""."""
    told = event.data.get("replaces")
    id = told.get("id") if isinstance(told, dict) else None
    return id if isinstance(id, str) else ""


def _found(known: Mapping[str, Invoice], id: str) -> tuple[Invoice, InvoiceContent]:
    invoice = known.get(id)
    if invoice is None or invoice.content is None:
        raise Corrupted(
            f"Le document {id}, que le journal nomme, n’est pas enregistré.", code="journal.unknown_document"
        )
    return invoice, invoice.content


def _paid(event: Event, invoice: Invoice, content: InvoiceContent, party: Party) -> Paid:
    payment: Payment | None = next((one for one in invoice.payments if one.id == event.data.get("payment_id")), None)
    if payment is None or abs(payment.amount) != event.data.get("amount"):
        message = f"Un règlement de {invoice.number} n’est plus celui que le journal a scellé."
        raise Corrupted(message, code="journal.content_mismatch")
    on = civil_date(from_ms(event.at_ms))
    return Paid(on, content, party, payment.amount, payment.mode, payment.paid_on, payment.reference)


def _period(asked: ArchiveExport) -> Period:
    if asked.period is None:
        raise Invalid("Indiquez la période (from et to) : un an au plus.")
    return asked.period


def _write(sink: Sink, header: bytes, lines: Iterable[bytes]) -> Written:
    digest, length, count = sha256(header), len(header), 0
    sink.write(header)
    for line in lines:
        sink.write(line)
        digest.update(line)
        length += len(line)
        count += 1
    return Written(count, length, digest.hexdigest())
