"""The customer's answer: what binds, what does not, and what is kept of it."""

import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.public_page.app import answer as serve
from relance.app.ports.store import Commit
from relance.domain.chain.event import parse
from relance.domain.content import content_json
from relance.domain.party import CustomerKind
from relance.domain.quote import QuoteStatus
from relance.domain.reminder.run import RunStatus
from tests.builders import TENANT, a_customer, a_quote, a_quote_content
from tests.doubles.outside import Run as Execution
from tests.doubles.site import AGENT, Page, Site, an_event
from tests.doubles.store import Fault, InMemoryStore

SIGNED = {"name": "Nadia Perrin", "mention": "Bon pour accord"}


def a_site(**changes: Any) -> tuple[Site, str, Page]:
    """A business customer looks at an open quote: one step is enough for him."""
    site = Site(customer=a_customer(kind=CustomerKind.BUSINESS))
    token = site.quote(a_quote_content(site.company, site.customer), **changes)
    return site, token, site.get(f"/q/{token}")


def accepted() -> tuple[Site, str]:
    site, token, page = a_site()
    assert site.fill(page, "accept", **SIGNED).status == 303
    return site, token


def facts(site: Site) -> list[Any]:
    return [parse(sealed.line) for sealed in site.store.events(TENANT)]


def test_accepting_leads_back_to_a_page_that_says_so() -> None:
    site, token, page = a_site()
    answer = site.fill(page, "accept", **SIGNED)
    assert (answer.status, answer.headers["Location"]) == (303, f"../{token}")
    thanks = site.get(f"/q/{token}")
    assert "Accepté par <b>Nadia Perrin</b> le <b>16\u00a0novembre\u00a02026 à 10\u00a0h\u00a000</b>" in thanks.body
    assert "accept" not in thanks.forms


def test_the_journal_holds_what_was_accepted_whole_and_nothing_of_where_from() -> None:
    site, _ = accepted()
    (fact,) = facts(site)
    quote = site.stored()
    assert quote.content is not None
    assert quote.acceptance is not None
    assert (fact.type, fact.ref.number) == ("quote.accepted", "D-2026-0001")
    assert fact.data["content"] == content_json(quote.content)
    assert fact.data["content_sha256"] == quote.content_sha256
    assert fact.data["pdf_sha256"] == quote.pdf_sha256 == quote.acceptance.document_sha256
    assert (fact.data["name"], fact.data["mention"], fact.data["version"]) == ("Nadia Perrin", "Bon pour accord", 1)
    assert fact.data["evidence_sha256"] == quote.acceptance.evidence_sha256
    assert b"203.0.113.7" not in fact.line
    assert b"Firefox" not in fact.line
    assert (quote.acceptance.ip, quote.acceptance.user_agent) == ("203.0.113.7", AGENT)


def test_the_evidence_of_two_equal_acceptances_differs() -> None:
    """The salt keeps an address from being searched for in the hash."""
    first, second = accepted()[0], Site(customer=a_customer(kind=CustomerKind.BUSINESS))
    second.entropy.bytes(1)
    token = second.quote(a_quote_content(second.company, second.customer))
    second.fill(second.get(f"/q/{token}"), "accept", **SIGNED)
    one, two = first.stored().acceptance, second.stored().acceptance
    assert one is not None
    assert two is not None
    assert one.salt != two.salt
    assert one.evidence_sha256 != two.evidence_sha256


def test_an_answer_stops_the_reminders_and_wakes_the_run_that_tells_both_sides() -> None:
    site, _ = accepted()
    run = site.run()
    assert (run.turn, run.status, run.next_at) == (2, RunStatus.ACTIVE, site.clock.now())
    assert site.executions.started == [Execution(TENANT, "quote", a_quote().id, 2)]


def test_an_execution_that_cannot_start_does_not_undo_the_acceptance() -> None:
    site, _, page = a_site()
    site.executions.failures = 1
    assert site.fill(page, "accept", **SIGNED).status == 303
    assert site.stored().status is QuoteStatus.ACCEPTED
    assert site.run().next_at == site.clock.now(), "the sweep finds it overdue"


def test_accepting_twice_says_that_it_is_done_and_writes_nothing() -> None:
    site, _, page = a_site()
    site.fill(page, "accept", **SIGNED)
    before = site.stored()
    again = site.fill(page, "accept", name="Quelqu’un d’autre", mention="Bon pour accord")
    assert again.status == 409
    assert "déjà été accepté" in again.body
    assert "Accepté par <b>Nadia Perrin</b>" in again.body
    assert (site.stored(), len(facts(site))) == (before, 1)


