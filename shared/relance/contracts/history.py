"""The history of a company before it came here, on the wire: what it is given as, and what is kept of it. [AR-06]"""

from datetime import date, datetime
from typing import Annotated

import msgspec

from relance.contracts.fields import Amount, RequiredText
from relance.contracts.parse import Body
from relance.domain.history import MAX_DOCUMENTS, MAX_RANK, History, ImportedHistory, PastDocument, PastKind
from relance.domain.money import parse_amount

Rank = Annotated[int, msgspec.Meta(ge=0, le=MAX_RANK)]


class PastDocumentBody(msgspec.Struct, frozen=True, kw_only=True):
    """One document of before: `gross` is TTC, `sha256` that of its file where there is one."""

    kind: PastKind
    number: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    date: date
    gross: Amount
    currency: str = "EUR"
    sha256: str = ""


class LastRanksBody(msgspec.Struct, frozen=True, kw_only=True):
    """The rank of the last number of each of this year's series: 123 after F-2026-0123. 0 where there is none."""

    quote: Rank = 0
    invoice: Rank = 0
    credit_note: Rank = 0


class HistoryBody(Body, frozen=True, kw_only=True):
    """Every document of before, and where this year's series go on from."""

    source: RequiredText
    documents: Annotated[tuple[PastDocumentBody, ...], msgspec.Meta(min_length=1, max_length=MAX_DOCUMENTS)]
    last_ranks: LastRanksBody = LastRanksBody()


class HistoryView(msgspec.Struct, frozen=True):
    """What was taken over: events `first_seq` to `last_seq` of the journal hold the whole manifest."""

    source: str
    imported_at: datetime
    documents: int
    first_date: date
    last_date: date
    first_seq: int
    last_seq: int


def to_history(body: HistoryBody) -> History:
    """As the domain has it; amounts in cents."""
    return History(
        source=body.source,
        documents=tuple(
            PastDocument(one.kind, one.number, one.date, parse_amount(one.gross), one.currency, one.sha256)
            for one in body.documents
        ),
        last_ranks={kind: rank for kind in PastKind if (rank := getattr(body.last_ranks, kind.value))},
    )


def history_view(taken: ImportedHistory) -> HistoryView:
    """As it is shown."""
    return HistoryView(
        source=taken.source,
        imported_at=taken.imported_at,
        documents=taken.documents,
        first_date=taken.first_date,
        last_date=taken.last_date,
        first_seq=taken.first_seq,
        last_seq=taken.last_seq,
    )
