"""M-04 to M-07 over HTTP: the sort of the mails, three numbers that add up, and whom to call."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from relance.app.noticing import noticed, told
from relance.app.ports.activity import ActivityKind
from relance.app.ports.store import Commit, Entity
from relance.domain.party import TrackingConsent
from relance.domain.quote import QuoteStatus
from relance.domain.reminder.claim import ClaimState, Fate
from relance.domain.reminder.scenario import Action
from relance.domain.tracking.opens import OpenClass, Verdict
from tests.builders import TENANT, a_quote, a_quote_content
from tests.doubles.api import Caller, Server, wanted
from tests.doubles.gateway import Answer
from tests.doubles.office import a_claim
from tests.doubles.outside import START

YES = TrackingConsent.CONSENTED
DAY = timedelta(days=1)


def report(caller: Caller, **query: str) -> Answer:
    return caller.reports.get("/v1/reports/tracking", **({"from": "2026-11-01", "to": "2026-11-30"} | query))


def put(server: Server, *entities: Entity) -> None:
    server.store.commit(Commit(TENANT, f"{entities!r}"[:300], puts=entities))


def mail(n: int, *, consent: TrackingConsent = YES, fate: Fate = Fate.DELIVERED, **changes: Any) -> Entity:
    """One mail about a quote of its own."""
    document = f"quo_{n:026d}"
    step = changes.pop("step", "delivery")
    return a_claim(step, START, document, rev=1, consent=consent, fate=fate, **changes)


def hit(server: Server, n: int, kind: ActivityKind, open_class: OpenClass, after: timedelta, **data: str) -> None:
    verdict = Verdict(open_class, 60, ("x",))
    server.activity.record(
        noticed(
            kind,
            START + after,
            tenant=TENANT,
            document_kind="quote",
            document_id=f"quo_{n:026d}",
            subject=f"{open_class}",
            data=told(verdict, ip="203.0.113.7", user_agent="x") | data,
        )
    )


def opened(server: Server, n: int, open_class: OpenClass) -> None:
    claim_id = f"quo_{n:026d}#delivery"
    hit(server, n, ActivityKind.OPENED, open_class, timedelta(hours=1), claim_id=claim_id)


def test_three_numbers_over_those_who_agreed_and_never_one_rate(server: Server, me: Caller) -> None:
    put(server, *(mail(n) for n in range(5)), mail(5, consent=TrackingConsent.NONE), mail(6, fate=Fate.BOUNCED))
    opened(server, 0, OpenClass.HUMAN_PROBABLE)
    opened(server, 1, OpenClass.PROXY_MPP)
    opened(server, 2, OpenClass.BOT)
    opened(server, 3, OpenClass.SELF)
    hit(server, 4, ActivityKind.VIEWED, OpenClass.HUMAN_PROBABLE, timedelta(hours=2))
    opened(server, 5, OpenClass.HUMAN_PROBABLE)
    answer = wanted(report(me))
    assert answer["mails"] == {"sent": 7, "delivered": 6, "bounced": 1, "complained": 0}
    opens = answer["opens"]
    assert (opens["mails"], opens["human_probable"], opens["proxy"], opens["unknown"]) == (6, 2, 1, 3)
    assert "6, dont 2 probablement ouverts par une personne, 1 chargés par la messagerie" in opens["text"]
    assert not any("rate" in key or "taux" in key for key in (*answer, *opens)), "never one rate"


def test_only_mails_to_customers_that_left_in_the_period_count(server: Server, me: Caller) -> None:
    put(
        server,
        mail(0, step="accepted_news"),
        mail(1, state=ClaimState.REFUSED),
        mail(2, action=Action.TASK),
        mail(3, joined="inv_1#due"),
        replace(mail(4), at=START + 20 * DAY),  # type: ignore[type-var]  # a claim, as any entity
        mail(5),
    )
    assert wanted(report(me))["mails"]["sent"] == 1


def test_a_look_at_the_page_speaks_of_the_last_mail_before_it(server: Server, me: Caller) -> None:
    first, second = mail(0), replace(mail(0, step="unseen"), at=START + 2 * DAY)  # type: ignore[type-var]  # a claim
    put(server, first, second)
    hit(server, 0, ActivityKind.VIEWED, OpenClass.HUMAN_PROBABLE, 3 * DAY)
    opens = wanted(report(me))["opens"]
    assert (opens["human_probable"], opens["unknown"]) == (1, 1)


def a_viewed_quote(n: int, sent_days_ago: int, viewed_days_ago: float, **changes: Any) -> Entity:
    content = a_quote_content(number=f"D-2026-000{n}")
    now = START + 10 * DAY
    return replace(
        a_quote(
            id=f"quo_{n:026d}",
            status=QuoteStatus.SENT,
            number=content.number,
            content=content,
            sent_at=now - sent_days_ago * DAY,
            first_viewed_at=now - viewed_days_ago * DAY,
        ),
        **changes,
    )


def test_who_looked_and_did_not_answer_is_to_be_called(server: Server, me: Caller) -> None:
    server.clock.move_to(START + 10 * DAY)
    put(
        server,
        a_viewed_quote(1, 9, 6),
        a_viewed_quote(2, 8, 4),
        a_viewed_quote(3, 3, 1),  # too early to call
        a_viewed_quote(4, 9, 5, status=QuoteStatus.REFUSED),
        replace(a_viewed_quote(5, 9, 0), first_viewed_at=None),  # type: ignore[type-var]  # never looked at
    )
    for hours in (0, 5):
        hit(server, 2, ActivityKind.VIEWED, OpenClass.HUMAN_PROBABLE, 6 * DAY + timedelta(hours=hours))
    hit(server, 2, ActivityKind.VIEWED, OpenClass.BOT, 9 * DAY)
    hot = wanted(report(me))["hot"]
    assert [(one["number"], one["views"], one["is_hot"]) for one in hot] == [
        ("D-2026-0002", 2, True),
        ("D-2026-0001", 1, False),
    ]
    assert (hot[0]["customer"], hot[0]["total"], hot[0]["currency"]) == ("Camille Lefèvre", hot[1]["total"], "EUR")
    assert hot[0]["last_viewed_at"] == "2026-11-22T14:00:00Z"
    everyone = wanted(report(me, days="0"))
    assert [one["number"] for one in everyone["hot"]] == ["D-2026-0003", "D-2026-0002", "D-2026-0001"]
    assert everyone["first_view_s"] == 302_400, "three days and a half: the median of 3, 4, 2 and 4"


def test_a_firm_that_sent_nothing_has_a_report_all_the_same(me: Caller) -> None:
    answer = wanted(report(me))
    assert (answer["opens"]["mails"], answer["first_view_s"], answer["hot"]) == (0, None, [])


@pytest.mark.parametrize("days", ["x", "-1", "999", "1000"])
def test_a_number_of_days_that_is_none_is_refused(me: Caller, days: str) -> None:
    answer = report(me, days=days)
    assert (answer.status, {p for p, _ in answer.faults}) == (422, {"/days"})


def test_a_period_that_is_none_is_refused(me: Caller) -> None:
    assert report(me, **{"from": "2026-12-01"}).status == 422


def test_too_many_followed_documents_are_refused_and_not_counted_in_part(server: Server, me: Caller) -> None:
    for n in range(501):
        put(server, mail(n))
    answer = report(me)
    assert (answer.status, answer.json["code"]) == (409, "too_many_followed")


def test_nobody_reads_the_figures_of_another(server: Server, neighbour: Caller) -> None:
    put(server, mail(0))
    assert wanted(report(neighbour))["mails"]["sent"] == 0
