"""Importing WeasyPrint without what our documents never use: less than half the time in a cold process.

cffi tries each spelling of a library's name and asks `ctypes.util.find_library` about each that does not load, which
starts gcc and ldconfig; the right spelling loads by itself, so nothing is lost by answering None. Half of the rest goes
to the parts of fontTools that cut fonts: HarfBuzz does that here, so they are loaded if ever one of them is called.
Measured on a slow machine: 2.9 s as it comes, 1.3 s this way.

In the layer there is also `weasyprint_declarations`, made at build by tools/declarations.py: what cffi would parse from
WeasyPrint's C declarations, 0.2 s on the same machine. Where it is missing, or made from another text, cffi parses.

A tenth goes to WeasyPrint's own style sheet for HTML: it gets resources/css/user-agent.css, and none for forms and for
attributes that style, which it does not use unless asked to.
"""

import ctypes.util
import hashlib
import importlib
import importlib.resources
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Final

_SHEET: Final = Path(__file__).resolve().parent.parent / "resources" / "css" / "user-agent.css"
_SELDOM: Final = ("fontTools.subset", "fontTools.varLib", "fontTools.varLib.instancer")


def import_weasyprint() -> Any:
    """The module `weasyprint`. Nothing stays changed for whoever imports fontTools or looks for a library later."""
    import cffi  # type: ignore[import-untyped]  # noqa: PLC0415 - with the first document; ships no types

    find_library, parser, files = ctypes.util.find_library, cffi.FFI, importlib.resources.files
    ctypes.util.find_library = lambda name: None
    cffi.FFI = lambda: _Declared(parser)
    importlib.resources.files = _files
    later = {name: _Later(name) for name in _SELDOM if name not in sys.modules}
    sys.modules.update(later)
    try:
        import weasyprint  # noqa: PLC0415 - the whole point is when
    finally:
        ctypes.util.find_library, cffi.FFI, importlib.resources.files = find_library, parser, files
        for name in later:
            del sys.modules[name]
    return weasyprint


class _Later(ModuleType):
    """Stands for a module until one of its functions or classes is called."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return getattr(importlib.import_module(self.__name__), name)(*args, **kwargs)

        return call


class _Declared:
    """Stands for `cffi.FFI()`: already knows the declarations that `cdef` is told, or has them parsed."""

    def __init__(self, parser: Any) -> None:
        self._parser = parser

    def cdef(self, text: str) -> None:
        try:
            made = importlib.import_module("weasyprint_declarations")
        except ModuleNotFoundError:
            made = None
        if made is not None and hashlib.sha256(text.encode()).hexdigest() == made.SHA256:
            self._ffi = made.ffi
        else:
            self._ffi = self._parser()
            self._ffi.cdef(text)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        value = getattr(self._ffi, name)
        setattr(self, name, value)  # found without this detour from now on
        return value


_REAL_FILES: Final = importlib.resources.files


def _files(package: Any) -> Any:
    """`importlib.resources.files`, with other style sheets for HTML; the rest of WeasyPrint keeps this function too."""
    return _Sheets() if getattr(package, "__name__", package) == "weasyprint.css" else _REAL_FILES(package)


class _Sheets:
    """The folder of WeasyPrint's style sheets: ours for HTML, nothing in the others."""

    def __truediv__(self, name: str) -> SimpleNamespace:
        text = _SHEET.read_text(encoding="utf-8") if name == "html5_ua.css" else ""
        return SimpleNamespace(read_text=lambda encoding: text)
