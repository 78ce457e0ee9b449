"""The dated legal data that ships with the package, read once per process from TOML.

A mistake in the data (unknown condition, missing key) raises at load, so that no function starts on half a law.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from relance.domain.mentions import Condition, Field, Mention, MentionCatalogue
from relance.domain.vat import VatCategory
from relance.domain.vat_notes import VatCase, VatText, VatTexts


@cache
def load_catalogue() -> MentionCatalogue:
    """The mandatory mentions of quotes and invoices."""
    return MentionCatalogue(quote=_mentions("quote_mentions.toml"), invoice=_mentions("invoice_mentions.toml"))


@cache
def load_vat_texts() -> VatTexts:
    """The texts that go with VAT that is not charged."""
    rows = _read("vat_texts.toml")["text"]
    return VatTexts(
        tuple(
            VatText(
                case=VatCase(row["case"]),
                text=row["text"],
                category=VatCategory(row["category"]) if "category" in row else None,
                source=row["source"],
                valid_from=row["valid_from"],
                valid_to=row.get("valid_to"),
            )
            for row in rows
        )
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files("relance") / "resources" / "legal" / name).read_text(encoding="utf-8"))


def _mentions(name: str) -> tuple[Mention, ...]:
    return tuple(
        Mention(
            id=row["id"],
            name=row["name"],
            when=Condition(row["when"]),
            source=row["source"],
            valid_from=row["valid_from"],
            valid_to=row.get("valid_to"),
            required=row.get("required", True),
            fields=tuple(_field(field) for field in row.get("fields", ())),
        )
        for row in _read(name)["mention"]
    )


def _field(row: dict[str, Any]) -> Field:
    return Field(
        path=row["path"],
        pointer=row["pointer"],
        mend=row["mend"],
        when=Condition(row.get("when", "always")),
        allowed=frozenset(row.get("allowed", ())),
    )
