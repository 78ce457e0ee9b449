"""The archive as deployed: committed facts reach the locked bucket by the real stream, signed by the real key."""

from __future__ import annotations

import io
import json
import time
import zipfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local.client import Api, call
from local.cloud import TENANT, LocalCloud
from local.deploy import STACK
from relance.adapters.clock import clock
from relance.adapters.dynamo.access import DynamoAccessRegistry, api_key_pk
from relance.adapters.dynamo.archive_heads import DynamoArchiveHeads
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.journal import DynamoJournal
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.kms_signer import KmsSigner
from relance.adapters.s3_archive import S3ImmutableStore
from relance.adapters.s3_documents import S3Documents
from relance.app.archiving import Archiver, drain, export, prove, status, verify
from relance.app.archiving.software import note_version
from relance.app.context import Context
from relance.app.granting import fingerprint_of
from relance.app.ports.access import Grant
from relance.app.ports.store import Commit, HeadMove
from relance.domain.attestation import FiscalVersion
from relance.domain.calendar_fr import from_ms
from relance.domain.chain.event import Fact, Ref
from relance.domain.closing import CLOSED
from relance.domain.erasure import ERASED
from relance.domain.ids import TenantId
from relance.domain.journal import append
from relance.domain.rebuild import REBUILT
from relance.domain.reminder.task import Task
from relance.resources import verify_archive
from tests.doubles.legal_facts import payment, pdfs_of_sale, sale
from tools import rebuild_journal


