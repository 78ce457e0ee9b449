"""One place per kind of store: the double, the real adapter on moto, the real adapter on the local cloud.

Every test takes tenants of its own, so places can be shared. The adapter gets tables of its own too, made from the
template: nothing that a contract test writes wakes an archiver.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest
from moto import mock_aws

from relance.adapters.dynamo.journal import DynamoJournal
from relance.adapters.dynamo.links import DynamoLinks
from relance.adapters.dynamo.open_work import DynamoOpenWork
from relance.adapters.dynamo.store import DynamoStore
from relance.app.ports.archive import JournalReader
from relance.app.ports.links import LinkDirectory
from relance.app.ports.open_work import OpenOfCustomer, OpenWork
from relance.app.ports.store import Store
from relance.domain.ids import TenantId
from tests.doubles.dynamo import FlakyConnection, botocore_session, create_tables, flaky
from tests.doubles.store import Fault, InMemoryStore

if TYPE_CHECKING:
    from local.cloud import LocalCloud

REGION = "eu-west-3"


@dataclass(frozen=True, slots=True)
class Place:
    """A store with all that stands around it, and two tenants that nobody else uses."""

    store: Store
    journal: JournalReader
    links: LinkDirectory
    open_work: OpenWork
    by_customer: OpenOfCustomer
    faults: InMemoryStore | FlakyConnection
    tenant: TenantId
    other: TenantId

    def fail_next(self, *faults: Fault) -> None:
        """The next commits meet these faults. The adapter asks up to three times, the double once."""
        if isinstance(self.faults, InMemoryStore):
            self.faults.fail_next(*faults)
        else:
            self.faults.faults.extend(fault for fault in faults for _ in range(_times(fault)))


def _times(fault: Fault) -> int:
    """How often the adapter must meet it before it gives up: crashes end everything, silence is asked again."""
    return 1 if fault in {Fault.CRASH_BEFORE, Fault.CRASH_AFTER} else 3


def _tenants() -> tuple[TenantId, TenantId]:
    unique = uuid4().hex[:12]
    return TenantId(f"ten_{unique}a"), TenantId(f"ten_{unique}b")


def in_memory() -> Place:
    store = InMemoryStore()
    return Place(store, store, store, store, store, store, *_tenants())


def on_dynamo(**tables: Any) -> Place:
    database, connection = flaky(**tables)
    store, open_work = DynamoStore(database), DynamoOpenWork(database)
    return Place(store, DynamoJournal(database), DynamoLinks(database), open_work, open_work, connection, *_tenants())


@pytest.fixture
def moto_place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    for variable in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    with mock_aws():
        client = boto3.Session(botocore_session=botocore_session()).client("dynamodb", region_name=REGION)
        yield on_dynamo(region=REGION, **create_tables(client, "moto-"))


@pytest.fixture(scope="session")
def cloud_tables(cloud: "LocalCloud") -> dict[str, str]:
    return create_tables(cloud.boto("dynamodb"), f"contract-{uuid4().hex[:8]}-")


@pytest.fixture
def cloud_place(cloud: "LocalCloud", cloud_tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Place:
    for name, value in cloud.env.items():
        monkeypatch.setenv(name, value)
    return on_dynamo(region=cloud.env["AWS_REGION"], endpoint=cloud.env["AWS_ENDPOINT_URL"], **cloud_tables)


ON_CLOUD = pytest.param("cloud", marks=pytest.mark.cloud)


@pytest.fixture(params=["memory", "moto", ON_CLOUD])
def place(request: pytest.FixtureRequest) -> Place:
    """Every kind of store."""
    return _place(request)


@pytest.fixture(params=["memory", ON_CLOUD])
def place_with_tokens(request: pytest.FixtureRequest) -> Place:
    """Those that apply a token once; moto does not (checked with 5.2.5)."""
    return _place(request)


def _place(request: pytest.FixtureRequest) -> Place:
    if request.param == "memory":
        return in_memory()
    place: Place = request.getfixturevalue(f"{request.param}_place")
    return place
