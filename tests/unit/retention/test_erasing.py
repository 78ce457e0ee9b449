"""A prospect is forgotten everywhere, and a document that must be kept forbids it. [K-01, K-04, K-07, Q-10]"""

import re
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from relance.adapters.dynamo.keys import KINDS
from relance.adapters.retention_data import load_retention
from relance.app.archiving import Archiver, drain
from relance.app.context import Caller
from relance.app.erasing import DutyToKeep, ask, look, night, page, put_settings, settings_of
from relance.app.forgetting import erase, resume
from relance.app.noticing import noticed
from relance.app.ports.activity import ActivityKind
from relance.domain.calendar_fr import civil_date
from relance.domain.chain.event import parse
from relance.domain.erasure import DuePractice, ErasureState, Prospect
from relance.domain.errors import Forbidden, NotFound, OutcomeUnknown, Retry, StaleVersion
from relance.domain.party import Customer
from relance.domain.quote import Quote, QuoteStatus
from relance.domain.reminder.claim import Claim
from relance.domain.retention import Work
from relance.resources import verify_archive
from tests.builders import TENANT, a_customer
from tests.doubles.api import wanted
from tests.doubles.archive import World
from tests.doubles.exported import files_of
from tests.doubles.office import an_acceptance, an_issued_invoice
from tests.doubles.prospect import NEEDLES, NEGOTIATED, OWNER, Life
from tests.doubles.racing import LettingIn
from tests.doubles.store import Crash, Fault

RETENTION = load_retention()


def test_no_byte_of_his_name_address_mail_or_phone_is_left_anywhere() -> None:
    """Every class of the table that holds him, every document, every record of activity, the journal. [Q-10]"""
    life = Life().lives()
    before = life.found()
    held = set.union(*before.values())
    assert {"Customer", "Quote", "Invoice", "Run", "Claim", "Proposal", "Task", "Correspondence"} <= held
    assert {"activity question"} <= held
    assert sum(place.startswith("pdf ") for place in held) == 2
    assert sum(place.startswith("enclosed ") for place in held) == 1
    assert all(before[needle] for needle in NEEDLES)
    assert not any(place.startswith("journal") for place in held), "AR-05: a prospect is never in the chain"
    life.asks()
    assert life.worker.begun == [(TENANT, Work.ERASE, life.id)]
    done = life.is_erased()
    assert (done.state, done.quotes, done.documents, done.pdfs) == (ErasureState.DONE, 3, (), ())
    assert life.found() == {needle: set() for needle in NEEDLES}


def test_nothing_that_names_him_by_his_ids_is_left_but_the_word_that_he_was_erased() -> None:
    """Runs, claims, links, pixels, memberships, prices, needs: records without his name go as well."""
    life = Life().lives()
    kinds = {item.kind for item in life.office.store.items()}
    assert {"Link", "Pixel", "Membership", "CustomerPrice", "Need"} <= kinds
    life.asks()
    life.is_erased()
    ids = [life.id, *life.quotes]
    left = {
        item.kind for item in life.office.store.items() if any(id.encode() in item.body or id in item.id for id in ids)
    }
    assert left == {"Erasure"}
    assert not life.office.activity.kept
    assert not {"Link", "Pixel", "Need"} & {item.kind for item in life.office.store.items()}


def test_another_customer_keeps_everything() -> None:
    life = Life().lives()
    store, before = life.office.store, set(life.office.store.items())
    pdfs = set(life.office.documents.stored)
    other = life.office.quote()
    life.office.wake(other)
    kept = set(store.items()) - before
    assert {"Quote", "Run", "Claim", "Link"} <= {item.kind for item in kept}
    life.asks()
    life.is_erased()
    assert kept <= set(store.items())
    assert set(life.office.documents.stored) - pdfs == {other.pdf_sha256}


