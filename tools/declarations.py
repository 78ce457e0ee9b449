"""Parse WeasyPrint's declarations of the native functions when the PDF layer is built, not at each cold start.

WeasyPrint declares them as C text, which cffi parses with pycparser at import, and again for each type that is first
used: a sixth of the time to the first PDF. cffi can write what it parsed as a Python module ("out-of-line ABI mode");
`relance.adapters.weasyprint_import` takes it when it was made from the very text that WeasyPrint declares.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import io
from pathlib import Path

import cffi  # type: ignore[import-untyped]  # ships no types

MODULE = "weasyprint_declarations"


def write(packages: Path) -> None:
    """Add the module to `packages`, which holds WeasyPrint. Fails when WeasyPrint declares in another way."""
    text = declared((packages / "weasyprint" / "text" / "ffi.py").read_text(encoding="utf-8"))
    ffi = cffi.FFI()
    ffi.cdef(text)
    ffi.set_source(MODULE, None)
    target = packages / f"{MODULE}.py"
    with contextlib.redirect_stdout(io.StringIO()):  # it says what it generates
        ffi.emit_python_code(str(target))
    digest = hashlib.sha256(text.encode()).hexdigest()
    target.write_text(f'{target.read_text()}\nSHA256 = "{digest}"  # of the text that was parsed\n')


def declared(source: str) -> str:
    """The argument of the one `ffi.cdef(…)`."""
    (call,) = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "cdef"
    ]
    return str(ast.literal_eval(call.args[0]))
