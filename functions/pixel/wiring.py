"""What `pixel` is made of: a key, a clock and a queue. It reads no table."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from relance.adapters.clock import clock
from relance.adapters.tracking_queue import SqsTrackingQueue
from relance.runtime.settings import PixelDoor, load

if TYPE_CHECKING:  # types only: every module counts here
    from relance.app.ports.outside import Clock
    from relance.app.ports.tracking_queue import TrackingQueue


@dataclass(frozen=True, slots=True)
class Parts:
    """What one container keeps. `told` says in which minute a pixel was last handed on."""

    key: bytes
    clock: "Clock"
    queue: "TrackingQueue"
    told: dict[str, int] = field(default_factory=dict)


def wire() -> Parts:
    """From the environment. Raises MissingSettings."""
    settings = load(PixelDoor)
    return Parts(settings.link_key, clock(settings.clock_file), SqsTrackingQueue(settings.tracking_queue_url))
