"""What a fetched pixel may mean, with its reasons: rarely a human eye, and never enough to change a document. [T-10]

Mail services fetch images by themselves: Gmail through a proxy and a cache, Apple's Mail Privacy Protection for every
mail it delivers, opened or not. The classes are those of domain/law C.2; the lists of scanners and networks are data
of a later issue, so what is not recognised here is said to be *probably* human and no more.
"""

from dataclasses import dataclass
from enum import StrEnum


class OpenClass(StrEnum):
    """Who probably fetched the pixel."""

    DISCARDED = "discarded"  # not to be kept at all: no consent, or consent withdrawn
    BOT = "bot"
    PROXY_GMAIL = "proxy_gmail"
    PROXY_MPP = "proxy_mpp"
    HUMAN_PROBABLE = "human_probable"


@dataclass(frozen=True, slots=True)
class Hit:
    """One request for a pixel, as its sender presents itself."""

    method: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A class, and in which words of the request it was read."""

    open_class: OpenClass
    reasons: tuple[str, ...]


def classify(hit: Hit, *, consented: bool) -> Verdict:
    """The first rule that fits; the order is part of the meaning (consent goes before everything)."""
    if not consented:
        return Verdict(OpenClass.DISCARDED, ("no_consent",))
    if hit.method == "HEAD":
        return Verdict(OpenClass.BOT, ("head_request",))
    if not hit.user_agent.strip():
        return Verdict(OpenClass.BOT, ("no_user_agent",))
    if "GoogleImageProxy" in hit.user_agent:
        return Verdict(OpenClass.PROXY_GMAIL, ("user_agent_google_image_proxy",))
    if hit.user_agent == "Mozilla/5.0":
        return Verdict(OpenClass.PROXY_MPP, ("user_agent_bare_mozilla",))
    return Verdict(OpenClass.HUMAN_PROBABLE, ("nothing_known_against",))
