"""What of an accepted quote is invoiced, and how: whole, in deposits, as the works progress, or what is left of it.

A part of a quote is one line per VAT treatment, so that it says itself how it is taxed. Parts never come to more than
the quote, per treatment. The last invoice shows the whole and deducts them one by one: deposits + last = total, to the
cent and per treatment, whatever was rounded on the way. CGI 289 I-1-c and ann. II 242 nonies A (checked 2026-11).
[D-01, D-02, R-04, CY-05, KB-29]
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from relance.domain.content import QuoteContent
from relance.domain.errors import Conflict, Fault, Invalid
from relance.domain.ids import CustomerId
from relance.domain.invoice import Billing, Invoice, InvoiceDraft
from relance.domain.lines import Discount, Line
from relance.domain.money import BASIS_POINTS, Cents, format_amount, percent, share, spread
from relance.domain.totals import Totals, aligned, allowances, total
from relance.domain.vat import VatSubtotal, VatTreatment

Bases = Mapping[VatTreatment, int]


@dataclass(frozen=True, slots=True)
class Part:
    """What to invoice of a quote. A deposit is `percent_bp` of it, `amount` cents TTC, or `step` (from 1) of its
    schedule: one of the three. Of the progress of works, `percent_bp` is what is done so far, all told.
    """

    kind: Billing
    percent_bp: int = 0
    amount: Cents = Cents(0)
    step: int = 0


@dataclass(frozen=True, slots=True)
class Bill:
    """The lines of a part; `gross` is what they must come to TTC when an amount was agreed on."""

    lines: tuple[Line, ...]
    gross: Cents | None = None


def kind_of(draft: InvoiceDraft) -> Billing | None:
    """Which part of its quotes an invoice bills; None when it bills none. Before parts existed, it was the whole."""
    return draft.billing or (Billing.WHOLE if draft.quote_ids else None)


def totals_of(draft: InvoiceDraft) -> Totals:
    """What a draft comes to. An agreed amount TTC is met to the cent: the VAT of its rows takes what rounding leaves.

    One step (cent) per row at most: EN 16931 lets the VAT of a row differ so from base x rate (BR-CO-17). [R-04]
    """
    totals = total(draft.lines, draft.discounts, draft.charges)
    step = draft.lines[0].step if draft.lines else 1
    missing = 0 if draft.gross is None else (draft.gross - totals.gross) // step
    taxed = [row.treatment for row in totals.subtotals if row.vat]
    if not missing or abs(missing) > len(taxed):
        return totals
    change = dict.fromkeys(taxed[: abs(missing)], step if missing > 0 else -step)
    return with_vat(totals, {row.treatment: row.vat + change.get(row.treatment, 0) for row in totals.subtotals})


def with_vat(totals: Totals, vat: Bases) -> Totals:
    """The same sums with this VAT on each row."""
    rows = tuple(replace(row, vat=Cents(vat[row.treatment])) for row in totals.subtotals)
    whole = sum(row.vat for row in rows)
    return replace(totals, subtotals=rows, vat=Cents(whole), gross=Cents(totals.net + whole))


def billed(agreed: QuoteContent, invoices: Iterable[Invoice]) -> dict[VatTreatment, int]:
    """HT by treatment that these invoices of a quote ask for: drafts too, credit notes taken off."""
    rows = (row for invoice in invoices for row in _asked(invoice))
    return _bases(aligned(rows, [row.treatment for row in agreed.totals.subtotals]))


def require_room(agreed: QuoteContent, earlier: Bases, wanted: Iterable[VatSubtotal]) -> None:
    """Raise Conflict `overbilled` when a quote would be invoiced beyond its total, under any treatment."""
    bases = _bases(agreed.totals.subtotals)
    rows = aligned(wanted, list(bases))
    if any(earlier.get(row.treatment, 0) + row.base > bases.get(row.treatment, 0) for row in rows):
        free = sum(max(0, base - earlier.get(treatment, 0)) for treatment, base in bases.items())
        message = f"Il reste {format_amount(free)} HT à facturer sur le devis {agreed.number} : pas davantage."
        raise Conflict(message, code="overbilled")


def deposit(agreed: QuoteContent, part: Part, earlier: Bases, parts: int) -> Bill:
    """The lines of a deposit invoice, after `parts` earlier ones that come to `earlier`. [D-01, R-04]

    Raises Invalid on a part that is none, Conflict `overbilled` or `nothing_to_bill`.
    """
    percent_bp, amount, label = _deposit_terms(agreed, part)
    title = label or _text(agreed, "Acompte", "Deposit")
    described = _text(
        agreed,
        f"{title}{f' de {percent(percent_bp)}' if percent_bp else ''} sur le devis n° {agreed.number}",
        f"{title}{f' of {percent_bp / 100:g}%' if percent_bp else ''} on quote no. {agreed.number}",
    )
    step = _step(agreed.lines)
    rows = agreed.totals.subtotals
    if percent_bp:
        wanted = {row.treatment: int(share(row.base, percent_bp, step)) for row in rows}
        # 50 % of an odd cent, twice, is a cent too much: what rounding alone may have added is left out.
        room = {row.treatment: row.base - earlier.get(row.treatment, 0) for row in rows}
        wanted = {vat: room[vat] if 0 < base - room[vat] <= parts * step else base for vat, base in wanted.items()}
    else:
        shares = spread(amount, [row.base + row.vat for row in rows], step)
        wanted = {
            row.treatment: _without_vat(part, row.treatment, step) for row, part in zip(rows, shares, strict=True)
        }
    require_room(agreed, earlier, [VatSubtotal(vat, Cents(base), Cents(0)) for vat, base in wanted.items()])
    lines = tuple(_part_lines(agreed, wanted, described))
    if not lines:
        raise Conflict(f"Il ne reste rien à facturer sur le devis {agreed.number}.", code="nothing_to_bill")
    return Bill(lines, amount or None)


def progress(agreed: QuoteContent, percent_bp: int, earlier: Bases) -> Bill:
    """The lines of a progress invoice (situation de travaux): what is done so far, less all that was invoiced before.

    Rounding is cumulative: the parts of a treatment add up to its share so far. Deposits are used up first. Raises
    Invalid on a percentage outside 0-100, Conflict `nothing_to_bill` when no more is done than was invoiced.
    """
    if not 0 < percent_bp <= BASIS_POINTS:
        raise _bad_part("/percent", "L’avancement va de 0,01 à 100 % du devis, situations précédentes comprises.")
    step = _step(agreed.lines)
    wanted = {
        row.treatment: max(0, share(row.base, percent_bp, step) - earlier.get(row.treatment, 0))
        for row in agreed.totals.subtotals
    }
    described = _text(
        agreed,
        f"Avancement {percent(percent_bp)}, devis n° {agreed.number}, déjà facturé déduit",
        f"Progress {percent_bp / 100:g}%, quote no. {agreed.number}, less earlier invoices",
    )
    lines = tuple(_part_lines(agreed, wanted, described))
    if not lines:
        message = f"Le devis {agreed.number} est déjà facturé à {percent(percent_bp)} ou au-delà."
        raise Conflict(message, code="nothing_to_bill")
    return Bill(lines)


def whole(agreed: Sequence[QuoteContent], customer_id: CustomerId) -> InvoiceDraft:
    """The draft of an invoice of all the chosen lines of accepted quotes of one customer.

    One quote keeps its discounts on the whole; those of several are spread over their own lines, so that the discount
    of one never touches another, and each keeps its heading. Raises Invalid when their currencies differ.
    """
    first = agreed[0]
    if any(each.currency != first.currency for each in agreed):
        raise _bad_part("/quote_ids", "Ces devis sont dans des devises différentes : facturez-les à part.")
    alone = len(agreed) == 1
    chosen = (line for each in agreed for line in (each.lines if alone else _under_heading(each)) if line.counts)
    return InvoiceDraft(
        customer_id=customer_id,
        lines=tuple(chosen),
        subject=first.subject if alone else " · ".join(each.subject for each in agreed if each.subject)[:200],
        payment_terms=first.payment_terms,
        discounts=first.discounts if alone else (),
        charges=tuple(charge for each in agreed for charge in each.charges),
        language=first.language,
        currency=first.currency,
        exchange=first.exchange,
    )


def amount_line(description: str, treatment: VatTreatment, base: int, *, nature: str, step: int) -> Line:
    """One line of that amount HT."""
    price = Decimal(base) / 100
    return Line(description, Decimal(1), "", price, treatment, nature=nature, step=step)


def nature_of(lines: Iterable[Line], treatment: VatTreatment) -> str:
    """What is sold under a treatment: goods when nothing else is."""
    natures = {line.nature for line in lines if line.vat == treatment and line.counts}
    return "goods" if natures == {"goods"} else "services"


def _deposit_terms(agreed: QuoteContent, part: Part) -> tuple[int, Cents, str]:
    """Percentage or amount, and the name of the step."""
    given = [bool(part.percent_bp), bool(part.amount), bool(part.step)]
    if sum(given) != 1 or min(part.percent_bp, part.amount, part.step) < 0 or part.percent_bp > BASIS_POINTS:
        message = "Un acompte est un pourcentage (100 au plus), un montant TTC ou une étape de l’échéancier."
        raise _bad_part("/percent", message)
    if not part.step:
        if part.amount > agreed.totals.gross:
            raise _bad_part("/amount", f"Le devis est de {format_amount(agreed.totals.gross)} TTC : pas davantage.")
        if part.amount % _step(agreed.lines):
            raise _bad_part("/amount", "Cette devise n’a pas de décimales.")
        return part.percent_bp, part.amount, ""
    if part.step > len(agreed.deposits):
        raise _bad_part("/step", f"L’échéancier du devis compte {len(agreed.deposits)} étape(s).")
    step = agreed.deposits[part.step - 1]
    return step.percent_bp, step.amount, step.label


def _part_lines(agreed: QuoteContent, wanted: Bases, described: str) -> Iterator[Line]:
    for treatment, base in wanted.items():
        if base:
            nature = nature_of(agreed.lines, treatment)
            yield amount_line(described, treatment, base, nature=nature, step=_step(agreed.lines))


def _under_heading(agreed: QuoteContent) -> Iterator[Line]:
    """Its lines under its number, its discounts on the whole spread over those they fall on."""
    heading = f"{_text(agreed, 'Devis', 'Quote')} {agreed.number}"
    lines = [line for line in agreed.lines if line.counts]
    off = [0] * len(lines)
    for part in allowances(agreed.lines, agreed.discounts):
        weights = [line.net if line.vat == part.treatment else 0 for line in lines]
        off = [one + more for one, more in zip(off, spread(part.amount, weights, _step(lines)), strict=True)]
    for line, amount in zip(lines, off, strict=True):
        discount = Discount(amount=Cents(line.discount_amount + amount)) if amount else line.discount
        section = f"{heading} · {line.section}"[:200] if line.section else heading
        yield replace(line, discount=discount, section=section)


def _asked(invoice: Invoice) -> tuple[VatSubtotal, ...]:
    return invoice.left if invoice.content else totals_of(invoice.draft).subtotals


def _without_vat(gross: int, treatment: VatTreatment, step: int) -> int:
    """HT of an amount TTC, half-up to the step."""
    divisor = (BASIS_POINTS + treatment.rate_bp) * step
    return (gross * BASIS_POINTS * 2 + divisor) // (2 * divisor) * step


def _bases(rows: Iterable[VatSubtotal]) -> dict[VatTreatment, int]:
    return {row.treatment: int(row.base) for row in rows}


def _step(lines: Sequence[Line]) -> int:
    return lines[0].step if lines else 1


def _text(agreed: QuoteContent, french: str, english: str) -> str:
    return english if agreed.language == "en" else french


def _bad_part(pointer: str, message: str) -> Invalid:
    return Invalid("Cette part du devis ne peut pas être facturée.", faults=[Fault(pointer, message, "bad_part")])
