"""Where a local cloud keeps its things, and what it remembers between two starts."""

from __future__ import annotations

import fcntl
import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO


class AlreadyRunningError(RuntimeError):
    """Another local cloud uses this state directory."""


@dataclass(frozen=True)
class State:
    """The layout of one state directory (`.local/` for `make run`)."""

    root: Path

    @property
    def clock(self) -> Path:
        return self.root / "clock.json"

    @property
    def api_key(self) -> Path:
        return self.root / "api-key"

    @property
    def mails(self) -> Path:
        return self.root / "mails"

    @property
    def timestamps(self) -> Path:
        return self.root / "timestamps"

    @property
    def emulator(self) -> Path:
        return self.root / "emulator"

    @property
    def objects(self) -> Path:
        return self.root / "s3"

    @property
    def log(self) -> Path:
        return self.root / "emulator.log"

    @property
    def temporary(self) -> Path:
        return self.root / "tmp"

    @property
    def unpacked(self) -> Path:
        return self.root / "unpacked"

    @property
    def memory(self) -> Path:
        return self.root / "cloud.json"

    @property
    def snapshot(self) -> Path:
        return self.root / "snapshot"

    @property
    def demo_page(self) -> Path:
        return self.root / "demo-page"

    def lock(self) -> IO[str]:
        """Hold the directory until the returned handle is closed."""
        self.root.mkdir(parents=True, exist_ok=True)
        handle = (self.root / ".lock").open("w")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            raise AlreadyRunningError(f"a local cloud is already running on {self.root}") from None
        return handle

    def wipe(self) -> None:
        """Forget all data. The snapshot of the empty, deployed cloud stays: its stamp guards it."""
        for path in (self.emulator, self.objects, self.mails, self.timestamps, self.temporary):
            shutil.rmtree(path, ignore_errors=True)
        for path in (self.clock, self.api_key, self.memory, self.log, self.demo_page):
            path.unlink(missing_ok=True)

    def save_snapshot(self) -> None:
        """Keep the empty, deployed cloud. Only while the emulator is stopped."""
        shutil.rmtree(self.snapshot, ignore_errors=True)
        partial = self.root / "snapshot.partial"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(self.emulator, partial / "emulator")
        shutil.copytree(self.objects, partial / "s3")
        shutil.copy2(self.memory, partial / "cloud.json")
        partial.rename(self.snapshot)

    def restore_snapshot(self, stamp: str) -> bool:
        """Put the empty, deployed cloud back if it is the one of these sources."""
        try:
            known = Memory.load(self.snapshot / "cloud.json")
        except FileNotFoundError:
            return False
        if known.stamp != stamp:
            return False
        shutil.copytree(self.snapshot / "emulator", self.emulator)
        shutil.copytree(self.snapshot / "s3", self.objects)
        shutil.copy2(self.snapshot / "cloud.json", self.memory)
        return True


@dataclass
class Memory:
    """What a start leaves for the next one."""

    stamp: str = ""
    emulator_port: int = 0
    front_port: int = 0
    mailbox_port: int = 0
    timestamps_port: int = 0
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def told(self) -> tuple[int, int, int]:
        """The ports that the deployed functions know."""
        return self.front_port, self.emulator_port, self.timestamps_port

    @classmethod
    def load(cls, path: Path) -> Memory:
        return cls(**json.loads(path.read_text()))

    def save(self, path: Path) -> None:
        partial = path.with_suffix(".tmp")
        partial.write_text(json.dumps(asdict(self), indent=1) + "\n")
        partial.replace(path)
