"""Exports whose closings were changed, by somebody who holds the key and seals everything else again as it should be.

The story is a week around New Year: two rates, three modes, a currency, deposits deducted, a credit note, a corrective
invoice, penalties, a silent day, an accounting year that moves.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from relance.app.archiving import drain, layout
from relance.app.archiving.closing_files import ClosingFiles
from relance.app.ports.archive import ArchiveHead
from relance.domain.archive_export import Period
from relance.domain.chain import note, segment
from relance.domain.chain.canonical import canonical
from relance.domain.chain.event import SealedEvent, content_hash, event_hash, parse
from relance.domain.chain.merkle import EMPTY, leaf_hash
from relance.domain.content import Exchange
from relance.domain.journal import Head
from tests.doubles.archive import World
from tests.doubles.bookkeeper import (
    TENANT,
    Bookkeeper,
    claimed,
    in_francs,
    payment,
    row,
    sent,
    settings_changed,
    utc,
)
from tests.doubles.exported import Files, files_of
from tests.doubles.tampered import Case, signed

FRANC: Final = Exchange(Decimal("0.955"), date(2026, 12, 30), "BCE")
Event = dict[str, Any]


def tell(book: Bookkeeper) -> Bookkeeper:
    """The week, from 30 December 2026 to 4 January 2027."""
    book.close(utc("2026-12-30T08:00"))
    book.setting("01-01")
    book.write(utc("2026-12-30T09:00"), settings_changed("01-01"))
    book.write(utc("2026-12-30T09:30"), book.invoice(10_000), payment(12_000))
    book.write(utc("2026-12-31T10:00"), book.document("invoice", [row(5_000, 1000), row(800)], deducted=[row(300)]))
    book.write(utc("2026-12-31T22:00"), payment(500, "cash"), payment(-100, "card"), payment(70, "credit"))
    book.write(utc("2027-01-02T08:00"), book.document("credit_note", [row(1_001)], exchange=FRANC))
    book.write(utc("2027-01-02T09:00"), in_francs(1_001, FRANC), claimed(4_666))
    book.write(utc("2027-01-02T10:00"), book.document("invoice", [row(9_000)], replaced=[row(10_000)]), sent())
    book.setting("01-04")
    book.write(utc("2027-01-03T08:00"), settings_changed("01-04"))
    book.write(utc("2027-01-04T08:00"), payment(1))
    book.close(utc("2027-01-05T08:00"))
    return book


def world_of(book: Bookkeeper, max_events: int = 9) -> World:
    world = World(events={TENANT: list(book.events)})
    drain(TENANT, world.archive(), max_events=max_events)
    return world


BOOK: Final = tell(Bookkeeper())
CLOSED: Final = files_of(world_of(BOOK))
LINES: Final = tuple(event.line for event in BOOK.events)


def files_with(lines: list[bytes]) -> Files:
    """One segment, signed, with the files that the export makes of its closings."""
    files = signed(lines, World(), event_hash(lines[-1]))
    gathered = ClosingFiles()
    for line in lines:
        files.bodies.update(gathered.take(parse(line)))
    files.bodies.update(gathered.rest())
    return files.resummed()


def resealed(change: Callable[[list[Event]], object]) -> Files:
    """The events changed, numbered and chained again; what closings say of ranks follows the new ones."""
    events = [json.loads(line) for line in LINES]
    change(events)
    ranks = {event["seq"]: rank for rank, event in enumerate(events, 1)}
    lines: list[bytes] = []
    prev = "0" * 64
    for rank, event in enumerate(events, 1):
        data = event["data"]
        if event["type"] == "period.closed":
            for field in ("first_seq", "last_seq"):
                if type(data.get(field)) is int:
                    data[field] = ranks.get(data[field], data[field] - 1)
        event.update(seq=rank, prev=prev)
        lines.append(canonical(event))
        prev = event_hash(lines[-1])
    return files_with(lines)


def closing(events: list[Event], id: str) -> Event:
    (found,) = [event for event in events if event["ref"]["id"] == id]
    return found


def said(id: str, **changes: Any) -> Files:
    """A closing that says something else."""
    return resealed(lambda events: closing(events, id)["data"].update(changes))


def summed(id: str, field: str, changes: Mapping[str, Any]) -> Files:
    """A closing with other totals."""
    return resealed(lambda events: closing(events, id)["data"][field].update(changes))


def forgotten(id: str, *fields: str) -> Files:
    def forget(events: list[Event]) -> None:
        data = closing(events, id)["data"]
        for field in fields[:-1]:
            data = data[field]
        del data[fields[-1]]

    return resealed(forget)


def without(*ids: str) -> Files:
    """Closings that were never made."""

    def remove(events: list[Event]) -> None:
        events[:] = [event for event in events if event["ref"]["id"] not in ids]

    return resealed(remove)


def of_type(events: list[Event], type: str, n: int = 0) -> Event:
    return [event for event in events if event["type"] == type][n]


def fact(type: str, n: int = 0, **changes: Any) -> Files:
    """What a fact counts is changed; the closings after it are not."""
    return resealed(lambda events: of_type(events, type, n)["data"].update(changes))


def a_chain_of_before(then: Callable[[Bookkeeper], object] = tell) -> Bookkeeper:
    """Two events of version 1 on two days, without closings; the same journal goes on in version 2."""
    world = World(version=1)
    facts = [settings_changed("07-01").fact, payment(5_000).fact]
    for day, one in zip((1, 2), facts, strict=True):
        world.record(TENANT, one, at_ms=int(utc(f"2026-12-0{day}T10:00").timestamp() * 1000))
    last = world.events[TENANT][-1]
    totals = {"received": 5_000, "received_transfer": 5_000}
    head = Head(seq=2, last_hash=last.hash, last_at_ms=last.at_ms, totals=totals)
    book = Bookkeeper(head=head, events=list(world.events[TENANT]), fiscal_year_start="07-01")
    then(book)
    return book


def sealed_unchecked(book: Bookkeeper, max_events: int) -> World:
    """The archive that an archiver of ours refuses to make, as somebody else makes it who holds the key."""
    world, frontier = World(events={TENANT: list(book.events)}), EMPTY
    public, origin = world.private_key.public_key().public_bytes_raw(), layout.origin(TENANT)
    stored = {layout.LOG: layout.log_json(TENANT, public)}
    for at in range(0, len(book.events), max_events):
        events = book.events[at : at + max_events]
        last, packed = events[-1], segment.pack(event.line for event in events)
        frontier = frontier.extend(leaf_hash(bytes.fromhex(event.hash)) for event in events)
        digest = sha256(packed).hexdigest()
        text = note.Checkpoint(origin, last.seq, frontier.root(), last.hash, at + 1, digest).text()
        signature = world.private_key.sign(text.encode())
        stored[layout.segment(at + 1)] = packed
        stored[layout.checkpoint(last.seq)] = note.sign_note(text, origin, public, signature)
        head = ArchiveHead(last.seq, last.seq, last.hash, last.at_ms, frontier, at + 1, digest, public.hex(), version=1)
        world.stored_heads[TENANT] = head
    world.objects.update({layout.prefix(TENANT) + name: [body] for name, body in stored.items()})
    return world


def a_part(first: date, last: date, book: Bookkeeper = BOOK, max_events: int = 3) -> Files:
    return files_of(world_of(book, max_events), period=Period(first, last))


def intact() -> Iterator[Case]:
    """What must be accepted."""
    yield Case("closings", CLOSED)
    bucket = {name: body for name, body in CLOSED.bodies.items() if name.split("/")[0] in ("seg", "ckpt", "log.json")}
    yield Case("closings in the bucket", Files(bucket), export=False)
    yield Case("closings sealed again", resealed(lambda _events: None))
    yield Case("closings after lines of before", files_of(world_of(a_chain_of_before())))
    yield Case("lines of before alone", files_of(world_of(a_chain_of_before(lambda _book: None))))
    for size in (1, 2, 3, 4):
        yield Case(f"a part, by {size}", a_part(date(2026, 12, 31), date(2027, 1, 3), max_events=size))
    yield Case("a part that begins with January", a_part(date(2027, 1, 2), date(2027, 1, 4), max_events=1))
    yield Case("a part before any closing", a_part(date(2026, 12, 30), date(2026, 12, 30), max_events=1))


def cases() -> Iterator[Case]:
    """What must be refused."""
    yield from (Case(name, files) for name, files in _totals())
    yield from (Case(name, files) for name, files in _shapes())
    yield from (Case(name, files) for name, files in _order())
    yield from (Case(name, files) for name, files in _facts())
    yield from (Case(name, files) for name, files in _files())
    yield from (Case(name, files) for name, files in _parts())


def _totals() -> Iterator[tuple[str, Files]]:
    for id in ("day.2026-12-31", "month.2026-12", "year.2026-12-31", "day.2027-01-01", "year.2027-01-03"):
        for field in ("totals", "cumulated", "perpetual"):
            yield f"{id} with other {field}", summed(id, field, {"received": 1})
            yield f"{id} with more {field}", summed(id, field, {"received_sea_shells": 0})
    yield "a perpetual total that was reset", said("day.2027-01-02", perpetual={})
    yield "a total less", forgotten("day.2026-12-30", "totals", "invoiced_net_s_2000")
    both = ("received", "received_transfer")
    yield "two totals changed", summed("day.2026-12-30", "totals", dict.fromkeys(both, 1))


def _shapes() -> Iterator[tuple[str, Files]]:
    changes: dict[str, list[Any]] = {
        "kind": ["week", 5, None],
        "to": ["2026-12-32", "soon", 5, None],
        "from": ["2026-12-30", 5],
        "label": ["2026-12", 5],
        "opens_at": [1, "1"],
        "closes_at": [1],
        "first_seq": [99, "1", None, True],
        "last_seq": [99, "1"],
        "totals": [None, [], "x", {"received": "1"}, {"received": True}],
        "perpetual": [{"received": None}],
    }
    for field, values in changes.items():
        for value in values:
            yield f"a closing with {field} {value!r}", said("day.2026-12-31", **{field: value})
        yield f"a closing without {field}", forgotten("day.2026-12-31", field)
    yield "a closing with more", said("day.2026-12-31", more="free text")
    yield "a closing under another id", resealed(lambda e: closing(e, "day.2026-12-31")["ref"].update(id="day.x"))
    yield "a month from another day", said("month.2026-12", **{"from": "2026-12-02"})
    yield "an accounting year from another day", said("year.2027-01-03", **{"from": "2027-01-02"})


def _order() -> Iterator[tuple[str, Files]]:
    yield "no closing of a day", without("day.2026-12-30")
    yield "no closing of a silent day", without("day.2027-01-01")
    yield "no closing of a month", without("month.2026-12")
    yield "no closing of a year", without("year.2026-12-31")
    yield "no closing of a year, and an event", without("year.2027-01-03")
    yield "no closing of two days", without("day.2027-01-01", "day.2027-01-02")
    yield "no closing at all but the last", without(*[c.id for c in BOOK.closings[:-1]])
    yield "no closing at all", without(*[c.id for c in BOOK.closings])
    yield "a closing of the day before", said("day.2027-01-02", **{"to": "2027-01-01", "from": "2027-01-01"})
    yield "a closing of the day after", said("day.2027-01-01", **{"to": "2027-01-02", "from": "2027-01-02"})
    yield "a day closed as a month", said("day.2027-01-01", kind="month")
    yield "a month closed as a year", said("month.2026-12", kind="year")

    def twice(events: list[Event]) -> None:
        at = events.index(closing(events, "day.2027-01-01"))
        events.insert(at + 1, {**json.loads(json.dumps(events[at])), "at": events[at]["at"] + 1, "seq": 999})
        for later in events[at + 2 :]:
            later["at"] += 2

    yield "a closing twice", resealed(twice)

    def early(events: list[Event]) -> None:
        first = closing(events, "day.2026-12-30")
        first["at"] = first["data"]["closes_at"] - 100

    yield "a closing before the end of its day", resealed(early)

    def into_closed(events: list[Event]) -> None:
        early(events)
        first = events.index(closing(events, "day.2026-12-30"))
        events[first + 1]["at"] = events[first]["at"] + 50

    yield "an event in a closed day", resealed(into_closed)

    def next_day(events: list[Event]) -> None:
        at = events.index(closing(events, "day.2027-01-02"))
        events[at - 1]["at"] = closing(events, "day.2027-01-02")["data"]["closes_at"] + 1

    yield "an event moved to the next day, before the closing", resealed(next_day)

    def backwards(events: list[Event]) -> None:
        events[9]["v"] = 1

    yield "a line of an older version", resealed(backwards)


def _facts() -> Iterator[tuple[str, Files]]:

    def unreadable_then_shapeless(events: list[Event]) -> None:
        """Once amounts cannot be read, what closings say is not looked at any more."""
        of_type(events, "payment.recorded")["data"]["amount"] = "x"
        closing(events, "day.2027-01-02")["data"].update(kind="week")

    yield "a closing without form after amounts that cannot be read", resealed(unreadable_then_shapeless)
    for name, files in (
        ("another amount", fact("payment.recorded", amount=11_999)),
        ("another mode", fact("payment.recorded", mode="cash")),
        ("a credit that is money", fact("payment.recorded", 2, mode="transfer")),
        ("money given back that came in", fact("payment.refunded", amount=101)),
        ("another rate of exchange", fact("payment.recorded", 3, exchange={"rate": "0.956"})),
        ("no rate of exchange", resealed(lambda e: of_type(e, "payment.recorded", 3)["data"].pop("exchange"))),
        ("another claim", fact("penalty.claimed", counts={"penalties_claimed": 4_667})),
        ("a claim that does not say what it counts", fact("penalty.claimed", counts=None)),
        ("a claim in words", fact("penalty.claimed", counts={"penalties_claimed": "4666"})),
        ("an amount in words", fact("payment.recorded", amount="12000")),
        ("no amount", fact("payment.recorded", amount=None)),
        ("no mode", fact("payment.recorded", mode=None)),
        ("a rate in words", fact("payment.recorded", 3, exchange={"rate": "x"})),
        ("another replaced invoice", fact("invoice.issued", 2, replaces={"subtotals": []})),
        ("no replaced invoice", fact("invoice.issued", 2, replaces=None)),
        ("another accounting year", fact("settings.changed", fiscal_year_start="07-01")),
        ("an accounting year that stays", fact("settings.changed", 1, fiscal_year_start="01-01")),
    ):
        yield f"a fact with {name}", files

    def printed(change: Callable[[Any], object], n: int = 1) -> Files:
        def edit(events: list[Event]) -> None:
            data = of_type(events, "invoice.issued", n)["data"]
            change(data["content"])
            data["content_sha256"] = content_hash(data["content"])

        return resealed(edit)

    yield "an invoice at another rate", printed(lambda c: c["totals"]["subtotals"][0]["treatment"].update(rate_bp=550))
    yield "an invoice of another sum", printed(lambda c: c["totals"]["subtotals"][0].update(base=1))
    yield "an invoice of other VAT", printed(lambda c: c["totals"]["subtotals"][0].update(vat=1))
    yield "an invoice without its deposits", printed(lambda c: c.pop("deductions"))
    yield "an invoice without its totals", printed(lambda c: c.pop("totals"))
    yield "an invoice in francs", printed(lambda c: c.update(exchange={"rate": "0.9"}))


def _files() -> Iterator[tuple[str, Files]]:
    name = "close/2026/12/31.json"
    for text, body in (("cut", CLOSED.read(name)[:-1]), ("of another day", CLOSED.read("close/2026/12/30.json"))):
        yield f"a file of closings {text}", Files({**CLOSED.bodies, name: body}).resummed()
    more = {"close/2025/01/01.json": b"[]"}
    yield "a file of closings that never were", Files({**CLOSED.bodies, **more}).resummed()
    yield "a file of closings with a strange name", Files({**CLOSED.bodies, "close/x.json": b"[]"}).resummed()
    yield "no file of closings", Files({n: b for n, b in CLOSED.bodies.items() if n != name}).resummed()
    gone = CLOSED.named("seg")[1]
    yield "closings without a segment", Files({n: b for n, b in CLOSED.bodies.items() if n != gone}).resummed()


def _parts() -> Iterator[tuple[str, Files]]:
    """Parts of an archive that was tampered with before: what one part can tell, it does."""

    def part(change: Callable[[list[Event]], object]) -> Files:
        lines = unpacked(resealed(change))
        events = [SealedEvent(TENANT, e.seq, e.at_ms, e.type, e.hash, e.line) for e in map(parse, lines)]
        forged = sealed_unchecked(Bookkeeper(events=events), max_events=3)
        return files_of(forged, period=Period(date(2026, 12, 31), date(2027, 1, 3)))

    for id, field in (("day.2027-01-01", "totals"), ("day.2027-01-02", "perpetual"), ("day.2027-01-02", "cumulated")):

        def change(events: list[Event], id: str = id, field: str = field) -> None:
            closing(events, id)["data"][field]["received"] = 1

        yield f"a part with other {field} of {id}", part(change)


def unpacked(files: Files) -> list[bytes]:
    return [line for name in files.named("seg") for line in segment.unpack(files.read(name))]
