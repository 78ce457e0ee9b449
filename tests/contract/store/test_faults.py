"""Every write of the journal fails in every way, the client asks again, and the law still holds. [N-02, N-07]

Numbers are 1..n without gap or double; one document per Idempotency-Key; the chain is whole. The same table runs on the
double and on the real adapter, whose connection loses requests or answers.
"""

from itertools import product
from uuid import uuid4

import pytest

from relance.app.context import Context
from relance.app.journaling import commit
from relance.domain.errors import IdempotencyMismatch, OutcomeUnknown, Retry
from relance.domain.invoice import Invoice
from tests.builders import a_caller, an_invoice
from tests.contract.store.conftest import Place
from tests.doubles.commits import a_commit, an_idem, assert_numbers_are_gapless, issue, issuing
from tests.doubles.outside import ManualClock, SeededEntropy
from tests.doubles.store import Crash, Fault

PAIRS = [(fault,) for fault in Fault] + list(product(Fault, Fault))


def context(place: Place) -> Context:
    """Chance is new in each test: a token that served within ten minutes is refused for another commit."""
    return Context(place.store, ManualClock(), SeededEntropy(uuid4().int))


def ask_until_answered(ctx: Context, place: Place, key: str) -> Invoice:
    """A client with a key: it asks again after any failure, and after a crash asks a process that knows nothing."""
    for _ in range(8):
        try:
            return issue(ctx, place.tenant, key)
        except (Retry, OutcomeUnknown, Crash):
            continue
    raise AssertionError("never answered")


@pytest.mark.parametrize("faults", PAIRS, ids=lambda faults: " + ".join(fault.name for fault in faults))
def test_after_any_two_faults_a_key_has_one_document_and_numbers_have_no_gap(
    place: Place, faults: tuple[Fault, ...]
) -> None:
    ctx = context(place)
    first = ask_until_answered(ctx, place, "first")
    place.fail_next(*faults)
    second = ask_until_answered(ctx, place, "second")
    third = ask_until_answered(ctx, place, "third")
    assert [invoice.number for invoice in (first, second, third)] == ["F-2026-0001", "F-2026-0002", "F-2026-0003"]
    assert_numbers_are_gapless(place.journal.read(place.tenant, 0, 100), 3)
    stored = place.store.page(place.tenant, Invoice).items
    assert {invoice.number for invoice in stored} == {"F-2026-0001", "F-2026-0002", "F-2026-0003"}
    assert ask_until_answered(ctx, place, "second") == second


@pytest.mark.parametrize("fault", Fault)
def test_without_a_key_a_lost_answer_alone_never_makes_two(place_with_tokens: Place, fault: Fault) -> None:
    """The token carries one loss; a client that has no key and meets a crash cannot know, and must look."""
    place = place_with_tokens
    place.fail_next(fault)
    ctx = context(place)
    try:
        issue(ctx, place.tenant)
    except (Retry, OutcomeUnknown, Crash):
        stored = fault is Fault.CRASH_AFTER
    else:
        stored = True
    assert_numbers_are_gapless(place.journal.read(place.tenant, 0, 100), int(stored))


def test_a_throttled_write_is_said_to_be_not_stored(place: Place) -> None:
    place.fail_next(Fault.THROTTLED)
    with pytest.raises(Retry) as refused:
        place.store.commit(a_commit(place.tenant, an_invoice(place.tenant)))
    assert refused.value.code == "throttled"
    assert place.store.page(place.tenant, Invoice).items == ()


def test_a_write_that_was_never_answered_is_said_to_be_unknown(place: Place) -> None:
    place.fail_next(Fault.NOT_STORED)
    with pytest.raises(OutcomeUnknown):
        place.store.commit(a_commit(place.tenant, an_invoice(place.tenant)))
    assert place.store.page(place.tenant, Invoice).items == ()


def test_a_key_that_served_for_another_request_is_refused(place: Place) -> None:
    ctx = context(place)
    issue(ctx, place.tenant, "key")
    with pytest.raises(IdempotencyMismatch):
        commit(ctx, a_caller(place.tenant), an_idem("key", body="other"), Invoice, issuing(ctx, a_caller(place.tenant)))
    assert_numbers_are_gapless(place.journal.read(place.tenant, 0, 100), 1)
