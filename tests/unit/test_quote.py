from dataclasses import replace
from datetime import date, timedelta

import pytest

from relance.domain.errors import Conflict
from relance.domain.quote import (
    Acceptance,
    Quote,
    QuoteState,
    QuoteStatus,
    Refusal,
    accept,
    refuse,
    require_draft,
    require_open,
)
from tests.builders import a_quote, a_quote_content, an_instant

PDF = "ab" * 32
LAST_DAY = date(2026, 12, 16)


def a_sent_quote(status: QuoteStatus = QuoteStatus.SENT) -> Quote:
    return a_quote(
        rev=2, status=status, number="D-2026-0001", content=a_quote_content(validity_until=LAST_DAY), pdf_sha256=PDF
    )


def an_acceptance(document_sha256: str = PDF, version: int = 1) -> Acceptance:
    at = an_instant("2026-11-20T10:00:00")
    return Acceptance("Camille Lefèvre", "Bon pour accord", at, document_sha256, version, "192.0.2.1", "Firefox", "")


def test_a_sent_quote_is_open_until_its_last_day_and_expired_the_day_after_Q_03() -> None:
    quote = a_sent_quote()
    assert quote.state_on(LAST_DAY) is QuoteState.OPEN
    assert quote.state_on(LAST_DAY + timedelta(days=1)) is QuoteState.EXPIRED


@pytest.mark.parametrize("status", [s for s in QuoteStatus if s is not QuoteStatus.SENT])
def test_every_other_status_is_told_as_it_is_whatever_the_day(status: QuoteStatus) -> None:
    assert a_sent_quote(status).state_on(date(2030, 1, 1)) == status.value


def test_a_draft_may_be_edited_and_nothing_else_C_01() -> None:
    require_draft(a_quote())
    for status in set(QuoteStatus) - {QuoteStatus.DRAFT}:
        with pytest.raises(Conflict) as refused:
            require_draft(a_sent_quote(status))
        assert refused.value.code == "quote_frozen"


def test_only_an_open_quote_shows_its_content_for_an_answer() -> None:
    quote = a_sent_quote()
    assert require_open(quote, LAST_DAY) is quote.content


@pytest.mark.parametrize(
    ("quote", "code"),
    [
        (a_quote(), "quote_draft"),
        (a_sent_quote(QuoteStatus.ACCEPTED), "quote_accepted"),
        (a_sent_quote(QuoteStatus.REFUSED), "quote_refused"),
        (a_sent_quote(QuoteStatus.REPLACED), "quote_replaced"),
        (a_sent_quote(QuoteStatus.CANCELLED), "quote_cancelled"),
    ],
)
def test_a_closed_quote_says_why_it_takes_no_answer_Q_05(quote: Quote, code: str) -> None:
    for answer in (
        lambda: require_open(quote, LAST_DAY),
        lambda: accept(quote, an_acceptance(), LAST_DAY),
        lambda: refuse(quote, Refusal(an_instant(), ""), LAST_DAY),
    ):
        with pytest.raises(Conflict) as refused:
            answer()
        assert refused.value.code == code


def test_acceptance_after_expiry_is_refused_Q_03() -> None:
    with pytest.raises(Conflict) as refused:
        accept(a_sent_quote(), an_acceptance(), LAST_DAY + timedelta(days=1))
    assert refused.value.code == "quote_expired"


def test_accepting_keeps_the_evidence_and_closes_the_quote_Q_04() -> None:
    quote, acceptance = a_sent_quote(), an_acceptance()
    accepted = accept(quote, acceptance, LAST_DAY)
    assert (accepted.status, accepted.acceptance, accepted.rev) == (QuoteStatus.ACCEPTED, acceptance, quote.rev + 1)
    assert accepted.updated_at == acceptance.at
    with pytest.raises(Conflict) as again:
        accept(accepted, acceptance, LAST_DAY)
    assert again.value.code == "quote_accepted"


@pytest.mark.parametrize("acceptance", [an_acceptance("cd" * 32), an_acceptance(version=2), an_acceptance("")])
def test_accepting_another_document_than_the_one_in_force_is_refused_Q_05(acceptance: Acceptance) -> None:
    with pytest.raises(Conflict) as refused:
        accept(a_sent_quote(), acceptance, LAST_DAY)
    assert refused.value.code == "other_version"


def test_a_quote_whose_pdf_was_never_sealed_cannot_be_accepted() -> None:
    with pytest.raises(Conflict) as refused:
        accept(replace(a_sent_quote(), pdf_sha256=""), an_acceptance(""), LAST_DAY)
    assert refused.value.code == "other_version"


def test_refusing_keeps_the_reason_and_closes_the_quote() -> None:
    refusal = Refusal(an_instant(), "Trop cher")
    refused = refuse(a_sent_quote(), refusal, LAST_DAY)
    assert (refused.status, refused.refusal, refused.rev) == (QuoteStatus.REFUSED, refusal, 3)
    assert refused.state_on(LAST_DAY) is QuoteState.REFUSED


def test_a_quote_is_for_the_customer_of_its_draft() -> None:
    quote = a_quote()
    assert quote.customer_id == quote.draft.customer_id
