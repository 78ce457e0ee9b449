"""Python errors keep their name.

Seen: every exception of a Python handler is reported as `errorType: Runtime.HandlerError`, so that Retry and Catch of
a state machine never match by name. On AWS errorType is the name of the exception's class (Lambda guide, "Python
function errors", checked 2026-11).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from local.repairs.patching import EmulatorChangedError, wrap

SEEN = '"error": str(e), "trace": traceback.format_exc()'
MENDED = '"error": str(e), "error_type": type(e).__name__, "trace": traceback.format_exc()'

_last = threading.local()


def apply() -> None:
    if lambda_runtime._PYTHON_WORKER_SCRIPT.count(SEEN) != 1:
        raise EmulatorChangedError("the Python worker reports errors in another way")
    lambda_runtime._PYTHON_WORKER_SCRIPT = lambda_runtime._PYTHON_WORKER_SCRIPT.replace(SEEN, MENDED)
    wrap(lambda_runtime.Worker, "invoke", _remember)
    wrap(lambda_svc, "_execute_function_warm", _report)


def _remember(invoke: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def repaired(self: object, *args: Any, **kwargs: Any) -> dict[str, Any]:
        result = invoke(self, *args, **kwargs)
        # An invocation runs on the thread that reports it, so nobody else's error can be read here.
        _last.error_type = result.get("error_type")
        return result

    return repaired


def _report(execute: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def repaired(*args: Any, **kwargs: Any) -> dict[str, Any]:
        _last.error_type = None
        result = execute(*args, **kwargs)
        body = result.get("body")
        if result.get("error") and isinstance(body, dict) and _last.error_type:
            body["errorType"] = _last.error_type
        return result

    return repaired
