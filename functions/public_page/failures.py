"""Every error is a page that says what to do next; only our own faults are logged, and never with the link."""

from http import HTTPStatus

from functions.public_page.request import Request
from relance.app import tracking, unsubscribing, viewing
from relance.app.ports.pages import Drawn, Said
from relance.domain.errors import Conflict, Invalid, NotFound, OutcomeUnknown, Rejected, Retry
from relance.runtime.observability import Log, metric
from relance.runtime.pages import Answer, page
from relance.runtime.problems import RETRY_AFTER_S, problem

log = Log("public_page")
_WITHDRAW = "/q/{token}/withdraw"


def failed(request: Request, error: Exception) -> Answer:
    """The answer to a request that raised `error`: the page again where there is one, else a page of its own."""
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
        return page(opt_out_page(request, Said(error.message, is_error=True)), status)
    said = Said(
        error.message,
        is_error=not answered,
        faults={fault.pointer: fault.message for fault in error.faults},
        typed=_typed(request),
    )
    if request.route.endswith(_WITHDRAW) and isinstance(error, Invalid):
        asked = viewing.open_withdrawal(parts.ctx, parts.door, request.token)
        return page(parts.pages.withdrawal(asked, said, up=request.up), status)
    return page(
        parts.pages.document(viewing.open_page(parts.ctx, parts.door, request.token), said, up=request.up), status
    )


def opt_out_page(request: Request, said: Said) -> Drawn:
    """The page behind a mail's « ne plus … » link: reminders by the document's link, tracking by that of its pixel."""
    parts = request.parts
    if request.is_of_document:
        return parts.pages.unsubscribe(unsubscribing.open_unsubscribe(parts.ctx, parts.door, request.token), said)
    return parts.pages.opt_out(tracking.open_opt_out(parts.ctx, parts.door, request.token), said)


def _typed(request: Request) -> dict[str, str]:
    try:
        return request.typed
    except Rejected:
        return {}


def _message(request: Request, error: Exception, status: HTTPStatus) -> Answer:
    title, sentence = _words(error)
    reply = page(request.parts.pages.message(title, sentence), status)
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
