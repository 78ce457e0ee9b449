"""The deployed template on the local cloud: what other tests stand on."""

from __future__ import annotations

import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.cloud import LocalCloud


def test_the_archive_bucket_is_locked_and_refuses_to_delete_a_version(cloud: LocalCloud) -> None:
    s3, bucket = cloud.boto("s3"), cloud.outputs["ArchiveBucket"]
    lock = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    assert lock["Rule"]["DefaultRetention"] == {"Mode": "GOVERNANCE", "Days": 1}

    version = s3.put_object(Bucket=bucket, Key="lock-probe", Body=b"1", IfNoneMatch="*")["VersionId"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=bucket, Key="lock-probe", VersionId=version)


def test_a_second_conditional_put_of_the_same_key_is_refused(cloud: LocalCloud) -> None:
    s3, bucket = cloud.boto("s3"), cloud.outputs["ArchiveBucket"]
    s3.put_object(Bucket=bucket, Key="twice", Body=b"1", IfNoneMatch="*")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket=bucket, Key="twice", Body=b"2", IfNoneMatch="*")


def test_the_signing_key_signs_with_ed25519(cloud: LocalCloud) -> None:
    kms, key = cloud.boto("kms"), cloud.outputs["SigningKeyId"]
    asked = {"KeyId": key, "Message": b"note", "MessageType": "RAW", "SigningAlgorithm": "ED25519_SHA_512"}
    signature = kms.sign(**asked)["Signature"]
    assert len(signature) == 64
    assert kms.verify(**asked, Signature=signature)["SignatureValid"]


def test_a_call_without_a_token_is_refused_before_any_function_runs(cloud: LocalCloud) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{cloud.api_url}/v1/company")
    assert refused.value.code == 401


def test_simulated_time_jumps_forward_and_never_back(cloud: LocalCloud) -> None:
    before = cloud.clock.now()
    after = cloud.clock.advance(timedelta(days=1))
    assert after - before >= timedelta(days=1)
    with pytest.raises(ValueError, match="does not go back"):
        cloud.clock.advance(before)


def test_every_schedule_of_the_template_is_enabled(cloud: LocalCloud) -> None:
    schedules = cloud.boto("scheduler").list_schedules()["Schedules"]
    assert {schedule["State"] for schedule in schedules} == {"ENABLED"}
    template = (Path(__file__).resolve().parents[2] / "template.yaml").read_text(encoding="utf-8")
    assert len(schedules) == template.count("Type: ScheduleV2")


def test_nothing_listens_outside_this_machine(cloud: LocalCloud) -> None:
    import psutil  # noqa: PLC0415

    processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
    listening = [c for p in processes for c in p.net_connections("tcp") if c.status == psutil.CONN_LISTEN]
    assert listening
    assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}


def test_the_front_answers_its_home_page_and_nothing_unknown(cloud: LocalCloud) -> None:
    with urllib.request.urlopen(cloud.public_url) as home:
        assert cloud.mailbox_url in home.read().decode()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{cloud.public_url}/_ministack/health")
    assert refused.value.code == 404


def test_a_function_tells_what_it_did_in_its_log(cloud: LocalCloud) -> None:
    with urllib.request.urlopen(f"{cloud.public_url}/o/no-such-token.gif"):
        pass
    assert any("END RequestId" in line for line in cloud.logs("pixel"))
