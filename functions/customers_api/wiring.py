"""What `customers_api` is made of."""

from dataclasses import dataclass

from relance.adapters.clock import clock
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.silence_data import load_silence
from relance.adapters.term_limit_data import load_term_limits
from relance.app.context import Context
from relance.domain.term_limits import TermLimits
from relance.domain.tracking.consent import SilenceRule
from relance.runtime.settings import Tables, load


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps."""

    ctx: Context
    limits: TermLimits
    silence: tuple[SilenceRule, ...] = ()


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    settings = load(Tables)
    database = Database(core_table=settings.core_table, journal_table=settings.journal_table)
    ctx = Context(DynamoStore(database), clock(settings.clock_file), SystemEntropy())
    return Parts(ctx, load_term_limits(), load_silence())
