"""What `scenarios_api` is made of: the store, the published scenarios, what is open, and a pen that sends nothing."""

from dataclasses import dataclass

from relance.adapters.clock import clock
from relance.adapters.dunning_data import load_dunning_law
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.open_work import DynamoOpenWork
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.mail_composer import JinjaMailComposer
from relance.adapters.scenario_data import PackagedScenarios
from relance.app.context import Context
from relance.app.foreseeing import Desk
from relance.app.ports.composing import MailComposer
from relance.app.writing import Postmark
from relance.domain.dunning_law import DunningLaw
from relance.runtime.settings import ScenarioDesk, load


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes mails to be looked at: their links are no links, and there is nothing to send them with."""

    composer: MailComposer
    mark: Postmark
    law: DunningLaw


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps."""

    ctx: Context
    desk: Desk


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    settings = load(ScenarioDesk)
    database = Database(core_table=settings.core_table, journal_table=settings.journal_table)
    pen = Pen(JinjaMailComposer(), Postmark("", settings.public_base_url, b""), load_dunning_law())
    return Parts(
        ctx=Context(DynamoStore(database), clock(settings.clock_file), SystemEntropy()),
        desk=Desk(PackagedScenarios(), DynamoOpenWork(database), pen),
    )
