"""Noticing that somebody looks at a document: the page really shown, its PDF taken, its address fetched.

Only a person's look dates the first view of a quote; a fetched address changes nothing, ever. Whatever is noticed is
kept with its class and reasons: the seller's own visits and the robots' too, which count nowhere. [T-07, T-10, T-11]
"""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from relance.app.context import Context
from relance.app.journaling import Decision, commit
from relance.app.noticing import noticed, told
from relance.app.ports.activity import Activity, ActivityKind, ActivityLog
from relance.app.ports.store import EntityMoved
from relance.app.tracking import is_own
from relance.app.viewing import Door, Shown, customer_of, quote_of
from relance.domain.calendar_fr import civil_date
from relance.domain.errors import Conflict
from relance.domain.ids import CustomerId
from relance.domain.journal import Head
from relance.domain.links import Link, own_mark, pixel_id, preview_proof
from relance.domain.party import Company, Customer
from relance.domain.quote import Quote, require_open
from relance.domain.tracking.consent import Scope, scope_at_hit
from relance.domain.tracking.opens import Hit, OpenClass, Verdict, Via, classify
from relance.domain.tracking.robots import KnownRobots

MAX_SECONDS: Final = 3_600
_ATTEMPTS: Final = 3
_KIND: Final = {
    Via.PAGE: ActivityKind.VIEWED,
    Via.PDF: ActivityKind.DOWNLOADED,
    Via.LINK: ActivityKind.FOLLOWED,
}


@dataclass(frozen=True, slots=True)
class Look:
    """One request to the page. `mark` is what the browser keeps of an earlier preview, `preview` the proof in its URL.

    `seconds` is how long the page says that it was visible, `gesture` that it was scrolled, clicked or typed on: its
    script's words, so they raise a confidence and prove nothing.
    """

    method: str = "GET"
    ip: str = ""
    user_agent: str = ""
    mark: str = ""
    preview: str = ""
    seconds: int = 0
    gesture: bool = False


@dataclass(frozen=True, slots=True)
class Watch:
    """What it takes to notice: where it is kept, and who is known for a robot."""

    activity: ActivityLog
    robots: KnownRobots


def seen(ctx: Context, door: Door, token: str, shown: Shown, watch: Watch, look: Look) -> OpenClass:
    """The page was really shown. A person's first look at an open quote is dated; the seller's and robots' are not.

    Raises NotFound, Forbidden `form_expired`, Retry.
    """
    link = door.link(token)
    door.require_shown(token, shown)
    verdict = _verdict(ctx, door, link, token, watch, look, Via.PAGE)
    if verdict.open_class is OpenClass.HUMAN_PROBABLE and link.document_kind == "quote":
        _date_first_view(ctx, link)
    seconds = min(max(look.seconds, 3), MAX_SECONDS)
    watch.activity.record(_record(ctx, link, Via.PAGE, verdict, look, {"seconds": str(seconds)}))
    return verdict.open_class


def taken(ctx: Context, door: Door, token: str, shown: Shown, watch: Watch, look: Look) -> OpenClass:
    """The PDF was taken by the button of the page. Raises NotFound, Forbidden `form_expired`, Retry."""
    link = door.link(token)
    door.require_shown(token, shown)
    verdict = _verdict(ctx, door, link, token, watch, look, Via.PDF)
    if verdict.open_class is OpenClass.HUMAN_PROBABLE and link.document_kind == "quote":
        _date_first_view(ctx, link)
    watch.activity.record(_record(ctx, link, Via.PDF, verdict, look, {}))
    return verdict.open_class


class Address(StrEnum):
    """Which of a document's addresses was fetched: its page, the one that no person sees, or a mail's way out."""

    PAGE = "page"
    TRAP = "trap"
    OPT_OUT = "opt_out"


