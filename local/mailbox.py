"""The mailbox (placeholder)."""

from __future__ import annotations

from pathlib import Path

from local.web import Handler, Server


class Mailbox(Server):
    def __init__(self, port: int, mails: Path) -> None:
        super().__init__(port, Handler, mails=mails)
