"""What a document says besides amounts: its facts, its conditions, and the consumer's right to withdraw.

The notice and the form of withdrawal stand on a page of their own: a form that cannot be torn off without spoiling the
contract makes the contract void (C. conso L221-5, L221-9, L242-1; annexes to R221-1 and R221-3; checked 2026-11).
[W-01, W-02, KB-17, D-03]
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from relance.adapters import french, identity
from relance.adapters.document_texts import text_of
from relance.adapters.wording import Wording
from relance.domain import withdrawal
from relance.domain.content import (
    DepositNature,
    DocumentContent,
    InvoiceContent,
    InvoiceType,
    QuoteContent,
    QuoteKind,
    Seller,
)
from relance.domain.party import Address, CustomerKind

_FORM_LABELS = (
    "Commandé le (*)/reçu le (*)",
    "Nom du (des) consommateur(s)",
    "Adresse du (des) consommateur(s)",
    "Signature du (des) consommateur(s), uniquement en cas de notification du présent formulaire sur papier",
    "Date",
)


@dataclass(frozen=True, slots=True)
class WithdrawalNotice:
    """The page of the right to withdraw: two lists of paragraphs, then the form: to whom, for what, its fields."""

    source: str
    right: tuple[str, ...]
    effects: tuple[str, ...]
    form_intro: str
    addressee: str
    statement: str
    contract: str
    fields: tuple[str, ...]


def quote_facts(content: QuoteContent, words: Wording) -> Iterator[tuple[str, str]]:
    """The band under the parties of a quote."""
    yield words.date, words.day(content.issue_date)
    yield words.valid_until, words.day(content.validity_until)
    if content.start_date:
        yield words.start, content.start_date
    if content.duration:
        yield words.duration, content.duration
    if content.variant:
        yield words.variant, content.variant
    if content.version > 1:
        yield words.version, words.replaces.format(content.version)


def invoice_facts(content: InvoiceContent, words: Wording) -> Iterator[tuple[str, str]]:
    """The band under the parties of an invoice or a credit note. [I-06, C-02]"""
    yield words.issued_on, words.day(content.issue_date)
    deposit = content.type is InvoiceType.DEPOSIT
    if not content.type.is_credit:
        yield words.received_on if deposit else words.supplied_on, words.day(content.supply_date)
        yield words.due_on, words.day(content.due_date)
    if content.references:
        label = words.corrects if content.type is InvoiceType.CORRECTIVE else words.credits
        references = (words.of_date.format(each.number, words.day(each.issue_date)) for each in content.references)
        yield label, ", ".join(references)
    if content.quote_numbers:
        yield words.quotes, ", ".join(content.quote_numbers)
    if content.purchase_order:
        yield words.purchase_order, content.purchase_order


def conditions(content: DocumentContent, words: Wording) -> Iterator[tuple[str, str]]:
    """The terms, those that are filled in, in the order of the page."""
    consumer = content.buyer.kind is CustomerKind.CONSUMER
    pairs = list(_quote_terms(content, words) if isinstance(content, QuoteContent) else _invoice_terms(content, words))
    pairs.append((words.insurance, content.seller.insurance_text))
    if consumer and content.seller.mediator:
        pairs.append((words.mediation, words.mediator.format(content.seller.mediator)))
    return ((label, text) for label, text in pairs if text)


def _quote_terms(content: QuoteContent, words: Wording) -> Iterator[tuple[str, str]]:
    yield words.payment, content.payment_terms
    yield words.delivery, content.delivery_terms
    yield words.place, content.execution_place
    yield words.labour, content.labour_rate
    yield words.prices, content.price_terms
    yield words.revision, content.price_revision_terms
    yield words.warranty, content.warranty_terms
    if content.general_terms is not None:
        yield words.general_terms, words.enclosed.format(content.general_terms.name, content.general_terms.sha256)
    if content.withdrawal_exception and content.buyer.kind is CustomerKind.CONSUMER:
        reason = withdrawal.exception_text(content.withdrawal_exception)
        yield "Rétractation", f"Pas de droit de rétractation : {reason}."


def _invoice_terms(content: InvoiceContent, words: Wording) -> Iterator[tuple[str, str]]:
    yield words.reason, content.reason
    yield words.payment, "" if content.type.is_credit else content.payment_terms
    # Penalties and the 40 € are never asked of a consumer, and nobody is late with a credit note. [P-05]
    if content.buyer.kind is CustomerKind.BUSINESS and not content.type.is_credit:
        yield words.early_discount, content.early_discount_terms
        yield words.late_payment, content.late_penalty_terms
        yield words.recovery, content.recovery_indemnity_terms
    if content.vat_on_debits:
        yield words.vat_on_debits, text_of("vat_on_debits", content.issue_date)
    if content.buyer.billing_address is not None:
        yield words.billed_to, _on_one_line(content.buyer.billing_address)
    if content.delivery_address is not None:
        yield words.delivered_to, _on_one_line(content.delivery_address)


def deposit_effect(nature: DepositNature, on: date) -> str:
    """What the law makes of money paid in advance. [D-03]"""
    return text_of("deposit_arrhes" if nature is DepositNature.ARRHES else "deposit_acompte", on)


def withdrawal_notice(content: DocumentContent) -> WithdrawalNotice | None:
    """The notice that is due with a quote to a consumer, made at a distance or off premises; None where none is."""
    if not isinstance(content, QuoteContent) or content.kind is QuoteKind.PROFORMA:
        return None
    if not content.channel or not withdrawal.has_right(content):
        return None
    on, seller = content.issue_date, content.seller
    goods = withdrawal.is_of_goods(content)
    whom = _whom(seller)
    right = [
        text_of("withdrawal_right_goods" if goods else "withdrawal_right_services", on),
        text_of("withdrawal_how", on, seller=whom),
        text_of("withdrawal_online", on),
        text_of("withdrawal_in_time", on),
    ]
    effects = [
        text_of("withdrawal_refund", on),
        text_of("withdrawal_goods", on) if goods else "",
        text_of("withdrawal_services", on) if withdrawal.is_of_services(content) else "",
    ]
    return WithdrawalNotice(
        source=text_of("withdrawal_source", on),
        right=tuple(filter(None, right)),
        effects=tuple(filter(None, effects)),
        form_intro=text_of("withdrawal_form_intro", on),
        addressee=whom,
        statement=text_of("withdrawal_form_statement", on),
        contract=" – ".join(filter(None, (f"{content.title} n° {content.number}", content.subject))),
        fields=_FORM_LABELS,
    )


def _whom(seller: Seller) -> str:
    parts = [identity.seller_name(seller), _on_one_line(seller.address), french.phone(seller.phone), seller.email]
    return ", ".join(part for part in parts if part)


def _on_one_line(address: Address) -> str:
    return ", ".join(identity.address_lines(address))
