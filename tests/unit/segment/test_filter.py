"""What a filter asks of documents, and what is refused before it is asked. [SQ-01, SQ-07, KB-05, KB-09]"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from relance.domain.content import InvoiceType
from relance.domain.follow_up import FollowUp
from relance.domain.invoice import Invoice
from relance.domain.party import Address, CustomerKind
from relance.domain.quote import Quote, QuoteStatus
from relance.domain.reminder.claim import ClaimState
from relance.domain.reminder.hold import Hold, HoldKind
from relance.domain.reminder.run import new_run
from relance.domain.reminder.scenario import DocumentKind
from relance.domain.segment.checks import MAX_DEPTH, MAX_TESTS, day_of, filter_faults
from relance.domain.segment.fields import FIELDS, INVOICE, OPS, QUOTE, Need, Sort
from relance.domain.segment.filter import Filter, Op, all_of
from relance.domain.segment.filter import where as asks
from relance.domain.segment.matching import needs, question
from relance.domain.segment.segment import PENDING_QUOTES, Plan, Reentry, plan_faults
from relance.domain.segment.subject import Subject
from tests.builders import TENANT, a_customer
from tests.doubles.office import a_claim, a_payment, a_sent_quote, an_issued_invoice

SENT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 26)


def a_subject(document: Quote | Invoice | None = None, **parts: Any) -> Subject:
    """A quote sent ten days ago, or what is given."""
    return Subject(a_sent_quote(SENT) if document is None else document, TODAY, **parts)


def an_invoice_subject(due_days: int = 5, **changes: Any) -> Subject:
    return a_subject(an_issued_invoice(SENT, due_days, **changes))


def matches(subject: Subject, field: str, op: Op, value: Any) -> bool:
    return question(asks(field, op, value))(subject)


def test_sq_07_the_reference_query_finds_last_quotes_sent_before_today_without_result() -> None:
    """KB-09: « Date envoi du dernier devis est inférieur à la date du jour ET Résultat est vide »."""
    asked = question(PENDING_QUOTES.filter)
    quote = a_sent_quote(SENT)
    assert asked(a_subject(quote, is_last_quote=True))
    assert not asked(a_subject(quote, is_last_quote=False))
    assert not asked(a_subject(a_sent_quote(SENT + timedelta(days=10)), is_last_quote=True))
    for status in (QuoteStatus.ACCEPTED, QuoteStatus.REFUSED, QuoteStatus.CANCELLED, QuoteStatus.REPLACED):
        assert not asked(a_subject(replace(quote, status=status), is_last_quote=True))
    assert asked(a_subject(a_sent_quote(SENT, valid_days=2), is_last_quote=True))  # expired, and still unanswered
    assert list(plan_faults(PENDING_QUOTES)) == []


@pytest.mark.parametrize(
    ("field", "op", "value", "expected"),
    [
        ("status", Op.IS, "open", True),
        ("status", Op.IN, ("expired", "open"), True),
        ("status", Op.IS_NOT, "open", False),
        ("has_result", Op.IS, False, True),
        ("type", Op.IS, "quote", True),
        ("number", Op.BEGINS_WITH, "d-2026", True),
        ("number", Op.CONTAINS, "0002", False),
        ("currency", Op.IS, "eur", True),
        ("amount", Op.ABOVE, "100.00", True),
        ("amount", Op.BELOW, "100", False),
        ("sent_on", Op.BEFORE, "today-9", True),
        ("sent_on", Op.ON, "2026-11-16", True),
        ("sent_on", Op.AFTER, "2026-11-16", False),
        ("days_since_sent", Op.AT_LEAST, 10, True),
        ("days_since_sent", Op.AT_MOST, 9, False),
        ("days_since_sent", Op.IS, 10, True),
        ("expires_on", Op.BEFORE, "today+30", True),
        ("is_viewed", Op.IS, False, True),
        ("viewed_on", Op.AFTER, "2020-01-01", False),
        ("days_since_viewed", Op.BELOW, 100, False),
        ("level_reached", Op.IS, 0, True),
        ("reminders_sent", Op.ABOVE, 0, False),
        ("customer_id", Op.CONTAINS, "cus_", True),
        ("customer", Op.IS_NOT, "Personne", True),  # nobody was read: he is not Personne
        ("customer", Op.IS, "Personne", False),
        ("customer_kind", Op.IS, "consumer", False),
        ("customer_tags", Op.HAS, "vip", False),
        ("customer_tags", Op.HAS_NOT, "vip", True),
        ("department", Op.IS, "69", False),
        ("scenario", Op.IS, "standard.quote", False),
        ("is_held", Op.IS, False, True),
    ],
)
def test_each_field_of_a_quote_is_compared_as_people_would(field: str, op: Op, value: Any, expected: bool) -> None:
    assert matches(a_subject(), field, op, value) is expected


def test_a_quote_that_was_seen_says_since_when() -> None:
    seen = a_subject(a_sent_quote(SENT, first_viewed_at=SENT + timedelta(days=3)))
    assert matches(seen, "is_viewed", Op.IS, True)
    assert matches(seen, "viewed_on", Op.ON, "2026-11-19")
    assert matches(seen, "days_since_viewed", Op.IS, 7)


def test_an_invoice_says_what_is_owed_and_since_when() -> None:
    late, early = an_invoice_subject(5), an_invoice_subject(30)
    assert matches(late, "overdue_days", Op.IS, 5)
    assert matches(early, "overdue_days", Op.IS, 0)
    assert matches(late, "due_on", Op.BEFORE, "today")
    assert matches(late, "status", Op.IS, "unpaid")
    assert matches(late, "type", Op.IS, InvoiceType.COMMERCIAL.value)
    assert matches(late, "sent_on", Op.ON, "today-10")
    invoice = an_issued_invoice(SENT, 5)
    paid = a_subject(replace(invoice, payments=(a_payment(invoice.balance, SENT),)))
    assert matches(paid, "overdue_days", Op.IS, 0)
    assert matches(paid, "balance", Op.AT_MOST, "0")
    assert matches(paid, "amount", Op.ABOVE, "0")


def test_what_only_the_other_sort_of_document_has_is_unknown() -> None:
    """The two meet in no filter; what is not known is simply not known."""
    quote, invoice = a_subject(), an_invoice_subject()
    assert FIELDS["balance"].read(quote) is None
    assert FIELDS["overdue_days"].read(quote) is None
    assert FIELDS["expires_on"].read(invoice) is None
    assert FIELDS["viewed_on"].read(invoice) is None
    assert FIELDS["has_result"].read(invoice) is False
    draft = replace(a_sent_quote(SENT), content=None, sent_at=None)
    assert FIELDS["amount"].read(a_subject(draft)) is None
    assert FIELDS["days_since_sent"].read(a_subject(draft)) is None


def test_reminders_are_counted_without_those_that_were_refused() -> None:
    claims = [
        a_claim("delivery", SENT),
        a_claim("overdue", SENT, level=1),
        a_claim("firm", SENT, level=2),
        a_claim("formal", SENT, level=3, state=ClaimState.REFUSED),
    ]
    subject = a_subject(claims=lambda: claims)
    assert matches(subject, "level_reached", Op.IS, 2)
    assert matches(subject, "reminders_sent", Op.IS, 2)


def test_a_customer_is_found_by_his_file() -> None:
    customer = a_customer(kind=CustomerKind.BUSINESS, follow_up=FollowUp(tags=("VIP", "été")))
    subject = a_subject(customer=customer)
    assert matches(subject, "customer", Op.CONTAINS, "IMPRIMERIE")
    assert matches(subject, "customer_kind", Op.IS, "business")
    assert matches(subject, "customer_tags", Op.HAS, "vip")
    assert matches(subject, "customer_tags", Op.HAS, "e\u0301te\u0301")  # the same letters, encoded otherwise
    assert not matches(subject, "customer_tags", Op.HAS_NOT, "VIP")
    assert matches(subject, "department", Op.IN, ("69", "75"))


@pytest.mark.parametrize(
    ("postcode", "country", "department"),
    [("69002", "FR", "69"), ("97400", "FR", "974"), ("20000", "FR", "20"), ("1000", "BE", None)],
)
def test_a_department_is_read_from_the_postcode(postcode: str, country: str, department: str | None) -> None:
    customer = a_customer(address=Address("1 rue", postcode, "Ville", country=country))
    assert FIELDS["department"].read(a_subject(customer=customer)) == department


def test_how_a_document_is_followed_is_read_from_its_run() -> None:
    run = new_run(TENANT, QUOTE, "quo_1", "standard.quote@2", SENT)
    held = replace(run, holds=(Hold("hol_1", HoldKind.MANUAL, SENT, "user:louise"),))
    assert matches(a_subject(run=run), "scenario", Op.IS, "standard.quote")
    assert matches(a_subject(run=held), "is_held", Op.IS, True)
    ended = replace(held, holds=(replace(held.holds[0], ended_at=SENT),))
    assert matches(a_subject(run=ended), "is_held", Op.IS, False)


def test_branches_are_joined_by_all_any_and_not() -> None:
    yes, no = asks("is_viewed", Op.IS, False), asks("is_viewed", Op.IS, True)
    subject = a_subject()
    assert [question(Filter(Op.ALL, of))(subject) for of in ((yes, yes), (yes, no))] == [True, False]
    assert [question(Filter(Op.ANY, of))(subject) for of in ((no, yes), (no, no))] == [True, False]
    assert [question(Filter(Op.NOT, (of,)))(subject) for of in (no, yes)] == [True, False]


def test_what_must_be_read_beside_the_document_is_what_its_tests_ask() -> None:
    assert needs(PENDING_QUOTES.filter) == {Need.LAST_QUOTE}
    nested = Filter(Op.NOT, (all_of(asks("department", Op.IS, "69"), asks("scenario", Op.IS, "x")),))
    assert needs(nested) == {Need.CUSTOMER, Need.RUN}
    assert needs(asks("amount", Op.ABOVE, "1")) == frozenset()


# --- what is refused --------------------------------------------------------------------------------------------------


def faults(filter: Filter, kind: DocumentKind = QUOTE) -> set[tuple[str, str]]:
    found = list(filter_faults(filter, kind, "/filter"))
    assert all(fault.message.endswith((".", "».", "”.")) for fault in found), "a sentence for a person"
    return {(fault.pointer, fault.code) for fault in found}


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        (asks("nothing", Op.IS, ""), {("/filter/field", "field")}),
        (asks("balance", Op.ABOVE, "1"), {("/filter/field", "field")}),  # of invoices only
        (asks("amount", Op.IS, "1"), {("/filter/op", "op")}),
        (asks("amount", Op.ABOVE, 1), {("/filter/value", "value")}),
        (asks("amount", Op.ABOVE, "1.234"), {("/filter/value", "value")}),
        (asks("amount", Op.ABOVE, "9999999999999"), {("/filter/value", "value")}),
        (asks("days_since_sent", Op.ABOVE, "3"), {("/filter/value", "value")}),
        (asks("days_since_sent", Op.ABOVE, True), {("/filter/value", "value")}),
        (asks("is_viewed", Op.IS, "true"), {("/filter/value", "value")}),
        (asks("sent_on", Op.BEFORE, "demain"), {("/filter/value", "value")}),
        (asks("sent_on", Op.BEFORE, 3), {("/filter/value", "value")}),
        (asks("status", Op.IS, "ouvert"), {("/filter/value", "value")}),
        (asks("status", Op.IN, "open"), {("/filter/value", "value")}),
        (asks("status", Op.IN, ()), {("/filter/value", "value")}),
        (asks("status", Op.IN, ("open", "ouvert")), {("/filter/value", "value")}),
        (asks("department", Op.IN, ("69",) * 51), {("/filter/value", "value")}),
        (asks("customer_tags", Op.HAS, "  "), {("/filter/value", "value")}),
        (asks("number", Op.CONTAINS, 3), {("/filter/value", "value")}),
        (Filter(Op.IS, (asks("is_viewed", Op.IS, True),), "is_viewed", True), {("/filter/of", "no_branch")}),
        (Filter(Op.ALL), {("/filter/of", "empty")}),
        (Filter(Op.NOT), {("/filter/of", "one")}),
        (Filter(Op.ANY, (asks("is_viewed", Op.IS, True),), "amount"), {("/filter/field", "no_field")}),
        (
            all_of(asks("nothing", Op.IS, ""), Filter(Op.NOT, (asks("amount", Op.IS, "1"),))),
            {("/filter/of/0/field", "field"), ("/filter/of/1/of/0/op", "op")},
        ),
    ],
)
def test_every_fault_has_its_place_in_the_tree(filter: Filter, expected: Any) -> None:
    assert faults(filter) == expected


def test_a_tree_too_deep_or_too_wide_is_refused_in_one_word() -> None:
    deep = asks("nothing", Op.IS, "")
    for _ in range(MAX_DEPTH):
        deep = Filter(Op.NOT, (deep,))
    assert faults(deep) == {("/filter", "too_deep")}
    assert faults(all_of(*[asks("nothing", Op.IS, "")] * (MAX_TESTS + 1))) == {("/filter", "too_many")}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("today", TODAY),
        ("today-7", date(2026, 11, 19)),
        ("today+30", date(2026, 12, 26)),
        ("2026-02-28", date(2026, 2, 28)),
        ("2026-02-29", None),
        ("20260228", None),
        ("today-9999", None),
        ("today -7", None),
        ("", None),
    ],
)
def test_a_day_is_written_or_counted_from_today(value: str, expected: date | None) -> None:
    assert day_of(value, TODAY) == expected


def a_plan(**changes: Any) -> Plan:
    return replace(PENDING_QUOTES, **changes)


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (a_plan(name=" "), {("/name", "name")}),
        (a_plan(cap=0), {("/cap", "cap")}),
        (a_plan(cap=1001), {("/cap", "cap")}),
        (a_plan(reentry=Reentry.AGAIN_AFTER), {("/again_after_days", "again_after_days")}),
        (a_plan(again_after_days=3), {("/again_after_days", "again_after_days")}),
        (a_plan(kind=INVOICE), {("/filter/of/0/field", "field"), ("/filter/of/2/field", "field")}),
        (a_plan(reentry=Reentry.AGAIN_AFTER, again_after_days=30), set()),
    ],
)
def test_a_plan_is_judged_whole(plan: Plan, expected: Any) -> None:
    assert {(fault.pointer, fault.code) for fault in plan_faults(plan)} == expected


def test_every_field_can_be_asked_of_what_has_it() -> None:
    """No operator without a meaning: each field of each sort of document answers each of its operators."""
    values: dict[Sort, Any] = {
        Sort.TEXT: "a", Sort.AMOUNT: "1.00", Sort.NUMBER: 1, Sort.DATE: "today", Sort.YES_NO: True, Sort.TAGS: "a",
    }  # fmt: skip
    for kind, subject in ((QUOTE, a_subject()), (INVOICE, an_invoice_subject())):
        for name, field in FIELDS.items():
            for op in OPS[field.sort] if kind in field.kinds else ():
                value = values[field.sort] if field.sort in values else field.choices[0]
                asked = asks(name, op, (str(value),) if op is Op.IN else value)
                assert faults(asked, kind) == set()
                assert isinstance(question(asked)(subject), bool)
