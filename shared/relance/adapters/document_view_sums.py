"""What stands below the table: VAT per rate, the column of totals, what was invoiced before, the deposit schedule.

Every amount is one that the domain computed; nothing is added up here. [R-01, D-02, D-03, I-07]
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from relance.adapters.wording import Wording
from relance.domain.content import DepositNature, DocumentContent, InvoiceContent, QuoteContent
from relance.domain.currencies import EURO, step_of
from relance.domain.instalments import balance, instalments
from relance.domain.money import to_cents
from relance.domain.totals import DocumentDiscount, allowances, total

DEPOSIT = "386"  # UNTDID 1001


@dataclass(frozen=True, slots=True)
class VatRow:
    """One row of the VAT table."""

    rate: str
    base: str
    vat: str


@dataclass(frozen=True, slots=True)
class DeductedRow:
    """One earlier invoice that this one deducts, or the last row: what is left of the whole."""

    number: str
    issued_on: str
    net: str
    vat: str
    gross: str


@dataclass(frozen=True, slots=True)
class Deducted:
    """The table of what was invoiced before."""

    title: str
    rows: tuple[DeductedRow, ...]
    left: DeductedRow


@dataclass(frozen=True, slots=True)
class Schedule:
    """The deposit schedule; rows are (label, when, share, amount TTC); `effect` is what the law makes of it. [D-03]"""

    title: str
    rows: tuple[tuple[str, str, str, str], ...]
    nature: DepositNature


def vat_rows(content: DocumentContent, words: Wording) -> tuple[VatRow, ...]:
    """One row per treatment that bears VAT."""
    return tuple(
        VatRow(
            words.rate(row.treatment.rate_bp),
            words.money(row.base, content.currency),
            words.money(row.vat, content.currency),
        )
        for row in content.totals.subtotals
        if row.treatment.rate_bp
    )


def vat_notes(content: DocumentContent, words: Wording) -> tuple[str, ...]:
    """Why VAT is not charged, each reason once; with its base when other lines do bear VAT. [IS-02, V-10]"""
    if isinstance(content, InvoiceContent) and content.vat_note:
        return (content.vat_note,)
    untaxed = [row for row in content.totals.subtotals if not row.treatment.rate_bp and row.treatment.reason]
    if len(content.totals.subtotals) == 1:
        return tuple(row.treatment.reason for row in untaxed)
    return tuple(
        words.exempt_base.format(row.treatment.reason, words.money(row.base, content.currency)) for row in untaxed
    )


def totals(content: DocumentContent, words: Wording) -> Iterator[tuple[str, str]]:
    """Above the amount due: lines, discounts and charges where there are any, HT, VAT, and TTC less deposits."""
    sums, currency = content.totals, content.currency
    if content.discounts or content.charges:
        yield words.lines_total, words.money(sums.lines, currency)
    for discount in content.discounts:
        yield _discount_label(discount, words), f"−{words.money(_taken(content, discount), currency)}"
    for charge in content.charges:
        yield charge.label, words.money(charge.amount, currency)
    yield words.net_total, words.money(sums.net, currency)
    taxed = [row.treatment.rate_bp for row in sums.subtotals if row.treatment.rate_bp]
    yield f"{words.vat} {words.rate(taxed[0])}" if len(taxed) == 1 else words.vat, words.money(sums.vat, currency)
    if isinstance(content, InvoiceContent) and content.deductions:
        yield words.gross_total, words.money(sums.gross, currency)
        yield words.deducted, f"−{words.money(content.deducted, currency)}"


def due(content: DocumentContent, words: Wording) -> tuple[str, str]:
    """The amount that the document is about."""
    if isinstance(content, QuoteContent):
        return words.gross_total, words.money(content.totals.gross, content.currency)
    label = words.credit_total if content.type.is_credit else words.gross_total
    return words.payable if content.deductions else label, words.money(content.payable, content.currency)


def below_due(content: DocumentContent, words: Wording) -> Iterator[str]:
    """Small print under the amount due: options that it leaves out, VAT in euros, the rate of exchange. [I-07]"""
    out = [replace(line, is_chosen=True) for line in content.lines if not line.counts]
    if out:
        sums = total(out)
        money = (words.money(amount, content.currency) for amount in (sums.net, sums.gross))
        yield words.options_total.format(*money)
    if content.currency != EURO and content.exchange is not None:
        rate = content.exchange
        in_euros = to_cents(Decimal(content.totals.vat) / 100 * rate.rate)
        yield words.vat_in_euros.format(words.money(in_euros, EURO))
        yield words.exchange.format(content.currency, words.decimal(rate.rate), words.day(rate.on), rate.source)


def deducted(content: InvoiceContent, words: Wording) -> Deducted | None:
    """Each deducted invoice by number, date, HT, VAT and TTC, and what is left. [D-02]"""
    if not content.deductions:
        return None
    currency = content.currency

    def row(number: str, issued_on: str, net: int, vat: int) -> DeductedRow:
        amounts = (words.money(amount, currency) for amount in (net, vat, net + vat))
        return DeductedRow(number, issued_on, *amounts)

    return Deducted(
        title=words.deducted_deposits
        if all(each.type_code == DEPOSIT for each in content.deductions)
        else words.deducted_invoices,
        rows=tuple(row(each.number, words.day(each.issue_date), each.net, each.vat) for each in content.deductions),
        left=row(words.left, "", sum(r.base for r in content.remaining), sum(r.vat for r in content.remaining)),
    )


def schedule(content: QuoteContent, words: Wording) -> Schedule | None:
    """What is to be paid when, before the last invoice; its amounts are those of the deposit invoices to come."""
    if not content.deposits:
        return None
    asked = instalments(content.deposits, content.totals, step_of(content.currency))
    rows = [
        (
            each.step.label,
            each.step.due,
            words.rate(each.step.percent_bp) if each.step.percent_bp else "",
            words.money(each.amount, content.currency),
        )
        for each in asked
    ]
    if left := balance(content.totals, asked):
        rows.append((words.balance, words.on_last_invoice, "", words.money(left, content.currency)))
    acompte = content.deposit_nature is DepositNature.ACOMPTE
    return Schedule(words.schedule_acompte if acompte else words.schedule_arrhes, tuple(rows), content.deposit_nature)


def _discount_label(discount: DocumentDiscount, words: Wording) -> str:
    return f"{discount.label} ({words.rate(discount.percent_bp)})" if discount.percent_bp else discount.label


def _taken(content: DocumentContent, discount: DocumentDiscount) -> int:
    return sum(part.amount for part in allowances(content.lines, (discount,)))
