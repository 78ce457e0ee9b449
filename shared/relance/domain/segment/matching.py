"""From a filter to the question it asks of each document. Made once, asked of thousands. [SQ-01]

What a field does not know is neither less nor more, nor equal to anything: a test on it is false, and only `is_not` and
`has_not` are true.
"""

import operator
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from relance.domain.money import parse_amount
from relance.domain.segment.checks import day_of
from relance.domain.segment.fields import FIELDS, Known, Need, Sort
from relance.domain.segment.filter import Filter, Op, Value
from relance.domain.segment.subject import Subject

_ORDERS: Final[Mapping[Op, Callable[..., object]]] = {
    Op.IS: operator.eq,
    Op.IS_NOT: operator.ne,
    Op.ON: operator.eq,
    Op.AT_LEAST: operator.ge,
    Op.AT_MOST: operator.le,
    Op.ABOVE: operator.gt,
    Op.AFTER: operator.gt,
    Op.BELOW: operator.lt,
    Op.BEFORE: operator.lt,
}

Question = Callable[[Subject], bool]


def question(filter: Filter) -> Question:
    """Whether a document matches. The filter must be without faults (`checks.filter_faults`)."""
    branches = [question(branch) for branch in filter.of]
    match filter.op:
        case Op.ALL:
            return lambda subject: all(branch(subject) for branch in branches)
        case Op.ANY:
            return lambda subject: any(branch(subject) for branch in branches)
        case Op.NOT:
            return lambda subject: not branches[0](subject)
        case _:
            return _test(filter)


def needs(filter: Filter) -> frozenset[Need]:
    """What must be read beside each document to answer it."""
    if filter.op.joins:
        return frozenset[Need]().union(*(needs(branch) for branch in filter.of))
    need = FIELDS[filter.field].need
    return frozenset() if need is None else frozenset({need})


def _test(filter: Filter) -> Question:
    field, op, value = FIELDS[filter.field], filter.op, filter.value
    unknown = op in (Op.IS_NOT, Op.HAS_NOT)
    read = field.read
    if field.sort is Sort.DATE:

        def on_a_day(subject: Subject) -> bool:
            known, day = read(subject), day_of(value, subject.today)
            return known is not None and day is not None and _compare(known, op, day)

        return on_a_day
    wanted = _wanted(field.sort, value)

    def compared(subject: Subject) -> bool:
        known = read(subject)
        return unknown if known is None else _compare(_plain(known), op, wanted)

    return compared


def _wanted(sort: Sort, value: Value) -> Known:
    return parse_amount(str(value)) if sort is Sort.AMOUNT else _plain(value)


def _plain(value: Known) -> Known:
    """Texts as people compare them: whatever their case, and however their accents are encoded."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).casefold().strip()
    if isinstance(value, tuple):
        return tuple(unicodedata.normalize("NFC", word).casefold().strip() for word in value)
    return value


def _compare(known: Known, op: Op, wanted: Known) -> bool:
    """Both are of the field's sort: it was checked when the filter was saved."""
    if op in _ORDERS:
        return bool(_ORDERS[op](known, wanted))
    if isinstance(known, tuple):
        return (wanted in known) is (op is Op.HAS)
    if isinstance(wanted, tuple):
        return known in wanted
    return str(wanted) in str(known) if op is Op.CONTAINS else str(known).startswith(str(wanted))
