"""Packages and layers are unpacked once, not once per execution environment.

Not a matter of fidelity: the emulator unpacks every zip again for each worker, 70 MB and more than a second of CPU
each time. Here a zip is unpacked once under its digest, and a worker's folder gets links to it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime

from local.repairs.patching import EmulatorChangedError

_lock = threading.Lock()


class LinkedZip(zipfile.ZipFile):
    """A zip whose extraction is a set of links into a shared, unpacked copy."""

    def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
        unpacked = self._unpacked()
        for entry in unpacked.iterdir():
            (Path(path) / entry.name).symlink_to(entry)
        Path(str(self.filename)).unlink()  # the worker's own copy of the zip, which nobody reads again

    def _unpacked(self) -> Path:
        digest = hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()[:24]
        target = Path(os.environ["RELANCE_UNPACKED"]) / digest
        with _lock:  # several workers of one function start at the same time
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                partial = Path(tempfile.mkdtemp(dir=target.parent))
                super().extractall(partial)
                partial.chmod(0o755)
                partial.rename(target)
            os.utime(target)  # in use: see local.process, which forgets what is not
        return target


def apply() -> None:
    if lambda_runtime.zipfile is not zipfile:
        raise EmulatorChangedError("the Lambda runtime unpacks in another way")
    lambda_runtime.zipfile = SimpleNamespace(
        ZipFile=LinkedZip,
        BadZipFile=zipfile.BadZipFile,
        LargeFileError=zipfile.LargeZipFile,
        LargeZipFile=zipfile.LargeZipFile,
    )
