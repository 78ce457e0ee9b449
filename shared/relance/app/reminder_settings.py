"""How a company reminds: its scenarios, its absences, who is told of what. Every decision reads it. [DR-02, DR-04]

The secret that signs what we tell its own systems is made here and shown once: whoever lost it asks for another.
"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Final

from relance.app import scenarios
from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.ports.scenarios import PublishedScenarios
from relance.app.settings import require_rev
from relance.domain.errors import Fault, Invalid
from relance.domain.ids import TenantId
from relance.domain.journal import Head
from relance.domain.reminder.policy import Defaults
from relance.domain.reminder.scenario import DocumentKind
from relance.domain.reminder.settings import ID, ReminderSettings

MAX_CLOSURES: Final = 50
SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Stored:
    """The settings, and the secret if it was made by this very change."""

    settings: ReminderSettings
    new_secret: str = ""


def get(ctx: Context, tenant: TenantId) -> ReminderSettings:
    """The company's; those of the product at `rev` 0 while it chose none."""
    return ctx.store.get(tenant, ReminderSettings, ID) or ReminderSettings(tenant)


def put(
    ctx: Context,
    caller: Caller,
    wanted: ReminderSettings,
    published: PublishedScenarios,
    *,
    expected_rev: int,
    renews_secret: bool = False,
) -> Stored:
    """Replace them whole; tenant, rev and secret of `wanted` are not looked at, `expected_rev` 0 stores the first.

    A secret is made when there is an address and none yet, or when asked for; it goes with the address. Documents that
    are followed keep their scenario, and see the rest from their next decision on. Raises StaleVersion, Invalid.
    """
    if faults := [*_scenario_faults(ctx, caller.tenant, wanted.defaults, published), *_closure_faults(wanted)]:
        raise Invalid("Ces réglages ne peuvent pas être enregistrés.", faults=faults)
    fresh = f"whsec_{b64encode(ctx.entropy.bytes(SECRET_BYTES)).decode()}"

    def decide(_head: Head, _at: datetime) -> Decision:
        stored = get(ctx, caller.tenant)
        require_rev(stored.rev, expected_rev)
        kept = "" if renews_secret else stored.webhook_secret
        secret = (kept or fresh) if wanted.webhook_url else ""
        chosen = replace(wanted, tenant=caller.tenant, rev=stored.rev + 1, webhook_secret=secret)
        return Decision(answer=chosen, puts=(chosen,))

    chosen = commit(ctx, caller, None, ReminderSettings, decide)
    return Stored(chosen, fresh if chosen.webhook_secret == fresh else "")


def _scenario_faults(
    ctx: Context, tenant: TenantId, defaults: Defaults, published: PublishedScenarios
) -> Iterator[Fault]:
    """A default that does not exist, or is not for such documents or such customers. [DU-01]"""
    for field in fields(Defaults):
        if name := getattr(defaults, field.name):
            kind = DocumentKind.QUOTE if field.name == "quote" else DocumentKind.INVOICE
            at, is_consumer = f"/defaults/{field.name}", field.name.endswith("_consumer")
            yield from scenarios.misfits(ctx, tenant, name, published, kind=kind, at=at, is_consumer=is_consumer)


def _closure_faults(wanted: ReminderSettings) -> list[Fault]:
    """More absences than a list is for, or one that ends before it begins."""
    if len(wanted.closures) > MAX_CLOSURES:
        return [Fault("/closures", f"Au plus {MAX_CLOSURES} absences : retirez celles qui sont passées.", "too_many")]
    return [
        Fault(f"/closures/{index}/last", "Une absence finit le jour où elle commence, ou après.", "order")
        for index, one in enumerate(wanted.closures)
        if one.last < one.first
    ]
