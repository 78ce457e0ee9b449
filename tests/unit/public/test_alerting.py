"""KB-03: the seller is told of a person's look by his document's run, once of a kind a day, whoever looks how often."""

from dataclasses import replace
from datetime import timedelta

import pytest

from relance.app.ports.store import Commit
from relance.domain.links import preview_proof
from relance.domain.quote import QuoteStatus
from relance.domain.reminder.run import Run, RunStatus, new_run
from relance.domain.reminder.settings import ReminderSettings
from tests.builders import TENANT, a_quote, an_invoice
from tests.doubles.office import a_payment
from tests.doubles.outside import START
from tests.doubles.site import KEY, Page, Site
from tests.doubles.store import Fault, InMemoryStore


def a_site() -> tuple[Site, Page]:
    site = Site()
    return site, site.get(f"/q/{site.quote()}")


def told(site: Site) -> list[str]:
    return [alert.id for alert in site.run().alerts]


def look(site: Site, page: Page, after: timedelta = timedelta(0), seconds: str = "5") -> None:
    site.clock.move_to(START + after)
    assert site.fill(page, "seen", seconds=seconds, gesture="yes").status == 204


def test_the_first_look_wakes_the_run_that_tells_the_seller() -> None:
    site, page = a_site()
    look(site, page, timedelta(seconds=9))
    run = site.run()
    assert (told(site), run.turn, run.status) == (["viewed_20261116"], 2, RunStatus.ACTIVE)
    assert run.next_at == site.clock.now()
    assert [(one.document_id, one.turn) for one in site.executions.started] == [(run.id, 2)]


def test_a_page_told_again_and_again_tells_once() -> None:
    site, page = a_site()
    for seconds in (3, 5, 60, 150):
        look(site, page, timedelta(seconds=seconds))
    assert (told(site), site.run().turn) == (["viewed_20261116"], 2)


def test_a_second_look_within_a_day_is_hot_and_a_third_is_known() -> None:
    site, page = a_site()
    for hours in (0, 1, 2):
        look(site, page, timedelta(hours=hours))
    assert told(site) == ["viewed_20261116", "hot_20261116"]


def test_two_minutes_on_the_page_are_hot() -> None:
    site, page = a_site()
    look(site, page, timedelta(seconds=5))
    look(site, page, timedelta(seconds=121), seconds="120")
    assert told(site) == ["viewed_20261116", "hot_20261116"]


def test_the_pdf_taken_tells_too() -> None:
    site, page = a_site()
    assert site.fill(page, "pdf").status == 200
    assert told(site) == ["viewed_20261116"]


def test_neither_a_robot_nor_the_seller_himself_tells_anything() -> None:
    site = Site()
    token = site.quote()
    page = site.get(f"/q/{token}?preview={preview_proof(KEY, token)}")
    site.fill(page, "seen", {"cookies": (page.cookies[0].partition(";")[0],)}, gesture="yes")
    site.fill(page, "seen", {"agent": "HeadlessChrome/120"}, gesture="yes")
    assert (told(site), site.run().turn, site.executions.started) == ([], 1, [])


def test_a_company_that_wants_no_alerts_gets_none() -> None:
    site, page = a_site()
    site.put(ReminderSettings(TENANT, rev=1, alerts=False))
    look(site, page)
    assert told(site) == []


@pytest.mark.parametrize("status", [QuoteStatus.ACCEPTED, QuoteStatus.REFUSED, QuoteStatus.CANCELLED])
def test_what_is_closed_tells_no_more(status: QuoteStatus) -> None:
    site, page = a_site()
    site.change(status=status)
    look(site, page)
    assert told(site) == []


@pytest.mark.parametrize("is_paid", [False, True])
def test_a_look_at_an_invoice_is_told_while_something_is_owed(is_paid: bool) -> None:
    site = Site()
    page = site.get(f"/q/{site.invoice()}")
    site.put(new_run(TENANT, "invoice", an_invoice().id, "standard.invoice@1", START))
    if is_paid:
        invoice = site.stored_invoice()
        site.put(replace(invoice, rev=2, payments=(a_payment(invoice.balance, START),)))
    look(site, page)
    run = site.store.get(TENANT, Run, an_invoice().id)
    assert run is not None
    assert [alert.id for alert in run.alerts] == ([] if is_paid else ["viewed_20261116"])


def test_a_document_without_a_run_tells_nobody_and_shows_all_the_same() -> None:
    site = Site()
    page = site.get(f"/q/{site.invoice()}")
    look(site, page)
    assert site.executions.started == []


class Busy(InMemoryStore):
    """A store in which somebody else moves the run just before each of the next `moves` commits of it."""

    moves = 0

    def commit(self, commit: Commit) -> None:
        if self.moves and any(isinstance(put, Run) for put in commit.puts):
            self.moves -= 1
            run = self.get(TENANT, Run, a_quote().id)
            assert run is not None
            super().commit(Commit(TENANT, f"rival {run.rev}", puts=(replace(run, rev=run.rev + 1),)))
        super().commit(commit)


@pytest.mark.parametrize(("moves", "expected"), [(1, ["viewed_20261116"]), (3, [])])
def test_a_run_that_moves_meanwhile_is_read_again_and_never_in_the_visitors_way(
    moves: int, expected: list[str]
) -> None:
    store = Busy()
    site = Site(store=store)
    page = site.get(f"/q/{site.quote()}")
    store.moves = moves
    look(site, page)
    assert told(site) == expected
    store.moves = 0
    look(site, page, timedelta(minutes=2))
    assert told(site) == ["viewed_20261116"], "what was not told is told at the next look"


def test_an_outage_while_telling_is_not_the_visitors_business() -> None:
    site, page = a_site()
    look(site, page)
    site.clock.advance(timedelta(days=1))
    site.store.fail_next(Fault.THROTTLED)
    assert site.fill(page, "seen", gesture="yes").status == 204
    assert told(site) == ["viewed_20261116"]
