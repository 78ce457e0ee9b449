"""Formal notices, statements and the file for the court, over HTTP: nothing leaves by itself. [DU-01 to DU-07]

Peers' complaints 13 and 14 (OCA/credit-control#170, #460; InvoiceShelf#297): a disputed invoice is left out and then
vanishes for good; a part payment is reminded of the whole, and no statement of account tells what is left.
"""

import csv
import io
import json
import zipfile
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from relance.domain.calendar_fr import to_ms
from relance.domain.invoice import Invoice
from relance.domain.party import Customer
from relance.domain.quote import Quote
from relance.domain.reminder.claim import ClaimState
from relance.domain.reminder.hold import Hold, HoldKind
from relance.domain.reminder.run import Run
from tests.builders import OTHER_TENANT, TENANT
from tests.doubles.api import wanted
from tests.doubles.late import CONSUMER, at, enters_rates, owes, reminded, since_january, stores
from tests.doubles.till import Till


@pytest.fixture
def till() -> Till:
    return since_january()


def notice(till: Till, invoice: dict[str, Any], **body: Any) -> dict[str, Any]:
    return wanted(till.me.dunning.post(f"/v1/invoices/{invoice['id']}/formal-notice", body), 201)


def disputes(till: Till, invoice: dict[str, Any]) -> Run:
    run = till.server.store.get(TENANT, Run, invoice["id"])
    assert run is not None
    hold = Hold("hld_1", HoldKind.DISPUTE, till.server.clock.now(), "user:louise")
    held = replace(run, rev=run.rev + 1, holds=(hold,))
    stores(till, held)
    return held


def test_a_formal_notice_asks_for_the_debt_the_penalties_and_forty_euros_each_DU_05(till: Till) -> None:
    enters_rates(till)
    first = owes(till, "1200.00", "2026-01-15", "2026-01-31")
    other = owes(till, "600.00", "2026-01-20", "2026-02-15")
    till.server.clock.move_to(at("2026-03-15"))
    reminded(till, first, "j3", "2026-02-03")
    reminded(till, first, "j8", "2026-02-08", state=ClaimState.UNKNOWN)
    made = notice(till, first, with_invoices=[other["id"]])
    assert [(row["number"], row["balance"], row["interest"], row["indemnity"]) for row in made["invoices"]] == [
        (first["number"], "1200.00", "17.18", "40.00"),
        (other["number"], "600.00", "5.59", "40.00"),
    ]
    assert (made["principal"], made["total"], made["deadline_days"]) == ("1800.00", "1902.77", 8)
    assert made["dispatch"] is None
    told = wanted(till.me.dunning.get(f"/v1/invoices/{other['id']}/formal-notice"))["items"]
    assert [one["id"] for one in told] == [made["id"]], "each invoice finds it"
    paper = till.me.dunning.get(f"/v1/invoices/{first['id']}/formal-notice.pdf")
    assert sha256(paper.body).hexdigest() == made["pdf_sha256"]
    assert b'"reminded_on":["2026-02-03"]' in paper.body, "only what certainly left is told"
    assert till.events("penalty.claimed", "letter.dispatched") == [], "preparing neither claims nor sends"


def test_a_letter_is_posted_by_a_person_and_its_number_is_chained_with_its_hash_DU_05(till: Till) -> None:
    enters_rates(till)
    invoice = owes(till, "1200.00", "2026-01-15", "2026-01-31")
    path = f"/v1/invoices/{invoice['id']}/formal-notice/dispatch"
    posted = {"number": "2C 123 456 7890 1", "sent_on": "2026-03-15"}
    till.server.clock.move_to(at("2026-03-15"))
    assert till.me.dunning.post(path, posted).status == 404, "no letter yet"
    made = notice(till, invoice, deadline_days=15)
    for day in ("2026-03-14", "2026-03-16"):
        assert till.me.dunning.post(path, posted | {"sent_on": day}).faults == {("/sent_on", "out_of_range")}
    sent = wanted(till.me.dunning.post(path, posted))
    assert (sent["dispatch"]["number"], sent["deadline_days"], sent["rev"]) == ("2C 123 456 7890 1", 15, 2)
    assert till.me.dunning.post(path, posted).json["code"] == "dispatched_already"
    (event,) = till.events("letter.dispatched")
    assert event.data == {
        "kind": "formal_notice",
        "invoices": [invoice["number"]],
        "total": 125_718,
        "currency": "EUR",
        "pdf_sha256": made["pdf_sha256"],
        "dispatch_number": "2C 123 456 7890 1",
        "sent_on": "2026-03-15",
    }


