"""The file of one unpaid invoice for the court (requête en injonction de payer): every piece, numbered, with its hash.

Originals are given byte for byte as they were sealed, so each piece can be checked against the archive; lists are CSV,
statement and computation are made now. Nothing is stored and nothing changes: the same facts give the same file.
C. proc. civ. art. 1405 to 1407: the request states the sum and joins the documents (checked 2026-11). [DU-07, DR-16]
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from relance.app import invoicing, letters, penalties, reading
from relance.app.context import Caller, Context
from relance.app.ports.letters import LetterRenderer
from relance.app.ports.outside import Documents
from relance.app.settings import get_company
from relance.domain.calendar_fr import PARIS, civil_date
from relance.domain.dunning_law import DunningLaw
from relance.domain.evidence import evidence
from relance.domain.formal_notice import FormalNotice
from relance.domain.invoice import Invoice, require_issued
from relance.domain.money import format_amount
from relance.domain.penalty_claim import Penalties, PenaltyState
from relance.domain.quote import Quote
from relance.domain.reminder.claim import Claim
from relance.domain.reminder.scenario import Action
from relance.domain.spreadsheet import csv_file
from relance.domain.statement import StatementContent

_DATE: Final = (1980, 1, 1, 0, 0, 0)
_MOST: Final = 100
_MODES: Final = {
    "transfer": "virement",
    "card": "carte",
    "cheque": "chèque",
    "cash": "espèces",
    "direct_debit": "prélèvement",
    "credit": "imputation d’un avoir",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of the dossier, and what it is in words."""

    name: str
    title: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Dossier:
    """The zip, and the name to save it under."""

    body: bytes
    filename: str


def make(
    ctx: Context, caller: Caller, invoice_id: str, *, law: DunningLaw, documents: Documents, renderer: LetterRenderer
) -> Dossier:
    """The dossier of an issued invoice, today. Raises NotFound, Conflict `invoice_not_issued`, Corrupted, Retry."""
    invoice = invoicing.get(ctx, caller, invoice_id)
    require_issued(invoice)
    told = penalties.of(ctx, caller, invoice, law)
    statement = letters.statement(ctx, caller, invoice.customer_id, reading.invoices(ctx, caller))
    pieces = [
        *_agreements(ctx, caller, invoice, documents),
        *_invoices(ctx, caller, invoice, documents),
        *_reminders(ctx, caller, invoice),
        *_notices(letters.of_invoice(ctx, caller, invoice.id), documents),
        *_account(ctx, caller, invoice, statement, renderer),
        *_penalties(told),
    ]
    numbered = [
        Piece(f"{rank:02d}-{piece.name}", piece.title, piece.body) for rank, piece in enumerate(pieces, start=1)
    ]
    index = Piece("00-sommaire.txt", "Sommaire", _index(told, numbered).encode("utf-8-sig"))
    return Dossier(_zip([index, *numbered]), f"dossier-{invoice.number}.zip")


def _agreements(ctx: Context, caller: Caller, invoice: Invoice, documents: Documents) -> Iterator[Piece]:
    """What the customer agreed to: the quote as it was accepted, and the proof of it. [Q-04]"""
    for id in invoice.draft.quote_ids:
        quote = ctx.store.get(caller.tenant, Quote, id)
        if quote is None or quote.acceptance is None or quote.content is None:
            continue
        number, acceptance = quote.number, quote.acceptance
        if quote.agreed_pdf_sha256:
            body = documents.get(quote.agreed_pdf_sha256)
            yield Piece(f"devis-{number}.pdf", f"Devis n° {number}, accepté le {_instant_day(acceptance.at)}", body)
        title = f"Preuve de l’acceptation du devis n° {number} par {acceptance.name} (« {acceptance.mention} »)"
        yield Piece(f"preuve-acceptation-{number}.json", title, evidence(acceptance, quote.content.general_terms))


def _invoices(ctx: Context, caller: Caller, invoice: Invoice, documents: Documents) -> Iterator[Piece]:
    """The invoice, the deposits that it deducts, and the credit notes made on it."""
    deposits = ctx.store.get_many(caller.tenant, Invoice, invoice.draft.deducts)
    credits = ctx.store.get_many(caller.tenant, Invoice, [credit.id for credit in invoice.credits])
    rows = [
        *((deposits[id], "Facture d’acompte") for id in invoice.draft.deducts if id in deposits),
        (invoice, "Facture"),
        *((credits[credit.id], "Avoir") for credit in invoice.credits if credit.id in credits),
    ]
    for one, kind in rows:
        if one.content is not None and one.pdf_sha256:
            name = "avoir" if one.content.type.is_credit else "facture"
            title = f"{kind} n° {one.number} du {_day(one.content.issue_date)}"
            yield Piece(f"{name}-{one.number}.pdf", title, documents.get(one.pdf_sha256))


def _reminders(ctx: Context, caller: Caller, invoice: Invoice) -> Iterator[Piece]:
    """Every mail about the invoice, with its hashes and what became of it. [DR-16]"""
    mails = ctx.store.starting_with(caller.tenant, Claim, f"{invoice.id}#", limit=_MOST).items
    rows = [
        (
            mail.at.astimezone(PARIS).strftime("%d/%m/%Y %H:%M"),
            "relance" if mail.is_reminder else "envoi de la facture",
            str(mail.level),
            mail.subject,
            mail.recipient,
            f"{mail.state.value} / {mail.fate.value}",
            mail.message_id,
            mail.mail_sha256,
            mail.pdf_sha256,
        )
        for mail in sorted(mails, key=lambda one: one.at)
        if mail.action is Action.EMAIL
    ]
    if rows:
        header = (
            "Date",
            "Nature",
            "Niveau",
            "Objet",
            "Destinataire",
            "État",
            "Message-ID",
            "SHA-256",
            "SHA-256 du PDF",
        )
        yield Piece("relances.csv", f"Courriels envoyés ({len(rows)})", csv_file(header, rows))


