"""A zip written to something that cannot be rewound, one file at a time, in the memory of the largest file.

`zipfile` on such a target leaves another layout (data descriptors), and the verifier accepts one layout only. It goes
back, though, to nothing but the header of the file that it is writing: so only that file is held. PKWARE APPNOTE 6.3.10
(ZIP64 beyond 65,535 files or 4 GB is zipfile's own doing), checked 2026-11.
"""

import zipfile
from hashlib import sha256
from typing import Final

from relance.app.ports.archive import Sink

_DATE: Final = (1980, 1, 1, 0, 0, 0)  # every header field is fixed: the verifier writes the zip again and compares
_UNIX: Final = 3
_READABLE: Final = 0o644 << 16


class ZipStream:
    """Stored files, in the order given. `sha256` (hex) and `length` are those of the zip once `close` returned."""

    def __init__(self, sink: Sink) -> None:
        self._window = _Window(sink)
        self._zip = zipfile.ZipFile(self._window, "w", zipfile.ZIP_STORED)  # type: ignore[call-overload]  # all that it calls

    def add(self, name: str, body: bytes) -> None:
        """Write one file; when this returns the sink has it whole."""
        entry = zipfile.ZipInfo(name, _DATE)
        entry.create_system = _UNIX
        entry.external_attr = _READABLE
        self._zip.writestr(entry, body)
        self._window.let_go()

    def close(self) -> None:
        """Write the table of contents."""
        self._zip.close()
        self._window.let_go()

    @property
    def sha256(self) -> str:
        return self._window.digest.hexdigest()

    @property
    def length(self) -> int:
        return self._window.start


class _Window:
    """The end of a growing file: what was written since `let_go`, in which zipfile may move."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._held = bytearray()
        self._at = 0
        self.start = 0
        self.digest = sha256()

    def write(self, data: bytes) -> int:
        offset = self._at - self.start
        self._held[offset : offset + len(data)] = data
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        return self._at

    def seek(self, to: int) -> int:
        if not self.start <= to <= self.start + len(self._held):
            raise ValueError(f"{to} is out of the window")
        self._at = to
        return to

    def flush(self) -> None:
        """Nothing is buffered beyond what zipfile may still change."""

    def let_go(self) -> None:
        """Hand everything over: it will not change any more."""
        held = bytes(self._held)
        self.digest.update(held)
        self._sink.write(held)
        self.start += len(held)
        self._held.clear()
