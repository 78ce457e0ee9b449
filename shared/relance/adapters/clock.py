"""Time: the system's on AWS; on the local cloud a simulated one, kept in a small file that every process reads.

The file holds `{"origin_real": s, "origin_sim": s, "rate": r}` (seconds since 1970, UTC) and
`simulated = origin_sim + (real - origin_real) * rate`; it is rewritten in one atomic step (`local/clock.py`).
"""

import json
import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from relance.domain.calendar_fr import from_ms

if TYPE_CHECKING:  # the ports import what documents print: the pixel tells the time without it
    from relance.app.ports.outside import Clock


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The current instant, UTC, to the millisecond."""
        return from_ms(time.time_ns() // 1_000_000)

    def to_real(self, instant: datetime) -> datetime:
        """The instant itself: there is no other time here."""
        return instant


class FileClock:
    """Simulated time. Reading costs one `stat`; the file is parsed again only when it was rewritten."""

    def __init__(self, path: "str | os.PathLike[str]") -> None:
        self._path = path
        self._stamp: tuple[int, int] = (0, 0)
        self._origin_real = self._origin_sim = self._rate = 0.0

    def now(self) -> datetime:
        """The simulated instant, UTC, to the millisecond. Raises OSError when the clock's file is gone."""
        self._refresh()
        seconds = self._origin_sim + (time.time() - self._origin_real) * self._rate
        return from_ms(int(seconds * 1000))

    def to_real(self, instant: datetime) -> datetime:
        """The instant itself: the local cloud's state machine waits on this very file (`local/repairs/waits.py`).

        A conversion made now would be wrong as soon as somebody moves the clock or changes its pace.
        """
        return instant.astimezone(UTC)

    def _refresh(self) -> None:
        # inode and mtime: two rewrites within one tick of the file system's clock are still told apart.
        stat = os.stat(self._path)
        stamp = (stat.st_ino, stat.st_mtime_ns)
        if stamp == self._stamp:
            return
        with open(self._path, "rb") as file:  # not pathlib: the pixel tells the time too, and counts its modules
            origin = json.load(file)
        self._origin_real = float(origin["origin_real"])
        self._origin_sim = float(origin["origin_sim"])
        self._rate = float(origin["rate"])
        self._stamp = stamp


def clock(clock_file: str) -> "Clock":
    """The clock that the deployment's `CLOCK_FILE` names: "" is the system's."""
    return FileClock(clock_file) if clock_file else SystemClock()
