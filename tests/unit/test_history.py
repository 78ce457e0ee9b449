"""A company that comes from another program: its manifest opens the chain, its numbers go on. [AR-06, KX-22]"""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from relance.domain.errors import Conflict, Corrupted, Invalid
from relance.domain.history import (
    ID,
    MAX_DOCUMENTS,
    PER_EVENT,
    History,
    ImportedHistory,
    PastDocument,
    PastKind,
    continued,
    imported_facts,
    require_beginning,
    require_history,
)
from relance.domain.journal import Head, allocate
from tests.builders import TENANT, an_instant

TODAY = date(2026, 11, 22)
INVOICE = PastDocument(PastKind.INVOICE, "FA-00123", date(2026, 11, 2), 120_000)
GOOD = History("Ancien logiciel", (INVOICE,), {PastKind.INVOICE: 123})


def many(count: int) -> tuple[PastDocument, ...]:
    return tuple(replace(INVOICE, number=f"FA-{n:05d}") for n in range(count))


@pytest.mark.parametrize(
    ("history", "pointer"),
    [
        (replace(GOOD, source=" "), "/source"),
        (replace(GOOD, documents=()), "/documents"),
        (replace(GOOD, documents=many(MAX_DOCUMENTS + 1)), "/documents"),
        (replace(GOOD, documents=(replace(INVOICE, number="FA 1"),)), "/documents/0/number"),
        (replace(GOOD, documents=(INVOICE, INVOICE)), "/documents/1/number"),
        (replace(GOOD, documents=(replace(INVOICE, date=date(2026, 11, 23)),)), "/documents/0/date"),
        (replace(GOOD, documents=(replace(INVOICE, currency="EURO"),)), "/documents/0/currency"),
        (replace(GOOD, documents=(replace(INVOICE, sha256="A" * 64),)), "/documents/0/sha256"),
        (replace(GOOD, last_ranks={PastKind.QUOTE: 0}), "/last_ranks/quote"),
    ],
)
def test_each_fault_of_a_history_is_named_with_its_place(history: History, pointer: str) -> None:
    with pytest.raises(Invalid) as caught:
        require_history(history, TODAY)
    assert [fault.pointer for fault in caught.value.faults] == [pointer]


def test_a_good_history_passes_with_or_without_files_and_series() -> None:
    require_history(replace(GOOD, documents=(replace(INVOICE, sha256="a" * 64),), last_ranks={}), TODAY)


def test_a_history_comes_before_the_first_number() -> None:
    require_beginning(Head())
    with pytest.raises(Conflict) as caught:
        require_beginning(Head(counters={"quote:2026": 1}))
    assert caught.value.code == "history_too_late"


def test_numbers_go_on_from_the_last_one_of_before_without_a_hole_N_01() -> None:
    head = continued(Head(seq=4), GOOD, TODAY)
    assert head.seq == 4
    assert allocate(head, kind="invoice", number_format="F-{year}-{n:04d}", on=TODAY).number == "F-2026-0124"
    assert allocate(head, kind="quote", number_format="D-{year}-{n:04d}", on=TODAY).number == "D-2026-0001"
    with pytest.raises(Corrupted):
        allocate(head, kind="invoice", number_format="F-{year}-{n:04d}", on=date(2026, 11, 21))


def test_a_company_has_one_history() -> None:
    taken = ImportedHistory(TENANT, 1, "Ancien logiciel", an_instant(), 1, TODAY, TODAY, 1, 1)
    assert taken.id == replace(taken, rev=2, source="Un autre").id == ID


def test_a_long_manifest_is_told_in_parts_and_the_first_tells_the_series() -> None:
    facts = imported_facts(replace(GOOD, documents=many(PER_EVENT + 1)), "user:louise", TODAY)
    assert [(fact.data["part"], fact.data["parts"]) for fact in facts] == [(1, 2), (2, 2)]
    assert [fact.data["series"] for fact in facts] == [[{"series": "invoice:2026", "rank": 123}], []]
    assert sum(len(list_of(fact.data["documents"])) for fact in facts) == PER_EVENT + 1


def list_of(value: object) -> list[Any]:
    assert isinstance(value, list)
    return value
