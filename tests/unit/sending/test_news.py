"""What is told because something happened: to whom, once, with what in the envelope."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import pytest

from relance.adapters.mail_composer import JinjaMailComposer
from relance.app.sending import Outcome
from relance.app.situation import situation
from relance.domain.content import Enclosure
from relance.domain.quote import Quote, QuoteStatus, Refusal, Withdrawal
from relance.domain.reminder.decide import Send, Stop
from relance.domain.reminder.run import MAX_ASKED, Asked, ask
from relance.domain.reminder.scenario import (
    ACCEPTED_COPY,
    ACCEPTED_NEWS,
    DELIVERY,
    QUESTION_NEWS,
    REFUSED_NEWS,
    WITHDRAWAL_RECEIPT,
    WITHDRAWN_NEWS,
    DocumentKind,
)
from tests.builders import TENANT, a_company, a_customer
from tests.doubles.office import Office, a_sent_quote
from tests.doubles.outside import START

QUOTE: Final = DocumentKind.QUOTE
COMPANY: Final = a_company().email
CUSTOMER: Final = a_customer().email


def delivered(office: Office) -> Quote:
    quote = office.quote()
    assert (DELIVERY, Outcome.SENT) in office.wake(quote).done
    office.clock.advance(timedelta(minutes=5))
    return office.again(quote)


def go_on(office: Office, quote: Quote) -> list[str]:
    """The steps of one wake."""
    done = office.wake(quote).done
    assert all(outcome == Outcome.SENT for _, outcome in done)
    return [step for step, _ in done]


def recipients(office: Office) -> list[tuple[str, str]]:
    return [(mail.recipient, mail.reply_to) for mail in office.mailer.delivered[1:]]


def test_an_acceptance_is_told_to_both_each_with_the_contract_PF_13() -> None:
    office = Office()
    quote = delivered(office)
    office.accept(quote)
    assert go_on(office, quote) == [ACCEPTED_COPY, ACCEPTED_NEWS]
    assert recipients(office) == [(CUSTOMER, COMPANY), (COMPANY, CUSTOMER)]
    assert all(len(mail.attachments) == 1 for mail in office.mailer.delivered)
    assert go_on(office, quote) == [], "never twice"


def test_the_contract_that_choices_made_is_what_both_get_Q_04() -> None:
    office = Office()
    quote = office.accept(delivered(office))
    contract = office.documents.put(b"%PDF-1.7 the contract")
    office.change(quote, accepted_content=quote.content, accepted_pdf_sha256=contract)
    go_on(office, quote)
    for mail in office.mailer.delivered[1:]:
        assert mail.attachments[0].body == b"%PDF-1.7 the contract"
    claim = office.claim(quote, ACCEPTED_COPY)
    assert claim is not None
    assert claim.pdf_sha256 == contract


def test_general_conditions_go_with_the_offer_and_with_the_contract_KB_17() -> None:
    office = Office()
    terms = Enclosure("CGV", office.documents.put(b"%PDF-1.7 conditions"))
    sent = a_sent_quote(office.clock.now(), pdf_sha256=office.drawn())
    assert sent.content is not None
    quote = office.follow(replace(sent, content=replace(sent.content, general_terms=terms)))
    office.wake(quote)
    office.accept(office.again(quote))
    go_on(office, quote)
    assert [len(mail.attachments) for mail in office.mailer.delivered] == [2, 2, 1]
    assert office.mailer.delivered[0].attachments[1].body == b"%PDF-1.7 conditions"


def test_a_refusal_is_told_to_the_seller_alone() -> None:
    office = Office()
    quote = delivered(office)
    office.change(quote, status=QuoteStatus.REFUSED, refusal=Refusal(office.clock.now(), "Trop cher"))
    assert go_on(office, quote) == [REFUSED_NEWS]
    assert recipients(office) == [(COMPANY, CUSTOMER)]
    assert office.mailer.delivered[-1].attachments == ()


def test_a_withdrawal_is_acknowledged_where_its_author_asked_and_told_to_the_seller_W_02() -> None:
    office = Office()
    quote = office.accept(delivered(office))
    withdrawal = Withdrawal(office.clock.now(), "Camille", "autre@client.example", "Je me rétracte.", "e" * 64)
    office.change(quote, status=QuoteStatus.WITHDRAWN, withdrawal=withdrawal)
    assert go_on(office, quote) == [WITHDRAWAL_RECEIPT, WITHDRAWN_NEWS]
    assert recipients(office) == [("autre@client.example", COMPANY), (COMPANY, CUSTOMER)]
    assert office.mailer.delivered[1].in_reply_to == office.mailer.delivered[0].message_id, "in the same thread"


def test_each_question_is_told_once_and_the_reminders_go_on() -> None:
    office = Office()
    quote = delivered(office)
    for n in range(2):
        run = office.run_of(quote)
        office.put(ask(run, Asked(f"{n:016d}", office.clock.now(), f"Question {n} ?"), office.clock.now()))
    assert go_on(office, quote) == [QUESTION_NEWS + "0" * 16, QUESTION_NEWS + f"{1:016d}"]
    found = situation(office.ctx, TENANT, QUOTE, quote.id, office.post.published)
    assert not isinstance(found.next, Send | Stop)


def test_a_question_asked_twice_or_once_too_often_changes_nothing() -> None:
    office = Office()
    run = office.run_of(delivered(office))
    now = office.clock.now()
    for n in range(MAX_ASKED):
        run = ask(run, Asked(f"{n:016d}", now, "?"), now)
    assert ask(run, Asked(f"{0:016d}", now, "?"), now) is run
    assert ask(run, Asked("f" * 16, now, "?"), now) is run


@pytest.mark.parametrize("consents", [True, False])
def test_the_seller_is_never_tracked_T_02(consents: bool) -> None:
    office = Office()
    if consents:
        office.consent()
    quote = delivered(office)
    office.change(quote, status=QuoteStatus.REFUSED, refusal=Refusal(office.clock.now(), ""))
    go_on(office, quote)
    assert "<img" not in office.mailer.delivered[-1].html
    claim = office.claim(quote, REFUSED_NEWS)
    assert claim is not None
    assert claim.consent == "none"


def test_two_senders_of_the_same_news_send_one_mail() -> None:
    office = Office()
    quote = office.accept(delivered(office))
    go_on(office, quote)
    assert go_on(office, quote) == []
    assert len(office.mailer.delivered) == 3


def test_a_mail_about_an_extended_quote_tells_its_new_last_day_Q_03() -> None:
    office = Office()
    office.post = replace(office.post, composer=JinjaMailComposer())
    quote = delivered(office)
    office.change(quote, extended_until=date(2027, 2, 1))
    office.clock.move_to(START + timedelta(days=74))
    assert go_on(office, quote) == ["expiring"]
    assert "1er février 2027" in office.mailer.delivered[-1].text.replace("\u00a0", " ")
