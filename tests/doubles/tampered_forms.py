"""Exports in which a fact has a form that nobody writes, sealed again by somebody who holds the key.

They come after the last closing, so no total tells: only the form does. What one language reads as a number, a list or
a date another does not, and both verifiers must say the same of all of it.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import cache, partial
from hashlib import sha256
from typing import Any, Final

from relance.app.archiving import layout
from relance.app.archiving.closing_files import ClosingFiles
from relance.domain.archive_export import Period
from relance.domain.chain.canonical import Json, canonical
from relance.domain.chain.event import Fact, Ref, event_hash
from relance.domain.chain.note import key_id, verifier_key
from relance.domain.purge import PURGED
from tests.doubles.archive import World
from tests.doubles.bookkeeper import TENANT, Bookkeeper, Entry, claimed, in_francs, payment, row, settings_changed, utc
from tests.doubles.exported import Files, files_of
from tests.doubles.tampered import Case, signed
from tests.doubles.tampered_closings import FRANC, Event, tell, world_of

END_MS: Final = 253_370_764_800_000  # 1 January 9999


@cache
def book() -> Bookkeeper:
    """The week of the closings, then a day that is not over."""
    told = tell(Bookkeeper())
    told.write(utc("2027-01-05T09:10"), told.document("invoice", [row(5_000, 1000), row(800)], deducted=[row(300)]))
    told.write(utc("2027-01-05T09:13"), settings_changed("01-04"), Entry(_quote(1, 1), {}), Entry(_quote(2, 0), {}))
    told.write(utc("2027-01-05T09:14"), Entry(_purge("2026-12-31"), {}))
    told.write(utc("2027-01-05T09:15"), in_francs(1_001, FRANC), claimed(4_666), payment(500, "cash"))
    return told


def _quote(version: int, rank: int) -> Fact:
    data: dict[str, Json] = {
        "series": "quote:2027",
        "rank": rank,
        "version": version,
        "number": "D-2027-0001",
        "issue_date": None,
    }
    return Fact("quote.sent", Ref("quote", f"quo_{version}", "D-2027-0001"), "system", data)


def _purge(year_end: str) -> Fact:
    """Of an event and a checkpoint that the export of one segment does not hold against it."""
    ranks = {"first_seq": 1, "last_seq": 1, "checkpoint_size": 1}
    last_hash = event_hash(tell(Bookkeeper()).events[0].line)
    digests = {"last_hash": last_hash, "checkpoint_sha256": sha256(b"").hexdigest(), "stamp_sha256": "0" * 64}
    return Fact(PURGED, Ref("journal", year_end), "system", {**ranks, **digests, "fiscal_year_end": year_end})


def sealed(change: Callable[[list[Event]], object], spell: Callable[[bytes], bytes] = lambda line: line) -> Files:
    """The events changed and chained again; `spell` writes the last line in its own way."""
    events = [json.loads(event.line) for event in book().events]
    change(events)
    lines: list[bytes] = []
    prev = "0" * 64
    for event in events:
        data = event["data"]
        if isinstance(data.get("content"), dict):
            data["content_sha256"] = sha256(canonical(data["content"])).hexdigest()
        lines.append(canonical({**event, "prev": prev}))
        if event is events[-1]:
            lines[-1] = spell(lines[-1])
        prev = event_hash(lines[-1])
    files = signed(lines, World(), prev)
    return Files({**files.bodies, **_closing_files()}).resummed()


@cache
def _closing_files() -> dict[str, bytes]:
    gathered = ClosingFiles()
    files = [file for event in book().lines() for file in gathered.take(event)]
    return dict([*files, *gathered.rest()])


def last(events: list[Event], type: str) -> Event:
    return [event for event in events if event["type"] == type][-1]


def said(type: str, **changes: Any) -> Files:
    """The last fact of a type says something else."""
    return sealed(lambda events: last(events, type)["data"].update(changes))


def printed(change: Callable[[Any], object]) -> Files:
    """The last invoice prints something else."""
    return sealed(lambda events: change(last(events, "invoice.issued")["data"]["content"]))


def _spelled(old: bytes, new: bytes) -> Files:
    return sealed(lambda events: None, lambda line: line.replace(old, new, 1))


def _nested(depth: int) -> Files:
    """Lists and objects `depth` deep, the event and its data among them: deeper than our own writer can write."""
    return _spelled(b'"data":{', b'"data":{"a":' + b"[" * (depth - 2) + b"]" * (depth - 2) + b",")


def intact() -> Iterator[Case]:
    """What must be accepted."""
    yield Case("a day that is not over", sealed(lambda events: None))
    yield Case("nested as deep as may be", _nested(254))
    yield Case("flat and long", said("penalty.claimed", lists=[[]] * 300))
    yield Case("a total by the name of what each object has", said("penalty.claimed", counts={"constructor": 5}))
    yield Case("an accounting year from the end of February", said("settings.changed", fiscal_year_start="02-28"))
    yield Case("settings that say nothing of the year", sealed(_without_year))
    for first in (date(2027, 2, 3), date(2027, 2, 11)):
        yield Case(f"a year that moves, from {first}", _moved(first))
    yield Case("settings of which a part says nothing of the year", _moved(date(2027, 2, 3), says_year=False))


def _without_year(events: list[Event]) -> None:
    del last(events, "settings.changed")["data"]["fiscal_year_start"]


def _moved(first: date, *, says_year: bool = True) -> Files:
    """A company without sales in its new year moves it: where that began, a part that begins later cannot know."""
    told = Bookkeeper()
    told.write(utc("2026-12-30T09:30"), told.invoice(10_000))
    _nights(told, date(2027, 1, 1), 41)
    if says_year:
        told.setting("07-01")
        told.write(utc("2027-02-10T08:00"), settings_changed("07-01"))
    else:
        fact = Fact("settings.changed", Ref("company", TENANT), "user:1", {"siren": "552100554"})
        told.write(utc("2027-02-10T08:00"), Entry(fact, {}))
    told.write(utc("2027-02-12T08:00"), told.invoice(5_000))
    _nights(told, date(2027, 2, 13), 150)
    return files_of(world_of(told, 9), TENANT, Period(first, date(2027, 7, 10)))


def _nights(told: Bookkeeper, first: date, count: int) -> None:
    for n in range(count):
        told.close(utc(f"{first + timedelta(days=n)}T08:00"))


def cases() -> Iterator[Case]:
    """What must be refused."""
    yield from (Case(name, files) for name, files in _money())
    yield from (Case(name, files) for name, files in _tables())
    yield from (Case(name, files) for name, files in _numbers_and_days())
    yield from (Case(name, files) for name, files in _spellings())
    yield from (Case(name, files) for name, files in _openings())


def _each(what: str, type: str, field: str, values: Iterable[Any]) -> Iterator[tuple[str, Files]]:
    """The last fact of a type with each of these values in a field."""
    for value in values:
        yield f"{what} {value!r}", said(type, **{field: value})


def _each_printed(what: str, edit: Callable[[Any, Any], object], values: Iterable[Any]) -> Iterator[tuple[str, Files]]:
    """The last invoice with each of these values where `edit` puts it."""
    for value in values:
        yield f"{what} {value!r}", printed(partial(edit, value))


def _money() -> Iterator[tuple[str, Files]]:
    yield from _each("an amount of", "payment.recorded", "amount", (True, "500", None, [], [500]))
    yield from _each("a mode", "payment.recorded", "mode", ("", "cash ", "Cash", "1", 5, ["cash"]))
    rates = (1, True, None, "", " 1", "1 ", "+1", "-1", "1e1", "1.", ".5", "1.2.3", "1_0", "0x10", "NaN", "\u0661")
    for rate in (*rates, "1" * 21):
        yield f"a rate of {rate!r}", said("payment.recorded", exchange={"rate": rate})
    yield from _each("an exchange", "payment.recorded", "exchange", (False, 0, "", "1", [], {}))
    counts: tuple[Any, ...] = (None, 0, [], [5], "x", {"x": True}, {"x": None}, {"x": "1"}, {"x": [1]})
    yield from _each("counts", "penalty.claimed", "counts", counts)


def _in_row(field: str, value: Any, content: Any) -> None:
    content["totals"]["subtotals"][0][field] = value


def _in_treatment(field: str, value: Any, content: Any) -> None:
    content["totals"]["subtotals"][0]["treatment"][field] = value


def _tables() -> Iterator[tuple[str, Files]]:
    for field in ("base", "vat"):
        values: tuple[Any, ...] = (True, None, "1", [], [1], {})
        yield from _each_printed(f"a row with {field}", partial(_in_row, field), values)
    category, rate_bp = ("", "S S", "\u017f", 5, None), ("2000", -1, True, None, [0])
    yield from _each_printed("a category", partial(_in_treatment, "category"), category)
    yield from _each_printed("a rate of VAT", partial(_in_treatment, "rate_bp"), rate_bp)
    tables: tuple[Any, ...] = (None, {}, "", 0, [None], [5], [[]], [{}])
    yield from _each_printed("a table", lambda v, c: c["totals"].update(subtotals=v), tables)
    taken: tuple[Any, ...] = (
        None,
        {},
        "",
        0,
        [-1],
        [[]],
        [{}],
        [{"subtotals": {}}],
        [{"subtotals": None}],
        [{"subtotals": [[]]}],
    )
    yield from _each_printed("deductions", lambda v, c: c.update(deductions=v), taken)
    replaced: tuple[Any, ...] = (False, 0, "", [], {}, {"subtotals": None}, "F-2026-0001")
    yield from _each("a replaced invoice", "invoice.issued", "replaces", replaced)
    large = {"base": 2**53 - 1, "vat": 0, "treatment": {"category": "S", "rate_bp": 2000}}
    yield "a sum beyond 2^53", printed(lambda c: c["totals"].update(subtotals=[large, large]))


def _numbers_and_days() -> Iterator[tuple[str, Files]]:
    yield from _each("a series", "invoice.issued", "series", (["quote:2027"], {"a": 1}, 5, False))
    yield from _each("an issue date", "invoice.issued", "issue_date", (0, False, [], {}))
    yield from _each("a later version", "quote.sent", "version", (1, True, None, "2", 0, [2]))
    yield from _each("a later version with the rank", "quote.sent", "rank", (False,))
    starts = (5, None, "", "0", "1-1", "13-01", "02-29", "04-31", "2026-01-01", "01-01\n", "\x00")
    yield from _each("an accounting year from", "settings.changed", "fiscal_year_start", starts)
    for year_end in ("20261231", "2026-W53-4", "1969-12-31", "9999-12-31", "0001-01-01", "2026-02-30"):
        yield f"a purge of {year_end}", sealed(partial(_purged, year_end))
    yield "an instant beyond the calendar", sealed(lambda events: events[-1].update(at=END_MS))
    yield "the largest instant", sealed(lambda events: events[-1].update(at=2**53 - 1))
    four_years = 4 * 366 * 86_400_000
    yield "years without a closing", sealed(lambda events: events[-1].update(at=events[-1]["at"] + four_years))
    yield "all years without a closing", sealed(lambda events: events[-1].update(at=END_MS - 1))


def _purged(day: str, events: list[Event]) -> None:
    event = last(events, PURGED)
    event["ref"]["id"] = event["data"]["fiscal_year_end"] = day


def _spellings() -> Iterator[tuple[str, Files]]:
    actor = b'"actor":"'
    for name, more in (
        ("a lone surrogate", b"\\ud800"),
        ("a pair of escapes", b"\\ud83d\\ude00"),
        ("a mark", b"\\ufeff"),
    ):
        yield f"{name} in a line that is signed", _spelled(actor, actor + more)
    for depth in (255, 900, 20_000):
        yield f"nested {depth} deep", _nested(depth)
    yield "an integer of 5,000 digits", _spelled(b'"data":{', b'"data":{"a":' + b"1" * 5_000 + b",")


def _openings() -> Iterator[tuple[str, Files]]:
    """The two files that no signature covers: what they say in another form is not what they must say."""
    whole = sealed(lambda events: None)
    for name, log in (
        ("no tenant", _log("relance/", "")),
        ("a tenant that is no text", _log("relance/0", 0)),
        ("a key from true on", _log(layout.origin(TENANT), TENANT, from_size=True)),
        (
            "a key in another base64",
            _log(layout.origin(TENANT), TENANT, public_key=_loose(b64encode(_PUBLIC).decode())),
        ),
        *((f"the origin {origin!r}", {**_log("relance/x", TENANT), "origin": origin}) for origin in (5, None, ["x"])),
    ):
        yield f"a log of {name}", Files({**whole.bodies, layout.LOG: canonical(log)}).resummed()
    part = _moved(date(2027, 2, 3))
    start = json.loads(part.read(layout.START))
    for field in ("from_ms", "until_ms"):
        for value in (str(start[field]), [start[field]]):
            body = canonical({**start, field: value})
            yield f"a start with {field} {value!r}", Files({**part.bodies, layout.START: body}).resummed()


_PUBLIC: Final = World().private_key.public_key().public_bytes_raw()


def _log(origin: str, tenant: Any, **entry: Any) -> dict[str, Any]:
    """A log.json of that origin, in which only its key's entry is otherwise."""
    log: dict[str, Any] = json.loads(layout.log_json(TENANT, _PUBLIC))
    log["keys"][0].update(id=key_id(origin, _PUBLIC).hex(), vkey=verifier_key(origin, _PUBLIC), **entry)
    return {**log, "origin": origin, "tenant": tenant}


def _loose(spelled: str) -> str:
    """The same bytes in another base64: bits that stand for nothing are set."""
    other = next(
        one for one in (spelled[:-2] + chr(ord(spelled[-2]) + n) + "=" for n in (1, 2, 3)) if one[-2].isalnum()
    )
    assert b64decode(other) == b64decode(spelled), "only the unused bits differ"
    return other
