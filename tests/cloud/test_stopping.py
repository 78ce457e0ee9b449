"""Nothing of ours is left behind: neither after a clean stop nor after the launcher's sudden death."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from local.clock import ClockFile
from local.deploy import ROOT
from local.ports import free_port
from local.process import Emulator
from local.state import AlreadyRunningError, State
from tests.cloud.conftest import Probed, eventually

pytestmark = pytest.mark.cloud

BUSY = """
import time
def handler(event, context):
    open({mark!r}, "w").close()
    time.sleep(60)
"""

LAUNCHER = """
import sys, time
from pathlib import Path
from local.process import Emulator
from local.state import State
emulator = Emulator(State(Path(sys.argv[1])), int(sys.argv[2]))
emulator.start()
print(emulator.pid, flush=True)
time.sleep(60)
"""


def test_a_stop_ends_workers_in_the_middle_of_a_handler_and_keeps_the_data(tmp_path: Path) -> None:
    state = State(tmp_path)
    ClockFile(state.clock).ensure()
    emulator = Emulator(state, free_port())
    emulator.start()
    group = emulator.pid
    keep_a_worker_busy(Probed(state, emulator, repaired=True), tmp_path / "busy")

    emulator.stop()

    assert not alive(group)
    emulator.start()
    names = [
        f["FunctionName"] for f in Probed(state, emulator, repaired=True).boto("lambda").list_functions()["Functions"]
    ]
    emulator.stop()
    assert names == ["busy"]


def test_a_killed_launcher_leaves_no_process_behind(tmp_path: Path) -> None:
    state, port = State(tmp_path), free_port()
    ClockFile(state.clock).ensure()
    launcher = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(tmp_path), str(port)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert launcher.stdout is not None
    group = int(launcher.stdout.readline())
    keep_a_worker_busy(Probed(state, Emulator(state, port), repaired=True), tmp_path / "busy")
    assert alive(group)

    launcher.send_signal(signal.SIGKILL)
    launcher.wait()

    assert eventually(lambda: not alive(group))


def test_two_local_clouds_do_not_share_a_state_directory(tmp_path: Path) -> None:
    held = State(tmp_path).lock()
    with pytest.raises(AlreadyRunningError, match=str(tmp_path)):
        State(tmp_path).lock()
    held.close()
    State(tmp_path).lock().close()


def keep_a_worker_busy(probed: Probed, mark: Path) -> None:
    """Invoke a function that sleeps for a minute, and come back once it does."""
    probed.function("busy", BUSY.format(mark=str(mark)), timeout_s=120)
    call = threading.Thread(target=_invoke, args=(probed,), daemon=True)
    call.start()
    assert eventually(mark.exists)


def _invoke(probed: Probed) -> None:
    with contextlib.suppress(Exception):  # the connection dies with the emulator, which is what the test wants
        probed.boto("lambda").invoke(FunctionName="busy")


def alive(group: int) -> bool:
    """Whether any process of the group still runs."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
