"""Requests that say less: what they leave out comes from a template, or from the catalogue. [KX-03, KX-06, KB-31]

JSON in, JSON out, before a body is read: whatever a document may say, a template may say, and what the caller wrote
wins, field by field. What comes out is then read and checked like any other request, so pointers stay those of its own
lines. Nothing here looks anything up: templates and offers are handed in.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from relance.contracts.fields import decimal_text, percent_text
from relance.contracts.taxes import Vat, vat_view
from relance.domain.catalogue import MAX_NAME, Offer
from relance.domain.content import MAX_LINES
from relance.domain.money import share, to_cents
from relance.domain.vat import VatCase

Form = Mapping[str, Any]
"""A request's JSON object, not yet judged."""


def read_form(raw: bytes) -> Form | None:
    """The object of a request that may name a template or an item; None for any other: it is complete as it is."""
    if b'"template"' not in raw and b'"item"' not in raw:
        return None
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def template_name(form: Form) -> str:
    """The template that a request names, or ""."""
    return _name(form.get("template"))


def from_template(form: Form, template: Form) -> Form:
    """The request with what it leaves out taken from the template: whole fields, so lines are replaced together."""
    return {**template, **{name: value for name, value in form.items() if name != "template"}}


def customer_name(form: Form) -> str:
    """The customer that a request is for, or "" when that can be none."""
    return _name(form.get("customer_id"))


def item_names(form: Form) -> tuple[str, ...]:
    """For each line the item that it names, "" where it names none. Nothing when there are too many lines."""
    lines = form.get("lines")
    if not isinstance(lines, list) or len(lines) > MAX_LINES:
        return ()
    return tuple(_name(line.get("item")) if isinstance(line, dict) else "" for line in lines)


def from_catalogue(form: Form, offers: Sequence[Offer | None], *, costs: bool) -> Form:
    """The request with its lines completed by what they name. `costs`: a line of it may hold what it costs its author.

    The rate of the first item that is labour becomes the document's labour rate unless the request has one.
    """
    pairs = list(zip(form.get("lines", ()), offers, strict=False))
    if not any(offers):
        return form
    labour = next((offer for offer in offers if offer and offer.article.is_labour), None)
    told = {"labour_rate": labour_rate(labour)} if labour and costs and not form.get("labour_rate") else {}
    return {**form, **told, "lines": [_filled(line, offer, costs=costs) if offer else line for line, offer in pairs]}


def labour_rate(offer: Offer) -> str:
    """A labour rate as a document tells it: with and without VAT, since consumers are told what they pay."""
    net = to_cents(offer.unit_price)
    gross = net + share(net, offer.article.vat.rate_bp)
    unit = offer.article.unit or "h"
    if gross == net:
        return f"{_euros(net)} / {unit}"
    return f"{_euros(gross)} TTC / {unit} ({_euros(net)} HT)"


def as_body(view: Mapping[str, Any], kind: type[msgspec.Struct]) -> dict[str, Any]:
    """What of a view (JSON data) a body of that `kind` may hold: its own fields, without nulls, inner ones likewise."""
    fields = {field.encode_name: field.type for field in _fields(kind)}
    kept = {name: _as(value, fields[name]) for name, value in view.items() if name in fields}
    return {name: value for name, value in kept.items() if value is not None}


def vat_as_body(view: Mapping[str, Any]) -> dict[str, Any] | None:
    """How a VAT treatment is written: its case alone, or its category; None where the company's regime decides."""
    match view.get("case"):
        case None:
            return as_body(view, Vat)
        case VatCase.REGIME:
            return None
        case case:
            return {"case": case}


def _as(value: Any, kind: inspect.Type) -> Any:
    match kind:
        case _ if value is None:
            return None
        case inspect.Metadata(type=inner):
            return _as(value, inner)
        case inspect.UnionType(types=types):
            return _as(value, next(t for t in types if not isinstance(t, inspect.NoneType)))
        case inspect.StructType(cls=cls):
            return vat_as_body(value) if cls is Vat else as_body(value, cls)
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return [_as(each, item) for each in value]
        case _:
            return value


@cache
def _fields(kind: type[msgspec.Struct]) -> Sequence[inspect.Field]:
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)
    return described.fields


def _filled(line: Form, offer: Offer, *, costs: bool) -> Form:
    article = offer.article
    own: dict[str, Any] = {
        "description": article.description,
        "reference": article.reference,
        "unit": article.unit,
        "unit_price": decimal_text(offer.unit_price),
        "nature": article.nature,
    }
    if "vat" not in line and "vat_rate" not in line:
        own["vat"] = vat_as_body(msgspec.to_builtins(vat_view(article.vat)))
    if offer.discount and "unit_price" not in line:  # a price of the author's own is the whole price
        own["discount"] = {"percent": percent_text(offer.discount.percent_bp)}
    if costs and article.unit_cost is not None:
        own["unit_cost"] = decimal_text(article.unit_cost)
    return {**own, **line}


def _name(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= MAX_NAME else ""


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d} €"
