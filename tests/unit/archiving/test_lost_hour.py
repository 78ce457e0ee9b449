"""An hour of business is lost with its table and comes back from the archive: entity by entity what is as it was, what
is not, and that nothing of it can be issued or sent a second time. [K-01, N-02, S-07]
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.adapters.dynamo import codec
from relance.adapters.scenario_data import PackagedScenarios
from relance.app import quoting, tasks
from relance.app.archiving import Archive, drain
from relance.app.archiving.rebuilding import Plan, plan, rebuild
from relance.app.context import Context
from relance.app.ports.store import Commit, Entity, EntityMoved, HeadMoved
from relance.domain.closing import Closing
from relance.domain.copies import Duplicate
from relance.domain.errors import OutcomeUnknown, Retry, ToReview
from relance.domain.invoice import Invoice
from relance.domain.party import Company, Customer
from relance.domain.quote import Quote, QuoteStatus
from relance.domain.reminder.claim import Claim, ClaimState
from relance.domain.reminder.run import Run, release
from relance.domain.reminder.task import RESTORED, Task
from tests.builders import TENANT
from tests.doubles.api import law
from tests.doubles.archive import World
from tests.doubles.lost_hour import OWNER, STEPS, Firm
from tests.doubles.outside import SeededEntropy
from tests.doubles.racing import LettingIn
from tests.doubles.store import Crash, Fault, InMemoryStore

SHIPPED: Final = PackagedScenarios()
KINDS: Final[Mapping[str, Any]] = {one.__name__: one for one in (Closing, Company, Customer, Duplicate, Invoice, Quote)}
# What may differ after a rebuild from what was lost, and why. Anything else is a fault.
ALLOWED: Final = {
    "rev": "counted from the restored table",
    "updated_at": "events of one transaction are a millisecond apart; drafts and links are no facts",
    "created_at": "when a draft was begun is no fact",
    "to_review": "says what is missing",
    "Customer": "a file is in no archive: what its documents print of it comes back",
    "Company.bank": "not fiscal",
    "Invoice draft": "a draft is in no archive",
    "Invoice.draft.supply_date": "what is printed, not what was left to the day of issue",
    "Invoice.draft.due_date": "what is printed, not what was left to the customer's terms",
    "Invoice.draft.payment_terms": "what is printed, not what was left to the company's terms",
    "Invoice.draft.delivery_address": "what is printed, not what was left to the customer's file",
    "Invoice.draft.deducts": "all that it deducts, not only what its author named",
    "Invoice.draft.gross": "what a deposit was agreed to come to is in its totals",
    "Invoice.draft.discounts": "as printed",
    "Quote draft": "a draft is in no archive",
    "Quote gone": "an offer that nobody accepted is known by its hash: the plan says so",
    "Quote without offer": "its draft is there, as the next version of its number: the plan says so",
    "Quote.acceptance": "address, browser and salt are not in the journal",
    "Quote.refusal": "the reason is not in the journal",
    "Quote.content": "with choices, the contract stands for an offer that is gone",
    "Quote.draft": "what is printed, not what was left to the company's terms; unit costs are printed nowhere",
    "Quote.sent_at": "when an offer that is gone was sent",
    "Quote.extended_until": "of an offer that was gone when it was extended",
    "Quote.extensions": "of an offer that was gone when it was extended",
    "Quote.replaces": "which draft came before is no fact of an acceptance",
    "Quote.invoice_ids": "those of drafts",
    "Quote.need": "which need it answers is no fact",
}

choices = st.lists(st.tuples(st.integers(0, len(STEPS) - 1), st.integers(0, 7)), max_size=12)
# A life in which no step is refused, so that what is random is business and not a form that nobody fills in so.
EVERY_STEP: Final = (
    *((0, 1), (1, 0), (2, 1), (3, 0), (5, 0), (2, 2), (4, 1), (6, 0), (7, 0), (8, 0), (9, 0), (8, 1), (9, 0), (10, 0)),
    *((14, 0), (11, 0), (15, 0), (12, 0), (8, 2), (9, 0), (13, 0), (16, 0), (17, 0), (18, 0)),
)


def archive_of(lost: Firm, left: InMemoryStore) -> Archive:
    """What the archiver made of the lost journal, beside the journal that is left."""
    world = World(events={TENANT: list(lost.store.events(TENANT))}, pdfs=dict(lost.documents.stored))
    archiver = world.archive()
    drain(TENANT, archiver)
    return Archive(left, archiver.heads, archiver.store)


def a_lost_hour(before: list[tuple[int, int]], within: list[tuple[int, int]]) -> tuple[Firm, Firm]:
    """The firm as it was when its table was lost, and as the backup of an hour before has it."""
    firm = Firm().opens()
    firm.live([(0, 1), (1, 0), *before])
    backup = firm.store.copied()
    firm.live([(2, 3), *within])
    return firm, firm.restored(backup)


def whole(firm: Firm) -> dict[tuple[str, str], Any]:
    """Every entity that is compared, by class and id."""
    return {
        (item.kind, item.id): codec.decode(KINDS[item.kind], item.body)
        for item in firm.store.items()
        if item.kind in KINDS
    }


def differences(lost: Firm, found: Firm) -> Iterator[str]:
    """What differs, by name."""
    was, now = whole(lost), whole(found)
    for key, entity in was.items():
        name, other = key[0], now.get(key)
        if name in ("Invoice", "Quote") and entity.content is None:
            yield f"{name} draft"
        elif name == "Customer":
            yield from ["Customer"] if other != entity else []
        elif other is None:
            yield f"{name} gone"
        elif name == "Quote" and other.content is None:
            yield "Quote without offer"
        else:
            yield from _fields(name, entity, other)
    yield from (f"{name} new" for name, _ in now.keys() - was.keys() if name not in ("Customer", "Closing"))


def _fields(name: str, was: Any, now: Any) -> Iterator[str]:
    for field in fields(was):
        one, other = _coarse(getattr(was, field.name)), _coarse(getattr(now, field.name))
        if one == other:
            continue
        if field.name in ("rev", "updated_at", "created_at", "to_review"):
            yield field.name
        elif (name, field.name) == ("Invoice", "draft"):
            yield from _fields("Invoice.draft", was.draft, now.draft)
        else:
            yield f"{name}.{field.name}"


def _coarse(value: Any) -> Any:
    """Instants to the second: events of one transaction are a millisecond apart."""
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    if isinstance(value, tuple):
        return tuple(map(_coarse, value))
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _coarse(getattr(value, field.name)) for field in fields(value)}
    return value


def numbers(firm: Firm) -> set[str]:
    """Every number that an invoice or a credit note holds, each once."""
    found = [one.number for one in firm.all(Invoice) if one.number]
    assert len(found) == len(set(found)), "one number twice"
    return set(found)


def test_there_is_a_life_in_which_each_step_is_taken() -> None:
    """One that is always refused would be no business at all, and nobody would see it: `live` goes on."""
    firm = Firm().opens()
    for step, about in EVERY_STEP:
        firm.clock.advance(timedelta(minutes=3))
        STEPS[step](firm, about)
    assert {step for step, _ in EVERY_STEP} == set(range(len(STEPS)))
    written = {event.type for event in firm.store.events(TENANT)}
    assert written >= {"credit_note.issued", "invoice.issued", "payment.recorded", "settings.changed"}
    assert written >= {f"quote.{act}" for act in ("accepted", "cancelled", "extended", "refused", "sent")}


@settings(max_examples=settings().max_examples // 8, deadline=None)  # a hundred and more by night
@given(before=choices, within=choices)
def test_what_differs_from_what_was_lost_is_named(before: list[tuple[int, int]], within: list[tuple[int, int]]) -> None:
    """Random business on both sides of the backup; then every entity beside the one that was lost."""
    lost, found = a_lost_hour(before, within)
    archive = archive_of(lost, found.store)
    told = plan(found.ctx, TENANT, archive, SHIPPED)
    items = {(item.kind, item.id): item for item in found.store.items()}
    assert rebuild(found.ctx, TENANT, archive, SHIPPED) == told
    after = {(item.kind, item.id): item for item in found.store.items()}
    written = {key for key in after if after[key] != items.get(key)}
    of_its_end = {key for key in written if key[0] == "Closing" and key not in whole(lost)} | {("Rebuild", "rebuild")}
    assert written - of_its_end == set(told.writes), "a dry run says what is written"
    assert set(differences(lost, found)) - ALLOWED.keys() == set()
    assert numbers(found) == numbers(lost)
    _money_is_the_same(lost, found)
    _what_lacks_something_is_told_and_waits(found, told)
    assert not plan(found.ctx, TENANT, archive, SHIPPED).is_needed


def _money_is_the_same(lost: Firm, found: Firm) -> None:
    """What is owed on each document, what was paid and what was taken off it."""
    now = {one.id: one for one in found.all(Invoice)}
    for was in lost.all(Invoice):
        if was.content is not None:
            other = now[was.id]
            assert (other.balance, other.paid, other.credited, other.left) == (
                was.balance,
                was.paid,
                was.credited,
                was.left,
            )
            assert (other.is_void, other.pdf_sha256) == (was.is_void, was.pdf_sha256)


def _what_lacks_something_is_told_and_waits(found: Firm, told: Plan) -> None:
    """Nothing is sent from a marked quote until its task is done; the task says in French what is missing."""
    missing = {(one.kind, one.id): one.missing for one in told.documents if one.missing}
    marked: list[str] = [one.id for one in found.all(Quote) if one.to_review]
    marked += [one.id for one in found.all(Invoice) if one.to_review]
    assert set(marked) <= {id for _, id in missing}
    for quote in found.all(Quote):
        if quote.to_review and quote.status is QuoteStatus.DRAFT:
            with pytest.raises(ToReview):
                quoting.send(found.ctx, OWNER, quote.id, catalogue=law(), executions=found.till.server.executions)
            tasks.done(found.ctx, OWNER, f"{quote.id}#{RESTORED}")
            sent = quoting.send(found.ctx, OWNER, quote.id, catalogue=law(), executions=found.till.server.executions)
            assert (sent.number, sent.version) == (quote.number, quote.version), "the number that the customer holds"
    for _, id in missing:
        task = found.store.get(TENANT, Task, f"{id}#{RESTORED}")
        assert task is not None
        assert task.detail


@settings(max_examples=settings().max_examples // 16, deadline=None)
@given(before=choices, within=choices, mailed=st.booleans())
def test_no_mail_leaves_twice_whatever_the_lost_hour_sent(
    before: list[tuple[int, int]], within: list[tuple[int, int]], *, mailed: bool
) -> None:
    """Reminders are not in the archive: sixty days of them after a restore, none that left already. [S-07]"""
    firm = Firm().opens()
    firm.live([(0, 1), (1, 0), (8, 1), (9, 0), *before])
    firm.wakes_all()
    firm.clock.advance(timedelta(days=6))
    backup = firm.store.copied()
    if mailed:
        firm.wakes_all()
    firm.live([(2, 3), (9, 0), *within])
    firm.clock.advance(timedelta(hours=2))
    firm.wakes_all()
    found = firm.restored(backup)
    rebuild(found.ctx, TENANT, archive_of(firm, found.store), SHIPPED)
    _goes_on(found)
    for _ in range(8):
        found.clock.advance(timedelta(days=8))
        found.wakes_all()
    found.mailer.assert_at_most_once()


def _goes_on(found: Firm) -> None:
    """A person lets every run go on at once: the hardest case."""
    for run in found.all(Run):
        held = [one.id for one in run.holds if one.ended_at is None]
        if held:
            found.store.commit(_put(found, release(run, held[0], "resumed", found.clock.now())))


@cache
def a_rich_hour() -> tuple[Firm, Firm]:
    """Everything that matters, in one hour: a draft issued, paid, credited; a quote sent, one accepted and billed."""
    before = [(8, 1), (9, 0), (8, 2), (2, 1)]
    within = [(9, 0), (11, 0), (15, 0), (1, 0), (3, 0), (6, 0), (4, 1), (7, 0), (16, 4), (18, 0), (2, 5), (6, 1)]
    return a_lost_hour(before, within)


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
@pytest.mark.parametrize("write", range(6))
def test_a_crash_between_two_writes_leaves_nothing_that_the_next_call_does_not_mend(write: int, fault: Fault) -> None:
    lost, older = a_rich_hour()
    found = older.restored(older.store.copied())
    archive = archive_of(lost, found.store)
    found.store.fail_next(*[None] * write, fault)
    with suppress(Crash, OutcomeUnknown, Retry):
        rebuild(found.ctx, TENANT, archive, SHIPPED)
    found.store.forget_faults()
    rebuild(found.ctx, TENANT, archive, SHIPPED)
    assert set(differences(lost, found)) - ALLOWED.keys() == set()
    assert [event.type for event in found.store.events(TENANT)].count("journal.rebuilt") == 1


def test_a_writer_that_is_faster_stops_the_rebuild() -> None:
    """He moves a document before some call of the rebuild: nothing is written over him, and calling again is right."""
    lost, older = a_rich_hour()
    stopped = 0
    for n in range(4, 60, 8):
        found = older.restored(older.store.copied())
        archive = archive_of(lost, found.store)
        ctx = Context(LettingIn(found.store, n, partial(_moves_a_draft, found)), found.clock, SeededEntropy(7))
        try:
            rebuild(ctx, TENANT, archive, SHIPPED)
        except (EntityMoved, HeadMoved):
            stopped += 1
        rebuild(found.ctx, TENANT, archive, SHIPPED)
        assert set(differences(lost, found)) - ALLOWED.keys() == set()
    assert stopped, "he never came between reading and writing"


def _moves_a_draft(found: Firm) -> None:
    draft = found.one(Invoice, 0, lambda one: True)
    assert draft is not None
    found.store.commit(_put(found, replace(draft, rev=draft.rev + 1)))


def _put(found: Firm, entity: Entity) -> Commit:
    return Commit(TENANT, found.ctx.new_id("tok"), puts=(entity,))


def test_a_reminder_whose_hour_came_in_the_lost_time_is_in_doubt() -> None:
    """It is shown as such, and a person may have it sent again; alone it never leaves. [KB-25]"""
    lost, older = a_rich_hour()
    found = older.restored(older.store.copied())
    found.clock.advance(timedelta(days=40))
    told = rebuild(found.ctx, TENANT, archive_of(lost, found.store), SHIPPED)
    assert told.doubts
    for doubt in told.doubts:
        claim = found.store.get(TENANT, Claim, f"{doubt.document_id}#{doubt.step}")
        assert claim is not None
        assert claim.state is ClaimState.UNKNOWN
        assert "temps perdu" in claim.reason


def test_a_table_that_lost_no_event_still_puts_mails_in_doubt_when_it_is_said_to_be_restored() -> None:
    """The archive cannot know: whoever restored says so. [S-07]"""
    firm = Firm().opens()
    firm.live([(0, 1), (1, 0)])
    found = firm.restored(firm.store.copied())
    archive = archive_of(firm, found.store)
    assert not plan(found.ctx, TENANT, archive, SHIPPED).is_needed
    told = plan(found.ctx, TENANT, archive, SHIPPED, is_restored=True)
    assert (told.missing, told.is_needed) == (0, True)


@pytest.mark.parametrize("write", [0, 1, 2])
def test_what_was_said_when_it_began_holds_when_it_is_started_again(write: int) -> None:
    """The mark remembers that the table was restored: who starts it again need not say so a second time. [S-07]"""
    lost, older = a_rich_hour()
    found = older.restored(lost.store.copied())
    found.clock.advance(timedelta(days=40))
    archive = archive_of(lost, found.store)
    told = plan(found.ctx, TENANT, archive, SHIPPED, is_restored=True)
    assert told.missing == 0
    assert len(told.doubts) > 1
    found.store.fail_next(*[None] * write, Fault.CRASH_AFTER)
    with suppress(Crash):
        rebuild(found.ctx, TENANT, archive, SHIPPED, is_restored=True)
    found.store.forget_faults()
    rebuild(found.ctx, TENANT, archive, SHIPPED)
    for doubt in told.doubts:
        claim = found.store.get(TENANT, Claim, f"{doubt.document_id}#{doubt.step}")
        assert claim is not None
        assert claim.state is ClaimState.UNKNOWN
