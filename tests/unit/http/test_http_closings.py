"""Closings over HTTP: a page, a table for a spreadsheet, a table to print, and where they stand. [AF-05, K-03]"""

import csv
import io
from datetime import timedelta
from typing import Any, Final

import pytest

from functions.archive_api import app
from relance.app import closing
from relance.app.closing_sheet import closing_sheet
from relance.app.context import Context
from relance.contracts.closings import closings_csv
from relance.domain.periods import PeriodKind
from tests.builders import TENANT, a_company
from tests.doubles.archive import World
from tests.doubles.archive_desk import archive_parts
from tests.doubles.bookkeeper import Bookkeeper, claimed, payment, row, utc
from tests.doubles.commits import a_commit, issue
from tests.doubles.gateway import Gateway
from tests.doubles.outside import ManualClock, SeededEntropy
from tests.doubles.store import InMemoryStore

PATH: Final = "/v1/archive/closings"


@pytest.fixture(scope="module")
def api() -> Gateway:
    """Invoices on 20 and 28 November and 3 December, looked at on the 4th."""
    clock = ManualClock(utc("2026-11-20T11:00"))
    ctx = Context(InMemoryStore(), clock, SeededEntropy())
    ctx.store.commit(a_commit(TENANT, a_company()))
    for days in (8, 5, 1):
        issue(ctx, TENANT)
        clock.advance(timedelta(days=days))
    closing.close_due(ctx, TENANT)
    parts = archive_parts(ctx, World().archive())
    return Gateway(app.build(parts), TENANT)


def page(api: Gateway, **query: str) -> dict[str, Any]:
    answer = api.get(PATH, **query)
    assert answer.status == 200, answer.body
    body: dict[str, Any] = answer.json
    return body


def table(body: bytes) -> list[list[str]]:
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))


def test_closings_of_one_kind_come_latest_first_page_by_page(api: Gateway) -> None:
    first = page(api, kind="day", limit="10")
    rest = page(api, kind="day", limit="10", cursor=first["cursor"])
    labels = [item["label"] for item in (*first["items"], *rest["items"])]
    assert (labels[0], labels[-1], len(labels), rest["cursor"]) == ("2026-12-03", "2026-11-20", 14, None)
    (month,) = page(api, kind="month")["items"]
    assert (month["label"], month["name"], month["first_day"]) == ("2026-11", "novembre 2026", "2026-11-01")
    assert month["totals"]["invoiced_gross"] == "240.00"
    assert month["perpetual"]["invoiced_vat_s_2000"] == "40.00"
    assert page(api)["items"][0]["kind"] == "month"


def test_a_closing_says_which_events_it_covers_and_where_it_is_in_the_chain(api: Gateway) -> None:
    item = page(api, kind="day")["items"][-1]
    assert (item["id"], item["first_seq"], item["last_seq"], item["seq"]) == ("day.2026-11-20", 1, 1, 2)
    assert (item["opens_at"], item["closes_at"]) == ("2026-11-19T23:00:00Z", "2026-11-20T23:00:00Z")
    assert len(item["hash"]) == 64


