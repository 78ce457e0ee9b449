"""The native libraries of the PDF layer: from Debian's archive, as locked, to `lib/` of the layer.

Guarantees:
* only bytes that `layers/pdf/native.lock` names by their SHA-256 go in, and libexpat built from such bytes;
* exactly what WeasyPrint opens and what that needs, each under the name that the loader asks for: no `.so` links, no
  tools, no data, no fonts. The licence of each package lies in `licences/`;
* a layer that Lambda could not load is never built: see `tools.elf.problems`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools import elf, expat
from tools.debian import LOCK, ArchiveError, fetch, load

# What weasyprint/text/ffi.py opens (70.0); tests/template/test_pdf_layer.py holds this list against it.
OPENED = (
    *("libgobject-2.0.so.0", "libpango-1.0.so.0", "libpangoft2-1.0.so.0"),
    *("libharfbuzz.so.0", "libharfbuzz-subset.so.0", "libfontconfig.so.1"),
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.native", description="Make lib/ and licences/ of the layer.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--architecture", choices=sorted(expat.COMPILERS), default="amd64")
    args = parser.parse_args()
    try:
        stage(args.out, args.architecture)
    except ArchiveError as error:
        sys.exit(str(error))


def stage(out: Path, architecture: str, lock: Path = LOCK) -> None:
    """Fill `out/lib` and `out/licences`. Raises ArchiveError; exits with what would not load on Lambda."""
    pinned = load(lock)
    packages = [file for file in pinned if file.architecture == architecture]
    sources = [fetch(file) for file in pinned if file.architecture == "source"]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for package in packages:
            subprocess.run(["dpkg-deb", "-x", str(fetch(package)), str(root)], check=True)
        expat.build(sources, architecture, root / expat.SONAME)
        for library in _needed(elf.objects(root)):
            _put(library.path, out / "lib" / library.name)
        for copyright_ in sorted((root / "usr/share/doc").glob("*/copyright")):
            _put(copyright_, out / "licences" / f"{copyright_.parent.name}.txt")
        _put(_licence_of_expat(sources, root), out / "licences" / "expat.txt")
    if said := elf.problems(out):
        sys.exit("The PDF layer would not load on Lambda:\n" + "\n".join(said))


def _needed(found: Sequence[elf.SharedObject]) -> list[elf.SharedObject]:
    """What is opened and all that it needs, the base image aside; ours before Debian's of the same name."""
    named = {shared.name: shared for shared in sorted(found, key=lambda shared: shared.path.parts, reverse=True)}
    named |= {shared.name: shared for shared in found if shared.path.name == expat.SONAME}
    chosen: dict[str, elf.SharedObject] = {}
    waiting = list(OPENED)
    while waiting:
        name = waiting.pop()
        if name in chosen or name in elf.BASE_IMAGE:
            continue
        if name not in named:
            sys.exit(f"{name}: in none of the packages of tools/native_lock.py")
        chosen[name] = named[name]
        waiting += chosen[name].needed
    return [chosen[name] for name in sorted(chosen)]


def _licence_of_expat(tars: Sequence[Path], root: Path) -> Path:
    (debian,) = [tar for tar in tars if ".debian.tar." in tar.name]
    subprocess.run(["tar", "-xf", str(debian), "-C", str(root), "debian/copyright"], check=True)
    return root / "debian" / "copyright"


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)


if __name__ == "__main__":
    main()
