"""A quote (devis): drafted, sent once with a number, then answered, expired or replaced; never edited once sent.

The seller is bound until `validity_until`; the customer only by accepting. A new version is another quote record of
the same number which, once sent, replaces the earlier one. [Q-03, Q-04, Q-05]
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from relance.domain.calendar_fr import civil_date
from relance.domain.content import DepositNature, DepositStep, Enclosure, Exchange, QuoteContent, QuoteKind
from relance.domain.errors import Conflict, require_reviewed
from relance.domain.ids import CustomerId, QuoteId, TenantId
from relance.domain.lines import Line
from relance.domain.totals import Charge, DocumentDiscount
from relance.domain.withdrawal import WithdrawalPeriod, period_of


class QuoteStatus(StrEnum):
    """What was decided about a quote. Expiry is not here: it follows from the date, see `state_on`."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    NOT_RETAINED = "not_retained"


class QuoteState(StrEnum):
    """What a reader is told on a given day: the status, with a sent quote past its validity shown as expired."""

    DRAFT = "draft"
    OPEN = "open"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    NOT_RETAINED = "not_retained"


@dataclass(frozen=True, slots=True)
class QuoteDraft:
    """What the author writes. Empty strings and None mean "take the company's default when it is sent".

    `costs` are unit costs HT (prix de revient), one per line or none at all: never printed, never in the journal.
    """

    customer_id: CustomerId
    lines: tuple[Line, ...]
    title: str = "Devis"
    subject: str = ""
    message: str = ""
    validity_until: date | None = None
    start_date: str = ""
    duration: str = ""
    payment_terms: str = ""
    delivery_terms: str = ""
    price_terms: str = ""
    warranty_terms: str = ""
    kind: QuoteKind = QuoteKind.QUOTE
    variant: str = ""
    costs: tuple[Decimal | None, ...] = ()
    discounts: tuple[DocumentDiscount, ...] = ()
    charges: tuple[Charge, ...] = ()
    deposits: tuple[DepositStep, ...] = ()
    deposit_nature: DepositNature = DepositNature.ACOMPTE
    price_revision_terms: str = ""
    labour_rate: str = ""
    execution_place: str = ""
    channel: str = ""
    general_terms: Enclosure | None = None
    closing_note: str = ""
    language: str = "fr"
    currency: str = "EUR"
    exchange: Exchange | None = None
    withdrawal_exception: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the customer decided about one line (its index): taken or not, and how much of it. [PF-11]"""

    line: int
    is_chosen: bool = True
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A consumer took back his acceptance (rétractation): when, in which words, and who was told. [W-05]"""

    at: datetime
    name: str
    email: str
    statement: str
    evidence_sha256: str
    salt: str = ""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """« Bon pour accord »: who accepted which exact bytes, when, and from where. [Q-04]

    `ip` and `user_agent` stay in the entity; the journal holds only `evidence_sha256` over this whole record. `salt`
    (hex, random) stays there too: without it the hash cannot be searched for an address. `early_start`: a consumer
    expressly asked that the service begin before the end of his withdrawal period (C. conso L221-25). [W-04]
    """

    name: str
    mention: str
    at: datetime
    document_sha256: str
    version: int
    ip: str
    user_agent: str
    evidence_sha256: str
    salt: str = ""
    choices: tuple[Choice, ...] = ()
    early_start: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """The customer said no: when, and the reason if one was given."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Extension:
    """Its author kept a quote open longer: when he said so, and the new last day. [Q-03]"""

    at: datetime
    until: date


@dataclass(frozen=True, slots=True)
class Quote:
    """One version of one quote. `rev` counts stored changes (the ETag), `version` is what the customer sees.

    `need` groups the variants of one need: accepting one closes the others. `amends` is the accepted quote that this
    amendment (avenant) changes, `amendment_ids` the other way round (a draft among them may be gone).
    `accepted_content` and its PDF are there only when the customer had choices to make; `received_on` is the day on
    which he received the goods, for his right to withdraw. `to_review`: what a restore of the tables could not bring
    back (`errors.ToReview`).
    """

    tenant: TenantId
    id: QuoteId
    rev: int
    status: QuoteStatus
    created_at: datetime
    updated_at: datetime
    draft: QuoteDraft
    version: int = 1
    number: str = ""
    replaces: QuoteId | None = None
    replaced_by: QuoteId | None = None
    sent_at: datetime | None = None
    content: QuoteContent | None = None
    content_sha256: str = ""
    pdf_sha256: str = ""
    acceptance: Acceptance | None = None
    refusal: Refusal | None = None
    first_viewed_at: datetime | None = None
    invoice_ids: tuple[str, ...] = ()
    need: str = ""
    amends: QuoteId | None = None
    accepted_content: QuoteContent | None = None
    withdrawal: Withdrawal | None = None
    extended_until: date | None = None
    accepted_pdf_sha256: str = ""
    received_on: date | None = None
    amendment_ids: tuple[QuoteId, ...] = ()
    extensions: tuple[Extension, ...] = ()
    to_review: tuple[str, ...] = ()

    @property
    def agreed(self) -> QuoteContent | None:
        """What the customer agreed to, with his choices; what was sent when he changed nothing or has not answered."""
        return self.accepted_content or self.content

    @property
    def agreed_pdf_sha256(self) -> str:
        """The PDF of what was agreed; "" while it is not drawn yet."""
        return self.accepted_pdf_sha256 if self.accepted_content else self.pdf_sha256

    @property
    def valid_until(self) -> date | None:
        """The last day on which it may be accepted: as printed, or as the seller extended it since. [Q-03]"""
        return self.extended_until or (self.content.validity_until if self.content else None)

    @property
    def customer_id(self) -> CustomerId:
        """Whom it is for."""
        return self.draft.customer_id

    def state_on(self, today: date) -> QuoteState:
        """What a reader is told on `today` (a civil date in Europe/Paris)."""
        match self.status:
            case QuoteStatus.SENT:
                assert self.valid_until is not None, "a sent quote has content"
                return QuoteState.EXPIRED if today > self.valid_until else QuoteState.OPEN
            case QuoteStatus.DRAFT:
                return QuoteState.DRAFT
            case QuoteStatus.ACCEPTED:
                return QuoteState.ACCEPTED
            case QuoteStatus.REFUSED:
                return QuoteState.REFUSED
            case QuoteStatus.REPLACED:
                return QuoteState.REPLACED
            case QuoteStatus.CANCELLED:
                return QuoteState.CANCELLED
            case QuoteStatus.WITHDRAWN:
                return QuoteState.WITHDRAWN
            case QuoteStatus.NOT_RETAINED:
                return QuoteState.NOT_RETAINED
            case _:  # pragma: no cover
                assert_never(self.status)


@dataclass(frozen=True, slots=True)
class Need:
    """What several quotes are variants for; `quote_ids` hold their versions too. [KX-07]"""

    tenant: TenantId
    id: str
    rev: int
    quote_ids: tuple[QuoteId, ...]


def require_draft(quote: Quote) -> None:
    """What was sent is frozen. Raises Conflict `quote_frozen`, `to_review`."""
    if quote.status is not QuoteStatus.DRAFT:
        raise Conflict(
            "Ce devis a été envoyé : il ne se modifie plus. Créez une nouvelle version pour le corriger.",
            code="quote_frozen",
        )
    require_reviewed(quote.to_review)


def require_open(quote: Quote, today: date) -> QuoteContent:
    """The content of a quote that may be answered today; else Conflict with the state as its code. [Q-03, Q-05]"""
    state = quote.state_on(today)
    if state is QuoteState.OPEN and quote.content is not None:
        return quote.content
    sentences = {
        QuoteState.DRAFT: "Ce devis n’a pas encore été envoyé.",
        QuoteState.EXPIRED: "Ce devis a expiré : demandez à l’émetteur de le prolonger.",
        QuoteState.ACCEPTED: "Ce devis a déjà été accepté.",
        QuoteState.REFUSED: "Ce devis a déjà été refusé.",
        QuoteState.REPLACED: "Ce devis a été remplacé par une version plus récente.",
        QuoteState.CANCELLED: "Ce devis a été annulé par son émetteur.",
        QuoteState.WITHDRAWN: "Le client s’est rétracté : ce devis n’engage plus personne.",
        QuoteState.NOT_RETAINED: "Une autre variante de ce devis a été acceptée.",
    }
    raise Conflict(sentences[state], code=f"quote_{state.value}")


def accept(quote: Quote, acceptance: Acceptance, today: date) -> Quote:
    """The customer accepts exactly what was shown to him. Raises Conflict when closed or another version.

    A pro-forma is no offer to sign: its author makes a quote or an invoice of it (`proforma`). [Q-11]
    """
    require_open(quote, today)
    if quote.draft.kind is QuoteKind.PROFORMA:
        raise Conflict("Une facture pro forma ne s’accepte pas en ligne : demandez un devis.", code="proforma")
    if not quote.pdf_sha256 or acceptance.document_sha256 != quote.pdf_sha256 or acceptance.version != quote.version:
        raise Conflict(
            "Le document affiché n’est pas la version en vigueur : rechargez la page puis recommencez.",
            code="other_version",
        )
    return replace(
        quote, rev=quote.rev + 1, status=QuoteStatus.ACCEPTED, acceptance=acceptance, updated_at=acceptance.at
    )


def refuse(quote: Quote, refusal: Refusal, today: date) -> Quote:
    """The customer says no. Raises Conflict when there is nothing left to answer."""
    require_open(quote, today)
    return replace(quote, rev=quote.rev + 1, status=QuoteStatus.REFUSED, refusal=refusal, updated_at=refusal.at)


def withdrawal_period(quote: Quote) -> WithdrawalPeriod | None:
    """When the customer of an accepted quote may withdraw; None when he has no such right. [W-01]"""
    if quote.acceptance is None or quote.agreed is None:
        return None
    return period_of(quote.agreed, civil_date(quote.acceptance.at), quote.received_on)


def withdraw(quote: Quote, withdrawal: Withdrawal, today: date) -> Quote:
    """The consumer withdraws: nobody is bound any more. [W-05]

    Raises Conflict `quote_withdrawn` when he did already, `no_withdrawal` when he may not (any more).
    """
    if quote.status is QuoteStatus.WITHDRAWN:
        raise Conflict("Votre rétractation est déjà enregistrée.", code="quote_withdrawn")
    period = withdrawal_period(quote) if quote.status is QuoteStatus.ACCEPTED else None
    if period is None:
        raise Conflict("Ce contrat n’ouvre pas de droit de rétractation en ligne.", code="no_withdrawal")
    if not period.is_open(today):
        raise Conflict("Le délai de rétractation de ce contrat est écoulé.", code="no_withdrawal")
    return replace(
        quote, rev=quote.rev + 1, status=QuoteStatus.WITHDRAWN, withdrawal=withdrawal, updated_at=withdrawal.at
    )
