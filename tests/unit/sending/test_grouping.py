"""Several documents of one customer: one mail for what is overdue together, never two within the days that he is left.

The interleavings are those of the real code: the second machine comes in before each call that the first one makes of
its store. [DR-05, DR-08]
"""

from copy import copy
from dataclasses import replace
from datetime import time, timedelta
from typing import Any, Final

import pytest

from relance.app.approving import Edited, approve
from relance.app.context import Caller
from relance.app.ports.outside import Handover
from relance.app.ports.store import EntityMoved
from relance.app.proposed_words import preview
from relance.app.sending import MailDeferred
from relance.app.settling import settle
from relance.domain.errors import Contention
from relance.domain.invoice import Invoice
from relance.domain.reminder.claim import ClaimState, Fate, Lesson, claim_id
from relance.domain.reminder.correspondence import Correspondence
from relance.domain.reminder.hold import Hold, HoldKind
from relance.domain.reminder.run import hold
from relance.domain.reminder.scenario import Anchor, Approval, Condition, Enclosed, Guards, Step
from tests.builders import TENANT, a_customer
from tests.doubles.office import MACHINE, Office
from tests.doubles.outside import MailFate
from tests.doubles.racing import LettingIn

NINE: Final = time(9, 0)
SOFT: Final = Step("soft", Anchor.DUE, 1, NINE, Condition.UNPAID, "invoice_overdue", level=1)
FIRM: Final = replace(SOFT, id="firm", offset_days=8, template="invoice_firm", level=2)
LAST: Final = replace(SOFT, id="last", offset_days=60, template="invoice_last", level=3)
LOUISE: Final = Caller(TENANT, "user:louise")
BOTH: Final = (Enclosed.PDF, Enclosed.STATEMENT)


def three_overdue(**guards: Any) -> tuple[Office, list[Invoice]]:
    """One is ten days late (its firm reminder is due), one two (its soft one), one is not late at all."""
    office = Office()
    own = office.publish(SOFT, replace(FIRM, enclosed=BOTH), LAST, guards=Guards(**guards))
    return office, [office.owing(n, own, days_late=late) for n, late in ((1, 2), (2, 10), (3, -5))]


def steps_of(office: Office, invoice: Invoice) -> list[str]:
    return [step for step in ("soft", "firm", "last") if office.claim(invoice, step)]


def test_what_is_overdue_is_asked_for_in_one_mail_in_the_firmest_tone_DR_05() -> None:
    """Complaint 14 of the peers: no statement, and no word of what remains."""
    office, (young, old, fresh) = three_overdue()
    assert office.wake(young).done == (("soft", "sent"),)
    (mail,) = office.mailer.delivered
    assert mail.subject == "invoice_firm F-2026-0001", "the firmest of the voices"
    assert f"F-2026-0002:{old.balance} F-2026-0001:{young.balance}" in mail.text, "due first, listed first"
    assert "F-2026-0003" not in mail.text
    assert (steps_of(office, young), steps_of(office, old), steps_of(office, fresh)) == (["soft"], ["firm"], [])
    assert office.wake(old).done == (), "its turn was had"
    lead, joined = office.claim(young, "soft"), office.claim(old, "firm")
    assert lead is not None
    assert joined is not None
    assert (lead.carries, joined.joined, joined.state) == ((joined.id,), lead.id, ClaimState.SENT)
    assert (lead.level, joined.level) == (2, 2)


def test_a_part_that_was_paid_is_not_asked_for() -> None:
    office = Office()
    own = office.publish(SOFT, LAST)
    young, old = office.owing(1, own, days_late=2, amount=50_00), office.owing(2, own, days_late=3, amount=70_00)
    office.wake(young)
    assert f"F-2026-0002:{70_00} F-2026-0001:{50_00}" in office.mailer.delivered[0].text
    assert (old.balance, young.balance) == (70_00, 50_00)


def test_a_statement_goes_with_a_mail_whose_step_wants_one() -> None:
    office = Office()
    own = office.publish(replace(SOFT, enclosed=BOTH), LAST)
    for n in (1, 2):
        office.owing(n, own, days_late=2)
    office.wake(office.owing(3, own, days_late=2))
    names = [file.filename for file in office.mailer.delivered[0].attachments]
    assert names == ["Facture F-2026-0003.pdf", "Relevé de compte du 16-11-2026.pdf"]


