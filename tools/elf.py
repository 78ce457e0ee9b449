"""What the dynamic loader will ask of a shared object, read with readelf: names, needs, symbol versions.

Nothing is loaded and nothing is run, so objects of another architecture are read as well. [System V ABI, gABI ch. 5;
symbol versions: Linux Standard Base Core 5.0, ch. 10.7, checked 2026-11]
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

GLIBC_OF_LAMBDA = (2, 34)  # Amazon Linux 2023, the system of the python3.13 runtime; documented, checked 2026-11
# What every image of Amazon Linux 2023 has because Python itself needs it: the parts of glibc, and nothing else. The
# published container image holds more (GLib for its package manager), Lambda's own image does not say what it holds.
GLIBC = frozenset({"libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libresolv.so.2"})
LOADERS = frozenset({"ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"})
BASE_IMAGE = GLIBC | LOADERS


@dataclass(frozen=True, slots=True)
class SharedObject:
    """One ELF file that the dynamic loader can load."""

    path: Path
    machine: str  # in readelf's words
    soname: str | None
    needed: tuple[str, ...]
    versions: frozenset[str]  # such as "GLIBC_2.34": what it asks of the libraries that it needs
    search: tuple[str, ...]  # RPATH and RUNPATH

    @property
    def name(self) -> str:
        """What others call it."""
        return self.soname or self.path.name

    @property
    def glibc(self) -> tuple[int, ...]:
        """The lowest glibc that loads it; (0,) when it asks for no version, which a static or odd object does."""
        asked = [version.removeprefix("GLIBC_") for version in self.versions if version.startswith("GLIBC_")]
        numbers = [tuple(int(part) for part in version.split(".")) for version in asked if version[0].isdigit()]
        return max(numbers, default=(0,))


def objects(tree: Path) -> list[SharedObject]:
    """Every shared object below `tree`, each file once, in the order of their paths."""
    return read(path for path in sorted(tree.rglob("*")) if path.is_file() and not path.is_symlink())


def read(paths: Iterable[Path]) -> list[SharedObject]:
    """The shared objects among `paths`, in their order: other files are passed over. Raises where readelf does."""
    files = [path for path in paths if _is_elf(path)]
    if not files:
        return []
    command = ["readelf", "--wide", "--file-header", "--dynamic", "--version-info", *map(str, files), "/dev/null"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
    told = re.split(r"^File: ", ran.stdout, flags=re.MULTILINE)[1 : len(files) + 1]  # /dev/null: so that it names each
    if len(told) != len(files) or any(not text.startswith(f"{path}\n") for path, text in zip(files, told, strict=True)):
        raise RuntimeError(f"readelf: {ran.stderr[-500:]}")
    return [_parsed(path, text) for path, text in zip(files, told, strict=True) if "Dynamic section at" in text]


def _is_elf(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) == b"\x7fELF"


def _parsed(path: Path, text: str) -> SharedObject:
    named: dict[str, list[str]] = {"NEEDED": [], "SONAME": [], "RPATH": [], "RUNPATH": []}
    for tag, value in re.findall(r"^ 0x[0-9a-f]+ \((NEEDED|SONAME|RPATH|RUNPATH)\) .*\[(.*)\]$", text, re.MULTILINE):
        named[tag].append(value)
    return SharedObject(
        path=path,
        machine=re.findall(r"^  Machine: +(.+)$", text, re.MULTILINE)[0],
        soname=next(iter(named["SONAME"]), None),
        needed=tuple(named["NEEDED"]),
        versions=frozenset(re.findall(r" Name: (\S+) +Flags: .+ Version: \d+$", text, re.MULTILINE)),  # needs alone
        search=tuple(folder for path in named["RPATH"] + named["RUNPATH"] for folder in path.split(":")),
    )


def problems(tree: Path, base: frozenset[str] = BASE_IMAGE) -> list[str]:
    """Why something below `tree`, unpacked at /opt, would not load on Lambda; empty when all of it would.

    Each object asks for no glibc above GLIBC_OF_LAMBDA; each library that it needs is one of `base`, or in `tree/lib`,
    or where its own RPATH says (the wheels' way, relative to the object); none of `tree/lib` has an RPATH, which would
    be searched before LD_LIBRARY_PATH; all are of one architecture.
    """
    found = objects(tree)
    library = {shared.path.name for shared in found if shared.path.parent == tree / "lib"}
    said = [] if found else [f"{tree}: nothing that can be loaded"]
    for shared in found:
        where = shared.path.relative_to(tree)
        if shared.glibc > GLIBC_OF_LAMBDA:
            said.append(f"{where}: needs glibc {_dotted(shared.glibc)}, Lambda has {_dotted(GLIBC_OF_LAMBDA)}")
        said += [f"{where}: needs {name}, which is nowhere" for name in _unresolved(shared, library | base)]
        if shared.path.parent == tree / "lib" and shared.search:
            said.append(f"{where}: searches {', '.join(shared.search)}, not the layer")
        if shared.path.parent == tree / "lib" and shared.name != shared.path.name:
            said.append(f"{where}: calls itself {shared.name}; nobody would find it")
    machines = sorted({shared.machine for shared in found})
    if len(machines) > 1:
        said.append(f"several architectures: {', '.join(machines)}")
    return said


def _unresolved(shared: SharedObject, known: frozenset[str] | set[str]) -> Iterable[str]:
    folders = [Path(folder.replace("$ORIGIN", str(shared.path.parent))) for folder in shared.search]
    for name in shared.needed:
        if name not in known and not any((folder / name).is_file() for folder in folders):
            yield name


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
