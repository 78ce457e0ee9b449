"""Whether journal, archive and head are of one history, and what the journal lacks of it.

A table that was restored alone, to which writers went on under the head of the other table, has a hole; one to which
nobody wrote ends too early. Both are filled when every line is to be had: from the archive, which was verified, or from
a copy of the table, whose lines count only where the chain leads from what is known before them to what is known after.
What a purge took is no hole. Nothing is guessed, and nothing is written here. [AR-02, AF-07, K-01]
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from relance.app.archiving.head_fold import HeadFold, disagreements
from relance.app.archiving.sources import Sources
from relance.domain.calendar_fr import from_ms
from relance.domain.chain.errors import BrokenChain
from relance.domain.chain.event import GENESIS_HASH, Event, follow
from relance.domain.closing import CLOSED
from relance.domain.errors import Conflict
from relance.domain.journal import Head
from relance.domain.purge import PURGED
from relance.domain.rebuild import Hole, joined, told

_SERIES: Final = {"invoice": "factures", "credit_note": "avoirs", "quote": "devis", "proforma": "pro-formas"}


class CannotRebuild(Conflict):
    """A person must decide: rebuilding would hide something."""

    code = "cannot_rebuild"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Events 1 to `last` are all to be had. The journal ends with `journal` and lacks `holes`; `copied` of their lines
    are in the copy alone. `since`: its table is of this moment or a later one; None when it lacks nothing. `head` is
    the one that all this was held against.
    """

    head: Head
    last: int
    journal: int
    holes: tuple[Hole, ...] = ()
    copied: int = 0
    since: datetime | None = None


def agree(sources: Sources, head: Head, purged_to: int) -> Agreement:
    """Read all of it once: seconds per 10,000 events. `head` was read before this; a purge took lines to `purged_to`.

    Raises CannotRebuild where journal and archive are not of one history, where a line is nowhere, or where lines would
    go under a head that is not what all events make it. What the journal has beyond the archive is no fault: it is
    chained to it, and will be archived.
    """
    walk = _Walk(sources, head, purged_to)
    walk.archived()
    walk.beyond()
    if walk.lost:
        raise CannotRebuild(_lost(sources, walk, head))
    if head.seq and walk.hash_at_head != head.last_hash:
        raise CannotRebuild(
            f"La tête du journal n’est pas de ce journal : son empreinte n’est pas celle de l’événement {head.seq}. "
            "Les deux tables ne sont pas de la même histoire."
        )
    holes, since = walk.holes()
    wrong = disagreements(head, walk.fold.head) if head.seq == walk.seq and holes else ()
    if wrong:
        raise CannotRebuild(
            f"La tête du journal ne dit pas ce que disent ses {walk.seq} événements : {', '.join(wrong)}. "
            "Rien n’est remis sous une tête fausse : cherchez qui a écrit dans la table des documents (CloudTrail), "
            "restaurez-la à un moment d’avant, puis recommencez."
        )
    return Agreement(head, walk.seq, walk.journal, holes, walk.copied, from_ms(since) if holes else None)


class _Run(NamedTuple):
    """Lines next to each other that the journal lacks, and the instant of the last one that it has before them."""

    first: int
    last: int
    since: int


