"""The fiscal version of this checkout: `python -m tools.fiscal` tells it, `--release` publishes it. [AF-08]

Publishing adds the hash of the fiscal modules to `resources/legal/attestation.toml`: from then on, attestations of
builds with exactly these modules are valid. It is the publisher's act, done once per release, on what was reviewed.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "shared"))

from relance.adapters.attestation_data import load_attestations  # noqa: E402 - the checkout's own package
from relance.adapters.fiscal_modules import STAMP, fiscal_files, fiscal_sha256, stamp  # noqa: E402 - likewise

__all__ = ["STAMP", "product_version", "released", "stamp"]

DATA = ROOT / "shared" / "relance" / "resources" / "legal" / "attestation.toml"


def product_version() -> str:
    """The version that pyproject.toml says."""
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return version


def released(text: str, sha256: str, product: str) -> str:
    """The data with one more release, at its end."""
    return f'{text.rstrip()}\n{sha256} = "{product}"\n'


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.fiscal", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--release", action="store_true", help="publish this version")
    parser.add_argument("--files", action="store_true", help="list the modules that count")
    args = parser.parse_args()
    if args.files:
        print(*(path.relative_to(ROOT) for path in fiscal_files()), sep="\n")
        return 0
    sha256, known = fiscal_sha256(), load_attestations().releases
    if args.release and sha256 not in known:
        DATA.write_text(released(DATA.read_text(encoding="utf-8"), sha256, product_version()), encoding="utf-8")
    print(sha256, known.get(sha256, product_version() if args.release else "not released"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