@pytest.fixture
def database(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> Database:
    for name, value in cloud.env.items():
        monkeypatch.setenv(name, value)
    outputs = cloud.outputs
    return Database(core_table=outputs["CoreTable"], journal_table=outputs["JournalTable"])


@pytest.fixture
def archiver(cloud: LocalCloud, database: Database) -> Archiver:
    return Archiver(
        journal=DynamoJournal(database),
        heads=DynamoArchiveHeads(database),
        store=S3ImmutableStore(cloud.boto("s3"), cloud.outputs["ArchiveBucket"]),
        documents=S3Documents(cloud.boto("s3"), cloud.outputs["DocumentsBucket"]),
        signer=KmsSigner(cloud.boto("kms"), cloud.outputs["SigningKeyId"]),
    )


def commit(database: Database, tenant: TenantId, *facts: Fact) -> None:
    store = DynamoStore(database)
    head = store.head(tenant)
    after, events = append(head, tenant, facts, from_ms(max(time.time_ns() // 1_000_000, head.last_at_ms + 1)))
    store.commit(Commit(tenant, uuid4().hex, move=HeadMove(head.seq, after, events)))


def wait_until_signed(archiver: Archiver, tenant: str, size: int, timeout_s: float = 120.0) -> None:
    give_up = time.monotonic() + timeout_s
    while archiver.heads.get(tenant).signed_size < size:
        assert time.monotonic() < give_up, archiver.heads.get(tenant)
        time.sleep(0.2)


def test_facts_reach_the_locked_archive_by_the_stream_and_their_export_is_accepted(
    cloud: LocalCloud, database: Database, archiver: Archiver, tmp_path: Path
) -> None:
    tenant = TenantId(f"ten_{uuid4().hex[:20]}")
    for n in (1, 2):
        for body in pdfs_of_sale(n).values():
            archiver.documents.put(body)
        commit(database, tenant, *sale(n))
    wait_until_signed(archiver, tenant, 12)

    target = io.BytesIO()
    assert export(tenant, archiver, target).size == 12
    (tmp_path / "export.zip").write_bytes(target.getvalue())
    assert verify_archive.main([str(tmp_path / "export.zip")]) == 0
    assert prove(tenant, 5, archiver).size == 12
    now_ms = time.time_ns() // 1_000_000
    assert verify(tenant, archiver, now_ms=now_ms).faults == ()
    found = status(tenant, archiver, DynamoStore(database), now_ms=now_ms)
    assert (found.health, found.journal_size, found.signed_size) == ("current", 12, 12)

    s3, bucket = cloud.boto("s3"), cloud.outputs["ArchiveBucket"]
    for version in archiver.store.versions(f"{tenant}/"):
        locked = s3.get_object_retention(Bucket=bucket, Key=version.key, VersionId=version.version_id)["Retention"]
        assert locked["Mode"] == "GOVERNANCE"
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.delete_object(Bucket=bucket, Key=version.key, VersionId=version.version_id)
    with zipfile.ZipFile(target) as opened:
        assert json.loads(opened.read("log.json"))["tenant"] == tenant


def test_a_second_archiver_at_the_same_time_does_no_harm(database: Database, archiver: Archiver) -> None:
    tenant = TenantId(f"ten_{uuid4().hex[:20]}")
    for n in range(1, 5):
        for body in pdfs_of_sale(n).values():
            archiver.documents.put(body)
        commit(database, tenant, *sale(n))
        drain(tenant, archiver)  # beside the one that the stream rings
    wait_until_signed(archiver, tenant, 24)
    assert verify(tenant, archiver, now_ms=1).faults == ()


def test_an_archive_goes_over_to_another_key_beside_the_deployment_that_knows_the_old_one(
    cloud: LocalCloud, database: Database, archiver: Archiver, tmp_path: Path
) -> None:
    """Two real keys. The deployed archiver is rung by the stream all along, and signs with the old one alone."""
    tenant, kms = TenantId(f"ten_{uuid4().hex[:20]}"), cloud.boto("kms")
    for body in pdfs_of_sale(1).values():
        archiver.documents.put(body)
    commit(database, tenant, *sale(1))
    wait_until_signed(archiver, tenant, 6)
    new = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_EDWARDS25519")["KeyMetadata"]["KeyId"]
    rotated = replace(archiver, signer=KmsSigner(kms, new), retired=(archiver.signer,))
    for _ in range(20):
        commit(database, tenant, payment(1))
        drain(tenant, rotated)  # whoever is first: the old deployment signs with its key, or never again
        if archiver.heads.get(tenant).public_key == rotated.signer.public_key().hex():
            break
    commit(database, tenant, payment(1))
    drain(tenant, rotated)
    size = DynamoStore(database).head(tenant).seq
    wait_until_signed(rotated, tenant, size)
    found = status(tenant, rotated, DynamoStore(database), now_ms=1)
    (_, old_key), (from_size, new_key) = found.keys
    assert found.signed_size == size
    assert verify(tenant, rotated, now_ms=1).faults == ()

    with (tmp_path / "export.zip").open("wb") as target:
        assert export(tenant, rotated, target).size == size
    for known in (old_key, new_key):
        assert verify_archive.main([str(tmp_path / "export.zip"), "--cle", known]) == 0
    proof = prove(tenant, 3, rotated)
    assert (proof.public_key, proof.key_from) == (rotated.signer.public_key(), from_size)
    note = f"{tenant}/key/{from_size - 1:012d}.note"
    locked = cloud.boto("s3").get_object_retention(Bucket=cloud.outputs["ArchiveBucket"], Key=note)["Retention"]
    assert locked["Mode"] == "GOVERNANCE"


def test_while_the_stream_is_disabled_the_sweep_carries_what_was_issued_into_the_archive_AR_04(
    cloud: LocalCloud, database: Database, archiver: Archiver
) -> None:
    """The event source mapping is really off, as in an outage of 30 hours: nothing rings but the sweep."""
    functions, tenant = cloud.boto("lambda"), TenantId(f"ten_{uuid4().hex[:20]}")
    names = [function["FunctionName"] for function in functions.list_functions(MaxItems=50)["Functions"]]
    archiving, sweeping = (next(n for n in names if part in n) for part in ("ArchiveStream", "RelaunchSweep"))
    (mapping,) = functions.list_event_source_mappings(FunctionName=archiving)["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    try:
        time.sleep(1.0)  # what was under way comes to its end
        for body in pdfs_of_sale(1).values():
            archiver.documents.put(body)
        commit(database, tenant, *sale(1))
        time.sleep(2.0)
        assert archiver.heads.get(tenant).size == 0, "nobody rang"
        functions.invoke(FunctionName=sweeping, Payload=b"{}")
        wait_until_signed(archiver, tenant, 6)
        assert verify(tenant, archiver, now_ms=1).faults == ()
    finally:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    for body in pdfs_of_sale(2).values():
        archiver.documents.put(body)
    commit(database, tenant, *sale(2))
    wait_until_signed(archiver, tenant, 12)  # the stream rings again


def test_the_daily_walk_sees_an_overwritten_object_and_a_changed_journal(
    cloud: LocalCloud, database: Database, archiver: Archiver
) -> None:
    tenant = TenantId(f"ten_{uuid4().hex[:20]}")
    for body in pdfs_of_sale(1).values():
        archiver.documents.put(body)
    commit(database, tenant, *sale(1))
    wait_until_signed(archiver, tenant, 6)
    cloud.boto("s3").put_object(Bucket=cloud.outputs["ArchiveBucket"], Key=f"{tenant}/log.json", Body=b"forged")
    found = verify(tenant, archiver, now_ms=1)
    assert len(found.faults) == 1
    assert "log.json" in found.faults[0]
    assert found.journal_intact
    cloud.boto("dynamodb").update_item(
        TableName=cloud.outputs["JournalTable"],
        Key={"tenant": {"S": tenant}, "seq": {"N": "3"}},
        UpdateExpression="SET line = :l",
        ExpressionAttributeValues={":l": {"S": "{}"}},
    )
    assert not verify(tenant, archiver, now_ms=1).journal_intact


def test_tables_restored_to_an_earlier_hour_get_their_journal_back_from_the_archive(
    cloud: LocalCloud, database: Database, archiver: Archiver, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make rebuild`, on the tables as a restore leaves them: first shown, then written."""
    tenant = TenantId(f"ten_{uuid4().hex[:20]}")
    dynamodb, outputs = cloud.boto("dynamodb"), cloud.outputs
    key = {"pk": {"S": tenant}, "sk": {"S": "head"}}
    for n in (1, 2):
        for body in pdfs_of_sale(n).values():
            archiver.documents.put(body)
    commit(database, tenant, *sale(1))
    earlier = dynamodb.get_item(TableName=outputs["CoreTable"], Key=key, ConsistentRead=True)["Item"]
    gone = Fact(ERASED, Ref("customer", "cus_gone"), "user:louise", {"reason": "request", "quotes": 1})
    registry, address = DynamoAccessRegistry(database), api_key_pk(f"rl_{tenant}")
    registry.grant(address, Grant(tenant, "usr_louise", "owner"))  # as the restored table has it
    rank = {"kind": "api_key", "user": "usr_louise", "role": "owner"}
    revoked = Fact("rights.revoked", Ref("right", fingerprint_of(address)), "usr_operator", rank)
    commit(database, tenant, *sale(2), gone, revoked)
    wait_until_signed(archiver, tenant, 14)
    before = DynamoStore(database).head(tenant)
    for seq in range(7, 15):
        dynamodb.delete_item(TableName=outputs["JournalTable"], Key={"tenant": {"S": tenant}, "seq": {"N": str(seq)}})
    dynamodb.put_item(TableName=outputs["CoreTable"], Item=earlier)
    found = drain(tenant, archiver)
    assert found.quarantine is not None
    assert found.quarantine.code == "archive.ahead_of_journal"

    stack = ["--stack", STACK]
    assert rebuild_journal.main([tenant, *stack]) == 3
    assert "8 événements à remettre" in capsys.readouterr().out
    assert rebuild_journal.main([tenant, *stack, "--write"]) == 3, "a prospect is to be erased again first"
    told = capsys.readouterr().out
    assert "cus_gone" in told
    assert (
        f"Accès {fingerprint_of(address)} de usr_louise (owner) avait été retiré et ouvrait encore : refermé." in told
    )
    assert dict(registry.of_tenant(tenant)) == {}, "what was revoked opens nothing"
    give_up = time.monotonic() + 120
    while rebuild_journal.main([tenant, *stack]) == 3:  # the deployed function that lets go was rung
        assert time.monotonic() < give_up, "he was never erased"
        time.sleep(0.5)
    restored = archiver.journal.read(tenant, 0, 20)
    assert restored[before.seq - 1].hash == before.last_hash
    assert [one.type for one in restored[before.seq :] if one.type != CLOSED] == [REBUILT, ERASED]
    tasks = DynamoStore(database).page(tenant, Task).items
    assert tasks, "what is printed otherwise than this version prints waits for a person"
    assert drain(tenant, archiver).quarantine is None
    assert verify(tenant, archiver, now_ms=1).faults == ()
    _the_journal_alone_is_restored(cloud, database, archiver, tenant, capsys)


def _the_journal_alone_is_restored(
    cloud: LocalCloud, database: Database, archiver: Archiver, tenant: TenantId, capsys: pytest.CaptureFixture[str]
) -> None:
    """Archived lines are gone, and what was written since and never archived: another table lends that."""
    dynamodb, name, other = cloud.boto("dynamodb"), cloud.outputs["JournalTable"], f"lent-{uuid4().hex[:8]}"
    size = archiver.heads.get(tenant).size
    for seq in range(size - 2, size + 1):
        dynamodb.delete_item(TableName=name, Key={"tenant": {"S": tenant}, "seq": {"N": str(seq)}})
    ctx = Context(DynamoStore(database), clock(""), SystemEntropy())
    note_version(ctx, tenant, FiscalVersion("b" * 64, "1.1"))
    note_version(ctx, tenant, FiscalVersion("c" * 64, "1.2"))
    whole = ctx.store.head(tenant)
    described = dynamodb.describe_table(TableName=name)["Table"]
    shape = {part: described[part] for part in ("KeySchema", "AttributeDefinitions")}
    dynamodb.create_table(TableName=other, BillingMode="PAY_PER_REQUEST", **shape)
    for seq in range(size + 1, whole.seq + 1):
        key = {"tenant": {"S": tenant}, "seq": {"N": str(seq)}}
        lent = dynamodb.delete_item(TableName=name, Key=key, ReturnValues="ALL_OLD")["Attributes"]
        dynamodb.put_item(TableName=other, Item=lent)

    command = [tenant, "--stack", STACK]
    assert rebuild_journal.main(command) == 1
    assert "ni dans le journal ni dans l’archive" in capsys.readouterr().err
    assert rebuild_journal.main([*command, "--from", other]) == 3
    holes = f"{whole.seq - size + 3} événements à remettre dans le journal : {size - 2} à {whole.seq}."
    assert holes in capsys.readouterr().out
    assert rebuild_journal.main([*command, "--from", other, "--write"]) == 0
    back = archiver.journal.read(tenant, 0, 100)
    assert [one.seq for one in back] == list(range(1, len(back) + 1))
    assert back[whole.seq - 1].hash == whole.last_hash
    assert drain(tenant, archiver).quarantine is None
    assert verify(tenant, archiver, now_ms=1).faults == ()


def test_an_export_is_asked_for_fetched_and_accepted_over_http(
    cloud: LocalCloud, database: Database, archiver: Archiver, tmp_path: Path
) -> None:
    tenant = TenantId(TENANT)
    for body in pdfs_of_sale(1).values():
        archiver.documents.put(body)
    if not DynamoStore(database).head(tenant).seq:
        commit(database, tenant, *sale(1))
    wait_until_signed(archiver, tenant, DynamoStore(database).head(tenant).seq)

    api = Api(cloud.api_url, cloud.api_key)
    status = api.get("/v1/archive/status")
    assert status["health"] == "current"
    asked = api.post("/v1/archive/exports")
    give_up = time.monotonic() + 120
    while (made := api.get(f"/v1/archive/exports/{asked['id']}"))["state"] == "asked":
        assert time.monotonic() < give_up, "the export is made in the background"
        time.sleep(0.2)
    assert made["size"] == status["signed"]
    body = call("GET", made["url"]).body
    assert sha256(body).hexdigest() == made["sha256"]
    (tmp_path / "export.zip").write_bytes(body)
    assert verify_archive.main([str(tmp_path / "export.zip"), "--cle", status["verifier_key"]]) == 0
    assert api.get(f"/v1/archive/exports/{made['id']}")["sha256"] == made["sha256"]
    proof = api.get("/v1/archive/proofs/1")
    assert proof["seq"] == 1
    wait_until_signed(archiver, tenant, status["recorded"] + 1)  # the export itself is a fact
