"""The customer's page: who may come in, and what he is shown today.

An offer stays binding as long as its author keeps it accessible (C. civ. art. 1127-1), so the offer itself leaves the
page once it has expired, was replaced, cancelled or refused; an accepted one stays readable, for consumers by right
(C. consommation L213-1), even after they withdrew. Checked 2026-11. Reading changes nothing, however often scanners
follow the link. [Q-03, Q-05, Q-09, T-10, T-12]
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from relance.app.context import Caller, Context
from relance.app.ports.links import LinkDirectory
from relance.app.ports.outside import Documents
from relance.app.ports.pages import InvoiceView, Newer, PageView, QuoteView
from relance.domain.calendar_fr import civil_date
from relance.domain.choices import decided, with_choices
from relance.domain.errors import Conflict, Forbidden, NotFound
from relance.domain.ids import InvoiceId, QuoteId
from relance.domain.invoice import Invoice
from relance.domain.links import Link, form_token, link_id, link_token
from relance.domain.party import Branding, Company
from relance.domain.quote import Choice, Quote, QuoteState, withdrawal_period
from relance.domain.withdrawal import has_right, is_of_services, payable_from

READABLE = frozenset({QuoteState.OPEN, QuoteState.ACCEPTED, QuoteState.WITHDRAWN})
_TOKEN_LENGTH = 22


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page that sends a form showed: the SHA-256 of the PDF, and the form token that goes with it."""

    document_sha256: str
    form_token: str


@dataclass(frozen=True, slots=True)
class Door:
    """Who comes in without an account: whoever holds a link. `key` is the deployment's secret for links and forms."""

    links: LinkDirectory
    key: bytes

    def link(self, token: str) -> Link:
        """What the token opens. Raises NotFound, the same for an unknown, a malformed and a revoked one."""
        link = self.links.find(link_id(token)) if len(token) == _TOKEN_LENGTH and token.isascii() else None
        if link is None or link.revoked:
            raise NotFound("Ce lien n’existe pas ou n’est plus valable.")
        return link

    def require_shown(self, token: str, shown: Shown) -> None:
        """Refuse a form that does not come from a page shown through this link. Raises Forbidden `form_expired`."""
        expected = form_token(self.key, token, shown.document_sha256)
        if not hmac.compare_digest(expected.encode(), shown.form_token.encode()):
            raise Forbidden(
                "Ce formulaire n’est plus valable : rechargez la page, puis recommencez.", code="form_expired"
            )


@dataclass(frozen=True, slots=True)
class Pdf:
    """A document to hand out: the very bytes that were mailed."""

    filename: str
    body: bytes


def open_page(ctx: Context, door: Door, token: str, wishes: Sequence[Choice] | None = None) -> PageView:
    """What the page shows today, as the customer's `wishes` make it if he said any. Writes nothing. [T-10, PF-11]

    Raises NotFound, and Invalid when a wish cannot be met.
    """
    link = door.link(token)
    company = ctx.store.get(link.tenant, Company, link.tenant)
    branding = company.branding if company else Branding()
    today = civil_date(ctx.clock.now())
    if link.document_kind == "invoice":
        return _invoice_view(ctx, door, token, link, branding, today)
    return _quote_view(ctx, door, token, link, branding, today, wishes)


def open_withdrawal(ctx: Context, door: Door, token: str) -> QuoteView:
    """The page on which a consumer states that he withdraws. Raises NotFound, Conflict `no_withdrawal`. [W-02]"""
    view = open_page(ctx, door, token)
    if not isinstance(view, QuoteView):
        raise NotFound("Cette adresse n’existe pas.")
    if view.period is None:
        raise Conflict("Il n’y a pas, ou plus, de rétractation possible ici.", code="no_withdrawal")
    return view


def open_general_terms(ctx: Context, door: Door, token: str, documents: Documents) -> Pdf:
    """The general conditions that go with a quote, while the quote can be read. Raises NotFound, Conflict."""
    view = open_page(ctx, door, token)
    if not isinstance(view, QuoteView) or view.content.general_terms is None:
        raise NotFound("Cette adresse n’existe pas.")
    _require_readable(view)
    return Pdf(
        "conditions-generales.pdf", documents.get(view.content.general_terms.sha256, owner=door.link(token).tenant)
    )


