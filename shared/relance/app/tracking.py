"""Opens of mails: kept only if their reader agreed and still does; and the page on which he takes that back.

Nothing here changes a document: an open is a hint to a person, never a fact. [T-01, T-03, T-05, T-06, T-10]
"""

import hmac
from datetime import datetime

from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.noticing import last_opened, noticed, told
from relance.app.ports.activity import Activity, ActivityKind, ActivityLog
from relance.app.ports.links import LinkDirectory
from relance.app.ports.pages import OptOutView
from relance.app.ports.store import EntityMoved
from relance.app.viewing import Door
from relance.domain.errors import Forbidden, NotFound
from relance.domain.ids import CustomerId
from relance.domain.journal import Head
from relance.domain.links import Pixel, form_token, pixel_id
from relance.domain.party import Branding, Company, Customer, TrackingConsent
from relance.domain.reminder.claim import Claim, Fate
from relance.domain.tracking.consent import Scope, may_be_followed, scope_at_hit, withdraw
from relance.domain.tracking.opens import Hit, OpenClass, Verdict, classify
from relance.domain.tracking.robots import KnownRobots, networks_of, within

_PURPOSE = "stop-tracking"
_SOURCE = "lien du message"
_ATTEMPTS = 3


def record_open(
    ctx: Context, links: LinkDirectory, log: ActivityLog, robots: KnownRobots, hit: Hit, *, pixel_id: str, at: datetime
) -> OpenClass:
    """Keep one hit, at most once per minute and mail, with its class and reasons; or nothing at all of it.

    Consent is read now, whatever it was when the mail left, and may only narrow what the mail promised. Under
    deliverability the day of the last open is kept in place of the one before, and nothing of who it was. A pixel or a
    customer that is gone is treated like one who never agreed. Raises Retry.
    """
    pixel = links.find_pixel(pixel_id)
    customer = _customer(ctx, pixel) if pixel else None
    scope = Scope.NOTHING
    if pixel is not None and customer is not None:
        scope = scope_at_hit(Scope(pixel.scope), customer.consent, is_service=pixel.is_service)
    if pixel is None or scope is Scope.NOTHING:
        return OpenClass.DISCARDED
    own = is_own(ctx.store.get(pixel.tenant, Company, pixel.tenant), hit.ip)
    verdict = classify(hit, robots, own=own, age=at - _delivered_at(ctx, pixel))
    if scope is Scope.EVENTS:
        log.record(_opened(pixel, verdict, hit, at))
    elif verdict.open_class.is_proxy or verdict.open_class is OpenClass.HUMAN_PROBABLE:
        kind, id = pixel.document_kind, pixel.document_id
        log.replace(last_opened(at, tenant=pixel.tenant, document_kind=kind, document_id=id))
    return verdict.open_class


def is_own(company: Company | None, ip: str) -> bool:
    """Whether an address is one of the seller's own. [T-07]"""
    return company is not None and bool(company.own_networks) and within(ip, networks_of(company.own_networks))


def _opened(pixel: Pixel, verdict: Verdict, hit: Hit, at: datetime) -> Activity:
    return noticed(
        ActivityKind.OPENED,
        at,
        tenant=pixel.tenant,
        document_kind=pixel.document_kind,
        document_id=pixel.document_id,
        subject=pixel.id,
        data=told(verdict, ip=hit.ip, user_agent=hit.user_agent) | {"claim_id": pixel.claim_id},
    )


def _delivered_at(ctx: Context, pixel: Pixel) -> datetime:
    """When the mail was handed over as far as is known: its delivery may be told later than its first hit."""
    claim = ctx.store.get(pixel.tenant, Claim, pixel.claim_id)
    return claim.settled_at if claim is not None and claim.fate is Fate.DELIVERED else pixel.created_at


def open_opt_out(ctx: Context, door: Door, token: str) -> OptOutView:
    """What the page behind a mail's « ne plus suivre » link shows. Raises NotFound. Writes nothing."""
    pixel, customer = _addressed(ctx, door, token)
    company = ctx.store.get(pixel.tenant, Company, pixel.tenant)
    return OptOutView(
        token=token,
        sender=(company.trading_name or company.legal_name) if company else "",
        branding=company.branding if company else Branding(),
        is_tracked=may_be_followed(customer.consent),
        form_token=form_token(door.key, token, _PURPOSE),
        is_last_day_only=customer.consent.tracking is TrackingConsent.DELIVERABILITY,
    )


def opt_out(ctx: Context, door: Door, token: str, *, proof: str, one_click: bool = False) -> Customer:
    """Withdraw consent, for mails to come and for those already sent. Doing it twice is doing it once.

    `proof` is the page's form token; `one_click` says that the mail program itself asked, as RFC 8058 lets it, without
    having seen the page. Raises NotFound, Forbidden `form_expired`.
    """
    pixel, _ = _addressed(ctx, door, token)
    expected = form_token(door.key, token, _PURPOSE)
    if not one_click and not hmac.compare_digest(expected.encode(), proof.encode()):
        raise Forbidden("Ce formulaire n’est plus valable : rechargez la page, puis recommencez.", code="form_expired")
    caller = Caller(pixel.tenant, "customer", "customer")

    def decide(_head: Head, at: datetime) -> Decision:
        _, customer = _addressed(ctx, door, token)
        withdrawn = withdraw(customer, at, _SOURCE)
        return Decision(answer=withdrawn, puts=(withdrawn,))

    for attempt in range(_ATTEMPTS):
        _, customer = _addressed(ctx, door, token)
        if not may_be_followed(customer.consent):
            return customer
        try:
            return commit(ctx, caller, None, Customer, decide)
        except EntityMoved:  # somebody edits the customer at this very moment
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _addressed(ctx: Context, door: Door, token: str) -> tuple[Pixel, Customer]:
    """The mail and its reader. Raises NotFound, the same for a forged token and for one whose mail is gone."""
    genuine = pixel_id(door.key, token)
    pixel = door.links.find_pixel(genuine) if genuine else None
    customer = _customer(ctx, pixel) if pixel else None
    if pixel is None or customer is None:
        raise NotFound("Ce lien n’existe pas ou n’est plus valable.")
    return pixel, customer


def _customer(ctx: Context, pixel: Pixel) -> Customer | None:
    return ctx.store.get(pixel.tenant, Customer, CustomerId(pixel.customer_id))
