"""The first stamp of somebody else's that covers a tenant's archive at some size: what gives it a date that nobody here
could have made.

A chain of four: the checkpoint of the tenant, named by its SHA-256 in the list of a day, named by its SHA-256 in the
note of that day and covered by its Merkle root, whose SHA-256 the time stamping authority stamped. [AF-07, AR-02]
"""

from base64 import b64encode
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final

from relance.app.archiving import layout
from relance.app.archiving.daily_log import ALL
from relance.app.archiving.drain import Archive
from relance.domain.chain import note, segment
from relance.domain.chain.canonical import decode
from relance.domain.chain.errors import ChainError
from relance.domain.chain.merkle import leaf_hash, root_of
from relance.domain.chain.stamp import is_stamp_of

_STAMP: Final = ".tsr"


@dataclass(frozen=True, slots=True)
class Stamped:
    """On `day`, the checkpoint of `size` events (SHA-256 of its note) was stamped by the token of that SHA-256."""

    day: date
    size: int
    note_sha256: str
    token_sha256: str


def first_stamp(tenant: str, at_least: int, archive: Archive) -> Stamped | None:
    """The first stamp that covers `at_least` events of the tenant; None when there is none that holds.

    Reads the first versions of the objects of some ten days among all of them. Raises Retry.
    """
    days = _Days(tenant, archive)
    # An archive only grows, so the sizes that the days list for one tenant never shrink.
    for index in range(bisect_left(range(len(days.days)), at_least, key=days.size), len(days.days)):
        if (found := days.stamped(index)) is not None and found.size >= at_least:
            return found
    return None


class _Days:
    """The stamped days, oldest first."""

    def __init__(self, tenant: str, archive: Archive) -> None:
        self._tenant, self._archive = tenant, archive
        self._first: dict[str, str] = {}
        for version in archive.store.versions(f"{ALL}/"):
            if not version.delete_marker:
                self._first[version.key.removeprefix(f"{ALL}/")] = version.version_id  # newest first
        names = sorted(name for name in self._first if name.endswith(_STAMP))
        self.days = [name.removesuffix(_STAMP) for name in names]

    def size(self, index: int) -> int:
        """How many events of the tenant's the list of that day names; 0 when it names none."""
        line = self._line(index)
        return line[0] if line else 0

    def stamped(self, index: int) -> Stamped | None:
        """What that day proves, when every link of the chain holds."""
        day, line = self.days[index], self._line(index)
        signed, token = self._read(f"{day}.note"), self._read(f"{day}{_STAMP}")
        if line is None or not is_stamp_of(token, sha256(signed).digest()) or not self._lists(day, signed):
            return None
        size, note_sha256 = line
        name = layout.prefix(self._tenant) + layout.checkpoint(size)
        first = [found.version_id for found in self._archive.store.versions(name) if not found.delete_marker]
        if not first or sha256(self._archive.store.get(name, first[-1])).hexdigest() != note_sha256:
            return None
        return Stamped(date.fromisoformat(day), size, note_sha256, sha256(token).hexdigest())

    def _lists(self, day: str, signed: bytes) -> bool:
        """Whether the note of the day is of the very list that is stored beside it."""
        stored = self._read(f"{day}.jsonl.gz")
        try:
            text, _ = note.open_note(signed)
            lines = segment.unpack(stored)
            origin, size, root, _, listed, *_ = text.split("\n")  # one line more where another key took over
        except (ChainError, ValueError):
            return False
        told = (layout.origin(ALL), str(len(lines)), b64encode(root_of(map(leaf_hash, lines))).decode())
        return (origin, size, root) == told and listed == f"list {sha256(stored).hexdigest()}"

    def _line(self, index: int) -> tuple[int, str] | None:
        """Size and hash of the tenant's checkpoint in the list of a day."""
        try:
            lines = [decode(line) for line in segment.unpack(self._read(f"{self.days[index]}.jsonl.gz"))]
        except ChainError:
            return None
        for line in lines:
            if isinstance(line, dict) and line.get("tenant") == self._tenant:
                size, digest = line.get("size"), line.get("note_sha256")
                return (size, digest) if isinstance(size, int) and isinstance(digest, str) else None
        return None

    def _read(self, name: str) -> bytes:
        """The bytes that were stored first; b"" when nothing was."""
        if name not in self._first:
            return b""
        return self._archive.store.get(f"{ALL}/{name}", self._first[name])
