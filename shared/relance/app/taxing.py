"""VAT that a draft leaves to the company's regime: looked up when it is written, so that its sums are known. [V-01]"""

from dataclasses import replace
from typing import TypeVar

from relance.app.context import Caller, Context
from relance.app.settings import get_company
from relance.domain.invoice import InvoiceDraft
from relance.domain.quote import QuoteDraft
from relance.domain.vat import VatCase
from relance.domain.vat_notes import settled, with_vat

D = TypeVar("D", QuoteDraft, InvoiceDraft)


def taxed(ctx: Context, caller: Caller, draft: D) -> D:
    """The draft with the VAT of the lines and charges that say nothing of it.

    Raises Invalid with a pointer for each where the company is liable and so must say the rate, NotFound `no_company`
    where there is none yet. A draft that says all asks for neither.
    """
    given = (*(line.vat for line in draft.lines), *(charge.vat for charge in draft.charges))
    if all(vat.case is not VatCase.REGIME for vat in given):
        return draft
    vats = settled(draft.lines, draft.charges, get_company(ctx, caller).vat_regime)
    lines, charges = with_vat(draft.lines, draft.charges, vats)
    return replace(draft, lines=lines, charges=charges)
