"""What every ImmutableStore must do: the double, and S3 (moto is faithful for versions, conditions and retention)."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from relance.adapters.s3_archive import S3ImmutableStore
from relance.app.ports.archive import AlreadyStored, ImmutableStore, NotLocked, ObjectMissing
from tests.doubles.archive import Bucket, World

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

BUCKET = "archive"


@dataclass(frozen=True, slots=True)
class Case:
    store: ImmutableStore
    overwrite: Callable[[str, bytes], None]  # what somebody with too many rights could do


def s3_client() -> "S3Client":
    os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
    return boto3.client("s3", region_name="eu-west-3", aws_access_key_id="test", aws_secret_access_key="test")


def locked_bucket(client: "S3Client") -> None:
    client.create_bucket(
        Bucket=BUCKET,
        ObjectLockEnabledForBucket=True,
        CreateBucketConfiguration={"LocationConstraint": "eu-west-3"},
    )
    client.put_object_lock_configuration(
        Bucket=BUCKET,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
        },
    )


def overwrite(client: "S3Client", key: str, body: bytes) -> None:
    client.put_object(Bucket=BUCKET, Key=key, Body=body, ChecksumAlgorithm="SHA256")


@pytest.fixture(params=["double", "s3"])
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    if request.param == "double":
        bucket = Bucket(World())
        yield Case(bucket, bucket.overwrite)
        return
    with mock_aws():
        client = s3_client()
        locked_bucket(client)
        yield Case(
            S3ImmutableStore(client, BUCKET),
            lambda key, body: overwrite(client, key, body),
        )


def test_what_was_put_is_read_back_byte_for_byte(case: Case) -> None:
    case.store.put_new("t/a.json", b"\x00\xffbytes", "application/json")
    assert case.store.get("t/a.json") == b"\x00\xffbytes"


def test_nothing_is_ever_replaced(case: Case) -> None:
    case.store.put_new("t/a", b"first", "text/plain")
    for body in (b"second", b"first"):
        with pytest.raises(AlreadyStored):
            case.store.put_new("t/a", body, "text/plain")
    assert case.store.get("t/a") == b"first"
    assert len(list(case.store.versions("t/"))) == 1


def test_what_is_not_there_is_said(case: Case) -> None:
    with pytest.raises(ObjectMissing):
        case.store.get("t/none")


def test_the_first_version_stays_readable_when_somebody_overwrites(case: Case) -> None:
    case.store.put_new("t/a", b"first", "text/plain")
    case.store.put_new("t/b", b"other", "text/plain")
    case.overwrite("t/a", b"forged")
    versions = [v for v in case.store.versions("t/") if v.key == "t/a"]
    assert [case.store.get("t/a", v.version_id) for v in versions] == [b"forged", b"first"], "newest first"
    assert [v.key for v in case.store.versions("t/")] == ["t/a", "t/a", "t/b"]


def test_a_listing_stays_inside_its_prefix(case: Case) -> None:
    case.store.put_new("t/a", b"1", "text/plain")
    case.store.put_new("tt/a", b"2", "text/plain")
    assert [v.key for v in case.store.versions("t/")] == ["t/a"]


def test_a_deletion_on_s3_leaves_the_object_under_a_delete_marker() -> None:
    with mock_aws():
        client = s3_client()
        locked_bucket(client)
        store = S3ImmutableStore(client, BUCKET)
        store.put_new("t/a", b"first", "text/plain")
        client.delete_object(Bucket=BUCKET, Key="t/a")
        assert sorted(v.delete_marker for v in store.versions("t/")) == [False, True]
        (version,) = [v for v in store.versions("t/") if not v.delete_marker]
        assert store.get("t/a", version.version_id) == b"first"
        with pytest.raises(ObjectMissing):
            store.get("t/a")


@pytest.mark.parametrize("lock", [True, False])
def test_a_bucket_that_does_not_lock_is_not_accepted(lock: bool) -> None:
    with mock_aws():
        client = s3_client()
        client.create_bucket(
            Bucket=BUCKET,
            ObjectLockEnabledForBucket=lock,  # versioned and lockable, but without a default retention
            CreateBucketConfiguration={"LocationConstraint": "eu-west-3"},
        )
        store = S3ImmutableStore(client, BUCKET)
        for _ in range(2):  # new, then found there
            with pytest.raises(NotLocked):
                store.put_new("t/a", b"1", "text/plain")
