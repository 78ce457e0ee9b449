"""The customer's page: GET shows, POST with the page's own form acts, every error is a page that says what to do.

A GET never changes anything, so mail scanners may follow every link. Unknown, malformed and revoked links answer alike.
[T-10, T-12, Q-03, Q-04, Q-05, Q-08]
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from http import HTTPStatus
from typing import Any

from functions.public_page.wiring import Parts, wire
from relance.app import answering, tracking, viewing
from relance.app.answering import ConfirmationNeeded, Visitor
from relance.app.ports.pages import QuoteView, Said
from relance.app.viewing import Shown
from relance.domain.errors import Conflict, NotFound, OutcomeUnknown, Rejected, Retry
from relance.runtime.observability import Log, metric
from relance.runtime.pages import Answer, Event, form, no_content, page, pdf, see_other
from relance.runtime.problems import RETRY_AFTER_S, problem

log = Log("public_page")
_parts = cache(wire)
_TYPED = ("name", "mention", "reason", "text")


def handler(event: Event, _context: object) -> Answer:
    """Answer one event of payload 2.0."""
    return answer(event, _parts())


@dataclass(frozen=True)
class Request:
    """One request, read only as far as its route asks."""

    event: Event
    parts: Parts

    @property
    def token(self) -> str:
        return str((self.event.get("pathParameters") or {}).get("token", ""))

    @property
    def route(self) -> str:
        return str(self.event.get("routeKey", ""))

    @property
    def up(self) -> str:
        """How to come back from this address to that of the page."""
        return "../" if self.route.count("/") > 2 else ""

    @cached_property
    def form(self) -> dict[str, str]:
        return form(self.event)

    @property
    def shown(self) -> Shown:
        return Shown(self.form.get("document_sha256", ""), self.form.get("form_token", ""))

    @property
    def visitor(self) -> Visitor:
        http = (self.event.get("requestContext") or {}).get("http") or {}
        return Visitor(str(http.get("sourceIp", "")), str(http.get("userAgent", "")))


def show(request: Request) -> Answer:
    parts = request.parts
    view = viewing.open_page(parts.ctx, parts.door, request.token)
    asked = (request.event.get("queryStringParameters") or {}).get("question") == "envoyee"
    said = Said("Votre question est enregistrée. Vous recevrez une réponse par courriel.") if asked else Said()
    return page(parts.pages.document(view, said, up=request.up))


def show_pdf(request: Request) -> Answer:
    parts = request.parts
    found = viewing.open_pdf(parts.ctx, parts.door, request.token, parts.documents())
    return pdf(found.body, found.filename)


def seen(request: Request) -> Answer:
    parts = request.parts
    viewing.seen(parts.ctx, parts.door, request.token, request.shown, parts.activity)
    return no_content()


def accept(request: Request) -> Answer:
    parts, sent = request.parts, request.form
    name, mention = sent.get("name", ""), sent.get("mention", "")
    try:
        quote = answering.accept(
            parts.ctx,
            parts.door,
            request.token,
            request.shown,
            request.visitor,
            name=name,
            mention=mention,
            confirmed=sent.get("confirmed") == "yes",
        )
    except ConfirmationNeeded:
        view = viewing.open_page(parts.ctx, parts.door, request.token)
        assert isinstance(view, QuoteView)
        return page(parts.pages.confirmation(view, name=name, mention=mention, up=request.up))
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
    text = request.form.get("text", "")
    answering.question(parts.ctx, parts.door, request.token, request.shown, parts.activity, text=text)
    return see_other(f"../{request.token}?question=envoyee")


def show_opt_out(request: Request) -> Answer:
    parts = request.parts
    return page(parts.pages.opt_out(tracking.open_opt_out(parts.ctx, parts.door, request.token), Said()))


def opt_out(request: Request) -> Answer:
    """No redirection here: a mail program that unsubscribes in one click follows none. RFC 8058 § 3.1."""
    parts, sent = request.parts, request.form
    tracking.opt_out(
        parts.ctx,
        parts.door,
        request.token,
        proof=sent.get("form_token", ""),
        one_click=sent.get("List-Unsubscribe") == "One-Click",
    )
    return show_opt_out(request)


ROUTES: dict[str, Callable[[Request], Answer]] = {
    "GET /q/{token}": show,
    "GET /q/{token}/pdf": show_pdf,
    "POST /q/{token}/seen": seen,
    "POST /q/{token}/accept": accept,
    "POST /q/{token}/refuse": refuse,
    "POST /q/{token}/question": question,
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
        return _failed(request, error)


def _failed(request: Request, error: Exception) -> Answer:
    told, _ = problem(error)
    status = HTTPStatus(told.status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, Retry):
        request_id = str((request.event.get("requestContext") or {}).get("requestId", ""))
        log.failure("request failed", error, route=request.route, request_id=request_id)
        metric("RequestFailed", service="public_page")
    if isinstance(error, Rejected) and not isinstance(error, NotFound):
        try:
            return _told(request, error, status)
        except Exception as worse:  # the document itself is out of reach: say at least what was wrong
            log.failure("page could not be shown again", worse, route=request.route)
    return _message(request, error, status)


def _told(request: Request, error: Rejected, status: HTTPStatus) -> Answer:
    """The page again, with what was wrong and what was typed."""
    parts = request.parts
    answered = isinstance(error, Conflict) and error.code.startswith("quote_")
    if answered and request.route.startswith("GET "):
        status = HTTPStatus.GONE  # the PDF of an offer that was closed
    if request.route.endswith("/u/{token}"):
        view = tracking.open_opt_out(parts.ctx, parts.door, request.token)
        return page(parts.pages.opt_out(view, Said(error.message, is_error=True)), status)
    said = Said(
        error.message,
        is_error=not answered,
        faults={fault.pointer: fault.message for fault in error.faults},
        typed=_typed(request),
    )
    return page(
        parts.pages.document(viewing.open_page(parts.ctx, parts.door, request.token), said, up=request.up), status
    )


def _typed(request: Request) -> dict[str, str]:
    try:
        return {name: request.form[name] for name in _TYPED if name in request.form}
    except Rejected:
        return {}


def _message(request: Request, error: Exception, status: HTTPStatus) -> Answer:
    title, sentence = _words(error)
    reply: dict[str, Any] = page(request.parts.pages.message(title, sentence), status)
    if isinstance(error, Retry):
        reply["headers"]["Retry-After"] = str(RETRY_AFTER_S)
    return reply


def _words(error: Exception) -> tuple[str, str]:
    match error:
        case NotFound():
            return "Lien introuvable", (
                "Ce lien n’existe pas ou n’est plus valable. Vérifiez qu’il est complet, ou demandez à l’expéditeur "
                "de vous l’envoyer à nouveau."
            )
        case Retry():
            return "Un instant, s’il vous plaît", (
                "Le service est très demandé et rien n’a été enregistré. Réessayez dans quelques secondes."
            )
        case OutcomeUnknown():
            return "Votre réponse est peut-être enregistrée", (
                "La connexion s’est interrompue au mauvais moment. Revenez à la page du devis dans une minute : "
                "elle dira si votre réponse y est. Ne recommencez que si elle n’y est pas."
            )
        case Rejected():
            return "Demande impossible", error.message
        case _:
            return "Une erreur s’est produite", (
                "Elle vient de notre côté et nous en sommes avertis. Réessayez dans quelques minutes."
            )
