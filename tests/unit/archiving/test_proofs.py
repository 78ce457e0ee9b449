"""One event proved to somebody who holds nothing but a checkpoint."""

from dataclasses import replace
from hashlib import sha256

import pytest

from relance.app.archiving import prove
from relance.domain.chain import note
from relance.domain.errors import Corrupted, NotFound
from tests.doubles.archive import tamper
from tests.doubles.exported import TENANT, world_of
from tests.doubles.legal_facts import payment


def leads_to(line: bytes, index: int, size: int, path: tuple[bytes, ...]) -> bytes:
    """The root that a proof leads to, by the recipe that the notice gives: another way than the archiver's."""
    digest = sha256(b"\x00" + sha256(b"relance.event.v1\x00" + line).digest()).digest()

    def climb(index: int, size: int, path: tuple[bytes, ...]) -> bytes:
        if size == 1:
            return digest
        left = 1 << (size - 1).bit_length() - 1
        if index < left:
            return sha256(b"\x01" + climb(index, left, path[:-1]) + path[-1]).digest()
        return sha256(b"\x01" + path[-1] + climb(index - left, size - left, path[:-1])).digest()

    return climb(index, size, path)


@pytest.mark.parametrize("seq", range(1, 19))
def test_every_event_is_proved_under_the_last_checkpoint(seq: int) -> None:
    world = world_of()
    proof = prove(TENANT, seq, world.archive())
    checkpoint = note.parse_checkpoint(note.open_note(proof.checkpoint)[0])
    assert proof.line == world.events[TENANT][seq - 1].line
    assert (proof.size, checkpoint.size) == (18, 18)
    assert leads_to(proof.line, seq - 1, proof.size, proof.path) == checkpoint.root


@pytest.mark.parametrize("seq", [-1, 0, 19, 10**9])
def test_what_is_not_signed_cannot_be_proved(seq: int) -> None:
    world = world_of()
    world.record(TENANT, payment(1))
    with pytest.raises(NotFound):
        prove(TENANT, seq, world.archive())


def test_a_journal_that_was_changed_proves_nothing() -> None:
    world = world_of()
    world.events[TENANT][4] = tamper(world.events[TENANT][4], line=b"{}")
    with pytest.raises(Corrupted):
        prove(TENANT, 1, world.archive())


def test_a_journal_that_is_shorter_than_its_archive_proves_nothing() -> None:
    world = world_of()
    del world.events[TENANT][10:]
    with pytest.raises(Corrupted):
        prove(TENANT, 1, world.archive())


def test_the_proof_is_under_what_is_signed_and_not_under_what_is_only_locked() -> None:
    world = world_of()
    world.stored_heads[TENANT] = replace(world.stored_heads[TENANT], signed_size=12)
    assert prove(TENANT, 3, world.archive()).size == 12