def test_conditions_agreed_with_him_go_and_those_of_the_company_stay() -> None:
    """[K-07] What was enclosed with his quotes alone may name him; what others were sent too is not about him."""
    life = Life().lives()
    documents = life.office.documents
    general, shared, passed_on = (b"%%PDF-1.7 %s %%%%EOF" % name for name in (b"CGV 2026", b"metier", b"ancien"))
    wanted(life.me.quotes.send("PUT", "/v1/company/general-terms", passed_on))
    life.sends()
    wanted(life.me.quotes.send("PUT", "/v1/company/general-terms", general))
    for terms in (general, shared):
        life.encloses(wanted(life.me.quotes.post("/v1/quotes", life.body()), 201)["id"], terms)
    of_another = wanted(life.me.quotes.post("/v1/quotes", life.body() | {"customer_id": a_customer().id}), 201)["id"]
    life.encloses(of_another, shared)
    elsewhere = documents.put(NEGOTIATED, owner="ten_other")
    life.asks()
    assert life.is_erased().enclosures == ()
    assert set(documents.owned.values()) == {general, shared, passed_on, NEGOTIATED}
    assert [owner for owner, digest in documents.owned if digest == elsewhere] == ["ten_other"]
    assert life.me.quotes.get("/v1/company/general-terms").body == general


def test_the_chain_says_that_somebody_was_erased_once_and_still_verifies() -> None:
    """The salted hashes stay; what they were of is gone with its salts (decision 0001)."""
    life = Life().lives()
    life.asks()
    life.is_erased()
    life.is_erased()
    events = [parse(event.line) for event in life.office.store.events(TENANT)]
    (fact,) = [event for event in events if event.type == "prospect.erased"]
    assert (fact.ref.kind, fact.ref.id, fact.ref.number) == ("customer", life.id, None)
    assert fact.data == {"reason": "request", "quotes": 3}
    assert "quote.sent" in {event.type for event in events}
    world = World(events={TENANT: list(life.office.store.events(TENANT))})
    made = world.archive()
    drain(TENANT, Archiver(made.journal, made.heads, made.store, made.documents, made.signer))
    report = verify_archive.verify(files_of(world, tenant=TENANT))
    assert report.ok, [fault.sentence() for fault in report.faults]


def test_his_link_answers_as_one_that_never_was() -> None:
    life = Life().lives()
    token = life.token(life.quotes[0])
    assert life.door.link(token).document_id == life.quotes[0]
    life.asks()
    life.is_erased()
    with pytest.raises(NotFound) as gone:
        life.door.link(token)
    with pytest.raises(NotFound) as never:
        life.door.link("A" * len(token))
    assert gone.value.message == never.value.message


def test_what_still_ran_is_stopped() -> None:
    life = Life().lives()
    assert life.office.executions.alive
    life.asks()
    life.is_erased()
    assert not life.office.executions.alive


def test_a_quote_that_was_accepted_forbids_it() -> None:
    """[K-01, K-04] A consumer's contract made online, from 120 €: ten years, and it says which."""
    life = Life().lives()
    accepts(life, life.quotes[1])
    with pytest.raises(DutyToKeep) as caught:
        life.asks()
    number = life.office.store.get(TENANT, Quote, life.quotes[1]).number  # type: ignore[union-attr]  # it is there
    assert f"Devis accepté {number} : à conserver au moins jusqu’au 31/12/2036 (K-04" in caught.value.message
    assert [fault.code for fault in caught.value.faults] == ["K-04"]
    assert not life.worker.begun
    assert life.office.store.get(TENANT, Customer, life.id) is not None
    told = look(life.office.ctx, OWNER, life.id, RETENTION, life.office.activity)
    assert (len(told.kept), told.due_on) == (1, None)


def accepts(life: Life, quote_id: str) -> None:
    quote = life.office.store.get(TENANT, Quote, quote_id)
    assert quote is not None
    acceptance = an_acceptance(life.office.clock.now(), quote)
    life.office.put(replace(quote, rev=quote.rev + 1, status=QuoteStatus.ACCEPTED, acceptance=acceptance))


def test_an_invoice_forbids_it_and_its_draft_does_not() -> None:
    life = Life().lives()
    draft = life.office.store.page(TENANT, type(an_issued_invoice())).items[0]
    issued = an_issued_invoice(life.office.clock.now())
    life.office.put(
        replace(draft, rev=draft.rev + 1, content=issued.content, number="F-2026-0001", status=issued.status)
    )
    with pytest.raises(DutyToKeep, match="Facture F-2026-0001 : à conserver au moins jusqu’au 31/12/2036"):
        life.asks()


@pytest.mark.parametrize("role", ["member", "system", ""])
def test_only_an_owner_may_ask_for_it(role: str) -> None:
    life = Life().lives()
    with pytest.raises(Forbidden):
        ask(life.office.ctx, Caller(TENANT, "user:paul", role), life.id, RETENTION, life.worker)


