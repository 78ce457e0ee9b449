"""A burst waits for a free worker instead of starting a process for each request.

Seen: fifty requests at once start fifty interpreters of one function, and again fifty of each function that follows;
a laptop of two cores needs minutes to get through what two workers do in seconds. On AWS these are machines of their
own; here they share ours. No function of ours calls itself, so waiting cannot wait for its own caller.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from local.repairs.patching import wrap

WORKERS = max(2, os.cpu_count() or 2)  # per function
PATIENCE_S = 120.0
GLANCE_S = 0.005
LONGEST_GLANCE_S = 0.15  # two hundred who look every five milliseconds keep the one who works from working

Acquire = Callable[..., tuple[Any, str]]


def apply() -> None:
    wrap(lambda_runtime, "acquire_worker", _waiting)
    wrap(lambda_svc, "acquire_worker", _waiting)


def _waiting(acquire: Acquire) -> Acquire:
    def repaired(*args: Any, **options: Any) -> tuple[Any, str]:
        options["max_concurrency"] = min(options.get("max_concurrency") or WORKERS, WORKERS)
        deadline, glance = time.monotonic() + PATIENCE_S, GLANCE_S
        while True:
            worker, how = acquire(*args, **options)
            if worker is not None or time.monotonic() > deadline:
                return worker, how
            time.sleep(glance)
            glance = min(glance * 1.5, LONGEST_GLANCE_S)

    return repaired
