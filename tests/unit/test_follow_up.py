"""What is special about a customer can be carried out, or says what to mend. [DR-04]"""

import pytest

from relance.domain.follow_up import AS_EVERYBODY, FollowUp
from relance.domain.follow_up_checks import MAX_EXTRA_DAYS, MAX_LEVEL, MAX_TAG, MAX_TAGS, follow_up_faults


@pytest.mark.parametrize(
    "own",
    [
        AS_EVERYBODY,
        FollowUp(extra_days=MAX_EXTRA_DAYS, min_level=MAX_LEVEL, approval="manual"),
        FollowUp(min_level=2, max_level=2, tags=("x" * MAX_TAG, "Fidèle")),
        FollowUp(tags=tuple(f"étiquette {n}" for n in range(MAX_TAGS))),
    ],
)
def test_what_can_be_carried_out_has_no_fault_DR_04(own: FollowUp) -> None:
    assert list(follow_up_faults(own)) == []


@pytest.mark.parametrize(
    ("own", "told"),
    [
        (FollowUp(extra_days=-1), [("/extra_days", "extra_days")]),
        (FollowUp(extra_days=MAX_EXTRA_DAYS + 1), [("/extra_days", "extra_days")]),
        (FollowUp(min_level=-1), [("/min_level", "level")]),
        (FollowUp(max_level=MAX_LEVEL + 1), [("/max_level", "level")]),
        (FollowUp(min_level=3, max_level=2), [("/min_level", "levels")]),
        (FollowUp(approval="someone"), [("/approval", "approval")]),
        (FollowUp(tags=tuple(f"{n}" for n in range(MAX_TAGS + 1))), [("/tags", "too_many")]),
        (FollowUp(tags=("VIP", " ", "x" * (MAX_TAG + 1))), [("/tags/1", "tag"), ("/tags/2", "tag")]),
        (FollowUp(tags=("Fidèle", "VIP", "FIDÈLE")), [("/tags/2", "tag_taken")]),
        (FollowUp(extra_days=-1, approval="?"), [("/extra_days", "extra_days"), ("/approval", "approval")]),
    ],
)
def test_each_fault_of_a_customers_follow_up_is_named_with_its_place_DR_04(
    own: FollowUp, told: list[tuple[str, str]]
) -> None:
    assert [(fault.pointer, fault.code) for fault in follow_up_faults(own)] == told