@dataclass(slots=True)
class _Walk:
    """Through all events in order, from wherever they are to be had."""

    sources: Sources
    stored: Head
    purged_to: int
    seq: int = 0
    hash: str = GENESIS_HASH
    at_ms: int = 0
    journal: int = 0
    copied: int = 0
    hash_at_head: str = ""
    fold: HeadFold = field(default_factory=HeadFold)
    lost: list[Hole] = field(default_factory=list)
    ranks: list[tuple[str, Hole]] = field(default_factory=list)  # numbers that no known event took, by series
    _live: Iterator[Event] = field(default_factory=lambda: iter(()))
    _next: Event | None = None
    _live_at: int = 0
    _closings: list[_Run] = field(default_factory=list)  # no purge takes a closing
    _others: list[_Run] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._live = self.sources.live()
        self._next = next(self._live, None)

    def archived(self) -> None:
        """What the archive holds, and the journal beside it."""
        for event in self.sources.kept.events():
            row = self._next
            is_live = row is not None and row.seq == event.seq
            if row is not None and is_live and row.hash != event.hash:
                raise CannotRebuild(
                    f"Depuis la restauration, le journal a continué sans l’archive : son événement {row.seq} "
                    f"({row.type}, {row.ref.number or row.ref.id}) n’est pas celui qui est archivé. "
                    "Relevez ces écritures, retirez-les de la table restaurée, puis recommencez."
                )
            self._take(event, is_live=is_live)

    def beyond(self) -> None:
        """What comes after, as far as the journal goes or its head says."""
        while (row := self._next) is not None:
            self._from_copy(row.seq - 1)
            self._take(row, is_live=True)
        self._from_copy(self.stored.seq)
        if self.seq < self.stored.seq:
            self.lost.append(Hole(self.seq + 1, self.stored.seq))

    def holes(self) -> tuple[tuple[Hole, ...], int]:
        """What is to be put back, and since when; never what a purge took."""
        left = [run for run in self._others if run.last > self.purged_to]
        runs = [*self._closings, *(run._replace(first=max(run.first, self.purged_to + 1)) for run in left)]
        return joined(Hole(run.first, run.last) for run in runs), min((run.since for run in runs), default=0)

    def numbers(self) -> Mapping[str, list[Hole]]:
        """The ranks by series that lost lines may have taken."""
        found: dict[str, list[Hole]] = {}
        for series, ranks in self.ranks:
            found.setdefault(series, []).append(ranks)
        for series, last in self.stored.counters.items():
            if (known := self.fold.head.counters.get(series, 0)) < last:
                found.setdefault(series, []).append(Hole(known + 1, last))
        return found

    def _from_copy(self, last: int) -> None:
        for event in self.sources.copied(self.seq + 1, last):
            self._take(event, is_live=False)
            self.copied += 1

    def _take(self, event: Event, *, is_live: bool) -> None:
        seq, prev, at_ms = self.seq, self.hash, self.at_ms
        if event.seq > seq + 1:
            self.lost.append(Hole(seq + 1, event.seq - 1))
            seq, prev, at_ms = event.seq - 1, event.prev, event.at_ms - 1  # nobody can say what it follows
        try:
            follow([event], tenant=self.sources.tenant, seq=seq, prev=prev, at_ms=at_ms)
        except BrokenChain as fault:
            where = "Le journal est rompu" if is_live else "L’autre table n’est pas de cette histoire"
            raise CannotRebuild(f"{where} : {fault.message}") from fault
        self._count(event)
        self.seq, self.hash, self.at_ms = event.seq, event.hash, event.at_ms
        if event.seq == self.stored.seq:
            self.hash_at_head = event.hash
        if event.type == PURGED:
            last_seq = event.data.get("last_seq")
            self.purged_to = max(self.purged_to, last_seq if isinstance(last_seq, int) else 0)
        if is_live:
            self.journal, self._live_at = event.seq, event.at_ms
            self._next = next(self._live, None)
        else:
            self._lacks(event)

    def _lacks(self, event: Event) -> None:
        runs = self._closings if event.type == CLOSED else self._others
        if runs and runs[-1].last == event.seq - 1:
            runs[-1] = runs[-1]._replace(last=event.seq)
        else:
            runs.append(_Run(event.seq, event.seq, self._live_at))

    def _count(self, event: Event) -> None:
        """The head goes on; where lines are lost before it, which numbers went with them."""
        before = self.fold.head.counters
        self.fold.take(event)
        for series, rank in self.fold.head.counters.items() if self.lost else ():
            if rank > before.get(series, 0) + 1:
                self.ranks.append((series, Hole(before.get(series, 0) + 1, rank - 1)))


def _lost(sources: Sources, walk: _Walk, head: Head) -> str:
    """What is nowhere, and what a person can do about it."""
    lost = joined(walk.lost)
    where = "ni dans le journal ni dans l’archive" + (", ni dans l’autre table" if sources.copy else "")
    one = len(lost) == 1 and lost[0].lines == 1
    what = f"L’événement {told(lost)} n’est" if one else f"Les événements {told(lost)} ne sont"
    numbers = sorted(f"{_named(series)}, {told(ranks)}" for series, ranks in walk.numbers().items())
    with_them = f" Y étaient les numéros d’ordre : {' ; '.join(numbers)}." if numbers else ""
    return (
        f"{what} {where}, alors que la tête en est à {head.seq} : rien n’est écrit.{with_them} "
        "Restaurez la table du journal à un moment plus tardif, sous un second nom (une table supprimée : depuis la "
        "sauvegarde que DynamoDB en garde 35 jours), puis recommencez avec FROM=ce nom : il n’en sera repris que les "
        "lignes que la chaîne confirme."
    )


def _named(series: str) -> str:
    kind, _, year = series.partition(":")
    return f"{_SERIES.get(kind, kind)} {year}"
