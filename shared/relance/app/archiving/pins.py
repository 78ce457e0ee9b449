"""Which checkpoint a company has in its own mailbox."""

from relance.app.context import Context
from relance.domain.ids import TenantId
from relance.domain.pin_mail import PinMail


def last_pin(ctx: Context, tenant: TenantId) -> PinMail | None:
    """The last one that was mailed, or may have been."""
    found = ctx.store.page(tenant, PinMail, limit=1).items
    return found[0] if found else None