def test_a_consumer_is_asked_for_the_debt_alone_DU_01_DU_03(till: Till) -> None:
    consumer = wanted(till.me.customers.post("/v1/customers", CONSUMER), 201)
    invoice = owes(till, "1200.00", "2026-01-15", "2026-01-31", customer_id=consumer["id"])
    till.server.clock.move_to(at("2026-03-15"))
    made = notice(till, invoice)
    assert (made["total"], made["interest"], made["indemnity"], made["per_day"]) == ("1200.00", "0.00", "0.00", "0.00")


def test_a_customer_who_is_never_asked_for_penalties_is_asked_for_the_debt_alone_DR_04(till: Till) -> None:
    invoice = owes(till, "1200.00", "2026-01-15", "2026-01-31")
    till.server.clock.move_to(at("2026-03-15"))
    customer = till.server.store.get(TENANT, Customer, invoice["customer_id"])
    assert customer is not None
    spared = replace(customer.follow_up, no_penalties=True)
    stores(till, replace(customer, rev=customer.rev + 1, follow_up=spared))
    assert notice(till, invoice)["total"] == "1200.00", "and no rate is needed for that"


def test_complaint_13_a_disputed_invoice_is_not_dunned_and_comes_back_when_it_is_settled_DU_06(till: Till) -> None:
    enters_rates(till)
    invoice = owes(till, "1200.00", "2026-01-15", "2026-01-31")
    till.server.clock.move_to(at("2026-03-15"))
    held = disputes(till, invoice)
    path = f"/v1/invoices/{invoice['id']}/formal-notice"
    assert till.me.dunning.post(path, {}).json["code"] == "disputed"
    customer = till.me.sets_up_customer()
    (row,) = wanted(till.me.dunning.get(f"/v1/customers/{customer}/statement"))["rows"]
    assert (row["disputed"], row["balance"]) == (True, "1200.00"), "contested, and not forgotten"
    ended = replace(held, rev=held.rev + 1, holds=(replace(held.holds[0], ended_at=till.server.clock.now()),))
    stores(till, ended)
    assert till.me.dunning.post(path, {}).status == 201


@pytest.mark.parametrize("body", [{"deadline_days": 0}, {"deadline_days": 61}, {"with_invoices": [""]}])
def test_what_is_wrong_in_a_letter_is_named(till: Till, body: dict[str, Any]) -> None:
    invoice = owes(till, "1200.00", "2026-01-15", "2026-01-31")
    till.server.clock.move_to(at("2026-03-15"))
    assert till.me.dunning.post(f"/v1/invoices/{invoice['id']}/formal-notice", body).status == 422


def test_no_letter_without_a_rate_nor_before_it_is_late_and_asked_twice_it_is_made_once(till: Till) -> None:
    invoice = owes(till, "1200.00", "2026-01-15", "2026-01-31")
    path = f"/v1/invoices/{invoice['id']}/formal-notice"
    assert till.me.dunning.post(path, {}).json["code"] == "not_late"
    till.server.clock.move_to(at("2026-03-15"))
    assert till.me.dunning.post(path, {}).json["code"] == "late_rate_missing"
    enters_rates(till)
    made = wanted(till.me.dunning.post(path, {}, key="une-fois"), 201)
    assert wanted(till.me.dunning.post(path, {}, key="une-fois"), 201)["id"] == made["id"]
    assert till.me.dunning.post(path, {"with_invoices": [invoice["id"]]}).status == 201, "named twice, asked for once"
    neighbour = till.server.caller(OTHER_TENANT).dunning
    assert neighbour.get(path).status == 404
    assert neighbour.get(f"{path}.pdf").status == 404


