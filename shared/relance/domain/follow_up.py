"""How one customer is reminded, where that differs from everybody else: written on his file by the seller. [DR-04]"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What is special about a customer. Everything empty means: as everybody.

    `quote_scenario`, `invoice_scenario` (`name@version`, or a name for its newest version) replace the company's;
    `is_excluded`: no reminder of anything; `extra_days` more are given before each; steps below `min_level` or above
    `max_level` (a customer one is careful with) are left out; `approval` replaces that of the steps; penalties are
    never computed for him with `no_penalties`; `email` receives reminders in place of the document's address, such as
    an accounts department; `tags` are the seller's own words, for smart queries.
    """

    quote_scenario: str = ""
    invoice_scenario: str = ""
    is_excluded: bool = False
    extra_days: int = 0
    min_level: int = 0
    max_level: int = 5
    approval: str = ""
    no_penalties: bool = False
    email: str = ""
    tags: tuple[str, ...] = ()


AS_EVERYBODY: Final = FollowUp()
