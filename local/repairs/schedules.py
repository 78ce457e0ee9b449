"""EventBridge schedules follow the simulated clock.

Seen: the scheduler counts real time. With the clock file, `rate(15 minutes)` and cron expressions are due in
simulated time; a jump over several occurrences fires once, as EventBridge does after an interruption. The ticker
looks every second, not every 10.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from ministack.services import scheduler

from local.clock import ClockFile
from local.repairs.patching import EmulatorChangedError


class SimulatedTime:
    """What the scheduler uses of the module `time`: the instant is simulated, the ticker's pause is real."""

    def __init__(self, clock: ClockFile) -> None:
        self.time = clock.timestamp
        self.sleep = time.sleep


def apply() -> None:
    if scheduler.time is not time or not hasattr(scheduler, "_SCHEDULE_TICK_INTERVAL"):
        raise EmulatorChangedError("the scheduler reads time in another way")
    scheduler.time = SimulatedTime(ClockFile(Path(os.environ["RELANCE_CLOCK_FILE"])))
    scheduler._SCHEDULE_TICK_INTERVAL = 1
