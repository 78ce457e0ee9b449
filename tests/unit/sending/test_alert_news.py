"""KB-03, KB-04: the look of a customer is mailed to the seller by the run, once, and hinders no reminder."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from relance.adapters.mail_composer import JinjaMailComposer
from relance.app.sending import MailDeferred, Outcome
from relance.domain.invoice import Invoice
from relance.domain.links import link_token, preview_proof
from relance.domain.quote import Quote
from relance.domain.reminder.run import Alert, RunStatus, alert
from relance.domain.reminder.scenario import DELIVERY
from relance.domain.reminder.settings import ReminderSettings
from tests.builders import TENANT, a_company, a_customer
from tests.doubles.office import LINK_KEY, Office
from tests.doubles.outside import MailFate

COMPANY: Final = a_company().email


def looked(office: Office, document: Quote | Invoice, kind: str = "viewed") -> None:
    """What the page's beacon leaves behind."""
    run = office.run_of(document)
    told = alert(run, Alert(kind, office.clock.now()), office.clock.now())
    if told is not run:
        office.put(told)


def delivered(office: Office, document: Quote | Invoice) -> None:
    assert (DELIVERY, Outcome.SENT) in office.wake(document).done
    office.clock.advance(timedelta(minutes=30))


@pytest.mark.parametrize("kind", ["viewed", "hot"])
@pytest.mark.parametrize("is_invoice", [False, True])
def test_the_seller_is_mailed_of_a_look_with_his_own_way_to_the_page(kind: str, is_invoice: bool) -> None:
    office = Office()
    office.post = replace(office.post, composer=JinjaMailComposer())
    office.consent()
    document = office.invoice() if is_invoice else office.quote()
    delivered(office, document)
    looked(office, document, kind)
    assert [step for step, _ in office.wake(document).done] == [f"alert_{kind}_20261116"]
    mail = office.mailer.delivered[-1]
    assert (mail.recipient, mail.reply_to, mail.attachments) == (COMPANY, a_customer().email, ())
    token = link_token(LINK_KEY, TENANT, "invoice" if is_invoice else "quote", document.id)
    assert f"/q/{token}?preview={preview_proof(LINK_KEY, token)}" in mail.text, "his look is his own [T-07]"
    assert "/o/" not in mail.html, "the seller is not followed"
    assert (mail.headers or {}).get("List-Unsubscribe") is None


def test_a_look_is_mailed_once_a_day_however_often_it_is_told() -> None:
    office = Office()
    quote = office.quote()
    delivered(office, quote)
    for _ in range(3):
        looked(office, quote)
        office.wake(quote)
    sent = [mail for mail in office.mailer.delivered if mail.recipient == COMPANY]
    assert len(sent) == 1
    office.clock.advance(timedelta(days=1))
    looked(office, quote)
    office.wake(quote)
    assert len([mail for mail in office.mailer.delivered if mail.recipient == COMPANY]) == 2


def test_the_run_goes_on_with_its_reminders_afterwards() -> None:
    office = Office()
    quote = office.quote()
    delivered(office, quote)
    before = office.run_of(quote)
    looked(office, quote)
    office.wake(quote)
    after = office.run_of(quote)
    assert (after.status, after.scenario_id, after.skipped) == (RunStatus.ACTIVE, before.scenario_id, before.skipped)
    assert after.next_at == before.next_at


def test_the_sellers_own_system_is_told_under_the_claim_of_the_mail() -> None:
    office = Office()
    office.put(ReminderSettings(TENANT, rev=1, webhook_url="https://crm.example/hook", webhook_secret="s" * 32))
    quote = office.quote()
    delivered(office, quote)
    for kind in ("viewed", "viewed", "hot"):
        looked(office, quote, kind)
        office.wake(quote)
    assert [(call.type, call.id, call.data) for call in office.webhooks.heard] == [
        (
            f"document.{kind}",
            f"{TENANT}--{quote.id}--alert_{kind}_20261116",
            {"document": "quote", "id": quote.id, "number": "D-2026-0001"},
        )
        for kind in ("viewed", "hot")
    ]


def test_a_mail_that_is_put_off_calls_nobody_yet() -> None:
    office = Office()
    office.put(ReminderSettings(TENANT, rev=1, webhook_url="https://crm.example/hook", webhook_secret="s" * 32))
    quote = office.quote()
    delivered(office, quote)
    looked(office, quote)
    office.mailer.next(MailFate.THROTTLED)
    with pytest.raises(MailDeferred):
        office.wake(quote)
    assert office.webhooks.heard == []
    office.wake(quote)
    assert len(office.webhooks.heard) == 1