def followed(
    ctx: Context, door: Door, token: str, watch: Watch, look: Look, address: Address = Address.PAGE
) -> OpenClass:
    """An address was fetched, which says little by itself and much together with others. [T-10]

    That of the « ne plus suivre » page, whose token is a pixel's, is noted only of readers who agreed to be followed.
    Raises NotFound, Retry.
    """
    link = _tracked(ctx, door, token) if address is Address.OPT_OUT and pixel_id(door.key, token) else door.link(token)
    if link is None:
        return OpenClass.DISCARDED
    verdict = _verdict(ctx, door, link, token, watch, look, Via.LINK)
    if address is Address.TRAP and verdict.open_class is OpenClass.HUMAN_PROBABLE:
        verdict = Verdict(OpenClass.BOT, 95, ("trap_link",))
    more = {} if address is Address.PAGE else {address.value: "yes"}
    watch.activity.record(_record(ctx, link, Via.LINK, verdict, look, more))
    return verdict.open_class


def _tracked(ctx: Context, door: Door, token: str) -> Link | None:
    """What a pixel's token stands for, as if it were a link; None when nothing may be noted of its reader. [T-03]"""
    pixel = door.links.find_pixel(pixel_id(door.key, token) or "")
    customer = ctx.store.get(pixel.tenant, Customer, CustomerId(pixel.customer_id)) if pixel else None
    if pixel is None or customer is None:
        return None
    scope = scope_at_hit(Scope(pixel.scope), customer.consent, is_service=pixel.is_service)
    if scope is not Scope.EVENTS:
        return None
    return Link(pixel.tenant, "", 0, pixel.document_kind, pixel.document_id, pixel.created_at)


def mark_for(door: Door, token: str, look: Look) -> str:
    """What to leave in a browser that proves to be the seller's, "" in any other. Raises NotFound. [T-07]"""
    if not look.preview and not look.mark:
        return ""
    link = door.link(token)
    return own_mark(door.key, link.tenant) if is_sellers(door, link, token, look) else ""


def is_sellers(door: Door, link: Link, token: str, look: Look) -> bool:
    """Whether the browser proves to be the seller's: by the address of a preview, or the mark that one left. [T-07]"""
    preview = hmac.compare_digest(preview_proof(door.key, token).encode(), look.preview.encode())
    return preview or hmac.compare_digest(own_mark(door.key, link.tenant).encode(), look.mark.encode())


def _verdict(ctx: Context, door: Door, link: Link, token: str, watch: Watch, look: Look, via: Via) -> Verdict:
    own = is_sellers(door, link, token, look) or is_own(ctx.store.get(link.tenant, Company, link.tenant), look.ip)
    return classify(Hit(look.method, look.user_agent, look.ip, via, look.gesture), watch.robots, own=own)


def _record(ctx: Context, link: Link, via: Via, verdict: Verdict, look: Look, more: dict[str, str]) -> Activity:
    """One for each minute and class, whoever looks how often: a flood is one line. [T-11]"""
    return noticed(
        _KIND[via],
        ctx.clock.now(),
        tenant=link.tenant,
        document_kind=link.document_kind,
        document_id=link.document_id,
        subject="-".join((verdict.open_class.value, *more)),
        data=told(verdict, ip=look.ip, user_agent=look.user_agent) | more,
    )


def _date_first_view(ctx: Context, link: Link) -> None:
    def decide(_head: Head, at: datetime) -> Decision:
        quote = quote_of(ctx, link)
        require_open(quote, civil_date(at))
        if quote.first_viewed_at is not None:
            raise Conflict("Ce devis a déjà été vu.", code="already_seen")
        viewed = replace(quote, rev=quote.rev + 1, first_viewed_at=at)
        return Decision(answer=viewed, puts=(viewed,))

    if quote_of(ctx, link).first_viewed_at is not None:
        return
    for _ in range(_ATTEMPTS):
        try:
            commit(ctx, customer_of(link), None, Quote, decide)
        except EntityMoved:
            continue  # somebody changed the quote at this very moment: look again
        except Conflict:
            return  # closed, or seen: there is nothing to date
        return
