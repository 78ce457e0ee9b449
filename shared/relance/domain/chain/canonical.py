"""One JSON value, one sequence of bytes: a restricted profile of JCS (RFC 8785, checked 2026-11).

The profile: objects with ASCII snake_case keys, arrays, strings, booleans, null and integers below 2^53 in absolute
value. No float, so the number formatting of ECMAScript (the hard part of RFC 8785) never matters; money is integer
cents, quantities and unit prices are decimal strings. Keys are ASCII, so sorting by byte is sorting by UTF-16 unit.
On this profile orjson with sorted keys gives the bytes of RFC 8785, and so does `json.dumps(sort_keys=True,
ensure_ascii=False, separators=(",", ":"))`: `tests/unit/chain` holds the three beside each other.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

import orjson

from relance.domain.chain.errors import NotCanonical

Json: TypeAlias = "str | int | bool | Sequence[Json] | Mapping[str, Json] | None"
Canonical: TypeAlias = orjson.Fragment  # canonical bytes of a value, ready to stand inside another: see `splice`
FactData: TypeAlias = "Mapping[str, Json | Canonical]"

MAX_INTEGER: Final = 2**53 - 1
_OPTIONS: Final = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER | orjson.OPT_PASSTHROUGH_SUBCLASS
_KEY: Final = re.compile(r"[a-z][a-z0-9_]*\Z")
_LEAVES: Final = frozenset({str, int, bool, type(None), Canonical})
_known_keys: set[object] = set()  # keys that passed _KEY once: an event type always has the same ones
_KNOWN_KEYS_LIMIT: Final = 4096  # so that hostile input cannot make the process grow


def canonical(value: "Json | FactData") -> bytes:
    """The only bytes of `value`. Raises NotCanonical with a pointer to the fault."""
    check(value)
    return encode(value)


def encode(value: "Json | FactData") -> bytes:
    """As `canonical`, for a value that `check` has already accepted.

    Alone it would let a float or a strange key through: orjson itself refuses only large integers, lone surrogates and
    foreign types.
    """
    try:
        return orjson.dumps(value, option=_OPTIONS)
    except TypeError as error:
        raise _first_fault(value) from error


def splice(data: bytes) -> Canonical:
    """What `canonical` returned, to stand as a value inside another without being judged and written a second time."""
    return Canonical(data)


def decode(data: bytes) -> Json:
    """The value whose canonical form is exactly `data`. Raises NotCanonical for any other spelling of it."""
    try:
        value: Json = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise NotCanonical(f"ce n’est pas du JSON ({error})") from error
    if canonical(value) != data:  # duplicate keys, spaces, order, escapes, 1.0, -0 …: all end here
        raise NotCanonical("autre écriture de la même valeur")
    return value


def check(value: "Json | FactData") -> None:
    """Raise NotCanonical unless `value` is in the profile. Only containers are visited one by one: this is on the way
    of every fact.
    """
    if type(value) is dict and _known_keys.issuperset(value) and _LEAVES.issuperset(map(type, value.values())):
        return  # most facts are flat
    queue: list[object] = [[value]]
    for item in queue:
        children: Collection[object]
        if type(item) is dict:
            if not _known_keys.issuperset(item):
                _learn_keys(item, value)
            children = item.values()
        elif type(item) is list or type(item) is tuple:
            children = item
        else:
            raise _first_fault(value)
        if not _LEAVES.issuperset(map(type, children)):
            queue.extend([child for child in children if type(child) not in _LEAVES])


def _learn_keys(item: dict[object, object], root: object) -> None:
    if not all(_is_key(key) for key in item):
        raise _first_fault(root)
    if len(_known_keys) < _KNOWN_KEYS_LIMIT:
        _known_keys.update(item)


def _is_key(key: object) -> bool:
    return isinstance(key, str) and _KEY.match(key) is not None


def _first_fault(value: object) -> NotCanonical:
    return next(_faults(value, ""), NotCanonical("valeur refusée"))


def _faults(value: object, pointer: str) -> Iterator[NotCanonical]:
    """In document order; runs only when there is one, so it may be slow and exact."""
    match value:
        case None | bool() | Canonical():
            pass
        case int():
            if abs(value) > MAX_INTEGER:
                yield NotCanonical("entier au-delà de 2^53 - 1", pointer)
        case float():
            yield NotCanonical("un flottant n’a pas d’écriture unique (centimes entiers ou texte décimal)", pointer)
        case str():
            if any("\ud800" <= character <= "\udfff" for character in value):
                yield NotCanonical("texte qui n’est pas de l’Unicode", pointer)
        case dict():
            for key, child in value.items():
                if not _is_key(key):
                    yield NotCanonical(f"la clé {key!r} n’est pas en ASCII snake_case", pointer)
                yield from _faults(child, f"{pointer}/{key}")
        case list() | tuple():
            for index, child in enumerate(value):
                yield from _faults(child, f"{pointer}/{index}")
        case _:
            yield NotCanonical(f"le type {type(value).__name__} n’est pas permis", pointer)
