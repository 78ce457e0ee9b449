"""What a document must say where it charges no VAT: one dated text and one code per case, kept as data. [V-01..V-07]

The references move from the CGI to the CIBS (code des impositions sur les biens et services) during 2026 and 2027, so
the text is that of the document's day, and the texts live in `resources/legal/vat_texts.toml`.
"""

from dataclasses import dataclass, replace
from datetime import date

from relance.domain.errors import Fault, Invalid, Stop
from relance.domain.lines import Line
from relance.domain.party import VatRegime
from relance.domain.totals import Charge
from relance.domain.vat import VatCase, VatTreatment, in_case


@dataclass(frozen=True, slots=True)
class VatText:
    """The text of one case from `valid_from` to `valid_to`, both included; `code` is of the CEF list VATEX or ""."""

    case: VatCase
    text: str
    code: str
    source: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class VatTexts:
    """Every text, past, present and announced."""

    texts: tuple[VatText, ...]

    def in_force(self, case: VatCase, on: date) -> VatText:
        """What the law says on that day. Raises Stop `legal_data_missing`: nothing may be sent on a guess."""
        for text in self.all_in_force(on):
            if text.case is case:
                return text
        raise Stop(f"Aucun texte de TVA n’est connu pour le cas « {case} » au {on}.", code="legal_data_missing")

    def all_in_force(self, on: date) -> tuple[VatText, ...]:
        """What the law says of every case on that day."""
        return tuple(
            text for text in self.texts if text.valid_from <= on and (text.valid_to is None or on <= text.valid_to)
        )

    def treatment_for(self, case: VatCase, on: date) -> VatTreatment:
        """The VAT of a line in this case: category, rate 0, text and code of the day. Raises Stop like `in_force`."""
        text = self.in_force(case, on)
        return VatTreatment(case.category, 0, text.text, text.code, case)

    def dated(self, treatment: VatTreatment, on: date) -> VatTreatment:
        """The treatment with the text of the day, whatever text it carried; without a case it stays as it is."""
        if treatment.case is None or treatment.case is VatCase.REGIME:
            return treatment
        return self.treatment_for(treatment.case, on)


def settled(lines: tuple[Line, ...], charges: tuple[Charge, ...], regime: VatRegime) -> tuple[VatTreatment, ...]:
    """What the parts of a document are taxed like, lines then charges, once the company's regime is known. [V-01]

    A company under the franchise charges no VAT, so saying nothing means that. One that is liable must say the rate:
    raises Invalid with a pointer for each part that does not.
    """
    pointers = [f"/lines/{n}/vat" for n in range(len(lines))] + [f"/charges/{n}/vat" for n in range(len(charges))]
    given = [*(line.vat for line in lines), *(charge.vat for charge in charges)]
    if regime is VatRegime.LIABLE:
        message = "Dites la TVA : un taux (vat_rate) ou, si aucune n’est due, le cas (vat)."
        faults = [
            Fault(pointer, message, "V-10")
            for pointer, vat in zip(pointers, given, strict=True)
            if vat.case is VatCase.REGIME
        ]
        if faults:
            raise Invalid("Il manque la TVA de certaines lignes.", faults=faults)
    return tuple(in_case(VatCase.FRANCHISE) if vat.case is VatCase.REGIME else vat for vat in given)


def with_vat(
    lines: tuple[Line, ...], charges: tuple[Charge, ...], vats: tuple[VatTreatment, ...]
) -> tuple[tuple[Line, ...], tuple[Charge, ...]]:
    """The same parts taxed as `vats` says, lines first."""
    return (
        tuple(replace(line, vat=vat) for line, vat in zip(lines, vats[: len(lines)], strict=True)),
        tuple(replace(charge, vat=vat) for charge, vat in zip(charges, vats[len(lines) :], strict=True)),
    )
