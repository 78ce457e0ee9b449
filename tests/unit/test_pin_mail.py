"""A checkpoint as a pin: its name, its fingerprint, and when it is mailed. [AR-02]"""

from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import permutations

import pytest

from relance.domain.calendar_fr import from_ms
from relance.domain.pin_mail import Pin, claim_of, claimed, is_due, learn, month_of, month_told
from relance.domain.reminder.claim import ClaimState, Fate, Lesson, parse_tag, tag
from tests.builders import TENANT

A_PIN = Pin(12, b"relance/ten_atelier\n12\n", date(2026, 12, 1))


@pytest.mark.parametrize(("day", "due"), [(1, True), (7, True), (8, False), (31, False)])
def test_what_could_not_leave_on_the_first_leaves_in_the_week_after(day: int, *, due: bool) -> None:
    assert is_due(date(2026, 12, day)) is due
    assert month_of(date(2026, 12, day)) == "2026-12"


def test_a_fingerprint_is_read_in_groups_of_four() -> None:
    assert A_PIN.fingerprint.replace(" ", "") == A_PIN.sha256 == sha256(A_PIN.note).hexdigest()
    assert {len(group) for group in A_PIN.fingerprint.split()} == {4}
    assert A_PIN.filename == "point-de-controle-2026-12-01.note"


AT = from_ms(1_780_000_000_000)
MAIL = claimed(A_PIN, TENANT, "moi@atelier.example", AT)
SENT = Lesson(ClaimState.SENT, provider_id="mail-1")
LATER = AT + timedelta(minutes=5)


def test_what_the_service_answered_is_kept_in_the_claim() -> None:
    assert (MAIL.id, MAIL.rev, MAIL.state, MAIL.note_sha256) == ("2026-12", 1, ClaimState.CLAIMED, A_PIN.sha256)
    after = learn(MAIL, SENT, LATER)
    assert (after.rev, after.state, after.provider_id, after.size) == (2, ClaimState.SENT, "mail-1", 12)
    assert after.settled_at == LATER
    assert learn(after, SENT, LATER) is after, "learnt twice"


@pytest.mark.parametrize("order", list(permutations(["sent", "delivered", "bounced", "unknown"])))
def test_whatever_the_order_of_the_news_the_worst_is_kept_and_what_is_certain_stays(order: tuple[str, ...]) -> None:
    """[S-04]"""
    lessons = {
        "sent": SENT,
        "delivered": Lesson(ClaimState.SENT, Fate.DELIVERED),
        "bounced": Lesson(ClaimState.SENT, Fate.BOUNCED, reason="Permanent General"),
        "unknown": Lesson(ClaimState.UNKNOWN),
    }
    mail = MAIL
    for name in order:
        mail = learn(mail, lessons[name], LATER)
    assert (mail.state, mail.fate, mail.reason) == (ClaimState.SENT, Fate.BOUNCED, "Permanent General")


@pytest.mark.parametrize(
    ("lesson", "lost"),
    [
        (SENT, False),
        (Lesson(ClaimState.UNKNOWN), False),
        (Lesson(ClaimState.REFUSED), True),
        (Lesson(ClaimState.SENT, Fate.DELIVERED), False),
        (Lesson(ClaimState.SENT, Fate.BOUNCED), True),
        (Lesson(ClaimState.SENT, Fate.COMPLAINED), True),
    ],
)
def test_a_copy_that_came_back_or_never_left_is_no_pin(lesson: Lesson, *, lost: bool) -> None:
    assert learn(MAIL, lesson, LATER).is_lost is lost


@pytest.mark.parametrize(
    ("fate", "address", "saved_at", "refused"),
    [
        (Fate.BOUNCED, MAIL.recipient, AT, True),
        (Fate.BOUNCED, MAIL.recipient, LATER, True),
        (Fate.BOUNCED, MAIL.recipient, LATER + timedelta(minutes=1), False),
        (Fate.BOUNCED, "autre@atelier.example", AT, False),
        (Fate.COMPLAINED, MAIL.recipient, LATER + timedelta(days=9), True),
        (Fate.COMPLAINED, "autre@atelier.example", AT, False),
        (Fate.DELIVERED, MAIL.recipient, AT, False),
    ],
)
def test_where_a_copy_came_back_none_goes_until_the_record_is_saved_again(
    fate: Fate, address: str, saved_at: datetime, *, refused: bool
) -> None:
    """[S-04]"""
    mail = learn(MAIL, Lesson(ClaimState.SENT, fate), LATER)
    assert mail.refuses(address, saved_at) is refused


def test_the_tag_of_its_mail_is_that_of_no_document() -> None:
    assert parse_tag(tag(TENANT, claim_of("2026-12"))) == (TENANT, "pin#2026-12")
    assert month_told("pin#2026-12") == "2026-12"
    assert month_told("quo_1#delivery") is None
