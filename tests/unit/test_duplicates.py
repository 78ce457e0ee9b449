"""The rank of a duplicate is what it is known by. [AF-10]"""

import re

from relance.domain.copies import ORIGINAL, PREVIEW, CopyKind, duplicate, duplicate_id


def test_two_duplicates_of_one_rank_cannot_both_be_stored_AF_10() -> None:
    assert duplicate_id("inv_1", 2) == duplicate_id("inv_1", 2)
    others = {duplicate_id(invoice, rank) for invoice in ("inv_1", "inv_2", "inv_11") for rank in (1, 2, 12)}
    assert len(others) == 9
    assert all(re.fullmatch(r"dup_[a-z2-7]{26}", id) for id in others)


def test_only_duplicates_are_counted_AF_10() -> None:
    assert (duplicate(2).kind, duplicate(2).rank) == (CopyKind.DUPLICATE, 2)
    assert (ORIGINAL.rank, PREVIEW.rank) == (0, 0)
