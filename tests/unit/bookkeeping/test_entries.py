"""Entries for the accountant, from what a seller really did at his till. [F-01, F-02]"""

import io
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from relance.adapters.chart_data import load_charts
from relance.app import bookkeeping
from relance.app.ports.store import Commit
from relance.contracts.ledger import LEDGER_HEADER, csv_row
from relance.domain.archive_export import ArchiveExport, ExportKind, ExportState, Period
from relance.domain.bookkeeping import fec
from relance.domain.bookkeeping.accounts import Role
from relance.domain.errors import Corrupted, Invalid
from relance.domain.invoice import Invoice
from tests.builders import TENANT, a_caller
from tests.doubles.api import wanted
from tests.doubles.readers import StoreJournal
from tests.doubles.till import ODD_LINES, Till

ALL_YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
GOODS = {"description": "Fournitures", "quantity": "2", "unit_price": "50", "vat_rate": "20", "nature": "goods"}
WORK = {"description": "Pose", "quantity": "1", "unit_price": "300", "vat_rate": "10"}


@dataclass(frozen=True, slots=True)
class Books:
    """A file of entries, read back by other means than it was written with."""

    rows: list[dict[str, str]]

    def of(self, piece: str) -> dict[str, Decimal]:
        """Debits above zero and credits below, by account, of one document."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for row in self.rows:
            if row["PieceRef"] == piece and row["JournalCode"] == "VE":
                sums[row["CompteNum"]] += euros(row["Debit"]) - euros(row["Credit"])
        return {account: amount for account, amount in sums.items() if amount}

    @property
    def balances(self) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for row in self.rows:
            sums[row["CompteNum"]] += euros(row["Debit"]) - euros(row["Credit"])
        return sums


def euros(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def file_of(till: Till, kind: ExportKind, period: Period = ALL_YEAR) -> tuple[bytes, int]:
    ctx, target = till.server.ctx, io.BytesIO()
    journal = StoreJournal(till.server.store)
    writer = (
        bookkeeping.fec_writer(ctx, journal, load_charts())
        if kind is ExportKind.FEC
        else bookkeeping.ledger_writer(ctx, journal, LEDGER_HEADER, csv_row)
    )
    asked = ArchiveExport(TENANT, "exp_1", 1, ctx.clock.now(), "u", kind=kind, state=ExportState.ASKED, period=period)
    written = writer(asked, target)
    assert written.length == len(target.getvalue())
    return target.getvalue(), written.size


def books_of(till: Till, period: Period = ALL_YEAR) -> Books:
    body, size = file_of(till, ExportKind.FEC, period)
    header, *lines = body.decode("iso8859-15").split("\r\n")[:-1]
    assert header.split("\t") == list(fec.COLUMNS)
    assert len(header.split("\t")) == 18
    rows = [dict(zip(fec.COLUMNS, line.split("\t"), strict=True)) for line in lines]
    assert len(rows) == size
    audit(rows)
    return Books(rows)


def audit(rows: list[dict[str, str]]) -> None:
    """[F-01] Each entry balances, numbers count from 1 in each journal, dates never go back, nothing is twice zero."""
    sums: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    last: dict[str, int] = defaultdict(int)
    day = ""
    for row in rows:
        key = (row["JournalCode"], int(row["EcritureNum"]))
        assert key[1] in (last[key[0]], last[key[0]] + 1)
        last[key[0]] = key[1]
        debit, credit = euros(row["Debit"]), euros(row["Credit"])
        assert min(debit, credit) == 0 < max(debit, credit)
        sums[key] += debit - credit
        assert row["EcritureDate"] == row["ValidDate"] >= day
        day = row["EcritureDate"]
        assert bool(row["CompAuxNum"]) == bool(row["CompAuxLib"]) == (row["CompteNum"] == "411000")
    assert set(sums.values()) <= {Decimal(0)}


def test_an_invoice_sells_by_nature_and_owes_its_vat_by_rate(till: Till) -> None:
    invoice = till.invoices(lines=[WORK, GOODS])
    assert books_of(till).of(invoice["number"]) == {
        "411000": Decimal(450),
        "706000": Decimal(-300),
        "707000": Decimal(-100),
        "445712": Decimal(-30),
        "445711": Decimal(-20),
    }


def test_a_payment_goes_to_the_bank_or_to_the_till(till: Till) -> None:
    invoice = till.invoices(lines=[WORK])
    till.pays(invoice, "100.00", mode="cash")
    till.pays(invoice, "30.00", mode="cheque")
    till.pays(invoice, mode="transfer")
    books = books_of(till)
    assert books.balances["530000"] == 100
    assert books.balances["511200"] == 30
    assert books.balances["512000"] == 200
    assert books.balances["411000"] == 0
    assert [row["JournalCode"] for row in books.rows if row["CompteNum"] == "530000"] == ["CA"]


def test_a_deposit_waits_in_4191_until_the_last_invoice_takes_it(till: Till) -> None:
    quote = till.accepted_quote(lines=[WORK, GOODS])
    deposit = till.bills(quote, kind="deposit", percent="30")
    final = till.bills(quote, kind="balance")
    books = books_of(till)
    assert books.of(deposit["number"])["419100"] == Decimal(-120)
    assert books.of(final["number"])["419100"] == Decimal(120)
    assert books.balances["419100"] == 0
    assert books.balances["706000"] == -300
    assert books.balances["707000"] == -100
    assert books.balances["445711"] == -20
    assert books.balances["445712"] == -30


def test_progress_is_not_sold_twice(till: Till) -> None:
    quote = till.accepted_quote()
    till.bills(quote, kind="progress", percent="40")
    till.bills(quote, kind="balance")
    books = books_of(till)
    sold = books.balances["706000"] + books.balances["707000"]
    assert sold == -Decimal(quote["totals"]["net"])
    assert books.balances["411000"] == Decimal(quote["totals"]["gross"])


def test_a_credit_note_is_the_reverse(till: Till) -> None:
    invoice = till.invoices(lines=[WORK, GOODS])
    note = till.credits(invoice)
    books = books_of(till)
    reverse = {account: -amount for account, amount in books.of(invoice["number"]).items()}
    assert books.of(note["number"]) == reverse
    assert not any(books.balances.values())


def test_a_corrective_invoice_takes_the_place_of_the_one_that_it_replaces(till: Till) -> None:
    invoice = till.invoices(lines=[WORK, GOODS])
    draft = wanted(till.me.invoices.post(f"/v1/invoices/{invoice['id']}/corrections", {"reason": "Quantité"}), 201)
    body = {"customer_id": invoice["customer_id"], "lines": [WORK], "type": "384", "refers_to": [invoice["id"]]}
    body |= {"reason": "Quantité"}
    till.issues(wanted(till.me.invoices.put(f"/v1/invoices/{draft['id']}", body, if_match=f'"{draft["rev"]}"')))
    books = books_of(till)
    assert not books.of(invoice["number"]), "written and taken back"
    assert books.balances["411000"] == 330
    assert books.balances["707000"] == 0
    ledger = file_of(till, ExportKind.SALES_LEDGER)[0].decode("utf-8-sig")
    assert ledger.count("Facture annulée (rectifiée)") == 2, "one row for each rate of the invoice that was replaced"


def test_discounts_and_charges_find_their_accounts(till: Till) -> None:
    invoice = till.invoices(
        lines=[WORK, GOODS],
        discounts=[{"label": "Remise", "percent": "10"}],
        charges=[{"label": "Port", "amount": "12.00", "vat_rate": "20", "kind": "transport"}],
    )
    books = books_of(till).of(invoice["number"])
    assert (books["706000"], books["707000"], books["708500"]) == (Decimal(-270), Decimal(-90), Decimal(-12))


def test_another_currency_is_in_euros_with_what_it_was_and_the_odd_cent_on_658_or_758(till: Till) -> None:
    exchange = {"rate": "0.9337", "on": "2026-11-16", "source": "BCE"}
    draft = wanted(till.me.drafts_invoice(lines=ODD_LINES, currency="CHF", exchange=exchange), 201)
    invoice = wanted(till.me.invoices.post(f"/v1/invoices/{draft['id']}/issue"))
    books = books_of(till)
    rows = [row for row in books.rows if row["PieceRef"] == invoice["number"]]
    assert {row["Idevise"] for row in rows if row["Montantdevise"]} == {"CHF"}
    (customer,) = [row for row in rows if row["CompteNum"] == "411000"]
    assert customer["Montantdevise"] == invoice["totals"]["gross"].replace(".", ",")


def test_a_credit_that_pays_another_invoice_moves_no_money(till: Till) -> None:
    first = till.invoices(lines=[WORK])
    till.pays(first)
    till.credits(first)
    second = till.invoices(lines=[WORK])
    till.pays(second, "330.00", mode="credit", credit_from=first["id"])
    books = books_of(till)
    assert books.balances["411000"] == 0
    assert books.balances["512000"] == 330


def test_a_period_holds_what_was_recorded_in_it_and_the_years_add_up(till: Till) -> None:
    """[AF-06] Money that is noted late is of the day on which it is noted."""
    invoice = till.invoices(lines=[WORK])
    till.server.clock.advance(timedelta(days=10))
    till.pays(invoice, paid_on="2026-11-16")
    first = books_of(till, Period(date(2026, 11, 16), date(2026, 11, 16)))
    second = books_of(till, Period(date(2026, 11, 17), date(2026, 12, 31)))
    assert {row["JournalCode"] for row in first.rows} == {"VE"}
    assert {(row["JournalCode"], row["EcritureDate"], row["PieceDate"]) for row in second.rows} == {
        ("BQ", "20261126", "20261116")
    }
    assert len(first.rows) + len(second.rows) == len(books_of(till).rows)
    assert books_of(till, Period(date(2025, 1, 1), date(2025, 12, 31))).rows == []


def test_the_company_chooses_its_accounts(till: Till) -> None:
    invoice = till.invoices(lines=[WORK])
    ctx = till.server.ctx
    own = bookkeeping.own_accounts(ctx, TENANT)
    chosen = replace(own, numbers={Role.SERVICES: "706100"})
    bookkeeping.put_own_accounts(ctx, a_caller(), chosen, expected_rev=0)
    assert books_of(till).of(invoice["number"])["706100"] == Decimal(-300)


def test_other_account_numbers_are_a_fact_and_the_same_ones_are_none(till: Till) -> None:
    """[AF-11] The entries of the same facts read otherwise from then on."""
    ctx = till.server.ctx
    chosen = replace(bookkeeping.own_accounts(ctx, TENANT), numbers={Role.SERVICES: "706100"})
    bookkeeping.put_own_accounts(ctx, a_caller(), chosen, expected_rev=0)
    bookkeeping.put_own_accounts(ctx, a_caller(), chosen, expected_rev=1)
    (fact,) = till.events("accounts.changed")
    assert (fact.ref.kind, fact.data) == ("accounts", {"numbers": {"services": "706100"}})


@pytest.mark.parametrize("number", ["", "70", "0706", "8000", "706 100", "=706100", "7061000000000", "７06000"])
def test_what_is_no_account_number_is_refused_with_its_place(till: Till, number: str) -> None:
    chosen = replace(bookkeeping.own_accounts(till.server.ctx, TENANT), numbers={Role.SERVICES: number})
    with pytest.raises(Invalid) as refusal:
        bookkeeping.put_own_accounts(till.server.ctx, a_caller(), chosen, expected_rev=0)
    assert refusal.value.faults[0].pointer == "/services"


def test_a_document_that_is_not_the_sealed_one_is_not_exported(till: Till) -> None:
    issued = till.invoices(lines=[WORK])
    stored = till.server.store.get(TENANT, Invoice, issued["id"])
    assert stored is not None
    forged = replace(stored, rev=stored.rev + 1, content_sha256="0" * 64)
    till.server.store.commit(Commit(TENANT, "forged", puts=(forged,)))
    with pytest.raises(Corrupted):
        books_of(till)


def test_the_ledger_of_sales_adds_up_to_turnover_and_runs_no_formula(till: Till) -> None:
    """OWASP: a cell that begins like a formula is text."""
    customer = till.me.sets_up_customer()
    found = till.me.customers.get(f"/v1/customers/{customer}")
    body = {key: value for key, value in found.json.items() if key in {"kind", "address", "siren", "email"}}
    answer = till.me.customers.put(
        f"/v1/customers/{customer}", {**body, "name": '=HYPERLINK("http://x")'}, if_match=found.etag
    )
    assert answer.status == 200, answer.body
    till.credits(till.invoices(lines=[WORK, GOODS]))
    till.invoices(lines=ODD_LINES)
    ledger, size = file_of(till, ExportKind.SALES_LEDGER)
    header, *rows = [line.split(";") for line in ledger.decode("utf-8-sig").split("\r\n")[:-1]]
    assert len(rows) == size == 7
    assert all(row[3].strip('"').startswith("'=HYPERLINK") for row in rows)
    totals = till.server.store.head(TENANT).totals
    net = sum(euros(row[header.index("HT (EUR)")]) for row in rows)
    vat = sum(euros(row[header.index("TVA (EUR)")]) for row in rows)
    assert net * 100 == totals["invoiced_net"] - totals.get("credited_net", 0)
    assert vat * 100 == totals["invoiced_vat"] - totals.get("credited_vat", 0)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Société Œuvre d’Évian, 12 €", "Société Œuvre d'Évian, 12 €".encode("iso8859-15")),
        ("Société Œuvre, 12 €", "Société Œuvre, 12 €".encode("iso8859-15")),
        ("Łódź – Ștefănescu… “Ž”", b'L\xf3dz - Stefanescu... "\xb4"'),
        ("株式会社 é", b"???? \xe9"),
    ],
)
def test_entries_are_in_a_character_set_that_the_law_names(text: str, written: bytes) -> None:
    """LPF art. A47 A-1 III 1°: ASCII, ISO 8859-15 or EBCDIC; a name of elsewhere loses its accents. [F-01]"""
    assert fec.encode(text) == written
