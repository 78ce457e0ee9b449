"""The customer's page: GET shows, POST with the page's own form acts, every error is a page that says what to do.

A GET never changes anything, so mail scanners may follow every link. Unknown, malformed and revoked links answer alike.
[T-10, T-12, Q-03, Q-04, Q-05, Q-08, W-02]
"""

from collections.abc import Callable
from functools import cache
from typing import Final

from functions.public_page.failures import failed, log, opt_out_page
from functions.public_page.request import OWN_COOKIE, Request
from functions.public_page.wiring import Parts, wire
from relance.app import alerting, answering, looking, tracking, unsubscribing, viewing, withdrawing
from relance.app.answering import ConfirmationNeeded
from relance.app.looking import Address
from relance.app.ports.pages import QuoteView, Said
from relance.app.withdrawing import WithdrawalUnconfirmed
from relance.domain.calendar_fr import to_ms
from relance.domain.errors import NotFound, RelanceError
from relance.domain.tracking.opens import OpenClass
from relance.runtime.pages import Answer, Event, no_content, page, pdf, see_other, with_cookie

MAX_TOLD: Final = 10_000
OWN_VISIT: Final = (
    "Vous consultez votre propre document : cette visite, et les suivantes depuis ce navigateur, ne comptent pas."
)
# What `?question=` opens the page with: a question that was sent, or one that waits for a click and is nobody's yet.
_QUESTIONS: Final = {
    "envoyee": Said("Votre question est enregistrée dans le dossier de ce document."),
    "prolonger": Said(typed={"text": "Bonjour, pourriez-vous prolonger la validité de votre offre ?"}),
}

_parts = cache(wire)


def handler(event: Event, _context: object) -> Answer:
    """Answer one event of payload 2.0."""
    return answer(event, _parts())


def show(request: Request) -> Answer:
    parts = request.parts
    view = viewing.open_page(parts.ctx, parts.door, request.token)
    mark = looking.mark_for(parts.door, request.token, request.look)
    _note_address(request)
    said = _QUESTIONS.get((request.event.get("queryStringParameters") or {}).get("question", ""), Said())
    answer = page(parts.pages.document(view, Said(OWN_VISIT) if mark else said, up=request.up))
    return with_cookie(answer, OWN_COOKIE, mark) if mark else answer


def show_trap(request: Request) -> Answer:
    """The address that no person sees: whoever fetches it says what he is. It shows nothing, and answers nothing."""
    _note_address(request, Address.TRAP)
    return page(request.parts.pages.message("Rien à voir ici", "Cette adresse ne mène à aucun document."))


def _note_address(request: Request, address: Address = Address.PAGE) -> None:
    """Once a minute and container; never in the way of the page itself."""
    parts = request.parts
    minute = to_ms(parts.ctx.clock.now()) // 60_000
    key = f"{request.token} {request.look.user_agent} {request.look.mark} {address}"
    if parts.told.get(key) == minute:
        return
    try:
        looking.followed(parts.ctx, parts.door, request.token, parts.watch, request.look, address)
    except RelanceError as error:
        log.failure("an address fetched was not noted", error, route=request.route)
        return
    if len(parts.told) >= MAX_TOLD:
        parts.told.clear()
    parts.told[key] = minute


def show_pdf(request: Request) -> Answer:
    parts = request.parts
    found = viewing.open_pdf(parts.ctx, parts.door, request.token, parts.documents())
    return pdf(found.body, found.filename)


def take_pdf(request: Request) -> Answer:
    """The PDF by the button of the page: the same bytes, and somebody pressed it."""
    answer = show_pdf(request)
    parts = request.parts
    who = looking.taken(parts.ctx, parts.door, request.token, request.shown, parts.watch, request.look)
    _tell_seller(request, who)
    return answer


def seen(request: Request) -> Answer:
    parts = request.parts
    who = looking.seen(parts.ctx, parts.door, request.token, request.shown, parts.watch, request.look)
    _tell_seller(request, who)
    return no_content()


def _tell_seller(request: Request, who: OpenClass) -> None:
    """Never in the way of the visitor: what could not be told now is told at the next look."""
    if who is not OpenClass.HUMAN_PROBABLE:
        return
    parts = request.parts
    try:
        alerting.tell_seller(parts.ctx, parts.door.link(request.token), parts.activity, parts.executions())
    except RelanceError as error:
        log.failure("the seller was not told of a look", error, route=request.route)


