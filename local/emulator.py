"""The emulator's process: MiniStack with our repairs; started by `local.cloud`, never by hand.

It ends when its standard input closes: a launcher that is killed (even by SIGKILL) leaves no emulator behind, and an
emulator that ends closes the inputs of its Lambda workers, which end in turn.
"""

from __future__ import annotations

import os
import signal
import sys
import threading


def main() -> None:
    threading.Thread(target=_end_with_the_launcher, name="launcher-watch", daemon=True).start()

    from local import repairs  # noqa: PLC0415 - imports the emulator, which reads its environment when imported

    repairs.apply(os.environ.get("RELANCE_REPAIRS", "all"))

    from ministack.app import main as serve  # noqa: PLC0415

    sys.argv = ["ministack"]
    serve()


def _end_with_the_launcher() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