def test_complaint_14_a_statement_tells_what_is_left_of_each_invoice_and_in_all_DR_05(till: Till) -> None:
    customer = till.me.sets_up_customer()
    part = owes(till, "1200.00", "2026-01-15", "2026-01-31")
    paid = owes(till, "300.00", "2026-01-16", "2026-01-31")
    later = owes(till, "600.00", "2026-02-20", "2026-03-31")
    till.server.clock.move_to(at("2026-03-15"))
    till.pays(part, "200.00", paid_on="2026-03-01")
    till.pays(paid, paid_on="2026-03-01")
    other = wanted(till.me.customers.post("/v1/customers", CONSUMER), 201)
    till.invoices(customer_id=other["id"])
    told = wanted(till.me.dunning.get(f"/v1/customers/{customer}/statement"))
    assert [(row["number"], row["balance"], row["days_late"]) for row in told["rows"]] == [
        (part["number"], "1000.00", 43),
        (later["number"], "600.00", 0),
    ]
    assert (told["overdue"], told["total"], told["on"]) == ("1000.00", "1600.00", "2026-03-15")
    paper = till.me.dunning.get(f"/v1/customers/{customer}/statement.pdf")
    assert (paper.status, paper.headers["Content-Disposition"]) == (
        200,
        'inline; filename="releve-de-compte-2026-03-15.pdf"',
    )
    assert till.me.dunning.get("/v1/customers/cus_00000000000000000000000009/statement").status == 404


def sealed(till: Till, kind: type[Any], id: str, pdf: bytes) -> None:
    """What the function that draws would have done."""
    entity = till.server.store.get(TENANT, kind, id)
    assert entity is not None
    stores(till, replace(entity, rev=entity.rev + 1, pdf_sha256=till.server.documents.put(pdf)))


