"""`make tour OUT=dir`: docs/tour.md as it is read, command by command, on a fresh local cloud; its papers in `dir`.

The tour is documentation that runs: each block of shell in it is executed, in one shell, in order; the first command
that fails ends it. A test does the same, so that the page cannot rot.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from local import demo_data
from local.client import Api
from local.cloud import LocalCloud

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "tour.md"
_BLOCK = re.compile(r"^## (?P<heading>[^\n]+)$|^```sh\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def script(page: str) -> str:
    """Every block of shell of the page as one script, which says where it is."""
    said = ["set -euo pipefail"]
    for found in _BLOCK.finditer(page):
        if found["heading"]:
            said.append(f"echo '· {found['heading']}'")
        else:
            said.append(found["code"])
    return "\n".join(said)


def play(cloud: LocalCloud, key: str, out: Path) -> subprocess.CompletedProcess[str]:
    """Run the page against a local cloud that is up, as the owner of that key; its papers go to `out`."""
    told = {"API": cloud.api_url, "KEY": key, "MAILBOX": cloud.mailbox_url, "STATE": str(cloud.state.root)}
    told |= {"OUT": str(out), "PYTHON": sys.executable}
    return subprocess.run(
        ["bash", "-c", script(PAGE.read_text())],
        cwd=ROOT,
        env={**os.environ, **told},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.tour", description="docs/tour.md on a fresh local cloud.")
    parser.add_argument("--out", type=Path, required=True, help="where to leave the papers")
    parser.add_argument("--state", type=Path, default=Path(".local") / "tour", help="state directory of its cloud")
    args = parser.parse_args()
    started = time.monotonic()
    with LocalCloud.start(args.state, fresh=True, say=print) as cloud:
        Api(cloud.api_url, cloud.api_key).put("/v1/company", demo_data.COMPANY)
        done = play(cloud, cloud.api_key, args.out.resolve())
    print(done.stdout.strip())
    if done.returncode:
        print("The tour stopped there.", file=sys.stderr)
        return 1
    print(f"{args.out}: {len(list(args.out.glob('*.pdf')))} documents in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
