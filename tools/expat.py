"""Build libexpat for Amazon Linux 2023 from Debian's sources, Debian's security patches included.

Debian 12's own binary asks glibc 2.36 for `arc4random_buf`, Lambda has 2.34. The library is three C files; told of
`getrandom` (glibc 2.25) instead, and of nothing else that its configure script would find here, the result asks for
glibc 2.25. fontconfig is its only caller and `fonts.conf` the only file that it reads.

The same sources and the same compiler give the same bytes, wherever they lie: no path, date or build id goes in.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

SOURCES = ("xmlparse.c", "xmlrole.c", "xmltok.c")
SONAME = "libexpat.so.1"
COMPILERS = {"amd64": ("x86_64-linux-gnu-gcc", "gcc"), "arm64": ("aarch64-linux-gnu-gcc",)}
CONFIG = """\
#define BYTEORDER 1234 /* both architectures of Lambda */
#define HAVE_GETRANDOM 1
#define XML_CONTEXT_BYTES 1024
#define XML_DEV_URANDOM 1
#define XML_DTD 1
#define XML_NS 1
"""
# -I.: the sources ask for <expat_config.h>, and a machine with libexpat1-dev has another one, with arc4random.
FLAGS = (
    *("-shared", "-fPIC", "-O2", "-std=c99", "-D_DEFAULT_SOURCE", "-I.", "-DXML_ENABLE_VISIBILITY=1"),
    *("-fvisibility=hidden", "-fstack-protector-strong", "-D_FORTIFY_SOURCE=2", "-ffile-prefix-map=.=expat"),
    *(f"-Wl,-soname,{SONAME}", "-Wl,--build-id=none", "-Wl,-z,relro,-z,now,-z,defs", "-s"),
)


def compiler(architecture: str) -> str | None:
    """A compiler of this machine for Debian's `architecture`; None when there is none."""
    return next((found for name in COMPILERS[architecture] if (found := shutil.which(name))), None)


def build(tars: Sequence[Path], architecture: str, target: Path) -> None:
    """Write the library to `target`, from Debian's `*.orig.tar.*` and `*.debian.tar.*`.

    Exits when no compiler of this machine is for `architecture`, or when a patch does not apply.
    """
    cc = compiler(architecture)
    if cc is None:
        sys.exit(
            f"libexpat: no C compiler for {architecture} ({' or '.join(COMPILERS[architecture])}): run `make setup`"
        )
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for tar in tars:
            with tarfile.open(tar) as archive:
                archive.extractall(root, filter="data")
        (source,) = root.glob("*/expat/lib")  # the project's folder, then its library among tests and tools
        _patch(source.parents[1], root / "debian" / "patches")
        (source / "expat_config.h").write_text(CONFIG)
        command = [cc, *FLAGS, *SOURCES, "-o", str(target)]
        subprocess.run(command, cwd=source, check=True, env={**os.environ, "LC_ALL": "C", "SOURCE_DATE_EPOCH": "0"})


def _patch(tree: Path, patches: Path) -> None:
    for name in (patches / "series").read_text().split():
        subprocess.run(["patch", "-p1", "--silent", "--input", str(patches / name)], cwd=tree, check=True)
