"""What a function is told by its environment: a frozen dataclass per need, read once, complete or refused.

A field is the environment variable of the same name in capitals: `core_table` is CORE_TABLE. A field without a default
must be set and not empty; one of type `bytes` is a secret, kept out of every `repr`.
"""

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, TypeVar, get_type_hints

S = TypeVar("S")


class MissingSettings(RuntimeError):
    """The deployment forgot to tell something; the message names every variable that is missing."""


def load(kind: type[S], environment: Mapping[str, str] = os.environ) -> S:
    """Read the dataclass `kind` (str, int, bool, bytes). Raises MissingSettings, naming all that is missing."""
    values: dict[str, Any] = {}
    missing = []
    hints = get_type_hints(kind)
    for each in fields(kind):  # type: ignore[arg-type]  # a dataclass; TypeVar cannot say so on 3.11
        text = environment.get(each.name.upper(), "")
        if text:
            values[each.name] = _read(hints[each.name], text)
        elif each.default is MISSING:
            missing.append(each.name.upper())
    if missing:
        raise MissingSettings(f"{kind.__name__}: these environment variables are not set: {', '.join(missing)}")
    return kind(**values)


def _read(hint: object, text: str) -> str | int | bool | bytes:
    if hint is bool:
        return text.lower() in {"1", "true", "yes"}
    if hint is int:
        return int(text)
    return text.encode() if hint is bytes else text


@dataclass(frozen=True, slots=True)
class Tables:
    """Who reads and writes entities and the journal."""

    core_table: str
    journal_table: str
    clock_file: str = ""


@dataclass(frozen=True, slots=True)
class DocumentTables(Tables):
    """Who sends documents and hands their PDFs out."""

    documents_bucket: str = field(kw_only=True)
    lifecycle_machine_arn: str = field(kw_only=True)
    activity_table: str = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class DocumentDesk(DocumentTables):
    """Who also shows previews and makes duplicates, drawn by the function named here; and says where pages are."""

    render_function: str = field(kw_only=True)
    public_base_url: str = field(default="", kw_only=True)  # "": where the API itself is
    link_key: bytes = field(repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class LetterDesk(Tables):
    """Who writes letters, drawn by the function named here."""

    documents_bucket: str = field(kw_only=True)
    render_function: str = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Access:
    """Who lets callers in. Without an issuer, only API keys open the door."""

    core_table: str
    oidc_issuer: str = ""
    oidc_audience: str = ""


@dataclass(frozen=True, slots=True)
class PublicPage(DocumentTables):
    """Who lets customers in by a link."""

    link_key: bytes = field(repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class PixelDoor:
    """Who answers for the pixels of mails: no table, only a key and a queue."""

    tracking_queue_url: str
    link_key: bytes = field(repr=False)
    clock_file: str = ""


@dataclass(frozen=True, slots=True)
class ActivityTables:
    """Who writes down what was noticed: reads entities, never the journal."""

    core_table: str
    activity_table: str
    clock_file: str = ""


@dataclass(frozen=True, slots=True)
class Entities:
    """Who decides on entities alone."""

    core_table: str
    clock_file: str = ""


@dataclass(frozen=True, slots=True)
class ScenarioDesk(Tables):
    """Who publishes scenarios and shows what they would send; links in what is shown lead nowhere. (RFC 2606)"""

    public_base_url: str = "https://apercu.invalid"


@dataclass(frozen=True, slots=True)
class TablesAndActivity(Tables):
    """Who writes facts, and what was noticed beside them."""

    activity_table: str = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class MailRoom(Tables):
    """Who follows documents: sends mails about them, and has letters drawn by the function named here."""

    documents_bucket: str = field(kw_only=True)
    configuration_set: str = field(kw_only=True)
    sender_domain: str = field(kw_only=True)
    render_function: str = field(kw_only=True)
    public_base_url: str = field(kw_only=True)
    link_key: bytes = field(repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class DrawingRoom(Tables):
    """Who draws documents and seals what it drew."""

    documents_bucket: str = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Sweeping(Tables):
    """Who restarts what died."""

    lifecycle_machine_arn: str = field(kw_only=True)
    archiver_function: str = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class FollowUpDesk(Tables):
    """Who decides about reminders beside the machine: approvals, holds, tasks, smart queries."""

    lifecycle_machine_arn: str = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Nightly(Entities):
    """Who asks the smart queries by night."""

    lifecycle_machine_arn: str = field(kw_only=True)
