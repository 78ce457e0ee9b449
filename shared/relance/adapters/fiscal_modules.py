"""Which code touches the four conditions of the anti-fraud law, and the hash that names its version. [AF-08]

The build stamps the hash into the package (`tools/build_package.py`); a checkout, which has no stamp, computes it. What
counts: how facts are made, numbered, totalled, chained, closed, stored, archived, exported and verified.
BOI-TVA-DECLA-30-10-30 §§ 315 and 375 (major version), checked 2026-11.
"""

import json
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from relance.domain.attestation import FiscalVersion

STAMP: Final = "resources/fiscal_version.json"
PACKAGE: Final = Path(__file__).resolve().parent.parent
UNSTAMPED: Final = "dev"
MODULES: Final = (
    "adapters/dynamo/archive_heads.py",
    "adapters/dynamo/journal*.py",
    "adapters/dynamo/store.py",
    "adapters/dynamo/transaction.py",
    "adapters/kms_signer.py",
    "adapters/s3_archive.py",
    "app/archiving/*.py",
    "app/bookkeeping.py",
    "app/exporting.py",
    "app/invoicing/*.py",
    "app/journaling.py",
    "app/purging.py",
    "app/removing.py",
    "app/rendering.py",
    "domain/archive_export.py",
    "domain/billing.py",
    "domain/bookkeeping/*.py",
    "domain/chain/*.py",
    "domain/closing*.py",
    "domain/content.py",
    "domain/credit_note.py",
    "domain/invoice*.py",
    "domain/journal.py",
    "domain/lines.py",
    "domain/money.py",
    "domain/perpetual.py",
    "domain/purge.py",
    "domain/totals.py",
    "domain/vat*.py",
    "resources/verifier.html",
    "resources/verify_archive.py",
)


def fiscal_files(package: Path = PACKAGE) -> Iterator[Path]:
    """The files that count, in the order of their names. Raises ValueError when a pattern names none any more."""
    found: set[Path] = set()
    for pattern in MODULES:
        matched = set(package.glob(pattern))
        if not matched:
            raise ValueError(f"{pattern} names no file: the list of fiscal modules is out of date")
        found |= matched
    yield from sorted(found)


def fiscal_sha256(package: Path = PACKAGE) -> str:
    """SHA-256 (hex) over `name`, 0x00 and the SHA-256 of each file, names relative to the package and sorted."""
    digest = sha256()
    for file in fiscal_files(package):
        name = file.relative_to(package).as_posix()
        digest.update(name.encode() + b"\0" + sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def stamp(package: Path, product: str) -> str:
    """What the build writes into `STAMP`."""
    return json.dumps({"product": product, "sha256": fiscal_sha256(package)}) + "\n"


@cache
def fiscal_version() -> FiscalVersion:
    """The version that runs."""
    stamped = PACKAGE / STAMP
    if not stamped.is_file():
        return FiscalVersion(fiscal_sha256(), UNSTAMPED)
    told = json.loads(stamped.read_text(encoding="utf-8"))
    return FiscalVersion(told["sha256"], told["product"])
