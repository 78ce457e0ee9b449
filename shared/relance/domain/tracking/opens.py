"""What a hit may mean, with its reasons and how sure we are: rarely a human eye, never enough to change a document.

Mail services fetch images by themselves: Gmail through a proxy and a cache, Apple's Mail Privacy Protection for every
mail it delivers, opened or not. Gateways of companies follow every link within seconds of the delivery. Who is known
to do so is data (`KnownRobots`); what is not recognised is said to be *probably* human and no more. [T-06, T-10]
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from relance.domain.tracking.robots import KnownRobots, NetworkKind

TOO_SOON: Final = timedelta(seconds=10)  # after the delivery: nobody opens a mail that fast
CACHED_AFTER: Final = timedelta(seconds=120)  # what Gmail fetches later than this, it fetches because somebody opened


class OpenClass(StrEnum):
    """Who probably made the hit."""

    DISCARDED = "discarded"  # not to be kept at all: no consent, or consent withdrawn
    SELF = "self"  # the seller himself
    BOT = "bot"
    PROXY_GMAIL = "proxy_gmail"
    PROXY_MPP = "proxy_mpp"
    PROXY_OTHER = "proxy_other"
    HUMAN_PROBABLE = "human_probable"

    @property
    def is_proxy(self) -> bool:
        """Whether a mail service fetched it, for whatever reason."""
        return self in (OpenClass.PROXY_GMAIL, OpenClass.PROXY_MPP, OpenClass.PROXY_OTHER)


class Via(StrEnum):
    """What was hit, the strongest signal first. An answer is stronger than them all, and is no hit."""

    PAGE = "page"  # the page's own script: it stayed visible, and was touched or looked at for long
    PDF = "pdf"  # the button of the page
    LINK = "link"  # the address of the page alone: gateways follow it too
    PIXEL = "pixel"


@dataclass(frozen=True, slots=True)
class Hit:
    """One request, as its sender presents itself. `gesture`: the page was scrolled, clicked or typed on."""

    method: str
    user_agent: str
    ip: str = ""
    via: Via = Via.PIXEL
    gesture: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A class, how sure it is in percent, and in which words of the request it was read."""

    open_class: OpenClass
    confidence: int
    reasons: tuple[str, ...]


_HUMAN: Final = {
    Via.PAGE: Verdict(OpenClass.HUMAN_PROBABLE, 75, ("visible_10s",)),
    Via.PDF: Verdict(OpenClass.HUMAN_PROBABLE, 85, ("pdf_button",)),
    Via.LINK: Verdict(OpenClass.HUMAN_PROBABLE, 40, ("link_only",)),
    Via.PIXEL: Verdict(OpenClass.HUMAN_PROBABLE, 60, ("nothing_known_against",)),
}
_TOUCHED: Final = Verdict(OpenClass.HUMAN_PROBABLE, 90, ("visible_3s", "gesture"))


def classify(
    hit: Hit, known: KnownRobots, *, consented: bool = True, own: bool = False, age: timedelta | None = None
) -> Verdict:
    """The first rule that fits; the order is part of the meaning (consent goes before everything).

    `age` is the time since the mail was delivered, when that is known. What hits of the same document tell about each
    other is judged later (`signals.reconsider`).
    """
    if not consented:
        return Verdict(OpenClass.DISCARDED, 100, ("no_consent",))
    if own:
        return Verdict(OpenClass.SELF, 100, ("own_visit",))
    return _robot(hit, known) or _proxy(hit, known, age) or _suspect(hit, known, age) or _human(hit)


def _robot(hit: Hit, known: KnownRobots) -> Verdict | None:
    """It says itself that it is a program."""
    if hit.method == "HEAD":
        return Verdict(OpenClass.BOT, 95, ("head_request",))
    if not hit.user_agent.strip():
        return Verdict(OpenClass.BOT, 80, ("no_user_agent",))
    if known.is_scanner(hit.user_agent):
        return Verdict(OpenClass.BOT, 95, ("scanner_user_agent",))
    return None


def _proxy(hit: Hit, known: KnownRobots, age: timedelta | None) -> Verdict | None:
    """A mail service that fetches images for its users, opened or not."""
    if hit.user_agent == "Mozilla/5.0":
        if NetworkKind.APPLE_EGRESS in known.kinds_of(hit.ip):
            return Verdict(OpenClass.PROXY_MPP, 90, ("user_agent_bare_mozilla", "network_apple_egress"))
        return Verdict(OpenClass.PROXY_MPP, 60, ("user_agent_bare_mozilla",))  # Apple's list changes each week
    if "GoogleImageProxy" in hit.user_agent:
        if age is not None and age > CACHED_AFTER:
            return Verdict(OpenClass.PROXY_GMAIL, 70, ("user_agent_google_image_proxy", "fetched_later"))
        return Verdict(OpenClass.PROXY_GMAIL, 50, ("user_agent_google_image_proxy",))
    if known.is_mail_proxy(hit.user_agent):
        return Verdict(OpenClass.PROXY_OTHER, 50, ("user_agent_mail_proxy",))
    return None


def _suspect(hit: Hit, known: KnownRobots, age: timedelta | None) -> Verdict | None:
    """Nothing in its words, but when and from where."""
    if age is not None and age < TOO_SOON:
        return Verdict(OpenClass.BOT, 80, ("right_after_delivery",))
    kinds = known.kinds_of(hit.ip) if hit.via in (Via.LINK, Via.PIXEL) else ()
    if NetworkKind.MAIL_GATEWAY in kinds:
        return Verdict(OpenClass.BOT, 80, ("network_mail_gateway",))
    if NetworkKind.CLOUD in kinds:
        return Verdict(OpenClass.BOT, 70, ("network_cloud", "no_script"))
    return None


def _human(hit: Hit) -> Verdict:
    return _TOUCHED if hit.via is Via.PAGE and hit.gesture else _HUMAN[hit.via]
