"""The mails that the system sent, as the emulator kept them: `<nnnnnn>.eml` and its envelope `<nnnnnn>.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Attachment:
    """One part that a mail program would offer to save."""

    index: int
    name: str
    kind: str
    content: bytes

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)


@dataclass(frozen=True)
class Mail:
    """One accepted mail: its envelope, and the message byte for byte."""

    number: int
    message_id: str
    sent_at: str
    to: list[str]
    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        """The parsed message."""
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def subject(self) -> str:
        return str(self.message["subject"] or "(sans objet)")

    @property
    def sender(self) -> str:
        return str(self.message["from"] or "")

    @property
    def text(self) -> str:
        return self._body("plain") or ""

    @property
    def html(self) -> str | None:
        return self._body("html")

    @property
    def source(self) -> str:
        return self.raw.decode("utf-8", "replace")

    @cached_property
    def attachments(self) -> list[Attachment]:
        """In the order of the message; a part without a name is called after its place."""
        return [
            Attachment(
                index=index,
                name=part.get_filename() or f"piece-{index}",
                kind=part.get_content_type(),
                content=_content(part),
            )
            for index, part in enumerate(self.message.iter_attachments())
        ]

    def _body(self, kind: str) -> str | None:
        part = self.message.get_body((kind,))
        return None if part is None else str(part.get_content())


def _content(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return (
        payload if isinstance(payload, bytes) else part.as_bytes()
    )  # a message in a message has no payload of its own


def load(folder: Path) -> list[Mail]:
    """Every mail, oldest first."""
    return [_load(path) for path in sorted(folder.glob("*.eml"))]


def find(folder: Path, number: int) -> Mail | None:
    """The mail of this number."""
    path = folder / f"{number:06d}.eml"
    return _load(path) if path.exists() else None


def _load(path: Path) -> Mail:
    envelope = json.loads(path.with_suffix(".json").read_text())
    return Mail(int(path.stem), envelope["message_id"], envelope["sent_at"], envelope["to"], path.read_bytes())
