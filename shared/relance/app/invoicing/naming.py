"""What a document names, read when it is issued: deposits to deduct, an invoice to credit or to replace.

Everything is read after the head, and issuing moves the head: whatever another issue changed meanwhile is seen, or this
one starts again. So no two credit notes go beyond one invoice, and no deposit is deducted twice. [C-02, C-04, D-02]
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from relance.app.context import Caller, Context
from relance.app.invoicing.from_quotes import require_accepted, require_open
from relance.app.invoicing.moving import moved_payments
from relance.app.invoicing.reading import invoices_of, named, quotes_of
from relance.domain.billing import billed, kind_of, require_room, totals_of
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact
from relance.domain.content import InvoiceContent, Reference, content_json
from relance.domain.credit_note import apportioned, over_credited, require_creditable, settled
from relance.domain.errors import Conflict, Invalid, require_reviewed
from relance.domain.ids import InvoiceId
from relance.domain.invoice import Billing, Credit, Invoice, Payment, require_issued
from relance.domain.invoice_types import reference_faults, type_faults
from relance.domain.perpetual import CREDITED, INVOICED, REPLACED, added, money, turnover
from relance.domain.quote import Quote
from relance.domain.totals import Deduction, Totals, aligned, remaining
from relance.domain.vat import VatTreatment


@dataclass(frozen=True, slots=True)
class Named:
    """What follows from the documents that a draft names.

    `changed` are those documents after it is issued, `facts` what else then happens, `data` what its own fact says of
    them, `perpetual` what the running totals gain, `payments` what comes with a replaced invoice.
    """

    quotes: tuple[Quote, ...]
    totals: Totals
    references: tuple[Reference, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    changed: tuple[Invoice, ...] = ()
    facts: tuple[Fact, ...] = ()
    data: Mapping[str, Json] = field(default_factory=dict)
    perpetual: Mapping[str, int] = field(default_factory=dict)
    payments: tuple[Payment, ...] = ()


def resolve(ctx: Context, caller: Caller, invoice: Invoice, number: str, at: datetime) -> Named:
    """Look up all that the draft names. Raises Invalid, or Conflict when they do not allow it any more."""
    draft = invoice.draft
    if faults := type_faults(draft):
        raise Invalid("Ce document ne peut pas être émis : corrigez les points signalés.", faults=faults)
    originals = named(ctx, caller, draft.refers_to, "/refers_to")
    deposits = named(ctx, caller, draft.deducts, "/deducts")
    for one in (*originals, *deposits):
        require_reviewed(one.to_review)
    if faults := reference_faults(draft, [*originals, *deposits]):
        raise Invalid("Ce document ne peut pas être émis : corrigez les points signalés.", faults=faults)
    if draft.type.is_credit:
        return _credit(invoice, originals, number, at)
    quotes = quotes_of(ctx, caller, draft.quote_ids)
    found = _bill(ctx, caller, invoice, quotes, deposits, originals, at)
    return _replacing(ctx, caller, invoice, found, originals[0], number, at) if originals else found


def _credit(invoice: Invoice, originals: Sequence[Invoice], number: str, at: datetime) -> Named:
    """A credit note takes its amounts off the invoices that it refers to, in this very transaction. [C-04]"""
    draft, wanted = invoice.draft, totals_of(invoice.draft)
    contents = [require_creditable(original) for original in originals]
    if len(originals) == 1 and (faults := over_credited(originals[0], draft.credited_lines)):
        raise Invalid("Cet avoir dépasse ce qui reste de la facture.", faults=faults)
    parts = apportioned(draft, wanted, originals)
    lines = draft.credited_lines if len(originals) == 1 else ()
    credits = [Credit(invoice.id, number, at, part, lines) for part in parts]
    changed = tuple(
        replace(original, rev=original.rev + 1, credits=(*original.credits, credit), updated_at=at)
        for original, credit in zip(originals, credits, strict=True)
        if credit.subtotals
    )
    told: list[Json] = [
        {"id": original.id, "number": original.number, "subtotals": content_json(credit.subtotals)}
        for original, credit in zip(originals, credits, strict=True)
    ]
    totals = settled(wanted, parts)
    return Named(
        quotes=(),
        totals=totals,
        references=tuple(_reference(content) for content in contents),
        changed=changed,
        data={"credits": told, "is_internal": draft.is_internal, "credited_lines": content_json(lines)},
        perpetual=turnover(CREDITED, totals.subtotals, draft.exchange),
    )


def _bill(
    ctx: Context,
    caller: Caller,
    invoice: Invoice,
    quotes: tuple[Quote, ...],
    deposits: Sequence[Invoice],
    replaced: Sequence[Invoice],
    at: datetime,
) -> Named:
    """An invoice of quotes stays within them; the one that closes them deducts all that was invoiced before. [D-02]"""
    draft, totals = invoice.draft, totals_of(invoice.draft)
    besides = [invoice.id, *(original.id for original in replaced)]
    others = [other for other in invoices_of(ctx, caller, quotes, besides=besides) if not other.is_void]
    issued = [other for other in others if other.content is not None]
    deducted = list(deposits)
    kind = kind_of(draft)
    if kind is not None:
        agreed = [require_accepted(quote) for quote in quotes]
        require_open(issued)
        if kind.is_closing:
            _require_no_part_in_draft(others)
            known = {deposit.id for deposit in deposits}
            deducted += [part for part in issued if part.id not in known]
        else:
            require_room(agreed[0], billed(agreed[0], issued), totals.subtotals)
    deducted = [part for part in deducted if _is_free(ctx, caller, part, besides)]
    treatments = [row.treatment for row in totals.subtotals]
    deductions = tuple(
        sorted((_deduction(part, treatments) for part in deducted), key=lambda one: (one.issue_date, one.number))
    )
    left = remaining(totals, deductions)
    if sum(row.base + row.vat for row in left) < 0:
        message = "Les acomptes déjà facturés dépassent ce document : créditez-en un d’abord."
        raise Conflict(message, code="deposits_exceed")
    return Named(
        quotes=quotes,
        totals=totals,
        deductions=deductions,
        changed=tuple(replace(part, rev=part.rev + 1, deducted_by=invoice.id, updated_at=at) for part in deducted),
        data={"quote_ids": list(draft.quote_ids), "billing": kind.value if kind else ""},
        perpetual=turnover(INVOICED, left, draft.exchange),
    )


def _replacing(
    ctx: Context, caller: Caller, invoice: Invoice, found: Named, original: Invoice, number: str, at: datetime
) -> Named:
    """A corrective invoice takes the place of one, whole: its turnover, its deposits and what was paid on it. [C-02]"""
    content = require_issued(original)
    if content.type.is_credit:
        raise Conflict("Un avoir ne se rectifie pas : émettez une facture.", code="is_credit_note")
    if original.replaced_by:
        raise Conflict("Cette facture est déjà remplacée : rectifiez la nouvelle.", code="invoice_replaced")
    if original.credits:
        message = "Cette facture a un avoir : créditez le reste et émettez une nouvelle facture."
        raise Conflict(message, code="credited")
    if original.deducted_by and original.deducted_by != invoice.id:
        message = "Cet acompte est déjà déduit d’une facture définitive : corrigez celle-ci."
        raise Conflict(message, code="deposit_deducted")
    moved = moved_payments(ctx, caller, original, invoice.id, number, at)
    replaced: dict[str, Json] = {
        "id": original.id,
        "number": original.number,
        "subtotals": content_json(original.left),
    }
    if content.exchange is not None:
        replaced["exchange"] = content_json(content.exchange)
    superseded = replace(
        original,
        rev=original.rev + 1,
        replaced_by=invoice.id,
        payments=(*original.payments, *moved.spent),
        updated_at=at,
    )
    return replace(
        found,
        references=(_reference(content),),
        changed=(*found.changed, superseded),
        facts=moved.facts,
        data={**found.data, "replaces": replaced},
        perpetual=added(
            found.perpetual,
            turnover(REPLACED, original.left, content.exchange),
            money(moved.spent, content.exchange),
            money(moved.received, invoice.draft.exchange),
        ),
        payments=moved.received,
    )


def _require_no_part_in_draft(others: Iterable[Invoice]) -> None:
    for other in others:
        if other.content is None and kind_of(other.draft) in (Billing.DEPOSIT, Billing.PROGRESS):
            message = f"Le brouillon {other.id} facture une part de ce devis : émettez-le ou supprimez-le d’abord."
            raise Conflict(message, code="part_in_draft")


def _is_free(ctx: Context, caller: Caller, part: Invoice, besides: Sequence[InvoiceId]) -> bool:
    """Whether something is left to deduct, and no living invoice deducts it."""
    if part.is_void or not any(row.base or row.vat for row in part.left):
        return False
    if part.deducted_by is None or part.deducted_by in besides:
        return True
    holder = ctx.store.get(caller.tenant, Invoice, part.deducted_by)
    return holder is None or holder.is_void


def _deduction(part: Invoice, treatments: Sequence[VatTreatment]) -> Deduction:
    """What is left of an earlier invoice: a credited deposit is not deducted."""
    content = require_issued(part)
    rows = aligned((row for row in part.left if row.base or row.vat), treatments)
    return Deduction(part.number, content.issue_date, rows, content.type_code)


def _reference(content: InvoiceContent) -> Reference:
    return Reference(content.number, content.issue_date, content.type_code)
