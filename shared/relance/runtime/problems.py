"""Errors to HTTP, once, in one table: `application/problem+json` (RFC 9457) with a stable `code` and every fault.

What is not in the tree of errors is our own mistake: 500 without a word of detail, the rest is in the log.
"""

from http import HTTPStatus
from typing import Final

import msgspec

from relance.domain import errors
from relance.domain.errors import Rejected, RelanceError

CONTENT_TYPE: Final = "application/problem+json"


class Unauthenticated(Rejected):
    """No caller: the request did not pass the authorizer."""

    code = "unauthenticated"


class PreconditionRequired(Rejected):
    """A change without `If-Match`: it could undo somebody else's. RFC 6585 § 3."""

    code = "if_match_required"


class TooLarge(Rejected):
    """The body is beyond the stated limit."""

    code = "too_large"


class NoSuchRoute(Rejected):
    """Nothing is served at this path with this method."""

    code = "no_such_route"


# The most specific class that matches wins; every class of the tree has a line or inherits one (a test checks it).
STATUS: Final[dict[type[RelanceError], tuple[HTTPStatus, str]]] = {
    RelanceError: (HTTPStatus.INTERNAL_SERVER_ERROR, "Erreur interne"),
    errors.Rejected: (HTTPStatus.BAD_REQUEST, "Demande refusée"),
    Unauthenticated: (HTTPStatus.UNAUTHORIZED, "Authentification requise"),
    errors.Forbidden: (HTTPStatus.FORBIDDEN, "Droit insuffisant"),
    errors.NotFound: (HTTPStatus.NOT_FOUND, "Introuvable"),
    NoSuchRoute: (HTTPStatus.NOT_FOUND, "Adresse inconnue"),
    errors.Conflict: (HTTPStatus.CONFLICT, "Impossible dans cet état"),
    errors.StaleVersion: (HTTPStatus.PRECONDITION_FAILED, "Version dépassée"),
    TooLarge: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Demande trop volumineuse"),
    errors.Invalid: (HTTPStatus.UNPROCESSABLE_ENTITY, "Demande invalide"),
    errors.IdempotencyMismatch: (HTTPStatus.UNPROCESSABLE_ENTITY, "Clé d’idempotence déjà utilisée"),
    PreconditionRequired: (HTTPStatus.PRECONDITION_REQUIRED, "En-tête If-Match requis"),
    errors.Retry: (HTTPStatus.SERVICE_UNAVAILABLE, "Momentanément indisponible"),
    errors.Stop: (HTTPStatus.INTERNAL_SERVER_ERROR, "Erreur interne"),
}
RETRY_AFTER_S: Final = 2
_UNEXPECTED = RelanceError(
    "Une erreur inattendue s’est produite de notre côté. Réessayez ; si elle persiste, transmettez le champ instance.",
    code="internal",
)


class FaultView(msgspec.Struct, frozen=True):
    """One thing wrong: where (JSON pointer into the body, "" for the whole), what, and how to mend it."""

    pointer: str
    code: str
    message: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of every error answer. RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str = ""
    faults: tuple[FaultView, ...] = ()


def problem(error: Exception, *, request_id: str = "") -> tuple[Problem, dict[str, str]]:
    """The answer to an error, and the headers that go with it. `request_id` finds the log lines of the request."""
    told = error if isinstance(error, RelanceError) else _UNEXPECTED
    status, title = _row(type(told))
    body = Problem(
        type=f"urn:relance:problem:{told.code}",
        title=title,
        status=int(status),
        code=told.code,
        detail=told.message,
        instance=f"urn:relance:request:{request_id}" if request_id else "",
        faults=tuple(FaultView(fault.pointer, fault.code, fault.message) for fault in told.faults),
    )
    headers = {"Retry-After": str(RETRY_AFTER_S)} if isinstance(told, errors.Retry) else {}
    return body, headers


def _row(kind: type[RelanceError]) -> tuple[HTTPStatus, str]:
    return next(STATUS[base] for base in kind.__mro__ if base in STATUS)
