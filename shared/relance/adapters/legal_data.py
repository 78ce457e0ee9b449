"""The dated legal data that ships with the package, read once per process from TOML.

A mistake in the data (unknown condition, missing key) raises at load, so that no function starts on half a law.
"""

import tomllib
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final

from relance.domain.conditions import Condition, Kind
from relance.domain.law import Law
from relance.domain.legal_notes import NoteText, NoteTexts
from relance.domain.mentions import Field, Mention, MentionCatalogue
from relance.domain.money import Cents
from relance.domain.obligations import Act, Obligation, Obligations
from relance.domain.party import CustomerKind, Sector
from relance.domain.payment_terms import TermSector
from relance.domain.term_limits import Basis, TermLimit, TermLimits
from relance.domain.vat import VatCase
from relance.domain.vat_notes import VatText, VatTexts
from relance.domain.vat_rates import Region, VatRate, VatRates

_MENTIONS: Final = (
    ("quote_mentions.toml", frozenset({Kind.QUOTE, Kind.AMENDMENT})),
    ("proforma_mentions.toml", frozenset({Kind.PROFORMA})),
    ("invoice_mentions.toml", frozenset({Kind.INVOICE, Kind.CREDIT_NOTE})),
)


@cache
def load_law() -> Law:
    """All of it."""
    return Law(
        mentions=load_mentions(),
        vat_texts=load_vat_texts(),
        vat_rates=load_vat_rates(),
        notes=load_notes(),
        obligations=load_obligations(),
        term_limits=load_term_limits(),
    )


@cache
def load_mentions() -> MentionCatalogue:
    """The mandatory mentions of quotes, amendments, pro-formas, invoices and credit notes."""
    return MentionCatalogue(tuple(mention for name, kinds in _MENTIONS for mention in _mentions(name, kinds)))


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
            for row in _read("vat_texts.toml")["text"]
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
            for row in _read("vat_rates.toml")["rate"]
        )
    )


@cache
def load_notes() -> NoteTexts:
    """The texts that documents print because the law words them."""
    return NoteTexts(
        tuple(
            NoteText(
                id=row["id"],
                text=row["text"].strip(),
                kinds=frozenset(map(Kind, row["kinds"])),
                source=row["source"],
                valid_from=row["valid_from"],
                valid_to=row.get("valid_to"),
                when=_conditions(row),
                title=row.get("title", ""),
                is_annex=row.get("is_annex", False),
            )
            for row in _read("legal_notes.toml")["note"]
        )
    )


@cache
def load_obligations() -> Obligations:
    """When a written quote is due."""
    return Obligations(
        tuple(
            Obligation(
                id=row["id"],
                who=CustomerKind(row["who"]) if "who" in row else None,
                act=Act(row["act"]),
                text=row["text"],
                source=row["source"],
                valid_from=row["valid_from"],
                valid_to=row.get("valid_to"),
                sectors=frozenset(map(Sector, row.get("sectors", ()))),
                from_gross=Cents(row.get("from_gross", 0)),
                is_default=row.get("is_default", False),
            )
            for row in _read("quote_obligations.toml")["duty"]
        )
    )


@cache
def load_term_limits() -> TermLimits:
    """The longest payment terms between businesses."""
    return TermLimits(
        tuple(
            TermLimit(
                sector=TermSector(row["sector"]) if "sector" in row else None,
                days=row["days"],
                basis=Basis(row["basis"]),
                source=row["source"],
                text=row["text"],
                valid_from=row["valid_from"],
                valid_to=row.get("valid_to"),
                end_of_month_days=row.get("end_of_month_days", 0),
            )
            for row in _read("payment_terms.toml")["limit"]
        )
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files("relance") / "resources" / "legal" / name).read_text(encoding="utf-8"))


def _mentions(name: str, kinds: frozenset[Kind]) -> Iterable[Mention]:
    for row in _read(name)["mention"]:
        yield Mention(
            id=row["id"],
            name=row["name"],
            kinds=frozenset(map(Kind, row["kinds"])) if "kinds" in row else kinds,
            source=row["source"],
            valid_from=row["valid_from"],
            valid_to=row.get("valid_to"),
            when=_conditions(row),
            from_gross=Cents(row.get("from_gross", 0)),
            required=row.get("required", True),
            fields=tuple(_field(field) for field in row.get("fields", ())),
        )


def _field(row: dict[str, Any]) -> Field:
    return Field(
        path=row["path"],
        pointer=row["pointer"],
        mend=row["mend"],
        when=_conditions(row),
        allowed=frozenset(row.get("allowed", ())),
    )


def _conditions(row: dict[str, Any]) -> tuple[Condition, ...]:
    return tuple(map(Condition, row.get("when", ())))