def open_pdf(ctx: Context, door: Door, token: str, documents: Documents) -> Pdf:
    """The PDF behind a link. Raises NotFound, Conflict `quote_expired` … when the offer is closed, `pdf_not_ready`."""
    view = open_page(ctx, door, token)
    if isinstance(view, QuoteView):
        _require_readable(view)
    if not view.pdf_sha256:
        raise Conflict("Le PDF est en cours de préparation : réessayez dans quelques instants.", code="pdf_not_ready")
    title = view.content.title if isinstance(view, QuoteView) else "Facture"
    name = f"{title.split()[0]}-{view.content.number}".replace("/", "-")
    return Pdf(f"{name}.pdf", documents.get(view.pdf_sha256))


def _require_readable(view: QuoteView) -> None:
    if view.state not in READABLE:
        raise Conflict("Ce document n’est plus proposé.", code=f"quote_{view.state.value}")


def customer_of(link: Link) -> Caller:
    """Whoever acts through a link, as the journal names him: the link proves no more than that he holds it."""
    return Caller(link.tenant, "customer", "customer")


def quote_of(ctx: Context, link: Link) -> Quote:
    """The sent quote behind a link. Raises NotFound for an invoice's link, a draft, or what is gone."""
    quote = ctx.store.get(link.tenant, Quote, QuoteId(link.document_id)) if link.document_kind == "quote" else None
    if quote is None or quote.content is None:
        raise NotFound("Ce lien n’existe pas ou n’est plus valable.")
    return quote


def _quote_view(
    ctx: Context,
    door: Door,
    token: str,
    link: Link,
    branding: Branding,
    today: date,
    wishes: Sequence[Choice] | None,
) -> QuoteView:
    quote = quote_of(ctx, link)
    state, content, valid_until = quote.state_on(today), quote.agreed, quote.valid_until
    assert content is not None, "it was sent"
    assert valid_until is not None, "it was sent"
    if wishes is not None and state is QuoteState.OPEN:
        content = with_choices(content, decided(content.lines, wishes))
    answered = quote.acceptance or quote.refusal
    period = withdrawal_period(quote) if state is QuoteState.ACCEPTED else None
    payable = payable_from(content, civil_date(quote.acceptance.at)) if quote.acceptance else today
    return QuoteView(
        token=token,
        state=state,
        content=content,
        branding=branding,
        document_sha256=quote.pdf_sha256,
        form_token=form_token(door.key, token, quote.pdf_sha256),
        valid_until=valid_until,
        pdf_sha256=quote.agreed_pdf_sha256,
        accepted_by=quote.acceptance.name if quote.acceptance else "",
        answered_at=answered.at if answered else None,
        newer=_newer(ctx, door, quote) if state is not QuoteState.NOT_RETAINED else None,
        period=period if period and period.is_open(today) else None,
        withdrawal=quote.withdrawal,
        payable_from=payable if payable > today else None,
        asks_early_start=state is QuoteState.OPEN and has_right(content) and is_of_services(content),
    )


def _newer(ctx: Context, door: Door, quote: Quote) -> Newer | None:
    """The version that took this one's place, if it was sent; its token is derived, for none is stored."""
    if quote.replaced_by is None:
        return None
    newer = ctx.store.get(quote.tenant, Quote, quote.replaced_by)
    if newer is None or newer.content is None:
        return None
    return Newer(newer.version, link_token(door.key, quote.tenant, "quote", newer.id))


def _invoice_view(ctx: Context, door: Door, token: str, link: Link, branding: Branding, today: date) -> InvoiceView:
    invoice = ctx.store.get(link.tenant, Invoice, InvoiceId(link.document_id))
    if invoice is None or invoice.content is None:
        raise NotFound("Ce lien n’existe pas ou n’est plus valable.")
    return InvoiceView(
        token=token,
        content=invoice.content,
        branding=branding,
        document_sha256=invoice.pdf_sha256,
        form_token=form_token(door.key, token, invoice.pdf_sha256),
        settlement=invoice.settlement,
        paid=invoice.paid,
        balance=invoice.balance,
        is_overdue=invoice.is_overdue(today),
        credited=invoice.credited,
        is_replaced=invoice.replaced_by is not None,
    )
