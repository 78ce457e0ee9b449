"""What `settings_api` is made of."""

from dataclasses import dataclass
from importlib.resources import files

from relance.adapters.clock import clock
from relance.adapters.dunning_data import load_dunning_law
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.term_limit_data import load_term_limits
from relance.adapters.vat_data import load_vat_rates, load_vat_texts
from relance.app.context import Context
from relance.domain.dunning_law import DunningLaw
from relance.domain.term_limits import TermLimits
from relance.domain.vat_notes import VatTexts
from relance.domain.vat_rates import VatRates
from relance.runtime.settings import Tables, load


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps. `openapi` is the API's own description, as it is served."""

    ctx: Context
    openapi: bytes
    limits: TermLimits
    vat_rates: VatRates
    vat_texts: VatTexts
    law: DunningLaw


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    settings = load(Tables)
    database = Database(core_table=settings.core_table, journal_table=settings.journal_table)
    ctx = Context(DynamoStore(database), clock(settings.clock_file), SystemEntropy())
    return Parts(
        ctx=ctx,
        openapi=files("relance.resources").joinpath("openapi.json").read_bytes(),
        limits=load_term_limits(),
        vat_rates=load_vat_rates(),
        vat_texts=load_vat_texts(),
        law=load_dunning_law(),
    )
