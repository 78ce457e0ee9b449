from dataclasses import replace
from datetime import date, timedelta

import pytest

from relance.domain.content import QuoteKind
from relance.domain.errors import Conflict
from relance.domain.quote import (
    Acceptance,
    Quote,
    QuoteState,
    QuoteStatus,
    Refusal,
    Withdrawal,
    accept,
    refuse,
    require_draft,
    require_open,
    withdraw,
)
from tests.builders import a_line, a_quote, a_quote_content, a_quote_draft, an_instant

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


# --- every verb in every state ----------------------------------------------------------------------------------------


def _accept(quote: Quote) -> Quote:
    return accept(quote, an_acceptance(), LAST_DAY)


def _refuse(quote: Quote) -> Quote:
    return refuse(quote, Refusal(an_instant(), ""), LAST_DAY)


def _withdraw(quote: Quote) -> Quote:
    return withdraw(quote, Withdrawal(an_instant(), "C.", "c@client.example", "…", ""), date(2026, 11, 25))


# What becomes of a quote to a consumer, made at a distance; "" where the verb is refused.
AFTER = {
    QuoteStatus.DRAFT: ("", "", ""),
    QuoteStatus.SENT: ("accepted", "refused", ""),
    QuoteStatus.ACCEPTED: ("", "", "withdrawn"),
    QuoteStatus.REFUSED: ("", "", ""),
    QuoteStatus.REPLACED: ("", "", ""),
    QuoteStatus.CANCELLED: ("", "", ""),
    QuoteStatus.WITHDRAWN: ("", "", ""),
    QuoteStatus.NOT_RETAINED: ("", "", ""),
}


@pytest.mark.parametrize("status", list(QuoteStatus))
def test_each_verb_in_each_state_does_one_thing_or_is_refused_Q_05(status: QuoteStatus) -> None:
    quote = replace(
        a_sent_quote(status),
        content=a_quote_content(validity_until=LAST_DAY, channel="distance", lines=(a_line(),)),
        acceptance=an_acceptance(),
    )
    for verb, after in zip((_accept, _refuse, _withdraw), AFTER[status], strict=True):
        if after:
            changed = verb(quote)
            assert (changed.status, changed.rev) == (after, quote.rev + 1)
        else:
            with pytest.raises(Conflict):
                verb(quote)


def test_a_pro_forma_is_refused_its_acceptance_and_may_be_refused_Q_11() -> None:
    quote = replace(a_sent_quote(), draft=a_quote_draft(kind=QuoteKind.PROFORMA))
    with pytest.raises(Conflict) as refused:
        _accept(quote)
    assert refused.value.code == "proforma"
    assert _refuse(quote).status is QuoteStatus.REFUSED


def test_an_extended_quote_is_open_until_its_new_last_day_Q_03() -> None:
    quote = replace(a_sent_quote(), extended_until=LAST_DAY + timedelta(days=30))
    assert quote.state_on(LAST_DAY + timedelta(days=30)) is QuoteState.OPEN
    assert quote.state_on(LAST_DAY + timedelta(days=31)) is QuoteState.EXPIRED
    assert a_quote().valid_until is None


def test_the_pdf_of_a_contract_is_that_of_the_offer_until_there_were_choices() -> None:
    quote = a_sent_quote(QuoteStatus.ACCEPTED)
    assert (quote.agreed, quote.agreed_pdf_sha256) == (quote.content, PDF)
    chosen = replace(quote, accepted_content=quote.content)
    assert chosen.agreed_pdf_sha256 == ""
    assert replace(chosen, accepted_pdf_sha256="cd" * 32).agreed_pdf_sha256 == "cd" * 32
