"""Which invoice refers to which: the rules between a type (UNTDID 1001) and the earlier invoices it names.

BR-FR-04, BR-FR-CO-04, 05 and 08 (FNFE-MPE schematron V1.4.0, checked 2026-11). [C-02, D-02]
"""

from collections.abc import Iterator, Sequence
from typing import assert_never

from relance.domain.content import InvoiceType
from relance.domain.errors import Fault
from relance.domain.invoice import Invoice, InvoiceDraft

MAX_REFERENCES = 30  # they are all changed in the one transaction that issues the document


def type_faults(draft: InvoiceDraft) -> list[Fault]:
    """What is wrong with a draft's type and the invoices that it names, without looking at them."""
    return list(_type_faults(draft))


def reference_faults(draft: InvoiceDraft, originals: Sequence[Invoice]) -> list[Fault]:
    """What is wrong with the invoices that a draft corrects, credits or deducts, in the order they are named."""
    faults = []
    named = [(f"/refers_to/{n}", id) for n, id in enumerate(draft.refers_to)]
    named += [(f"/deducts/{n}", id) for n, id in enumerate(draft.deducts)]
    for (pointer, _), original in zip(named, originals, strict=True):
        if original.content is None:
            faults.append(Fault(pointer, "Ce document n’est pas émis.", "not_issued"))
        elif original.customer_id != draft.customer_id:
            faults.append(Fault(pointer, "Cette facture est celle d’un autre client.", "other_customer"))
        elif original.content.currency != draft.currency:
            faults.append(Fault(pointer, "Cette facture est dans une autre devise.", "other_currency"))
        elif pointer.startswith("/deducts") and original.content.type is not InvoiceType.DEPOSIT:
            faults.append(Fault(pointer, "Seule une facture d’acompte se déduit.", "not_a_deposit"))
    if draft.type.is_credit and not faults:
        deposits = {
            original.content is not None and original.content.type is InvoiceType.DEPOSIT for original in originals
        }
        if deposits != {draft.type is InvoiceType.DEPOSIT_CREDIT}:
            message = "503 crédite des factures d’acompte et elles seules, 381 toutes les autres : changez le type."
            faults.append(Fault("/type", message, "other_type"))
    return faults


def _type_faults(draft: InvoiceDraft) -> Iterator[Fault]:
    count = len(draft.refers_to)
    if len({*draft.refers_to, *draft.deducts}) != count + len(draft.deducts):
        yield Fault("/refers_to", "Chaque facture n’est citée qu’une fois.", "twice")
    if max(count, len(draft.deducts)) > MAX_REFERENCES:
        yield Fault("/refers_to", f"{MAX_REFERENCES} factures au plus.", "too_many")
    match draft.type:
        case InvoiceType.CREDIT_NOTE | InvoiceType.DEPOSIT_CREDIT:
            if count == 0:
                yield Fault("/refers_to", "Un avoir se réfère à une facture au moins : dites laquelle.", "BR-FR-CO-05")
        case InvoiceType.CORRECTIVE:
            if count != 1:
                message = "Une facture rectificative corrige une facture, et une seule : dites laquelle."
                yield Fault("/refers_to", message, "BR-FR-CO-04")
        case InvoiceType.COMMERCIAL | InvoiceType.DEPOSIT:
            if count:
                message = "Seuls un avoir et une facture rectificative se réfèrent à une autre : changez le type."
                yield Fault("/refers_to", message, "not_allowed")
        case _:  # pragma: no cover
            assert_never(draft.type)
    if draft.refers_to and not draft.reason.strip():
        yield Fault("/reason", "Dites pourquoi : le motif est imprimé.", "missing")
    if draft.deducts and (draft.type is InvoiceType.DEPOSIT or draft.type.is_credit):
        yield Fault("/deducts", "Seule une facture définitive déduit des acomptes.", "BR-FR-CO-08")
