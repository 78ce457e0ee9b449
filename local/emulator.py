"""The emulator's process: MiniStack with our repairs; started by `local.process`, never by hand.

It ends when its standard input closes. That is how the launcher asks for it, and a launcher that is killed (even by
SIGKILL) leaves nothing behind. Handlers get a moment to finish; then their workers are ended, the state is saved, and
all is over.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time

HANDLERS_FINISH_S = 3.0
WORKERS_END_S = 2.0


def main() -> None:
    threading.Thread(target=_end_with_the_launcher, name="launcher-watch", daemon=True).start()

    from local import repairs  # noqa: PLC0415 - imports the emulator, which reads its environment when imported

    repairs.apply(os.environ.get("RELANCE_REPAIRS", "all"))

    from ministack.app import main as serve  # noqa: PLC0415

    sys.argv = ["ministack"]
    try:
        serve()  # returns or raises once the state is saved
    finally:
        _end_the_workers()


def _end_with_the_launcher() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGINT)  # MiniStack's clean way out: it waits for open requests, then saves its state
    time.sleep(HANDLERS_FINISH_S)
    # Requests that wait for a handler would hold the way out for as long as it runs.
    os.killpg(0, signal.SIGTERM)


def _end_the_workers() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)
    give_up = time.monotonic() + WORKERS_END_S
    with contextlib.suppress(ChildProcessError):  # none is left
        while time.monotonic() < give_up:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.02)


if __name__ == "__main__":
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)  # the group must be ours alone before anybody ends it
    main()
