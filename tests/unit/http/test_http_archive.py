"""The archive over HTTP: its status, proofs and exports, and what it refuses."""

import io
import json
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from functions.archive_api import app
from functions.archive_api.wiring import Parts
from functions.archive_export import app as maker
from functions.archive_export.wiring import Parts as MakerParts
from relance.app.archiving import drain
from relance.app.bookkeeping import fec_writer, ledger_writer
from relance.app.context import Context
from relance.app.exporting import archive_writer
from relance.app.ports.store import Commit
from relance.contracts.exports import ExportTask, encode
from relance.contracts.ledger import LEDGER_HEADER, csv_row
from relance.domain.archive_export import ExportKind
from relance.domain.calendar_fr import from_ms
from relance.domain.chain import note
from relance.domain.chain.event import event_hash
from relance.domain.ids import TenantId
from relance.domain.pin_mail import Pin, claimed, learn
from relance.domain.reminder.claim import ClaimState, Fate, Lesson
from tests.builders import a_company
from tests.doubles.archive import World, a_key
from tests.doubles.archive_desk import archive_parts
from tests.doubles.exported import TENANT, Bell, Shelf, world_of
from tests.doubles.gateway import Gateway
from tests.doubles.legal_facts import payment
from tests.doubles.outside import FakeRenderer, ManualClock, SeededEntropy
from tests.doubles.store import InMemoryStore


@dataclass(frozen=True, slots=True)
class Place:
    world: World
    parts: Parts

    def api(self, tenant: str | None = TENANT) -> Gateway:
        return Gateway(app.build(self.parts), TenantId(tenant) if tenant else None)

    def with_company(self) -> Gateway:
        """The same, once the company said who it is."""
        self.parts.ctx.store.commit(Commit(TenantId(TENANT), "company", puts=(a_company(TenantId(TENANT)),)))
        return self.api()

    def makes(self) -> None:
        """What the other function does with what was asked for."""
        archive = self.parts.archive
        ctx = self.parts.ctx
        writers = {
            ExportKind.ARCHIVE: archive_writer(archive),
            ExportKind.FEC: fec_writer(ctx, archive.journal, self.parts.charts),
            ExportKind.SALES_LEDGER: ledger_writer(ctx, archive.journal, LEDGER_HEADER, csv_row),
        }
        parts = MakerParts(ctx, writers, self.parts.exports)
        assert isinstance(self.parts.maker, Bell)
        for tenant, export_id in self.parts.maker.rung:
            maker.answer(parts, json.loads(encode(ExportTask(tenant, export_id))))


@pytest.fixture
def place() -> Place:
    world = world_of()
    ctx = Context(InMemoryStore(), ManualClock(), SeededEntropy())
    return Place(
        world,
        archive_parts(ctx, world.archive()),
    )


