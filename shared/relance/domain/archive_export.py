"""An export of the archive that was made: who may fetch it, and how to recognise it. [AF-07]"""

from dataclasses import dataclass
from datetime import datetime

from relance.domain.ids import TenantId


@dataclass(frozen=True, slots=True)
class ArchiveExport:
    """`size` events under the Merkle root `root` (hex), in a zip of `length` bytes that hashes to `sha256` (hex)."""

    tenant: TenantId
    id: str
    rev: int
    made_at: datetime
    made_by: str
    size: int
    root: str
    files: int
    length: int
    sha256: str
