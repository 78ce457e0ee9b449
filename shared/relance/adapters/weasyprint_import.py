"""Importing WeasyPrint without what our documents never use: less than half the time in a cold process.

WeasyPrint tries each spelling of a library's name, and cffi looks for each in many folders or even starts gcc and
ldconfig; the spelling of Linux loads by itself, so the others are refused at once. Half of the rest goes to the parts
of fontTools that cut fonts, which HarfBuzz does here, to the parser of HTML, which expat is for our pages, and to
tables of what photographs tell of themselves: they are loaded if ever one of them is asked for something.
Measured on a slow machine: 2.9 s as it comes, 1.3 s this way.

In the layer there is also `weasyprint_declarations`, made at build by tools/declarations.py: what cffi would parse from
WeasyPrint's C declarations, 0.2 s on the same machine. Where it is missing, or made from another text, cffi parses.

A tenth goes to WeasyPrint's own style sheet for HTML: it gets resources/css/user-agent.css, and none for forms and for
attributes that style, which it does not use unless asked to.
"""

import hashlib
import importlib
import importlib.resources
import importlib.util
import mimetypes
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Final

USER_AGENT: Final = Path(__file__).resolve().parent.parent / "resources" / "css" / "user-agent.css"
_SELDOM: Final = ("fontTools.subset", "fontTools.ttLib", "fontTools.varLib", "fontTools.varLib.instancer", "tinyhtml5")


def import_weasyprint() -> Any:
    """The module `weasyprint`. Nothing stays changed for whoever imports fontTools or looks for a library later."""
    if "weasyprint" in sys.modules:
        return sys.modules["weasyprint"]
    import cffi  # type: ignore[import-untyped]  # noqa: PLC0415 - with the first document; ships no types

    parser, files, known_types = cffi.FFI, importlib.resources.files, mimetypes.knownfiles
    cffi.FFI = lambda: _Declared(parser)
    mimetypes.knownfiles = []  # what this machine adds to the standard library's is not for documents
    importlib.resources.files = _files
    later = {name: _Later(name) for name in _SELDOM if name not in sys.modules}
    sys.modules.update(later)
    _when_asked("PIL.ExifTags")
    try:
        import weasyprint  # noqa: PLC0415 - the whole point is when
    finally:
        cffi.FFI, importlib.resources.files, mimetypes.knownfiles = parser, files, known_types
        mimetypes.inited = False
        for name in later:
            del sys.modules[name]
    from relance.adapters.weasyprint_sheets import sheet  # noqa: PLC0415 - imports it

    html = weasyprint.html
    html.UA_STYLESHEET = sheet(USER_AGENT.read_text(encoding="utf-8"), html.UA_COUNTER_STYLE)
    weasyprint.UA_STYLESHEET = html.UA_STYLESHEET
    return weasyprint


class _Later(ModuleType):
    """Stands for a module, and for what is in it, until it is called or asked whether something is of its kind."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Exception if name.endswith("Error") else _Later(f"{self.__name__}.{name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._real()(*args, **kwargs)

    def __instancecheck__(self, one: object) -> bool:
        return isinstance(one, self._real())

    def _real(self) -> Any:
        name, found, parts = self.__name__, None, []
        while found is None:
            try:
                found = importlib.import_module(name)
            except ModuleNotFoundError:
                name, _, part = name.rpartition(".")
                parts.append(part)
        for part in reversed(parts):
            found = getattr(found, part)
        return found


def _when_asked(name: str) -> None:
    """Have a module loaded when something in it is first asked for, as the standard library does."""
    if name in sys.modules or (spec := importlib.util.find_spec(name)) is None or spec.loader is None:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


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

    def dlopen(self, name: str, *flags: int) -> Any:
        if ".so" not in name and ".dylib" not in name:
            raise OSError(f"{name}: not a spelling of this machine")
        return self._ffi.dlopen(name, *flags)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        value = getattr(self._ffi, name)
        setattr(self, name, value)  # found without this detour from now on
        return value


def _files(package: Any) -> Any:
    """`importlib.resources.files` for folders, without WeasyPrint's style sheets; it keeps this function."""
    name = getattr(package, "__name__", package)
    return _Sheets() if name == "weasyprint.css" else Path(next(iter(importlib.import_module(name).__path__)))


class _Sheets:
    """The folder of WeasyPrint's style sheets, all of them empty: ours for HTML comes after."""

    def __truediv__(self, name: str) -> SimpleNamespace:
        return SimpleNamespace(read_text=lambda encoding: "")
