"""Puts functions of ours where WeasyPrint has its own, and knows what was there: nothing of it is edited or copied.

Only for the one version that the lock file pins. Another one is left as it comes: slower, and right.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import weasyprint

MADE_FOR: Final = "70.0"  # the insides that the modules weasyprint_* know; the lock file pins the same

TAKEN: dict[tuple[Any, str], tuple[Any, Any]] = {}  # owner, name: what was there, what is there now


def known() -> bool:
    """Is this the version whose insides we know?"""
    return bool(weasyprint.__version__ == MADE_FOR)


def put(owner: Any, name: str, ours: Any) -> None:
    """`ours` instead of `owner.name`, and of the same object in every module of WeasyPrint that imported it."""
    theirs = vars(owner)[name]
    if (owner, name) in TAKEN:
        return  # installed before
    places = [(owner, name)]
    if not isinstance(owner, type):
        places += [
            (module, held)
            for module in _modules()
            for held, value in vars(module).items()
            if value is theirs and module is not owner
        ]
    for place in places:
        TAKEN[place] = theirs, ours
        setattr(*place, ours)


@contextmanager
def as_it_comes(*but: str) -> Iterator[None]:
    """WeasyPrint without any of it, except for the names in `but`: what tests and measurements compare with."""
    places = {place: both for place, both in TAKEN.items() if place[1] not in but}
    for place, (theirs, _) in places.items():
        setattr(*place, theirs)
    try:
        yield
    finally:
        for place, (_, ours) in places.items():
            setattr(*place, ours)


def _modules() -> list[Any]:
    return [module for name, module in list(sys.modules.items()) if name.partition(".")[0] in ("weasyprint", "pydyf")]
