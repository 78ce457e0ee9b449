"""VAT as dated data, read once per process: the rates of each part of France, and the text of each case without VAT."""

from decimal import Decimal
from functools import cache

from relance.adapters.legal_file import read
from relance.domain.vat import VatCase
from relance.domain.vat_notes import VatText, VatTexts
from relance.domain.vat_rates import Region, VatRate, VatRates


@cache
def load_vat_texts() -> VatTexts:
    """The texts that go with VAT that is not charged."""
    return VatTexts(
        tuple(
            VatText(
                case=VatCase(row["case"]),
                text=row["text"],
                code=row.get("code", ""),
                source=row["source"],
                valid_from=row["valid_from"],
                valid_to=row.get("valid_to"),
            )
            for row in read("vat_texts.toml")["text"]
        )
    )


@cache
def load_vat_rates() -> VatRates:
    """The VAT rates of each part of France."""
    return VatRates(
        tuple(
            VatRate(
                rate_bp=int(Decimal(row["rate"]) * 100),
                name=row["name"],
                regions=frozenset(map(Region, row["regions"])),
                source=row["source"],
                valid_from=row["valid_from"],
                valid_to=row.get("valid_to"),
            )
            for row in read("vat_rates.toml")["rate"]
        )
    )