@pytest.mark.parametrize("verb", ["accept", "refuse"])
def test_an_expired_quote_can_no_longer_be_answered(verb: str) -> None:
    site, _, page = a_site()
    site.clock.advance(timedelta(days=31))
    answer = site.fill(page, verb, **SIGNED)
    assert (answer.status, "a expiré" in answer.body) == (409, True)
    assert (site.stored().status, facts(site)) == (QuoteStatus.SENT, [])


@pytest.mark.parametrize(
    ("status", "words"), [("replaced", "remplacé"), ("cancelled", "annulé"), ("refused", "refusé")]
)
def test_a_quote_that_was_closed_meanwhile_says_how(status: str, words: str) -> None:
    site, _, page = a_site()
    changes: dict[str, Any] = {"status": QuoteStatus(status)}
    site.change(**changes)
    answer = site.fill(page, "accept", **SIGNED)
    assert (answer.status, words in answer.body) == (409, True)
    assert facts(site) == []


def test_another_version_than_the_one_shown_cannot_be_accepted() -> None:
    site, token, page = a_site()
    site.change(pdf_sha256="f" * 64)
    answer = site.fill(page, "accept", **SIGNED)
    assert (answer.status, "rechargez" in answer.body) == (409, True)
    assert site.stored().status is QuoteStatus.SENT
    fresh = site.get(f"/q/{token}")
    assert fresh.forms["accept"]["document_sha256"] == "f" * 64


@pytest.mark.parametrize(
    "forged",
    [{"form_token": ""}, {"form_token": "A" * 22}, {"form_token": "é"}, {"document_sha256": "f" * 64}],
)
@pytest.mark.parametrize("verb", ["accept", "refuse", "question", "seen", "pdf"])
def test_a_form_that_comes_from_no_page_of_ours_has_no_effect(verb: str, forged: dict[str, str]) -> None:
    site, _, page = a_site()
    before = site.store.commits
    answer = site.fill(page, verb, **SIGNED | {"text": "?"} | forged)
    assert (answer.status, "rechargez la page" in answer.body) == (403, True)
    assert (site.store.commits, site.noticed()) == (before, [])


def test_the_form_of_one_link_does_not_serve_another() -> None:
    site, _, page = a_site()
    other = site.invoice()
    fields = page.forms["accept"] | SIGNED
    assert site.post(f"/q/{other}/accept", fields).status == 403


def test_an_invoice_cannot_be_accepted() -> None:
    site = Site()
    token = site.invoice()
    fields = site.get(f"/q/{token}").forms["question"] | SIGNED
    assert site.post(f"/q/{token}/accept", fields).status == 404


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"mention": "oui"}, {"mention"}),
        ({"mention": ""}, {"mention"}),
        ({"mention": "Bon pour accord sous réserve du prix"}, {"mention"}),
        ({"name": "  "}, {"name"}),
        ({"name": "?!"}, {"name"}),
        ({"name": "N" * 101}, {"name"}),
        ({"name": "", "mention": ""}, {"name", "mention"}),
    ],
)
def test_what_is_missing_is_told_beside_its_field_and_what_was_typed_stays(
    typed: dict[str, str], wrong: set[str]
) -> None:
    site, _, page = a_site()
    answer = site.fill(page, "accept", **SIGNED | typed)
    assert answer.status == 422
    assert {name for name in ("name", "mention") if f'id="{name}-erreur"' in answer.body} == wrong
    assert answer.forms["accept"]["name"] == (SIGNED | typed)["name"]
    assert facts(site) == []
    mended = site.fill(replace(answer, url=page.url + "/accept"), "accept", **SIGNED)
    assert mended.status == 303


def test_a_name_cannot_hide_or_reorder_what_is_read() -> None:
    site, _, page = a_site()
    site.fill(page, "accept", name="Nadia\u202e\x00\r\n  Perrin\u200b", mention="Bon pour accord")
    acceptance = site.stored().acceptance
    assert acceptance is not None
    assert acceptance.name == "Nadia Perrin"


def test_a_name_that_is_a_script_is_shown_as_text() -> None:
    site, token, page = a_site()
    site.fill(page, "accept", name="<script>alert('Léa')</script>", mention="Bon pour accord")
    assert "<script>alert" not in site.get(f"/q/{token}").body


# --- consumers confirm ------------------------------------------------------------------------------------------------


def test_a_consumer_checks_then_confirms_and_nothing_is_ordered_before() -> None:
    site = Site()
    token = site.quote()
    step = site.fill(site.get(f"/q/{token}"), "accept", name="Camille Lefèvre", mention="Bon pour accord")
    assert (step.status, site.stored().status) == (200, QuoteStatus.SENT)
    for shown in ("Commander avec obligation de paiement", "2\u202f215,35\u00a0€", "Camille Lefèvre", "Étape 2 sur 2"):
        assert shown in step.body
    assert site.fill(step, "accept").status == 303
    assert site.stored().status is QuoteStatus.ACCEPTED


