"""What forbids forgetting somebody, until when, and what counts as a sign of life. [K-01, K-04, K-07]"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from relance.adapters.retention_data import load_retention
from relance.domain import erasure
from relance.domain.content import InvoiceType
from relance.domain.erasure import (
    Erasure,
    ErasureReason,
    ErasureState,
    Forgotten,
    RetentionSettings,
    due_on,
    erased_fact,
    kept,
    last_contact,
    stopped,
)
from relance.domain.invoice import Invoice, InvoiceStatus
from relance.domain.money import Cents
from relance.domain.party import Consent, CustomerKind, TrackingConsent
from relance.domain.purge import Purge, done, purged_fact, reopened
from relance.domain.quote import Acceptance, Quote, QuoteStatus, Refusal
from relance.domain.reminder.run import Alert, Asked, new_run
from tests.builders import TENANT, a_customer, a_quote, a_quote_content, an_invoice, an_invoice_content
from tests.doubles.outside import START

RETENTION = load_retention()
TODAY = date(2026, 11, 16)


def accepted(kind: CustomerKind = CustomerKind.CONSUMER, gross: int | None = None) -> Quote:
    content = a_quote_content(customer=a_customer(kind=kind))
    if gross is not None:
        content = replace(content, totals=replace(content.totals, gross=Cents(gross)))
    acceptance = Acceptance("C. L.", "Bon pour accord", START, "", 1, "", "", "")
    return a_quote(status=QuoteStatus.ACCEPTED, number="D-2026-0001", content=content, acceptance=acceptance)


def issued(**changes: Any) -> Invoice:
    return an_invoice(status=InvoiceStatus.ISSUED, number="F-2026-0001", content=an_invoice_content(), **changes)


@pytest.mark.parametrize(
    ("quote", "start", "rule", "until"),
    [
        (accepted(), "01-01", "K-04", date(2036, 12, 31)),
        (accepted(CustomerKind.BUSINESS), "01-01", "K-01", date(2036, 12, 31)),
        (accepted(gross=11_999), "01-01", "K-01", date(2036, 12, 31)),
        (accepted(gross=12_000), "01-01", "K-04", date(2036, 12, 31)),
        (accepted(), "10-01", "K-04", date(2037, 9, 30)),
        (accepted(CustomerKind.BUSINESS), "11-17", "K-01", date(2036, 11, 16)),
    ],
)
def test_an_accepted_quote_is_kept_by_the_rule_that_lasts(quote: Quote, start: str, rule: str, until: date) -> None:
    """[K-01, K-04] Ten years from the end of the accounting year; a consumer's online contract at least ten years."""
    (found,) = kept([quote], [], RETENTION, start, TODAY)
    assert (found.kind, found.rule.id, found.until) == ("Devis accepté", rule, until)
    assert found.sentence.endswith(f"({rule}, {found.rule.source}).")


def test_what_was_never_accepted_or_issued_is_not_kept() -> None:
    sent = a_quote(status=QuoteStatus.SENT, content=a_quote_content())
    assert kept([a_quote(), sent], [an_invoice()], RETENTION, "01-01", TODAY) == ()


def test_a_payment_of_a_later_year_keeps_the_invoice_longer() -> None:
    """[K-01] From the end of the year of its last movement."""
    from tests.doubles.office import a_payment  # noqa: PLC0415

    later = a_payment(100, datetime(2027, 2, 1, tzinfo=UTC))
    assert kept([], [issued()], RETENTION, "01-01", TODAY)[0].until == date(2036, 12, 31)
    assert kept([], [issued(payments=(later,))], RETENTION, "01-01", TODAY)[0].until == date(2037, 12, 31)


