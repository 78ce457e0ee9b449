"""The law around one document on one day: the one engine that completes it, judges it, and tells what it owes.

`dated` and `worded` write into a document what the law words; `missing` keeps it from leaving; `evaluate` and `advice`
are for the person who writes it. The same data answers all of them, so what blocks is exactly what was shown.
Everything here is dated: a past document is judged by the law of its day. [Q-01, Q-02, I-01, V-01..V-11, P-01]
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from relance.domain.conditions import Kind, kind_of
from relance.domain.content import DocumentContent, InvoiceContent, QuoteContent
from relance.domain.errors import Fault
from relance.domain.invoice import InvoiceDraft
from relance.domain.legal_notes import NoteTexts
from relance.domain.mentions import MentionCatalogue, MentionResult
from relance.domain.obligations import Act, Obligations
from relance.domain.party import CustomerKind
from relance.domain.quote import QuoteDraft
from relance.domain.term_limits import TermLimits
from relance.domain.vat_checks import vat_case_faults
from relance.domain.vat_notes import VatTexts, with_vat
from relance.domain.vat_rates import VatRates

D = TypeVar("D", QuoteDraft, InvoiceDraft)
C = TypeVar("C", bound=DocumentContent)


@dataclass(frozen=True, slots=True)
class Advice:
    """Something that never stops a document and that its author should know; `is_met` when it is done already."""

    id: str
    act: Act
    text: str
    source: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class Law:
    """All the dated data that a document is written and judged by."""

    mentions: MentionCatalogue
    vat_texts: VatTexts = field(default_factory=lambda: VatTexts(()))
    vat_rates: VatRates = field(default_factory=VatRates)
    notes: NoteTexts = field(default_factory=lambda: NoteTexts(()))
    obligations: Obligations = field(default_factory=Obligations)
    term_limits: TermLimits = field(default_factory=TermLimits)

    def dated(self, draft: D, on: date) -> D:
        """The draft with the VAT texts and codes of the day; amounts never change.

        What follows earlier documents (deducts, credits or corrects them) keeps the texts that it has, so that its VAT
        table meets theirs row by row. [C-04, D-02, V-01..V-07]
        """
        follows = _follows(draft)
        given = (*(line.vat for line in draft.lines), *(charge.vat for charge in draft.charges))
        vats = tuple(vat if follows and vat.reason else self.vat_texts.dated(vat, on) for vat in given)
        lines, charges = with_vat(draft.lines, draft.charges, vats)
        return replace(draft, lines=lines, charges=charges)

    def worded(self, content: C, on: date) -> C:
        """The content with the legal notes that are due. [IS-01, IR-03..IR-05, QM-31]"""
        return replace(content, legal_notes=self.notes.due(content, on))

    def evaluate(self, content: DocumentContent, on: date) -> tuple[MentionResult, ...]:
        """Every mention in force on that day: present, missing, or not due here."""
        return self.mentions.evaluate(content, on)

    def missing(self, content: DocumentContent, on: date) -> Sequence[Fault]:
        """What keeps the document from being sent or issued: mentions, VAT that contradicts itself, terms too long."""
        return (
            *self.mentions.missing(content, on),
            *vat_case_faults(content),
            *self.vat_rates.faults(content),
            *self._term_faults(content),
        )

    def advice(self, content: DocumentContent, on: date, *, accepted: bool = False) -> tuple[Advice, ...]:
        """Duties around the document, and what looks wrong without being so; `accepted`: the customer agreed. [Q-02]"""
        agreed = accepted or (isinstance(content, InvoiceContent) and bool(content.quote_numbers))
        is_quote = isinstance(content, QuoteContent)
        duties = (
            Advice(
                duty.id,
                duty.act,
                duty.text,
                duty.source,
                is_met=agreed if duty.act is Act.ACCEPTANCE_REQUIRED else is_quote or agreed or duty.act is Act.NONE,
            )
            for duty in self.obligations.of(content, on)
        )
        rates = (
            Advice("V-11", Act.WARN, sentence, "CGI art. 278 à 281 nonies, 294, 296 et 297", is_met=False)
            for sentence in self.vat_rates.elsewhere(content)
        )
        return (*duties, *rates)

    def _term_faults(self, content: DocumentContent) -> list[Fault]:
        if not isinstance(content, InvoiceContent) or kind_of(content) is Kind.CREDIT_NOTE:
            return []
        if content.buyer.kind is not CustomerKind.BUSINESS:
            return []
        message = self.term_limits.fault(
            content.seller.term_sector, issued=content.issue_date, supplied=content.supply_date, due=content.due_date
        )
        return [Fault("/due_date", message, "P-01")] if message else []


def _follows(draft: QuoteDraft | InvoiceDraft) -> bool:
    return isinstance(draft, InvoiceDraft) and bool(draft.deducts or draft.refers_to)
