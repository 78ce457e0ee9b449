"""The individual attestation of the publisher, for one user and one fiscal version. [AF-08]

In two parts: the publisher's word on the four conditions, and the user's on his use. Which version it is follows from
the bytes of the fiscal modules: a build that changed one of them, and is none of the released ones, says on its face
that the attestation is not valid. It is never called a certificate. CGI art. 286 I 3° bis, BOI-TVA-DECLA-30-10-30
§§ 300 to 400 (model BOI-LETTRE-000242), checked 2026-11.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from relance.domain.errors import Stop
from relance.domain.party import Company
from relance.domain.sheets import Section, Sheet

BLANK: Final = "…" * 12
_ROOT_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class FiscalVersion:
    """What runs: the SHA-256 (hex) of its fiscal modules, and the version of the product."""

    sha256: str
    product: str

    @property
    def root(self) -> str:
        """The root of the major version: it changes with any byte of the fiscal modules."""
        return f"RF-{self.sha256[:_ROOT_DIGITS]}"

    @property
    def name(self) -> str:
        """Root and subdivision."""
        return f"{self.root}.{self.product}"


@dataclass(frozen=True, slots=True)
class Editor:
    """Who publishes the build; what is "" is left to be written by hand."""

    name: str = ""
    representative: str = ""
    address: str = ""
    siren: str = ""


@dataclass(frozen=True, slots=True)
class AttestationText:
    """The words in force from `valid_from` on, with `{…}` where something is filled in."""

    valid_from: date
    title: str
    law: str
    editor_title: str
    editor: tuple[str, ...]
    user_title: str
    user: tuple[str, ...]
    notice: tuple[str, ...]
    warning: str


@dataclass(frozen=True, slots=True)
class Attestations:
    """The dated words, who publishes, and the released fiscal versions: product version by SHA-256."""

    texts: Sequence[AttestationText] = ()
    editor: Editor = Editor()
    releases: Mapping[str, str] = field(default_factory=dict)

    def text(self, on: date) -> AttestationText:
        """The words of a day. Raises Stop when the data has none."""
        known = [text for text in self.texts if text.valid_from <= on]
        if not known:
            raise Stop(f"Aucun modèle d’attestation n’est connu pour le {on:%d/%m/%Y}.", code="no_attestation")
        return max(known, key=lambda text: text.valid_from)

    def is_released(self, version: FiscalVersion) -> bool:
        """Whether these very modules were published."""
        return version.sha256 in self.releases


def attestation(
    known: Attestations, version: FiscalVersion, company: Company, *, since: date | None, on: date
) -> Sheet:
    """The sheet for one company, `since` the day of its first event (None: it has none yet)."""
    text, editor = known.text(on), known.editor
    said = {
        "representative": editor.representative or BLANK,
        "editor": editor.name or BLANK,
        "root": version.root,
        "version": version.name,
        "blank": BLANK,
        "company": company.legal_name,
        "since": f"{since:%d/%m/%Y}" if since else BLANK,
    }
    address = company.address
    where = (address.line1, address.line2, f"{address.postcode} {address.city}")
    return Sheet(
        title=text.title,
        subtitle=text.law,
        on=on,
        warning="" if known.is_released(version) else text.warning,
        sections=(
            Section(
                text.editor_title,
                paragraphs=tuple(words.format(**said) for words in text.editor),
                rows=(
                    ("Éditeur", editor.name or BLANK),
                    ("SIREN", editor.siren or BLANK),
                    ("Adresse", editor.address or BLANK),
                    ("Version majeure (racine)", version.root),
                    ("SHA-256 des modules", version.sha256),
                ),
                signed_by=(f"Fait à {BLANK}, le {BLANK}", "Signature du représentant légal de l’éditeur"),
            ),
            Section(
                text.user_title,
                paragraphs=tuple(words.format(**said) for words in text.user),
                rows=(
                    ("Entreprise", company.legal_name),
                    ("SIREN", company.siren or BLANK),
                    ("Adresse", ", ".join(part for part in where if part)),
                ),
                signed_by=(f"Fait à {BLANK}, le {BLANK}", "Signature du représentant légal de l’entreprise"),
            ),
            Section("À savoir", paragraphs=text.notice),
        ),
        footer=f"Attestation de l’éditeur pour {company.legal_name}. Elle n’émane d’aucun organisme accrédité.",
    )
