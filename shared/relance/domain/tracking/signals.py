"""What the hits of one document mean together: gateways are unmasked by their siblings, repeated hits count once.

A hit is judged when it comes (`opens`), and kept with that verdict. Some are only known for what they are by the hits
around them, so whoever reads them asks here first. Views are told apart per document and never per browser session:
four requests without a cookie are not four visitors. [T-10, T-11, T-13]
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from relance.domain.tracking.opens import TOO_SOON, OpenClass, Verdict, Via

SIBLINGS: Final = timedelta(seconds=60)
ONCE_WITHIN: Final = timedelta(seconds=180)

_TRAPPED: Final = "trap_link"
_ALL_LINKS: Final = "all_links"


@dataclass(frozen=True, slots=True)
class Signal:
    """One hit with its verdict. `network` and `agent` are the coarse ones of `visitor`; `seconds` the page was visible.

    `subject` is the mail of a pixel ("" for the page). `trap`: it followed the link that no person sees. `opt_out`: it
    opened the mail's « ne plus suivre » link, which harms nobody but together with the page means all links.
    """

    via: Via
    at: datetime
    verdict: Verdict
    subject: str = ""
    network: str = ""
    agent: str = ""
    seconds: int = 0
    trap: bool = False
    opt_out: bool = False

    @property
    def is_view(self) -> bool:
        """Whether the document was before a person's eyes: the page or its PDF, never a link or a pixel. [T-10]"""
        return self.via in (Via.PAGE, Via.PDF) and self.verdict.open_class is OpenClass.HUMAN_PROBABLE


def reconsider(signals: Iterable[Signal], delivered: Sequence[datetime] = ()) -> tuple[Signal, ...]:
    """The same signals in order of time, judged by what was around them.

    Within 60 s of a hit on the trap, or of hits on all links of a mail, links and pixels are a robot's from wherever
    they came: gateways fetch from many addresses. A page that was really shown is a robot's only when the trap was hit
    from its very network: a person may read and then opt out. Weak hits within 10 s of a delivery are a robot's,
    however late the delivery became known.
    """
    ordered = sorted(signals, key=lambda signal: signal.at)
    robots = _unmasked(ordered)
    return tuple(_judged(signal, robots, delivered) for signal in ordered)


def counted(signals: Sequence[Signal]) -> tuple[Signal, ...]:
    """The signals without repetition: of one kind, class and mail within 180 s, the first, with the longest look."""
    kept: list[Signal] = []
    for signal in sorted(signals, key=lambda signal: signal.at):
        at = next((i for i in reversed(range(len(kept))) if _is_again(kept[i], signal)), None)
        if at is None:
            kept.append(signal)
        else:
            kept[at] = replace(kept[at], seconds=max(kept[at].seconds, signal.seconds))
    return tuple(kept)


def views(signals: Iterable[Signal], delivered: Sequence[datetime] = ()) -> tuple[Signal, ...]:
    """The human views, each counted once, oldest first: what may be told to the seller."""
    return counted([signal for signal in reconsider(signals, delivered) if signal.is_view])


def is_shared(signals: Iterable[Signal]) -> bool:
    """Whether a second device on a second network looked: a hint that it was passed on, no identity. [T-13]"""
    seen = {(signal.network, signal.agent) for signal in signals if signal.is_view and signal.network and signal.agent}
    return any(one[0] != other[0] and one[1] != other[1] for one in seen for other in seen)


@dataclass(frozen=True, slots=True)
class _Robot:
    """A moment at which a robot gave itself away, and from where."""

    at: datetime
    network: str
    reason: str


def _unmasked(ordered: Sequence[Signal]) -> tuple[_Robot, ...]:
    traps = [_Robot(signal.at, signal.network, _TRAPPED) for signal in ordered if signal.trap]
    links = [signal for signal in ordered if signal.via is Via.LINK and not signal.trap]
    crawls = [
        _Robot(later.at, later.network, _ALL_LINKS)
        for sooner, later in pairwise(links)
        if sooner.opt_out != later.opt_out and later.at - sooner.at <= SIBLINGS
    ]
    return (*traps, *crawls)


def _judged(signal: Signal, robots: Sequence[_Robot], delivered: Sequence[datetime]) -> Signal:
    if signal.verdict.open_class is not OpenClass.HUMAN_PROBABLE:
        return signal
    weak = signal.via in (Via.LINK, Via.PIXEL)
    for robot in robots:
        is_its = robot.reason == _TRAPPED and signal.network == robot.network
        if abs(signal.at - robot.at) <= SIBLINGS and (weak or is_its):
            return replace(signal, verdict=Verdict(OpenClass.BOT, 95, (robot.reason,)))
    if weak and any(at - SIBLINGS <= signal.at < at + TOO_SOON for at in delivered):
        return replace(signal, verdict=Verdict(OpenClass.BOT, 80, ("right_after_delivery",)))
    return signal


def _is_again(kept: Signal, signal: Signal) -> bool:
    same = (kept.via, kept.verdict.open_class, kept.subject) == (signal.via, signal.verdict.open_class, signal.subject)
    return same and signal.at - kept.at <= ONCE_WITHIN
