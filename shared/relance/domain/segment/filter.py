"""What a query asks of a document, as a tree: tests on fields, joined by all, any, not. [SQ-01, KB-05]

One class for every node, because the tree is stored and sent as it is: `of` holds the branches of `all`, `any` and
`not`, `field` and `value` what a test compares.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

Value = str | int | bool | tuple[str, ...]


class Op(StrEnum):
    """How branches are joined, or a field compared."""

    ALL = "all"
    ANY = "any"
    NOT = "not"
    IS = "is"
    IS_NOT = "is_not"
    IN = "in"
    CONTAINS = "contains"
    BEGINS_WITH = "begins_with"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"
    ON = "on"
    BEFORE = "before"
    AFTER = "after"
    HAS = "has"
    HAS_NOT = "has_not"

    @property
    def joins(self) -> bool:
        """Whether it has branches instead of a field."""
        return self in JOINS


JOINS: Final = frozenset({Op.ALL, Op.ANY, Op.NOT})


@dataclass(frozen=True, slots=True)
class Filter:
    """A node: branches, or one test."""

    op: Op
    of: tuple["Filter", ...] = ()
    field: str = ""
    value: Value = ""


def all_of(*of: Filter) -> Filter:
    """Every one of them."""
    return Filter(Op.ALL, of)


def where(field: str, op: Op, value: Value) -> Filter:
    """One comparison."""
    return Filter(op, field=field, value=value)
