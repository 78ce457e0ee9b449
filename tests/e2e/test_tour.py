"""docs/tour.md runs as it is written: it leaves each kind of document, purges a closed year, forgets a prospect.

[KX-01, KX-11, KX-12, KX-20, KB-29, PF-01, CY-08, AF-07, K-03, K-07]
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rfc3161_client import decode_timestamp_response

from local.demo_data import PARIS
from local.main_job import verify
from local.tour import play
from tests.e2e.conftest import Firm, a_firm, closed_at_the_end, eventually

if TYPE_CHECKING:
    from local.cloud import LocalCloud

pytestmark = pytest.mark.cloud


@pytest.fixture(scope="module")
def firm(cloud: LocalCloud) -> Iterator[Firm]:
    """Who takes the tour."""
    with closed_at_the_end(a_firm(cloud)) as firm:
        yield firm


@pytest.fixture(scope="module")
def papers(firm: Firm, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the tour leaves; it is run once for all tests of this module."""
    out = tmp_path_factory.mktemp("tour")
    done = play(firm.cloud, firm.api.key, out)
    assert done.returncode == 0, done.stdout
    return out


# The type of each (UNTDID 1001) and the VAT categories in it.
INVOICES = {
    "deposit": ("386", {"S"}),
    "final": ("380", {"S"}),
    "credit-note": ("381", {"S"}),
    "corrective": ("384", {"S"}),
    "reverse-charge": ("380", {"AE"}),
    "eu-services": ("380", {"AE"}),
    "eu-goods": ("380", {"K"}),
    "export": ("380", {"G"}),
    "foreign-services": ("380", {"O"}),
    "francs-in-english": ("380", {"S"}),
}


@pytest.mark.parametrize("paper", INVOICES)
def test_each_invoice_of_the_tour_holds_its_electronic_form(papers: Path, paper: str) -> None:
    kind, categories = INVOICES[paper]
    xml = (papers / f"{paper}.xml").read_text()
    assert re.search(r"<rsm:ExchangedDocument>.*?<ram:TypeCode>(\d+)", xml, re.DOTALL)[1] == kind  # type: ignore[index]
    assert set(re.findall(r"<ram:CategoryCode>(\w+)", xml)) == categories


@pytest.mark.parametrize(
    ("paper", "said"),
    [
        ("quote", ["Préparation", "Pose", "Remise de bienvenue", "Acompte à la commande", "gratuit"]),
        ("pro-forma", ["pro forma"]),
        ("consumer-at-a-distance", ["rétractation"]),
        ("reverse-charge", ["Autoliquidation"]),
        ("francs-in-english", ["Invoice", "CHF"]),
        ("statement", ["Relevé de compte", "Solde"]),
        ("credit-note", ["Avoir", "plinthe"]),
    ],
)
def test_each_paper_of_the_tour_says_what_it_is(papers: Path, paper: str, said: list[str]) -> None:
    read = subprocess.run(
        ["pdftotext", "-layout", papers / f"{paper}.pdf", "-"], capture_output=True, text=True, check=True
    )
    for words in said:
        assert words.lower() in read.stdout.lower(), read.stdout


@pytest.fixture(scope="module")
def purge(papers: Path) -> dict[str, Any]:
    """What the API answered to the second of two equal orders."""
    found: dict[str, Any] = json.loads((papers / "purge.json").read_text())
    return found


def live(firm: Firm) -> dict[int, str]:
    """The types of the lines that are in the live journal, by rank."""
    pages = (
        firm.cloud.boto("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=firm.cloud.outputs["JournalTable"],
            KeyConditionExpression="tenant = :tenant",
            ExpressionAttributeValues={":tenant": {"S": firm.tenant}},
            ConsistentRead=True,
        )
    )
    return {int(item["seq"]["N"]): item["type"]["S"] for page in pages for item in page["Items"]}


