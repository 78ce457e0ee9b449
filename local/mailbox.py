"""The mailbox: a page on 127.0.0.1 that shows every mail the system sent, as developers know it from Mailpit.

A mail is somebody else's HTML: it is shown in a sandboxed frame without scripts, and without remote images unless the
reader asks for them (the tracking pixel is one: showing it counts as an opening).

    GET /                       the list          GET /api/mails            the list, as JSON, oldest first
    GET /mails/{n}              one mail          GET /api/mails/{n}.eml    the message, byte for byte
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, quote, urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from local import mails
from local.mails import Attachment, Mail
from local.web import Handler, Server

TEMPLATES = Path(__file__).parent / "templates"
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; img-src data:"
)
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)
# What a browser shows in place is no HTML: its own PDF viewer needs styles, and does not start in a sandbox.
PART_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"
SHOWN_IN_PLACE = frozenset({"application/pdf", "image/png", "image/jpeg", "text/plain"})
PARIS = ZoneInfo("Europe/Paris")


class Mailbox(Server):
    """The mailbox of one local cloud; `folder` is where the emulator keeps its mails."""

    def __init__(self, port: int, folder: Path) -> None:
        super().__init__(port, _MailboxHandler, folder=folder)


class _MailboxHandler(Handler):
    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        for pattern, view in self.ROUTES:
            if match := re.fullmatch(pattern, url.path):
                view(self, query, *(int(group) for group in match.groups()))
                return
        self._missing()

    do_HEAD = do_GET

    def _list(self, query: dict[str, str]) -> None:
        self._page(None, query)

    def _mail(self, query: dict[str, str], number: int) -> None:
        if mail := self._find(number):
            self._page(mail, query)

    def _page(self, mail: Mail | None, query: dict[str, str]) -> None:
        newest_first = mails.load(self._folder)[::-1]
        view = query.get("vue", "html")
        if mail is not None and mail.html is None and view == "html":
            view = "text"
        page = _templates().get_template("mailbox.html")
        html = page.render(mails=newest_first, mail=mail, view=view, images=query.get("images") == "1")
        self._send(html.encode(), "text/html; charset=utf-8", PAGE_POLICY)

    def _html(self, query: dict[str, str], number: int) -> None:
        if mail := self._find(number):
            remote = " http: https:" if query.get("images") == "1" else ""
            body = f'<base target="_blank">{mail.html or ""}'
            self._send(body.encode(), "text/html; charset=utf-8", MAIL_POLICY + remote)

    def _part(self, query: dict[str, str], number: int, index: int) -> None:
        mail = self._find(number)
        if mail is None:
            return
        if index >= len(mail.attachments):
            self._missing()
            return
        part = mail.attachments[index]
        self._send(part.content, part.kind, PART_POLICY, _disposition(part))

    def _index(self, query: dict[str, str]) -> None:
        self._send(json.dumps([_summary(mail) for mail in mails.load(self._folder)]).encode(), "application/json")

    def _eml(self, query: dict[str, str], number: int) -> None:
        if mail := self._find(number):
            self._send(mail.raw, "message/rfc822")

    def _style(self, query: dict[str, str]) -> None:
        self._send((TEMPLATES / "mailbox.css").read_bytes(), "text/css; charset=utf-8")

    def _script(self, query: dict[str, str]) -> None:
        self._send((TEMPLATES / "mailbox.js").read_bytes(), "text/javascript; charset=utf-8")

    ROUTES: ClassVar[list[tuple[str, Callable[..., None]]]] = [
        (r"/", _list),
        (r"/mails/(\d+)", _mail),
        (r"/mails/(\d+)/html", _html),
        (r"/mails/(\d+)/parts/(\d+)", _part),
        (r"/api/mails", _index),
        (r"/api/mails/(\d+)\.eml", _eml),
        (r"/mailbox\.css", _style),
        (r"/mailbox\.js", _script),
    ]

    @property
    def _folder(self) -> Path:
        folder: Path = self.server.folder  # type: ignore[attr-defined]  # set by Server
        return folder

    def _find(self, number: int) -> Mail | None:
        """The mail; without one, the answer has been given."""
        mail = mails.find(self._folder, number)
        if mail is None:
            self._missing()
        return mail

    def _missing(self) -> None:
        self.answer(404, "Ce courriel n’existe pas.\n".encode(), {"Content-Type": "text/plain; charset=utf-8"})

    def _send(self, body: bytes, kind: str, policy: str = "default-src 'none'", disposition: str = "") -> None:
        headers = {"Content-Type": kind, "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff"}
        headers |= {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        if disposition:
            headers["Content-Disposition"] = disposition
        self.answer(200, body, headers)


def _summary(mail: Mail) -> dict[str, object]:
    return {
        "id": mail.number,
        "message_id": mail.message_id,
        "sent_at": mail.sent_at,
        "from": mail.sender,
        "to": mail.to,
        "subject": mail.subject,
        "attachments": [part.name for part in mail.attachments],
    }


def _disposition(part: Attachment) -> str:
    kind = "inline" if part.kind in SHOWN_IN_PLACE else "attachment"
    return f"{kind}; filename*=UTF-8''{quote(part.name)}"


def _templates() -> Environment:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.filters["moment"] = _moment
    environment.filters["size"] = _size
    return environment


def _moment(instant: str) -> str:
    """`03/02/2027 à 09:15`, Paris time."""
    return f"{datetime.fromisoformat(instant).astimezone(PARIS):%d/%m/%Y à %H:%M}"


def _size(size: int) -> str:
    """Kilobytes with a French unit; a narrow no-break space before it."""
    return f"{max(1, round(size / 1000))}\u202fko"
