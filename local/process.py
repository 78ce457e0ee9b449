"""The emulator as a child process: started, awaited, stopped with everything it started."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from local.clients import ACCOUNT, REGION
from local.deploy import ROOT
from local.state import State

READY_S = 90.0
STOP_S = 30.0
FORGET_S = 86_400.0


class EmulatorError(RuntimeError):
    """The emulator did not start; the message holds the end of its log."""


class Emulator:
    """One MiniStack process and its Lambda workers, in a process group of their own."""

    def __init__(self, state: State, port: int, repairs: str = "all") -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._state = state
        self._environment = _environment(state, port, repairs)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id, which is also the id of its group."""
        if self._process is None:
            raise EmulatorError("the emulator is not running")
        return self._process.pid

    def start(self) -> None:
        """Start and wait until it answers."""
        shutil.rmtree(self._state.temporary, ignore_errors=True)  # of an emulator that was killed
        for folder in (self._state.emulator, self._state.objects, self._state.temporary, self._state.unpacked):
            folder.mkdir(parents=True, exist_ok=True)
        _forget_old_packages(self._state.unpacked)
        with self._state.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.emulator"],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.PIPE,  # kept open: its end tells the emulator that we are gone
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the launcher only, which stops us in order
            )
        give_up = time.monotonic() + READY_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > give_up:
                self.stop()
                raise EmulatorError(f"the emulator did not start:\n{_tail(self._state.log)}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Let it save its state and end with its workers. Safe to call twice."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin:
            process.stdin.close()  # see local.emulator
        try:
            process.wait(STOP_S)
        finally:
            _kill_group(process.pid)
            process.wait()
            shutil.rmtree(self._state.temporary, ignore_errors=True)  # of workers that did not end by themselves

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_ministack/ready", timeout=1) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def _forget_old_packages(unpacked: Path) -> None:
    for package in unpacked.iterdir():
        if time.time() - package.stat().st_mtime > FORGET_S:
            shutil.rmtree(package, ignore_errors=True)


def _kill_group(group: int) -> None:
    """Whatever is left of the group; usually nothing."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _environment(state: State, port: int, repairs: str) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **inherited,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state.emulator),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state.objects),
        "LAMBDA_EXECUTOR": "local",
        "LAMBDA_WARM_TTL_SECONDS": "30",
        "MINISTACK_WORKER_THREADS": "256",  # requests that wait for a worker must not keep its own calls waiting
        "LOG_LEVEL": "INFO",
        # One arena instead of one per thread, and large buffers given back at once: half the resident memory.
        "MALLOC_ARENA_MAX": "1",
        "MALLOC_MMAP_THRESHOLD_": "131072",
        "MALLOC_TRIM_THRESHOLD_": "131072",
        "TMPDIR": str(state.temporary),
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "RELANCE_REPAIRS": repairs,
        "RELANCE_CLOCK_FILE": str(state.clock),
        "RELANCE_MAILS": str(state.mails),
        "RELANCE_UNPACKED": str(state.unpacked),
    }


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-3000:] if log.exists() else ""
