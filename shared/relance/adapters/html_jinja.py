"""Templates to text: sandboxed, escaping by default, and a missing value is an error instead of a hole.

Three guarantees of this environment: whatever a customer is named, it stays text (`<script>` is printed, not run); a
template reaches nothing but what it is given; `{{ forgotten }}` raises instead of printing nothing. [DR-13]
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from relance.adapters import french, identity
from relance.adapters.compiled_templates import CompiledTemplates

RESOURCES: Final = Path(__file__).resolve().parent.parent / "resources"
COMPILED: Final = CompiledTemplates(RESOURCES / "compiled")

_TYPOGRAPHY: Final = (
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
    (re.compile(r" +(?=[;!?](?:\s|$))"), french.NARROW),
    (re.compile(r" +(?=[:»€%](?:\s|$|[.,)]))"), french.NBSP),
    (re.compile(r"(?<=«) +|(?<=[nN]°) +|(?<=\bart\.) +"), french.NBSP),
    (re.compile(r"(?<=\d) (?=\d{3}(?!\d))"), french.NARROW),
)


def typography(text: str) -> str:
    """French spaces and apostrophes in what a person typed: « 3 ans ! » cannot be cut before its mark.

    For free texts only: names, numbers and addresses are printed as they were given.
    """
    for pattern, replacement in _TYPOGRAPHY:
        text = pattern.sub(replacement, text)
    return text


def uncut(text: str, word: str) -> Markup:
    """`text` as HTML, in which `word` (a document's number) is never cut at its hyphens by the end of a line."""
    kept = Markup('<span style="white-space:nowrap">{}</span>').format(word)
    return Markup(escape(text).replace(escape(word), kept))  # noqa: S704 - both sides were escaped


def linked(html: Markup, url: str) -> Markup:
    """HTML in which `url`, where somebody wrote it in a text of his own, can be followed."""
    if not url:
        return html
    link = Markup('<a href="{0}" style="color:inherit;word-break:break-all">{0}</a>').format(url)
    return Markup(html.replace(escape(url), link))  # noqa: S704 - both sides were escaped


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """The one environment of this process; it compiles each template once."""
    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(RESOURCES / "templates"),
        bytecode_cache=COMPILED,
        autoescape=_escapes,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(french.FILTERS)
    made.filters.update(
        typo=typography,
        uncut=uncut,
        linked=linked,
        vat_number=identity.vat_number,
        seller_name=identity.seller_name,
        brand_name=identity.brand_name,
        legal_mentions=identity.legal_mentions,
        buyer_mentions=identity.buyer_mentions,
        address_lines=identity.address_lines,
    )
    return made


def render(template: str, context: Mapping[str, Any]) -> str:
    """The text of `resources/templates/{template}`. Raises jinja2.UndefinedError when the context lacks something."""
    return environment().get_template(template).render(context)


def _escapes(template: str | None) -> bool:
    """Everything is HTML unless its name says that it is plain text."""
    return template is None or not template.endswith(".txt.j2")
