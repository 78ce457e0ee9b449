"""What every Platform must do, the double and the files on S3 alike. [E-07]"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

import boto3
import pytest
from moto import mock_aws

from relance.adapters.platform_files import FilePlatform
from relance.app.ports.platform import Envelope, Platform, ToldStatus
from relance.domain.einvoice import ElectronicAddress
from relance.domain.errors import Conflict, Retry
from relance.domain.platform_status import Source, StatusCode, StatusEntry
from tests.builders import OTHER_TENANT, TENANT, an_instant
from tests.doubles.platform import InMemoryPlatform

XML = b"<rsm:CrossIndustryInvoice/>"
ENVELOPE = Envelope(
    tenant=TENANT,
    invoice_id="inv_1",
    number="F-2026-0001",
    type_code="380",
    issue_date=date(2026, 11, 16),
    sender=ElectronicAddress("0225", "912345675"),
    receiver=ElectronicAddress("0225", "803124569"),
    framework="S1",
    processing="B2B",
    sha256=sha256(XML).hexdigest(),
)
TOLD = [ToldStatus(f"st-{n}", "inv_1", StatusCode("205"), an_instant(), "") for n in range(3)]


@dataclass(frozen=True, slots=True)
class Case:
    platform: Platform
    leave: Callable[[str, list[ToldStatus]], None]
    publish: Callable[[str, str, ElectronicAddress], None]
    stop: Callable[[], None]


def of_memory() -> Case:
    platform = InMemoryPlatform()
    return Case(
        platform,
        lambda tenant, told: platform.inbox.setdefault(tenant, []).extend(told),
        lambda tenant, siren, address: platform.directory.update({(tenant, siren): (address,)}),
        lambda: setattr(platform, "is_down", True),
    )


@pytest.fixture(params=["double", "files"])
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    if request.param == "double":
        yield of_memory()
        return
    with mock_aws():
        client = boto3.client("s3", region_name="eu-west-3", aws_access_key_id="test", aws_secret_access_key="test")
        client.create_bucket(Bucket="docs", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})

        def put(key: str, value: object) -> None:
            client.put_object(Bucket="docs", Key=key, Body=json.dumps(value).encode())

        def leave(tenant: str, told: list[ToldStatus]) -> None:
            for one in told:
                body = {"id": one.id, "invoice_id": one.invoice_id, "code": one.code, "at": "2026-11-16T09:00:00Z"}
                put(f"platform/{tenant}/in/{one.id}.json", body)

        def publish(tenant: str, siren: str, address: ElectronicAddress) -> None:
            put(f"platform/{tenant}/directory/{siren}.json", [{"scheme": address.scheme, "id": address.id}])

        bucket = FilePlatform(client, "docs")
        yield Case(bucket, leave, publish, lambda: setattr(bucket, "_bucket", "gone"))


def test_a_deposit_is_made_once_however_often_it_is_asked(case: Case) -> None:
    assert case.platform.deposit(ENVELOPE, XML) == case.platform.deposit(ENVELOPE, XML)
    with pytest.raises(Conflict) as refused:
        case.platform.deposit(replace(ENVELOPE, sha256="0" * 64), b"<other/>")
    assert refused.value.code == "deposited_otherwise"


def test_news_come_oldest_first_in_slices_and_only_to_their_seller(case: Case) -> None:
    assert case.platform.news(TENANT, "", 2).cursor == ""
    case.leave(TENANT, TOLD)
    first = case.platform.news(TENANT, "", 2)
    assert [one.id for one in first.statuses] == ["st-0", "st-1"]
    assert (first.statuses[0].code, first.statuses[0].at) == (StatusCode.APPROVED, an_instant())
    rest = case.platform.news(TENANT, first.cursor, 2)
    assert [one.id for one in rest.statuses] == ["st-2"]
    assert case.platform.news(TENANT, rest.cursor, 2) == replace(rest, statuses=())
    assert case.platform.news(OTHER_TENANT, "", 2).statuses == ()


def test_a_status_is_told_twice_without_harm(case: Case) -> None:
    at = an_instant()
    status = StatusEntry("sta_1", StatusCode.CASHED, at, at, Source.SELLER, amount=12_345)
    for _ in range(2):
        case.platform.tell(TENANT, "inv_1", "F-2026-0001", status)


def test_the_directory_says_where_a_business_receives(case: Case) -> None:
    address = ElectronicAddress("0225", "803124569_COMPTA")
    case.publish(TENANT, "803124569", address)
    assert list(case.platform.address_of(TENANT, "803124569")) == [address]
    assert list(case.platform.address_of(TENANT, "000000000")) == []


def test_a_platform_that_does_not_answer_is_to_be_asked_again(case: Case) -> None:
    case.stop()
    asks: list[Callable[[], object]] = [
        lambda: case.platform.deposit(ENVELOPE, XML),
        lambda: case.platform.news(TENANT, "", 1),
        lambda: case.platform.address_of(TENANT, "1"),
        lambda: case.platform.tell(
            TENANT, "inv_1", "F-1", StatusEntry("s", StatusCode.CASHED, an_instant(), an_instant(), Source.SELLER)
        ),
    ]
    for ask in asks:
        with pytest.raises(Retry):
            ask()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"id":1,"invoice_id":"inv_1","code":"205","at":"2026-11-16T09:00:00Z"}',
        b"\xff",
        b"x" * 20_000,
    ],
    ids=["empty", "list", "nothing said", "number", "not text", "too big"],
)
def test_what_is_no_status_is_named_and_passed_over(body: bytes) -> None:
    with mock_aws():
        client = boto3.client("s3", region_name="eu-west-3", aws_access_key_id="test", aws_secret_access_key="test")
        client.create_bucket(Bucket="docs", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
        client.put_object(Bucket="docs", Key=f"platform/{TENANT}/in/a.json", Body=body)
        news = FilePlatform(client, "docs").news(TENANT, "", 10)
    assert [one.name for one in news.unreadable] == ["a.json"]
    assert news.cursor == "a.json"
