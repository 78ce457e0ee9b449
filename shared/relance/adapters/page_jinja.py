"""The customer's pages in HTML: one self-contained file each, under a policy that runs and loads nothing else.

Style and script are inline and allowed by their SHA-256 alone; a logo comes as a `data:` PNG; there is no font, no
tracker, no third party, no cookie but the mark of the seller's own browser. Content Security Policy Level 3, W3C,
checked 2026-11. Whatever a text holds, the environment escapes it (`relance.adapters.html_jinja`).
"""

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any, Final

from markupsafe import Markup

from relance.adapters import document_view, french
from relance.adapters.html_jinja import RESOURCES, environment
from relance.adapters.palette import Palette, palette
from relance.app.ports.pages import Drawn, InvoiceView, OptOutView, PageView, QuoteView, Said, UnsubscribeView
from relance.domain.calendar_fr import civil_date
from relance.domain.party import Branding
from relance.domain.quote import QuoteState

_FULL: Final = frozenset({QuoteState.OPEN, QuoteState.ACCEPTED})
_POLICY: Final = (
    "default-src 'none'; style-src '{style}'; script-src '{script}'; img-src data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class JinjaPages:
    """Pages, from the templates under `resources/templates/page`."""

    def document(self, view: PageView, said: Said, *, up: str) -> Drawn:
        """The offer itself only while it binds, or once it was accepted; else what became of it. [Q-03]"""
        return _draw(_template(view), view.branding, **_of_document(view, up), said=said)

    def confirmation(self, view: QuoteView, *, typed: Mapping[str, str], up: str) -> Drawn:
        """Everything that binds, once more, before the button that binds."""
        return _draw("confirmation", view.branding, **_of_document(view, up), typed=typed)

    def withdrawal(self, view: QuoteView, said: Said, *, up: str) -> Drawn:
        return _draw("withdrawal", view.branding, **_of_document(view, up), said=said, statement=_statement(view))

    def withdrawal_confirmation(self, view: QuoteView, *, typed: Mapping[str, str], up: str) -> Drawn:
        """What he states, once more, before the button of the law."""
        return _draw("withdrawal_confirmation", view.branding, **_of_document(view, up), typed=typed)

    def opt_out(self, view: OptOutView, said: Said) -> Drawn:
        return _draw("opt_out", view.branding, view=view, said=said)

    def unsubscribe(self, view: UnsubscribeView, said: Said) -> Drawn:
        return _draw("unsubscribe", view.branding, view=view, said=said)

    def message(self, title: str, sentence: str) -> Drawn:
        return _draw("message", Branding(), title=title, sentence=sentence)


def _template(view: PageView) -> str:
    if isinstance(view, InvoiceView):
        return "invoice"
    return "quote" if view.state in _FULL else "closed"


def _of_document(view: PageView, up: str) -> dict[str, Any]:
    rules = view.period.rules if isinstance(view, QuoteView) and view.period else None
    return {
        "view": view,
        "doc": document_view.view(view.content, view.branding),
        "up": up,
        "here": up + view.token,
        "withdrawal_label": rules.function_label if rules else "",
        "confirm_label": rules.confirm_label if rules else "",
    }


def _statement(view: QuoteView) -> str:
    """The statement of withdrawal as the law's own form words it, for the consumer to change. Annex to R221-1."""
    content = view.content
    what = " – ".join(filter(None, (f"{content.title} n° {content.number}", content.subject)))
    day = french.day(civil_date(view.answered_at)) if view.answered_at else ""
    return (
        f"Je vous notifie par la présente ma rétractation du contrat portant sur la prestation ou les biens ci-dessous."
        f"\nContrat : {what}, accepté le {day}."
    )


def _draw(template: str, branding: Branding, **context: Any) -> Drawn:
    style, script = _colours(palette(branding.colour)) + _resource("css/page.css"), _resource("js/page.js")
    html = (
        environment()
        .get_template(f"page/{template}.html.j2")
        .render(**context, style=Markup(style), script=Markup(script))  # noqa: S704 - ours, and checked hex colours
    )
    return Drawn(html, _POLICY.format(style=_hash(style), script=_hash(script)))


def _colours(colours: Palette) -> str:
    variables: Mapping[str, str] = {
        "brand": colours.fill,
        "on-brand": colours.on_fill,
        "brand-text": colours.text,
        "brand-tint": colours.tint,
        "brand-line": colours.line,
    }
    return ":root{" + ";".join(f"--{name}:{value}" for name, value in variables.items()) + "}\n"


@cache
def _resource(path: str) -> str:
    return (RESOURCES / path).read_text("utf-8")


@cache
def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode("ascii")
