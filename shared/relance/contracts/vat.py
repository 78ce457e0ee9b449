"""What may be said of VAT on a given day, on the wire: the rates in force, and the cases in which none is charged."""

from collections.abc import Iterable
from datetime import date

import msgspec

from relance.contracts.fields import percent_text
from relance.domain.vat import VatCase, VatCategory
from relance.domain.vat_notes import VatText
from relance.domain.vat_rates import Region, VatRate


class VatRateView(msgspec.Struct, frozen=True):
    """One rate in percent, what it is for, and in which parts of France."""

    rate: str
    name: str
    regions: tuple[Region, ...]
    source: str


class VatCaseView(msgspec.Struct, frozen=True):
    """One case without VAT: what is printed, and how an electronic invoice says it."""

    case: VatCase
    text: str
    category: VatCategory
    code: str
    source: str


class VatSettings(msgspec.Struct, frozen=True):
    """VAT on a day, where the company is: `region` is null abroad."""

    on: date
    region: Region | None
    rates: tuple[VatRateView, ...]
    cases: tuple[VatCaseView, ...]


def vat_settings(on: date, region: Region | None, rates: Iterable[VatRate], texts: Iterable[VatText]) -> VatSettings:
    """Rates and cases as they are told."""
    return VatSettings(
        on=on,
        region=region,
        rates=tuple(
            VatRateView(percent_text(rate.rate_bp), rate.name, tuple(sorted(rate.regions)), rate.source)
            for rate in rates
        ),
        cases=tuple(VatCaseView(text.case, text.text, text.case.category, text.code, text.source) for text in texts),
    )
