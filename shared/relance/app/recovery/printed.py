"""The other way of `domain.content.content_json`: what a document printed, read again from the line of its event.

A field that was left out is empty, as `content_json` says. Whoever reads a content holds it against `content_sha256` of
its event: so a field that this version does not know, or reads otherwise, is never lost in silence. [AR-05]
"""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from relance.domain.chain.canonical import Json
from relance.domain.content import DocumentContent, InvoiceContent, QuoteContent, content_sha256
from relance.domain.errors import Corrupted
from relance.domain.lines import Line

T = TypeVar("T")

_UNIONS: Final = (Union, types.UnionType)
_TOLD: Final = {Line: frozenset({"net"})}  # what is printed of a class and follows from its fields


def read(kind: type[T], value: Json) -> T:
    """The object of a class, enumeration, date or number that `value` writes. Raises Corrupted when it does not."""
    try:
        return _read(kind, value)  # type: ignore[no-any-return]  # what a type hint names is what is made
    except (TypeError, ValueError, ArithmeticError, KeyError, AttributeError) as error:
        raise Corrupted(
            f"Cette version ne sait pas relire ce qui a été imprimé : {error}.", code="unreadable"
        ) from error


def invoice_content(data: Mapping[str, Json]) -> InvoiceContent:
    """What an issued invoice or credit note printed. Raises Corrupted unless it has the hash that its event gives."""
    return _exact(read(InvoiceContent, data["content"]), data)


def quote_content(data: Mapping[str, Json]) -> QuoteContent:
    """The contract of an accepted quote. Raises as `invoice_content`."""
    return _exact(read(QuoteContent, data["content"]), data)


C = TypeVar("C", bound=DocumentContent)


def _exact(content: C, data: Mapping[str, Json]) -> C:
    if content_sha256(content) != data["content_sha256"]:
        raise Corrupted("Le contenu relu n’a pas l’empreinte de celui qui a été imprimé.", code="unreadable")
    return content


def _read(kind: Any, value: Any) -> Any:
    """By what a type hint may say of printed content: see `content_json`."""
    kind = getattr(kind, "__supertype__", kind)  # a NewType is what it stands for
    if get_origin(kind) in _UNIONS:
        return None if value is None else _read(next(one for one in get_args(kind) if one is not type(None)), value)
    if get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], item) for item in value)
    if is_dataclass(kind):
        return _object(kind, value)
    if issubclass(kind, Enum):
        return kind(value)
    if kind is Decimal:
        return Decimal(value)
    if kind is date:
        return date.fromisoformat(value)
    if type(value) is not kind:
        raise TypeError(f"{value!r} au lieu de {kind.__name__}")
    return value


def _object(kind: Any, value: Any) -> Any:
    hints = _hints(kind)
    told = value.keys() - _TOLD.get(kind, frozenset())
    if strangers := told - hints.keys():
        raise TypeError(f"champs inconnus {sorted(strangers)}")
    return kind(**{name: _read(hints[name], value[name]) for name in told})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
