"""The dated legal data that ships with the package, read once per process from TOML.

A mistake in the data (unknown condition, missing key) raises at load, so that no function starts on half a law.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from relance.adapters.legal_file import read
from relance.adapters.term_limit_data import load_term_limits
from relance.adapters.vat_data import load_vat_rates, load_vat_texts
from relance.domain.conditions import Condition, Kind
from relance.domain.law import Law
from relance.domain.legal_notes import NoteText, NoteTexts
from relance.domain.mentions import Field, Mention, MentionCatalogue
from relance.domain.money import Cents
from relance.domain.obligations import Act, Obligation, Obligations
from relance.domain.party import CustomerKind, Sector

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
            for row in read("legal_notes.toml")["note"]
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
            for row in read("quote_obligations.toml")["duty"]
        )
    )


def _mentions(name: str, kinds: frozenset[Kind]) -> Iterable[Mention]:
    for row in read(name)["mention"]:
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
