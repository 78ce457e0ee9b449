"""Who is known to fetch without reading: the packaged lists, read once per process."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from relance.domain.tracking.robots import KnownRobots, NetworkKind


@cache
def load_robots() -> KnownRobots:
    """`resources/tracking/robots.toml` and `scanner_agents.txt`."""
    told = tomllib.loads(_read("robots.toml"))
    crawlers = tuple(line for line in _read("scanner_agents.txt").splitlines() if line and not line.startswith("#"))
    networks = tuple((NetworkKind(entry["kind"]), tuple(entry["prefixes"])) for entry in told["networks"])
    return KnownRobots((*crawlers, *_patterns(told, "scanner")), _patterns(told, "mail_proxy"), networks)


def _patterns(told: dict[str, Any], kind: str) -> tuple[str, ...]:
    return tuple(pattern for entry in told["agents"] if entry["kind"] == kind for pattern in entry["patterns"])


def _read(name: str) -> str:
    return (files("relance") / "resources" / "tracking" / name).read_text(encoding="utf-8")