def test_of_a_purged_year_the_closings_alone_are_in_the_live_journal(firm: Firm, purge: dict[str, Any]) -> None:
    """A second order ordered nothing: one fact, one mark."""
    lines = live(firm)
    last = purge["last_seq"]
    assert (purge["state"], purge["first_seq"]) == ("done", 1)
    assert purge["lines"] > 40
    kept = {seq: type for seq, type in lines.items() if seq <= last}
    assert set(kept.values()) == {"period.closed"}, "and one at least: a day of the year that was over before"
    assert len(kept) == purge["kept"] == last - purge["lines"]
    assert set(lines) == {*kept, *range(last + 1, max(lines) + 1)}, "nothing above the mark went"
    assert list(lines.values()).count("journal.purged") == 1
    assert firm.api.get("/v1/archive/purges")["items"] == [purge]


def test_after_a_purge_the_walk_and_the_verifier_still_say_intact(
    firm: Firm, papers: Path, purge: dict[str, Any]
) -> None:
    functions = firm.cloud.boto("lambda")
    names = [function["FunctionName"] for function in functions.list_functions(MaxItems=50)["Functions"]]
    functions.invoke(FunctionName=next(name for name in names if "ArchiveVerify" in name), Payload=b"{}")
    status = firm.api.get("/v1/archive/status")
    assert (status["health"], status["quarantine"], status["alarms"]) == ("current", None, [])
    assert status["verification"]["at"] > purge["done_at"]
    assert status["verification"]["size"] > purge["last_seq"]
    assert status["verification"]["faults"] == 0
    assert verify(papers / "archive").returncode == 0


def test_the_stamp_of_a_purge_is_verified_by_openssl(firm: Firm, purge: dict[str, Any], tmp_path: Path) -> None:
    """Fetched as docs/operations.md says: note, token, and the root of whoever stamped."""
    s3, bucket = firm.cloud.boto("s3"), firm.cloud.outputs["ArchiveBucket"]
    for kind in ("note", "tsr"):
        body = s3.get_object(Bucket=bucket, Key=f"_all/{purge['stamped_on']}.{kind}")["Body"].read()
        (tmp_path / kind).write_bytes(body)
    assert sha256((tmp_path / "tsr").read_bytes()).hexdigest() == purge["stamp_sha256"]
    root = str(firm.cloud.state.timestamps / "root.pem")
    command = ["openssl", "ts", "-verify", "-data", "note", "-in", "tsr", "-CAfile", root]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verification: OK" in done.stdout, done.stderr
    stamped_at = decode_timestamp_response((tmp_path / "tsr").read_bytes()).tst_info.gen_time
    assert purge["stamped_on"] <= stamped_at.astimezone(PARIS).date().isoformat()
    assert datetime.now(UTC) + timedelta(days=1) < stamped_at <= datetime.fromisoformat(purge["at"]), "simulated time"


def test_a_prospect_is_forgotten_on_the_running_cloud(firm: Firm, papers: Path) -> None:
    """[K-07] His quote and his record are gone; the archive that holds the fact of it verified above."""
    told = json.loads((papers / "erasure.json").read_text())
    assert (told["erasure"]["state"], told["erasure"]["reason"], told["erasure"]["quotes"]) == ("done", "request", 1)
    assert firm.api.send("GET", f"/v1/customers/{told['customer_id']}").status == 404
    assert all(quote["customer_id"] != told["customer_id"] for quote in firm.api.get("/v1/quotes?limit=100")["items"])
    segments = [gzip.decompress(path.read_bytes()) for path in (papers / "archive").rglob("*.jsonl.gz")]
    assert sum(segment.count(b'"prospect.erased"') for segment in segments) == 1
    assert not any("Thévenet".encode() in segment for segment in segments)


def test_the_lines_of_a_purge_went_in_silence_and_any_other_would_not(firm: Firm, purge: dict[str, Any]) -> None:
    """[AR-02] The stream told all removals before what the tour wrote last, which is archived."""

    def cries() -> list[str]:
        return [line for line in firm.cloud.logs("archive_stream") if "journal changed" in line and firm.tenant in line]

    eventually(lambda: firm.api.get("/v1/archive/status")["archived"] == max(live(firm)), "all is archived")
    assert cries() == []
    closing = min(live(firm))
    assert closing <= purge["last_seq"]
    firm.cloud.boto("dynamodb").delete_item(
        TableName=firm.cloud.outputs["JournalTable"],
        Key={"tenant": {"S": firm.tenant}, "seq": {"N": str(closing)}},
    )
    eventually(lambda: len(cries()) == 1, "the removal of a closing is told")
