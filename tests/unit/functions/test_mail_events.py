"""What SES tells over EventBridge, as its developer guide shows it, and what the claims learn from it."""

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest

from functions.mail_events.app import take
from functions.mail_events.wiring import Parts
from relance.app.pins import last_pin
from relance.app.ports.activity import ActivityKind
from relance.contracts.mail_events import read
from relance.domain.chain.event import parse
from relance.domain.pin_mail import Pin, claim_of, claimed
from relance.domain.quote import Quote
from relance.domain.reminder.claim import ClaimState, Fate, tag
from relance.domain.reminder.correspondence import Correspondence
from relance.domain.reminder.scenario import DELIVERY
from relance.domain.reminder.task import Task
from tests.builders import TENANT, a_customer
from tests.doubles.office import Office
from tests.doubles.outside import MailFate
from tests.doubles.racing import LettingIn

BOUNCE = {
    "bounceType": "Permanent",
    "bounceSubType": "General",
    "bouncedRecipients": [{"emailAddress": "x@client.example", "action": "failed", "status": "5.1.1"}],
    "timestamp": "2026-11-16T09:05:00.123Z",
    "feedbackId": "0",
}
SOFT = {**BOUNCE, "bounceType": "Transient", "bounceSubType": "MailboxFull"}
DELIVERED = {"timestamp": "2026-11-16T09:00:02.500Z", "recipients": ["x@client.example"], "smtpResponse": "250 OK"}
COMPLAINED = {"timestamp": "2026-11-16T10:00:00Z", "complaintFeedbackType": "abuse"}


def event(kind: str, tag: str | None, **detail: Any) -> dict[str, Any]:
    tags = {"ses:operation": ["SendEmail"], **({"claim": [tag]} if tag else {})}
    mail = {"timestamp": "2026-11-16T09:00:01Z", "messageId": "p-1", "tags": tags, "destination": ["x@client.example"]}
    return {
        "version": "0",
        "source": "aws.ses",
        "detail-type": f"Email {kind}",
        "detail": {"eventType": kind, "mail": mail, **detail},
    }


def sent(office: Office, fate: MailFate = MailFate.ACCEPTED) -> tuple[Quote, str]:
    """A quote whose mail met that fate, and the tag that left with it."""
    quote = office.quote()
    office.mailer.next(fate)
    office.wake(quote)
    return quote, office.mailer.attempts[0].claim_id


@pytest.mark.parametrize(
    ("kind", "detail", "fate"),
    [
        ("Send", {"send": {}}, Fate.PENDING),
        ("DeliveryDelay", {"deliveryDelay": {}}, Fate.PENDING),
        ("Delivery", {"delivery": DELIVERED}, Fate.DELIVERED),
        ("Bounce", {"bounce": BOUNCE}, Fate.BOUNCED),
        ("Bounce", {"bounce": SOFT}, Fate.PENDING),
        ("Complaint", {"complaint": COMPLAINED}, Fate.COMPLAINED),
        ("Reject", {"reject": {"reason": "Bad content"}}, Fate.BOUNCED),
        ("Rendering Failure", {"failure": {}}, Fate.BOUNCED),
    ],
)
def test_each_event_settles_the_mail_it_is_about(kind: str, detail: dict[str, Any], fate: Fate) -> None:
    office = Office()
    quote, tag = sent(office, MailFate.UNKNOWN_DELIVERED)
    take(Parts(office.ctx, office.activity), event(kind, tag, **detail))
    claim = office.claim(quote, DELIVERY)
    assert claim is not None
    assert (claim.state, claim.fate, claim.provider_id) == (ClaimState.SENT, fate, "p-1")
    assert [parse(sealed.line).type for sealed in office.store.events(TENANT)] == ["document.sent"]


def test_the_story_of_a_document_tells_each_thing_once_however_often_it_is_told() -> None:
    office = Office()
    _, tag = sent(office)
    for told in (
        event("Delivery", tag, delivery=DELIVERED),
        event("Send", tag, send={}),
        event("Delivery", tag, delivery=DELIVERED),
        event("Complaint", tag, complaint=COMPLAINED),
        event("Complaint", tag, complaint=COMPLAINED),
    ):
        take(Parts(office.ctx, office.activity), told)
    kinds = sorted(kept.kind.value for kept in office.activity.kept.values())
    assert kinds == sorted([ActivityKind.DELIVERED, ActivityKind.COMPLAINED])


@pytest.mark.parametrize("tag", [None, "somebody-elses", "ten_atelier--quo_gone--delivery"])
def test_an_event_about_anything_else_changes_nothing(tag: str | None) -> None:
    office = Office()
    before = office.store.commits
    take(Parts(office.ctx, office.activity), event("Delivery", tag, delivery=DELIVERED))
    assert (office.store.commits, office.activity.kept) == (before, {})


@pytest.mark.parametrize("kind", ["Open", "Click", "Subscription"])
def test_opens_and_clicks_of_the_mail_service_are_not_looked_at(kind: str) -> None:
    assert read(event(kind, "ten_atelier--quo_1--delivery")) is None


def test_what_is_no_event_of_the_mail_service_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        read({"detail": {"eventType": "Send"}})


# --- what is learnt of an address -----------------------------------------------------------------------------------


def letter_box(office: Office) -> Correspondence | None:
    return office.store.get(TENANT, Correspondence, a_customer().id)