def files(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_file_for_the_court_holds_every_piece_and_an_index_of_their_hashes_DU_07(till: Till) -> None:
    enters_rates(till)
    quote = till.accepted_quote()
    sealed(till, Quote, quote["id"], b"%PDF devis")
    invoice = till.bills(quote)
    sealed(till, Invoice, invoice["id"], b"%PDF facture")
    till.server.clock.move_to(at("2026-03-02"))
    till.pays(invoice, "100.00", paid_on="2026-03-02", reference="=1+1")
    note = till.credits(invoice, amounts=[{"net": "10.00", "vat_rate": "20"}])
    sealed(till, Invoice, note["id"], b"%PDF avoir")
    till.server.clock.move_to(at("2026-05-15"))
    reminded(till, invoice, "j8", "2026-03-10")
    notice(till, invoice)
    path = f"/v1/invoices/{invoice['id']}/dossier"
    answer = till.me.dunning.get(path)
    assert answer.headers["Content-Type"] == "application/zip"
    assert till.me.dunning.get(path).body == answer.body, "the same facts, the same file"
    found = files(answer.body)
    number = invoice["number"]
    assert list(found) == [
        "00-sommaire.txt",
        f"01-devis-{quote['number']}.pdf",
        f"02-preuve-acceptation-{quote['number']}.json",
        f"03-facture-{number}.pdf",
        f"04-avoir-{note['number']}.pdf",
        "05-relances.csv",
        "06-mise-en-demeure-2026-05-15.pdf",
        "07-reglements.csv",
        "08-releve-de-compte.pdf",
        "09-penalites.csv",
    ]
    assert (found[f"01-devis-{quote['number']}.pdf"], found[f"03-facture-{number}.pdf"]) == (
        b"%PDF devis",
        b"%PDF facture",
    )
    index = found["00-sommaire.txt"].decode("utf-8-sig")
    for name, body in found.items():
        assert name == "00-sommaire.txt" or f"{name}\r\n    " in index
        assert name == "00-sommaire.txt" or sha256(body).hexdigest() in index
    proof = json.loads(found[f"02-preuve-acceptation-{quote['number']}.json"])
    assert (proof["name"], proof["at"]) == ("N. Perrin", to_ms(at("2026-01-02")))
    mails = list(csv.reader(io.StringIO(found["05-relances.csv"].decode("utf-8-sig")), delimiter=";"))
    assert mails[1][1:6] == ["relance", "1", f"'=Facture {number}", "compta@client.example", "sent / delivered"]
    money = list(csv.reader(io.StringIO(found["07-reglements.csv"].decode("utf-8-sig")), delimiter=";"))
    assert money[1:] == [
        ["02/03/2026", "virement", "100,00", "'=1+1"],
        ["02/03/2026", "avoir", "12,00", note["number"]],
    ]
    rows = list(csv.reader(io.StringIO(found["09-penalites.csv"].decode("utf-8-sig")), delimiter=";"))
    told = wanted(till.me.dunning.get(f"/v1/invoices/{invoice['id']}/penalties"))
    assert rows[-3][-1] == told["interest"].replace(".", ",")
    assert f"Fondement : {told['legal_basis']}" in index
    assert "Mise en demeure du 15/05/2026, non envoyée" in index


def test_a_file_for_the_court_of_a_consumer_asks_for_no_fee_and_of_a_draft_there_is_none_DU_01(till: Till) -> None:
    consumer = wanted(till.me.customers.post("/v1/customers", CONSUMER), 201)
    invoice = owes(till, "1200.00", "2026-01-15", "2026-01-31", customer_id=consumer["id"])
    till.server.clock.move_to(at("2026-03-15"))
    found = files(till.me.dunning.get(f"/v1/invoices/{invoice['id']}/dossier").body)
    assert list(found) == ["00-sommaire.txt", "01-releve-de-compte.pdf"]
    index = found["00-sommaire.txt"].decode("utf-8-sig")
    assert "Indemnité" not in index
    assert "Total : 1200,00 EUR." in index
    draft = wanted(till.me.drafts_invoice(), 201)
    assert till.me.dunning.get(f"/v1/invoices/{draft['id']}/dossier").json["code"] == "invoice_not_issued"


def test_a_file_for_the_court_asks_for_no_penalties_that_were_given_up_P_06(till: Till) -> None:
    enters_rates(till)
    invoice = owes(till, "1200.00", "2026-01-15", "2026-01-31")
    till.server.clock.move_to(at("2026-03-15"))
    base = f"/v1/invoices/{invoice['id']}"
    wanted(till.me.dunning.post(f"{base}/penalties/claim"))
    wanted(till.me.dunning.post(f"{base}/penalties/payments", {"amount": "50.00", "paid_on": "2026-03-15"}))
    part = files(till.me.dunning.get(f"{base}/dossier").body)["00-sommaire.txt"].decode("utf-8-sig")
    assert "Pénalités déjà réglées : 50,00 EUR." in part
    assert "Total : 1207,18 EUR." in part
    wanted(till.me.dunning.post(f"{base}/penalties/waive", {"reason": "Geste"}))
    found = files(till.me.dunning.get(f"{base}/dossier").body)
    assert "Total : 1200,00 EUR." in found["00-sommaire.txt"].decode("utf-8-sig")
    assert not any("penalites" in name for name in found)


def test_what_dunning_did_is_in_the_timeline_of_the_invoice_DR_16(till: Till) -> None:
    enters_rates(till)
    invoice = owes(till, "1200.00", "2026-01-15", "2026-01-31")
    other = owes(till, "600.00", "2026-01-20", "2026-02-15")
    till.server.clock.move_to(at("2026-03-15"))
    notice(till, invoice)
    base = f"/v1/invoices/{invoice['id']}"
    wanted(till.me.dunning.post(f"{base}/penalties/claim"))
    wanted(till.me.dunning.post(f"{base}/penalties/payments", {"amount": "50.00", "paid_on": "2026-03-15"}))
    sent = {"number": "2C 123", "sent_on": "2026-03-15"}
    wanted(till.me.dunning.post(f"{base}/formal-notice/dispatch", sent))
    wanted(till.me.dunning.post(f"{base}/penalties/waive", {"reason": "Geste commercial"}))
    told = [entry["text"] for entry in wanted(till.me.invoices.get(f"{base}/timeline"))["entries"]]
    assert set(told) >= {
        "Mise en demeure préparée, 1257,18 en tout",
        "Pénalités et indemnité réclamées : 57,18",
        "Règlement de pénalités de 50,00 reçu",
        "Mise en demeure postée le 15/03/2026 sous le n° 2C 123",
        "Pénalités abandonnées : Geste commercial",
    }
    quiet = wanted(till.me.invoices.get(f"/v1/invoices/{other['id']}/timeline"))["entries"]
    assert not any("Pénalités" in entry["text"] or "Mise en demeure" in entry["text"] for entry in quiet)
