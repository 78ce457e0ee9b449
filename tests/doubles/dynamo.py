"""DynamoDB for tests: the tables of the real template, and a connection that loses answers."""

from collections import deque
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from botocore.exceptions import ReadTimeoutError
from botocore.session import Session, get_session
from pynamodb.connection import Connection
from pynamodb.exceptions import VerboseClientError

from relance.adapters.dynamo.items import Database
from tests.doubles.store import Crash, Fault

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"
TABLES = {"core_table": "CoreTable", "journal_table": "JournalTable", "activity_table": "ActivityTable"}
_KEPT = {"AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema"}


class _Loader(yaml.SafeLoader):
    """CloudFormation's tags mean nothing here; the sections that are read have none."""


_Loader.add_multi_constructor("!", lambda _loader, _suffix, _node: None)


@cache
def botocore_session(_endpoint: str | None = None) -> Session:
    """The session that clients of tests are made on; it keeps the credentials that it found for that endpoint."""
    return get_session()


@cache
def _resources() -> Any:
    return yaml.load(TEMPLATE.read_text(), _Loader)["Resources"]


def create_tables(client: Any, prefix: str) -> dict[str, str]:
    """Make the tables that template.yaml describes, under names of their own; gives the arguments of `Database`."""
    for logical_id in TABLES.values():
        properties = _resources()[logical_id]["Properties"]
        shape = {name: value for name, value in properties.items() if name in _KEPT}
        client.create_table(TableName=f"{prefix}{logical_id}", **shape)
    return {argument: f"{prefix}{logical_id}" for argument, logical_id in TABLES.items()}


class FlakyConnection(Connection):
    """Plants the faults of tests.doubles.store at writes: the request does not arrive, or its answer does not.

    `asked` are all operations, in order; `sent` those that write.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.faults: deque[Fault] = deque()
        self.sent: list[str] = []
        self.asked: list[str] = []

    @property
    def session(self) -> Session:
        """One for all tests: reading the description of a service takes longer than any of them."""
        return botocore_session(self.host)

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(operation_name)
        if operation_name not in {"TransactWriteItems", "PutItem", "UpdateItem"}:
            return super()._make_api_call(operation_name, operation_kwargs)
        self.sent.append(operation_name)
        fault = self.faults.popleft() if self.faults else None
        match fault:
            case Fault.NOT_STORED:
                raise ReadTimeoutError(endpoint_url="planted")
            case Fault.THROTTLED:
                raise VerboseClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, operation_name)
            case Fault.CRASH_BEFORE:
                raise Crash
            case Fault.STORED | Fault.CRASH_AFTER | None:
                answer = super()._make_api_call(operation_name, operation_kwargs)
        if fault is Fault.STORED:
            raise ReadTimeoutError(endpoint_url="planted")
        if fault is Fault.CRASH_AFTER:
            raise Crash
        return answer


def flaky(**tables: Any) -> tuple[Database, FlakyConnection]:
    """A database on a connection that can be told to fail."""
    database = Database(**tables)
    connection = FlakyConnection(region=tables.get("region"), host=tables.get("endpoint"), max_retry_attempts=0)
    database.connection = connection
    return database, connection
