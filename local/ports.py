"""Ports that stay free between the moment when they are chosen and the moment when somebody listens there."""

from __future__ import annotations

import random
import socket
from typing import Final

# Below those that systems lend to outgoing connections (32768 on Linux, 49152 by RFC 6335 section 6, checked 2026-11):
# a deployment takes a minute and opens hundreds of connections, and one of them may hold the port by then.
CHOSEN_FROM: Final = range(20_000, 32_000)
_ATTEMPTS: Final = 100


def free_port(wanted: int = 0) -> int:
    """`wanted` if it is free on 127.0.0.1, else any free port. Raises OSError when none is found."""
    if wanted and _is_free(wanted):
        return wanted
    for candidate in random.sample(CHOSEN_FROM, _ATTEMPTS):
        if _is_free(candidate):
            return candidate
    raise OSError("no free port on 127.0.0.1")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
