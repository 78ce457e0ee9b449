"""What may be sold, to whom, and how it is paid: everything that the checks let through, and nothing else."""

from decimal import Decimal

from hypothesis import strategies as st

from relance.domain.lines import Discount, Line
from relance.domain.money import BASIS_POINTS, Cents
from relance.domain.vat import FRENCH_RATES_BP, VatCategory, VatTreatment

REASONS = ("TVA non applicable, art. 293 B du CGI", "Autoliquidation", "Exonération de TVA, art. 262, I du CGI")

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=30)
quantities = st.decimals(min_value="0.0001", max_value="99999", places=4)
unit_prices = st.decimals(min_value="0", max_value="99999", places=6)

charged = st.sampled_from(sorted(FRENCH_RATES_BP - {0})).map(lambda rate: VatTreatment(VatCategory.STANDARD, rate))
not_charged = st.builds(
    VatTreatment,
    category=st.sampled_from([c for c in VatCategory if c is not VatCategory.STANDARD]),
    rate_bp=st.just(0),
    reason=st.sampled_from(REASONS),
)
treatments = charged | not_charged


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """A line that `line_faults` accepts, with or without a discount."""
    line = Line(
        description="x" + draw(words),
        quantity=draw(quantities),
        unit=draw(words),
        unit_price=draw(unit_prices),
        vat=draw(treatments),
        nature=draw(st.sampled_from(["services", "goods"])),
    )
    kind = draw(st.sampled_from(["none", "percent", "amount"]))
    if kind == "percent":
        return _discounted(line, Discount(percent_bp=draw(st.integers(1, BASIS_POINTS))))
    if kind == "amount" and line.gross > 0:
        return _discounted(line, Discount(amount=Cents(draw(st.integers(1, line.gross)))))
    return line


def _discounted(line: Line, discount: Discount) -> Line:
    return Line(line.description, line.quantity, line.unit, line.unit_price, line.vat, discount, line.nature)


documents = st.lists(lines(), min_size=1, max_size=12).map(tuple)
cents = st.integers(-(10**14), 10**14)
rates_bp = st.integers(0, BASIS_POINTS)
euros = st.decimals(min_value=Decimal("-1E12"), max_value=Decimal("1E12"), places=4)
