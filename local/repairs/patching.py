"""Replacing a function of the emulator, with the certainty that it was there."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any


class EmulatorChangedError(RuntimeError):
    """The emulator no longer has the code that a repair was written for."""


def wrap(owner: ModuleType | type, name: str, wrapper: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Replace `owner.name` by `wrapper(original)`."""
    original = getattr(owner, name, None)
    if not callable(original):
        raise EmulatorChangedError(f"{owner.__name__}.{name} is gone")
    setattr(owner, name, wrapper(original))
