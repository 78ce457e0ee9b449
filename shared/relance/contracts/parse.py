"""From bytes to a wire Struct, with every fault found and not only the first one. [RFC 8259, RFC 6901]

msgspec stops at the first mistake; a person who filled a form wants all of them. So the JSON value is walked along the
Struct's own type description: unknown fields, missing ones, wrong types, lengths, then each field's own check
(`Meta(extra={"check": …})`), then the Struct's cross-field check where its fields are sound. What passed is built.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Protocol, TypeVar, runtime_checkable

import msgspec
from msgspec import inspect

from relance.domain.errors import Fault, Invalid

_BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
MAX_FAULTS = 100  # a body that is wrong everywhere needs no longer list

_PYTHON: dict[type, tuple[type[inspect.Type], ...]] = {
    bool: (inspect.BoolType,),
    int: (inspect.IntType,),
    list: (inspect.ListType, inspect.VarTupleType),
    dict: (inspect.StructType,),
    str: (inspect.StrType, inspect.EnumType, inspect.DateType, inspect.DateTimeType),
}

S = TypeVar("S", bound=msgspec.Struct)
Check = Callable[[str], str | None]
"""Of a string that has the right type: the French sentence of what is wrong with it, or None."""


class Body(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Base of everything that comes in: closed and immutable."""


@runtime_checkable
class CrossChecked(Protocol):
    """A Struct with rules between its fields; pointers are relative to it."""

    def faults(self) -> Iterable[Fault]: ...


