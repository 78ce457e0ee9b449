"""The stored items: every pynamodb model, all in this module, and how each is read. Nothing here leaves the package.

| access pattern | table | read |
|---|---|---|
| an entity, the head, an answer by its key | core | GetItem, consistent |
| a listing of one class, newest id first | core | Query pk = tenant, sk from `{class}#`, descending, consistent |
| a link or a pixel before its tenant is known | core | GetItem, consistent |
| who holds an API key, who is a member | core | GetItem |
| which credentials a company has, after a restore | core | Scan, consistent, by the operator's tool alone |
| which tenants have a journal | core | Query pk = `tenants`, consistent |
| whose archive is behind | core | the register, then BatchGetItem of `head` and `archive_head`, consistent |
| what of one class is still open | core, index `open` | Query open = `{tenant}#{class}`; sparse, keys only, lags |
| which runs are due | core, index `due` | Query open = `{tenant}#run`, due before an instant; sparse, keys only, lags |
| the followed documents of a customer | core, index `customer` | Query customer = `{tenant}#{customer}`; sparse, lags |
| the events after a given one | journal | Query tenant, seq > n, ascending, consistent |
| what was noticed around a document | activity | Query pk = `{tenant}#{kind}#{document}`, sk begins with the time |

No request and no sweep scans a table. An entity is one attribute of JSON (`body`, or `packed` when deflated): as many
attributes its amounts would become floats (pynamodb's NumberAttribute), and fields that a model does not know be lost.

The authorizer imports this module too: it costs pynamodb and nothing of the domain.
"""

from functools import cached_property
from threading import Lock
from typing import Any, ClassVar, Final, TypeVar, cast

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from relance.adapters.dynamo.keys import Key

M = TypeVar("M", bound=Model)

CONNECT_TIMEOUT_S: Final = 1
READ_TIMEOUT_S: Final = 3  # DynamoDB answers in milliseconds; three attempts stay within a function's 15 seconds


class OpenIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]  # pynamodb leaves a hook untyped
    """What is still to be done, per tenant and class: only items that carry `open` are in it."""

    class Meta:
        index_name = "open"
        projection = KeysOnlyProjection()

    open = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class DueIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]  # pynamodb leaves a hook untyped
    """What is open, in the order in which it is due: only open runs carry `due`."""

    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    open = UnicodeAttribute(hash_key=True)
    due = UnicodeAttribute(range_key=True)


class CustomerIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]  # pynamodb leaves a hook untyped
    """What is open of one customer: only open runs carry `customer`."""

    class Meta:
        index_name = "customer"
        projection = KeysOnlyProjection()

    customer = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class CoreItem(Model):
    """Anything of the core table. `rev` counts stored changes (of a head of the journal: its seq)."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    rev = NumberAttribute(null=True)
    body = UnicodeAttribute(null=True)
    packed = BinaryAttribute(null=True, legacy_encoding=False)
    open = UnicodeAttribute(null=True)
    customer = UnicodeAttribute(null=True)
    due = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)  # seconds since 1970: TTL
    # Of global items alone: whose they are, and what the authorizer must know.
    tenant = UnicodeAttribute(null=True)
    user = UnicodeAttribute(null=True)
    role = UnicodeAttribute(null=True)

    open_index: ClassVar = OpenIndex()
    due_index: ClassVar = DueIndex()
    customer_index: ClassVar = CustomerIndex()


class EventItem(Model):
    """One event of a journal. `line` is the canonical line itself, as text: what its hash is of."""

    tenant = UnicodeAttribute(hash_key=True)
    seq = NumberAttribute(range_key=True)
    at_ms = NumberAttribute()
    type = UnicodeAttribute()
    hash = UnicodeAttribute()
    line = UnicodeAttribute()


class ActivityItem(Model):
    """One thing noticed around a document."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    body = UnicodeAttribute()
    expires_at = NumberAttribute()


class Database:
    """The tables of one deployment, on one client, made at the first use. Safe to share between threads.

    Region, credentials and endpoint come from the environment as botocore reads it (AWS_DEFAULT_REGION,
    AWS_ENDPOINT_URL …) unless given. A table that a function never touches need not be named. The client does not
    retry: `attempts` does, because only there is it known whether a write may have been stored.
    """

    def __init__(
        self,
        *,
        core_table: str = "",
        journal_table: str = "",
        activity_table: str = "",
        region: str | None = None,
        endpoint: str | None = None,
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        self._names = {CoreItem: core_table, EventItem: journal_table, ActivityItem: activity_table}
        self._lock = Lock()
        self.connection = Connection(
            region=region,
            host=endpoint,
            connect_timeout_seconds=CONNECT_TIMEOUT_S,
            read_timeout_seconds=read_timeout_s,
            max_retry_attempts=0,
        )

    @cached_property
    def core(self) -> type[CoreItem]:
        """Entities, heads, answers, links, keys."""
        return self._bound(CoreItem)

    @cached_property
    def journal(self) -> type[EventItem]:
        """Events."""
        return self._bound(EventItem)

    @cached_property
    def activity(self) -> type[ActivityItem]:
        """What was noticed."""
        return self._bound(ActivityItem)

    def item(self, key: Key) -> CoreItem:
        """An item of the core table that holds nothing but its key."""
        return self.core(key.pk, key.sk)

    def _bound(self, model: type[M]) -> type[M]:
        """The model on its table and on the one connection: by itself pynamodb makes a client for each model."""
        if not (table := self._names[cast(Any, model)]):
            raise ValueError(f"the table of {model.__name__} was not named")
        with self._lock:
            meta = type("Meta", (), {"table_name": table})
            bound = cast(type[M], cast(Any, type(model))(model.__name__, (model,), {"Meta": meta}))
            own = bound._get_connection()
            if table not in self.connection._tables:
                self.connection.add_meta_table(own.get_meta_table())
            own.connection = self.connection
        return bound
