"""What the templates of letters are given: words and figures in the order of the page, and the look of the company."""

from dataclasses import dataclass
from datetime import date

from relance.adapters import french
from relance.adapters.designs import look_of
from relance.adapters.letter_words import (
    Annex,
    annex,
    notice_closing,
    notice_opening,
    notice_row,
    notice_sums,
    per_day,
    statement_opening,
    statement_row,
)
from relance.adapters.palette import Palette, palette
from relance.domain.content import Buyer, Seller
from relance.domain.letters import FormalNoticeContent, LetterContent
from relance.domain.look import Logo
from relance.domain.money import Cents
from relance.domain.party import Branding
from relance.domain.statement import StatementContent


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter, ready to be laid out. `rows` are lines of its table, `sums` pairs of (label, amount)."""

    template: str
    title: str
    folio: str
    subject: str
    on: date
    place_and_date: str
    seller: Seller
    buyer: Buyer
    opening: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sums: tuple[tuple[str, str], ...]
    due: tuple[str, str]
    below_due: str
    closing: tuple[str, ...]
    notes: tuple[str, ...]
    annexes: tuple[Annex, ...]
    transfer_reference: str
    is_payable: bool
    palette: Palette
    family: str
    has_bands: bool
    logo: Logo | None


def letter_view(content: LetterContent, branding: Branding) -> LetterView:
    """The view of a letter."""
    if isinstance(content, StatementContent):
        return _statement(content, branding)
    return _notice(content, branding)


def reference(content: LetterContent) -> str:
    """What a transfer should name: the one invoice, or the letter."""
    if isinstance(content, FormalNoticeContent) and len(content.invoices) == 1:
        return content.invoices[0].number
    kind = "Mise en demeure" if isinstance(content, FormalNoticeContent) else "Relevé"
    return f"{kind} du {french.short_day(content.on)}"


def asked(content: LetterContent) -> Cents:
    """What a transfer should bring."""
    return Cents(max(0, content.total))


def _notice(content: FormalNoticeContent, branding: Branding) -> LetterView:
    look, count = look_of(branding), len(content.invoices)
    total = french.money(content.total, content.currency)
    which = f"la facture n° {content.invoices[0].number}" if count == 1 else f"{count} factures échues"
    sums = list(notice_sums(content))
    return LetterView(
        template="formal_notice.html.j2",
        title="Mise en demeure",
        folio=f"Mise en demeure du {french.short_day(content.on)}",
        subject=f"Mise en demeure de payer {which}, soit {total}",
        on=content.on,
        place_and_date=_place_and_date(content.seller, content.on),
        seller=content.seller,
        buyer=content.buyer,
        opening=tuple(notice_opening(content)),
        heads=("Facture", "Émise le", "Échéance", "Retard", "Montant TTC", "Déjà réglé", "Reste dû"),
        rows=tuple(notice_row(row, content.currency) for row in content.invoices),
        sums=tuple(sums) if len(sums) > 1 else (),
        due=("Total à régler", total),
        below_due=per_day(content),
        closing=tuple(notice_closing(content, total)),
        notes=tuple(note.text for note in content.notes if note.id != "formal_notice"),
        annexes=tuple(annex(row, content.currency) for row in content.invoices if row.segments),
        transfer_reference=reference(content),
        is_payable=content.seller.bank is not None,
        palette=palette(branding.colour),
        family=look.family,
        has_bands=look.has_bands,
        logo=branding.logo,
    )


def _statement(content: StatementContent, branding: Branding) -> LetterView:
    look = look_of(branding)
    total, overdue = (french.money(cents, content.currency) for cents in (abs(content.total), content.overdue))
    return LetterView(
        template="statement.html.j2",
        title="Relevé de compte",
        folio=f"Relevé de compte du {french.short_day(content.on)}",
        subject=f"Relevé de compte au {french.day(content.on)}",
        on=content.on,
        place_and_date=_place_and_date(content.seller, content.on),
        seller=content.seller,
        buyer=content.buyer,
        opening=(statement_opening(content),),
        heads=("Facture", "Émise le", "Échéance", "Retard", "Montant TTC", "Déjà réglé", "Solde"),
        rows=tuple(statement_row(row, content.currency) for row in content.rows),
        sums=(("Dont échu", overdue),) if content.overdue else (),
        due=("Solde en votre faveur" if content.total < 0 else "Solde à régler", total),
        below_due="",
        closing=("Si un règlement a croisé ce relevé, n’en tenez pas compte.",) if content.overdue else (),
        notes=(),
        annexes=(),
        transfer_reference=reference(content),
        is_payable=content.seller.bank is not None and content.total > 0,
        palette=palette(branding.colour),
        family=look.family,
        has_bands=look.has_bands,
        logo=branding.logo,
    )


def _place_and_date(seller: Seller, on: date) -> str:
    return f"{seller.address.city}, le {french.day(on)}"
