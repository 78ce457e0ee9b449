"""What a query reads beside its documents: customers, runs, mails, and the last quote of each. [SQ-01, SQ-02]"""

from dataclasses import replace
from typing import Any

import pytest

from relance.app.segment_walk import matching, pairs
from relance.app.segments import create, try_out
from relance.domain.calendar_fr import civil_date
from relance.domain.ids import InvoiceId
from relance.domain.reminder.scenario import DocumentKind
from relance.domain.segment.filter import Filter, Op, all_of, where
from relance.domain.segment.membership import Night
from relance.domain.segment.segment import PENDING_QUOTES, Existing, Plan, Segment
from tests.builders import TENANT, a_quote, an_invoice
from tests.doubles.nights import LOUISE, Firm
from tests.doubles.office import a_claim, an_issued_invoice


@pytest.fixture
def firm() -> Firm:
    return Firm()


def found(firm: Firm, filter: Filter, kind: DocumentKind = DocumentKind.QUOTE) -> list[str]:
    plan: Plan = replace(PENDING_QUOTES, filter=filter, kind=kind)
    today = civil_date(firm.office.clock.now())
    return [subject.document.id for subject in matching(firm.office.ctx, TENANT, plan, today)]


def an_id(n: int) -> str:
    return f"quo_{n:026d}"


def test_customers_and_runs_are_read_with_the_page_that_asks_for_them(firm: Firm) -> None:
    for n in (1, 2):
        firm.quote(n)
    assert found(firm, where("department", Op.IS, "69")) == [an_id(1), an_id(2)]
    assert found(firm, where("scenario", Op.IS, "standard.quote")) == [an_id(1), an_id(2)]
    assert found(firm, where("is_held", Op.IS, True)) == []


def test_the_last_quote_of_a_customer_is_the_one_sent_last_whatever_its_number(firm: Firm) -> None:
    firm.quote(2, customer=1)
    firm.office.clock.at = firm.office.clock.at.replace(hour=15)
    firm.quote(1, customer=1)
    firm.quote(3)
    assert found(firm, where("is_last_quote", Op.IS, True)) == [an_id(1), an_id(3)]


def test_mails_are_read_of_the_documents_that_are_asked_for_them(firm: Firm) -> None:
    for n in (1, 2):
        firm.quote(n)
    firm.office.put(a_claim("reminder", firm.office.clock.now(), an_id(2), rev=1, level=1))
    assert found(firm, where("level_reached", Op.AT_LEAST, 1)) == [an_id(2)]


def test_drafts_are_in_no_query(firm: Firm) -> None:
    firm.office.put(a_quote(rev=1), an_invoice(rev=1))
    anything = Filter(Op.NOT, (where("number", Op.IS, "x"),))
    assert found(firm, anything) == found(firm, anything, DocumentKind.INVOICE) == []


def test_invoices_enter_queries_too(firm: Firm) -> None:
    """KB-08: every overdue invoice of a department, onto a scenario of its own."""
    office = firm.office
    for n, due in ((1, -5), (2, 30)):
        invoice = an_issued_invoice(office.clock.now(), due, pdf_sha256=office.drawn(), id=InvoiceId(f"inv_{n:026d}"))
        office.follow(invoice)
    late = all_of(where("overdue_days", Op.AT_LEAST, 3), where("department", Op.IS, "69"))
    firm.query(Existing.ENROL, kind=DocumentKind.INVOICE, filter=late, scenario="standard.invoice_consumer")
    assert firm.night().entered == 1


def test_a_frozen_list_of_invoices_is_read_by_its_ids(firm: Firm) -> None:
    office = firm.office
    office.follow(an_issued_invoice(office.clock.now(), 5, pdf_sha256=office.drawn(), id=InvoiceId(f"inv_{1:026d}")))
    plan = replace(
        PENDING_QUOTES,
        kind=DocumentKind.INVOICE,
        filter=where("overdue_days", Op.IS, 0),
        scenario="standard.invoice_consumer",
        is_static=True,
    )
    made = create(office.ctx, LOUISE, plan, office.post.published)
    assert made.documents == (f"inv_{1:026d}",)
    assert try_out(office.ctx, LOUISE, made.id).count == 1


def test_what_a_query_knows_and_what_matches_are_merged_in_the_order_of_ids(firm: Firm) -> None:
    """Also what was there and is gone: a document that no longer matches comes without its subject."""
    for n in (1, 2, 3):
        firm.quote(n)
    segment = firm.query(filter=where("has_result", Op.IS, False))
    firm.answers(2)
    firm.quote(4)
    seen: list[Any] = [
        (pair.id, pair.subject is not None, pair.is_inside, pair.member is not None)
        for pair in pairs(firm.office.ctx, segment, civil_date(firm.office.clock.now()))
    ]
    assert seen == [
        (an_id(1), True, True, True),
        (an_id(2), False, False, True),
        (an_id(3), True, True, True),
        (an_id(4), True, True, False),
    ]


def test_a_tenant_sees_none_of_its_neighbours_memberships(firm: Firm) -> None:
    firm.quote(1)
    segment: Segment = firm.query(filter=where("has_result", Op.IS, False))
    strange = replace(segment, id=segment.id[:-1])  # a prefix of another's id is not that other
    assert [pair.member for pair in pairs(firm.office.ctx, strange, civil_date(firm.office.clock.now()))] == [None]
    assert firm.office.store.get(TENANT, Night, strange.id) is None