def test_a_consumer_is_told_of_faults_before_he_is_asked_to_confirm() -> None:
    site = Site()
    token = site.quote()
    assert site.fill(site.get(f"/q/{token}"), "accept", name="", mention="", confirmed="yes").status == 422


# --- other answers ----------------------------------------------------------------------------------------------------


def test_a_refusal_keeps_its_reason_beside_the_quote_and_out_of_the_journal() -> None:
    site, _, page = a_site()
    answer = site.follow(site.fill(page, "refuse", reason="Trop cher pour nous,\r\nhélas."))
    assert "Vous avez refusé ce devis" in answer.body
    quote, (fact,) = site.stored(), facts(site)
    assert quote.refusal is not None
    assert quote.refusal.reason == "Trop cher pour nous,\nhélas."
    assert (fact.type, "cher" in fact.line.decode()) == ("quote.refused", False)
    assert site.run().turn == 2
    assert site.fill(page, "accept", **SIGNED).status == 409


def test_a_reason_that_is_too_long_is_given_back_to_be_cut() -> None:
    site, _, page = a_site()
    answer = site.fill(page, "refuse", reason="x" * 2001)
    assert (answer.status, "2000 caractères" in answer.body) == (422, True)
    assert answer.forms["refuse"].keys() >= {"reason"}


def test_a_question_is_kept_once_and_answers_nothing() -> None:
    site, _, page = a_site()
    for _ in range(2):
        answer = site.fill(page, "question", text="Le parquet est-il\nhuilé ?")
    assert "Votre question est enregistrée" in site.follow(answer).body
    (kept,) = site.noticed()
    assert (kept.kind, kept.data["text"]) == ("question", "Le parquet est-il\nhuilé ?")
    assert (site.stored().rev, facts(site)) == (1, [])


def test_the_link_that_asks_for_more_time_sends_nothing_by_itself_and_one_click_does() -> None:
    """Mail scanners follow every link: the question is there, in words that can be changed, and waits for its click."""
    site, token, page = a_site()
    asking = site.get(f"/q/{token}?question=prolonger")
    words = re.search('<details id="question" open>.*?<textarea[^>]*>(.*?)</textarea>', asking.body, re.DOTALL)
    assert words is not None
    assert words[1] == "Bonjour, pourriez-vous prolonger la validité de votre offre\u202f?"
    assert '<details id="question" open>' not in page.body
    assert site.noticed() == []
    site.fill(asking, "question", text=words[1])
    (kept,) = site.noticed()
    assert (kept.kind, kept.data["text"]) == ("question", words[1].replace("\u202f", " "))


def test_an_empty_question_is_asked_for_again() -> None:
    site, _, page = a_site()
    assert site.fill(page, "question", text=" \n ").status == 422


# --- a look -----------------------------------------------------------------------------------------------------------


def test_the_first_look_is_dated_once_and_a_minute_of_looks_is_one() -> None:
    site, _, page = a_site()
    first = site.clock.now()
    for seconds in (0, 20, 3600):
        site.clock.move_to(first + timedelta(seconds=seconds))
        assert site.fill(page, "seen").status == 204
    assert (site.stored().first_viewed_at, site.stored().rev) == (first, 2)
    assert [a.kind for a in site.noticed()] == ["viewed", "viewed"]
    assert site.stored().acceptance is None


def test_a_look_at_an_invoice_is_noticed_too() -> None:
    site = Site()
    page = site.get(f"/q/{site.invoice()}")
    assert site.fill(page, "seen").status == 204
    assert [a.document_kind for a in site.noticed()] == ["invoice"]


# --- what goes wrong --------------------------------------------------------------------------------------------------


class Busy(InMemoryStore):
    """A store in which somebody else is faster, once."""

    rival: Callable[[], object] | None = None

    def commit(self, commit: Commit) -> None:
        rival, self.rival = self.rival, None
        if rival:
            rival()
        super().commit(commit)


def test_a_look_at_the_very_instant_of_the_answer_does_not_spoil_it() -> None:
    store = Busy()
    site = Site(store=store, customer=a_customer(kind=CustomerKind.BUSINESS))
    page = site.get(f"/q/{site.quote(a_quote_content(site.company, site.customer))}")
    store.rival = lambda: site.fill(page, "seen")
    assert site.fill(page, "accept", **SIGNED).status == 303
    assert (site.stored().status, site.stored().first_viewed_at) == (QuoteStatus.ACCEPTED, site.clock.now())


def test_of_two_answers_at_the_same_instant_one_counts_and_the_other_is_told() -> None:
    store = Busy()
    site = Site(store=store, customer=a_customer(kind=CustomerKind.BUSINESS))
    page = site.get(f"/q/{site.quote(a_quote_content(site.company, site.customer))}")
    store.rival = lambda: site.fill(page, "refuse", reason="")
    assert site.fill(page, "accept", **SIGNED).status == 409
    assert (site.stored().status, [fact.type for fact in facts(site)]) == (QuoteStatus.REFUSED, ["quote.refused"])


