"""What archived events come to, added up from what their lines print, by the very reader that travels in each export.

A closing that says something else is not sealed: its tenant goes into quarantine. [AF-05, AR-02]
"""

from collections.abc import Callable, Iterable
from typing import Final

from relance.app.archiving import layout
from relance.app.ports.archive import ObjectMissing
from relance.domain.chain import segment
from relance.domain.chain.event import Event, parse
from relance.domain.errors import Corrupted
from relance.domain.tally import Amounts, Tally, Tallying
from relance.resources import verify_archive

_PRINTED: Final = {"invoice.issued", "credit_note.issued", "payment.recorded", "payment.refunded"}


def tallying(tally: Tally) -> Tallying:
    """Goes on from `tally`."""
    return Tallying(tally, counted)


def tallied(tally: Tally, events: Iterable[Event]) -> Tally:
    """`tally` with more events. Raises Corrupted, as Tallying.take does."""
    work = tallying(tally)
    for event in events:
        work.take(event)
    return work.tally()


def tally_of_archive(size: int, read: Callable[[str], bytes]) -> Tally:
    """What the first `size` archived events come to, for an archive that was begun before this was kept.

    Reads every segment, one at a time, once in its life: 20 ms each on S3. What does not read or does not add up is
    sealed already and stays so: the tally is lost then, and the daily walk tells where. Raises Retry.
    """
    work, at = tallying(Tally()), 0
    try:
        while at < size:
            for line in segment.unpack(read(layout.segment(at + 1))):
                at += 1
                work.take(parse(line))
    except (Corrupted, ObjectMissing):
        return Tally(size, lost=True)
    return work.tally()


def counted(event: Event) -> Amounts:
    """What an event adds to the totals, in euro cents. Raises Corrupted when its line does not tell."""
    if event.type not in _PRINTED and "counts" not in event.data:
        return {}  # most events: asked here, it costs a third of the time
    try:
        return verify_archive.counted({"type": event.type, "data": event.data})
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise Corrupted(
            f"Les montants que compte l’événement {event.seq} ne se lisent pas.", code="chain.unreadable_amounts"
        ) from error