def test_who_is_unknown_is_not_erased() -> None:
    life = Life()
    life.id = "cus_unknown"
    with pytest.raises(NotFound):
        life.asks()
    with pytest.raises(NotFound):
        life.is_erased()
    with pytest.raises(NotFound):
        look(life.office.ctx, OWNER, life.id, RETENTION, life.office.activity)


def test_asked_again_it_is_the_same_erasure() -> None:
    life = Life().lives()
    first = life.asks()
    assert life.asks() == first
    done = life.is_erased()
    assert life.asks() == done
    assert len(life.worker.begun) == 2
    assert page(life.office.ctx, OWNER).items == (done,)
    assert look(life.office.ctx, OWNER, life.id, RETENTION, life.office.activity).erasure == done


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.NOT_STORED, Fault.STORED])
@pytest.mark.parametrize("after", range(9))
def test_a_crash_anywhere_is_gone_on_from(lived: Life, fault: Fault, after: int) -> None:
    """Whichever write dies, the daily call ends it: no byte is left, and the fact is chained once."""
    life = lived.copied()
    life.asks()
    store = life.office.store
    store.fail_next(*[None] * after, fault)
    with suppress(Crash, OutcomeUnknown, Retry):
        life.is_erased()
    store.forget_faults()
    resume(life.eraser, TENANT, store)
    assert life.is_erased().state is ErasureState.DONE
    assert life.found() == {needle: set() for needle in NEEDLES}
    assert [event.type for event in store.events(TENANT)].count("prospect.erased") == 1


@pytest.fixture(scope="module")
def lived() -> Life:
    """Only read: each case works on a copy."""
    return Life().lives()


def test_an_execution_service_that_is_silent_is_asked_again(lived: Life) -> None:
    life = lived.copied()
    life.asks()
    life.office.executions.failures = 1
    with pytest.raises(Retry):
        life.is_erased()
    assert life.is_erased().state is ErasureState.DONE


def test_an_acceptance_that_comes_while_it_is_under_way_stops_it(lived: Life) -> None:
    """The contract and the customer stay; what had gone is gone, with its traces."""
    life = lived.copied()
    life.asks()
    accepts(life, life.quotes[1])
    stopped = life.is_erased()
    assert (stopped.state, stopped.documents) == (ErasureState.STOPPED, ())
    assert "Devis accepté" in stopped.why
    assert life.office.store.get(TENANT, Customer, life.id) is not None
    assert life.office.store.get(TENANT, Quote, life.quotes[1]) is not None
    assert not [event for event in life.office.store.events(TENANT) if event.type == "prospect.erased"]
    with pytest.raises(DutyToKeep):
        life.asks()


@pytest.mark.parametrize("n", range(1, 40, 3))
def test_a_quote_that_moves_at_any_moment_is_looked_at_again(lived: Life, n: int) -> None:
    """Somebody looks at a quote between any two of our calls, or a draft is begun: all of it goes."""
    life = lived.copied()
    life.asks()
    store, eraser = life.office.store, life.eraser

    def somebody() -> None:
        quote = store.get(TENANT, Quote, life.quotes[1])
        if quote is not None:
            life.office.put(replace(quote, rev=quote.rev + 1, first_viewed_at=life.office.clock.now()))
        life.me.quotes.post("/v1/quotes", life.body())

    racing = replace(eraser, ctx=replace(eraser.ctx, store=LettingIn(store, n, somebody)))
    assert erase(racing, TENANT, life.id).state is ErasureState.DONE
    assert life.found() == {needle: set() for needle in NEEDLES}


def test_many_quotes_go_some_at_a_time() -> None:
    life = Life().lives()
    for _ in range(30):
        life.me.quotes.post("/v1/quotes", life.body())
    life.asks()
    assert life.is_erased().quotes == 33
    assert life.found() == {needle: set() for needle in NEEDLES}


# --- The night


def a_quiet_life() -> Life:
    """The office's own customer with one quote that was sent and never answered; a journal without a day to close."""
    life = Life(id=a_customer().id)
    life.quotes = [life.office.quote().id]
    return life


def known(life: Life) -> Prospect:
    return look(life.office.ctx, OWNER, life.id, RETENTION, life.office.activity)


def the_night(life: Life) -> list[tuple[str, str]]:
    found = night(life.office.ctx, TENANT, RETENTION, life.office.activity)
    return [(one.id, one.state.value) for one in found]


