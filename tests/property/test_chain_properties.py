"""Properties of the chain over generated values: the canonical form, the tree, the journal carried into the archive."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from relance.app.archiving import drain
from relance.domain.chain import segment
from relance.domain.chain.canonical import MAX_INTEGER, Json, canonical, decode
from relance.domain.chain.event import GENESIS_HASH, Fact, Ref, parse, seal
from relance.domain.chain.merkle import (
    EMPTY,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
)
from relance.resources import verify_archive
from tests.doubles.archive import World
from tests.doubles.archive_auditor import audit, is_complete, merkle
from tests.doubles.exported import files_of
from tests.doubles.legal_facts import payment, pdfs_of_sale, sale

KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=5)


@settings(max_examples=60, deadline=None)
@given(VALUES)
def test_a_value_has_one_spelling_and_that_spelling_has_one_value(value: Json) -> None:
    data = canonical(value)
    assert decode(data) == value
    assert data == json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


@settings(max_examples=40, deadline=None)
@given(OBJECTS, st.randoms(use_true_random=False))
def test_the_order_in_which_fields_were_written_does_not_matter(value: dict[str, Json], random: "object") -> None:
    items = list(value.items())
    random.shuffle(items)  # type: ignore[attr-defined] # hypothesis gives a random.Random
    assert canonical(dict(items)) == canonical(value)


@settings(max_examples=60, deadline=None)
@given(OBJECTS)
def test_the_verifier_that_shares_no_code_reads_every_event_the_same_way(data: dict[str, Json]) -> None:
    data.pop("content", None)
    line = seal(Fact("t", Ref("k", "i"), "a", data), tenant="t", seq=1, at_ms=1, prev=GENESIS_HASH).line
    assert verify_archive.parse_line(line)["data"] == json.loads(canonical(data))
    assert verify_archive.event_hash(line) == parse(line).hash


@given(st.binary(max_size=60))
def test_whatever_bytes_the_two_readers_get_they_agree(line: bytes) -> None:
    try:
        parse(line)
        ours = True
    except Exception:
        ours = False
    try:
        verify_archive.parse_line(line)
        theirs = True
    except (ValueError, verify_archive.UnknownVersion, RecursionError):
        theirs = False
    assert ours == theirs


@given(st.lists(st.binary(min_size=1, max_size=50).filter(lambda b: b"\n" not in b), min_size=1, max_size=20))
def test_lines_come_out_of_a_segment_as_they_went_in(lines: list[bytes]) -> None:
    assert segment.unpack(segment.pack(lines)) == tuple(lines)
    assert verify_archive.unpack_segment(segment.pack(lines)) == lines


@given(st.integers(1, 300), st.data())
@settings(max_examples=60, deadline=None)
def test_proofs_hold_in_trees_of_any_size(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(number.to_bytes(4, "big")) for number in range(size)]
    root = root_of(leaves)
    assert root == merkle(leaves)
    index = data.draw(st.integers(0, size - 1))
    check_inclusion(leaves[index], index, size, inclusion_proof(leaves, index), root)
    old = data.draw(st.integers(1, size))
    check_consistency(old, EMPTY.extend(leaves[:old]).root(), size, root, consistency_proof(leaves, old))


class ArchiveMachine(RuleBasedStateMachine):
    """Facts, drains of any budget, late visibility and lost heads, in any order, for two companies."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.sales = {"ten_a": 0, "ten_b": 0}

    @rule(tenant=st.sampled_from(["ten_a", "ten_b"]))
    def sell(self, tenant: str) -> None:
        self.sales[tenant] += 1
        self.world.record(tenant, *sale(self.sales[tenant]))
        self.world.pdfs.update(pdfs_of_sale(self.sales[tenant]))

    @rule(tenant=st.sampled_from(["ten_a", "ten_b"]), times=st.integers(1, 3))
    def be_paid(self, tenant: str, times: int) -> None:
        self.world.record(tenant, *[payment(1)] * times)

    @rule(tenant=st.sampled_from(["ten_a", "ten_b"]), budget=st.integers(1, 3), events=st.integers(1, 9))
    def ring(self, tenant: str, budget: int, events: int) -> None:
        drain(tenant, self.world.archive(), max_segments=budget, max_events=events)

    @rule(tenant=st.sampled_from(["ten_a", "ten_b"]), seq=st.integers(1, 20))
    def delay_an_event(self, tenant: str, seq: int) -> None:
        head = self.world.stored_heads.get(tenant)
        if seq > (head.size if head else 0):
            self.world.hidden.add((tenant, seq))

    @rule()
    def become_visible(self) -> None:
        self.world.hidden.clear()

    @precondition(lambda self: not self.world.hidden)
    @rule(tenant=st.sampled_from(["ten_a", "ten_b"]))
    def lose_the_head(self, tenant: str) -> None:
        self.world.stored_heads.pop(tenant, None)

    @invariant()
    def the_archive_is_a_sound_prefix_of_the_journal(self) -> None:
        for tenant in self.sales:
            audit(self.world, tenant)

    def teardown(self) -> None:
        self.world.hidden.clear()
        for tenant in self.sales:
            if self.world.events.get(tenant):
                drain(tenant, self.world.archive())
                assert is_complete(self.world, tenant)
                assert verify_archive.verify(files_of(self.world, tenant)).ok


ArchiveMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestArchiveMachine = ArchiveMachine.TestCase
