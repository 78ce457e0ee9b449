"""The simulated clock of a local cloud: one small JSON file that every process reads.

`{"origin_real": s, "origin_sim": s, "rate": r}`, seconds since 1970 in UTC, and
`simulated = origin_sim + (real - origin_real) * rate`. A change rewrites the file in one atomic step and never turns
simulated time back: the journal's instants are monotone.

    python -m local.clock                      what time is it there?
    python -m local.clock advance 2027-01-31   jump forward to an instant, or by +3d, +2h, +45m
    python -m local.clock rate 3600            an hour per second; 1 is real time, 0 stands still
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

STEP = re.compile(r"\+(\d+)([dhms])")
UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where simulated time starts and how fast it runs; seconds since 1970."""

    origin_real: float
    origin_sim: float
    rate: float

    def simulated(self, real: float) -> float:
        return self.origin_sim + (real - self.origin_real) * self.rate


class ClockFile:
    """Read and move the clock in `path`. Safe for several readers and one writer."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, Origin] | None = None

    def ensure(self) -> None:
        """Start the clock at real time unless the file is there already."""
        if not self.path.exists():
            real = time.time()
            self._write(Origin(real, real, 1.0))

    def now(self) -> datetime:
        """The simulated instant, UTC."""
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def timestamp(self) -> float:
        """The simulated instant in seconds since 1970."""
        return self._origin().simulated(time.time())

    @property
    def rate(self) -> float:
        """Simulated seconds per real second."""
        return self._origin().rate

    def advance(self, to: datetime | timedelta) -> datetime:
        """Jump forward to an instant, or by a duration; returns the new simulated instant.

        ValueError for an instant that is past already: simulated time never goes back.
        """
        real = time.time()
        origin = self._origin()
        here = origin.simulated(real)
        there = here + to.total_seconds() if isinstance(to, timedelta) else _aware(to).timestamp()
        if there < here:
            raise ValueError(f"the clock shows {datetime.fromtimestamp(here, UTC):%F %T}Z and does not go back to {to}")
        self._write(Origin(real, there, origin.rate))
        return datetime.fromtimestamp(there, UTC)

    def set_rate(self, rate: float) -> None:
        """Run at `rate` simulated seconds per real second from now on; 0 stands still."""
        if rate < 0:
            raise ValueError("simulated time does not run backwards")
        real = time.time()
        self._write(Origin(real, self._origin().simulated(real), rate))

    def _origin(self) -> Origin:
        # inode and mtime: two rewrites within one tick of the file system's clock are still told apart.
        stat = self.path.stat()
        stamp = hash((stat.st_ino, stat.st_mtime_ns))
        if self._seen is None or self._seen[0] != stamp:
            self._seen = (stamp, Origin(**json.loads(self.path.read_bytes())))
        return self._seen[1]

    def _write(self, origin: Origin) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(f".{os.getpid()}.tmp")
        partial.write_text(json.dumps(asdict(origin)) + "\n")
        partial.replace(self.path)


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone; say which one is meant")
    return instant


def parse_target(text: str) -> datetime | timedelta:
    """`+3d` as a duration, anything else as an ISO 8601 instant; a bare date is midnight UTC."""
    if match := STEP.fullmatch(text):
        return timedelta(**{UNITS[match[2]]: int(match[1])})
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.clock", description="Read or move the local cloud's clock.")
    parser.add_argument("--state", type=Path, default=Path(".local"), help="state directory of the local cloud")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("advance").add_argument("to", help="+3d, +2h, +45m or an ISO 8601 instant")
    commands.add_parser("rate").add_argument("rate", type=float, help="simulated seconds per real second")
    args = parser.parse_args()
    clock = ClockFile(args.state / "clock.json")
    if args.command == "advance":
        clock.advance(parse_target(args.to))
    elif args.command == "rate":
        clock.set_rate(args.rate)
    print(f"{clock.now():%Y-%m-%dT%H:%M:%SZ}, {clock.rate:g} simulated seconds per second")


if __name__ == "__main__":
    main()
