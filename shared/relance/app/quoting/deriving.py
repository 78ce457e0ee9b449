"""A draft made of another quote: its next version, a copy, a variant for the same need, an avenant.

A version replaces what was sent; a variant stands beside it; an avenant adds to what was accepted, and is accepted in
turn: nothing that was sent is ever edited. [Q-05, KX-07, KB-15, KB-16, CY-04, PF-01]
"""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from relance.app.context import Caller, Context
from relance.app.journaling import Decision, again, commit
from relance.app.ports.store import Entity, Idem
from relance.app.quoting.drafting import drafted, require_customer
from relance.app.quoting.reading import get
from relance.app.taxing import taxed
from relance.app.variants import joined, need_of
from relance.domain.content import QuoteKind
from relance.domain.draft_checks import require_sellable
from relance.domain.errors import Conflict, Fault, Invalid, require_reviewed
from relance.domain.journal import Head
from relance.domain.quote import Quote, QuoteDraft, QuoteStatus
from relance.domain.titles import is_usual, title_of


class Copy(StrEnum):
    """What a copy is for: something new, another answer to the same need, or the same as another kind of document."""

    DUPLICATE = "duplicate"
    VARIANT = "variant"
    QUOTE = "quote"
    PROFORMA = "proforma"


def new_version(ctx: Context, caller: Caller, id: str, *, idem: Idem | None = None) -> Quote:
    """A draft of the next version of a sent quote; the earlier one stays open until the new one is sent. [Q-05]

    Raises Conflict when the quote is still a draft, was replaced, or was accepted (that takes an avenant).
    """

    def decide(_head: Head, at: datetime) -> Decision:
        quote = get(ctx, caller, id)
        if quote.status not in (QuoteStatus.SENT, QuoteStatus.REFUSED):
            raise Conflict(
                "Seul un devis envoyé, ni accepté ni remplacé, peut recevoir une nouvelle version.",
                code=f"quote_{quote.status.value}",
            )
        wanted = drafted(
            ctx,
            caller,
            replace(quote.draft, validity_until=None),
            at,
            version=quote.version + 1,
            number=quote.number,
            replaces=quote.id,
            need=quote.need,
            amends=quote.amends,
        )
        puts: list[Entity] = [wanted]
        if quote.need:
            puts.append(joined(need_of(ctx, quote), wanted))
        return Decision(answer=wanted, puts=tuple(puts))

    return again(lambda: commit(ctx, caller, idem, Quote, decide))


def duplicate(ctx: Context, caller: Caller, id: str, copy: Copy, *, idem: Idem | None = None) -> Quote:
    """A new draft with what this one says, as its author wrote it; it takes a number of its own when it is sent.

    As a variant both answer one need, so accepting one closes the other. Raises NotFound, Conflict
    `too_many_variants`, and `amendment` when a variant of an avenant is asked for.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        quote = get(ctx, caller, id)
        if copy is not Copy.VARIANT:
            wanted = drafted(ctx, caller, _copied(quote.draft, copy), at)
            return Decision(answer=wanted, puts=(wanted,))
        if quote.amends:
            raise Conflict("Un avenant n’a pas de variante : créez un autre avenant.", code="amendment")
        need = need_of(ctx, quote)
        wanted = drafted(ctx, caller, replace(quote.draft, validity_until=None), at, need=need.id)
        puts: list[Entity] = [wanted, joined(need, wanted)]
        if not quote.need:
            puts.append(replace(quote, rev=quote.rev + 1, need=need.id, updated_at=at))
        return Decision(answer=wanted, puts=tuple(puts))

    return again(lambda: commit(ctx, caller, idem, Quote, decide))


def amend(ctx: Context, caller: Caller, id: str, draft: QuoteDraft, *, idem: Idem | None = None) -> Quote:
    """A draft of an avenant to an accepted quote: what it adds or changes, to be accepted in turn. [KB-16, Q-05]

    Raises NotFound, Conflict `quote_not_accepted`, Invalid when it is for another customer or cannot be sold.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        quote = get(ctx, caller, id)
        require_reviewed(quote.to_review)
        if quote.status is not QuoteStatus.ACCEPTED:
            raise Conflict("Un avenant modifie un devis accepté : celui-ci ne l’est pas.", code="quote_not_accepted")
        if draft.customer_id != quote.customer_id or draft.currency != quote.draft.currency:
            message = "Un avenant garde le client et la devise du devis qu’il modifie."
            raise Invalid(message, faults=[Fault("/customer_id", message, "other_contract")])
        title = title_of(QuoteKind.AMENDMENT, draft.language) if is_usual(draft.title) else draft.title
        amendment = taxed(ctx, caller, replace(draft, kind=QuoteKind.AMENDMENT, title=title))
        require_sellable(amendment)
        require_customer(ctx, caller, draft.customer_id)
        wanted = drafted(ctx, caller, amendment, at, amends=quote.id)
        knowing = replace(quote, rev=quote.rev + 1, amendment_ids=(*quote.amendment_ids, wanted.id), updated_at=at)
        return Decision(answer=wanted, puts=(wanted, knowing))

    return again(lambda: commit(ctx, caller, idem, Quote, decide))


def _copied(draft: QuoteDraft, copy: Copy) -> QuoteDraft:
    """An avenant copied is a quote of its own."""
    kind = QuoteKind(copy.value) if copy in (Copy.QUOTE, Copy.PROFORMA) else _plain(draft.kind)
    title = title_of(kind, draft.language) if is_usual(draft.title) else draft.title
    return replace(draft, kind=kind, title=title, variant="", validity_until=None)


def _plain(kind: QuoteKind) -> QuoteKind:
    return QuoteKind.QUOTE if kind is QuoteKind.AMENDMENT else kind
