"""S-05: no more reminders of quotes, by the page or by the mail program's one click; what is owed is not concerned."""

from urllib.parse import urlencode

import pytest

from relance.app.ports.store import Commit
from relance.domain.reminder.correspondence import Correspondence, first_letter, reminded
from tests.builders import TENANT, a_customer
from tests.doubles.outside import START
from tests.doubles.site import Site
from tests.doubles.store import InMemoryStore


def letters(site: Site) -> Correspondence | None:
    return site.store.get(TENANT, Correspondence, a_customer().id)


def test_the_page_says_what_stops_and_what_does_not_and_changes_nothing_itself() -> None:
    site = Site()
    token, before = site.quote(), site.store.commits
    page = site.get(f"/u/{token}")
    assert (page.status, "rappel au sujet de ses devis" in page.body) == (200, True)
    assert (site.store.commits, letters(site)) == (before, None), "scanners follow every link [T-12]"


def test_the_form_stops_the_reminders_once() -> None:
    site = Site()
    token = site.quote()
    page = site.get(f"/u/{token}")
    for _ in range(2):
        done = site.fill(page, token)
        assert (done.status, "Vous ne recevrez plus de rappel" in done.body) == (200, True)
    kept = letters(site)
    assert kept is not None
    assert (kept.unsubscribed_at, kept.rev) == (site.clock.now(), 1)
    assert site.stored().rev == 1, "the quote itself is as it was"


def test_one_click_of_a_mail_program_is_enough_rfc_8058() -> None:
    site = Site()
    token = site.quote()
    body = urlencode({"List-Unsubscribe": "One-Click"})
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert site.send("POST", f"/u/{token}", body, headers).status == 200
    assert letters(site) is not None


@pytest.mark.parametrize("forged", ["", "A" * 22, "é"])
def test_a_form_of_another_page_stops_nothing(forged: str) -> None:
    site = Site()
    token = site.quote()
    answer = site.post(f"/u/{token}", {"form_token": forged})
    assert (answer.status, "rechargez la page" in answer.body, letters(site)) == (403, True, None)


def test_what_is_owed_is_not_unsubscribed_from() -> None:
    site = Site()
    assert site.get(f"/u/{site.invoice()}").status == 404


def test_an_unknown_link_is_not_found() -> None:
    assert Site().get(f"/u/{'A' * 22}").status == 404


class Busy(InMemoryStore):
    """A store in which a reminder leaves just before each of the next `moves` commits of a letter box."""

    moves = 0

    def commit(self, commit: Commit) -> None:
        if self.moves and any(isinstance(put, Correspondence) for put in commit.puts):
            self.moves -= 1
            found = self.get(TENANT, Correspondence, a_customer().id) or first_letter(TENANT, a_customer().id)
            super().commit(Commit(TENANT, f"rival {found.rev}", puts=(reminded(found, START),)))
        super().commit(commit)


@pytest.mark.parametrize(("moves", "status"), [(1, 200), (2, 200), (3, 409)])
def test_a_reminder_that_leaves_at_this_moment_is_the_last(moves: int, status: int) -> None:
    store = Busy()
    site = Site(store=store)
    token = site.quote()
    page = site.get(f"/u/{token}")
    store.moves = moves
    assert site.fill(page, token).status == status
    kept = letters(site)
    assert kept is not None
    assert (kept.unsubscribed_at is not None, kept.last_reminder_at) == (status == 200, START)
