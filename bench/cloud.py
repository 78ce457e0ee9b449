"""The local cloud as its user feels it: ready when set up, resident memory, the whole main job."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from local.cloud import LocalCloud

STATE = Path(".local") / "bench"


def measure() -> dict[str, float]:
    """`run_ready_s` from start to first answer when set up; `demo_s` for `make demo`; `local_cloud_mb` after a job."""
    LocalCloud.start(STATE, fresh=True).stop()  # built and deployed: what comes next is a start, not a set-up
    with tempfile.TemporaryDirectory() as out:
        started = time.monotonic()
        command = [sys.executable, "-m", "local.demo", "--state", str(STATE), "--out", out]
        subprocess.run(command, check=True, capture_output=True)
        demo_s = time.monotonic() - started
    started = time.monotonic()
    with LocalCloud.start(STATE) as cloud:
        run_ready_s = time.monotonic() - started
        megabytes = _after_a_job(cloud)
    return {"demo_s": demo_s, "run_ready_s": run_ready_s, "local_cloud_mb": megabytes}


def _after_a_job(cloud: LocalCloud) -> float:
    """Resident memory of the launcher and everything it started, with every function warm, in MB."""
    from local.main_job import MainJob  # noqa: PLC0415 - beside its one use

    MainJob(cloud, say=lambda _: None).company_and_customers()
    me = psutil.Process()
    everything = [me, *me.children(recursive=True)]
    return sum(process.memory_info().rss for process in everything) / 1e6
