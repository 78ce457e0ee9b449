"""A journal with a hole that cannot be filled from its archive: refused in words, unless another table lends what the
chain confirms on both sides. [AR-02, K-01]
"""

from dataclasses import replace

import pytest

from relance.adapters.dynamo.keys import head_key
from relance.app.archiving.agreement import CannotRebuild
from relance.domain.chain.event import Fact, Ref, SealedEvent, seal
from relance.domain.errors import Corrupted
from relance.domain.rebuild import ID, Hole, Rebuild
from tests.builders import TENANT
from tests.doubles.holes import GOES_ON, OPENING, Site, a_hole
from tests.doubles.store import InMemoryStore

SOMEBODY = Fact("invoice.status", Ref("invoice", "inv_x", "F-1"), "user:eve", {"status": "received"})


@pytest.mark.parametrize("after", [(), GOES_ON], ids=["nobody wrote since", "writers went on"])
def test_what_is_in_no_archive_is_named_with_its_numbers(after: tuple[tuple[int, int], ...]) -> None:
    site, hole = a_hole(*after, archived=False)
    with pytest.raises(CannotRebuild) as caught:
        site.rebuild()
    assert caught.value.message == (
        f"Les événements {hole.first} à {hole.last} ne sont ni dans le journal ni dans l’archive, alors que la tête "
        f"en est à {site.head_seq} : rien n’est écrit. "
        "Y étaient les numéros d’ordre : avoirs 2026, 1 ; devis 2026, 1 ; factures 2026, 3 à 4. "
        "Restaurez la table du journal à un moment plus tardif, sous un second nom (une table supprimée : depuis la "
        "sauvegarde que DynamoDB en garde 35 jours), puis recommencez avec FROM=ce nom : il n’en sera repris que les "
        "lignes que la chaîne confirme."
    )
    assert site.store.get(TENANT, Rebuild, ID) is None


def test_one_event_that_is_nowhere_is_told_in_the_singular() -> None:
    site = Site().lives(*OPENING)
    site.archives()
    site.lives((2, 1), (2, 2))
    lost = site.head_seq - 1
    site.store.lose(TENANT, lost)
    with pytest.raises(CannotRebuild, match=rf"^L’événement {lost} n’est ni dans"):
        site.plan()


def test_a_table_of_a_later_moment_lends_what_is_in_no_archive() -> None:
    """Half of the hole is archived, the other half is in the second table alone, and the chain confirms it."""
    site = Site().lives(*OPENING, (2, 1))
    backup, first = site.store.copied(), site.head_seq + 1
    archived = site.lives((2, 3), (3, 1)).archives().size
    hole = Hole(first, site.lives((2, 4), (3, 0)).head_seq)
    later = site.store.copied()
    site.journal_restored(backup).lives(*GOES_ON)
    with pytest.raises(CannotRebuild, match=rf"Les événements {archived + 1} à {hole.last} ne sont ni"):
        site.rebuild()
    done = site.rebuild(copy=later)
    assert (done.holes, done.copied) == ((hole,), hole.last - archived)
    site.assert_whole()


@pytest.mark.parametrize("lacks", ["first", "last"])
def test_a_second_table_that_lacks_lines_too_is_not_enough(lacks: str) -> None:
    site, hole = a_hole(*GOES_ON, archived=False)
    whole = InMemoryStore(_journal={TENANT: list(site.store.events(TENANT))})
    seq = getattr(hole, lacks)
    whole.lose(TENANT, seq)
    with pytest.raises(CannotRebuild, match=rf"L’événement {seq} n’est ni .* ni dans l’archive, ni dans l’autre table"):
        site.rebuild(copy=whole)


@pytest.mark.parametrize("place", ["first", "last"])
@pytest.mark.parametrize("after", [(), GOES_ON], ids=["nobody wrote since", "writers went on"])
def test_a_line_that_the_chain_does_not_confirm_is_not_taken(place: str, after: tuple[tuple[int, int], ...]) -> None:
    """Somebody forged it, with a hash of its own: what comes after it was chained to another."""
    site, hole = a_hole(*after, archived=False)
    events = list(site.store.events(TENANT))
    seq = getattr(hole, place)
    events[seq - 1] = forged(events, seq)
    with pytest.raises(CannotRebuild, match=r"rompu|n’est pas de cette histoire|n’est pas de ce journal"):
        site.rebuild(copy=InMemoryStore(_journal={TENANT: events}))
    assert site.lacks() == tuple(range(hole.first, hole.last + 1))


def forged(events: list[SealedEvent], seq: int) -> SealedEvent:
    """Another fact, rightly chained to the one before it."""
    before = events[seq - 2]
    return seal(SOMEBODY, tenant=TENANT, seq=seq, at_ms=before.at_ms + 1, prev=before.hash)


def test_what_follows_a_hole_must_follow_what_is_archived() -> None:
    """Event h + 1 names the hash of h: where it is another one, the archive is of another history."""
    site, hole = a_hole(*GOES_ON)
    journal = site.store._journal[TENANT]
    stranger = seal(SOMEBODY, tenant=TENANT, seq=hole.last + 1, at_ms=journal[hole.last].at_ms, prev="a" * 64)
    journal[hole.last] = stranger
    with pytest.raises(CannotRebuild, match=f"rompu.*{hole.last + 1}"):
        site.rebuild()


def test_a_line_in_the_place_of_another_is_told() -> None:
    site, hole = a_hole(*GOES_ON)
    journal = site.store._journal[TENANT]
    journal[1] = journal[1]._replace(line=journal[0].line)
    with pytest.raises(Corrupted, match="La ligne 2 du journal est celle de l’événement 1"):
        site.rebuild()
    assert len(site.lacks()) == hole.lines


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"counters": {}}, "les compteurs de numérotation"),
        (
            {"totals": {"invoiced_gross": 1}, "last_dates": {}},
            "la dernière date de chaque série, les totaux perpétuels",
        ),
        ({"periods": None}, "les périodes ouvertes"),
    ],
)
def test_nothing_goes_under_a_head_that_its_events_do_not_make(changes: dict[str, object], words: str) -> None:
    site, hole = a_hole(*GOES_ON)
    site.store._heads[head_key(TENANT)] = replace(site.store.head(TENANT), **changes)  # type: ignore[arg-type]
    with pytest.raises(CannotRebuild, match=rf"La tête du journal ne dit pas ce que disent .* : {words}\. Rien"):
        site.rebuild()
    assert len(site.lacks()) == hole.lines


def test_a_head_of_another_history_is_refused() -> None:
    site, _ = a_hole(*GOES_ON)
    site.store._heads[head_key(TENANT)] = replace(site.store.head(TENANT), last_hash="b" * 64)
    with pytest.raises(CannotRebuild, match="n’est pas de ce journal"):
        site.rebuild()
