"""One letter of each kind: to a business and to a consumer, about one invoice and about many; statements of account."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from relance.adapters.dunning_data import load_dunning_law
from relance.domain.content import buyer_of, seller_of
from relance.domain.ids import InvoiceId, PaymentId
from relance.domain.invoice import Invoice, InvoiceStatus, Payment, PaymentMode
from relance.domain.late_payment import LateRate, LateRates
from relance.domain.late_terms import LateTerms
from relance.domain.letters import FormalNoticeContent, LetterContent, formal_notice
from relance.domain.money import Cents
from relance.domain.party import CustomerKind
from relance.domain.penalty_claim import Penalties, penalties, sources
from relance.domain.statement import StatementContent, statement_row
from tests.builders import TENANT, a_company, a_customer, a_line, an_instant, an_invoice, an_invoice_content

ON = date(2026, 11, 16)
RATES = LateRates(
    (
        LateRate(date(2026, 1, 1), 1215, "BCE, taux de refinancement au 1er janvier 2026 (2,15 %) + 10 points"),
        LateRate(date(2026, 7, 1), 1240, "BCE, taux de refinancement au 1er juillet 2026 (2,40 %) + 10 points"),
    )
)
TERMS = LateTerms(TENANT, 1, rates=RATES)
REMINDED = (date(2026, 6, 3), date(2026, 6, 10), date(2026, 7, 2))
BUSINESS, CONSUMER = CustomerKind.BUSINESS, CustomerKind.CONSUMER


def a_late_invoice(n: int, kind: CustomerKind, issued: date, due: date, net: str, paid: int = 0) -> Invoice:
    """Of `net` at 20 %; `paid` cents came in on 20 August."""
    customer = a_customer(kind=kind)
    content = an_invoice_content(
        customer=customer,
        lines=(a_line(quantity="1", unit_price=net),),
        number=f"F-2026-{n:04d}",
        issue_date=issued,
        due_date=due,
    )
    money = Payment(PaymentId("pay_1"), Cents(paid), date(2026, 8, 20), PaymentMode.TRANSFER, an_instant())
    invoice = an_invoice(id=InvoiceId(f"inv_{n:026d}"), status=InvoiceStatus.ISSUED, content=content)
    draft = replace(invoice.draft, customer_id=customer.id)
    return replace(invoice, number=content.number, draft=draft, payments=(money,) if paid else ())


def a_notice(kind: CustomerKind, invoices: Sequence[Invoice], reminded_on: Sequence[date] = ()) -> FormalNoticeContent:
    """The letter of 16 November about these."""
    law = load_dunning_law()
    told = []
    for invoice in invoices:
        found = penalties(invoice, TERMS, law, ON)
        told.append(Penalties(invoice, ON, found, sources(TERMS, found), None, ""))
    parties = seller_of(a_company()), buyer_of(a_customer(kind=kind))
    return formal_notice(told, *parties, law, on=ON, reminded_on=reminded_on)


def a_statement(*invoices: Invoice) -> StatementContent:
    """The statement of 16 November; the third invoice is disputed."""
    rows = [statement_row(invoice, ON, is_disputed=invoice.number.endswith("3")) for invoice in invoices]
    buyer = buyer_of(a_customer(kind=BUSINESS))
    return StatementContent(ON, seller_of(a_company()), buyer, tuple(row for row in rows if row is not None))


def many(kind: CustomerKind, count: int) -> list[Invoice]:
    """So many invoices, each later and dearer than the one before."""
    first = date(2026, 4, 1)
    return [
        a_late_invoice(
            n,
            kind,
            first + timedelta(days=20 * n),
            first + timedelta(days=20 * n + 30),
            f"{700 + n * 913.37:.2f}",
        )
        for n in range(1, count + 1)
    ]


def letters() -> Mapping[str, LetterContent]:
    """By name."""
    one = a_late_invoice(7, BUSINESS, date(2026, 4, 30), date(2026, 5, 31), "4166.67", 200_000)
    mine = a_late_invoice(3, CONSUMER, date(2026, 8, 10), date(2026, 9, 9), "1312.50")
    later = a_late_invoice(12, BUSINESS, date(2026, 11, 1), date(2026, 12, 1), "950")
    return {
        "notice": a_notice(BUSINESS, [one], REMINDED),
        "notice-many": a_notice(BUSINESS, many(BUSINESS, 8), REMINDED[:1]),
        "notice-consumer": a_notice(CONSUMER, [mine], REMINDED[:1]),
        "notice-consumer-many": a_notice(CONSUMER, many(CONSUMER, 3)),
        "statement": a_statement(*many(BUSINESS, 8), later),
        "statement-settled": a_statement(),
    }
