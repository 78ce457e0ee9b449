"""Whether a filter can be run: every fault at once, each with its place in the tree and how to mend it. [SQ-01]"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from relance.domain.errors import Fault
from relance.domain.reminder.scenario import DocumentKind
from relance.domain.segment.fields import FIELDS, OPS, Field, Sort
from relance.domain.segment.filter import Filter, Op, Value

MAX_TESTS: Final = 50
MAX_DEPTH: Final = 8
MAX_WORDS: Final = 50
MAX_RELATIVE_DAYS: Final = 3_660
_AMOUNT: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,2})?")
_RELATIVE: Final = re.compile(r"today([+-][0-9]{1,4})?")


def filter_faults(filter: Filter, kind: DocumentKind, at: str = "") -> Iterator[Fault]:
    """What is wrong, with pointers that begin at `at`. A tree too deep or too wide is refused in one word."""
    if _depth(filter) > MAX_DEPTH:
        yield Fault(at, f"Au plus {MAX_DEPTH} conditions imbriquées.", "too_deep")
    elif _tests(filter) > MAX_TESTS:
        yield Fault(at, f"Au plus {MAX_TESTS} conditions.", "too_many")
    else:
        yield from _of_node(filter, kind, at)


def day_of(value: Value, today: date) -> date | None:
    """The day that `2026-11-22`, `today` or `today-7` names; None when it names none."""
    text = str(value)
    if _RELATIVE.fullmatch(text):
        days = int(text.removeprefix("today") or 0)
        return today + timedelta(days=days) if abs(days) <= MAX_RELATIVE_DAYS else None
    try:
        return date.fromisoformat(text) if len(text) == len("2026-11-22") else None
    except ValueError:
        return None


def _depth(filter: Filter) -> int:
    """How deep the tree is, counted level by level: a tree of any depth can be judged."""
    depth, level = 0, [filter]
    while level:
        depth, level = depth + 1, [branch for node in level for branch in node.of]
    return depth


def _tests(filter: Filter) -> int:
    return sum(_tests(branch) for branch in filter.of) if filter.op.joins else 1


def _of_node(filter: Filter, kind: DocumentKind, at: str) -> Iterator[Fault]:
    if not filter.op.joins:
        yield from _of_test(filter, kind, at)
        return
    if filter.field or filter.value != "":
        yield Fault(f"{at}/field", f"« {filter.op} » joint des conditions : mettez-les dans « of ».", "no_field")
    if filter.op is Op.NOT and len(filter.of) != 1:
        yield Fault(f"{at}/of", "« not » porte sur une seule condition.", "one")
    elif not filter.of:
        yield Fault(f"{at}/of", "Mettez au moins une condition.", "empty")
    for index, branch in enumerate(filter.of):
        yield from _of_node(branch, kind, f"{at}/of/{index}")


def _of_test(filter: Filter, kind: DocumentKind, at: str) -> Iterator[Fault]:
    if filter.of:
        yield Fault(
            f"{at}/of", "Une comparaison n’a pas de branches : utilisez « all », « any » ou « not ».", "no_branch"
        )
    field = FIELDS.get(filter.field)
    if field is None or kind not in field.kinds:
        known = ", ".join(name for name, one in FIELDS.items() if kind in one.kinds)
        yield Fault(f"{at}/field", f"Ce champ n’existe pas pour ce type de document. Champs : {known}.", "field")
    elif filter.op not in OPS[field.sort]:
        yield Fault(f"{at}/op", f"Pour ce champ, choisissez parmi : {', '.join(OPS[field.sort])}.", "op")
    elif message := _value_fault(field, filter.op, filter.value):
        yield Fault(f"{at}/value", message, "value")


def _value_fault(field: Field, op: Op, value: Value) -> str:
    """What is wrong with the value of a test, "" when nothing is."""
    if op is Op.IN:
        if not isinstance(value, tuple) or not 1 <= len(value) <= MAX_WORDS:
            return f"Donnez une liste de 1 à {MAX_WORDS} textes."
        wrong = [word for word in value if field.choices and word not in field.choices]
        return f"Valeurs permises : {', '.join(field.choices)}." if wrong else ""
    match field.sort:
        case Sort.CHOICE:
            return "" if value in field.choices else f"Valeurs permises : {', '.join(field.choices)}."
        case Sort.YES_NO:
            return "" if isinstance(value, bool) else "Répondez true ou false."
        case Sort.NUMBER:
            is_number = isinstance(value, int) and not isinstance(value, bool)
            return "" if is_number else "Donnez un nombre entier, sans guillemets."
        case Sort.AMOUNT:
            is_amount = isinstance(value, str) and _AMOUNT.fullmatch(value)
            return "" if is_amount else "Donnez un montant entre guillemets, deux décimales au plus : « 1234.50 »."
        case Sort.DATE:
            is_day = isinstance(value, str) and day_of(value, date(2026, 1, 1)) is not None
            return "" if is_day else "Donnez une date (2026-11-22), « today », ou « today-7 », « today+30 »."
        case _:
            return "" if isinstance(value, str) and value.strip() else "Donnez un texte."
