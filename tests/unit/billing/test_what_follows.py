"""After the issue: credit notes are drawn and mailed once, dunning stops where nothing may be asked. [C-03, DU-06]"""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from relance.adapters.mail_composer import JinjaMailComposer
from relance.adapters.scenario_data import PackagedScenarios
from relance.app.sending import Outcome
from relance.app.situation import situation
from relance.domain.content import InvoiceContent, InvoiceType, Reference
from relance.domain.ids import InvoiceId
from relance.domain.invoice import Credit, Invoice
from relance.domain.money import Cents
from relance.domain.platform_status import Source, StatusCode, StatusEntry
from relance.domain.reminder.decide import Next, Render, Send, Stop, Wait, decide
from relance.domain.reminder.facts import invoice_facts
from relance.domain.reminder.scenario import DELIVERY, DocumentKind
from relance.domain.totals import Deduction, less
from tests.builders import TENANT, a_company, an_instant, an_invoice_content
from tests.doubles.office import Office, a_claim, a_payment, an_issued_invoice

SCENARIO: Final = PackagedScenarios().get(TENANT, "standard.invoice@1")
ISSUED: Final = an_instant()
LATE: Final = ISSUED + timedelta(days=42)  # a Monday
PDF: Final = "a" * 64


def a_credit_note(**changes: Any) -> Invoice:
    invoice = an_issued_invoice(ISSUED, **changes)
    assert invoice.content is not None
    reference = Reference("F-2026-0009", invoice.content.issue_date)
    content = replace(
        invoice.content, type_code="381", number="A-2026-0001", references=(reference,), reason="Retour de trois lames"
    )
    draft = replace(invoice.draft, type=InvoiceType.CREDIT_NOTE)
    return replace(invoice, content=content, draft=draft, number="A-2026-0001")


def ask(invoice: Invoice, *, delivered: bool = True) -> Next:
    assert SCENARIO is not None
    claims = {DELIVERY: a_claim(DELIVERY, ISSUED)} if delivered else {}
    return decide(invoice_facts(invoice, LATE), SCENARIO, claims, LATE)


def told(*codes: str) -> tuple[StatusEntry, ...]:
    return tuple(
        StatusEntry(f"sta_{n}", StatusCode(code), ISSUED + timedelta(days=n), ISSUED, Source.PLATFORM)
        for n, code in enumerate(codes)
    )


def test_a_credit_note_is_drawn_then_mailed_and_reminds_of_nothing() -> None:
    assert ask(a_credit_note(), delivered=False) == Render()
    assert ask(a_credit_note(pdf_sha256=PDF), delivered=False) == Send(DELIVERY, "invoice_credit_note")
    assert ask(a_credit_note(pdf_sha256=PDF)) == Stop("credit_note")


def test_an_internal_credit_note_is_sealed_and_never_leaves_C_03() -> None:
    note = a_credit_note()
    internal = replace(note, draft=replace(note.draft, is_internal=True))
    assert ask(internal, delivered=False) == Render()
    assert ask(replace(internal, pdf_sha256=PDF), delivered=False) == Stop("credit_note")


def credited(invoice: Invoice) -> Invoice:
    assert invoice.content is not None
    return replace(invoice, credits=(Credit(InvoiceId("inv_2"), "A-1", ISSUED, invoice.content.totals.subtotals),))


@pytest.mark.parametrize(
    ("invoice", "reason"),
    [
        (credited(an_issued_invoice(ISSUED)), "credited"),
        (replace(an_issued_invoice(ISSUED), payments=(a_payment(10**9, ISSUED),)), "paid"),
        (replace(an_issued_invoice(ISSUED), replaced_by=InvoiceId("inv_2")), "replaced"),
        (replace(an_issued_invoice(ISSUED), statuses=told("200", "210")), "refused"),
        (replace(an_issued_invoice(ISSUED), statuses=told("213")), "refused"),
    ],
)
def test_nobody_is_reminded_of_what_is_not_owed(invoice: Invoice, reason: str) -> None:
    assert ask(replace(invoice, pdf_sha256=PDF)) == Stop(reason)


@pytest.mark.parametrize("code", ["207", "208", "211"])
def test_dunning_waits_during_a_dispute_or_a_payment_on_its_way_DU_06(code: str) -> None:
    invoice = an_issued_invoice(ISSUED, pdf_sha256=PDF, statuses=told("205", code))
    assert ask(invoice) == Wait(LATE + timedelta(days=7))
    assert isinstance(ask(replace(invoice, statuses=told(code, "205"))), Send)


def test_a_credit_note_leaves_under_its_own_name() -> None:
    office = Office()
    note = office.follow(a_credit_note(pdf_sha256=office.drawn()))
    found = situation(office.ctx, TENANT, DocumentKind.INVOICE, note.id, office.post.published)
    assert isinstance(found.next, Send)
    assert (DELIVERY, Outcome.SENT) in office.wake(note).done
    assert office.mailer.delivered[0].attachments[0].filename == "Avoir A-2026-0001.pdf"


def words(template: str, content: InvoiceContent, balance: int | None = None) -> str:
    mail = JinjaMailComposer().compose(
        template,
        content=content,
        company=a_company(),
        link_url="https://devis.example/q/1",
        today=content.issue_date,
        balance=balance,  # type: ignore[arg-type]  # cents
    )
    return f"{mail.subject}\n{mail.text}".replace("\u00a0", " ").replace("\u202f", " ")


def test_the_mail_of_a_credit_note_says_of_which_invoice_and_why() -> None:
    content = a_credit_note().content
    assert content is not None
    text = words("invoice_credit_note", content)
    assert "Votre avoir A-2026-0001" in text
    assert "établi sur la facture n° F-2026-0009" in text
    assert "Retour de trois lames" in text
    assert "Échéance" not in text
    assert "IBAN" not in text
    two = replace(content, references=(*content.references, Reference("F-2026-0010", content.issue_date)), reason="")
    assert "les factures n° F-2026-0009, F-2026-0010" in words("invoice_credit_note", two)


def test_the_mail_of_a_final_invoice_asks_for_what_is_left_D_02() -> None:
    content = an_invoice_content()
    half = tuple(replace(row, base=Cents(row.base // 2), vat=Cents(row.vat // 2)) for row in content.totals.subtotals)
    final = replace(content, deductions=(Deduction("F-2026-0001", content.issue_date, half),))
    text = words("invoice_delivery", final)
    assert "déduction faite de ce qui a déjà été facturé" in text
    assert "Déjà facturé" in text
    paid = replace(content, deductions=(Deduction("F-1", content.issue_date, content.totals.subtotals),))
    assert sum(row.base + row.vat for row in less(paid.totals.subtotals, paid.totals.subtotals)) == paid.payable == 0
    assert "rien n’est à régler" in words("invoice_delivery", paid)
    assert "facture d’acompte n°" in words("invoice_delivery", replace(content, type_code="386"))
    corrective = replace(content, type_code="384", references=(Reference("F-2026-0009", content.issue_date),))
    assert "Elle remplace la facture n° F-2026-0009." in words("invoice_delivery", corrective)


def test_a_reminder_of_an_invoice_paid_in_part_says_what_is_left() -> None:
    text = words("invoice_overdue", an_invoice_content(), balance=10_000)
    assert "il reste 100,00 € à régler" in text
