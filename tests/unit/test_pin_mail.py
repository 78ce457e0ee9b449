"""A checkpoint as a pin: its name, its fingerprint, and when it is mailed. [AR-02]"""

from datetime import date
from hashlib import sha256

import pytest

from relance.domain.calendar_fr import from_ms
from relance.domain.pin_mail import Pin, PinState, claimed, is_due, month_of, settled
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


def test_what_the_service_answered_is_kept_in_the_claim() -> None:
    at = from_ms(1_780_000_000_000)
    mail = claimed(A_PIN, TENANT, "moi@atelier.example", at)
    assert (mail.id, mail.rev, mail.state, mail.note_sha256) == ("2026-12", 1, PinState.CLAIMED, A_PIN.sha256)
    after = settled(mail, PinState.SENT, at, provider_id="mail-1")
    assert (after.rev, after.state, after.provider_id, after.size) == (2, PinState.SENT, "mail-1", 12)
