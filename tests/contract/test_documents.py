"""What every Documents store must do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from relance.adapters.s3_documents import S3Documents
from relance.app.ports.outside import Documents
from relance.domain.errors import Corrupted, NotFound, Retry
from tests.doubles.archive import Pdfs, World

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

PDF = b"%PDF-1.7 un document"


@dataclass(frozen=True, slots=True)
class Case:
    documents: Documents
    alter: Callable[[str], None]


def alter(client: "S3Client", digest: str) -> None:
    client.put_object(Bucket="docs", Key=f"pdf/{digest}.pdf", Body=b"forged")


@pytest.fixture(params=["double", "s3"])
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    if request.param == "double":
        world = World()
        yield Case(Pdfs(world), lambda digest: world.pdfs.update({digest: b"forged"}))
        return
    with mock_aws():
        client = boto3.client("s3", region_name="eu-west-3", aws_access_key_id="test", aws_secret_access_key="test")
        client.create_bucket(Bucket="docs", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
        yield Case(
            S3Documents(client, "docs"),
            lambda digest: alter(client, digest),
        )


def test_a_document_is_found_by_the_hash_of_its_bytes(case: Case) -> None:
    digest = case.documents.put(PDF)
    assert digest == sha256(PDF).hexdigest()
    assert case.documents.put(PDF) == digest
    assert case.documents.get(digest) == PDF


def test_an_unknown_hash_is_said(case: Case) -> None:
    with pytest.raises(NotFound):
        case.documents.get("0" * 64)


def test_an_altered_document_is_not_given(case: Case) -> None:
    digest = case.documents.put(PDF)
    case.alter(digest)
    with pytest.raises(Corrupted):
        case.documents.get(digest)


def test_a_bucket_that_does_not_answer_asks_to_try_again() -> None:
    with mock_aws():
        client = boto3.client("s3", region_name="eu-west-3", aws_access_key_id="test", aws_secret_access_key="test")
        documents = S3Documents(client, "no-such-bucket")
        with pytest.raises(Retry):
            documents.put(PDF)
        with pytest.raises(Retry):
            documents.get("0" * 64)
