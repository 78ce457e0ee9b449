"""`make run`: the local cloud with the demo company, up until Ctrl-C.

The first start (or `FRESH=1`) loads the demo company and does the main job once, with its progress on the terminal;
later starts find their data as it was left.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from local.cloud import LocalCloud, Ports
from local.deploy import DeploymentError
from local.main_job import MainJob
from local.process import EmulatorError
from local.state import AlreadyRunningError

STATE = Path(".local")
PORTS = Ports(front=8080, mailbox=8025, timestamps=3161, emulator=4566)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make run", description="Start the local cloud and stay up.")
    parser.add_argument("--fresh", action="store_true", help="begin with an empty cloud")
    parser.add_argument("--state", type=Path, default=STATE)
    args = parser.parse_args()
    stop = _on_signals()
    started = time.monotonic()
    try:
        with LocalCloud.start(args.state, fresh=args.fresh, ports=PORTS, say=_say) as cloud:
            _say(f"Ready in {time.monotonic() - started:.0f} s")
            _print_addresses(cloud, _play_once(cloud))
            stop.wait()
            _say("Stopping (your data stays)")
    except (AlreadyRunningError, DeploymentError, EmulatorError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # while starting: the context manager has stopped what was up
        return 130
    return 0


def _on_signals() -> threading.Event:
    """An event that Ctrl-C or SIGTERM sets; before the cloud is up, the same signals interrupt the start."""
    stop = threading.Event()

    def once(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set() or not _up.is_set():
            raise KeyboardInterrupt
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, once)
    return stop


_up = threading.Event()


def _play_once(cloud: LocalCloud) -> str:
    """Load the demo company and do the main job, unless this cloud has done it already; the customer's page."""
    done = cloud.state.demo_page
    if not done.exists():
        job = MainJob(cloud, say=_say)
        job.run()
        done.write_text(f"{job.leave_work_open()}\n")
    return done.read_text().strip()


def _print_addresses(cloud: LocalCloud, page: str) -> None:
    _up.set()
    home = os.path.relpath(cloud.state.api_key)
    print(
        f"""
  Application   {cloud.public_url}/
  API           {cloud.api_url}/v1
  API key       {cloud.api_key}   (also in {home})
  Mailbox       {cloud.mailbox_url}/
  A customer's  {page}

  curl -H 'Authorization: Bearer {cloud.api_key}' {cloud.api_url}/v1/company
  python -m local.clock advance +7d     moves the clock
  Ctrl-C stops everything.
""",
        flush=True,
    )


def _say(line: str) -> None:
    print(f"· {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