def test_the_table_opens_in_a_french_spreadsheet_with_each_total_in_its_column(api: Gateway) -> None:
    answer = api.get(PATH, **{"format": "csv", "kind": "day", "from": "2026-11-20", "to": "2026-11-30"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    header, *rows = table(answer.body)
    assert len(rows) == 11
    first = dict(zip(header, rows[0], strict=True))
    assert (first["Nature"], first["Période"], first["Chiffre d’affaires TTC"]) == ("Jour", "20/11/2026", "120,00")
    assert (first["Chiffre d’affaires HT"], first["TVA"]) == ("100,00", "20,00")
    assert (first["Facturé HT à 20 %"], first["Premier événement"]) == ("100,00", "1")
    silent = dict(zip(header, rows[1], strict=True))
    assert (silent["Premier événement"], silent["Chiffre d’affaires TTC"]) == ("", "0,00")
    assert silent["Total perpétuel, CA TTC"] == "120,00"


def test_no_cell_of_the_table_can_run() -> None:
    """Totals are named by facts: a name that begins like a formula is text to a spreadsheet."""
    book = Bookkeeper()
    book.write(utc("2026-11-20T10:00"), payment(-500))
    book.close(utc("2026-11-21T10:00"))
    (day,) = book.closings
    evil = type(day)(**{name: getattr(day, name) for name in day.__slots__} | {"totals": {"=HYPERLINK(1)": 5}})
    header, cells = table(closings_csv([evil]))
    assert header[-1] == "'=HYPERLINK(1)"
    assert "-5,00" in cells, "our own numbers keep their sign"


def test_the_table_to_print_says_the_same(api: Gateway) -> None:
    answer = api.get(PATH, format="pdf", kind="month")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/pdf"


def test_the_columns_of_the_table_go_from_what_was_invoiced_to_what_was_given_back() -> None:
    """Not by the alphabet of codes that nobody sees."""
    book = Bookkeeper()
    book.write(utc("2026-12-30T10:00"), book.invoice(10_000), payment(12_000), payment(-2_000, "cash"), claimed(4_000))
    book.write(utc("2026-12-30T11:00"), book.document("credit_note", [row(1_000)]))
    book.close(utc("2027-01-01T10:00"))
    header, *rows = table(closings_csv(list(reversed(book.closings))))
    totals = [name.split(" ")[0].split(",")[0] for name in header[header.index("Empreinte SHA-256") + 1 :]]
    assert list(dict.fromkeys(totals)) == ["Facturé", "Avoirs", "Encaissé", "Remboursé", "Pénalités"]
    periods = [cells[header.index("Période")] for cells in rows]
    assert periods == ["30/12/2026", "31/12/2026", "décembre 2026", "exercice clos le 31/12/2026"]


def test_the_sheet_adds_up_by_rate_and_by_mode_the_oldest_first() -> None:
    book = Bookkeeper()
    book.write(utc("2026-12-30T10:00"), book.invoice(10_000), payment(12_000), payment(-2_000, "cash"))
    book.write(utc("2026-12-31T10:00"), book.document("credit_note", [row(1_000, 1000)]), claimed(4_000))
    book.close(utc("2027-01-01T10:00"))
    sheet = closing_sheet(book.closings, None, "Atelier Verdier", utc("2027-01-01T10:00").date())
    assert sheet.subtitle == "Atelier Verdier · 30/12/2026 à exercice clos le 31/12/2026"
    totals, rates, modes, proofs = sheet.sections
    assert totals.table[0] == ("30/12/2026", "100,00", "20,00", "120,00", "100,00", "120,00", "120,00", "100,00")
    assert totals.table[-1][:4] == ("exercice clos le 31/12/2026", "90,00", "19,00", "109,00")
    assert ("décembre 2026", "10 %", "−10,00", "−1,00", "−11,00") in rates.table
    assert ("décembre 2026", "espèces", "0,00", "20,00", "−20,00") in modes.table
    assert proofs.code[0] == f"{book.closings[0].hash}  30/12/2026 : événements 1 à 3, clôture 4"
    one = closing_sheet(book.closings[-1:], PeriodKind.YEAR, "Atelier Verdier", utc("2027-01-01T10:00").date())
    assert (one.title, one.subtitle) == ("Clôtures d’exercice", "Atelier Verdier · exercice clos le 31/12/2026")
    none = closing_sheet([], PeriodKind.DAY, "Atelier Verdier", utc("2027-01-01T10:00").date())
    assert none.subtitle == "Atelier Verdier · aucune clôture"
    assert [section.title for section in none.sections] == ["Totaux"], "no title without anything under it"
    book = Bookkeeper()
    for day in ("2026-12-30T10:00", "2026-12-31T10:00"):
        book.close(utc(day))
    silent = closing_sheet(book.closings, None, "Atelier Verdier", none.on)
    assert [section.paragraphs for section in silent.sections[1:3]] == [
        ("Aucun chiffre d’affaires sur ces périodes.",),
        ("Aucun règlement sur ces périodes.",),
    ]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"kind": "week"}, "/kind"),
        ({"format": "xls"}, "/format"),
        ({"format": "csv", "from": "soon"}, "/from"),
        ({"cursor": "x"}, "/cursor"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_name(api: Gateway, query: dict[str, str], pointer: str) -> None:
    answer = api.get(PATH, **query)
    assert answer.status == 422
    assert [fault for fault, _ in answer.faults] == [pointer]


def test_a_table_that_nobody_could_read_is_refused_with_the_way_out() -> None:
    ctx = Context(InMemoryStore(), ManualClock(), SeededEntropy())
    book = Bookkeeper(tenant=TENANT)
    book.close(utc("2020-01-01T11:00"))
    book.close(utc("2020-01-01T11:00") + timedelta(days=closing.MOST_ROWS + 1))
    days = [one for one in book.closings if one.kind is PeriodKind.DAY]
    for n in range(0, len(days), 90):
        ctx.store.commit(a_commit(TENANT, *days[n : n + 90]))
    parts = archive_parts(ctx, World().archive())
    api = Gateway(app.build(parts), TENANT)
    assert api.get(PATH, format="csv").faults == {("/from", "too_many")}
    shorter = {"format": "csv", "kind": "day", "from": "2023-01-01", "to": "2023-03-31"}
    assert len(table(api.get(PATH, **shorter).body)) == 1 + 90


def test_the_status_says_what_was_closed_last_and_when_the_next_closing_is_due(api: Gateway) -> None:
    found = api.get("/v1/archive/status").json
    assert found["last_closing"]["label"] == "2026-12-03"
    assert found["next_closing_at"] == "2026-12-04T23:00:00Z"
