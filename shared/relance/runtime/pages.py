"""HTML over Lambda: forms in, pages out, and the headers that keep a secret link secret.

No answer is kept by a cache, indexed, framed, or told to another site by `Referer`. The event is API Gateway's payload
2.0; its path is never logged, since it carries the link. [T-04, T-12]
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

from relance.app.ports.pages import Drawn
from relance.domain.errors import Invalid, Stop
from relance.runtime.problems import TooLarge

Event = dict[str, Any]
Answer = dict[str, Any]

MAX_FORM_BYTES: Final = 40_000
MAX_FIELDS: Final = 1_020  # two for each of 500 lines, when all of them are options with a quantity of choice
MAX_PDF_BYTES: Final = 4_400_000  # Lambda answers at most 6 MB, and base64 adds a third
_FORM: Final = "application/x-www-form-urlencoded"
_HEADERS: Final = {
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}


class NotAForm(Invalid):
    """The body is not what a form of these pages sends."""

    code = "not_a_form"


def form(event: Event) -> dict[str, str]:
    """The fields of the form that was sent; of a name given twice, the first. Raises NotAForm, TooLarge."""
    headers = {str(key).lower(): str(value) for key, value in (event.get("headers") or {}).items()}
    if headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise NotAForm("Ce formulaire n’a pas été envoyé comme prévu : rechargez la page, puis recommencez.")
    text = str(event.get("body") or "")
    if len(text) > 2 * MAX_FORM_BYTES:
        raise TooLarge("Ce formulaire est trop long.")
    try:
        raw = b64decode(text, validate=True) if event.get("isBase64Encoded") else text.encode()
        if len(raw) > MAX_FORM_BYTES:
            raise TooLarge("Ce formulaire est trop long.")
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except (NotBase64, ValueError) as error:  # UnicodeError is a ValueError
        raise NotAForm("Ce formulaire est illisible : rechargez la page, puis recommencez.") from error
    return dict(reversed(pairs))


def page(drawn: Drawn, status: int = HTTPStatus.OK) -> Answer:
    """A page under its own policy."""
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": drawn.policy, **_HEADERS}
    return {"statusCode": int(status), "headers": headers, "body": drawn.html}


def pdf(body: bytes, filename: str) -> Answer:
    """A PDF for the browser's own viewer. Raises Stop when it is larger than what Lambda can answer."""
    if len(body) > MAX_PDF_BYTES:
        raise Stop("Ce PDF est trop volumineux pour être affiché ici.", code="pdf_too_large")
    safe = re.sub(r"[^A-Za-z0-9._-]", "-", filename)
    headers = {"Content-Type": "application/pdf", "Content-Disposition": f'inline; filename="{safe}"', **_HEADERS}
    return {"statusCode": 200, "headers": headers, "body": b64encode(body).decode("ascii"), "isBase64Encoded": True}


def see_other(location: str) -> Answer:
    """After a form: go and look, with GET, so that reloading sends nothing again. `location` may be relative."""
    return {"statusCode": int(HTTPStatus.SEE_OTHER), "headers": {"Location": location, **_HEADERS}}


def with_cookie(answer: Answer, name: str, value: str) -> Answer:
    """The answer, leaving a mark in the browser for a year: for these pages alone, out of reach of scripts.

    Said twice: `cookies` is how payload 2.0 documents it, the header is what the local cloud knows.
    """
    cookie = f"{name}={value}; Path=/q; Max-Age=31536000; HttpOnly; Secure; SameSite=Lax"
    return {**answer, "cookies": [cookie], "headers": {**answer["headers"], "Set-Cookie": cookie}}


def cookie_of(event: Event, name: str) -> str:
    """The cookie of that name, "" without: from `cookies` of payload 2.0, or else from the header."""
    headers = {str(key).lower(): str(value) for key, value in (event.get("headers") or {}).items()}
    sent = [str(cookie) for cookie in event.get("cookies") or headers.get("cookie", "").split(";")]
    pairs = (cookie.partition("=") for cookie in sent)
    return next((value.strip() for key, _, value in pairs if key.strip() == name), "")


def no_content() -> Answer:
    """Done, nothing to show."""
    return {"statusCode": int(HTTPStatus.NO_CONTENT), "headers": dict(_HEADERS)}
