"""What a document comes to: lines, discounts and charges on the whole, VAT once per rate, and what is already invoiced.

HT = lines - discounts + charges; TTC = HT + VAT; VAT of one treatment = its base x rate, rounded once.
A discount on the whole document is spread over the treatments of the lines, because each treatment is taxed on what
is really paid (EN 16931 BG-20, BR-CO-10 to 17, BR-S-08; checked 2026-11). The order of lines changes nothing.
[R-01, R-02, R-04, D-02]
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from relance.domain.lines import Line
from relance.domain.money import Cents, share, spread
from relance.domain.vat import VatSubtotal, VatTreatment, breakdown, by_rate


@dataclass(frozen=True, slots=True)
class DocumentDiscount:
    """A reduction on the whole (remise globale): `percent_bp` of the lines, or `amount` cents HT; one of the two."""

    label: str
    percent_bp: int = 0
    amount: Cents = Cents(0)


class ChargeKind(StrEnum):
    """What is charged beside the lines (frais)."""

    TRAVEL = "travel"
    TRANSPORT = "transport"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Charge:
    """Charged beside the lines: travel (frais de déplacement), transport; `amount` cents HT, taxed on its own."""

    label: str
    amount: Cents
    vat: VatTreatment
    kind: ChargeKind = ChargeKind.OTHER


@dataclass(frozen=True, slots=True)
class Allowance:
    """The part of a document's discount that falls on one VAT treatment, in cents HT (BG-20)."""

    label: str
    treatment: VatTreatment
    amount: Cents


@dataclass(frozen=True, slots=True)
class Totals:
    """The document's sums in cents: without VAT (HT), VAT, with VAT (TTC), and what HT is made of.

    `net` = `lines` - `discounts` + `charges`.
    """

    net: Cents
    vat: Cents
    gross: Cents
    subtotals: tuple[VatSubtotal, ...]
    lines: Cents = Cents(0)
    discounts: Cents = Cents(0)
    charges: Cents = Cents(0)


@dataclass(frozen=True, slots=True)
class Deduction:
    """An earlier invoice of the same sale that this one deducts, with its VAT table: a deposit, or a progress invoice.

    `type_code` (UNTDID 1001): 386 for a deposit invoice (facture d’acompte), 380 for one of progress. [D-02]
    """

    number: str
    issue_date: date
    subtotals: tuple[VatSubtotal, ...]
    type_code: str = "386"

    @property
    def net(self) -> Cents:
        """HT."""
        return Cents(sum(row.base for row in self.subtotals))

    @property
    def vat(self) -> Cents:
        """VAT."""
        return Cents(sum(row.vat for row in self.subtotals))

    @property
    def gross(self) -> Cents:
        """TTC."""
        return Cents(self.net + self.vat)


def bases_of(lines: Iterable[Line]) -> dict[VatTreatment, int]:
    """What the lines that count come to under each treatment, before any discount on the whole."""
    bases: dict[VatTreatment, int] = {}
    for line in lines:
        if line.counts:
            bases[line.vat] = bases.get(line.vat, 0) + line.net
    return dict(sorted(bases.items(), key=by_rate))


def allowances(lines: Sequence[Line], discounts: Sequence[DocumentDiscount]) -> tuple[Allowance, ...]:
    """Each discount on each treatment: a percentage is taken of every base, an amount is spread in proportion to them.

    Percentages are of the lines, not of what an earlier discount left. A part of nothing is left out.
    """
    bases = bases_of(lines)
    step = lines[0].step if lines else 1
    parts = []
    for discount in discounts:
        if discount.amount:
            taken: Mapping[VatTreatment, int] = dict(
                zip(bases, spread(discount.amount, list(bases.values()), step), strict=True)
            )
        else:
            taken = {treatment: share(base, discount.percent_bp, step) for treatment, base in bases.items()}
        parts += [Allowance(discount.label, treatment, Cents(amount)) for treatment, amount in taken.items() if amount]
    return tuple(parts)


def total(lines: Sequence[Line], discounts: Sequence[DocumentDiscount] = (), charges: Sequence[Charge] = ()) -> Totals:
    """Sum a document. [R-01, R-02]"""
    step = lines[0].step if lines else 1
    taken = allowances(lines, discounts)
    nets = [
        *((line.vat, line.net) for line in lines if line.counts),
        *((part.treatment, -part.amount) for part in taken),
        *((charge.vat, charge.amount) for charge in charges),
    ]
    subtotals = breakdown(nets, step)
    net, vat = sum(row.base for row in subtotals), sum(row.vat for row in subtotals)
    return Totals(
        net=Cents(net),
        vat=Cents(vat),
        gross=Cents(net + vat),
        subtotals=subtotals,
        lines=Cents(sum(line.net for line in lines if line.counts)),
        discounts=Cents(sum(part.amount for part in taken)),
        charges=Cents(sum(charge.amount for charge in charges)),
    )


def remaining(totals: Totals, deductions: Sequence[Deduction]) -> tuple[VatSubtotal, ...]:
    """What is left of each row of the VAT table once earlier invoices are deducted, base and VAT each by subtraction.

    So deposits and the last invoice add up to the whole, per treatment and to the cent. [R-04]
    """
    return less(totals.subtotals, *(deduction.subtotals for deduction in deductions))


def aligned(rows: Iterable[VatSubtotal], onto: Sequence[VatTreatment]) -> tuple[VatSubtotal, ...]:
    """The rows under the treatments of another document: one of the same category and rate when their own is not there.

    The law rewords its texts: a deposit of August and the last invoice of October may print another reason.
    """
    alike = {(treatment.category, treatment.rate_bp): treatment for treatment in reversed(onto)}
    sums: dict[VatTreatment, tuple[Cents, Cents]] = {}
    for row in rows:
        own = row.treatment
        treatment = own if own in onto else alike.get((own.category, own.rate_bp), own)
        base, vat = sums.get(treatment, (Cents(0), Cents(0)))
        sums[treatment] = Cents(base + row.base), Cents(vat + row.vat)
    return tuple(VatSubtotal(treatment, base, vat) for treatment, (base, vat) in sums.items())


def less(rows: Sequence[VatSubtotal], *taken: Sequence[VatSubtotal]) -> tuple[VatSubtotal, ...]:
    """A VAT table without others, row by row: what falls to nothing stays as a row of zeros."""
    left = {row.treatment: (row.base, row.vat) for row in rows}
    for row in (row for table in taken for row in table):
        base, vat = left.get(row.treatment, (Cents(0), Cents(0)))
        left[row.treatment] = Cents(base - row.base), Cents(vat - row.vat)
    ordered = sorted(left.items(), key=by_rate)
    return tuple(VatSubtotal(treatment, base, vat) for treatment, (base, vat) in ordered)