def tasks(office: Office) -> list[str]:
    return [task.title for task in office.store.page(TENANT, Task).items]


def soft(tag: str, day: int) -> dict[str, Any]:
    return event("Bounce", tag, bounce={**SOFT, "timestamp": f"2026-11-{day}T09:05:00Z"})


def test_a_hard_bounce_closes_the_address_for_every_document_and_is_somebody_s_task_S_04() -> None:
    office = Office()
    _, tag = sent(office)
    for _ in range(2):  # events come more than once
        take(Parts(office.ctx, office.activity), event("Bounce", tag, bounce=BOUNCE))
    box = letter_box(office)
    assert box is not None
    assert box.refuses(a_customer().email) == "bounced"
    assert tasks(office) == ["Vérifier l’adresse électronique du client : un courriel est revenu"]
    other = office.invoice()
    assert office.wake(other).done == (("delivery", "sent"),), "a document itself is not kept from him"


def test_three_soft_bounces_within_a_fortnight_are_a_hard_one_S_04() -> None:
    office = Office()
    _, tag = sent(office)
    parts = Parts(office.ctx, office.activity)
    for told in (soft(tag, 16), soft(tag, 16), soft(tag, 18)):  # the second is the first once more
        take(parts, told)
    box = letter_box(office)
    assert box is not None
    assert (len(box.soft_bounces), box.refuses(a_customer().email), tasks(office)) == (2, "", [])
    take(parts, soft(tag, 20))
    box = letter_box(office)
    assert box is not None
    assert box.refuses(a_customer().email) == "bounced"
    assert len(tasks(office)) == 1


def test_soft_bounces_that_are_weeks_apart_mean_nothing_S_04() -> None:
    office = Office()
    _, tag = sent(office)
    for day in ("2026-11-01", "2026-11-16", "2026-12-05"):
        told = event("Bounce", tag, bounce={**SOFT, "timestamp": f"{day}T09:05:00Z"})
        take(Parts(office.ctx, office.activity), told)
    box = letter_box(office)
    assert box is not None
    assert box.refuses(a_customer().email) == ""


def test_a_complaint_ends_the_reminders_and_is_asked_to_be_seen_to_once_DR_01() -> None:
    office = Office()
    quote, tag = sent(office)
    take(Parts(office.ctx, office.activity), event("Complaint", tag, complaint=COMPLAINED))
    assert office.wake(quote).reason == "complained"
    assert tasks(office) == ["Joindre le client autrement : il a classé un courriel comme indésirable"]


def test_the_seller_s_own_mailbox_says_nothing_of_his_customer() -> None:
    office = Office()
    quote = office.quote()
    office.wake(quote)
    office.accept(quote)
    office.wake(quote)
    news = office.mailer.attempts[-1].claim_id
    assert news.endswith("accepted_news")
    take(Parts(office.ctx, office.activity), event("Bounce", news, bounce=BOUNCE))
    assert letter_box(office) is None
    assert tasks(office) == []


def test_a_letter_box_that_moves_meanwhile_is_read_again() -> None:
    """The transaction of a settlement meets the claim of another reminder: neither is lost."""
    office = Office()
    _, tag = sent(office)
    store = LettingIn(office.store, 4, lambda: office.put(Correspondence(TENANT, a_customer().id, 1, on_hold=True)))
    ctx = replace(office.ctx, store=store)
    take(Parts(ctx, office.activity), event("Bounce", tag, bounce=BOUNCE))
    box = letter_box(office)
    assert box is not None
    assert (box.on_hold, box.refuses(a_customer().email)) == (True, "bounced")


@pytest.mark.parametrize(
    ("kind", "detail", "fate"),
    [
        ("Delivery", {"delivery": DELIVERED}, Fate.DELIVERED),
        ("Bounce", {"bounce": BOUNCE}, Fate.BOUNCED),
        ("Bounce", {"bounce": SOFT}, Fate.PENDING),
        ("Complaint", {"complaint": COMPLAINED}, Fate.COMPLAINED),
    ],
)
def test_the_copy_of_a_checkpoint_learns_what_became_of_it_once(kind: str, detail: dict[str, Any], fate: Fate) -> None:
    """[AR-02, S-04] It is of no document: no fact, no story, no task; its owner finds it in the archive's status."""
    office = Office()
    pin = Pin(12, b"relance/ten_atelier\n12\n", date(2026, 12, 1))
    office.put(claimed(pin, TENANT, "moi@atelier.example", office.ctx.clock.now()))
    told = event(kind, tag(TENANT, claim_of("2026-12")), **detail)
    for _ in range(2):
        take(Parts(office.ctx, office.activity), told)
    mail = last_pin(office.ctx, TENANT)
    assert mail is not None
    assert (mail.rev, mail.state, mail.fate, mail.provider_id) == (2, ClaimState.SENT, fate, "p-1")
    assert office.store.events(TENANT) == ()
    assert not any(item.kind == "Task" for item in office.store.items())


def test_news_of_a_checkpoint_that_nobody_mailed_is_let_go() -> None:
    office = Office()
    take(Parts(office.ctx, office.activity), event("Delivery", tag(TENANT, claim_of("2026-12")), delivery=DELIVERED))
    assert last_pin(office.ctx, TENANT) is None
