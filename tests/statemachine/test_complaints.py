"""What users of other products complain of about reminders, each lived on the real machine. [peers D.3, 7 to 14]

10 (one missing template aborts everybody's reminders) and 14 (what remains, and a statement) are in
tests/unit/sending: test_steps.py and test_grouping.py.
"""

from dataclasses import replace
from datetime import datetime, time

from relance.app.enrolling import enrol
from relance.domain.calendar_fr import PARIS
from relance.domain.reminder.hold import Hold, HoldKind
from relance.domain.reminder.run import hold, release
from relance.domain.reminder.scenario import Anchor, Condition, DocumentKind, Scenario, Step
from tests.builders import TENANT, a_customer
from tests.doubles.office import Office, an_issued_invoice
from tests.doubles.outside import START
from tests.statemachine.theatre import Theatre

SOFT = Step("soft", Anchor.DUE, 3, time(9, 30), Condition.UNPAID, "invoice_overdue", level=1)
FIRM = replace(SOFT, id="firm", offset_days=8, template="invoice_firm", level=2)
LAST = replace(SOFT, id="last", offset_days=15, template="invoice_formal", level=3)


def left(office: Office) -> list[tuple[str, str]]:
    return [(f"{mail.date.astimezone(PARIS):%d/%m}", mail.subject.split()[0]) for mail in office.mailer.delivered]


def test_complaint_7_a_quote_is_followed_up_without_anybody_having_asked_for_it() -> None:
    office = Office()
    run = enrol(office.ctx, TENANT, DocumentKind.QUOTE, "quo_1", START, customer=a_customer(), customer_id="cus_1")
    assert run.scenario_id.startswith("standard.quote@")
    assert office.post.published.get(TENANT, run.scenario_id) is not None
    assert run.is_open


def test_complaint_8_after_three_days_down_one_mail_catches_up_at_the_right_level() -> None:
    """« due date == today ± n »: a missed day was never made good. Here the latest due step leaves, and it alone."""
    theatre = Theatre()
    own = theatre.office.publish(SOFT, replace(FIRM, offset_days=5), LAST)
    invoice = theatre.office.follow(an_issued_invoice(START, 0, theatre.office.drawn()), own)
    theatre.machine.start(TENANT, "invoice", invoice.id, 1)
    theatre.days(2)
    theatre.machine.kill()  # 18 November; the soft reminder is due on the 19th, the firm one on the 23rd
    theatre.days(5.5)
    assert left(theatre.office) == [("16/11", "invoice_delivery")]
    theatre.sweep()  # on the 23rd in the evening: nobody is written to before the morning
    theatre.days(0.6)
    assert left(theatre.office)[1:] == [("24/11", "invoice_firm")]
    assert [(s.step, s.reason) for s in theatre.office.run_of(invoice).skipped] == [("soft", "superseded")]
    theatre.days(30)
    assert [subject for _, subject in left(theatre.office)[2:]] == ["invoice_formal"], "and then its usual way"


def test_complaint_11_nobody_is_told_that_he_is_late_on_the_morning_after_he_got_the_invoice() -> None:
    theatre = Theatre()
    own = theatre.office.publish(replace(SOFT, offset_days=-30), replace(FIRM, offset_days=-29))
    invoice = theatre.office.follow(an_issued_invoice(START, 0, theatre.office.drawn()), own)
    theatre.machine.start(TENANT, "invoice", invoice.id, 1)
    theatre.days(20)
    days = [datetime.strptime(day, "%d/%m").day for day, _ in left(theatre.office)]  # noqa: DTZ007 - a day alone
    assert len(days) == len(set(days)), "never two on one day"
    assert days[1] > days[0]
    assert [subject for _, subject in left(theatre.office)] == ["invoice_delivery", "invoice_firm"], "one catches up"


def test_complaint_13_what_is_disputed_is_left_out_and_comes_back_when_the_dispute_is_over() -> None:
    theatre = Theatre()
    own = theatre.office.publish(SOFT, FIRM, LAST)
    disputed = theatre.office.owing(1, own, days_late=2)
    other = theatre.office.owing(2, own, days_late=2)
    for invoice in (disputed, other):
        theatre.machine.start(TENANT, "invoice", invoice.id, 1)
    now = theatre.office.clock.now()
    run = hold(theatre.office.run_of(disputed), Hold("hld_1", HoldKind.DISPUTE, now, "user:louise"), now)
    theatre.office.put(run)
    theatre.machine.start(TENANT, "invoice", disputed.id, run.turn)
    theatre.days(5)
    assert [mail.subject for mail in theatre.office.mailer.delivered] == ["invoice_overdue F-2026-0002"]
    now = theatre.office.clock.now()
    run = release(theatre.office.run_of(disputed), "hld_1", "settled", now)
    theatre.office.put(run)
    theatre.machine.start(TENANT, "invoice", disputed.id, run.turn)
    theatre.days(10)
    claims = [step for step in ("soft", "firm", "last") if theatre.office.claim(disputed, step)]
    assert claims, "it is asked for again"


def test_a_scenario_edited_in_mid_flight_keeps_its_version_in_every_execution() -> None:
    theatre = Theatre()
    own = theatre.office.publish(SOFT)
    invoice = theatre.office.follow(an_issued_invoice(START, 10, theatre.office.drawn()), own)
    theatre.machine.start(TENANT, "invoice", invoice.id, 1)
    theatre.days(3)
    stored = theatre.office.store.get(TENANT, Scenario, own)
    assert stored is not None
    edited = replace(SOFT, offset_days=0, template="invoice_firm")
    theatre.office.put(replace(stored, version=2, steps=(edited, LAST)))  # earlier, firmer, more often
    theatre.machine.kill()
    for _ in range(4 * 60):
        theatre.days(0.25)
        theatre.sweep()
    assert [subject for _, subject in left(theatre.office)] == ["invoice_delivery", "invoice_overdue"]
    assert theatre.office.run_of(invoice).scenario_id == own
    assert theatre.executions_of(invoice)[-1] == ("SUCCEEDED", "")
