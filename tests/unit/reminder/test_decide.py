"""What is decided about one document, case by case. Dates are of a calendar on a wall in Paris."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest

from relance.adapters.scenario_data import PackagedScenarios
from relance.domain.calendar_fr import PARIS
from relance.domain.quote import Quote, QuoteStatus
from relance.domain.reminder.claim import Claim, ClaimState, Fate
from relance.domain.reminder.decide import PAUSE, Act, Around, Done, Next, Render, Send, Stop, Wait, decide
from relance.domain.reminder.facts import Beside, Facts, facts_of, invoice_facts, quote_facts
from relance.domain.reminder.hold import Hold, HoldKind
from relance.domain.reminder.policy import Policy
from relance.domain.reminder.run import Asked, Skipped
from relance.domain.reminder.scenario import (
    ACCEPTED_COPY,
    ACCEPTED_NEWS,
    DELIVERY,
    QUESTION_NEWS,
    REFUSED_NEWS,
    WITHDRAWAL_RECEIPT,
    WITHDRAWN_NEWS,
    Action,
    Scenario,
)
from tests.builders import TENANT, a_quote, an_invoice
from tests.doubles.office import a_claim, a_payment, a_sent_quote, an_acceptance, an_issued_invoice

MONDAY: Final = "2026-11-16 10:00"


def published(kind: str) -> Scenario:
    scenario = PackagedScenarios().get(TENANT, f"standard.{kind}@1")
    assert scenario is not None
    return scenario


QUOTE: Final = published("quote")
INVOICE: Final = published("invoice")
PDF: Final = "a" * 64


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def claims(*sent: tuple[str, str]) -> dict[str, Claim]:
    return {step: a_claim(step, paris(at)) for step, at in sent}


def ask_quote(now: str, *sent: tuple[str, str], **changes: Any) -> Next:
    """About the quote sent on Monday 16 November at 10:00 and valid until Wednesday 16 December."""
    quote = a_sent_quote(paris(MONDAY), pdf_sha256=PDF, **changes)
    return decide(quote_facts(quote, paris(now)), QUOTE, claims(*sent), paris(now))


def ask_invoice(now: str, *sent: tuple[str, str], paid: int = 0) -> Next:
    """About the invoice issued on Monday 16 November, due on Wednesday 16 December."""
    invoice = an_issued_invoice(paris(MONDAY), pdf_sha256=PDF)
    if paid:
        invoice = replace(invoice, payments=(a_payment(paid, paris(MONDAY)),))
    return decide(invoice_facts(invoice, paris(now)), INVOICE, claims(*sent), paris(now))


DELIVERED: Final = (DELIVERY, MONDAY)


# --- the document itself ---------------------------------------------------------------------------------------------


def test_a_document_without_pdf_is_drawn_first() -> None:
    facts = quote_facts(a_sent_quote(paris(MONDAY)), paris(MONDAY))
    assert decide(facts, QUOTE, {}, paris(MONDAY)) == Render()


def test_the_document_leaves_when_its_author_asks_even_on_a_sunday_night() -> None:
    assert ask_quote("2026-11-22 23:10") == Send(DELIVERY, "quote_delivery")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (QuoteStatus.NOT_RETAINED, "not_retained"),
        (QuoteStatus.REPLACED, "replaced"),
        (QuoteStatus.CANCELLED, "cancelled"),
    ],
)
def test_a_quote_that_closed_before_it_left_never_leaves(status: QuoteStatus, reason: str) -> None:
    assert ask_quote(MONDAY, status=status) == Stop(reason)


def test_a_quote_that_expired_before_it_left_never_leaves() -> None:
    assert ask_quote("2026-12-17 00:00") == Stop("expired")


def test_an_invoice_paid_at_the_counter_still_reaches_its_customer() -> None:
    paid_in_full = an_issued_invoice().due
    assert ask_invoice(MONDAY, paid=paid_in_full) == Send(DELIVERY, "invoice_delivery")
    assert ask_invoice(MONDAY, DELIVERED, paid=paid_in_full) == Stop("paid")


# --- the scenario of a quote -----------------------------------------------------------------------------------------

SEEN: Final = {"first_viewed_at": paris(MONDAY)}


@pytest.mark.parametrize(
    ("now", "sent", "seen", "expected"),
    [
        # J+2, then J+7, then three days before expiry (Sunday 13 December, so Monday 14)
        (MONDAY, [], False, Wait(paris("2026-11-18 09:30"))),
        ("2026-11-18 09:29:59", [], False, Wait(paris("2026-11-18 09:30"))),
        ("2026-11-18 09:30", [], False, Send("unseen", "quote_reminder_unseen")),
        ("2026-11-18 09:31", [("unseen", "2026-11-18 09:30")], False, Wait(paris("2026-11-23 09:30"))),
        ("2026-11-23 09:30", [("unseen", "2026-11-18 09:30")], False, Send("reminder", "quote_reminder")),
        (
            "2026-11-23 09:31",
            [("unseen", "2026-11-18 09:30"), ("reminder", "2026-11-23 09:30")],
            False,
            Wait(paris("2026-12-14 09:30")),
        ),
        ("2026-12-14 09:30", [("reminder", "2026-11-23 09:30")], True, Send("expiring", "quote_expiring")),
        ("2026-12-14 09:31", [("expiring", "2026-12-14 09:30")], True, Done()),
        # seen: the first reminder has no reason to be any more
        (MONDAY, [], True, Wait(paris("2026-11-23 09:30"))),
        # quiet hours and days on which nobody works
        ("2026-11-18 18:29", [], False, Send("unseen", "quote_reminder_unseen")),
        ("2026-11-18 18:30", [], False, Wait(paris("2026-11-19 08:40"))),
        ("2026-11-21 11:00", [], False, Wait(paris("2026-11-23 08:40"))),
        # after an outage: only the latest due step
        ("2026-11-24 11:00", [], False, Send("reminder", "quote_reminder")),
        ("2026-12-15 11:00", [], False, Send("expiring", "quote_expiring")),
        ("2026-12-16 18:29", [], False, Send("expiring", "quote_expiring")),
        ("2026-12-16 18:30", [], False, Done()),
        ("2026-12-17 00:00", [], False, Stop("expired")),
    ],
)
def test_a_quote_is_followed_up_on_its_days(now: str, sent: list[tuple[str, str]], seen: bool, expected: Next) -> None:
    changes = SEEN if seen else {}
    answer = ask_quote(now, DELIVERED, *sent, **changes)
    assert _without_skips(answer) == expected


def test_what_is_skipped_is_told_with_its_reason() -> None:
    assert ask_quote("2026-11-24 11:00", DELIVERED) == Send(
        "reminder", "quote_reminder", (Skipped("unseen", "superseded"),)
    )
    assert ask_quote(MONDAY, DELIVERED, **SEEN) == Wait(paris("2026-11-23 09:30"), (Skipped("unseen", "condition"),))
    assert ask_quote("2026-12-16 18:30", DELIVERED) == Done(
        (Skipped("unseen", "superseded"), Skipped("reminder", "superseded"), Skipped("expiring", "too_late"))
    )


def test_no_step_comes_after_one_that_was_planned_later() -> None:
    answer = ask_quote("2026-11-24 11:00", DELIVERED, ("reminder", "2026-11-23 09:30"))
    assert _without_skips(answer) == Wait(paris("2026-12-14 09:30"))


def test_two_mails_are_at_least_a_day_apart() -> None:
    # Delivered late on the 18th: the reminder of that day waits until the 19th at the same hour.
    answer = ask_quote("2026-11-18 12:00", (DELIVERY, "2026-11-18 11:00"))
    assert answer == Wait(paris("2026-11-19 11:00"))


def test_a_wait_ends_on_a_whole_second_that_is_not_early() -> None:
    late = a_claim(DELIVERY, paris("2026-11-18 11:00") + timedelta(milliseconds=250))
    quote = a_sent_quote(paris(MONDAY), pdf_sha256=PDF)
    now = paris("2026-11-18 12:00")
    answer = decide(quote_facts(quote, now), QUOTE, {DELIVERY: late}, now)
    assert answer == Wait(paris("2026-11-19 11:00:01"))


@pytest.mark.parametrize("state", [ClaimState.CLAIMED, ClaimState.UNKNOWN, ClaimState.REFUSED])
def test_a_step_whose_mail_is_in_doubt_or_was_refused_is_not_sent_again(state: ClaimState) -> None:
    doubtful = a_claim("unseen", paris("2026-11-18 09:30"), state=state)
    quote = a_sent_quote(paris(MONDAY), pdf_sha256=PDF)
    now = paris("2026-11-18 09:35")
    answer = decide(quote_facts(quote, now), QUOTE, claims(DELIVERED) | {"unseen": doubtful}, now)
    assert answer == Wait(paris("2026-11-23 09:30"))


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        (a_claim(DELIVERY, paris(MONDAY), state=ClaimState.REFUSED), "undelivered"),
        (a_claim(DELIVERY, paris(MONDAY), fate=Fate.COMPLAINED), "complained"),
    ],
)
def test_nobody_is_reminded_at_an_address_that_does_not_answer_for_itself(claim: Claim, reason: str) -> None:
    quote = a_sent_quote(paris(MONDAY), pdf_sha256=PDF)
    now = paris("2026-11-18 09:30")
    assert decide(quote_facts(quote, now), QUOTE, {DELIVERY: claim}, now) == Stop(reason)


def test_after_a_bounce_reminders_wait_for_another_address() -> None:
    """[DR-12, S-04] A pause, not an end: corrected, the address takes the next reminder."""
    quote = a_sent_quote(paris(MONDAY), pdf_sha256=PDF)
    now = paris("2026-11-18 09:30")
    back = {DELIVERY: a_claim(DELIVERY, paris(MONDAY), fate=Fate.BOUNCED)}
    waiting = decide(quote_facts(quote, now), QUOTE, back, now)
    assert isinstance(waiting, Wait)
    assert (waiting.until, waiting.why) == (now + PAUSE, "bounced")
    corrected = Around(policy=Policy(recipient="nouvelle@client.example"))
    assert decide(quote_facts(quote, now), QUOTE, back, now, corrected) == Send("unseen", "quote_reminder_unseen")


# --- acceptance ------------------------------------------------------------------------------------------------------


def answered(status: QuoteStatus, **changes: Any) -> Quote:
    quote = a_sent_quote(paris(MONDAY), pdf_sha256=PDF, status=status)
    return replace(quote, acceptance=an_acceptance(paris(MONDAY), quote), **changes)


@pytest.mark.parametrize(
    ("status", "mails"),
    [
        (QuoteStatus.ACCEPTED, [(ACCEPTED_COPY, "quote_accepted_copy"), (ACCEPTED_NEWS, "quote_accepted_news")]),
        (QuoteStatus.REFUSED, [(REFUSED_NEWS, "quote_refused_news")]),
        (
            QuoteStatus.WITHDRAWN,
            [(WITHDRAWAL_RECEIPT, "quote_withdrawal_receipt"), (WITHDRAWN_NEWS, "quote_withdrawn_news")],
        ),
    ],
)
def test_an_answer_is_told_to_both_sides_at_once_and_nothing_afterwards_Q_04_W_02(
    status: QuoteStatus, mails: list[tuple[str, str]]
) -> None:
    sunday, told = paris("2026-11-22 22:00"), claims(DELIVERED)
    for step, template in mails:
        assert decide(quote_facts(answered(status), sunday), QUOTE, told, sunday) == Send(step, template)
        told |= claims((step, "2026-11-22 22:00"))
    assert decide(quote_facts(answered(status), sunday), QUOTE, told, sunday) == Stop(status.value)


def test_a_contract_with_choices_is_drawn_before_its_copy_leaves_Q_04() -> None:
    quote = answered(QuoteStatus.ACCEPTED)
    assert quote.content is not None
    chosen, now = replace(quote, accepted_content=quote.content), paris("2026-11-22 22:00")
    assert decide(quote_facts(chosen, now), QUOTE, claims(DELIVERED), now) == Render()
    drawn = replace(chosen, accepted_pdf_sha256="b" * 64)
    assert decide(quote_facts(drawn, now), QUOTE, claims(DELIVERED), now) == Send(ACCEPTED_COPY, "quote_accepted_copy")


def test_no_copy_goes_to_an_address_that_bounced_but_the_seller_is_told() -> None:
    accepted = a_sent_quote(paris(MONDAY), pdf_sha256=PDF, status=QuoteStatus.ACCEPTED)
    bounced = {DELIVERY: a_claim(DELIVERY, paris(MONDAY), fate=Fate.BOUNCED)}
    now = paris("2026-11-18 09:30")
    assert decide(quote_facts(accepted, now), QUOTE, bounced, now) == Send(ACCEPTED_NEWS, "quote_accepted_news")
    told = bounced | {ACCEPTED_NEWS: a_claim(ACCEPTED_NEWS, now)}
    assert decide(quote_facts(accepted, now), QUOTE, told, now) == Stop("accepted")


def test_the_receipt_of_a_withdrawal_leaves_even_where_mails_bounced_W_02() -> None:
    now = paris("2026-11-18 09:30")
    bounced = {DELIVERY: a_claim(DELIVERY, paris(MONDAY), fate=Fate.BOUNCED)}
    withdrawn = quote_facts(answered(QuoteStatus.WITHDRAWN), now)
    assert decide(withdrawn, QUOTE, bounced, now) == Send(WITHDRAWAL_RECEIPT, "quote_withdrawal_receipt")


@pytest.mark.parametrize("fate", [Fate.BOUNCED, Fate.COMPLAINED])
def test_what_becomes_of_a_mail_to_the_seller_says_nothing_of_his_customer(fate: Fate) -> None:
    """Nor does it count as a mail to him: the reminder planned for that day leaves."""
    now = paris("2026-11-18 09:30")
    question = Asked("0123456789abcdef", paris("2026-11-18 09:00"), "?")
    step = QUESTION_NEWS + question.id
    news = {DELIVERY: a_claim(DELIVERY, paris(MONDAY)), step: a_claim(step, question.at, fate=fate)}
    facts = quote_facts(a_sent_quote(paris(MONDAY), pdf_sha256=PDF), now, Beside((question,)))
    assert _without_skips(decide(facts, QUOTE, news, now)) == Send("unseen", "quote_reminder_unseen")


def test_each_question_is_told_once_of_a_quote_and_of_an_invoice() -> None:
    now, question = paris("2026-11-22 22:00"), Asked("0123456789abcdef", paris(MONDAY), "?")
    step = QUESTION_NEWS + question.id
    delivered = claims(DELIVERED)
    for document, scenario, kind in (
        (a_sent_quote(paris(MONDAY), pdf_sha256=PDF), QUOTE, "quote"),
        (an_issued_invoice(paris(MONDAY), pdf_sha256=PDF), INVOICE, "invoice"),
    ):
        facts = facts_of(document, now, Beside((question,)))
        assert decide(facts, scenario, delivered, now) == Send(step, f"{kind}_question_news")
        assert isinstance(decide(facts, scenario, delivered | {step: a_claim(step, now)}, now), Wait)


# --- the scenario of an invoice --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "sent", "paid", "expected"),
    [
        # Due on Wednesday 16 December: J+3 is a Saturday, so Monday 21.
        (MONDAY, [], 0, Wait(paris("2026-12-21 09:30"))),
        ("2026-12-21 09:30", [], 0, Send("overdue", "invoice_overdue")),
        ("2026-12-21 09:30", [], 100, Send("overdue", "invoice_overdue")),
        ("2026-12-21 09:30", [], an_issued_invoice().due, Stop("paid")),
        ("2026-12-21 09:31", [("overdue", "2026-12-21 09:30")], 0, Done()),
        ("2027-06-01 09:30", [], 0, Send("overdue", "invoice_overdue")),
    ],
)
def test_an_invoice_is_recalled_once_after_it_is_due(
    now: str, sent: list[tuple[str, str]], paid: int, expected: Next
) -> None:
    assert ask_invoice(now, DELIVERED, *sent, paid=paid) == expected


def test_summer_and_winter_time_keep_the_hour_on_the_wall() -> None:
    # Sent on Friday 23 October 2026; clocks go back on the 25th. 09:30 in Paris is 07:30 UTC before and 08:30 after.
    friday = paris("2026-10-23 10:00")
    quote = a_sent_quote(friday, pdf_sha256=PDF)
    answer = decide(quote_facts(quote, friday), QUOTE, {DELIVERY: a_claim(DELIVERY, friday)}, friday)
    assert answer == Wait(datetime(2026, 10, 26, 8, 30, tzinfo=UTC))  # J+2 is a Sunday


def test_a_quote_valid_for_one_day_is_not_chased_after_it() -> None:
    quote = a_sent_quote(paris(MONDAY), valid_days=0, pdf_sha256=PDF)
    now = paris("2026-11-16 10:05")
    answer = decide(quote_facts(quote, now), QUOTE, claims(DELIVERED), now)
    assert answer == Done(tuple(Skipped(step, "too_late") for step in ("unseen", "reminder", "expiring")))


def test_drafts_have_no_facts_to_follow() -> None:
    for draft in (a_quote(), an_invoice()):
        with pytest.raises(ValueError, match="never"):
            facts_of(draft, paris(MONDAY))


def test_facts_are_read_from_either_kind() -> None:
    now = paris(MONDAY)
    assert facts_of(a_sent_quote(now), now).last_day == date(2026, 12, 16)
    invoice: Facts = facts_of(an_issued_invoice(now), now)
    assert (invoice.last_day, invoice.has_pdf, invoice.closed) == (None, False, "")


def _without_skips(answer: Next) -> Next:
    return replace(answer, skipped=()) if isinstance(answer, Wait | Send | Done) else answer


CALL: Final = replace(INVOICE.steps[0], id="call", action=Action.TASK, title="Appeler", offset_days=1)
CHASED: Final = replace(INVOICE, steps=(*INVOICE.steps, CALL))


@pytest.mark.parametrize(
    ("hold", "expected"),
    [(HoldKind.DISPUTE, "dispute"), (HoldKind.PROMISE, "promise"), (HoldKind.MANUAL, "manual")],
)
def test_what_is_held_is_not_called_about_either_DR_02(hold: HoldKind, expected: str) -> None:
    """A seller who waits for his customer's decision is not told to call him about it."""
    now = paris("2026-12-18 11:00")
    held = Beside(holds=(Hold("hld_1", hold, paris(MONDAY), "user", until=date(2026, 12, 31)),))
    invoice = an_issued_invoice(paris(MONDAY), pdf_sha256=PDF)
    answer = decide(invoice_facts(invoice, now, held), CHASED, claims(DELIVERED), now)
    assert isinstance(answer, Wait)
    assert answer.why == expected
    free = decide(invoice_facts(invoice, now), CHASED, claims(DELIVERED), now)
    assert isinstance(free, Act)
    assert free.step.id == "call"


def test_after_a_reply_nothing_is_left_to_do_DR_01() -> None:
    """Not even tasks to come: whoever was answered to knows."""
    now = paris("2026-11-20 11:00")
    replied = Beside(holds=(Hold("hld_1", HoldKind.REPLY, now, "user"),))
    invoice = an_issued_invoice(paris(MONDAY), pdf_sha256=PDF)
    assert decide(invoice_facts(invoice, now, replied), CHASED, claims(DELIVERED), now) == Stop("reply")
