"""What an operator is told before he disables a key."""

from dataclasses import replace

from relance.app.archiving import drain
from relance.app.ports.archive import Handover
from tests.doubles.archive import Heads, World, a_key
from tests.doubles.legal_facts import payment
from tools.signing_keys import by_key, told

OLD, NEW = (a_key(n).public_key().public_bytes_raw().hex() for n in (7, 8))
NAMES = {NEW: "key-2", OLD: "key-1"}


def a_world() -> World:
    """ten_a went over to the new key, ten_b is still on the old one, ten_new has no archive yet."""
    world = World()
    for tenant, keys in (("ten_a", (7, 8)), ("ten_b", (7,))):
        for some in ((7,), keys):
            world.record(tenant, payment(1))
            drain(tenant, world.deployed_with(*some))
    return world


def test_archives_are_listed_under_the_key_that_they_still_need() -> None:
    used = by_key(("ten_a", "ten_b", "ten_new"), Heads(a_world()))
    assert used == {NEW: ["ten_a"], OLD: ["ten_b"]}
    text = "".join(told(used, NAMES, NEW))
    assert "Clé key-2 (active) : 1 archive." in text
    assert "Clé key-1 (retirée) : 1 archive.\n  Ne la désactivez pas encore : ten_b." in text


def test_an_archive_in_handover_still_needs_both() -> None:
    world = a_world()
    world.stored_heads["ten_a"] = replace(world.stored_heads["ten_a"], handover=Handover(OLD, "", ""))
    assert by_key(("ten_a",), Heads(world)) == {NEW: ["ten_a"], OLD: ["ten_a"]}


def test_a_key_that_nobody_needs_and_one_that_nobody_knows_are_told() -> None:
    text = "".join(told({NEW: ["ten_a"]}, NAMES, NEW))
    assert "Clé key-1 (retirée) : 0 archive.\n  Plus aucune archive" in text
    many = "".join(told({"f" * 64: [f"ten_{n}" for n in range(30)]}, NAMES, NEW))
    assert "(INCONNUE de la pile) : 30 archives." in many
    assert "et 10 de plus" in many
