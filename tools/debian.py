"""Files of Debian's archive: named by a lock with their SHA-256, fetched from wherever this machine's apt is sent.

No address of an archive is ours to know: apt is configured for one, or `RELANCE_DEBIAN_ARCHIVES` names more. What is
fetched is kept in `build/debian` under its hash. apt's helper needs no root for it, no index, and installs nothing.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "layers" / "pdf" / "native.lock"
KEPT = ROOT / "build" / "debian"
APT_HELPER = "/usr/lib/apt/apt-helper"
MORE_ARCHIVES = "RELANCE_DEBIAN_ARCHIVES"  # roots of more archives, apart by spaces: a snapshot of the past, or our own


class ArchiveError(RuntimeError):
    """A locked file is not to be had. The message says which one, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """One file of the archive."""

    package: str
    version: str
    architecture: str  # "source" for a part of a source package
    path: str
    sha256: str

    @property
    def filename(self) -> str:
        return self.path.rpartition("/")[2]


def load(lock: Path = LOCK) -> list[Pinned]:
    """What the lock holds."""
    return [Pinned(**entry) for entry in tomllib.loads(lock.read_text(encoding="utf-8"))["file"]]


def fetch(file: Pinned, keep: Path = KEPT, archives: Iterable[str] | None = None) -> Path:
    """The file, whole and with the locked hash, from the first of `archives` (else of those that apt knows) that serves
    it; kept in `keep`. Raises ArchiveError."""
    kept = keep / f"{file.sha256}-{file.filename}"
    if kept.exists() and hashlib.sha256(kept.read_bytes()).hexdigest() == file.sha256:
        return kept
    keep.mkdir(parents=True, exist_ok=True)
    said = []
    for archive in archives or (*_archives(), *os.environ.get(MORE_ARCHIVES, "").split()):
        with tempfile.TemporaryDirectory(dir=keep) as folder:
            target = Path(folder) / file.filename
            uri = f"{archive.rstrip('/')}/{file.path.replace('+', '%2b')}"
            command = [APT_HELPER, "-o", "APT::Sandbox::User=root", "download-file", uri, str(target)]
            ran = subprocess.run([*command, f"SHA256:{file.sha256}"], capture_output=True, text=True, check=False)
            if ran.returncode == 0:
                target.rename(kept)
                return kept
            said += [line.strip() for line in ran.stderr.splitlines() if line.startswith("E:")]
    raise ArchiveError(_sorry(file, said))


def _sorry(file: Pinned, said: Iterable[str]) -> str:
    reasons = "\n  ".join(sorted(set(said))) or "apt knows no archive"
    return (
        f"{file.filename} cannot be had as locked in layers/pdf/native.lock:\n  {reasons}\n"
        "Debian keeps one version of each package: this one was probably replaced, most often for a security fix.\n"
        "Run `make lock` to pin what the archive offers today, read what changed, build and test, commit.\n"
        f"To build the old state, name an archive that keeps it in {MORE_ARCHIVES} (Debian's snapshot service)."
    )


@cache
def _archives() -> tuple[str, ...]:
    """The roots of the archives that apt is configured for, Debian's and others': the hash says which one is right."""
    if not Path(APT_HELPER).exists():
        raise ArchiveError("The native libraries come from Debian packages: this needs a Debian 12 with apt.")
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(dict.fromkeys(listed.stdout.split()))