def _notices(notices: Iterable[FormalNotice], documents: Documents) -> Iterator[Piece]:
    for notice in notices:
        sent = notice.dispatch
        how = f"envoyée le {_day(sent.sent_on)} sous le n° {sent.number}" if sent else "non envoyée"
        title = f"Mise en demeure du {_day(notice.content.on)}, {how}"
        yield Piece(f"mise-en-demeure-{notice.content.on}.pdf", title, documents.get(notice.pdf_sha256))


def _account(
    ctx: Context, caller: Caller, invoice: Invoice, statement: StatementContent, renderer: LetterRenderer
) -> Iterator[Piece]:
    """What came in for the invoice, and what is left of it."""
    rows = [
        (_day(payment.paid_on), _MODES[payment.mode.value], _amount(payment.amount), payment.reference)
        for payment in invoice.payments
    ]
    rows += [(_day(civil_date(credit.at)), "avoir", _amount(credit.gross), credit.number) for credit in invoice.credits]
    if rows:
        title = "Règlements reçus et avoirs"
        yield Piece("reglements.csv", title, csv_file(("Date", "Mode", "Montant", "Référence"), rows))
    body = renderer.letter(statement, get_company(ctx, caller).branding)
    yield Piece("releve-de-compte.pdf", f"Relevé de compte au {_day(statement.on)}", body)


def _penalties(told: Penalties) -> Iterator[Piece]:
    """How the penalties come to what is asked for, segment by segment. [P-03]"""
    if not told.found.segments or told.state is PenaltyState.WAIVED:
        return
    rows = [
        (
            _day(row.after),
            _day(row.until),
            str(row.days),
            _amount(row.principal),
            f"{row.rate_bp / 100:.2f}".replace(".", ","),
            f"{row.interest / 100:.4f}".replace(".", ","),
        )
        for row in told.found.segments
    ]
    header = ("Après le", "Jusqu’au", "Jours", "Somme due", "Taux annuel (%)", "Pénalités")
    rows.append(("Total arrondi au centime", "", "", "", "", _amount(told.found.interest)))
    rows.append(("Indemnité forfaitaire", "", "", "", "", _amount(told.found.indemnity)))
    rows.extend(("Taux", source, "", "", "", "") for source in told.sources)
    title = f"Calcul des pénalités de retard au {_day(told.on)} ({told.basis})"
    yield Piece("penalites.csv", title, csv_file(header, rows))


def _index(told: Penalties, pieces: Sequence[Piece]) -> str:
    """The contents, for a person: the parties, the sums, then each piece with the hash of its bytes."""
    invoice, content = told.invoice, require_issued(told.invoice)
    seller, buyer = content.seller, content.buyer
    lines = [
        f"DOSSIER DE LA FACTURE N° {invoice.number}",
        f"Établi le {_day(told.on)}.",
        "",
        f"Créancier : {seller.legal_name}, {seller.address.line1}, {seller.address.postcode} {seller.address.city}"
        + (f", SIREN {seller.siren}" if seller.siren else ""),
        f"Débiteur : {buyer.name}, {buyer.address.line1}, {buyer.address.postcode} {buyer.address.city}"
        + (f", SIREN {buyer.siren}" if buyer.siren else ""),
        "",
        f"Facture du {_day(content.issue_date)}, échue le {_day(content.due_date)} : {_amount(invoice.due)} "
        f"{content.currency} TTC.",
        f"Déjà réglé ou crédité : {_amount(invoice.due - invoice.balance)} {content.currency}.",
        f"Principal restant dû : {_amount(invoice.balance)} {content.currency}.",
    ]
    if told.state is PenaltyState.WAIVED:
        lines.append("Pénalités de retard et indemnité : abandonnées.")
    elif told.found.total:
        lines.append(f"Pénalités de retard au {_day(told.on)} : {_amount(told.found.interest)} {content.currency}.")
        lines.append(f"Indemnité forfaitaire de recouvrement : {_amount(told.found.indemnity)} {content.currency}.")
        lines.append(f"Fondement : {told.basis}")
    if told.claim is not None and told.claim.paid and told.state is not PenaltyState.WAIVED:
        lines.append(f"Pénalités déjà réglées : {_amount(told.claim.paid)} {content.currency}.")
    if told.missing_rate:
        lines.append(f"Pénalités non calculées. {told.missing_rate}")
    lines += [
        f"Total : {_amount(invoice.balance + told.left)} {content.currency}.",
        "",
        "PIÈCES",
        *(f"{piece.name}\r\n    {piece.title}\r\n    SHA-256 {sha256(piece.body).hexdigest()}" for piece in pieces),
        "",
        "Les PDF de factures et de devis sont les originaux, octet pour octet : leur empreinte figure dans l’archive",
        "de l’entreprise, que chacun peut vérifier.",
        "",
    ]
    return "\r\n".join(lines)


def _zip(pieces: Iterable[Piece]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as output:
        for piece in pieces:
            output.writestr(zipfile.ZipInfo(piece.name, _DATE), piece.body, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _instant_day(at: datetime) -> str:
    return _day(civil_date(at))


def _amount(cents: int) -> str:
    return format_amount(cents).replace(".", ",")
