"""No more reminders of quotes: the customer's own word, by the page behind each of them or by his mail program. [S-05]

RFC 8058 lets a mail program ask with one POST, without a page: that is enough, and it takes effect at once, for every
quote of this seller. Invoices and what is owed are not concerned; nor is the customer's page, which stays open.
"""

import hmac
from dataclasses import dataclass
from typing import Final

from relance.app.context import Context
from relance.app.ports.pages import UnsubscribeView
from relance.app.ports.store import Commit, EntityMoved
from relance.app.viewing import Door, quote_of
from relance.domain.errors import Forbidden
from relance.domain.ids import CustomerId, TenantId
from relance.domain.links import form_token
from relance.domain.party import Branding, Company
from relance.domain.reminder.correspondence import Correspondence, first_letter, unsubscribed

_PURPOSE: Final = "unsubscribe"
_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class _Addressed:
    tenant: TenantId
    customer_id: CustomerId


def open_unsubscribe(ctx: Context, door: Door, token: str) -> UnsubscribeView:
    """What the page shows. Raises NotFound, also for the link of an invoice. Writes nothing."""
    him = _addressed(ctx, door, token)
    company = ctx.store.get(him.tenant, Company, him.tenant)
    letters = ctx.store.get(him.tenant, Correspondence, him.customer_id)
    return UnsubscribeView(
        token=token,
        sender=(company.trading_name or company.legal_name) if company else "",
        branding=company.branding if company else Branding(),
        is_reminded=letters is None or letters.unsubscribed_at is None,
        form_token=form_token(door.key, token, _PURPOSE),
    )


def unsubscribe(ctx: Context, door: Door, token: str, *, proof: str, one_click: bool = False) -> Correspondence:
    """Stop the reminders of quotes to this customer. Doing it twice is doing it once.

    `proof` is the page's form token; `one_click` says that the mail program itself asked (RFC 8058). Raises NotFound,
    Forbidden `form_expired`, EntityMoved when reminders leave without end at this very moment.
    """
    him = _addressed(ctx, door, token)
    expected = form_token(door.key, token, _PURPOSE)
    if not one_click and not hmac.compare_digest(expected.encode(), proof.encode()):
        raise Forbidden("Ce formulaire n’est plus valable : rechargez la page, puis recommencez.", code="form_expired")
    for attempt in range(_ATTEMPTS):
        found = ctx.store.get(him.tenant, Correspondence, him.customer_id) or first_letter(him.tenant, him.customer_id)
        wanted = unsubscribed(found, ctx.clock.now())
        if wanted is found:
            return found
        try:
            ctx.store.commit(Commit(him.tenant, ctx.entropy.bytes(16).hex(), puts=(wanted,)))
        except EntityMoved:  # a reminder leaves at this very moment: the next one will not
            if attempt == _ATTEMPTS - 1:
                raise
            continue
        return wanted
    raise AssertionError("unreachable")


def _addressed(ctx: Context, door: Door, token: str) -> _Addressed:
    quote = quote_of(ctx, door.link(token))
    return _Addressed(quote.tenant, quote.customer_id)
