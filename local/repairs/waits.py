"""A state machine waits in simulated time.

Seen: Wait compares its timestamp with the system's clock, so a scenario of a month lasts a month. Here an instant is
read on the clock file: the wait ends when the clock *shows* it, whether it got there by running or by a jump. Seconds
are simulated seconds. (`SFN_WAIT_SCALE` skips waits but moves no clock: mails, PDF and journal would disagree on the
date.)
"""

from __future__ import annotations

import os
import time
from datetime import datetime
from pathlib import Path

from ministack.services import stepfunctions

from local.clock import ClockFile
from local.repairs.patching import wrap

LOOK_AGAIN_S = 0.1


def apply() -> None:
    clock = ClockFile(Path(os.environ["RELANCE_CLOCK_FILE"]))

    def until_shown(instant_s: float) -> None:
        while (left_s := instant_s - clock.timestamp()) > 0:
            # The clock may jump or change its pace meanwhile: look at it again soon, however long the wait.
            time.sleep(min(LOOK_AGAIN_S, left_s / clock.rate) if clock.rate else LOOK_AGAIN_S)

    def sleep_until(timestamp: str) -> None:
        until_shown(datetime.fromisoformat(timestamp).timestamp())

    def sleep_for(seconds: float) -> None:
        until_shown(clock.timestamp() + seconds)

    wrap(stepfunctions, "_sleep_until", lambda _: sleep_until)
    wrap(stepfunctions, "_scaled_sleep", lambda _: sleep_for)
