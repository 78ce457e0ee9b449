"""`make demo OUT=dir`: the main job and sixty days of reminders on a fresh local cloud, leaving their papers in `dir`.

Exit code 0 only if every step happened, every reminder was the one that had been shown beforehand, the verifier accepts
the exported archive, and refuses it once one byte of it has been changed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from local.cloud import LocalCloud
from local.main_job import MainJob, leave_papers, verify
from local.sixty_days import SixtyDays


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.demo", description="The main job on a fresh local cloud.")
    parser.add_argument("--out", type=Path, required=True, help="where to leave the papers")
    parser.add_argument("--state", type=Path, default=Path(".local") / "demo", help="state directory of its cloud")
    args = parser.parse_args()
    started = time.monotonic()
    with LocalCloud.start(args.state, fresh=True, say=print) as cloud:
        job, sixty_days = MainJob(cloud), SixtyDays(cloud)
        try:
            job.run()
            sixty_days.run()
        finally:
            if job.export:
                leave_papers(job, args.out)
                (args.out / "reminders.json").write_text(sixty_days.as_json())
    accepted = verify(args.out / "archive")
    print(accepted.stdout.strip())
    if accepted.returncode != 0:
        print("The verifier refuses the archive.", file=sys.stderr)
        return 1
    if not refuses_a_changed_byte(args.out / "archive"):
        print("The verifier accepts an archive with a changed byte.", file=sys.stderr)
        return 1
    print(f"{args.out}: {len(job.timeline)} steps in {time.monotonic() - started:.0f} s")
    return 0


def refuses_a_changed_byte(archive: Path) -> bool:
    """Change one byte in the middle of the largest segment of a copy, and ask the verifier again."""
    with tempfile.TemporaryDirectory() as elsewhere:
        copy = Path(elsewhere) / "archive"
        shutil.copytree(archive, copy)
        segment = max(copy.rglob("*.jsonl.gz"), key=lambda path: path.stat().st_size)
        raw = bytearray(segment.read_bytes())
        raw[len(raw) // 2] ^= 1
        segment.write_bytes(raw)
        return verify(copy).returncode != 0


if __name__ == "__main__":
    sys.exit(main())
