"""The history of a company before it came here: a manifest of its documents, at the beginning of the chain. [AR-06]

What another program issued is not judged and not counted: its documents are listed by number, date, amount and, where
their author has the files, by SHA-256, so that nobody can add one later. The last number of each series is told too, so
that numbering goes on from it without a hole. Only a journal in which no document has a number yet can take a history.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from typing import Final

from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact, Ref
from relance.domain.currencies import CURRENCIES
from relance.domain.errors import Conflict, Fault, Invalid
from relance.domain.ids import TenantId
from relance.domain.journal import Head

IMPORTED: Final = "history.imported"
ID: Final = "history"
MAX_DOCUMENTS: Final = 5_000
PER_EVENT: Final = 500  # some 80 KB of a line, which holds at most 390
MAX_RANK: Final = 999_999
_NUMBER: Final = re.compile(r"[!-~]{1,40}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class PastKind(StrEnum):
    """What a document of before was; also the name of the series that goes on from it."""

    QUOTE = "quote"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True)
class PastDocument:
    """One line of the manifest; `gross` is TTC in cents of `currency`, `sha256` that of its file ("" without one)."""

    kind: PastKind
    number: str
    date: date
    gross: int
    currency: str = "EUR"
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """What is told of the time before. `last_ranks` are the ranks that the current year's series go on from."""

    source: str
    documents: tuple[PastDocument, ...]
    last_ranks: Mapping[PastKind, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportedHistory:
    """That a history was taken, and where in the chain: events `first_seq` to `last_seq`. One for each company."""

    tenant: TenantId
    rev: int
    source: str
    imported_at: datetime
    documents: int
    first_date: date
    last_date: date
    first_seq: int
    last_seq: int

    @property
    def id(self) -> str:
        """There is one."""
        return ID


def require_history(history: History, today: date) -> None:
    """Raise Invalid with every fault of a history given on `today`."""
    if faults := list(_faults(history, today)):
        raise Invalid("Cet historique ne peut pas être repris tel quel.", faults=faults)


def _faults(history: History, today: date) -> Iterator[Fault]:
    if not history.source.strip():
        yield Fault("/source", "Dites de quel logiciel vient cet historique.", "missing")
    if not 1 <= len(history.documents) <= MAX_DOCUMENTS:
        yield Fault("/documents", f"Donnez de 1 à {MAX_DOCUMENTS} documents.", "documents")
    seen: set[tuple[PastKind, str]] = set()
    for n, one in enumerate(history.documents):
        at = f"/documents/{n}"
        if not _NUMBER.fullmatch(one.number):
            yield Fault(
                f"{at}/number", "Un numéro compte de 1 à 40 lettres, chiffres et signes, sans espace.", "number"
            )
        if (one.kind, one.number) in seen:
            yield Fault(f"{at}/number", f"Le numéro {one.number} est donné deux fois.", "number_twice")
        seen.add((one.kind, one.number))
        if one.date > today:
            yield Fault(f"{at}/date", "Un document de l’historique ne porte pas une date à venir.", "date")
        if one.currency not in CURRENCIES:
            yield Fault(f"{at}/currency", "Donnez le code d’une monnaie sur trois lettres : EUR, CHF.", "currency")
        if one.sha256 and not _SHA256.fullmatch(one.sha256):
            yield Fault(f"{at}/sha256", "Donnez l’empreinte SHA-256 en 64 chiffres hexadécimaux, ou rien.", "sha256")
    for kind, rank in history.last_ranks.items():
        if not 1 <= rank <= MAX_RANK:
            yield Fault(f"/last_ranks/{kind.value}", f"Le dernier rang va de 1 à {MAX_RANK}.", "rank")


def require_beginning(head: Head) -> None:
    """Raise Conflict once a document has a number: a history comes before all of them."""
    if head.counters:
        raise Conflict(
            "Des documents ont déjà été numérotés ici : un historique se reprend avant le premier d’entre eux.",
            code="history_too_late",
        )


def continued(head: Head, history: History, on: date) -> Head:
    """The head from which numbering goes on: the next number of a series follows the last one that was told. [N-01]"""
    counters, dates = dict(head.counters), dict(head.last_dates)
    for kind, rank in history.last_ranks.items():
        series = f"{kind.value}:{on.year}"
        counters[series], dates[series] = rank, on.isoformat()
    return replace(head, counters=counters, last_dates=dates)


def imported_facts(history: History, actor: str, on: date) -> tuple[Fact, ...]:
    """The manifest as facts, so many documents in each, in the order of their dates; the first tells the series."""
    ordered = sorted(history.documents, key=lambda one: (one.date, one.kind.value, one.number))
    loads = list(_loads(ordered))
    series: list[Json] = [{"series": f"{kind.value}:{on.year}", "rank": r} for kind, r in history.last_ranks.items()]
    return tuple(
        Fact(
            IMPORTED,
            Ref("history", ID),
            actor,
            {
                "source": history.source.strip(),
                "part": n,
                "parts": len(loads),
                "series": series if n == 1 else [],
                "documents": [_line(one) for one in load],
            },
        )
        for n, load in enumerate(loads, 1)
    )


def _loads(documents: Sequence[PastDocument]) -> Iterator[list[PastDocument]]:
    rest = iter(documents)
    while load := list(islice(rest, PER_EVENT)):
        yield load


def _line(one: PastDocument) -> dict[str, Json]:
    return {
        "kind": one.kind.value,
        "number": one.number,
        "date": one.date.isoformat(),
        "gross": one.gross,
        "currency": one.currency,
        "sha256": one.sha256 or None,
    }
