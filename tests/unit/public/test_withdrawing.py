"""The function that the law wants: visible for the whole period, two steps, and an acknowledgement that is owed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from relance.domain.chain.event import parse
from relance.domain.party import CustomerKind
from relance.domain.quote import QuoteStatus
from relance.domain.reminder.run import RunStatus
from tests.builders import TENANT, a_customer, a_quote, a_quote_content
from tests.doubles.outside import Run as Execution
from tests.doubles.site import Page, Site
from tests.doubles.store import Crash, Fault

LABEL = "Renoncer au contrat ici"
SIGNED = {"name": "Camille Lefèvre", "mention": "Bon pour accord"}


def a_contract(channel: str = "distance", **changes: Any) -> tuple[Site, Page]:
    """A consumer has just accepted; the page that he is led to."""
    site = Site()
    token = site.quote(a_quote_content(site.company, site.customer, channel=channel, **changes))
    step = site.fill(site.get(f"/q/{token}"), "accept", **SIGNED)
    return site, site.follow(site.fill(step, "accept"))


def stated(site: Site, page: Page) -> Page:
    """The second step, reached by the statement as it is proposed."""
    return site.fill(site.get(page.url + "/withdraw"), "withdraw")


def withdrawn() -> tuple[Site, Page]:
    site, page = a_contract()
    return site, site.follow(site.fill(stated(site, page), "withdraw"))


def test_the_function_is_there_for_the_whole_period_and_not_a_day_longer_W_02() -> None:
    site, page = a_contract(lines=a_services())
    for _ in range(15):  # accepted on Monday 16 November: until Monday 30 November included
        assert LABEL in site.get(page.url).body, site.clock.now()
        site.clock.advance(timedelta(days=1))
    assert LABEL not in site.get(page.url).body
    assert site.get(page.url + "/withdraw").status == 409


def a_services() -> Any:
    return tuple(replace(line, nature="services") for line in a_quote_content().lines)


def test_where_goods_are_awaited_it_stays_and_says_so_W_01() -> None:
    site, page = a_contract()
    site.clock.advance(timedelta(days=200))
    assert "14 jours après avoir reçu les biens" in site.get(page.url).body
    site.change(received_on=site.clock.now().date() - timedelta(days=20))
    assert LABEL not in site.get(page.url).body


def test_who_was_told_nothing_keeps_it_for_a_year_more_W_04() -> None:
    site, page = a_contract(channel="", lines=a_services())
    site.clock.advance(timedelta(days=300))
    assert LABEL in site.get(page.url).body


def test_there_is_none_for_what_was_made_on_the_premises_nor_for_a_business() -> None:
    _, page = a_contract("premises")
    assert LABEL not in page.body
    site = Site(customer=a_customer(kind=CustomerKind.BUSINESS))
    page = site.get(f"/q/{site.quote(a_quote_content(site.company, site.customer, channel='distance'))}")
    thanks = site.follow(site.fill(page, "accept", **SIGNED))
    assert ("Devis accepté" in thanks.body, LABEL in thanks.body) == (True, False)


def test_nothing_is_withdrawn_before_it_is_confirmed_W_02() -> None:
    site, page = a_contract()
    form = site.get(page.url + "/withdraw")
    assert form.forms["withdraw"]["email"] == site.customer.email
    step = site.fill(form, "withdraw")
    assert (step.status, "Confirmer la rétractation" in step.body) == (200, True)
    assert site.stored().status is QuoteStatus.ACCEPTED


def test_confirming_ends_the_contract_and_chains_it_without_the_words_W_05() -> None:
    site, after = withdrawn()
    quote = site.stored()
    assert quote.status is QuoteStatus.WITHDRAWN
    assert quote.withdrawal is not None
    assert "D-2026-0001" in quote.withdrawal.statement
    assert "Votre rétractation est enregistrée" in after.body
    assert LABEL not in after.body
    fact = parse(site.store.events(TENANT)[-1].line)
    assert (fact.type, fact.ref.number) == ("quote.withdrawn", "D-2026-0001")
    assert fact.data["evidence_sha256"] == quote.withdrawal.evidence_sha256
    for word in ("notifie", "camille.lefevre", "Camille"):
        assert word not in fact.line.decode()


def test_the_reminders_stop_and_the_run_that_acknowledges_is_due_at_once_W_05() -> None:
    site, _ = withdrawn()
    run, withdrawal = site.run(), site.stored().withdrawal
    assert withdrawal is not None
    assert (run.status, run.next_at, run.turn) == (RunStatus.ACTIVE, withdrawal.at, 3)
    assert site.executions.started[-1] == Execution(TENANT, "quote", a_quote().id, 3)


def test_a_contract_stays_readable_after_its_withdrawal_Q_09() -> None:
    site, after = withdrawn()
    assert site.get(after.url + "/pdf").status == 200


def test_confirming_twice_is_confirming_once() -> None:
    site, page = a_contract()
    step = stated(site, page)
    assert site.fill(step, "withdraw").status == 303
    before = site.stored()
    again = site.fill(step, "withdraw")
    assert (again.status, "déjà enregistrée" in again.body) == (409, True)
    assert site.stored() == before


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"name": "?"}, "name"),
        ({"email": "camille"}, "email"),
        ({"email": ""}, "email"),
        ({"statement": " "}, "statement"),
    ],
)
def test_what_the_statement_lacks_is_told_beside_its_field(typed: dict[str, str], wrong: str) -> None:
    site, page = a_contract()
    answer = site.fill(site.get(page.url + "/withdraw"), "withdraw", **typed)
    assert (answer.status, f'id="{wrong}-erreur"' in answer.body) == (422, True)
    assert answer.forms["withdraw"][wrong].strip() == typed[wrong].strip()
    mended = site.fill(answer, "withdraw", name="Camille", email="c@client.example", statement="Je me rétracte.")
    assert "Confirmer la rétractation" in mended.body


def test_a_form_from_no_page_of_ours_withdraws_nothing() -> None:
    site, page = a_contract()
    step = stated(site, page)
    forged = step.forms["withdraw"] | {"form_token": "A" * 22}
    assert site.post(page.url + "/withdraw", forged).status == 403
    assert site.stored().status is QuoteStatus.ACCEPTED


def test_reading_the_statement_writes_nothing_T_12() -> None:
    site, page = a_contract()
    before = site.store.commits
    site.get(page.url + "/withdraw")
    assert site.store.commits == before


def test_an_open_quote_and_an_invoice_have_nothing_to_withdraw() -> None:
    site = Site()
    assert site.get(f"/q/{site.quote()}/withdraw").status == 409
    assert site.get(f"/q/{site.invoice()}/withdraw").status == 404


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_a_crash_at_the_confirmation_leaves_all_of_it_or_nothing(fault: Fault) -> None:
    site, page = a_contract()
    step = stated(site, page)
    site.store.fail_next(fault)
    with pytest.raises(Crash):
        site.fill(step, "withdraw")
    done = fault is Fault.CRASH_AFTER
    assert (site.stored().status is QuoteStatus.WITHDRAWN) is done
    assert site.fill(step, "withdraw").status == (409 if done else 303)
    assert site.stored().status is QuoteStatus.WITHDRAWN
    assert [parse(event.line).type for event in site.store.events(TENANT)] == ["quote.accepted", "quote.withdrawn"]
    assert site.run().turn == 3, "the sweep finds it due"


def test_an_early_start_is_asked_for_expressly_and_kept_as_evidence_W_04() -> None:
    site = Site()
    page = site.get(f"/q/{site.quote(a_quote_content(site.company, site.customer, channel='off_premises'))}")
    assert "avant la fin de mon délai de rétractation" in page.body
    step = site.fill(page, "accept", **SIGNED, early_start="yes")
    assert "à ma demande" in step.body
    site.fill(step, "accept")
    acceptance = site.stored().acceptance
    assert acceptance is not None
    assert acceptance.early_start


def test_off_premises_the_page_says_from_when_money_may_be_asked_W_03() -> None:
    site, page = a_contract("off_premises")
    assert "avant le 24\u00a0novembre\u00a02026" in page.body
    site.clock.advance(timedelta(days=8))
    assert "aucun paiement" not in site.get(page.url).body
