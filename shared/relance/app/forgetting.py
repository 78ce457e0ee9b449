"""Carrying out the erasure of a prospect, whatever crashed before. [K-07, Q-10]

    1  his quotes and drafts, with their runs and salts, some at a time; each load writes down in the erasure what it
       removed, in the same transaction: documents and PDFs, whose traces are the work that is left
    2  his record
    3  traces of each document: link, pixels, claims, proposals, tasks, memberships, activity, execution
       then the PDFs, all versions, and what was enclosed with his quotes and no other
    4  traces of himself: letter box, prices, memberships
    5  nothing new came meanwhile: `prospect.erased` and the end, together; else from 1 again

If we crash anywhere, the next call goes through it from the start: what is gone is no fault, and the fact is chained
once, with the end. A document that must be kept, found at any load, stops it: his record stays, and so does he.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from relance.app.context import SYSTEM, Caller, Context
from relance.app.erasing import Dossier, dossier, kept_of, told
from relance.app.every import every
from relance.app.journaling import Decision, commit
from relance.app.ports.open_work import OpenWork
from relance.app.ports.outside import ExecutionStopper
from relance.app.ports.retention import ActivityEraser, DocumentEraser
from relance.app.ports.store import Commit, Entity, EntityMoved, Ref
from relance.domain.catalogue import CustomerPrice
from relance.domain.erasure import Erasure, Forgotten, done, erased_fact, stopped
from relance.domain.errors import Contention, NotFound
from relance.domain.general_terms import CURRENT, GeneralTerms
from relance.domain.ids import TenantId
from relance.domain.invoice import Invoice
from relance.domain.journal import Head
from relance.domain.links import Link, Pixel, link_id, link_token
from relance.domain.quote import Need, Quote
from relance.domain.reminder.claim import Claim
from relance.domain.reminder.correspondence import Correspondence
from relance.domain.reminder.proposal import Proposal
from relance.domain.reminder.run import Run
from relance.domain.reminder.task import Task
from relance.domain.retention import Retention
from relance.domain.segment.membership import Membership, membership_id
from relance.domain.segment.segment import Segment

_LOAD: Final = 25  # documents of one transaction, each with its run and its need
_ITEMS: Final = 90  # of one transaction of deletes
_ATTEMPTS: Final = 50  # loads and collisions of one call; the next one goes on


@dataclass(frozen=True, slots=True)
class Eraser:
    """What an erasure works with."""

    ctx: Context
    retention: Retention
    documents: DocumentEraser
    activity: ActivityEraser
    executions: ExecutionStopper
    link_key: bytes


def erase(eraser: Eraser, tenant: TenantId, id: str) -> Erasure:
    """Erase the customer whose erasure was asked for; doing it twice is doing it once.

    Once this returns `done`, nothing that is stored holds a byte of him. Raises NotFound when nobody asked, Retry,
    OutcomeUnknown, Contention: call again.
    """
    for _ in range(_ATTEMPTS):
        erasure = eraser.ctx.store.get(tenant, Erasure, id)
        if erasure is None:
            raise NotFound("L’effacement de ce client n’a pas été demandé.")
        if not erasure.is_open:
            return erasure
        try:
            _step(eraser, erasure)
        except EntityMoved:  # somebody wrote to what was to go: look again
            continue
    raise Contention("Les documents de ce client changent sans cesse : l’effacement reprendra.")


def resume(eraser: Eraser, tenant: TenantId, open_work: OpenWork) -> int:
    """Go on with every erasure that was asked for and not ended; how many were. Raises as `erase`."""
    ids = list(open_work.open_ids(tenant, Erasure))
    for id in ids:
        erase(eraser, tenant, id)
    return len(ids)


def _step(eraser: Eraser, erasure: Erasure) -> None:
    ctx, tenant = eraser.ctx, erasure.tenant
    found = dossier(ctx, tenant, erasure.id)
    if duties := kept_of(ctx, tenant, found, eraser.retention):
        _forget_traces(eraser, erasure)
        _store(ctx, tenant, puts=(stopped(erasure, told(duties)),))
    elif found.quotes or found.invoices:
        _remove_load(ctx, erasure, found)
    elif found.customer is not None:
        _store(ctx, tenant, puts=(replace(erasure, rev=erasure.rev + 1),), deletes=(found.customer,))
    else:
        _forget_traces(eraser, erasure)
        _forget_himself(ctx, erasure)
        after = dossier(ctx, tenant, erasure.id)
        if not (after.quotes or after.invoices):
            _settle(ctx, erasure)


def _remove_load(ctx: Context, erasure: Erasure, found: Dossier) -> None:
    """Some documents, and in the same transaction the word of what is left to do about them."""
    quotes, invoices = found.quotes[:_LOAD], found.invoices[: max(0, _LOAD - len(found.quotes))]
    gone: tuple[Quote | Invoice, ...] = (*quotes, *invoices)
    runs = ctx.store.get_many(erasure.tenant, Run, [document.id for document in gone])
    forgotten = tuple(
        Forgotten(
            "quote" if isinstance(document, Quote) else "invoice",
            document.id,
            runs[document.id].turn if document.id in runs else 0,
        )
        for document in gone
    )
    pdfs = [document.pdf_sha256 for document in gone] + [quote.accepted_pdf_sha256 for quote in quotes]
    puts, deletes = _needs(ctx, erasure.tenant, quotes)
    wanted = replace(
        erasure,
        rev=erasure.rev + 1,
        documents=(*erasure.documents, *forgotten),
        pdfs=(*erasure.pdfs, *(pdf for pdf in dict.fromkeys(pdfs) if pdf)),
        enclosures=tuple(dict.fromkeys((*erasure.enclosures, *_enclosed(quotes)))),
        quotes=erasure.quotes + len(quotes),
    )
    _store(ctx, erasure.tenant, puts=(wanted, *puts), deletes=(*gone, *runs.values(), *deletes))


def _needs(ctx: Context, tenant: TenantId, quotes: tuple[Quote, ...]) -> tuple[tuple[Entity, ...], tuple[Entity, ...]]:
    """The records of needs without these quotes: those to store, and those that are empty now."""
    ids = {quote.id for quote in quotes}
    needs = ctx.store.get_many(tenant, Need, {quote.need for quote in quotes if quote.need}).values()
    left = [replace(n, rev=n.rev + 1, quote_ids=tuple(id for id in n.quote_ids if id not in ids)) for n in needs]
    return tuple(n for n in left if n.quote_ids), tuple(
        need for need, after in zip(needs, left, strict=True) if not after.quote_ids
    )


def _forget_traces(eraser: Eraser, erasure: Erasure) -> None:
    """Whatever is kept elsewhere about documents that are gone; first what could still act on them."""
    ctx, tenant = eraser.ctx, erasure.tenant
    for document in erasure.documents:
        for turn in range(1, document.turn + 1):  # one that was succeeded may still wait to find that out
            eraser.executions.stop(tenant, document.kind, document.id, turn)
        claims = _starting(ctx, tenant, Claim, document.id)
        token = link_token(eraser.link_key, tenant, document.kind, document.id)
        refs: list[Ref] = [(Link, link_id(token))]
        refs += [(Pixel, claim.pixel) for claim in claims if isinstance(claim, Claim) and claim.pixel]
        refs += _memberships(ctx, tenant, document.id)
        others = [*_starting(ctx, tenant, Proposal, document.id), *_starting(ctx, tenant, Task, document.id)]
        # Claims last: they alone know the pixels.
        _delete(ctx, tenant, [*ctx.store.get_mixed(tenant, refs).values(), *others])
        _delete(ctx, tenant, claims)
        eraser.activity.forget(tenant, document.kind, document.id)
    for pdf in erasure.pdfs:
        eraser.documents.erase(pdf)
    if erasure.enclosures:
        for enclosure in set(erasure.enclosures) - _still_enclosed(ctx, tenant):
            eraser.documents.erase(enclosure, owner=tenant)


def _enclosed(quotes: Iterable[Quote]) -> Iterator[str]:
    """What was enclosed with each of these quotes alone: it may have been agreed with him. Others go with the company's
    own conditions, which are about nobody.
    """
    for quote in quotes:
        if quote.draft.general_terms is not None:
            yield quote.draft.general_terms.sha256


def _still_enclosed(ctx: Context, tenant: TenantId) -> set[str]:
    """What the company sends with every quote, or sent with one that is still there."""
    terms = ctx.store.get(tenant, GeneralTerms, CURRENT)
    used = {terms.enclosure.sha256} if terms else set()
    for quote in every(ctx, tenant, Quote):
        enclosures = (quote.draft.general_terms, quote.content.general_terms if quote.content else None)
        used |= {enclosure.sha256 for enclosure in enclosures if enclosure is not None}
    return used


def _forget_himself(ctx: Context, erasure: Erasure) -> None:
    tenant, id = erasure.tenant, erasure.id
    refs: list[Ref] = [(Correspondence, id), *_memberships(ctx, tenant, id)]
    _delete(ctx, tenant, every(ctx, tenant, CustomerPrice, prefix=f"{id}."))
    _delete(ctx, tenant, ctx.store.get_mixed(tenant, refs).values())


def _settle(ctx: Context, erasure: Erasure) -> None:
    def decide(_: Head, at: datetime) -> Decision:
        after = done(erasure, at)
        return Decision(answer=after, puts=(after,), facts=(erased_fact(erasure),))

    commit(ctx, Caller(erasure.tenant, erasure.by, SYSTEM), None, Erasure, decide)


def _starting(
    ctx: Context, tenant: TenantId, cls: type[Claim] | type[Proposal] | type[Task], document_id: str
) -> list[Entity]:
    """All of one class about a document: their ids are `{document}#{step}`."""
    return list(every(ctx, tenant, cls, prefix=f"{document_id}#"))


def _memberships(ctx: Context, tenant: TenantId, member: str) -> list[Ref]:
    """Where the company's smart queries may know of a document or a customer."""
    return [(Membership, membership_id(segment.id, member)) for segment in every(ctx, tenant, Segment)]


def _delete(ctx: Context, tenant: TenantId, entities: Iterable[Entity]) -> None:
    rest = tuple(entities)
    for at in range(0, len(rest), _ITEMS):
        _store(ctx, tenant, deletes=rest[at : at + _ITEMS])


def _store(ctx: Context, tenant: TenantId, *, puts: tuple[Entity, ...] = (), deletes: tuple[Entity, ...] = ()) -> None:
    ctx.store.commit(Commit(tenant, ctx.entropy.bytes(16).hex(), puts=puts, deletes=deletes))