def json_of(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status == status, answer.body
    body: dict[str, Any] = answer.json
    return body


def test_the_status_shows_the_checkpoint_that_anybody_may_keep(place: Place) -> None:
    found = json_of(place.api().get("/v1/archive/status"))
    assert (found["health"], found["archived"], found["signed"]) == ("current", 18, 18)
    assert note.parse_checkpoint(note.open_note(found["checkpoint"].encode())[0]).size == 18
    assert found["verifier_key"].startswith(f"relance/{TENANT}+")
    assert (found["quarantine"], found["verification"]) == (None, None)
    assert found["keys"] == [{"from_size": 1, "verifier_key": found["verifier_key"]}]


@pytest.mark.parametrize(
    ("lesson", "told"),
    [
        (Lesson(ClaimState.SENT, Fate.DELIVERED), ""),
        (Lesson(ClaimState.SENT), ""),
        (Lesson(ClaimState.SENT, Fate.BOUNCED, reason="Permanent General"), "est revenu de moi@atelier.example (Perm"),
        (Lesson(ClaimState.SENT, Fate.COMPLAINED), "indésirable"),
        (Lesson(ClaimState.REFUSED, reason="MessageRejected"), "a refusé ce courriel (MessageRejected)"),
        (Lesson(ClaimState.UNKNOWN), "Rien ne dit encore que ce courriel est parti"),
    ],
)
def test_the_status_tells_which_checkpoint_was_mailed_last_and_whether_it_came_back(
    place: Place, lesson: Lesson, told: str
) -> None:
    """[AR-02, S-04] A pin that came back is none: its owner is told, with what to do."""
    assert json_of(place.api().get("/v1/archive/status"))["last_pin"] is None
    pin, at = Pin(18, b"relance/ten_atelier\n18\n", date(2026, 12, 1)), datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
    older = claimed(replace(pin, on=date(2026, 11, 1)), TenantId(TENANT), "moi@atelier.example", at)
    last = learn(claimed(pin, TenantId(TENANT), "moi@atelier.example", at), lesson, at)
    for token, mail in (("older", older), ("last", replace(last, rev=1))):
        place.parts.ctx.store.commit(Commit(TenantId(TENANT), token, puts=(mail,)))
    found = json_of(place.api().get("/v1/archive/status"))["last_pin"]
    assert told in found["problem"]
    assert bool(found.pop("problem")) is bool(told)
    assert found == {
        "month": "2026-12", "mailed_at": "2026-12-01T02:30:00Z", "size": 18, "sha256": pin.sha256,
        "state": lesson.state.value, "fate": lesson.fate.value,
    }  # fmt: skip


def test_another_key_is_told_with_the_size_from_which_it_signs(place: Place) -> None:
    """[AR-02] Status, proof and consistency name the key of each size. Decision 0024."""
    world = place.world
    old = json_of(place.api().get("/v1/archive/status"))["verifier_key"]
    world.retired, world.private_key = (world.private_key,), a_key(8)
    world.record(TENANT, payment(1))
    drain(TENANT, world.archive())
    found = json_of(place.api().get("/v1/archive/status"))
    new = found["verifier_key"]
    assert found["keys"] == [{"from_size": 1, "verifier_key": old}, {"from_size": 19, "verifier_key": new}]
    assert json_of(place.api().get("/v1/archive/proofs/4"))["verifier_key"] == new != old
    both = json_of(place.api().get("/v1/archive/consistency", **{"from": "18"}))
    assert (both["old_verifier_key"], both["verifier_key"]) == (old, new)


def test_the_status_shows_where_the_documents_are(place: Place) -> None:
    """[K-05] To be declared (LPF L102 C)."""
    storage = json_of(place.api().get("/v1/archive/status"))["storage"]
    assert (storage["region"], storage["is_known"]) == ("eu-west-3", True)
    assert storage["text"] == "France (Paris, région eu-west-3)."


def test_a_new_company_has_an_empty_archive(place: Place) -> None:
    found = json_of(place.api("ten_new").get("/v1/archive/status"))
    assert (found["health"], found["signed"], found["checkpoint"]) == ("current", 0, "")


def test_a_proof_is_of_the_event_that_was_asked_for(place: Place) -> None:
    found = json_of(place.api().get("/v1/archive/proofs/4"))
    line = place.world.events[TENANT][3].line
    assert (found["seq"], found["size"], found["line"]) == (4, 18, line.decode())
    assert found["event_hash"] == event_hash(line)
    assert all(len(node) == 64 for node in found["path"])


@pytest.mark.parametrize("seq", ["0", "19", "-1", "abc", "1.0", "٤", "9" * 40])
def test_what_is_not_in_the_archive_is_not_found(place: Place, seq: str) -> None:
    assert place.api().get(f"/v1/archive/proofs/{seq}").status == 404


def test_an_export_is_asked_for_once_per_key_then_made_and_fetched(place: Place) -> None:
    api = place.api()
    asked = json_of(api.post("/v1/archive/exports", {}, key="k"), 202)
    assert (asked["state"], asked["url"], asked["size"]) == ("asked", None, 0)
    assert json_of(api.post("/v1/archive/exports", {}, key="k"), 202) == asked
    place.makes()
    made = json_of(api.get(f"/v1/archive/exports/{asked['id']}"))
    assert (made["state"], made["size"], made["first_seq"], made["url_valid_s"]) == ("made", 18, 1, 900)
    assert made["url"].startswith(f"https://exports/{TENANT}/{made['id']}")
    assert json_of(api.get("/v1/archive/exports"))["items"] == [made]


def test_a_period_is_asked_for_by_its_days(place: Place) -> None:
    first, last = (from_ms(place.world.events[TENANT][i].at_ms).date().isoformat() for i in (0, -1))
    asked = json_of(place.api().post("/v1/archive/exports", {"from": first, "to": last}), 202)
    place.makes()
    made = json_of(place.api().get(f"/v1/archive/exports/{asked['id']}"))
    assert (made["state"], made["period_from"], made["period_to"], made["size"]) == ("made", first, last, 18)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"from": "2026-01-01"}, "/to"),
        ({"to": "2026-01-01"}, "/from"),
        ({"from": "2026-02-01", "to": "2026-01-01"}, "/to"),
        ({"from": "2026-01-01", "to": "2027-01-01"}, "/to"),
        ({"kind": "fec"}, "/from"),
        ({"kind": "everything"}, "/kind"),
        ({"period": "2026"}, "/period"),
    ],
)
def test_a_bad_period_is_refused_with_its_place(place: Place, body: dict[str, str], pointer: str) -> None:
    answer = place.api().post("/v1/archive/exports", body)
    assert answer.status == 422, answer.body
    assert [fault["pointer"] for fault in answer.json["faults"]] == [pointer]


