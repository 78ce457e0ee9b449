"""What `reports_api` is made of: it reads, and writes nothing."""

from dataclasses import dataclass

from relance.adapters.clock import clock
from relance.adapters.dunning_data import load_dunning_law
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.app.context import Context
from relance.domain.dunning_law import DunningLaw
from relance.runtime.settings import Entities, load


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps."""

    ctx: Context
    law: DunningLaw


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    settings = load(Entities)
    store = DynamoStore(Database(core_table=settings.core_table))
    return Parts(Context(store, clock(settings.clock_file), SystemEntropy()), load_dunning_law())
