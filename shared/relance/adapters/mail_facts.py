"""The figures of a mail: the panel of facts, the table of what is owed, and what fills shortcodes. In French, plain.

Nothing is decided here: amounts come in and are written down. Formatting is `french`'s, so text and HTML agree.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from relance.adapters import french, identity
from relance.app.ports.composing import Late, Owed
from relance.domain.content import Buyer, DocumentContent, InvoiceContent, InvoiceType, QuoteContent, QuoteKind
from relance.domain.money import Cents
from relance.domain.party import CustomerKind
from relance.domain.quote import Acceptance, Refusal, Withdrawal
from relance.domain.reminder.run import Alert, Asked

NAMES: Final = {QuoteKind.QUOTE: "Devis", QuoteKind.PROFORMA: "Pro forma", QuoteKind.AMENDMENT: "Avenant"}
TITLES: Final = {
    InvoiceType.COMMERCIAL: "Facture",
    InvoiceType.DEPOSIT: "Facture d’acompte",
    InvoiceType.CORRECTIVE: "Facture rectificative",
    InvoiceType.CREDIT_NOTE: "Avoir",
    InvoiceType.DEPOSIT_CREDIT: "Avoir sur acompte",
}
_REFERENCES: Final = 3  # a transfer's label has 140 characters, and people type it


@dataclass(frozen=True, slots=True)
class Debt:
    """What a reminder asks for on a day: `rows` due first at the head, with their sums as they are printed."""

    rows: tuple[Owed, ...]
    late: Late | None
    today: date

    @property
    def is_many(self) -> bool:
        """Whether more than one invoice is asked for."""
        return len(self.rows) > 1

    @property
    def days_late(self) -> int:
        """Those of the oldest."""
        return max(row.days_late(self.today) for row in self.rows)

    @property
    def since(self) -> str:
        """« 8 jours »."""
        return days(self.days_late)

    @property
    def left(self) -> str:
        """What remains of all of them; one sum for each currency."""
        return " + ".join(french.money(cents, currency) for currency, cents in self._by_currency().items())

    @property
    def total(self) -> str:
        """The same with what lateness costs."""
        sums = self._by_currency()
        if self.late is not None:
            sums[self.late.currency] = sums.get(self.late.currency, 0) + self.late.total
        return " + ".join(french.money(cents, currency) for currency, cents in sums.items())

    def _by_currency(self) -> dict[str, int]:
        sums: dict[str, int] = {}
        for row in self.rows:
            sums[row.currency] = sums.get(row.currency, 0) + row.remaining
        return sums


def debt_of(
    content: DocumentContent, balance: Cents | None, owed: Sequence[Owed], late: Late | None, today: date
) -> Debt | None:
    """What a mail about an invoice asks for: what it was told, or else that invoice alone."""
    if not isinstance(content, InvoiceContent) or balance is None:
        return None
    alone = Owed(content.number, content.issue_date, content.due_date, content.payable, balance, content.currency)
    return Debt(tuple(owed) or (alone,), late, today)


def statement(debt: Debt | None) -> list[tuple[str, str, str, str]]:
    """The table of what is owed when it is several invoices: number, due date, days late, what is left."""
    if debt is None or not debt.is_many:
        return []
    return [
        (
            row.number,
            french.short_day(row.due_date),
            lateness(row, debt.today),
            french.money(row.remaining, row.currency),
        )
        for row in debt.rows
    ]


def lateness(row: Owed, today: date) -> str:
    """« 8 jours »."""
    return days(row.days_late(today))


def days(count: int) -> str:
    """« 1 jour », « 8 jours »."""
    return f"{count}{french.NBSP}jour{'s' if count > 1 else ''}"


def customer_facts(buyer: Buyer) -> Iterator[tuple[str, str]]:
    """Whom news are about."""
    yield "Client", buyer.name
    if buyer.contact_name:
        yield "Contact", buyer.contact_name
    yield "E-mail", buyer.email
    if buyer.phone:
        yield "Téléphone", french.phone(buyer.phone)


def document_facts(
    content: DocumentContent,
    acceptance: Acceptance | None,
    balance: Cents | None,
    answer: Refusal | Withdrawal | Asked | Alert | None,
    pdf_sha256: str,
    *,
    is_news: bool,
) -> Iterator[tuple[str, str]]:
    """What a mail about one document says of it; news to its seller do not tell him his own account."""
    totals, taxed = content.totals, content.buyer.kind is CustomerKind.BUSINESS and content.totals.vat
    if isinstance(content, QuoteContent):
        yield NAMES[content.kind], content.number + (f", version {content.version}" if content.version > 1 else "")
    else:
        yield TITLES[content.type], content.number
    if taxed:
        yield "Montant HT", french.money(totals.net, content.currency)
    yield "Montant TTC", french.money(totals.gross, content.currency)
    if isinstance(content, InvoiceContent):
        yield from _credit_facts(content) if content.type.is_credit else _payment_facts(content, balance, is_news)
    elif isinstance(answer, Withdrawal):
        yield "Rétracté par", answer.name
        yield "Rétracté le", french.instant(answer.at)
    elif acceptance is None:
        yield "Valable jusqu’au", french.day(content.validity_until)
    else:
        yield "Accepté par", acceptance.name
        yield "Accepté le", french.instant(acceptance.at)
        yield "Mention", f"«{french.NBSP}{acceptance.mention}{french.NBSP}»"
        yield "SHA-256", pdf_sha256 or acceptance.document_sha256


def debt_facts(content: InvoiceContent, debt: Debt, *, claims: bool) -> Iterator[tuple[str, str]]:
    """What a reminder says of one invoice or of several; with `claims`, also what lateness costs. [P-02, P-04]"""
    row = debt.rows[0]
    if not debt.is_many:
        yield TITLES[content.type], row.number
        yield "Montant TTC", french.money(content.totals.gross, content.currency)
        if row.amount != content.totals.gross:
            yield "À régler", french.money(row.amount, content.currency)
        if row.remaining < row.amount:
            yield "Déjà réglé", french.money(row.amount - row.remaining, content.currency)
        yield "Échéance", french.day(row.due_date)
        if debt.days_late:
            yield "Retard", days(debt.days_late)
    yield "Reste à régler", debt.left
    if claims and debt.late is not None:
        yield from _late_facts(debt.late, debt.total)
    yield from bank_facts(content, debt.rows)


def _late_facts(late: Late, total: str) -> Iterator[tuple[str, str]]:
    if late.interest:
        yield "Pénalités", french.money(late.interest, late.currency)
    yield "Indemnité", french.money(late.indemnity, late.currency)
    if late.paid:
        yield "Déjà reçu", french.money(late.paid, late.currency)
    yield "Total à régler", total


def bank_facts(content: InvoiceContent, rows: Sequence[Owed]) -> Iterator[tuple[str, str]]:
    """How to pay."""
    if bank := content.seller.bank:
        yield "IBAN", french.iban(bank.iban).replace(french.NBSP, " ")  # a phone cuts it between groups
        if bank.bic:
            yield "BIC", bank.bic
        yield "Référence", _reference([row.number for row in rows])


def _reference(numbers: Sequence[str]) -> str:
    if len(numbers) <= _REFERENCES:
        return ", ".join(numbers)
    return f"{numbers[0]} et {len(numbers) - 1} autres"


def _credit_facts(content: InvoiceContent) -> Iterator[tuple[str, str]]:
    for reference in content.references:
        yield "Facture", f"{reference.number} du {french.day(reference.issue_date)}"


def _payment_facts(content: InvoiceContent, balance: Cents | None, is_news: bool) -> Iterator[tuple[str, str]]:
    if content.deductions:
        yield "Déjà facturé", french.money(content.deducted, content.currency)
        yield "À régler", french.money(content.payable, content.currency)
    if balance is not None and balance < content.payable:
        yield "Déjà réglé", french.money(content.payable - balance, content.currency)
        yield "Reste à régler", french.money(max(0, balance), content.currency)
    yield "Échéance", french.day(content.due_date)
    if not is_news:
        alone = Owed(content.number, content.issue_date, content.due_date, content.payable, content.payable)
        yield from bank_facts(content, (alone,))


def values(content: DocumentContent, debt: Debt | None, link_url: str, today: date) -> Mapping[str, str]:
    """What each shortcode is filled with in this mail; "" where there is nothing. [KB-24]"""
    buyer, seller = content.buyer, content.seller
    person = buyer.contact_name or (buyer.name if buyer.kind is CustomerKind.CONSUMER else "")
    found = {
        "client": buyer.name,
        "contact": person.strip(),
        "numero": content.number,
        "objet": content.subject,
        "date": french.day(content.issue_date),
        "montant": french.money(content.totals.gross, content.currency),
        "lien": link_url,
        "entreprise": identity.brand_name(seller),
        "telephone": french.phone(seller.phone) if seller.phone else "",
        "email": seller.email,
        "aujourd_hui": french.day(today),
    }
    if isinstance(content, QuoteContent):
        left = max(0, (content.validity_until - today).days)
        return found | {"validite": french.day(content.validity_until), "jours_restants": str(left)}
    return found | _invoice_values(content, debt)


def _invoice_values(content: InvoiceContent, debt: Debt | None) -> dict[str, str]:
    bank = content.seller.bank
    found = {
        "echeance": french.day(content.due_date),
        "iban": french.iban(bank.iban).replace(french.NBSP, " ") if bank else "",
        "bic": bank.bic if bank else "",
    }
    if debt is None:
        return found
    found |= {
        "jours_de_retard": str(debt.days_late),
        "reste_du": debt.left,
        "nombre_de_factures": str(len(debt.rows)),
        "liste_des_factures": "\n".join(
            f"{row.number}, échéance du {french.short_day(row.due_date)} : {french.money(row.remaining, row.currency)}"
            for row in debt.rows
        ),
        "total_a_regler": debt.total,
    }
    if (late := debt.late) is not None:
        found |= {
            "penalites": french.money(late.interest, late.currency) if late.rate_bp else "",
            "penalites_par_jour": french.money(late.per_day, late.currency) if late.rate_bp else "",
            "indemnite": french.money(late.indemnity, late.currency),
        }
    return found
