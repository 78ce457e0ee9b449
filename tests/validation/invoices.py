"""Every kind of invoice that this product may issue, generated: types, VAT, discounts, charges, deposits, currencies.

A scenario says who sells to whom under which VAT; hypothesis draws the rest from what the checks of drafts let through.
The corpus is the same on each machine and each run (derandomized), so that its PDFs can be judged in one go.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Final

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from relance.domain.content import Exchange, InvoiceContent, InvoiceType, Reference
from relance.domain.currencies import EURO, step_of
from relance.domain.lines import Discount, Line
from relance.domain.money import Cents, share
from relance.domain.party import Address, Company, Customer, CustomerKind
from relance.domain.printable import unprintable
from relance.domain.totals import Charge, ChargeKind, Deduction, DocumentDiscount, Totals, total
from relance.domain.vat import FRENCH_RATES_BP, VatCategory, VatSubtotal, VatTreatment
from tests.builders import EXEMPT, REDUCED, STANDARD, a_company, a_customer, a_line, a_sole_trader, an_invoice_content

DRAWN_OF_EACH: Final = 4  # for each of five types and seventeen scenarios: 340 documents

BUSINESS: Final = a_customer(kind=CustomerKind.BUSINESS)
GERMAN: Final = replace(
    BUSINESS,
    name="Schmidt & Söhne <Holzhandel> GmbH",
    address=Address("Hauptstraße 7", "10115", "Berlin", country="DE"),
    siren="",
    vat_number="DE136695976",
)
AMERICAN: Final = replace(
    BUSINESS,
    name="Brooklyn Floors “Inc.”",
    address=Address("35 Water St", "NY 11201", "New York", country="US"),
    siren="",
    vat_number="",
)
REUNION: Final = replace(BUSINESS, address=Address("2 rue de Paris", "97400", "Saint-Denis", country="RE"))
BELGIAN_CONSUMER: Final = a_customer(address=Address("Rue Neuve 1", "1000", "Bruxelles", country="BE"))


def untaxed(category: VatCategory, reason: str, code: str = "") -> VatTreatment:
    """A treatment that charges nothing, for the reason that is printed; `code` is of the list VATEX."""
    return VatTreatment(category, 0, reason, code)


TRAINING: Final = untaxed(VatCategory.EXEMPT, "Exonération de TVA, art. 261, 4 du CGI", "VATEX-FR-CGI261-4")
INSURANCE: Final = untaxed(VatCategory.EXEMPT, "Exonération de TVA, art. 261 C, 2° du CGI")
MARGIN: Final = untaxed(VatCategory.EXEMPT, "Régime particulier – Biens d’occasion", "VATEX-EU-F")
SUBCONTRACTING: Final = untaxed(VatCategory.REVERSE_CHARGE, "Autoliquidation (art. 283, 2 nonies du CGI)")
EU_SERVICES: Final = untaxed(VatCategory.REVERSE_CHARGE, "Autoliquidation (art. 283, 2 du CGI)")
EU_GOODS: Final = untaxed(VatCategory.INTRA_COMMUNITY, "Exonération de TVA, art. 262 ter, I du CGI")
EXPORT: Final = untaxed(VatCategory.EXPORT, "Exonération de TVA, art. 262, I du CGI")
OUTSIDE: Final = untaxed(VatCategory.OUTSIDE_SCOPE, "Hors champ de la TVA (débours, art. 267, II-2° du CGI)")
ZERO: Final = VatTreatment(VatCategory.ZERO, 0, "Taux zéro")


@dataclass(frozen=True, slots=True)
class Scenario:
    """Who sells to whom, and the VAT treatments that may meet on one document."""

    company: Company
    customer: Customer
    treatments: tuple[VatTreatment, ...]
    currencies: tuple[str, ...] = (EURO,)


EVERY_RATE: Final = tuple(VatTreatment(VatCategory.STANDARD, rate) for rate in sorted(FRENCH_RATES_BP - {0}))
SCENARIOS: Final[Mapping[str, Scenario]] = {
    "business": Scenario(a_company(), BUSINESS, (STANDARD, REDUCED)),
    "every rate": Scenario(a_company(bank=None), BUSINESS, EVERY_RATE),
    "consumer": Scenario(a_company(siret=""), a_customer(), (STANDARD, REDUCED)),
    "consumer abroad": Scenario(a_company(), BELGIAN_CONSUMER, (STANDARD,)),
    "overseas": Scenario(a_company(), REUNION, (VatTreatment(VatCategory.STANDARD, 850), STANDARD)),
    "franchise": Scenario(a_sole_trader(), a_customer(), (EXEMPT,)),
    "franchise, business": Scenario(a_sole_trader(), BUSINESS, (EXEMPT,)),
    "exempt beside taxed": Scenario(a_company(), BUSINESS, (TRAINING, STANDARD)),
    "two exemptions": Scenario(a_company(), a_customer(), (TRAINING, INSURANCE, STANDARD)),
    "margin scheme": Scenario(a_company(), a_customer(), (MARGIN,)),
    "subcontracting": Scenario(a_company(), BUSINESS, (SUBCONTRACTING, STANDARD)),
    "services in the Union": Scenario(a_company(), GERMAN, (EU_SERVICES,), (EURO, "PLN")),
    "goods in the Union": Scenario(a_company(), GERMAN, (EU_GOODS, STANDARD), (EURO, "SEK")),
    "export": Scenario(a_company(), AMERICAN, (EXPORT,), (EURO, "USD", "JPY", "TND")),
    "outside the scope": Scenario(a_company(), BUSINESS, (OUTSIDE,)),
    "zero": Scenario(a_company(), BUSINESS, (ZERO, STANDARD)),
    "other currencies": Scenario(a_company(), BUSINESS, (STANDARD, REDUCED), ("USD", "GBP", "JPY", "KWD", "CHF")),
}

_LETTERS: Final = (
    "abcdefghijklmnopqrstuvwxyzABCDÉÈÀÇŒÆéèêëàâçîïôùûüÿœæßñø0123456789 &<>\"'’«»—–…€%°²³/+()[]{}#@!?;:,.\n"
)
texts: Final = st.text(_LETTERS, min_size=1, max_size=80).map(str.strip).filter(bool)
descriptions: Final = st.sampled_from(
    (
        "Pose de parquet chêne massif",
        "Ponçage & vitrification <3 couches>",
        "Fourniture de « lames » 14 mm\nChêne rustique, classe B, rainuré 4 côtés\nProvenance : Jura",
        "Main-d’œuvre — cœur d’îlot, façade, brûlage ½ journée",
        "Dépose soignée de l’existant, évacuation en décharge, reprise des enduits et ragréage. " * 4,
    )
) | texts.filter(lambda text: not unprintable(text))
units: Final = st.sampled_from(
    ("", "h", "Heures", "m²", "ml", "forfait", "jour", "u.", "kg", "boîtes", "mois", "palette")
)
quantities: Final = st.sampled_from(("1", "2", "24.5", "0.0001", "3.3333", "1000", "12")).map(Decimal)
prices: Final = st.sampled_from(("33.33", "48.90", "0.004250", "999999.999999", "6.4525", "1200", "0.01", "0")).map(
    Decimal
)


@st.composite
def lines(draw: st.DrawFn, treatments: Sequence[VatTreatment], step: int) -> tuple[Line, ...]:
    """One to six lines, the first of which is sold and not free."""
    vat = draw(st.sampled_from(treatments))
    sold = a_line(draw(descriptions), quantity="3", unit_price=str(draw(prices) or 33), vat=vat)
    others = draw(st.lists(_line(treatments), max_size=5))
    return tuple(replace(line, step=step) for line in (sold, *others))


@st.composite
def _line(draw: st.DrawFn, treatments: Sequence[VatTreatment]) -> Line:
    line = Line(
        description=draw(descriptions),
        quantity=draw(quantities),
        unit=draw(units),
        unit_price=draw(prices),
        vat=draw(st.sampled_from(treatments)),
        nature=draw(st.sampled_from(("services", "goods"))),
        section=draw(st.sampled_from(("", "Séjour", "Cuisine & entrée"))),
        text_before=draw(st.sampled_from(("", "Après réception du support :"))),
        reference=draw(st.sampled_from(("", "PAR-14/B"))),
        is_option=draw(st.booleans()),
        is_chosen=draw(st.booleans()),
    )
    match draw(st.sampled_from(("none", "percent", "amount"))):
        case "percent":
            return replace(line, discount=Discount(percent_bp=draw(st.sampled_from((500, 1250, 3333, 10_000)))))
        case "amount" if line.gross >= 100:
            return replace(line, discount=Discount(amount=Cents(line.gross // 300 * 100 or 100)))
        case _:
            return line


@st.composite
def invoices(draw: st.DrawFn, kind: InvoiceType, scenario: Scenario) -> InvoiceContent:
    """An invoice of one type, in one scenario, that `issue` would let through."""
    currency = draw(st.sampled_from(scenario.currencies))
    step = step_of(currency)
    sold = draw(lines(scenario.treatments, step))
    discounts = draw(_discounts(sold, step))
    charges = draw(_charges(sold, step))
    totals = total(sold, discounts, charges)
    issued = draw(st.dates(date(2026, 9, 1), date(2030, 12, 31)))
    settles = kind in (InvoiceType.COMMERCIAL, InvoiceType.CORRECTIVE) and draw(st.booleans())
    business = scenario.customer.kind is CustomerKind.BUSINESS
    base = an_invoice_content(scenario.company, scenario.customer, sold)
    return replace(
        base,
        type_code=kind.value,
        number=draw(st.sampled_from(("F-2026-0001", "2027/000042", "AV+2026_7"))),
        issue_date=issued,
        supply_date=issued - timedelta(days=draw(st.integers(0, 40))),
        due_date=issued + timedelta(days=draw(st.sampled_from((0, 30, 45)))),
        early_discount_terms=base.early_discount_terms if business else "",
        late_penalty_terms=base.late_penalty_terms if business else "",
        recovery_indemnity_terms=base.recovery_indemnity_terms if business else "",
        totals=totals,
        quote_numbers=draw(st.sampled_from(((), ("D-2026-0001",), ("D-2026-0001", "D-2026-0007")))),
        purchase_order=draw(st.sampled_from(("", "BC 88123 & 88124"))),
        currency=currency,
        exchange=Exchange(Decimal("0.9217"), issued, "BCE") if currency != EURO else None,
        discounts=discounts,
        charges=charges,
        deductions=_deposits(totals, issued, step, draw(st.sampled_from((1, 2)))) if settles else (),
        references=_references(kind, issued, several=draw(st.booleans())),
        reason="Erreur de quantité" if kind not in (InvoiceType.COMMERCIAL, InvoiceType.DEPOSIT) else "",
        vat_on_debits=draw(st.booleans()),
        delivery_address=draw(st.sampled_from((None, Address("ZA des Prés", "38000", "Grenoble")))),
        closing_note=draw(st.sampled_from(("", "Merci de votre confiance !"))),
    )


@st.composite
def _discounts(draw: st.DrawFn, sold: Sequence[Line], step: int) -> tuple[DocumentDiscount, ...]:
    match draw(st.sampled_from(("none", "percent", "amount", "both"))):
        case "none":
            return ()
        case "percent":
            return (DocumentDiscount("Remise fidélité", percent_bp=draw(st.sampled_from((250, 1000, 3333)))),)
        case kind:
            half = total(sold).net // 2 // step * step
            amount = (DocumentDiscount("Geste commercial", amount=Cents(min(half, 5_000))),) if half else ()
            return amount if kind == "amount" else (*amount, DocumentDiscount("Remise", percent_bp=500))


@st.composite
def _charges(draw: st.DrawFn, sold: Sequence[Line], step: int) -> tuple[Charge, ...]:
    kinds = draw(st.lists(st.sampled_from(tuple(ChargeKind)), max_size=2))
    return tuple(Charge(f"Frais : {kind}", Cents(1_234 * step), sold[0].vat, kind) for kind in kinds)


def _deposits(totals: Totals, issued: date, step: int, count: int) -> tuple[Deduction, ...]:
    """Deposit invoices of 30 % each, per treatment. [R-04]"""
    paid = tuple(
        VatSubtotal(row.treatment, base, share(base, row.treatment.rate_bp, step))
        for row in totals.subtotals
        if (base := share(row.base, 3000, step))
    )
    return tuple(Deduction(f"F-2026-00{n}", issued - timedelta(days=20 * n), paid) for n in range(1, count + 1))


def _references(kind: InvoiceType, issued: date, *, several: bool) -> tuple[Reference, ...]:
    if kind in (InvoiceType.COMMERCIAL, InvoiceType.DEPOSIT):
        return ()
    first = Reference("F-2026-0100", issued - timedelta(days=10))
    return (first, Reference("F-2026-0101", issued)) if several and kind.is_credit else (first,)


def _picked() -> Iterator[InvoiceContent]:
    """What chance may miss: every rate on one document, the roundings that are told of, many lines."""
    yield _of(*(a_line(f"Au taux {vat.rate_bp}", quantity="1", unit_price="10.05", vat=vat) for vat in EVERY_RATE))
    for rate in (2000, 1000, 550, 850):  # at 20 %, VAT is 20.00 and not 3 x 6.67 = 20.01
        vat = VatTreatment(VatCategory.STANDARD, rate)
        yield _of(*(a_line(f"Lot {n}", quantity="1", unit_price="33.33", vat=vat) for n in range(3)))
    yield _of(*(a_line(f"Poste {n}", quantity="1", unit_price="0.03") for n in range(60)))
    yield _of(a_line(quantity="1", unit_price="0.01"), a_line("Cadeau", unit_price="0"))
    yield _of(a_line("Offert", quantity="1", unit_price="80", percent_off_bp=10_000), a_line("Cadeau", unit_price="0"))
    for currency in ("JPY", "XPF", "KWD", "TND"):  # no decimals, and three
        sold = replace(a_line(quantity="3", unit_price="33.335"), step=step_of(currency))
        yield replace(_of(sold), currency=currency, exchange=Exchange(Decimal("0.006123"), date(2026, 11, 16), "BCE"))
    yield _of(a_line(quantity="999999999", unit_price="99999.999999", vat=REDUCED))


def _of(*sold: Line) -> InvoiceContent:
    return an_invoice_content(customer=BUSINESS, lines=sold)


@cache
def corpus() -> tuple[InvoiceContent, ...]:
    """The same generated invoices each time, as many of each type and scenario, then the picked ones; no two alike."""
    drawn = (content for kind in InvoiceType for scenario in SCENARIOS.values() for content in _drawn(kind, scenario))
    return tuple(dict.fromkeys((*drawn, *_picked())))


@cache
def sample() -> tuple[InvoiceContent, ...]:
    """A few of them, for what takes a second each: every scenario in one type by turns, and the picked ones.

    Of each, the last and least simple that was drawn.
    """
    kinds = tuple(InvoiceType)
    drawn = (_drawn(kinds[n % len(kinds)], scenario)[-1] for n, scenario in enumerate(SCENARIOS.values()))
    return tuple(dict.fromkeys((*drawn, *_picked())))


def _drawn(kind: InvoiceType, scenario: Scenario) -> list[InvoiceContent]:
    drawn: list[InvoiceContent] = []

    @settings(
        max_examples=DRAWN_OF_EACH,
        database=None,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(invoices(kind, scenario))
    def collect(content: InvoiceContent) -> None:
        drawn.append(content)

    collect()
    return drawn
