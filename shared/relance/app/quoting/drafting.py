"""Drafts of quotes: written, rewritten whole, thrown away. What a draft came from stays as it is."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from relance.app.context import Caller, Context
from relance.app.customers import get as get_customer
from relance.app.depositing import with_deposit
from relance.app.journaling import Decision, commit
from relance.app.ports.store import Idem
from relance.app.quoting.reading import get
from relance.app.settings import require_rev
from relance.app.taxing import taxed
from relance.app.variants import left
from relance.domain.content import QuoteKind
from relance.domain.draft_checks import require_sellable
from relance.domain.errors import Fault, Invalid, NotFound
from relance.domain.ids import QuoteId
from relance.domain.journal import Head
from relance.domain.party import Customer
from relance.domain.quote import Quote, QuoteDraft, QuoteStatus, require_draft
from relance.domain.titles import is_usual, title_of

_FROM_ACCEPTED: Final = "Un avenant se crée à partir du devis accepté qu’il modifie."


def create(ctx: Context, caller: Caller, draft: QuoteDraft, *, idem: Idem | None = None) -> Quote:
    """A new draft for an existing customer. Raises Invalid with a pointer when the customer is not the tenant's."""

    def decide(_head: Head, at: datetime) -> Decision:
        if draft.kind is QuoteKind.AMENDMENT:
            raise _wrong_kind(_FROM_ACCEPTED)
        written = with_deposit(ctx, caller, taxed(ctx, caller, draft))
        require_sellable(written)
        require_customer(ctx, caller, draft.customer_id)
        quote = drafted(ctx, caller, written, at)
        return Decision(answer=quote, puts=(quote,))

    return commit(ctx, caller, idem, Quote, decide)


def update(ctx: Context, caller: Caller, id: str, draft: QuoteDraft, *, expected_rev: int) -> Quote:
    """Replace a draft whole, but for the general terms that were enclosed with it.

    Raises NotFound, Conflict `quote_frozen`, StaleVersion, Invalid: an amendment stays one, and a version keeps its
    kind, because it keeps its number.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        quote = get(ctx, caller, id)
        require_draft(quote)
        require_rev(quote.rev, expected_rev)
        kind = _kind(quote, draft)
        written = taxed(ctx, caller, draft)
        require_sellable(written)
        require_customer(ctx, caller, draft.customer_id)
        title = title_of(kind, draft.language) if kind is not draft.kind and is_usual(draft.title) else draft.title
        kept = replace(written, kind=kind, title=title, general_terms=quote.draft.general_terms)
        wanted = replace(quote, rev=quote.rev + 1, draft=kept, updated_at=at)
        return Decision(answer=wanted, puts=(wanted,))

    return commit(ctx, caller, None, Quote, decide)


def delete(ctx: Context, caller: Caller, id: str, *, expected_rev: int) -> None:
    """Forget a draft. Raises NotFound, Conflict `quote_frozen`, StaleVersion."""

    def decide(_head: Head, _at: datetime) -> Decision:
        quote = get(ctx, caller, id)
        require_draft(quote)
        require_rev(quote.rev, expected_rev)
        return Decision(answer=quote, puts=left(ctx, quote), deletes=(quote,))

    commit(ctx, caller, None, Quote, decide)


def require_customer(ctx: Context, caller: Caller, customer_id: str) -> Customer:
    """The customer a draft is for. Raises Invalid with a pointer when there is none by that id."""
    try:
        return get_customer(ctx, caller, customer_id)
    except NotFound as error:
        raise Invalid(
            "Le client de ce document est inconnu.",
            faults=[Fault("/customer_id", "Aucun client ne porte cet identifiant : créez-le d’abord.", "unknown")],
        ) from error


def drafted(ctx: Context, caller: Caller, draft: QuoteDraft, at: datetime, **more: Any) -> Quote:
    """The record of a new draft; nothing is stored yet."""
    quote = Quote(
        tenant=caller.tenant,
        id=QuoteId(ctx.new_id("quo")),
        rev=1,
        status=QuoteStatus.DRAFT,
        created_at=at,
        updated_at=at,
        draft=draft,
    )
    return replace(quote, **more)


def _kind(quote: Quote, draft: QuoteDraft) -> QuoteKind:
    """What a draft may become: an amendment stays one, and a version keeps its kind with its number."""
    if quote.amends:
        return QuoteKind.AMENDMENT
    if draft.kind is QuoteKind.AMENDMENT:
        raise _wrong_kind(_FROM_ACCEPTED)
    if quote.number and draft.kind is not quote.draft.kind:
        raise _wrong_kind("Une nouvelle version garde la nature du document : dupliquez-le pour en changer.")
    return draft.kind


def _wrong_kind(message: str) -> Invalid:
    return Invalid(message, faults=[Fault("/kind", message, "wrong_kind")])