@pytest.mark.parametrize(
    ("kind", "last", "ending"),
    [
        ("fec", "2026-12-31", "SIRENFEC20261231.txt"),
        ("fec", "2026-11-30", "ecritures-2026-01-01-2026-11-30.txt"),
        ("sales_ledger", "2026-12-31", ".csv"),
    ],
)
def test_entries_and_sales_of_a_period_are_made_like_an_archive(
    place: Place, kind: str, last: str, ending: str
) -> None:
    """[F-01] SirenFECAAAAMMJJ.txt when an accounting year ends there; what is no year is not called a FEC."""
    body = {"kind": kind, "from": "2026-01-01", "to": last}
    asked = json_of(place.api().post("/v1/archive/exports", body), 202)
    place.makes()
    made = json_of(place.api().get(f"/v1/archive/exports/{asked['id']}"))
    assert (made["kind"], made["state"], made["size"]) == (kind, "made", 0)
    assert isinstance(place.parts.exports, Shelf)
    assert place.parts.exports.filenames[-1].endswith(ending)


def test_a_proof_is_handed_out_as_a_page_and_as_files(place: Place) -> None:
    api = place.with_company()
    page = api.get("/v1/archive/proofs/4/pdf")
    assert (page.status, page.headers["Content-Type"]) == (200, "application/pdf")
    assert isinstance(place.parts.sheets, FakeRenderer)
    assert place.parts.sheets.sheets[-1].subtitle.endswith("événement 4 sur 18")
    files = api.get("/v1/archive/proofs/4/files")
    with zipfile.ZipFile(io.BytesIO(files.body)) as opened:
        assert opened.read("evenement.json") == place.world.events[TENANT][3].line
    for kind in ("pdf", "files"):
        assert api.get(f"/v1/archive/proofs/19/{kind}").status == 404
        assert api.get(f"/v1/archive/proofs/abc/{kind}").status == 404


def test_two_checkpoints_are_proved_to_be_of_one_archive(place: Place) -> None:
    api = place.api()
    found = json_of(api.get("/v1/archive/consistency", **{"from": "6", "to": "12"}))
    assert (found["old_size"], found["size"]) == (6, 12)
    assert json_of(api.get("/v1/archive/consistency", **{"from": "6"}))["size"] == 18
    assert api.get("/v1/archive/consistency", **{"from": "7"}).status == 404
    assert api.get("/v1/archive/consistency").faults == {("/from", "wrong_type")}
    assert api.get("/v1/archive/consistency", **{"from": "6", "to": "x"}).faults == {("/to", "wrong_type")}