def choose(request: Request) -> Answer:
    """The page with the customer's choices and what they come to; nothing is kept of them before he accepts."""
    parts = request.parts
    parts.door.require_shown(request.token, request.shown)
    view = viewing.open_page(parts.ctx, parts.door, request.token, request.wishes)
    return page(parts.pages.document(view, Said(typed=request.typed), up=request.up))


def show_general_terms(request: Request) -> Answer:
    parts = request.parts
    found = viewing.open_general_terms(parts.ctx, parts.door, request.token, parts.documents())
    return pdf(found.body, found.filename)


def accept(request: Request) -> Answer:
    parts, sent = request.parts, request.form
    try:
        quote = answering.accept(
            parts.ctx,
            parts.door,
            request.token,
            request.shown,
            request.visitor,
            request.signed,
            confirmed=sent.get("confirmed") == "yes",
        )
    except ConfirmationNeeded:
        view = viewing.open_page(parts.ctx, parts.door, request.token, request.wishes)
        assert isinstance(view, QuoteView)
        return page(parts.pages.confirmation(view, typed=request.typed, up=request.up))
    answering.announce(parts.ctx, quote, parts.executions())
    return see_other(f"../{request.token}")


def show_withdrawal(request: Request) -> Answer:
    parts = request.parts
    view = viewing.open_withdrawal(parts.ctx, parts.door, request.token)
    return page(parts.pages.withdrawal(view, Said(), up=request.up))


def withdraw(request: Request) -> Answer:
    parts, sent = request.parts, request.form
    try:
        quote = withdrawing.withdraw(
            parts.ctx,
            parts.door,
            request.token,
            request.shown,
            request.statement,
            confirmed=sent.get("confirmed") == "yes",
        )
    except WithdrawalUnconfirmed:
        view = viewing.open_withdrawal(parts.ctx, parts.door, request.token)
        return page(parts.pages.withdrawal_confirmation(view, typed=request.typed, up=request.up))
    answering.announce(parts.ctx, quote, parts.executions())
    return see_other(f"../{request.token}")


def refuse(request: Request) -> Answer:
    parts = request.parts
    reason = request.form.get("reason", "")
    quote = answering.refuse(parts.ctx, parts.door, request.token, request.shown, reason=reason)
    answering.announce(parts.ctx, quote, parts.executions())
    return see_other(f"../{request.token}")


def question(request: Request) -> Answer:
    parts = request.parts
    answering.question(
        parts.ctx,
        parts.door,
        request.token,
        request.shown,
        parts.activity,
        parts.executions(),
        text=request.form.get("text", ""),
    )
    return see_other(f"../{request.token}?question=envoyee")


def show_opt_out(request: Request) -> Answer:
    answer = page(opt_out_page(request, Said()))
    _note_address(request, Address.OPT_OUT)
    return answer


def opt_out(request: Request) -> Answer:
    """No redirection here: a mail program that unsubscribes in one click follows none. RFC 8058 § 3.1."""
    parts, sent = request.parts, request.form
    stop = unsubscribing.unsubscribe if request.is_of_document else tracking.opt_out
    stop(
        parts.ctx,
        parts.door,
        request.token,
        proof=sent.get("form_token", ""),
        one_click=sent.get("List-Unsubscribe") == "One-Click",
    )
    return page(opt_out_page(request, Said()))


ROUTES: dict[str, Callable[[Request], Answer]] = {
    "GET /q/{token}": show,
    "GET /q/{token}/pdf": show_pdf,
    "GET /q/{token}/plan": show_trap,
    "GET /q/{token}/conditions": show_general_terms,
    "GET /q/{token}/withdraw": show_withdrawal,
    "POST /q/{token}/seen": seen,
    "POST /q/{token}/pdf": take_pdf,
    "POST /q/{token}/choose": choose,
    "POST /q/{token}/accept": accept,
    "POST /q/{token}/refuse": refuse,
    "POST /q/{token}/question": question,
    "POST /q/{token}/withdraw": withdraw,
    "GET /u/{token}": show_opt_out,
    "POST /u/{token}": opt_out,
}


def answer(event: Event, parts: Parts) -> Answer:
    """Answer one request; never raises for what it holds."""
    request = Request(event, parts)
    try:
        route = ROUTES.get(request.route)
        if route is None:
            raise NotFound("Cette adresse n’existe pas.")
        return route(request)
    except Exception as error:  # the edge: from here on an error is a page
        return failed(request, error)
