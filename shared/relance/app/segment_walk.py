"""Going through the documents of a query beside what is known of each, in one order and in bounded memory.

Documents and memberships both come by id, a page at a time, so they are merged like two sorted lists: whatever their
number, two pages are held, and one dictionary of last quotes when the filter asks for it. [SQ-02]
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final

from relance.app.context import Context
from relance.app.ports.store import E
from relance.domain.ids import TenantId
from relance.domain.invoice import Invoice
from relance.domain.party import Customer
from relance.domain.quote import Quote
from relance.domain.reminder.claim import Claim
from relance.domain.reminder.run import Run
from relance.domain.reminder.scenario import DocumentKind
from relance.domain.segment.fields import Need
from relance.domain.segment.matching import needs, question
from relance.domain.segment.membership import Membership, membership_id
from relance.domain.segment.segment import Plan, Segment
from relance.domain.segment.subject import Subject

PAGE: Final = 100
MAX_CLAIMS: Final = 200  # of one document: more than there can be
_FIRST: Final = {DocumentKind.QUOTE: "quo_", DocumentKind.INVOICE: "inv_"}


@dataclass(frozen=True, slots=True)
class Pair:
    """A document (None when it is gone) and what is known of it in the query (None when nothing is)."""

    id: str
    subject: Subject | None
    is_inside: bool
    member: Membership | None


def pairs(ctx: Context, segment: Segment, today: date) -> Iterator[Pair]:
    """Every document that matches, or that the query knows, in the order of ids. Raises Retry."""
    documents = _matching(ctx, segment, today)
    members = _all(ctx, segment.tenant, Membership, membership_id(segment.id, _FIRST[segment.plan.kind]))
    subject, member = next(documents, None), next(members, None)
    while subject is not None or member is not None:
        if member is None or (subject is not None and subject.document.id < member.member):
            assert subject is not None, "one of the two is left"
            yield Pair(subject.document.id, subject, is_inside=True, member=None)
            subject = next(documents, None)
        elif subject is None or member.member < subject.document.id:
            yield Pair(member.member, None, is_inside=False, member=member)
            member = next(members, None)
        else:
            yield Pair(member.member, subject, is_inside=True, member=member)
            subject, member = next(documents, None), next(members, None)


def matching(ctx: Context, tenant: TenantId, plan: Plan, today: date) -> Iterator[Subject]:
    """Every document that a filter finds now, in the order of ids."""
    wanted = needs(plan.filter)
    last = _last_quotes(ctx, tenant) if Need.LAST_QUOTE in wanted else {}
    asks = question(plan.filter)
    for page in _pages(ctx, tenant, plan.kind):
        yield from filter(asks, _subjects(ctx, tenant, page, today, wanted, last))


def _matching(ctx: Context, segment: Segment, today: date) -> Iterator[Subject]:
    if not segment.plan.is_static:
        yield from matching(ctx, segment.tenant, segment.plan, today)
        return
    for start in range(0, len(segment.documents), PAGE):
        ids = segment.documents[start : start + PAGE]
        found: Mapping[str, Quote | Invoice]
        if segment.plan.kind is DocumentKind.QUOTE:
            found = ctx.store.get_many(segment.tenant, Quote, ids)
        else:
            found = ctx.store.get_many(segment.tenant, Invoice, ids)
        page = [found[id] for id in ids if id in found]
        yield from _subjects(ctx, segment.tenant, page, today, frozenset(), {})


def _pages(ctx: Context, tenant: TenantId, kind: DocumentKind) -> Iterator[Sequence[Quote | Invoice]]:
    """What was sent or issued, a page at a time: drafts are followed by nobody."""
    cls = Quote if kind is DocumentKind.QUOTE else Invoice
    rows: Iterator[Sequence[Quote | Invoice]] = _paged(ctx, tenant, cls, "")
    for page in rows:
        yield [document for document in page if document.content is not None]


def _subjects(
    ctx: Context,
    tenant: TenantId,
    page: Sequence[Quote | Invoice],
    today: date,
    wanted: frozenset[Need],
    last: Mapping[str, tuple[datetime, str]],
) -> Iterator[Subject]:
    """Each with what its filter asks for: at most two requests for a page, and one for each that asks for its mails."""
    ids = [document.id for document in page]
    customers: Mapping[str, Customer] = {}
    runs: Mapping[str, Run] = {}
    if Need.CUSTOMER in wanted and page:
        customers = ctx.store.get_many(tenant, Customer, {document.customer_id for document in page})
    if Need.RUN in wanted and page:
        runs = ctx.store.get_many(tenant, Run, ids)
    for document in page:
        yield Subject(
            document=document,
            today=today,
            customer=customers.get(document.customer_id),
            run=runs.get(document.id),
            is_last_quote=last.get(document.customer_id, (None, ""))[1] == document.id,
            claims=partial(_claims, ctx, tenant, document.id),
        )


def _claims(ctx: Context, tenant: TenantId, document_id: str) -> Sequence[Claim]:
    return ctx.store.starting_with(tenant, Claim, f"{document_id}#", limit=MAX_CLAIMS).items


def _last_quotes(ctx: Context, tenant: TenantId) -> dict[str, tuple[datetime, str]]:
    """The quote that each customer was sent last."""
    last: dict[str, tuple[datetime, str]] = {}
    for quote in _all(ctx, tenant, Quote, ""):
        if quote.sent_at is not None:
            sent = (quote.sent_at, quote.id)
            last[quote.customer_id] = max(sent, last.get(quote.customer_id, sent))
    return last


def _all(ctx: Context, tenant: TenantId, cls: type[E], prefix: str) -> Iterator[E]:
    for page in _paged(ctx, tenant, cls, prefix):
        yield from page


def _paged(ctx: Context, tenant: TenantId, cls: type[E], prefix: str) -> Iterator[Sequence[E]]:
    cursor: str | None = None
    while True:
        page = ctx.store.starting_with(tenant, cls, prefix, limit=PAGE, cursor=cursor)
        yield page.items
        if (cursor := page.cursor) is None:
            return
