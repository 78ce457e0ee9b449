"""Which checkpoint a company has in its own mailbox, and what became of that mail: learnt from the service's answer, or
later from its events. [AR-02, S-04]

Nothing of it is a fact of legal value: the claim is the record, and the archive's status shows it to its owner.
"""

from datetime import datetime
from typing import Final

from relance.app.context import Context
from relance.app.ports.store import Commit, EntityMoved
from relance.domain.errors import Contention, NotFound, OutcomeUnknown
from relance.domain.ids import TenantId
from relance.domain.pin_mail import PinMail, learn
from relance.domain.reminder.claim import Lesson

_ATTEMPTS: Final = 3


def last_pin(ctx: Context, tenant: TenantId) -> PinMail | None:
    """The last one that was mailed, or may have been."""
    found = ctx.store.page(tenant, PinMail, limit=1).items
    return found[0] if found else None


def settle_pin(ctx: Context, tenant: TenantId, month: str, lesson: Lesson, *, at: datetime) -> PinMail:
    """Keep what was learnt at `at`; learning it twice, or in another order, leaves the same claim.

    An event may be faster than whoever handed the mail over: each goes on from what the other left. Raises NotFound,
    Contention, Retry.
    """
    for _ in range(_ATTEMPTS):
        mail = ctx.store.get(tenant, PinMail, month)
        if mail is None:
            raise NotFound("Aucun envoi de point de contrôle pour ce mois.")
        learnt = learn(mail, lesson, at)
        if learnt is mail:
            return mail
        wanted = Commit(tenant, ctx.entropy.bytes(16).hex(), puts=(learnt,))
        try:
            try:
                ctx.store.commit(wanted)
            except OutcomeUnknown:
                ctx.store.commit(wanted)  # the very same: its token makes that harmless
        except EntityMoved:
            continue
        return learnt
    raise Contention("Cet envoi change sans cesse : réessayez dans quelques secondes.")
