"""What a document must say where it charges no VAT: one dated text per case, kept as data. [V-01..V-09]

The references move from the CGI to the CIBS (code des impositions sur les biens et services) during 2026 and 2027, so
the text is that of the document's day, and the texts live in `resources/legal/vat_texts.toml`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from relance.domain.errors import Stop
from relance.domain.vat import VatCategory, VatTreatment


class VatCase(StrEnum):
    """Why no VAT is charged, or how it is due."""

    FRANCHISE = "franchise"
    CONSTRUCTION_SUBCONTRACTING = "construction_subcontracting"
    EU_SERVICES = "eu_services"
    EU_GOODS = "eu_goods"
    EXPORT = "export"
    EXEMPT = "exempt"
    MARGIN_SCHEME = "margin_scheme"
    ON_DEBITS = "on_debits"
    SELF_BILLING = "self_billing"


@dataclass(frozen=True, slots=True)
class VatText:
    """The text of one case from `valid_from` to `valid_to`, both included; `category` None where it does not matter."""

    case: VatCase
    text: str
    category: VatCategory | None
    source: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class VatTexts:
    """Every text, past, present and announced."""

    texts: tuple[VatText, ...]

    def text_for(self, case: VatCase, on: date) -> str:
        """What is printed on that day. Raises Stop `legal_data_missing`: nothing may be sent on a guess."""
        return self._in_force(case, on).text

    def treatment_for(self, case: VatCase, on: date) -> VatTreatment:
        """The VAT of a line in a case that charges none: category, rate 0, reason. Raises Stop like `text_for`."""
        text = self._in_force(case, on)
        if text.category is None:
            raise Stop(f"Le cas « {case} » ne dit pas comment une ligne est taxée.", code="legal_data_missing")
        return VatTreatment(text.category, 0, text.text)

    def _in_force(self, case: VatCase, on: date) -> VatText:
        for text in self.texts:
            if text.case is case and text.valid_from <= on and (text.valid_to is None or on <= text.valid_to):
                return text
        raise Stop(f"Aucun texte de TVA n’est connu pour le cas « {case} » au {on}.", code="legal_data_missing")
