"""Which part of the chain an export holds, and what makes a part that begins in its middle honest.

Segments are signed as stored, so they are never cut: a period takes whole ones, with one event more on each side where
there is one, which shows that nothing of the period is missing at its ends. What came before is not handed out but is
attested: `start.json` gives the roots of its perfect subtrees (the frontier, 20 hashes for a million events), whose
root is the one that the signed checkpoint of that size says; from there on the tree grows as in the whole archive, and
every later checkpoint is checked in full. RFC 6962 § 2.1, checked 2026-11. [AF-07, AR-02]
"""

from bisect import bisect_left
from dataclasses import dataclass

from relance.app.archiving import layout
from relance.app.archiving.stored import StoredArchive
from relance.app.archiving.tree import journal_tree
from relance.domain.archive_export import Period
from relance.domain.chain import note, segment
from relance.domain.chain.canonical import canonical
from relance.domain.chain.event import parse
from relance.domain.chain.merkle import EMPTY
from relance.domain.errors import Corrupted, NotFound


@dataclass(frozen=True, slots=True)
class Span:
    """Events `first_seq`..`size`, whole segments; `start` is the body of `start.json`, b"" for the whole archive."""

    first_seq: int
    size: int
    start: bytes = b""


def span_of(stored: StoredArchive, period: Period | None) -> Span:
    """What an export of `period` holds, or of everything. Raises NotFound when nothing of it is archived yet."""
    if period is None:
        return Span(1, stored.size)
    firsts = stored.segments()
    before = bisect_left(firsts, period.from_ms, key=lambda first: _instants(stored, first)[0])
    last = bisect_left(firsts, period.until_ms, key=lambda first: _instants(stored, first)[0]) - 1
    if last < 0 or not any(period.from_ms <= at < period.until_ms for at in _instants(stored, firsts[last])):
        raise NotFound("Aucun fait de cette période n’est encore archivé.")
    if _instants(stored, firsts[last])[-1] < period.until_ms and last + 1 < len(firsts):
        last += 1
    size = firsts[last + 1] - 1 if last + 1 < len(firsts) else stored.size
    first_seq = firsts[max(0, before - 1)]
    return Span(first_seq, size, _start(stored, first_seq, period))


def _instants(stored: StoredArchive, first_seq: int) -> list[int]:
    return [parse(line).at_ms for line in segment.unpack(stored.read(layout.segment(first_seq)))]


def _start(stored: StoredArchive, first_seq: int, period: Period) -> bytes:
    size = first_seq - 1
    tree = journal_tree(stored.tenant, stored.archive.journal, size) if size else EMPTY
    if size:
        checkpoint = note.parse_checkpoint(note.open_note(stored.read(layout.checkpoint(size)))[0])
        if checkpoint.root != tree.root():
            raise Corrupted("Le journal n’est plus ce qui a été archivé.", code="archive.ahead_of_journal")
    return canonical(
        {
            "format": layout.FORMAT,
            "frontier": [node.hex() for node in tree.nodes],
            "from": period.first.isoformat(),
            "from_ms": period.from_ms,
            "size": size,
            "to": period.last.isoformat(),
            "until_ms": period.until_ms,
        }
    )
