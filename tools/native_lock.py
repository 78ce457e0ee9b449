"""Resolve the native libraries of the PDF layer into `layers/pdf/native.lock`: `python -m tools.native_lock`.

For each Debian package of PACKAGES, and each architecture: the version that the archive offers now, its place in the
pool and its SHA-256; the same for the sources of SOURCES. apt verifies the archive's signature; the lock then holds the
bytes. The archive is Debian's, wherever this machine's apt is told to find it; no address of it goes into the lock.

Run it when a build says that a pinned version has left the archive (Debian keeps one version of each package, and
replaces it for security fixes), read what changed, build, test, commit.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from functools import cmp_to_key
from pathlib import Path

from tools.debian import LOCK, ArchiveError, Pinned, fetch

ARCHITECTURES = ("amd64", "arm64")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# What WeasyPrint opens, and all that these need, glibc aside. A package too few fails the build by the library's name.
PACKAGES = (
    *("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz0b", "libharfbuzz-subset0", "libfontconfig1", "libfreetype6"),
    *("libglib2.0-0", "libpcre2-8-0", "libffi8", "libmount1", "libblkid1", "libselinux1", "zlib1g"),
    *("libfribidi0", "libthai0", "libdatrie1", "libgraphite2-3", "libpng16-16", "libbrotli1"),
)
SOURCES = ("expat",)  # see tools/expat.py
HEADER = """\
# The native libraries of the PDF layer, from Debian {release}. Written by `make lock`, not by hand.
# `path` is below the root of the archive; `sha256` is of the file as it lies there.
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = _Archive(Path(folder))
        pinned = [*archive.binaries(PACKAGES), *(part for name in SOURCES for part in archive.source(name))]
        for file in pinned:
            fetch(file)  # what is locked can be had
        text = HEADER.format(release=archive.release) + "".join(_entry(file) for file in sorted(pinned, key=_order))
    LOCK.write_text(text, encoding="utf-8")


def _order(file: Pinned) -> tuple[str, str, str]:
    return file.package, file.architecture, file.path


def _entry(file: Pinned) -> str:
    values = {name: getattr(file, name) for name in ("package", "version", "architecture", "path", "sha256")}
    return "\n[[file]]\n" + "".join(f'{name} = "{value}"\n' for name, value in values.items())


class _Archive:
    """Debian's archive as apt knows it, in an apt of its own: needs no root, changes nothing of the machine's."""

    def __init__(self, folder: Path) -> None:
        entries = sorted(set(_configured()))
        if not entries:
            sys.exit("apt knows no archive of Debian: run `apt-get update`, or configure one")
        self.release = min((release for _, release, _ in entries), key=len)
        for name in ("lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True)
        architectures = ",".join(ARCHITECTURES)
        (folder / "sources.list").write_text(
            "".join(
                f"deb [arch={architectures} signed-by={KEYRING}] {uri} {release} {component}\n"
                f"deb-src [signed-by={KEYRING}] {uri} {release} {component}\n"
                for uri, release, component in entries
            )
        )
        (folder / "status").touch()
        options = {
            "Dir::Etc::sourcelist": folder / "sources.list",
            "Dir::Etc::sourceparts": "-",
            "Dir::Etc::preferencesparts": "-",
            "Dir::State": folder,
            "Dir::State::status": folder / "status",
            "Dir::Cache": folder / "cache",
            "APT::Sandbox::User": "root",
            "Acquire::Languages": "none",
        }
        self._options = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        self._options += [part for arch in ARCHITECTURES for part in ("-o", f"APT::Architectures::={arch}")]
        self._run("apt-get", "update", "-qq")

    def binaries(self, names: Iterable[str]) -> Iterator[Pinned]:
        """The candidates of binary packages, for every architecture."""
        wanted = [f"{name}:{architecture}" for name in names for architecture in ARCHITECTURES]
        for stanza in self._run("apt-cache", "show", "--no-all-versions", *wanted).strip().split("\n\n"):
            fields = dict(re.findall(r"^([A-Za-z0-9-]+): (.*)$", stanza, re.MULTILINE))
            name, architecture = fields["Package"], fields["Architecture"]
            yield Pinned(name, fields["Version"], architecture, fields["Filename"], fields["SHA256"])

    def source(self, name: str) -> list[Pinned]:
        """The tar files of the newest source package that the archive really serves: of a security update it may have
        the binaries alone. Exits when it serves none."""
        stanzas = self._run("apt-cache", "showsrc", "--only-source", name).strip().split("\n\n")
        for stanza in sorted(stanzas, key=cmp_to_key(_newer_first)):
            version, folder = _version(stanza), re.findall(r"^Directory: (\S+)$", stanza, re.MULTILINE)[0]
            files = re.findall(r"^ ([0-9a-f]{64}) \d+ (\S+\.tar\.\w+)$", stanza, re.MULTILINE)
            pinned = [Pinned(name, version, "source", f"{folder}/{file}", sha256) for sha256, file in files]
            try:
                for file in pinned:
                    fetch(file)
            except ArchiveError as error:
                print(f"{name} {version}: not locked.\n{error}\n", file=sys.stderr)
            else:
                return pinned
        sys.exit(f"{name}: the archive serves no source")

    def _run(self, *command: str) -> str:
        program, *arguments = command
        ran = subprocess.run([program, *self._options, *arguments], capture_output=True, text=True, check=False)
        if ran.returncode:
            sys.exit(f"{' '.join(command)}:\n{ran.stderr}")
        return ran.stdout


def _configured() -> Iterator[tuple[str, str, str]]:
    """Address, release and component of each part of Debian's archive that this machine's apt knows."""
    shown = "$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)"
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", shown, "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=True,
    )
    for line in listed.stdout.splitlines():
        origin, uri, release, component = line.split("|")
        if origin == "Debian" and component == "main":
            yield uri, release, component


def _version(stanza: str) -> str:
    return str(re.findall(r"^Version: (\S+)$", stanza, re.MULTILINE)[0])


def _newer_first(one: str, other: str) -> int:
    command = ["dpkg", "--compare-versions", _version(one), "gt", _version(other)]
    return -1 if subprocess.run(command, check=False).returncode == 0 else 1


if __name__ == "__main__":
    main()
