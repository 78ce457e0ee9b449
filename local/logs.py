"""What the functions of a running local cloud wrote to their logs.

python -m local.logs                    every function, oldest line first
python -m local.logs reminder_step -f       one function, and what it writes from now on
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.clients import client
from local.state import Memory, State

LOOK_AGAIN_S = 1.0


def lines(logs: Any, function: str | None, after_ms: int = 0) -> list[tuple[int, str, str]]:
    """(real instant in ms, folder of the function, line) of what was written after an instant, in its order."""
    wanted = None if function is None else "".join(part.capitalize() for part in function.split("_"))
    groups = {group: _short(group) for group in _groups(logs) if wanted in (None, _short(group))}
    found = []
    for group, short in groups.items():
        events = logs.filter_log_events(logGroupName=group, startTime=after_ms + 1)["events"]
        found += [(event["timestamp"], short, event["message"].rstrip()) for event in events]
    return sorted(found, key=lambda line: line[0])


def _groups(logs: Any) -> Iterator[str]:
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            if _short(group["logGroupName"]):
                yield group["logGroupName"]


def _short(group: str) -> str:
    """`QuotesApi` of `…/QuotesApiLogGroup`; empty for a group that is not a function's."""
    name = group.rpartition("/")[2]
    return name.removesuffix("LogGroup") if name.endswith("LogGroup") and name != "ApiLogGroup" else ""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.logs", description="The logs of a running local cloud.")
    parser.add_argument("function", nargs="?", help="folder of the function, e.g. reminder_step")
    parser.add_argument("-f", "--follow", action="store_true", help="go on with what is written from now on")
    parser.add_argument("--state", type=Path, default=Path(".local"))
    args = parser.parse_args()
    logs = client(f"http://127.0.0.1:{Memory.load(State(args.state).memory).emulator_port}", "logs")
    after_ms = 0
    while True:
        for at_ms, name, line in lines(logs, args.function, after_ms):
            print(f"{time.strftime('%H:%M:%S', time.localtime(at_ms / 1000))} {name:<16} {line}", flush=True)
            after_ms = max(after_ms, at_ms)
        if not args.follow:
            return
        time.sleep(LOOK_AGAIN_S)


if __name__ == "__main__":
    main()
