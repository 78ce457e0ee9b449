"""The guards of a decision, one by one: each with what lifts it. [DR-02 … DR-09]"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import pytest

from relance.domain.calendar_fr import at_paris, civil_date, holiday_area
from relance.domain.follow_up import FollowUp
from relance.domain.money import Cents
from relance.domain.party import CustomerKind
from relance.domain.reminder import hours
from relance.domain.reminder.agenda import plan
from relance.domain.reminder.claim import Claim, ClaimState, Fate
from relance.domain.reminder.correspondence import Correspondence, bounced, complained, first_letter, unsubscribed
from relance.domain.reminder.decide import Act, Around, Done, Next, Propose, Send, Stop, Wait, decide
from relance.domain.reminder.facts import Beside, Facts, facts_of
from relance.domain.reminder.grouping import Case, together
from relance.domain.reminder.hold import Hold, HoldKind
from relance.domain.reminder.hours import Closure, Hours
from relance.domain.reminder.policy import Defaults, Policy, Source, policy_of, scenario_for
from relance.domain.reminder.proposal import Proposal, ProposalState
from relance.domain.reminder.scenario import (
    DELIVERY,
    Action,
    Anchor,
    Approval,
    Condition,
    DocumentKind,
    Guards,
    Scenario,
    Step,
    again,
    is_own,
    is_to_seller,
    no_reminders,
    origin,
)
from tests.builders import TENANT, a_customer
from tests.doubles.office import a_claim, a_payment, a_sent_quote, an_issued_invoice
from tests.doubles.outside import START

ADDRESS: Final = a_customer().email
REMIND: Final = Step("remind", Anchor.DUE, 0, time(9), Condition.UNPAID, "invoice_overdue", level=1)
LATE: Final = START + timedelta(days=14)  # a Monday at ten in Paris
INVOICE: Final = an_issued_invoice(START, 0, "a" * 64)


def own(*steps: Step, kind: DocumentKind = DocumentKind.INVOICE, **more: Any) -> Scenario:
    return Scenario(TENANT, "own", 1, 1, kind, "Le nôtre", steps, START, **more)


def facts(*holds: Hold, now: datetime = LATE, **changes: Any) -> Facts:
    return facts_of(replace(INVOICE, **changes), now, Beside(holds=holds))


def delivered(*more: Claim) -> dict[str, Claim]:
    return {claim.step: claim for claim in (a_claim(DELIVERY, START), *more)}


def ask(
    *steps: Step, found: Facts | None = None, claims: Any = None, now: datetime = LATE, around: Any = None, **more: Any
) -> Next:
    return decide(found or facts(now=now), own(*steps, **more), claims or delivered(), now, around or Around())


def around(policy: Policy | None = None, letters: Correspondence | None = None, *proposals: Proposal) -> Around:
    return Around(policy or Policy(recipient=ADDRESS), letters, {one.step: one for one in proposals})


def a_proposal(step: str, state: ProposalState, **changes: Any) -> Proposal:
    made = Proposal(
        tenant=TENANT,
        id=f"inv#{step}",
        rev=1,
        document_kind=DocumentKind.INVOICE,
        document_id="inv",
        customer_id="cus",
        step=step,
        template="invoice_overdue",
        level=1,
        approval=Approval.MANUAL,
        state=state,
        at=LATE,
        expires_at=LATE + timedelta(days=14),
    )
    return replace(made, **changes)


# --- what is asked for -----------------------------------------------------------------------------------------------


def test_less_than_the_tolerance_is_not_asked_for_DR_03() -> None:
    left = (a_payment(INVOICE.due - 99, START),)
    assert isinstance(ask(REMIND, found=facts(payments=left)), Done)
    assert isinstance(ask(REMIND, found=facts(payments=left), guards=Guards(tolerance=99)), Send)


def test_a_step_may_be_for_large_amounts_alone() -> None:
    large = replace(REMIND, min_amount=INVOICE.balance + 1)
    answer = ask(large)
    assert isinstance(answer, Done)
    assert [(s.step, s.reason) for s in answer.skipped] == [("remind", "amount")]
    assert isinstance(ask(replace(large, min_amount=INVOICE.balance)), Send)


def test_a_document_is_reminded_of_so_often_and_no_more_DR_08() -> None:
    before = a_claim("first", LATE - timedelta(days=10))
    first = replace(REMIND, id="first", offset_days=-1)
    answer = ask(first, REMIND, claims=delivered(before), guards=Guards(max_mails=1))
    assert isinstance(answer, Done)
    assert [(s.step, s.reason) for s in answer.skipped] == [("remind", "cap")]
    refused = replace(before, state=ClaimState.REFUSED)
    assert isinstance(ask(first, REMIND, claims=delivered(refused), guards=Guards(max_mails=1)), Send)


def test_a_level_that_is_not_for_this_customer_is_left_out_DR_04() -> None:
    assert isinstance(ask(REMIND, around=around(Policy(max_level=0))), Done)
    assert isinstance(ask(REMIND, around=around(Policy(min_level=2))), Done)
    assert isinstance(ask(REMIND, around=around(Policy(min_level=1, max_level=1))), Send)


def test_a_quote_has_no_tolerance_and_ends_with_its_last_day() -> None:
    quote = a_sent_quote(START, 30, "a" * 64)
    step = replace(REMIND, anchor=Anchor.SENT, offset_days=7, condition=Condition.UNANSWERED)
    scenario = own(step, kind=DocumentKind.QUOTE)
    found = replace(facts_of(quote, LATE), at_stake=Cents(1))
    assert isinstance(decide(found, scenario, delivered(), LATE), Send)


@pytest.mark.parametrize(("viewed", "expected"), [(None, Done), (START, Send)])
def test_a_step_may_be_for_those_who_looked(viewed: datetime | None, expected: type) -> None:
    quote = a_sent_quote(START, 30, "a" * 64, first_viewed_at=viewed)
    step = replace(REMIND, anchor=Anchor.FIRST_VIEW, offset_days=3, condition=Condition.VIEWED)
    scenario = own(step, kind=DocumentKind.QUOTE)
    assert isinstance(decide(facts_of(quote, LATE), scenario, delivered(), LATE), expected)


def test_a_scenario_may_stop_at_a_view() -> None:
    quote = a_sent_quote(START, 30, "a" * 64, first_viewed_at=START)
    step = replace(REMIND, anchor=Anchor.SENT, condition=Condition.UNANSWERED)
    scenario = own(step, kind=DocumentKind.QUOTE, stop_on=frozenset({"viewed"}))
    assert decide(facts_of(quote, LATE), scenario, delivered(), LATE) == Stop("viewed")


# --- when ------------------------------------------------------------------------------------------------------------


def test_days_more_are_given_before_each_reminder_of_a_debt_DR_04() -> None:
    found, extra = facts(), Policy(extra_days=5)
    (row,) = plan(found, own(replace(REMIND, offset_days=1)), policy=extra)
    (plain,) = plan(found, own(replace(REMIND, offset_days=6)))
    assert row.at == plain.at


def test_a_step_counts_from_the_day_on_which_the_one_before_was_carried_out() -> None:
    then = replace(REMIND, id="then", anchor=Anchor.PREVIOUS, offset_days=5)
    found, scenario = facts(), own(REMIND, then)
    meant = plan(found, scenario)[1].at
    done = plan(found, scenario, delivered(a_claim("remind", START + timedelta(days=3))))[1].at
    assert (meant.date(), done.date()) == (date(2026, 11, 23), date(2026, 11, 24)), "the 21st is a Saturday"
    alone = own(replace(REMIND, anchor=Anchor.FIRST_VIEW), then)
    assert plan(found, alone) == [], "nothing is counted from what has not happened"


def test_a_holiday_of_the_customers_own_area_moves_a_reminder_DR_06() -> None:
    at = at_paris(date(2026, 12, 26), time(10))
    area = holiday_area("67000")
    assert not Hours(area).is_open(date(2026, 12, 26))
    assert Hours(area).next_open(at) == at_paris(date(2026, 12, 28), hours.OPENS)


def test_nobody_is_written_to_while_the_seller_is_away_DR_02() -> None:
    away = Policy(hours=Hours("", (Closure(LATE.date(), LATE.date() + timedelta(days=3)),)), recipient=ADDRESS)
    answer = ask(REMIND, around=around(away), now=LATE)
    assert isinstance(answer, Wait)
    assert answer.until.date() == LATE.date() + timedelta(days=4)


def test_a_formal_letter_does_not_leave_on_a_friday_afternoon_DR_07() -> None:
    friday = at_paris(date(2026, 11, 27), time(12))
    assert hours.ANY.next_open(friday) == friday
    assert hours.ANY.next_open(friday, formal=True) == at_paris(date(2026, 11, 30), hours.OPENS)
    assert hours.ANY.next_open(friday - timedelta(minutes=1), formal=True) == friday - timedelta(minutes=1)
    assert hours.next_open(friday) == friday
    assert hours.planned(date(2026, 11, 28), time(9)) == at_paris(date(2026, 11, 30), time(9))


def test_three_days_pass_between_two_reminders_to_one_customer_whatever_they_are_about_DR_08() -> None:
    box = replace(first_letter(TENANT, a_customer().id), last_reminder_at=LATE - timedelta(days=1))
    answer = ask(REMIND, around=around(None, box))
    assert isinstance(answer, Wait)
    assert (answer.why, answer.until.date()) == ("gap", LATE.date() + timedelta(days=2))
    at_once = a_proposal("direct_1", ProposalState.APPROVED, at_once=True)
    assert isinstance(ask(REMIND, around=around(None, box, at_once)), Send), "a person may say otherwise"


# --- pauses and ends -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [HoldKind.DISPUTE, HoldKind.MANUAL, HoldKind.INCOMPLETE])
def test_a_hold_pauses_and_its_end_resumes_DR_02(kind: HoldKind) -> None:
    hold = Hold("h", kind, START, "user:louise")
    answer = ask(REMIND, found=facts(hold))
    assert isinstance(answer, Wait)
    assert answer.why == kind.value
    assert isinstance(ask(REMIND, found=facts(replace(hold, ended_at=LATE))), Send)


@pytest.mark.parametrize("kind", [HoldKind.REPLY, HoldKind.INSOLVENCY])
def test_a_reply_and_proceedings_end_it_DR_01(kind: HoldKind) -> None:
    hold = Hold("h", kind, START, "user:louise")
    assert ask(REMIND, found=facts(hold)) == Stop(kind.value)
    assert ask(REMIND, found=facts(hold), stop_on=frozenset()) == (
        Stop("insolvency") if kind is HoldKind.INSOLVENCY else ask(REMIND)
    )


def test_a_promise_holds_two_working_days_more_and_a_broken_one_hastens_the_next_step_DR_02() -> None:
    far = replace(REMIND, offset_days=60)
    promised = Hold("h", HoldKind.PROMISE, START, "user:louise", until=date(2026, 11, 20))
    held = ask(far, found=facts(promised, now=at_paris(date(2026, 11, 24), time(10))))
    assert isinstance(held, Wait)
    assert held.why == "promise"
    broken = at_paris(date(2026, 11, 25), time(10))
    assert isinstance(ask(far, found=facts(promised, now=broken), now=broken), Send)
    early = at_paris(date(2026, 11, 25), time(8, 45))
    waits = ask(far, found=facts(promised, now=early), now=early)
    assert isinstance(waits, Wait)
    assert waits.until == at_paris(date(2026, 11, 25), time(9)), "at its own hour"
    reminded = delivered(a_claim("other", broken))
    later = broken + timedelta(days=7)
    assert isinstance(ask(far, found=facts(promised, now=later), claims=reminded, now=later), Wait), "once is enough"


def test_an_excluded_customer_and_one_on_hold_are_left_alone() -> None:
    assert _why(ask(REMIND, around=around(Policy(is_excluded=True)))) == "excluded"
    held = replace(first_letter(TENANT, a_customer().id), on_hold=True)
    assert _why(ask(REMIND, around=around(None, held))) == "on_hold"


def _why(answer: Next) -> str:
    assert isinstance(answer, Wait), answer
    return answer.why


def test_an_address_that_bounced_pauses_until_there_is_another_and_a_complaint_ends_it_S_04() -> None:
    box = first_letter(TENANT, a_customer().id)
    assert _why(ask(REMIND, around=around(None, bounced(box, ADDRESS, LATE, is_soft=False)))) == "bounced"
    other = Policy(recipient="compta@client.example")
    assert isinstance(ask(REMIND, around=around(other, bounced(box, ADDRESS, LATE, is_soft=False))), Send)
    assert ask(REMIND, around=around(None, complained(box, ADDRESS, LATE))) == Stop("complained")
    fate = delivered(replace(a_claim("first", START), fate=Fate.BOUNCED))
    assert _why(ask(REMIND, claims=fate, around=around())) == "bounced"


def test_who_unsubscribed_gets_no_reminder_of_quotes_and_those_of_invoices_all_the_same_S_05() -> None:
    box = unsubscribed(first_letter(TENANT, a_customer().id), START)
    assert isinstance(ask(REMIND, around=around(None, box)), Send)
    quote = a_sent_quote(START, 30, "a" * 64)
    step = replace(REMIND, anchor=Anchor.SENT, condition=Condition.UNANSWERED)
    told = decide(facts_of(quote, LATE), own(step, kind=DocumentKind.QUOTE), delivered(), LATE, around(None, box))
    assert told == Stop("unsubscribed")


# --- approvals -------------------------------------------------------------------------------------------------------

ASKED: Final = replace(REMIND, approval=Approval.MANUAL)


def test_a_reminder_that_waits_for_a_word_does_so_until_it_expires_or_the_next_one_is_due_DR_09() -> None:
    asked = ask(ASKED)
    assert isinstance(asked, Propose)
    assert asked.expires_at == LATE + timedelta(days=14)
    pending = a_proposal("remind", ProposalState.PENDING)
    assert _why(ask(ASKED, around=around(None, None, pending))) == "approval"
    soon = replace(REMIND, id="soon", offset_days=20)
    waits = ask(ASKED, soon, around=around(None, None, pending))
    assert isinstance(waits, Wait)
    assert waits.until < pending.expires_at
    late = pending.expires_at
    over = ask(ASKED, found=facts(now=late), now=late, around=around(None, None, pending))
    assert isinstance(over, Done)
    assert [(s.step, s.reason) for s in over.skipped] == [("remind", "declined")]


def test_a_customers_own_way_replaces_that_of_the_steps_but_for_a_formal_notice() -> None:
    delegated = Policy(approval=Approval.AUTO)
    assert isinstance(ask(ASKED, around=around(delegated)), Send)
    formal = replace(ASKED, level=4, action=Action.LETTER)
    assert isinstance(ask(formal, around=around(delegated)), Propose)
    approved = a_proposal("remind", ProposalState.APPROVED)
    assert isinstance(ask(formal, around=around(delegated, None, approved)), Act)


def test_a_mail_that_may_be_lost_is_sent_again_by_a_person_even_of_an_accepted_quote_and_a_reminder_is_not() -> None:
    step = again(DELIVERY, 2)
    assert (step, origin(step), is_own(step), is_to_seller(step)) == ("again_2_delivery", DELIVERY, True, False)
    paid = facts(payments=(a_payment(INVOICE.due, START),))
    wanted = a_proposal(step, ProposalState.APPROVED)
    answer = ask(REMIND, found=paid, around=around(None, None, wanted))
    assert isinstance(answer, Send)
    assert answer.step == step
    reminder = a_proposal(again("remind", 1), ProposalState.APPROVED)
    assert ask(REMIND, found=paid, around=around(None, None, reminder)) == Stop("paid")
    assert is_to_seller(again("accepted_news", 1))


def test_what_cannot_be_written_waits_and_the_rest_is_told() -> None:
    hold = Hold("h", HoldKind.INCOMPLETE, START, "lifecycle", step=DELIVERY)
    answer = decide(facts(hold), own(REMIND), {}, LATE)
    assert isinstance(answer, Wait)
    assert answer.why == "incomplete"


# --- chores ----------------------------------------------------------------------------------------------------------


def test_a_task_after_an_offer_ran_out_is_still_done_and_nothing_else_is() -> None:
    quote = a_sent_quote(START, 10, "a" * 64)
    call = Step("call", Anchor.EXPIRY, 1, time(9), Condition.UNANSWERED, "", action=Action.TASK, title="Prolonger ?")
    early = replace(call, id="early", anchor=Anchor.SENT, offset_days=2)
    scenario = own(early, call, kind=DocumentKind.QUOTE)
    over = START + timedelta(days=14)
    answer = decide(facts_of(quote, over), scenario, delivered(), over)
    assert isinstance(answer, Act)
    assert answer.step == call
    assert [(s.step, s.reason) for s in answer.skipped] == [("early", "condition")]
    last_day = START + timedelta(days=10, hours=1)
    waits = decide(facts_of(quote, last_day), own(call, kind=DocumentKind.QUOTE), delivered(), last_day)
    assert isinstance(waits, Wait)


def test_between_the_end_of_an_offer_and_the_task_about_it_the_run_sleeps() -> None:
    quote = a_sent_quote(START, 10, "a" * 64)
    call = Step("call", Anchor.EXPIRY, 1, time(9), Condition.UNANSWERED, "", action=Action.TASK, title="Prolonger ?")
    chore = at_paris(civil_date(START) + timedelta(days=11), time(9))
    night = chore - timedelta(hours=8)
    facts = facts_of(quote, night)
    assert facts.closed == "expired"
    assert decide(facts, own(call, kind=DocumentKind.QUOTE), delivered(), night) == Wait(chore)


# --- one mail for several --------------------------------------------------------------------------------------------


def a_case(id: str, *steps: Step, days_late: int = 14, claims: Any = None, **guards: Any) -> Case:
    invoice = an_issued_invoice(LATE - timedelta(days=days_late), 0, "a" * 64, id=id)
    return Case(id, facts_of(invoice, LATE), own(*steps, guards=Guards(**guards)), claims or delivered(), around())


def test_a_mail_asks_for_all_that_is_overdue_in_the_firmest_tone_DR_05() -> None:
    firm = replace(REMIND, id="firm", level=2, template="invoice_firm")
    lead, old = a_case("inv_1", REMIND), a_case("inv_2", firm, days_late=20)
    waiting = a_case("inv_3", replace(REMIND, offset_days=60), days_late=3)
    told = together(lead, Send("remind", "invoice_overdue", level=1), [old, waiting], LATE)
    assert (told.template, told.level) == ("invoice_firm", 2)
    assert [(j.document_id, j.step) for j in told.joined] == [("inv_2", "firm")]
    assert told.owed == ("inv_2", "inv_1", "inv_3")


@pytest.mark.parametrize(
    "other",
    [
        a_case("inv_2", REMIND, is_grouped=False),
        a_case("inv_2", REMIND, tolerance=10**9),
        replace(a_case("inv_2", REMIND), facts=replace(facts(), closed="paid")),
        replace(a_case("inv_2", REMIND), facts=replace(facts(), paused="207")),
        replace(a_case("inv_2", REMIND), facts=facts(Hold("h", HoldKind.DISPUTE, START, "l"))),
        replace(a_case("inv_2", REMIND), around=around(Policy(is_excluded=True))),
        replace(a_case("inv_2", REMIND), facts=facts_of(a_sent_quote(START, 30, "a" * 64), LATE)),
    ],
)
def test_what_may_not_be_asked_for_is_in_no_mail(other: Case) -> None:
    told = together(a_case("inv_1", REMIND), Send("remind", "invoice_overdue", level=1), [other], LATE)
    assert (told.joined, told.owed) == ((), ())


@pytest.mark.parametrize(
    "send",
    [
        Send(DELIVERY, "invoice_delivery"),
        Send("remind", "invoice_notice", level=4),
        Send(
            "remind", "invoice_overdue", level=1, proposal=a_proposal("remind", ProposalState.APPROVED, body="Allô ?")
        ),
        Send("direct1", "invoice_overdue", level=1, proposal=a_proposal("direct1", ProposalState.APPROVED)),
    ],
)
def test_a_delivery_a_formal_notice_and_a_person_s_own_words_speak_of_one_invoice_alone(send: Send) -> None:
    told = together(a_case("inv_1", REMIND), send, [a_case("inv_2", REMIND)], LATE)
    assert (told.template, told.owed) == (send.template, ())


@pytest.mark.parametrize(("words", "joined"), [("", ["inv_2"]), ("Allô ?", [])])
def test_what_was_approved_as_it_was_written_goes_with_the_others_DR_05(words: str, joined: list[str]) -> None:
    """As what leaves by itself; what somebody wrote of another invoice waits for its own mail."""
    asked = replace(REMIND, approval=Approval.MANUAL)
    approved = a_proposal("remind", ProposalState.APPROVED)
    other = a_case("inv_2", asked)
    other = replace(other, around=replace(other.around, proposals={"remind": replace(approved, body=words)}))
    told = together(
        a_case("inv_1", asked), Send("remind", "invoice_overdue", level=1, proposal=approved), [other], LATE
    )
    assert [j.document_id for j in told.joined] == joined
    assert told.owed == ("inv_1", "inv_2")


def test_a_formal_step_of_another_invoice_is_listed_and_not_carried_out() -> None:
    formal = a_case("inv_2", replace(REMIND, id="formal", level=4, approval=Approval.MANUAL))
    told = together(a_case("inv_1", REMIND), Send("remind", "invoice_overdue", level=1), [formal], LATE)
    assert (told.joined, told.owed) == ((), ("inv_1", "inv_2"))


# --- whose word ------------------------------------------------------------------------------------------------------


def test_a_policy_is_the_customers_file_and_the_companys_absences_DR_04() -> None:
    own_way = FollowUp(is_excluded=True, extra_days=4, min_level=1, max_level=3, approval="manual", email="c@x.example")
    customer = a_customer(follow_up=own_way)
    away = (Closure(date(2026, 8, 1), date(2026, 8, 21)),)
    policy = policy_of(customer, away, ADDRESS)
    assert policy == Policy(Hours("", away), True, 4, 1, 3, Approval.MANUAL, "c@x.example")
    assert policy_of(None, away, ADDRESS) == Policy(Hours("", away), recipient=ADDRESS)
    assert policy_of(a_customer(), (), ADDRESS).recipient == ADDRESS


@pytest.mark.parametrize(
    ("kind", "who", "is_deposit", "expected"),
    [
        (DocumentKind.QUOTE, CustomerKind.BUSINESS, False, "standard.quote"),
        (DocumentKind.INVOICE, CustomerKind.BUSINESS, False, "standard.invoice"),
        (DocumentKind.INVOICE, CustomerKind.CONSUMER, False, "standard.invoice_consumer"),
        (DocumentKind.INVOICE, CustomerKind.BUSINESS, True, "standard.deposit"),
        (DocumentKind.INVOICE, CustomerKind.CONSUMER, True, "standard.deposit_consumer"),
    ],
)
def test_each_sort_of_document_has_its_scenario_unless_the_customer_has_his_own_DR_04(
    kind: DocumentKind, who: CustomerKind, is_deposit: bool, expected: str
) -> None:
    customer = a_customer(kind=who)
    assert scenario_for(Defaults(), customer, kind, is_deposit=is_deposit) == (expected, Source.COMPANY)
    chosen = replace(customer, follow_up=FollowUp(quote_scenario="his.quote", invoice_scenario="his.invoice@2"))
    name = "his.quote" if kind is DocumentKind.QUOTE else "his.invoice@2"
    assert scenario_for(Defaults(), chosen, kind, is_deposit=is_deposit) == (name, Source.CUSTOMER)


def test_without_a_scenario_a_document_is_delivered_and_no_more() -> None:
    none = no_reminders(TENANT, DocumentKind.INVOICE, START)
    assert decide(facts(), none, delivered(), LATE) == Done()
