"""Transforming the template takes a third of a second, not nine.

Seen: the SAM transform makes deep copies of the whole API before and after it adds each route, so that 180 routes copy
2.6 million objects. Nobody but the transform holds the document that is copied. Speed only: the template that comes out
is the same (tests/template/test_transform.py).
"""

from __future__ import annotations

from local.repairs.patching import EmulatorChangedError


def apply() -> None:
    """Let the transform work on the API's document itself, in this process. Doing it twice is doing it once."""
    from samtranslator.open_api import open_api  # noqa: PLC0415 - only who transforms a template pays for it

    if not callable(getattr(open_api, "_deepcopy", None)):
        raise EmulatorChangedError("samtranslator.open_api.open_api._deepcopy is gone")
    open_api._deepcopy = _same


def _same(document: object) -> object:
    return document
