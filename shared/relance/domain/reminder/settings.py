"""How a company reminds: its scenarios, its absences, who is told of what. One for each tenant. [DR-02, DR-04]"""

from dataclasses import dataclass
from typing import Final

from relance.domain.ids import TenantId
from relance.domain.reminder.hours import Closure
from relance.domain.reminder.policy import STANDARD, Defaults

ID: Final = "reminders"


@dataclass(frozen=True, slots=True)
class ReminderSettings:
    """The settings; `rev` 0 are those of a company that never chose any.

    `alerts`: the owner is told when a customer looks at a document; `pin_mail`: the checkpoint of his archive, once a
    month. `webhook_url` (https) is told too, signed with
    `webhook_secret`; "" for none.
    """

    tenant: TenantId
    rev: int = 0
    defaults: Defaults = STANDARD
    closures: tuple[Closure, ...] = ()
    alerts: bool = True
    pin_mail: bool = True
    webhook_url: str = ""
    webhook_secret: str = ""

    @property
    def id(self) -> str:
        """There is one."""
        return ID
