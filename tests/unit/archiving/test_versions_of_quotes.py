"""A quote that was sent again as its second version keeps its number, and its archive is intact. [Q-05, N-01]"""

from dataclasses import replace

from relance.app.archiving import drain
from relance.app.archiving.stored import StoredArchive
from relance.domain.chain.event import Fact
from relance.resources import verify_archive
from tests.doubles.archive import World
from tests.doubles.legal_facts import quote_sent

TENANT = "ten_a"


def verified(*facts: Fact) -> list[str]:
    world = World()
    world.record(TENANT, *facts)
    archiver = world.archive()
    drain(TENANT, archiver)
    report = verify_archive.verify(StoredArchive.open(TENANT, archiver), export=False)
    return [fault.sentence() for fault in report.faults]


def sent_again(version: int) -> Fact:
    """As `quoting.send` leaves it: the number of the first version, no rank of its own."""
    first = quote_sent(1)
    return replace(first, data={**first.data, "rank": 0, "version": version})


def test_a_second_version_takes_no_number_and_leaves_no_doubt() -> None:
    assert verified(quote_sent(1), sent_again(2), quote_sent(2), sent_again(3)) == []


def test_a_first_version_without_a_rank_is_a_number_given_twice() -> None:
    told = verified(quote_sent(1), sent_again(1))
    assert any("un numéro est doublé : rang 0 après 1" in sentence for sentence in told)


def test_a_later_version_that_claims_a_rank_is_held_to_it() -> None:
    first = quote_sent(1)
    told = verified(first, replace(first, data={**first.data, "rank": 3, "version": 2}))
    assert any("un numéro manque" in sentence for sentence in told)
