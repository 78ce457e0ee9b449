"""Errors to HTTP: one table that knows every error of ours."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest

import relance
from relance.app.ports.store import AlreadyAnswered, EntityMoved
from relance.domain import errors
from relance.domain.errors import Fault, RelanceError
from relance.runtime import problems
from relance.runtime.problems import STATUS, problem

EXPECTED = {
    errors.Invalid: 422,
    errors.IdempotencyMismatch: 422,
    errors.NotFound: 404,
    errors.Conflict: 409,
    EntityMoved: 409,
    AlreadyAnswered: 409,
    errors.StaleVersion: 412,
    errors.Forbidden: 403,
    errors.Retry: 503,
    errors.Contention: 503,
    errors.Stop: 500,
    errors.OutcomeUnknown: 500,
    errors.Corrupted: 500,
    problems.Unauthenticated: 401,
    problems.PreconditionRequired: 428,
    problems.TooLarge: 413,
    problems.NoSuchRoute: 404,
}


@pytest.mark.parametrize(("kind", "status"), EXPECTED.items(), ids=lambda value: getattr(value, "__name__", str(value)))
def test_each_error_has_its_status_and_keeps_its_code(kind: type[RelanceError], status: int) -> None:
    body, _ = problem(kind("Une phrase."))
    assert (body.status, body.code, body.detail) == (status, kind.code, "Une phrase.")


def test_every_fate_of_the_tree_is_decided_by_a_line_of_its_own() -> None:
    """A status may be inherited from Conflict or Retry; from the root it would be forgotten, not chosen."""
    for kind in _subclasses(RelanceError):
        row = next(base for base in kind.__mro__ if base in STATUS)
        assert (
            row not in {RelanceError, errors.Rejected} or kind is errors.Rejected or kind.__name__ in BEHIND_THE_EDGE
        ), kind


# Never reach the JSON API: the authorizer and the customer's page answer these themselves.
BEHIND_THE_EDGE = {"InvalidToken", "ConfirmationNeeded", "WithdrawalUnconfirmed"}


def test_faults_are_told_with_their_pointers() -> None:
    body, _ = problem(errors.Invalid("Non.", faults=[Fault("/lines/0/quantity", "Trop.", "too_large")]))
    assert [(f.pointer, f.message, f.code) for f in body.faults] == [("/lines/0/quantity", "Trop.", "too_large")]


def test_what_may_succeed_later_says_when() -> None:
    assert problem(errors.Contention("Encore."))[1] == {"Retry-After": "2"}
    assert problem(errors.Conflict("Non."))[1] == {}


def test_what_we_did_not_expect_tells_nothing() -> None:
    body, _ = problem(ValueError("secret"), request_id="r")
    assert (body.status, body.code, body.instance) == (500, "internal", "urn:relance:request:r")
    assert "secret" not in body.detail


def _subclasses(kind: type[RelanceError]) -> Iterator[type[RelanceError]]:
    for module in walk_packages(relance.__path__, "relance."):
        if ".adapters" not in module.name and ".resources" not in module.name:
            import_module(module.name)
    pending = [kind]
    while pending:
        for sub in pending.pop().__subclasses__():
            pending.append(sub)
            if sub.__module__.startswith("relance."):
                yield sub
