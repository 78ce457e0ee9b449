"""Which document may name which earlier ones: credit notes, corrective invoices, deposits. [C-02, C-05, D-02]"""

from collections.abc import Sequence

import pytest

from relance.domain.content import InvoiceType
from relance.domain.errors import Fault
from relance.domain.ids import InvoiceId
from relance.domain.invoice import Invoice, InvoiceDraft
from relance.domain.invoice_types import MAX_REFERENCES, reference_faults, type_faults
from tests.builders import an_invoice_content, an_invoice_draft, an_issued_invoice

ONE, TWO = InvoiceId("inv_1"), InvoiceId("inv_2")
DEPOSIT = an_issued_invoice(an_invoice_content(type_code="386"))
COMMERCIAL = an_issued_invoice()


def drafted(
    type: InvoiceType, refers_to: Sequence[InvoiceId] = (), deducts: Sequence[InvoiceId] = (), reason: str = "Erreur"
) -> InvoiceDraft:
    return an_invoice_draft(type=type, refers_to=tuple(refers_to), deducts=tuple(deducts), reason=reason)


def many(count: int) -> list[InvoiceId]:
    return [InvoiceId(f"inv_{n}") for n in range(count)]


def told(faults: Sequence[Fault]) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in faults]


@pytest.mark.parametrize(
    ("draft", "faults"),
    [
        (drafted(InvoiceType.CREDIT_NOTE), [("/refers_to", "BR-FR-CO-05")]),
        (drafted(InvoiceType.DEPOSIT_CREDIT), [("/refers_to", "BR-FR-CO-05")]),
        (drafted(InvoiceType.CREDIT_NOTE, [ONE, TWO]), []),
        (drafted(InvoiceType.CORRECTIVE, [ONE, TWO]), [("/refers_to", "BR-FR-CO-04")]),
        (drafted(InvoiceType.COMMERCIAL, [ONE]), [("/refers_to", "not_allowed")]),
        (drafted(InvoiceType.DEPOSIT, [ONE]), [("/refers_to", "not_allowed")]),
        (drafted(InvoiceType.CREDIT_NOTE, [ONE], reason=" "), [("/reason", "missing")]),
        (drafted(InvoiceType.CREDIT_NOTE, [ONE, ONE]), [("/refers_to", "twice")]),
        (drafted(InvoiceType.CORRECTIVE, [ONE], [ONE]), [("/refers_to", "twice")]),
        (drafted(InvoiceType.COMMERCIAL, deducts=[ONE, ONE]), [("/refers_to", "twice")]),
        (drafted(InvoiceType.COMMERCIAL, deducts=many(MAX_REFERENCES)), []),
        (drafted(InvoiceType.COMMERCIAL, deducts=many(MAX_REFERENCES + 1)), [("/refers_to", "too_many")]),
    ],
)
def test_a_type_says_how_many_invoices_it_names_and_why_C_02_C_05(
    draft: InvoiceDraft, faults: list[tuple[str, str]]
) -> None:
    assert told(type_faults(draft)) == faults


@pytest.mark.parametrize(
    ("type", "may"),
    [
        (InvoiceType.COMMERCIAL, True),
        (InvoiceType.CORRECTIVE, True),
        (InvoiceType.DEPOSIT, False),
        (InvoiceType.CREDIT_NOTE, False),
        (InvoiceType.DEPOSIT_CREDIT, False),
    ],
)
def test_only_a_final_invoice_deducts_deposits_D_02(type: InvoiceType, may: bool) -> None:
    refers_to = [] if type in (InvoiceType.COMMERCIAL, InvoiceType.DEPOSIT) else [TWO]
    assert told(type_faults(drafted(type, refers_to, [ONE]))) == ([] if may else [("/deducts", "BR-FR-CO-08")])


def test_what_is_deducted_is_a_deposit_invoice_D_02() -> None:
    draft = drafted(InvoiceType.COMMERCIAL, deducts=[ONE, TWO])
    assert told(reference_faults(draft, [DEPOSIT, COMMERCIAL])) == [("/deducts/1", "not_a_deposit")]


@pytest.mark.parametrize(
    ("type", "original", "faults"),
    [
        (InvoiceType.CREDIT_NOTE, COMMERCIAL, []),
        (InvoiceType.DEPOSIT_CREDIT, DEPOSIT, []),
        (InvoiceType.CREDIT_NOTE, DEPOSIT, [("/type", "other_type")]),
        (InvoiceType.DEPOSIT_CREDIT, COMMERCIAL, [("/type", "other_type")]),
        (InvoiceType.CORRECTIVE, DEPOSIT, []),
    ],
)
def test_a_deposit_is_credited_by_a_type_of_its_own_C_02(
    type: InvoiceType, original: Invoice, faults: list[tuple[str, str]]
) -> None:
    assert told(reference_faults(drafted(type, [ONE]), [original])) == faults
