"""What every Documents store must do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from relance.adapters.s3_documents import S3DocumentEraser, S3Documents
from relance.app.ports.outside import Documents
from relance.app.ports.retention import DocumentEraser
from relance.domain.errors import Corrupted, NotFound, Retry
from tests.doubles.archive import Pdfs, World

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

PDF = b"%PDF-1.7 un document"


@dataclass(frozen=True, slots=True)
class Case:
    documents: Documents
    alter: Callable[[str], None]
    eraser: DocumentEraser
    versions: Callable[[], int]


def alter(client: "S3Client", digest: str) -> None:
    client.put_object(Bucket="docs", Key=f"pdf/{digest}.pdf", Body=b"forged")


def versions(client: "S3Client") -> int:
    found = client.list_object_versions(Bucket="docs")
    return len(found.get("Versions", [])) + len(found.get("DeleteMarkers", []))


@pytest.fixture(params=["double", "s3"])
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    if request.param == "double":
        world = World()
        pdfs = Pdfs(world)
        yield Case(pdfs, lambda digest: world.pdfs.update({digest: b"forged"}), pdfs, lambda: len(world.pdfs))
        return
    with mock_aws():
        client = boto3.client("s3", region_name="eu-west-3", aws_access_key_id="test", aws_secret_access_key="test")
        client.create_bucket(Bucket="docs", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
        client.put_bucket_versioning(Bucket="docs", VersioningConfiguration={"Status": "Enabled"})
        yield Case(
            S3Documents(client, "docs"),
            lambda digest: alter(client, digest),
            S3DocumentEraser(client, "docs"),
            lambda: versions(client),
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


def test_what_is_erased_is_gone_in_every_version_and_nothing_else_is(case: Case) -> None:
    """[K-07] Of a versioned bucket a plain delete would remove nothing."""
    digest, other = case.documents.put(PDF), case.documents.put(PDF + b" de plus")
    case.alter(digest)
    case.eraser.erase(digest)
    case.eraser.erase(digest)
    with pytest.raises(NotFound):
        case.documents.get(digest)
    assert case.documents.get(other) == PDF + b" de plus"
    assert case.versions() == 1
    assert case.documents.put(PDF) == digest, "a document that is made again is a new one"


def test_what_a_company_brought_is_its_own_copy(case: Case) -> None:
    """[K-07] Taking it away takes nothing from another company that brought the same bytes, nor from what was drawn."""
    drawn, mine = case.documents.put(PDF), case.documents.put(PDF + b" apporte", owner="ten_a")
    assert case.documents.put(PDF + b" apporte", owner="ten_b") == mine
    assert case.documents.get(drawn, owner="ten_a") == PDF, "what is of nobody is found by whoever asks"
    for owner in ("", "ten_c"):
        with pytest.raises(NotFound):
            case.documents.get(mine, owner=owner)
    case.eraser.erase(mine)
    assert case.documents.get(mine, owner="ten_a") == PDF + b" apporte"
    case.eraser.erase(mine, owner="ten_a")
    with pytest.raises(NotFound):
        case.documents.get(mine, owner="ten_a")
    assert case.documents.get(mine, owner="ten_b") == PDF + b" apporte"
    assert case.versions() == 2


def test_a_bucket_that_does_not_answer_asks_to_try_again() -> None:
    with mock_aws():
        client = boto3.client("s3", region_name="eu-west-3", aws_access_key_id="test", aws_secret_access_key="test")
        documents = S3Documents(client, "no-such-bucket")
        with pytest.raises(Retry):
            documents.put(PDF)
        with pytest.raises(Retry):
            documents.get("0" * 64)
        with pytest.raises(Retry):
            S3DocumentEraser(client, "no-such-bucket").erase("0" * 64)
