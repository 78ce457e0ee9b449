"""Credit notes (avoirs): what may be given back of issued invoices, and what each of them gives back.

Never more than the invoice, under any VAT treatment; a treatment that the invoice does not have cannot be credited, so
category and rate are always those of the original. VAT is rounded on all that was credited so far, not on each credit
note: whatever the parts, they add up to the VAT of the invoice and never exceed it by a cent.
CGI 272 1 and 289 I-5, BOI-TVA-DECLA-30-20-20-20 (checked 2026-11). [C-01, C-02, C-04, C-05]
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from relance.domain.billing import amount_line, nature_of, with_vat
from relance.domain.content import InvoiceContent, InvoiceType
from relance.domain.errors import Conflict, Fault, Invalid
from relance.domain.invoice import CreditedLine, Invoice, InvoiceDraft, require_issued
from relance.domain.lines import Discount, Line
from relance.domain.money import Cents, format_amount, percent, share, spread, to_cents
from relance.domain.totals import Totals, allowances
from relance.domain.vat import VatCategory, VatSubtotal, VatTreatment


@dataclass(frozen=True, slots=True)
class AmountBack:
    """An amount HT to give back under one category and rate of the invoice."""

    category: VatCategory
    rate_bp: int
    net: Cents


def require_creditable(invoice: Invoice) -> InvoiceContent:
    """An issued invoice with something left on it. Raises Conflict with the reason as its code."""
    content = require_issued(invoice)
    if content.type.is_credit:
        raise Conflict("Un avoir ne se crédite pas : émettez une facture.", code="is_credit_note")
    if invoice.replaced_by:
        raise Conflict(
            "Cette facture est remplacée par une rectificative : créditez celle-ci.", code="invoice_replaced"
        )
    if invoice.is_void:
        raise Conflict("Cette facture est déjà créditée en totalité.", code="credited")
    if not any(row.base for row in invoice.left):
        raise Conflict("Cette facture ne porte aucun montant à créditer.", code="nothing_to_credit")
    return content


def whole(invoice: Invoice, reason: str) -> InvoiceDraft:
    """All that is left of an invoice: its own lines when nothing was taken off it yet, else an amount per treatment."""
    content = require_creditable(invoice)
    if content.deductions or invoice.credits:
        lines = [_amount_line(content, row.treatment, row.base) for row in invoice.left if row.base > 0]
        return _draft(invoice, content, reason, lines)
    draft = _draft(invoice, content, reason, content.lines)
    every = tuple(CreditedLine(n, line.quantity) for n, line in enumerate(content.lines))
    return replace(draft, discounts=content.discounts, charges=content.charges, credited_lines=every)


def by_lines(invoice: Invoice, wanted: Sequence[CreditedLine], reason: str) -> InvoiceDraft:
    """Some lines, or some of their quantity, at the price that was really paid: discounts on the whole included.

    Raises Invalid on a line that does not exist or comes twice, or on more than its quantity less what was credited.
    """
    content = require_creditable(invoice)
    if faults := list(_quantity_faults(invoice, content, wanted)):
        raise Invalid("Ces lignes ne peuvent pas être créditées.", faults=faults)
    paid = _paid_per_line(content)
    lines = [
        _returned(content.lines[one.line], _given(invoice, one.line), one.quantity, paid[one.line]) for one in wanted
    ]
    return replace(_draft(invoice, content, reason, lines), credited_lines=tuple(wanted))


def by_amounts(invoice: Invoice, wanted: Sequence[AmountBack], reason: str) -> InvoiceDraft:
    """An amount HT per treatment of the invoice."""
    content = require_creditable(invoice)
    lines: list[Line] = []
    faults = []
    for n, part in enumerate(wanted):
        alike = [row for row in invoice.left if _rate(row.treatment) == (part.category, part.rate_bp)]
        if not alike:
            faults.append(Fault(f"/amounts/{n}", "La facture ne porte pas ce taux de TVA.", "C-04"))
            continue
        open_net = int(part.net)
        for row in alike[:-1]:  # one rate, several reasons: each is filled before the next
            lines += [_amount_line(content, row.treatment, taken)] if (taken := min(open_net, row.base)) > 0 else []
            open_net -= max(0, taken)
        lines += [_amount_line(content, alike[-1].treatment, open_net)] if open_net else []
    if faults:
        raise Invalid("Ces montants ne peuvent pas être crédités.", faults=faults)
    return _draft(invoice, content, reason, lines)


def left_of_line(invoice: Invoice, line: int) -> Decimal:
    """How much of a line was not credited yet; nothing of a line that does not exist."""
    content = require_creditable(invoice)
    return content.lines[line].quantity - _given(invoice, line) if 0 <= line < len(content.lines) else Decimal(0)


def taxed_like(draft: InvoiceDraft, originals: Sequence[Invoice]) -> InvoiceDraft:
    """The draft with the VAT of the invoices that it credits, word for word, wherever category and rate are theirs."""
    known = [row.treatment for original in originals for row in original.left]

    def like(vat: VatTreatment) -> VatTreatment:
        return vat if vat in known else next((one for one in known if _rate(one) == _rate(vat)), vat)

    lines = tuple(replace(line, vat=like(line.vat)) for line in draft.lines)
    return replace(draft, lines=lines, charges=tuple(replace(one, vat=like(one.vat)) for one in draft.charges))


def apportioned(draft: InvoiceDraft, totals: Totals, originals: Sequence[Invoice]) -> list[tuple[VatSubtotal, ...]]:
    """What of a credit note falls on each invoice that it refers to, in their order and up to what is left of each.

    Raises Invalid `C-04` when it comes to more than they have left under some treatment. [C-04]
    """
    parts: list[list[VatSubtotal]] = [[] for _ in originals]
    faults = []
    for wanted in totals.subtotals:
        open_base = int(wanted.base)
        for original, rows in zip(originals, parts, strict=True):
            left = next((row for row in original.left if row.treatment == wanted.treatment), None)
            taken = min(open_base, max(0, left.base)) if left else 0
            if left and taken:
                rows.append(VatSubtotal(wanted.treatment, Cents(taken), _vat(original, left, taken)))
                open_base -= taken
        if open_base:
            faults.append(_too_much(draft, wanted, int(wanted.base) - open_base))
    if faults:
        raise Invalid("Cet avoir dépasse ce qui reste des factures qu’il crédite.", faults=faults)
    return [tuple(rows) for rows in parts]


def settled(totals: Totals, parts: Iterable[Sequence[VatSubtotal]]) -> Totals:
    """The credit note's totals once each part's VAT is known."""
    vat = {row.treatment: 0 for row in totals.subtotals}
    for row in (row for rows in parts for row in rows):
        vat[row.treatment] += row.vat
    return with_vat(totals, vat)


def over_credited(original: Invoice, lines: Sequence[CreditedLine]) -> list[Fault]:
    """Lines of which more would be given back than was sold, seen when the credit note is issued."""
    content = require_issued(original)
    return list(_quantity_faults(original, content, lines))


def _vat(original: Invoice, left: VatSubtotal, taken: int) -> Cents:
    """VAT of `taken`: rounded on all that is credited with it, and the rest when nothing stays."""
    if taken == left.base:
        return left.vat
    treatment = left.treatment
    earlier = [row for credit in original.credits for row in credit.subtotals if row.treatment == treatment]
    base, vat = sum(row.base for row in earlier), sum(row.vat for row in earlier)
    content = require_issued(original)
    due = share(base + taken, treatment.rate_bp, content.lines[0].step) - vat
    return Cents(max(0, min(due, left.vat)))


def _too_much(draft: InvoiceDraft, wanted: VatSubtotal, free: int) -> Fault:
    at = next((n for n, line in enumerate(draft.lines) if line.vat == wanted.treatment), None)
    rate = percent(wanted.treatment.rate_bp)
    message = f"Il reste {format_amount(free)} HT à créditer au taux de {rate} : l’avoir en demande "
    message += f"{format_amount(wanted.base)}. Réduisez-le."
    return Fault("/lines" if at is None else f"/lines/{at}", message, "C-04")


def _quantity_faults(invoice: Invoice, content: InvoiceContent, wanted: Sequence[CreditedLine]) -> Iterator[Fault]:
    seen: set[int] = set()
    for n, one in enumerate(wanted):
        pointer = f"/lines/{n}"
        if not 0 <= one.line < len(content.lines):
            yield Fault(f"{pointer}/line", f"La facture compte {len(content.lines)} lignes.", "unknown_line")
            continue
        if one.line in seen:
            yield Fault(f"{pointer}/line", "Cette ligne est demandée deux fois.", "line_twice")
        seen.add(one.line)
        free = content.lines[one.line].quantity - _given(invoice, one.line)
        if one.quantity <= 0 or one.quantity > free:
            quantity = format(free.normalize(), "f").replace(".", ",")
            yield Fault(f"{pointer}/quantity", f"Il reste {quantity} à créditer sur cette ligne.", "C-04")


def _paid_per_line(content: InvoiceContent) -> list[int]:
    """What each line came to, HT, its part of the discounts on the whole taken off."""
    paid = [int(line.net) if line.counts else 0 for line in content.lines]
    step = content.lines[0].step
    for part in allowances(content.lines, content.discounts):
        weights = [line.net if line.vat == part.treatment and line.counts else 0 for line in content.lines]
        paid = [one - off for one, off in zip(paid, spread(part.amount, weights, step), strict=True)]
    return paid


def _given(invoice: Invoice, line: int) -> Decimal:
    """How much of a line was credited so far."""
    given = (one.quantity for credit in invoice.credits for one in credit.lines if one.line == line)
    return sum(given, Decimal(0))


def _returned(line: Line, given: Decimal, quantity: Decimal, paid: int) -> Line:
    """Some of a line for its part of what was paid: the difference to its price is a discount.

    Rounded on all that was given back of the line, so that parts never come to more than was paid.
    """
    some = replace(line, quantity=quantity, discount=None, is_option=False, is_chosen=True, section="", text_before="")
    price = Decimal(paid) / 100 / line.quantity
    back = to_cents(price * (given + quantity), line.step) - to_cents(price * given, line.step)
    off = max(0, some.gross - back)
    return replace(some, discount=Discount(amount=Cents(off)) if off else None)


def _rate(treatment: VatTreatment) -> tuple[VatCategory, int]:
    return treatment.category, treatment.rate_bp


def _amount_line(content: InvoiceContent, treatment: VatTreatment, base: int) -> Line:
    what = "Avoir sur la facture n°" if content.language != "en" else "Credit on invoice no."
    nature = nature_of(content.lines, treatment)
    return amount_line(f"{what} {content.number}", treatment, base, nature=nature, step=content.lines[0].step)


def _draft(invoice: Invoice, content: InvoiceContent, reason: str, lines: Sequence[Line]) -> InvoiceDraft:
    is_deposit = content.type is InvoiceType.DEPOSIT
    return InvoiceDraft(
        customer_id=invoice.customer_id,
        lines=tuple(lines),
        subject=content.subject,
        purchase_order=content.purchase_order,
        supply_date=content.supply_date,
        payment_terms=content.payment_terms,
        type=InvoiceType.DEPOSIT_CREDIT if is_deposit else InvoiceType.CREDIT_NOTE,
        refers_to=(invoice.id,),
        reason=reason,
        delivery_address=content.delivery_address,
        language=content.language,
        currency=content.currency,
        exchange=content.exchange,
    )
