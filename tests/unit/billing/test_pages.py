"""What a customer sees of a credit note, and of an invoice that was credited or replaced. [C-02, C-04]"""

from dataclasses import replace

from relance.domain.content import InvoiceContent, Reference
from relance.domain.ids import InvoiceId
from relance.domain.invoice import Credit
from relance.domain.vat import VatSubtotal
from tests.builders import an_instant, an_invoice_content
from tests.doubles.site import Site


def shown(content: InvoiceContent, **changes: object) -> str:
    site = Site()
    body: str = site.get(f"/q/{site.invoice(content, **changes)}").body
    return body.replace("\u00a0", " ").replace("\u202f", " ")


def credit_of(rows: tuple[VatSubtotal, ...]) -> tuple[Credit, ...]:
    return (Credit(InvoiceId("inv_2"), "A-2026-0001", an_instant(), rows),)


def test_a_credit_note_says_what_it_gives_back_and_asks_for_nothing() -> None:
    content = an_invoice_content()
    note = replace(
        content,
        type_code="381",
        number="A-2026-0001",
        references=(Reference("F-2026-0007", content.issue_date), Reference("F-2026-0008", content.issue_date)),
        reason="Retour",
    )
    body = shown(note)
    assert "Sur les factures F-2026-0007, F-2026-0008" in body
    assert "Montant de l’avoir" in body
    assert "IBAN" not in body
    assert "Réglée" not in body


def test_an_invoice_that_was_credited_or_replaced_asks_for_nothing() -> None:
    content = an_invoice_content()
    assert "Annulée par un avoir" in shown(content, credits=credit_of(content.totals.subtotals))
    replaced = shown(content, replaced_by=InvoiceId("inv_2"))
    assert "Remplacée par une facture rectificative" in replaced
    assert "IBAN" not in replaced


def test_an_invoice_credited_in_part_says_how_much() -> None:
    content = an_invoice_content()
    body = shown(content, credits=credit_of(content.totals.subtotals[:1]))
    assert "Avoir déduit" in body
    assert "IBAN" in body
