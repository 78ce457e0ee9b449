"""One server on in-memory doubles, and two tenants in front of it."""

import pytest

from tests.builders import OTHER_TENANT, a_context
from tests.doubles.activity import InMemoryActivityLog
from tests.doubles.api import Caller, Server
from tests.doubles.outside import InMemoryDocuments, ManualClock, RecordingExecutions
from tests.doubles.store import InMemoryStore


@pytest.fixture
def server() -> Server:
    store, clock = InMemoryStore(), ManualClock()
    ctx = a_context(store=store, clock=clock)
    return Server(ctx, store, clock, RecordingExecutions(), InMemoryDocuments(), InMemoryActivityLog(clock))


@pytest.fixture
def me(server: Server) -> Caller:
    return server.caller()


@pytest.fixture
def neighbour(server: Server) -> Caller:
    return server.caller(OTHER_TENANT)