def test_what_becomes_of_the_mail_is_learnt_of_every_invoice_that_it_asked_for() -> None:
    office, (young, old, _) = three_overdue()
    office.mailer.next(MailFate.UNKNOWN_DELIVERED)
    office.wake(young)
    told = Lesson(ClaimState.SENT, Fate.DELIVERED, provider_id="p-1")
    for _ in range(2):
        settle(office.ctx, MACHINE, claim_id(young.id, "soft"), told, office.activity, at=office.clock.now())
    for invoice, step in ((young, "soft"), (old, "firm")):
        claim = office.claim(invoice, step)
        assert claim is not None
        assert (claim.state, claim.fate) == (ClaimState.SENT, Fate.DELIVERED)


def test_a_mail_that_is_put_off_gives_every_claim_back() -> None:
    office, (young, old, _) = three_overdue()
    office.mailer.next(MailFate.THROTTLED)
    with pytest.raises(MailDeferred):
        office.wake(young)
    assert (steps_of(office, young), steps_of(office, old)) == ([], [])
    assert office.wake(old).done == (("firm", "sent"),)


@pytest.mark.parametrize("kind", [HoldKind.DISPUTE, HoldKind.PROMISE, HoldKind.MANUAL])
def test_a_disputed_invoice_is_left_out_and_the_others_are_asked_for_DR_02(kind: HoldKind) -> None:
    """Complaint 13 of the peers: a disputed invoice must be left out, and must come back when the dispute is over."""
    office, (young, old, _) = three_overdue()
    now = office.clock.now()
    office.put(hold(office.run_of(old), Hold("hld_1", kind, now, "user:louise"), now))
    office.wake(young)
    assert office.subjects() == ["invoice_overdue F-2026-0001"]
    assert steps_of(office, old) == []


def test_an_invoice_of_its_own_scenario_s_wish_is_asked_for_alone() -> None:
    office, (young, old, _) = three_overdue(is_grouped=False)
    office.wake(young)
    assert office.subjects() == ["invoice_overdue F-2026-0001"]
    assert office.wake(old).done == (), "he was written to just now: it waits its three days"
    office.clock.advance(timedelta(days=3))
    assert office.wake(old).done == (("firm", "sent"),)


def test_approved_reminders_of_one_customer_leave_in_one_mail_as_they_were_read_DR_05() -> None:
    """DR-09: each claim tells who approved its own step, and the queue shows the mail that will leave."""
    office = Office()
    own = office.publish(replace(SOFT, approval=Approval.MANUAL), LAST)
    young, old = (office.owing(n, own, days_late=late) for n, late in ((1, 2), (2, 3)))
    for invoice in (young, old):
        assert office.wake(invoice).done == (("soft", "proposed"),)
    read = preview(
        office.ctx, LOUISE, claim_id(young.id, "soft"), Edited(), office.post.published, office.store, office.post
    )
    approve(office.ctx, LOUISE, claim_id(young.id, "soft"), Edited(), office.executions)
    approve(office.ctx, replace(LOUISE, actor="user:paul"), claim_id(old.id, "soft"), Edited(), office.executions)
    assert office.wake(young).done == (("soft", "sent"),)
    assert office.wake(old).done == ()
    (mail,) = office.mailer.delivered
    assert f"F-2026-0002:{old.balance} F-2026-0001:{young.balance}" in mail.text
    assert mail.text.replace(mail.text.split("/q/")[1].split()[0], "") == read.text.replace("apercu", "")
    claims = [office.claim(invoice, "soft") for invoice in (young, old)]
    assert [claim and claim.approved_by for claim in claims] == ["user:louise", "user:paul"]


def test_an_invoice_whose_scenario_is_gone_keeps_nobody_elses_from_leaving_DR_17() -> None:
    office, (young, old, _) = three_overdue()
    run = office.run_of(old)
    office.put(replace(run, rev=run.rev + 1, scenario_id="gone@1"))
    assert office.wake(young).done == (("soft", "sent"),)
    assert office.subjects() == ["invoice_overdue F-2026-0001"]


