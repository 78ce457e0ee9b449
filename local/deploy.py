"""Build the real packages and deploy the real template to the emulator, unless nothing changed.

A stamp is the digest of everything that a build or a deployment reads. A second start with unchanged sources does
neither.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STACK = "relance-local"
BUILDS = ROOT / "build" / "local"
KEPT = 3  # builds: another cloud may still deploy from the one before
SOURCES = ("template.yaml", "samconfig.toml", "Makefile", "tools/build_package.py", "requirements.lock")
TREES = ("functions", "shared/relance", "layers", "statemachines", "local/repairs")


class DeploymentError(RuntimeError):
    """`sam` failed; the message holds the end of what it said."""


def sources_stamp() -> str:
    """The digest of all that the packages and the stack are made from."""
    return hashlib.sha256(f"{sys.version}\0{_digest(_sources(), ROOT)}".encode()).hexdigest()[:24]


def build(stamp: str) -> Path:
    """`sam build` for the interpreter at hand, which is the one that the emulator runs handlers with: where it is.

    One build serves every state directory (the tests' and the demo's), whoever asks first makes it. The PDF layer comes
    without its native libraries: those of `tools/setup.sh` are of the same Debian, and no laptop should wait for a
    package that has left the archive.
    """
    built = BUILDS / stamp
    with _one_at_a_time():
        if not built.exists():
            python = f"{sys.version_info.major}.{sys.version_info.minor}"
            partial = BUILDS / "partial"
            shutil.rmtree(partial, ignore_errors=True)
            _sam(["build", "--build-dir", str(partial)], {"LAYER_PYTHON": python, "LAYER_NATIVE": "0"})
            _zip_packages(partial)
            partial.rename(built)
            for old in sorted(BUILDS.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
                shutil.rmtree(old)
    return built


def deploy(built: Path, environment: Mapping[str, str], parameters: Mapping[str, str]) -> None:
    """`sam deploy` of what `build` left to the endpoint of `environment`."""
    command = ["deploy", "--template-file", str(built / "template.yaml"), "--stack-name", STACK, "--resolve-s3"]
    command += ["--no-progressbar", "--no-confirm-changeset", "--no-fail-on-empty-changeset"]
    command += ["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    command += ["--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items())]
    _sam(command, {**environment, "SAM_CLI_POLL_DELAY": "0.5"})


def _zip_packages(built: Path) -> None:
    """Let the built template name its packages as zip files. `sam deploy` would zip them for each state directory, all
    250 MB at its best compression; the layers change so rarely that theirs outlive a build.
    """
    template = built / "template.yaml"
    text = template.read_text()
    for package in sorted(path for path in built.iterdir() if path.is_dir()):
        files = sorted(path for path in package.rglob("*") if path.is_file())
        packed = built / f"{package.name}.zip"
        if package.name.endswith("Layer"):
            packed = ROOT / "build" / f"{package.name}-{_digest(files, package)[:16]}.zip"
        if not packed.exists():
            partial = packed.with_suffix(".partial")
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
                for file in files:
                    target.write(file, file.relative_to(package))
            partial.rename(packed)
        uri = packed.name if packed.parent == built else packed  # the folder of a build is renamed when it is whole
        text = text.replace(f"Uri: {package.name}\n", f"Uri: {uri}\n")
        shutil.rmtree(package)
    template.write_text(text)


def _digest(files: Iterable[Path], root: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(root)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _sam(command: list[str], environment: Mapping[str, str]) -> None:
    binaries = str(Path(sys.executable).parent)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    path = f"{binaries}{os.pathsep}{inherited.get('PATH', '')}"
    finished = subprocess.run(
        [shutil.which("sam", path=path) or "sam", *command],
        cwd=ROOT,
        env={**inherited, "PATH": path, "SAM_CLI_TELEMETRY": "0", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if finished.returncode:
        raise DeploymentError(f"sam {command[0]} failed:\n{finished.stdout[-4000:]}")


def _sources() -> Iterator[Path]:
    for name in SOURCES:
        yield ROOT / name
    for tree in TREES:
        for file in sorted((ROOT / tree).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                yield file


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / ".sam.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