def parse(body: bytes, kind: type[S]) -> S:
    """The body as `kind`. Raises Invalid, its faults in the order of the body's fields."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _invalid([Fault("", "Le corps de la demande n’est pas du JSON en UTF-8.", "not_json")]) from None
    faults: list[Fault] = []
    try:
        _walk(_described(kind), value, "", faults)
    except RecursionError:
        raise _invalid([Fault("", "Cette demande est imbriquée trop profondément.", "too_deep")]) from None
    if faults:
        raise _invalid(faults)
    return msgspec.convert(value, kind)


@cache
def _described(kind: type[msgspec.Struct]) -> inspect.Type:
    return inspect.type_info(kind)


def _invalid(faults: Sequence[Fault]) -> Invalid:
    shown = faults[:MAX_FAULTS]
    count = "Un point est à corriger" if len(faults) == 1 else f"{len(faults)} points sont à corriger"
    return Invalid(f"{count} dans la demande.", faults=shown)


def _walk(kind: inspect.Type, value: Any, at: str, faults: list[Fault]) -> None:
    check: Check | None = None
    multiline = False
    if isinstance(kind, inspect.Metadata):
        extra = kind.extra or {}
        check, multiline = extra.get("check"), extra.get("multiline", False)
        kind = kind.type
    match kind:
        case inspect.UnionType(types=types):
            if value is not None or not kind.includes_none:
                _walk(_fitting([t for t in types if not isinstance(t, inspect.NoneType)], value), value, at, faults)
        case inspect.StructType(cls=cls, fields=fields):
            _walk_struct(cls, fields, value, at, faults)
        case inspect.ListType() | inspect.VarTupleType():
            _walk_list(kind, value, at, faults)
        case inspect.StrType():
            _walk_str(kind, value, at, faults, check, multiline=multiline)
        case inspect.IntType() | inspect.BoolType():
            _walk_number(kind, value, at, faults)
        case inspect.EnumType(cls=choices):
            if value not in [member.value for member in choices] or not isinstance(value, str):
                allowed = ", ".join(str(member.value) for member in choices)
                faults.append(Fault(at, f"Valeurs permises : {allowed}.", "not_allowed"))
        case inspect.DateType():
            _walk_day(value, at, faults)
        case inspect.DateTimeType():
            _walk_instant(value, at, faults)
        case _:
            raise TypeError(f"{kind} is not used in contracts")


def _fitting(types: Sequence[inspect.Type], value: Any) -> inspect.Type:
    """Of several types, the one that a value of this JSON type is meant for; the first when it is for none."""
    wanted = _PYTHON.get(type(value), ())
    return next((t for t in types if isinstance(t.type if isinstance(t, inspect.Metadata) else t, wanted)), types[0])


def _walk_struct(cls: type[Any], fields: Sequence[inspect.Field], value: Any, at: str, faults: list[Fault]) -> None:
    if not isinstance(value, dict):
        faults.append(Fault(at, "Un objet JSON est attendu ici.", "wrong_type"))
        return
    before = len(faults)
    known = {field.encode_name: field for field in fields}
    strays = (name for name in value if name not in known)
    faults.extend(Fault(f"{at}/{_escape(name)}", "Ce champ n’existe pas.", "unknown_field") for name in strays)
    for name, field in known.items():
        if name in value:
            _walk(field.type, value[name], f"{at}/{name}", faults)
        elif field.required:
            faults.append(Fault(f"{at}/{name}", "Ce champ est obligatoire.", "missing"))
    if len(faults) == before and issubclass(cls, CrossChecked):
        found = msgspec.convert(value, cls).faults()
        faults.extend(Fault(at + fault.pointer, fault.message, fault.code) for fault in found)


def _walk_list(kind: inspect.ListType | inspect.VarTupleType, value: Any, at: str, faults: list[Fault]) -> None:
    if not isinstance(value, list):
        faults.append(Fault(at, "Une liste est attendue ici.", "wrong_type"))
        return
    if kind.max_length is not None and len(value) > kind.max_length:
        faults.append(Fault(at, f"{kind.max_length} éléments au plus : il y en a {len(value)}.", "too_many"))
        return  # a thousand lines are refused in one word, not checked one by one
    if kind.min_length is not None and len(value) < kind.min_length:
        faults.append(Fault(at, f"Il en faut au moins {kind.min_length}.", "too_few"))
    for index, item in enumerate(value):
        _walk(kind.item_type, item, f"{at}/{index}", faults)


def _walk_str(
    kind: inspect.StrType, value: Any, at: str, faults: list[Fault], check: Check | None, *, multiline: bool
) -> None:
    if not isinstance(value, str):
        faults.append(Fault(at, "Un texte entre guillemets est attendu ici.", "wrong_type"))
    elif kind.max_length is not None and len(value) > kind.max_length:
        faults.append(Fault(at, f"{kind.max_length} caractères au plus.", "too_long"))
    elif len(value.strip()) < (kind.min_length or 0):
        faults.append(Fault(at, "Ce champ ne peut pas être vide.", "empty"))
    elif (character := forbidden_character(value, multiline=multiline)) is not None:
        name = f"U+{ord(character):04X}"
        faults.append(Fault(at, f"Le caractère {name} n’est pas permis ici.", "forbidden_character"))
    elif value and check is not None and (message := check(value)) is not None:
        faults.append(Fault(at, message, "invalid"))


def _walk_number(kind: inspect.IntType | inspect.BoolType, value: Any, at: str, faults: list[Fault]) -> None:
    if isinstance(kind, inspect.BoolType):
        if not isinstance(value, bool):
            faults.append(Fault(at, "true ou false est attendu ici.", "wrong_type"))
    elif not isinstance(value, int) or isinstance(value, bool):
        faults.append(Fault(at, "Un nombre entier est attendu ici.", "wrong_type"))
    elif (kind.ge is not None and value < kind.ge) or (kind.le is not None and value > kind.le):
        faults.append(Fault(at, f"Un nombre entre {kind.ge} et {kind.le} est attendu ici.", "out_of_range"))


def _walk_day(value: Any, at: str, faults: list[Fault]) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) or not _is(value, date):
        faults.append(Fault(at, "Une date au format AAAA-MM-JJ est attendue ici.", "wrong_type"))


def _walk_instant(value: Any, at: str, faults: list[Fault]) -> None:
    if not isinstance(value, str) or not value.endswith("Z") or not _is(value, datetime):
        message = "Un instant UTC est attendu ici, par exemple 2026-11-22T08:30:00Z."
        faults.append(Fault(at, message, "wrong_type"))


def _is(value: str, kind: type[date | datetime]) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def forbidden_character(text: str, *, multiline: bool) -> str | None:
    """The first character that no person types: control, surrogate, line separator, bidirectional override.

    CR and LF end a mail header (RFC 5322 § 2.2), overrides show another text than the one that is signed
    (CVE-2021-42574). Several lines may hold CR, LF and tabs. `<script>` is a lawful name: templates escape it.
    """
    for character in text if not text.isprintable() else "":
        if multiline and character in "\r\n\t":
            continue
        if character in _BIDI_OVERRIDES or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}:
            return character
    return None


def _escape(name: str) -> str:
    """One token of a JSON pointer (RFC 6901 § 3)."""
    return name.replace("~", "~0").replace("/", "~1")