def test_a_payment_of_a_listed_invoice_while_the_mail_is_written_has_it_written_anew() -> None:
    office, (young, old, _) = three_overdue()
    composer = office.post.composer

    class Paying:
        paid = False

        def compose(self, template: str, **parts: Any) -> Any:
            if not self.paid:
                self.paid = True
                office.pay(old)
            return composer.compose(template, **parts)

    office.post = replace(office.post, composer=Paying())
    office.wake(young)
    (mail,) = office.mailer.delivered
    assert "F-2026-0002" not in mail.text
    assert mail.subject == "invoice_overdue F-2026-0001"


# --- two machines ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_grouped", [True, False])
@pytest.mark.parametrize("n", range(1, 25))
def test_two_machines_of_one_customer_never_both_write_to_him_DR_08(n: int, is_grouped: bool) -> None:
    """The second one lives a whole wake before the n-th call that the first makes of its store."""
    office, (young, old, _) = three_overdue(is_grouped=is_grouped)
    store = LettingIn(office.store, n, lambda: _quietly(office, old))
    _quietly(_seen_through(office, store), young)
    for _ in range(3):  # and every machine tries again
        _quietly(office, young)
        _quietly(office, old)
    assert len(office.mailer.delivered) == 1
    box = office.store.get(TENANT, Correspondence, a_customer().id)
    assert box is not None
    assert box.last_reminder_at == office.clock.now()


@pytest.mark.parametrize("n", range(1, 25))
def test_two_machines_of_one_document_send_one_mail(n: int) -> None:
    office, (young, _, _) = three_overdue()
    _quietly(_seen_through(office, LettingIn(office.store, n, lambda: _quietly(office, young))), young)
    assert len(office.mailer.delivered) == 1
    office.mailer.assert_at_most_once()


@pytest.mark.parametrize("n", range(1, 25))
def test_a_payment_at_any_moment_is_never_followed_by_a_claim_DR_03(n: int) -> None:
    office, (young, _, _) = three_overdue(is_grouped=False)
    paid: list[int] = []

    def pay() -> None:
        office.pay(young)
        paid.append(len(office.mailer.attempts))

    _quietly(_seen_through(office, LettingIn(office.store, n, pay)), young)
    if paid and not paid[0]:
        claim = office.claim(young, "soft")
        # Claimed before the payment came, or not at all: what was claimed before may still leave after.
        assert claim is None or office.again(young).rev == young.rev + 1
        assert len(office.mailer.attempts) == (0 if claim is None else 1)


@pytest.mark.parametrize("n", range(1, 25))
def test_a_dispute_at_any_moment_is_never_followed_by_a_claim_DR_02(n: int) -> None:
    office, (young, old, _) = three_overdue()
    claimed: list[list[str]] = []

    def contest() -> None:
        claimed.append(steps_of(office, old))
        now = office.clock.now()
        office.put(hold(office.run_of(old), Hold("hld_1", HoldKind.DISPUTE, now, "user:louise"), now))

    _quietly(_seen_through(office, LettingIn(office.store, n, contest)), young)
    if claimed:
        assert steps_of(office, old) == claimed[0], "of what is contested, nothing more is asked"
    assert len(office.mailer.delivered) == 1


def test_a_bounce_that_is_told_while_another_mail_is_put_off_is_kept() -> None:
    office, (young, _, _) = three_overdue()

    class Busy:
        def send(self, mail: Any) -> Handover:
            told = Lesson(ClaimState.SENT, Fate.BOUNCED)
            settle(office.ctx, MACHINE, claim_id(young.id, "delivery"), told, office.activity, at=mail.date)
            office.mailer.next(MailFate.THROTTLED)
            return office.mailer.send(mail)

    office.post = replace(office.post, mailer=Busy())
    with pytest.raises(MailDeferred):
        office.wake(young)
    box = office.store.get(TENANT, Correspondence, a_customer().id)
    assert box is not None
    assert box.refuses("camille.lefevre@client.example") == "bounced"
    assert box.last_reminder_at is None
    assert office.claim(young, "soft") is None


def _seen_through(office: Office, store: LettingIn) -> Office:
    """The same firm, seen by a machine whose calls go through that store."""
    other = copy(office)
    other.ctx = replace(office.ctx, store=store)
    return other


def _quietly(office: Office, invoice: Invoice) -> None:
    """One wake; what the machine would try again is left."""
    try:
        office.wake(invoice)
    except (Contention, EntityMoved):
        return
