"""One seller at his till."""

import pytest

from tests.builders import a_context
from tests.doubles.activity import InMemoryActivityLog
from tests.doubles.api import Server
from tests.doubles.outside import InMemoryDocuments, ManualClock, RecordingExecutions
from tests.doubles.store import InMemoryStore
from tests.doubles.till import Till


@pytest.fixture
def till() -> Till:
    store, clock = InMemoryStore(), ManualClock()
    ctx = a_context(store=store, clock=clock)
    server = Server(ctx, store, clock, RecordingExecutions(), InMemoryDocuments(), InMemoryActivityLog(clock))
    return Till(server, server.caller()).opens()