def test_a_look_is_dated_even_when_the_quote_changes_under_it() -> None:
    store = Busy()
    site = Site(store=store)
    page = site.get(f"/q/{site.quote()}")
    store.rival = lambda: site.change(updated_at=site.clock.now())
    assert site.fill(page, "seen").status == 204
    assert site.stored().first_viewed_at == site.clock.now()


def test_a_look_at_the_instant_of_a_refusal_dates_nothing() -> None:
    store = Busy()
    site = Site(store=store)
    page = site.get(f"/q/{site.quote()}")
    store.rival = lambda: site.fill(page, "refuse", reason="")
    assert site.fill(page, "seen").status == 204
    assert site.stored().first_viewed_at is None


def test_a_quote_that_never_stops_changing_is_a_conflict_and_not_a_loop() -> None:
    store = Busy()
    site = Site(store=store, customer=a_customer(kind=CustomerKind.BUSINESS))
    page = site.get(f"/q/{site.quote(a_quote_content(site.company, site.customer))}")

    def again() -> None:
        site.change(updated_at=site.clock.now())
        store.rival = again

    store.rival = again
    assert site.fill(page, "accept", **SIGNED).status == 409
    assert facts(site) == []


def test_refusing_another_version_than_the_one_shown_is_refused() -> None:
    site, _, page = a_site()
    site.change(pdf_sha256="f" * 64)
    assert site.fill(page, "refuse", reason="").status == 409
    assert site.stored().status is QuoteStatus.SENT


def test_a_quote_without_a_run_is_answered_all_the_same() -> None:
    site, _, page = a_site()
    site.store.commit(Commit(TENANT, "without run", deletes=(site.run(),)))
    assert site.fill(page, "accept", **SIGNED).status == 303
    assert site.executions.started == []


def test_our_own_fault_is_a_page_without_a_word_of_detail(capsys: pytest.CaptureFixture[str]) -> None:
    site, token, _ = a_site()
    site.documents.stored.clear()
    lost = site.get(f"/q/{token}/pdf")
    assert (lost.status, "Traceback" in lost.body) == (404, False)
    site.documents = None  # type: ignore[assignment]  # a mistake of ours
    broken = site.get(f"/q/{token}/pdf")
    assert (broken.status, "Une erreur s’est produite" in broken.body) == (500, True)
    assert token not in capsys.readouterr().out


def test_a_lost_answer_is_found_again() -> None:
    site, _, page = a_site()
    site.store.fail_next(Fault.STORED)
    assert site.fill(page, "accept", **SIGNED).status == 303
    assert len(facts(site)) == 1


def test_an_outcome_that_nobody_knows_is_told_as_such() -> None:
    site, _, page = a_site()
    site.store.fail_next(Fault.NOT_STORED, Fault.NOT_STORED)
    answer = site.fill(page, "accept", **SIGNED)
    assert (answer.status, "peut-être enregistrée" in answer.body) == (500, True)
    assert site.stored().status is QuoteStatus.SENT


def test_a_busy_store_asks_for_patience() -> None:
    site, _, page = a_site()
    site.store.fail_next(Fault.THROTTLED)
    answer = site.fill(page, "accept", **SIGNED)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (json.dumps(SIGNED), {"content-type": "application/json"}, 422),
        ("name=x", {}, 422),
        ("name=%ff%fe", {"content-type": "application/x-www-form-urlencoded"}, 422),
        ("&".join(f"a{n}=1" for n in range(1_100)), {"content-type": "application/x-www-form-urlencoded"}, 422),
        ("text=" + "x" * 50_000, {"content-type": "application/x-www-form-urlencoded"}, 413),
    ],
)
def test_a_body_that_no_form_of_ours_sends_is_refused(body: str, headers: dict[str, str], status: int) -> None:
    site, token, _ = a_site()
    assert site.send("POST", f"/q/{token}/accept", body, headers).status == status
    assert facts(site) == []


def test_a_form_that_the_gateway_encoded_is_read_all_the_same() -> None:
    site, token, page = a_site()
    form = urlencode(page.forms["accept"] | SIGNED)
    event = an_event("POST", f"/q/{token}/accept", "", {"Content-Type": "application/x-www-form-urlencoded"})
    event |= {"body": b64encode(form.encode()).decode(), "isBase64Encoded": True}
    assert serve(event, site.parts)["statusCode"] == 303


@pytest.mark.parametrize("url", ["/q/x/withdraw", "/elsewhere"])
def test_what_is_not_served_is_not_found(url: str) -> None:
    assert Site().post(url, {}).status == 404
