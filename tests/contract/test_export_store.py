"""What every ExportStore must do: the double, and S3 by multipart upload."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from relance.adapters.s3_exports import S3Exports
from relance.app.ports.archive import ExportStore
from relance.domain.errors import Retry
from tests.doubles.exported import Shelf

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

BUCKET = "exports"
PART = 5 * 2**20  # the least that S3 takes


@dataclass(slots=True)
class Case:
    store: ExportStore
    client: "S3Client | None" = None
    shelf: Shelf | None = None
    calls: list[str] = field(default_factory=list)

    def stored(self, name: str) -> bytes | None:
        if self.shelf is not None:
            return self.shelf.kept.get(("ten_a", name))
        assert self.client is not None
        with suppress(self.client.exceptions.NoSuchKey):
            return self.client.get_object(Bucket=BUCKET, Key=f"ten_a/{name}")["Body"].read()
        return None


@pytest.fixture(params=["double", "s3"])
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    if request.param == "double":
        shelf = Shelf()
        yield Case(shelf, shelf=shelf)
        return
    with mock_aws():
        client = boto3.client("s3", region_name="eu-west-3", aws_access_key_id="test", aws_secret_access_key="test")
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
        made = Case(S3Exports(client, BUCKET, part_bytes=PART), client)
        client.meta.events.register("before-call.s3", lambda model, **_: made.calls.append(model.name))
        yield made


@pytest.mark.parametrize(
    "writes", [[], [b"small"], [b"a" * PART], [b"a" * (PART - 1), b"bc"], [b"a" * (3 * PART), b"b"]]
)
def test_what_was_written_is_what_is_stored(case: Case, writes: list[bytes]) -> None:
    with case.store.writing("ten_a", "e.zip", "application/zip") as sink:
        for data in writes:
            sink.write(data)
        assert case.stored("e.zip") is None, "nothing is there before the end"
    assert case.stored("e.zip") == b"".join(writes)
    parts = sum(map(len, writes)) >= PART
    assert ("CreateMultipartUpload" in case.calls) == (parts and case.client is not None)


@pytest.mark.parametrize("size", [10, 2 * PART])
def test_nothing_is_stored_when_the_writer_fails(case: Case, size: int) -> None:
    with suppress(ZeroDivisionError), case.store.writing("ten_a", "e.zip", "application/zip") as sink:
        sink.write(b"a" * size)
        raise ZeroDivisionError
    assert case.stored("e.zip") is None
    if case.client is not None:
        assert "Uploads" not in case.client.list_multipart_uploads(Bucket=BUCKET)


def test_a_link_is_given_for_what_is_there_alone(case: Case) -> None:
    assert case.store.link("ten_a", "e.zip", filename="archive.zip", valid_s=60) is None
    with case.store.writing("ten_a", "e.zip", "application/zip") as sink:
        sink.write(b"body")
    url = case.store.link("ten_a", "e.zip", filename="archive.zip", valid_s=60)
    assert url is not None
    assert "ten_a/e.zip" in url
    assert case.store.link("ten_b", "e.zip", filename="archive.zip", valid_s=60) is None


def test_a_store_that_does_not_take_it_is_a_reason_to_try_again(case: Case) -> None:
    if case.client is None:
        pytest.skip("the double has no wire")
    case.client.delete_bucket(Bucket=BUCKET)
    with pytest.raises(Retry), case.store.writing("ten_a", "e.zip", "application/zip") as sink:
        sink.write(b"a" * (2 * PART))