def test_a_credit_note_is_called_one() -> None:
    note = replace(issued(), content=an_invoice_content(type_code=InvoiceType.CREDIT_NOTE.value))
    assert [one.kind for one in kept([], [note, issued()], RETENTION, "01-01", TODAY)] == ["Avoir", "Facture"]


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ({}, 0),
        ({"consent": Consent(TrackingConsent.REFUSED, START + 5 * DAY)}, 5),
        ({"past_consents": (Consent(TrackingConsent.CONSENTED, START + 6 * DAY),)}, 6),
        ({"updated_at": START + 7 * DAY}, 7),
    ],
)
def test_what_he_chose_and_what_was_noted_of_him_is_a_contact(changes: dict[str, object], days: int) -> None:
    assert last_contact(replace(a_customer(), **changes), [], [], []) == TODAY + days * DAY  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("quote", "days"),
    [
        (a_quote(created_at=START + 2 * DAY), 2),
        (a_quote(first_viewed_at=START + 3 * DAY), 3),
        (a_quote(refusal=Refusal(START + 4 * DAY, "")), 4),
        (a_quote(sent_at=START + 9 * DAY, updated_at=START + 9 * DAY), 0),
    ],
)
def test_what_he_asked_for_looked_at_or_refused_is_a_contact_and_what_he_was_sent_is_none(
    quote: Quote, days: int
) -> None:
    assert last_contact(a_customer(), [quote], [], []) == TODAY + days * DAY


def test_questions_and_looks_that_were_noticed_are_contacts() -> None:
    run = new_run(TENANT, "quote", "quo_1", "standard.quote@1", START + 9 * DAY)
    asked = replace(run, asked=(Asked("a", START + 8 * DAY, "?"),))
    seen = replace(run, alerts=(Alert("viewed", START + 7 * DAY),))
    assert last_contact(a_customer(), [], [run], []) == TODAY
    assert last_contact(a_customer(), [], [asked], []) == TODAY + 8 * DAY
    assert last_contact(a_customer(), [], [seen], []) == TODAY + 7 * DAY
    assert last_contact(a_customer(), [], [], [START + DAY]) == TODAY + DAY


def test_the_time_is_the_datas() -> None:
    """[K-07]"""
    assert due_on(TODAY, RETENTION, TODAY) == date(2029, 11, 16)


def test_an_erasure_ends_with_nothing_left_to_do_and_one_fact_that_names_nobody() -> None:
    work = (Forgotten("quote", "quo_1", 2),)
    asked = Erasure(TENANT, "cus_1", 3, ErasureState.ASKED, ErasureReason.REQUEST, START, "user:l", documents=work)
    asked = replace(asked, pdfs=("ab" * 32,), quotes=1)
    assert asked.is_open
    ended = erasure.done(asked, START + DAY)
    assert (ended.rev, ended.state, ended.documents, ended.pdfs) == (4, ErasureState.DONE, (), ())
    assert (ended.is_open, ended.done_at) == (False, START + DAY)
    held = stopped(asked, "Devis accepté.")
    assert (held.state, held.documents, held.pdfs, held.why) == (ErasureState.STOPPED, (), (), "Devis accepté.")
    fact = erased_fact(ended)
    assert (fact.type, fact.ref, fact.data) == (
        "prospect.erased",
        ("customer", "cus_1", None),
        {"reason": "request", "quotes": 1},
    )
    assert RetentionSettings(TENANT).id == TENANT


def test_a_purge_covers_its_lines_but_never_a_closing() -> None:
    """[K-03, AF-07]"""
    purge = Purge(
        TENANT, "2026-12-31", 1, date(2026, 12, 31), 3, 5, "ab" * 32, 2, 9, "cd" * 32, "ef" * 32, START, "user:l"
    )
    covered = [seq for seq in range(8) if purge.covers(seq, "invoice.issued")]
    assert covered == [3, 4, 5]
    assert not purge.covers(4, "period.closed")
    assert purge.is_open
    ended = done(purge, START)
    assert (ended.rev, ended.is_open, ended.done_at) == (2, False, START)
    assert reopened(ended) == replace(purge, rev=3), "a restore brought its lines back"
    fact = purged_fact(purge)
    assert (fact.type, fact.ref, fact.actor) == ("journal.purged", ("journal", "2026-12-31", None), "user:l")
    assert fact.data == {
        "first_seq": 3,
        "last_seq": 5,
        "last_hash": "ab" * 32,
        "checkpoint_size": 9,
        "checkpoint_sha256": "cd" * 32,
        "stamp_sha256": "ef" * 32,
        "fiscal_year_end": "2026-12-31",
    }