def goes_by(life: Life) -> None:
    """The day after the last one on which he may be kept."""
    due = known(life).due_on
    assert due is not None
    life.office.clock.advance(due - civil_date(life.office.clock.now()) + timedelta(days=1))


def test_a_prospect_is_proposed_three_years_after_his_last_contact() -> None:
    """[K-07] Not on the last day, and on the next; said once, and a person decides."""
    life = a_quiet_life()
    told = known(life)
    assert (told.last_contact_on, told.due_on) == (date(2026, 11, 16), date(2029, 11, 16))
    life.office.clock.advance(date(2029, 11, 16) - date(2026, 11, 16))
    assert the_night(life) == []
    life.office.clock.advance(timedelta(days=1))
    assert the_night(life) == [(life.id, "proposed")]
    assert the_night(life) == []
    proposed = known(life).erasure
    assert proposed is not None
    assert (proposed.reason.value, proposed.due_on, proposed.is_open) == ("retention", date(2029, 11, 16), False)
    life.asks()
    assert life.is_erased().reason.value == "retention"


def test_a_company_may_have_it_carried_out() -> None:
    """[K-07] By its own choice, and what was proposed before is taken on."""
    life = a_quiet_life()
    goes_by(life)
    assert the_night(life) == [(life.id, "proposed")]
    with pytest.raises(Forbidden):
        put_settings(life.office.ctx, Caller(TENANT, "p", "member"), DuePractice.CARRY_OUT, expected_rev=0)
    put_settings(life.office.ctx, OWNER, DuePractice.CARRY_OUT, expected_rev=0)
    with pytest.raises(StaleVersion):
        put_settings(life.office.ctx, OWNER, DuePractice.PROPOSE, expected_rev=0)
    assert settings_of(life.office.ctx, TENANT).prospects is DuePractice.CARRY_OUT
    assert the_night(life) == [(life.id, "asked")]
    assert resume(life.eraser, TENANT, life.office.store) == 1
    assert life.office.store.get(TENANT, Customer, life.id) is None
    facts = [parse(event.line) for event in life.office.store.events(TENANT) if event.type == "prospect.erased"]
    assert [fact.data for fact in facts] == [{"reason": "retention", "quotes": 1}]


def test_a_look_at_a_page_is_a_contact_and_a_mail_that_he_was_sent_is_none() -> None:
    life = a_quiet_life()
    life.office.clock.advance(timedelta(days=40))
    told = {"tenant": TENANT, "document_kind": "quote", "document_id": life.quotes[0]}
    life.office.activity.record(noticed(ActivityKind.SENT, life.office.clock.now(), **told))  # type: ignore[arg-type]  # they are strings
    assert known(life).last_contact_on == date(2026, 11, 16)
    life.office.activity.record(noticed(ActivityKind.VIEWED, life.office.clock.now(), **told))  # type: ignore[arg-type]  # likewise
    assert known(life).last_contact_on == date(2026, 12, 26)


def test_a_sign_of_life_takes_the_proposal_back() -> None:
    life = a_quiet_life()
    goes_by(life)
    assert the_night(life) == [(life.id, "proposed")]
    quote = life.office.store.get(TENANT, Quote, life.quotes[0])
    assert quote is not None
    life.office.change(quote, first_viewed_at=life.office.clock.now())
    assert the_night(life) == []
    assert known(life).erasure is None


def test_who_bought_is_never_proposed() -> None:
    life = a_quiet_life()
    goes_by(life)
    accepts(life, life.quotes[0])
    assert the_night(life) == []


def test_claims_of_before_have_no_pixel_and_are_erased_all_the_same(lived: Life) -> None:
    life = lived.copied()
    claims = life.office.store.starting_with(TENANT, Claim, f"{life.quotes[0]}#").items
    life.office.put(*[replace(claim, rev=claim.rev + 1, pixel="") for claim in claims])
    life.asks()
    life.is_erased()
    assert life.found() == {needle: set() for needle in NEEDLES}


def test_every_class_of_the_table_is_decided_on() -> None:
    """[Q-10] Decision 0025 says of each what becomes of it; a class that is added must be put there."""
    decision = Path(__file__).parents[3] / "docs" / "decisions" / "0025-what-goes-and-what-stays.md"
    told = set(re.findall(r"`([a-z_]+)…?`", decision.read_text(encoding="utf-8")))
    prefixes = {kind.prefix for kind in KINDS.values()}
    assert {prefix for prefix in prefixes if prefix not in told} <= {"mail_text_version"}
