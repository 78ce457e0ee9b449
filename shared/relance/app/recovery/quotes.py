"""Quotes as far as their events tell: an accepted one comes back whole, for its event holds the contract.

Of an offer that nobody accepted the archive holds a salted hash and no more (decision 0001): the words are in its
author's draft, if the restored table has it, and in the PDF that was sealed. Such a draft must not leave as it is under
a new number: it becomes the next version of the number that the customer holds, marked until a person looked. What was
noted beside an answer (who signed from where, why it was refused) is in no archive and is told as missing. [Q-05]
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

from relance.app.recovery import mails
from relance.app.recovery.desk import Desk, at_of, cents, quote_id, text
from relance.app.recovery.parties import customer_of
from relance.app.recovery.printed import quote_content
from relance.domain.chain.event import Event
from relance.domain.content import QuoteContent
from relance.domain.ids import CustomerId, QuoteId
from relance.domain.quote import (
    Acceptance,
    Extension,
    Quote,
    QuoteDraft,
    QuoteStatus,
    Refusal,
    Withdrawal,
)

_NO_OFFER: Final = (
    "Ce que disait ce devis n’est pas dans l’archive, qui n’en garde qu’une empreinte : reprenez-le du PDF "
    "envoyé au client, puis envoyez-lui cette version, qui remplacera la sienne."
)
_GONE: Final = (
    "Ce devis a été écrit et envoyé pendant le temps perdu : il n’en reste que le PDF. "
    "Ressaisissez-le et dites au client que le nouveau numéro remplace l’ancien, dont la page ne s’ouvre plus."
)
_PDF: Final = "Le PDF envoyé est dans le compartiment des documents, sous l’empreinte {}."
_NO_CUSTOMER: Final = "La fiche du client n’est pas dans l’archive : elle a été reprise de ce que le devis imprime."
_NO_EVIDENCE: Final = (
    "De la preuve de l’acceptation il reste le nom, la mention, l’instant et l’empreinte ; l’adresse IP, le "
    "navigateur et le sel ne sont pas dans l’archive."
)
_NO_OPTIONS: Final = "L’offre d’origine, avec les options que le client n’a pas prises, n’est que dans son PDF."
_NO_COSTS: Final = "Les prix de revient ne sont pas dans l’archive."
_NO_REASON: Final = "Le client a refusé ; la raison qu’il a pu donner n’est pas dans l’archive."
_NO_STATEMENT: Final = (
    "Le client s’est rétracté ; son nom, son adresse et les mots de sa déclaration ne sont pas dans l’archive. "
    "Assurez-vous qu’il a reçu l’accusé de réception (C. conso L221-21)."
)


def sent(desk: Desk, event: Event) -> None:
    """`quote.sent`: what it was about is not in the event; what it replaced is closed."""
    quote = desk.get(Quote, event.ref.id)
    if quote is None:
        desk.misses(event, (_GONE,))
    elif quote.content is None and quote.version <= cents(event, "version"):
        version = cents(event, "version") + 1
        desk.put(replace(quote, number=event.ref.number or "", version=version, updated_at=at_of(event)))
        _mark(desk, event, (_NO_OFFER,))
    _replace_earlier(desk, event)


def _replace_earlier(desk: Desk, event: Event) -> None:
    earlier = desk.get(Quote, text(event, "replaces"))
    if earlier is None or earlier.replaced_by == event.ref.id:
        return
    status = earlier.status if earlier.status is QuoteStatus.REFUSED else QuoteStatus.REPLACED
    desk.put(replace(earlier, status=status, replaced_by=QuoteId(event.ref.id), updated_at=at_of(event)))


def accepted(desk: Desk, event: Event) -> None:
    """`quote.accepted`: the contract, from its event."""
    quote, at = desk.get(Quote, event.ref.id), at_of(event)
    if quote is not None and quote.acceptance is not None:
        return
    contract = quote_content(event.data)
    missing = [_NO_EVIDENCE]
    if quote is None:
        found = customer_of(desk, contract.buyer, text(event, "customer_id"), at)
        quote = _from_contract(desk, event, contract, found.id)
        missing += [_NO_COSTS] if found.is_known else [_NO_COSTS, _NO_CUSTOMER]
    offer = text(event, "offer_sha256")
    is_whole = offer == text(event, "content_sha256")
    if quote.content is None or quote.content_sha256 != offer:
        missing += [] if is_whole else [_NO_OPTIONS]
        quote = replace(
            quote,
            draft=replace(_draft(contract, quote.customer_id), costs=quote.draft.costs),
            number=contract.number,
            version=contract.version,
            content=contract,
            content_sha256=offer,
            sent_at=quote.sent_at or at,
            to_review=(),
        )
    acceptance = Acceptance(
        name=text(event, "name"),
        mention=text(event, "mention"),
        at=at,
        document_sha256=text(event, "pdf_sha256"),
        version=cents(event, "version"),
        ip="",
        user_agent="",
        evidence_sha256=text(event, "evidence_sha256"),
        early_start=event.data.get("early_start") is True,
    )
    quote = replace(
        quote,
        status=QuoteStatus.ACCEPTED,
        pdf_sha256=text(event, "pdf_sha256"),
        acceptance=acceptance,
        accepted_content=None if is_whole else contract,
        updated_at=at,
    )
    desk.put(quote)
    desk.losses.pop(("quote", quote.id), None)  # what the contract tells is not missing any more
    _mark(desk, event, missing)
    mails.follow(desk, quote, at)


def _from_contract(desk: Desk, event: Event, contract: QuoteContent, customer_id: CustomerId) -> Quote:
    """A quote that was written, sent and accepted within the lost time."""
    at = at_of(event)
    return Quote(
        tenant=desk.tenant,
        id=QuoteId(event.ref.id),
        rev=1,
        status=QuoteStatus.SENT,
        created_at=at,
        updated_at=at,
        draft=_draft(contract, customer_id),
    )


def _draft(contract: QuoteContent, customer_id: CustomerId) -> QuoteDraft:
    """What its author must have written for it to print that; his unit costs are never printed."""
    return QuoteDraft(
        customer_id=customer_id,
        lines=contract.lines,
        title=contract.title,
        subject=contract.subject,
        message=contract.message,
        validity_until=contract.validity_until,
        start_date=contract.start_date,
        duration=contract.duration,
        payment_terms=contract.payment_terms,
        delivery_terms=contract.delivery_terms,
        price_terms=contract.price_terms,
        warranty_terms=contract.warranty_terms,
        kind=contract.kind,
        variant=contract.variant,
        discounts=contract.discounts,
        charges=contract.charges,
        deposits=contract.deposits,
        deposit_nature=contract.deposit_nature,
        price_revision_terms=contract.price_revision_terms,
        labour_rate=contract.labour_rate,
        execution_place=contract.execution_place,
        channel=contract.channel,
        general_terms=contract.general_terms,
        closing_note=contract.closing_note,
        language=contract.language,
        currency=contract.currency,
        exchange=contract.exchange,
        withdrawal_exception=contract.withdrawal_exception,
    )


def refused(desk: Desk, event: Event) -> None:
    """`quote.refused`: what was said with it is not in the event."""
    at = at_of(event)
    _answered(
        desk,
        event,
        QuoteStatus.REFUSED,
        lambda quote: replace(quote, status=QuoteStatus.REFUSED, refusal=Refusal(at, ""), updated_at=at),
        _NO_REASON,
    )


def withdrawn(desk: Desk, event: Event) -> None:
    """`quote.withdrawn`: nobody is bound any more; the statement is known by its hash."""
    at = at_of(event)
    withdrawal = Withdrawal(at=at, name="", email="", statement="", evidence_sha256=text(event, "evidence_sha256"))
    _answered(
        desk,
        event,
        QuoteStatus.WITHDRAWN,
        lambda quote: replace(quote, status=QuoteStatus.WITHDRAWN, withdrawal=withdrawal, updated_at=at),
        _NO_STATEMENT,
    )


def cancelled(desk: Desk, event: Event) -> None:
    """`quote.cancelled`."""
    at = at_of(event)
    _answered(
        desk,
        event,
        QuoteStatus.CANCELLED,
        lambda quote: replace(quote, status=QuoteStatus.CANCELLED, updated_at=at),
    )


def not_retained(desk: Desk, event: Event) -> None:
    """`quote.not_retained`: another variant was accepted."""
    at, retained = at_of(event), quote_id(desk, text(event, "retained"))
    _answered(
        desk,
        event,
        QuoteStatus.NOT_RETAINED,
        lambda quote: replace(quote, status=QuoteStatus.NOT_RETAINED, replaced_by=retained, updated_at=at),
    )


def extended(desk: Desk, event: Event) -> None:
    """`quote.extended`."""
    at, until = at_of(event), date.fromisoformat(text(event, "until"))

    def change(quote: Quote) -> Quote:
        if any(one.until == until for one in quote.extensions):
            return quote
        extensions = (*quote.extensions, Extension(at, until))
        return replace(quote, extended_until=until, extensions=extensions, updated_at=at)

    _change(desk, event, change)


def received(desk: Desk, event: Event) -> None:
    """`quote.received`."""
    at, on = at_of(event), date.fromisoformat(text(event, "on"))
    _change(
        desk, event, lambda quote: quote if quote.received_on == on else replace(quote, received_on=on, updated_at=at)
    )


def sealed(desk: Desk, event: Event) -> None:
    """`document.sealed` of an offer, or of the contract that choices made of it."""
    digest = text(event, "pdf_sha256")
    quote = desk.get(Quote, event.ref.id)
    if quote is None or quote.content is None:
        _mark(desk, event, (_PDF.format(digest),))
        return
    is_contract = text(event, "kind") == "accepted_quote"
    if digest == (quote.accepted_pdf_sha256 if is_contract else quote.pdf_sha256):
        return
    changed = replace(quote, accepted_pdf_sha256=digest) if is_contract else replace(quote, pdf_sha256=digest)
    desk.put(changed)


def _answered(desk: Desk, event: Event, status: QuoteStatus, change: Callable[[Quote], Quote], *missing: str) -> None:
    quote = desk.get(Quote, event.ref.id)
    if quote is None or quote.content is None:
        label = {QuoteStatus.CANCELLED: "annulé", QuoteStatus.NOT_RETAINED: "écarté pour une autre variante"}
        said = missing or (f"Ce devis a ensuite été {label[status]}.",)
        _mark(desk, event, said)
    elif quote.status is not status:
        changed = change(quote)
        desk.put(changed)
        _mark(desk, event, missing)
        mails.hold(desk, quote.id)
        mails.doubt_tellings(desk, changed)


def _change(desk: Desk, event: Event, change: Callable[[Quote], Quote]) -> None:
    quote = desk.get(Quote, event.ref.id)
    if quote is not None and quote.content is not None and (changed := change(quote)) is not quote:
        desk.put(changed)


def _mark(desk: Desk, event: Event, missing: tuple[str, ...] | list[str]) -> None:
    """Tell what is missing, in the quote too: until somebody looked, nothing is sent or invoiced from it."""
    quote = desk.get(Quote, event.ref.id)
    desk.misses(event, missing, customer_id=quote.customer_id if quote else "")
    if quote is not None and (told := desk.losses.get(("quote", quote.id))) and told.missing != quote.to_review:
        desk.put(replace(quote, to_review=told.missing))
