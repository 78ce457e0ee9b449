"""What SES tells over EventBridge, as its developer guide shows it, and what the claims learn from it."""

from typing import Any

import msgspec
import pytest

from functions.mail_events.app import take
from functions.mail_events.wiring import Parts
from relance.app.ports.activity import ActivityKind
from relance.contracts.mail_events import read
from relance.domain.chain.event import parse
from relance.domain.quote import Quote
from relance.domain.reminder.claim import ClaimState, Fate
from relance.domain.reminder.scenario import DELIVERY
from tests.builders import TENANT
from tests.doubles.office import Office
from tests.doubles.outside import MailFate

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
