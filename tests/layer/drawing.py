"""What the isolated process of test_pdf_layer runs: one document from standard input, drawn; what was loaded, told.

It is given nothing but Lambda's layout: our code and the layers on PYTHONPATH, `lib/` of the layer first on
LD_LIBRARY_PATH. It imports what the handler imports, and nothing of the tests.
"""

import ctypes
import json
import pickle
import re
import sys
from pathlib import Path

from relance.adapters.pdf_weasyprint import WeasyPrintRenderer
from relance.domain.party import Branding


def main() -> None:
    pdf = WeasyPrintRenderer().pdf(pickle.load(sys.stdin.buffer), Branding())
    maps = Path("/proc/self/maps").read_text()
    told = {
        "mapped": sorted(set(re.findall(r"(/\S+)$", maps, re.MULTILINE))),
        "fonts": fonts(),
        "path": sys.path,
        "modules": sorted(sys.modules),
    }
    header = json.dumps(told).encode()
    sys.stdout.buffer.write(b"%d\n" % len(header) + header + pdf)


def fonts() -> list[str]:
    """The files of all fonts that fontconfig knows, asked of the very library that Pango uses: it is loaded already."""

    class FontSet(ctypes.Structure):
        _fields_ = (("nfont", ctypes.c_int), ("sfont", ctypes.c_int), ("fonts", ctypes.POINTER(ctypes.c_void_p)))

    library = ctypes.CDLL("libfontconfig.so.1")
    library.FcConfigGetFonts.restype = ctypes.POINTER(FontSet)
    library.FcPatternGetString.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p)
    found = library.FcConfigGetFonts(None, 0).contents
    name = ctypes.c_char_p()
    files = set()
    for index in range(found.nfont):
        assert library.FcPatternGetString(found.fonts[index], b"file", 0, ctypes.byref(name)) == 0
        files.add((name.value or b"").decode())
    return sorted(files)


if __name__ == "__main__":
    main()
