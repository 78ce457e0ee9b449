"""Tasks of a state machine: a payload in, a payload out, and errors under names that the machine can match.

Two names leave here beside those of Lambda itself. `Retry`: transient, or the answer of a write was lost; running the
task again is right, because every task of ours may be repeated. `TaskFailed`: anything else; repeating changes nothing.
Their text is a code and a class name: an execution's history is readable by more people than the documents are.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from relance.contracts.lifecycle import DocumentTask
from relance.domain.errors import OutcomeUnknown, RelanceError, Retry
from relance.runtime.observability import Log

T = TypeVar("T", bound=DocumentTask)
Handler = Callable[[dict[str, Any], object], dict[str, Any]]


class TaskFailed(Exception):
    """The task cannot succeed as things are."""


def task(
    log: Log, kind: type[T], work: Callable[[T], Mapping[str, Any]], *, own: tuple[type[Retry], ...] = ()
) -> Handler:
    """The Lambda handler of `work`. Errors of the classes in `own` keep their name: the machine treats them apart."""

    def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
        asked = msgspec.convert(event, kind)
        log.correlate(f"{asked.id}-{asked.turn}")
        try:
            return dict(work(asked))
        except (Retry, OutcomeUnknown) as error:
            log.warning("task to be tried again", tenant=asked.tenant, document_id=asked.id, code=error.code)
            name = type(error) if isinstance(error, own) else Retry
            raise name(error.code, code=error.code) from error
        except Exception as error:
            log.failure("task failed", error, tenant=asked.tenant, document_kind=asked.kind, document_id=asked.id)
            code = error.code if isinstance(error, RelanceError) else "unexpected"
            raise TaskFailed(f"{code}: {type(error).__name__}") from None

    return handler
