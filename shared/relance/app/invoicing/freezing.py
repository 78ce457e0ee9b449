"""What an issued invoice prints, and every reason why it cannot be issued as it is: judged before a number is taken."""

from datetime import date

from relance.app.invoicing.naming import Named
from relance.app.quoting import MentionCatalogue
from relance.domain.content import InvoiceContent, buyer_of, seller_of
from relance.domain.einvoice_rules import einvoice_faults
from relance.domain.errors import Fault
from relance.domain.invoice import Invoice
from relance.domain.line_checks import regime_faults
from relance.domain.party import Company, Customer, CustomerKind, payment_rule, payment_text
from relance.domain.printable import printing_faults


def frozen(
    invoice: Invoice, found: Named, company: Company, customer: Customer, *, number: str, today: date
) -> InvoiceContent:
    """The content of the day: the company and the customer as they stand, and what the draft names."""
    draft, defaults = invoice.draft, company.defaults
    business = customer.kind is CustomerKind.BUSINESS
    return InvoiceContent(
        type_code=draft.type.value,
        number=number,
        issue_date=today,
        supply_date=draft.supply_date or today,
        due_date=_due_date(invoice, company, customer, today),
        seller=seller_of(company),
        buyer=buyer_of(customer),
        lines=draft.lines,
        totals=found.totals,
        payment_terms=draft.payment_terms or payment_text(defaults, customer),
        early_discount_terms=defaults.early_discount_terms if business else "",
        late_penalty_terms=defaults.late_penalty_terms if business else "",
        recovery_indemnity_terms=defaults.recovery_indemnity_terms if business else "",
        vat_note="",
        quote_numbers=tuple(quote.number for quote in found.quotes),
        purchase_order=draft.purchase_order,
        subject=draft.subject,
        currency=draft.currency,
        discounts=draft.discounts,
        charges=draft.charges,
        deductions=found.deductions,
        references=found.references,
        reason=draft.reason,
        vat_on_debits=company.vat_on_debits,
        delivery_address=draft.delivery_address or customer.delivery_address,
        closing_note=draft.closing_note,
        language=draft.language,
        exchange=draft.exchange,
    )


def issue_faults(content: InvoiceContent, company: Company, catalogue: MentionCatalogue, today: date) -> list[Fault]:
    """Everything that keeps this content from being issued today. [I-01, V-01, E-04, P-01]"""
    return [
        *catalogue.missing(content, today),
        *regime_faults(content.lines, company.vat_regime),
        *printing_faults(content),
        *einvoice_faults(content),
    ]


def _due_date(invoice: Invoice, company: Company, customer: Customer, today: date) -> date:
    if invoice.draft.type.is_credit:
        return today  # nothing is owed on it
    return invoice.draft.due_date or payment_rule(company.defaults, customer).due_date(today)
