"""A reminder that waits for a person: decided once, in time, by somebody who is named. [DR-09, KB-25]"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from relance.domain.errors import Conflict
from relance.domain.reminder.proposal import Proposal, ProposalState, decide
from relance.domain.reminder.scenario import Approval, DocumentKind, again
from tests.builders import TENANT

AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
PENDING = Proposal(
    tenant=TENANT,
    id="inv_1#formal",
    rev=1,
    document_kind=DocumentKind.INVOICE,
    document_id="inv_1",
    customer_id="cus_1",
    step="formal",
    template="invoice_formal",
    level=3,
    approval=Approval.MANUAL,
    state=ProposalState.PENDING,
    at=AT,
    expires_at=AT + timedelta(days=14),
    subject="Facture F-1",
)


def test_whoever_decides_is_named_with_the_instant_and_his_words() -> None:
    decided = decide(PENDING, ProposalState.APPROVED, "user:louise", AT, body="Bonjour", at_once=True)
    assert (decided.rev, decided.state, decided.by, decided.decided_at) == (
        2,
        ProposalState.APPROVED,
        "user:louise",
        AT,
    )
    assert (decided.subject, decided.body, decided.at_once) == ("Facture F-1", "Bonjour", True)


def test_a_decision_is_taken_once() -> None:
    skipped = decide(PENDING, ProposalState.SKIPPED, "user:louise", AT)
    with pytest.raises(Conflict) as raised:
        decide(skipped, ProposalState.APPROVED, "user:paul", AT)
    assert raised.value.code == "reminder_decided"


def test_nobody_decides_after_its_last_instant() -> None:
    decide(PENDING, ProposalState.APPROVED, "user:louise", PENDING.expires_at - timedelta(milliseconds=1))
    with pytest.raises(Conflict) as raised:
        decide(PENDING, ProposalState.APPROVED, "user:louise", PENDING.expires_at)
    assert raised.value.code == "reminder_expired"


@pytest.mark.parametrize(
    ("state", "days", "pending", "declined"),
    [
        (ProposalState.PENDING, 13, True, False),
        (ProposalState.PENDING, 14, False, True),
        (ProposalState.APPROVED, 20, False, False),
        (ProposalState.SKIPPED, 0, False, True),
    ],
)
def test_what_nobody_decides_in_time_counts_as_skipped(
    state: ProposalState, days: int, pending: bool, declined: bool
) -> None:
    found, now = replace(PENDING, state=state), AT + timedelta(days=days)
    assert (found.is_pending(now), found.is_declined(now)) == (pending, declined)
    assert found.is_open is (state is ProposalState.PENDING)


def test_its_step_says_who_asked_for_it() -> None:
    assert not PENDING.is_direct
    assert replace(PENDING, step="direct_2").is_direct
    assert replace(PENDING, step=again("formal", 1)).is_again
    assert not replace(PENDING, step="direct_2").is_again
