"""Which VAT rates are lawful on which day, and where: a dated table, and the part of France that an address is in.

The rates are data (`resources/legal/vat_rates.toml`), and the table never holds one that the format does not know
(BR-FR-16). Overseas departments have rates of their own, or no VAT at all: CGI art. 278 to 281 nonies, 294, 296,
297; checked 2026-11. [V-11, KB-32]
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from relance.domain.content import DocumentContent, InvoiceContent
from relance.domain.errors import Fault
from relance.domain.money import percent
from relance.domain.party import Address
from relance.domain.vat import VatTreatment


class Region(StrEnum):
    """Parts of France with the same VAT."""

    MAINLAND = "mainland"
    CORSICA = "corsica"
    ANTILLES_REUNION = "antilles_reunion"
    UNTAXED = "untaxed"


_BY_COUNTRY = {
    "GP": Region.ANTILLES_REUNION,
    "MQ": Region.ANTILLES_REUNION,
    "RE": Region.ANTILLES_REUNION,
    **dict.fromkeys(("GF", "YT", "BL", "MF", "PM", "NC", "PF", "WF", "TF"), Region.UNTAXED),
}
_BY_POSTCODE = (
    ("97133", Region.UNTAXED),  # Saint-Barthélemy and Saint-Martin kept postcodes of Guadeloupe
    ("97150", Region.UNTAXED),
    ("971", Region.ANTILLES_REUNION),
    ("972", Region.ANTILLES_REUNION),
    ("974", Region.ANTILLES_REUNION),
    ("97", Region.UNTAXED),
    ("98", Region.UNTAXED),
    ("20", Region.CORSICA),
)


def region_of(address: Address) -> Region | None:
    """The part of France an address is in; None abroad. Monaco is taxed like the mainland."""
    if address.country in _BY_COUNTRY:
        return _BY_COUNTRY[address.country]
    if address.country == "MC":
        return Region.MAINLAND
    if address.country != "FR":
        return None
    return next((region for prefix, region in _BY_POSTCODE if address.postcode.startswith(prefix)), Region.MAINLAND)


@dataclass(frozen=True, slots=True)
class VatRate:
    """One rate in some parts of France, from `valid_from` to `valid_to`, both included. `name` says what it is for."""

    rate_bp: int
    name: str
    regions: frozenset[Region]
    source: str
    valid_from: date
    valid_to: date | None = None

    def is_in_force(self, on: date) -> bool:
        """Whether it may be charged on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class VatRates:
    """Every rate, past, present and announced."""

    rates: tuple[VatRate, ...] = ()

    def in_force(self, on: date, region: Region | None = None) -> tuple[VatRate, ...]:
        """The rates of that day, highest first; of one part of France, or of all of it."""
        return tuple(
            sorted(
                (rate for rate in self.rates if rate.is_in_force(on) and (region is None or region in rate.regions)),
                key=lambda rate: -rate.rate_bp,
            )
        )

    def faults(self, content: DocumentContent) -> list[Fault]:
        """Rates that are lawful nowhere in France, neither on the day of the document nor on that of the supply. [V-11]

        Nothing is judged by an empty table.
        What is given back keeps the rate of its day, so credit notes and corrected invoices are not judged.
        """
        if not self.rates or (isinstance(content, InvoiceContent) and (content.type.is_credit or content.references)):
            return []
        days = {content.issue_date, content.supply_date if isinstance(content, InvoiceContent) else content.issue_date}
        lawful = {rate.rate_bp for on in days for rate in self.in_force(on)} | {0}
        known = ", ".join(dict.fromkeys(percent(rate.rate_bp) for rate in self.in_force(content.issue_date)))
        return [
            Fault(
                f"{pointer}/rate",
                f"Le taux de {percent(vat.rate_bp)} n’est pas en vigueur à cette date. Taux en vigueur : {known}.",
                "V-11",
            )
            for pointer, vat in taxed_parts(content)
            if vat.rate_bp not in lawful
        ]

    def elsewhere(self, content: DocumentContent) -> list[str]:
        """French sentences on rates that are lawful, but neither where the seller nor where the customer is. [V-11]"""
        places = [content.seller.address, content.buyer.address]
        if isinstance(content, InvoiceContent) and content.delivery_address:
            places.append(content.delivery_address)
        regions = {region_of(place) for place in places} - {None}
        here = {rate.rate_bp for region in regions for rate in self.in_force(content.issue_date, region)} | {0}
        rates = {rate.rate_bp: rate for rate in self.in_force(content.issue_date)}
        charged = sorted({vat.rate_bp for _, vat in taxed_parts(content)} - here)
        return [
            f"Le taux de {percent(bp)} ({rates[bp].name}) n’est celui ni de votre adresse ni de celle du client : "
            "vérifiez où l’opération est taxée."
            for bp in charged
            if bp in rates
        ]


def taxed_parts(content: DocumentContent) -> list[tuple[str, VatTreatment]]:
    """How each line and each charge is taxed, with its pointer."""
    return [
        *((f"/lines/{n}/vat", line.vat) for n, line in enumerate(content.lines)),
        *((f"/charges/{n}/vat", charge.vat) for n, charge in enumerate(content.charges)),
    ]