def test_the_attestation_names_the_company_and_its_first_day(place: Place) -> None:
    """[AF-08]"""
    assert place.with_company().get("/v1/archive/attestation").status == 200
    assert isinstance(place.parts.sheets, FakeRenderer)
    sheet = place.parts.sheets.sheets[-1]
    assert sheet.warning.startswith("ATTESTATION INVALIDE"), "no version is released yet"
    first = from_ms(place.world.events[TENANT][0].at_ms).date()
    assert f"{first:%d/%m/%Y}" in " ".join(sheet.sections[1].paragraphs)
    assert dict(sheet.sections[1].rows)["Entreprise"] == a_company().legal_name


def test_a_company_chooses_its_accounts(place: Place) -> None:
    """[F-02]"""
    api = place.api()
    first = json_of(api.get("/v1/settings/accounts"))
    assert {row["role"]: row["number"] for row in first["accounts"]}["customers"] == "411000"
    assert not any(row["is_own"] for row in first["accounts"])
    assert api.put("/v1/settings/accounts", {"goods": "707100"}).status == 428
    chosen = json_of(api.put("/v1/settings/accounts", {"goods": "707100", "services": None}, if_match='"0"'))
    own = [row for row in chosen["accounts"] if row["is_own"]]
    assert [(row["role"], row["number"], row["label"]) for row in own] == [
        ("goods", "707100", "Ventes de marchandises")
    ]
    assert json_of(api.get("/v1/settings/accounts")) == chosen
    refused = api.put("/v1/settings/accounts", {"goods": "=1+1", "cash": "9"}, if_match='"1"')
    assert refused.faults == {("/goods", "F-02"), ("/cash", "F-02")}


def test_an_archive_that_does_not_read_is_told_by_the_export(place: Place) -> None:
    asked = json_of(place.api().post("/v1/archive/exports", {}), 202)
    del place.world.objects[f"{TENANT}/log.json"]
    place.makes()
    found = json_of(place.api().get(f"/v1/archive/exports/{asked['id']}"))
    assert (found["state"], found["url"]) == ("failed", None)
    assert "log.json" in found["reason"]


def test_an_export_that_expired_says_so_by_having_no_address(place: Place) -> None:
    asked = json_of(place.api().post("/v1/archive/exports", {}), 202)
    place.makes()
    assert isinstance(place.parts.exports, Shelf)
    place.parts.exports.kept.clear()
    assert json_of(place.api().get(f"/v1/archive/exports/{asked['id']}"))["url"] is None


def test_nothing_archived_is_nothing_to_export(place: Place) -> None:
    assert place.api("ten_new").post("/v1/archive/exports", {}).status == 404


def test_another_company_sees_nothing_of_it(place: Place) -> None:
    made = json_of(place.api().post("/v1/archive/exports", {}), 202)
    neighbour = place.api("ten_new")
    assert neighbour.get(f"/v1/archive/exports/{made['id']}").status == 404
    assert neighbour.get("/v1/archive/proofs/1").status == 404


def test_nobody_is_nobody(place: Place) -> None:
    for path in ("/v1/archive/status", "/v1/archive/proofs/1", "/v1/archive/exports/exp_1"):
        assert place.api(None).get(path).status in {401, 404}


def test_a_quarantine_is_told_with_its_reason(place: Place) -> None:
    world = place.world
    world.events[TENANT][-1] = world.events[TENANT][-1]._replace(line=b"{}")
    drain(TENANT, world.archive())
    found = json_of(place.api().get("/v1/archive/status"))
    assert found["health"] == "quarantined"
    assert found["quarantine"]["code"] == "archive.ahead_of_journal"
