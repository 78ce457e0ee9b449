"""Build one function's package or one layer; called by `sam build` through the Makefile's rule `build-%`.

Guarantees:
* a function's package holds `relance/`, `functions/<name>/` and the digest of the dependency lock, nothing else: a
  change of ours or of a locked dependency changes the package, so Lambda publishes a new version (SAM issue 3610,
  checked 2026-11);
* every module is byte-compiled with `unchecked-hash` by an interpreter of the version that will run it: zip files carry
  1980 dates, so time-stamped bytecode is never valid on Lambda (measured: 421 ms instead of 1,048 ms of import);
* a layer is built from hash-locked wheels and Debian packages only, for the platform of Lambda, whatever machine
  builds it (tools/native.py has the native libraries of the PDF layer).

What is the same for all packages is made once, kept in `build/` under the digest of its inputs, and copied.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import declarations, elf, expat, native
from tools.debian import LOCK, ArchiveError
from tools.fiscal import STAMP, product_version, stamp

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / "build"
KEPT = 3  # versions of each shared part: another build may still copy from the one before
PLATFORM = "x86_64-manylinux_2_28"
ARCHITECTURE = "amd64"  # the same, as Debian calls it
NOT_SHIPPED = ("requirements.txt", LOCK.name)  # of what lies in layers/<name>

# Shipped data of SDKs that no function calls: 20 of 25 MB of botocore are other services' models. A service that is
# missing here fails with UnknownServiceError, on the local cloud too; tests/template holds this list against our calls.
BOTOCORE_SERVICES = frozenset(
    {"dynamodb", "events", "kms", "lambda", "s3", "secretsmanager", "sesv2", "sqs", "ssm", "sts", "stepfunctions"}
)

# What no function of ours reads, below a layer's python/. Our fonts are TrueType: nothing is packed as WOFF (Brotli,
# Zopfli); the only images are PNG and JPEG (pdf_weasyprint.Fetcher); pyphen keeps the languages of our documents.
UNUSED = (
    *("bin", "boto3/examples", "cffi/recompiler.py", "**/*.c", "**/*.pyi"),
    *("brotli.py", "_brotli.*.so", "zopfli"),
    *("PIL/_avif.*.so", "PIL/_imagingft.*.so", "PIL/_imagingtk.*.so", "PIL/_webp.*.so"),
    *(f"fontTools/{part}" for part in ("cu2qu", "diff", "merge", "mtiLib", "qu2cu", "t1Lib", "ufoLib", "voltLib")),
    *("fontTools/feaLib/lexer.*.so", "fontTools/pens/momentsPen.*.so"),
    "pyphen/dictionaries/hyph_[!ef]*.dic",
    "pyphen/dictionaries/hyph_e[!n]*.dic",
)


def main() -> None:
    """`build_package.py LOGICAL_ID ARTIFACTS_DIR LAYER_PYTHON`, as SAM's makefile builder needs it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("logical_id")
    parser.add_argument("artifacts", type=Path)
    parser.add_argument("python", help="version that runs the code, e.g. 3.13")
    args = parser.parse_args()
    match = re.fullmatch(r"([A-Z][A-Za-z0-9]*)(Function|Layer)", args.logical_id)
    if match is None:
        sys.exit(f"{args.logical_id}: a logical id ends in Function or Layer")
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", match[1]).lower()
    build = build_function if match[2] == "Function" else build_layer
    try:
        build(name, args.artifacts.resolve(), args.python)
    except ArchiveError as error:
        sys.exit(str(error))


def build_function(name: str, artifacts: Path, python: str) -> None:
    """Put the package of `functions/<name>` into `artifacts`."""
    source = ROOT / "functions" / name
    if not (source / "app.py").is_file():
        sys.exit(f"functions/{name}/app.py does not exist")
    shared = ROOT / "shared" / "relance"
    lists = [ROOT / "layers" / layer / "requirements.txt" for layer in ("runtime", "pdf")]
    key = _digest([shared, *lists, Path(__file__)], python)
    staged = _once(f"shared-{python}", key, lambda out: _stage_shared(shared, out, python))
    shutil.copytree(staged, artifacts, dirs_exist_ok=True)
    package = artifacts / "functions" / name
    _copy_sources(source, package)
    (artifacts / "functions" / "__init__.py").touch()
    _compile(artifacts / "functions", python)
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes()).hexdigest()
    (artifacts / "requirements.lock.sha256").write_text(digest + "\n")


def build_layer(name: str, artifacts: Path, python: str) -> None:
    """Put the third-party code of `layers/<name>` into `artifacts/python`, its native libraries into `artifacts/lib`,
    and what lies beside its lists next to them. LAYER_NATIVE=0 leaves the libraries out: the local cloud has the
    system's. Raises ArchiveError.
    """
    source = ROOT / "layers" / name
    shutil.copytree(_packages(name, python), artifacts / "python", dirs_exist_ok=True)
    if name == "pdf" and os.environ.get("LAYER_NATIVE", "1") != "0":
        made_from = [LOCK, *(Path(str(module.__file__)) for module in (elf, expat, native))]
        key = _digest(made_from, ARCHITECTURE)
        staged = _once(f"native-{ARCHITECTURE}", key, lambda out: native.stage(out, ARCHITECTURE))
        shutil.copytree(staged, artifacts, dirs_exist_ok=True)
    shutil.copytree(source, artifacts, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*NOT_SHIPPED))


def _packages(name: str, python: str) -> Path:
    """The third-party code of `layers/<name>`."""
    requirements = ROOT / "layers" / name / "requirements.txt"
    key = _digest([requirements, Path(__file__), Path(declarations.__file__)], python)
    return _once(f"layer-{name}-{python}", key, lambda out: _stage_layer(requirements, out, python))


def _stage_shared(source: Path, out: Path, python: str) -> None:
    _copy_sources(source, out / "relance")
    (out / "relance" / STAMP).write_text(stamp(out / "relance", product_version()), encoding="utf-8")
    _compile(out / "relance", python)
    # What each start would compile or parse: data classes, templates, style sheets of documents. Each is about a tenth
    # of a cold start of what prints.
    packages = out, _packages("runtime", python), _packages("pdf", python)
    environment = {"PYTHONPATH": os.pathsep.join(map(str, packages)), "PYTHONHASHSEED": "0"}
    command = [_interpreter(python), "-s", "-S", "-P", "-X", "no_debug_ranges", "-c"]
    for program in (
        "from relance import ready_code; assert ready_code.ship()",
        "from relance.adapters.html_jinja import COMPILED, environment; assert COMPILED.ship(environment())",
        "from relance.adapters.pdf_weasyprint import ship_sheets; assert ship_sheets()",
    ):
        subprocess.run([*command, program], check=True, env=environment)


def _stage_layer(requirements: Path, out: Path, python: str) -> None:
    command = ["uv", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    command += [
        "--python-version",
        python,
        "--python-platform",
        PLATFORM,
        "--target",
        str(out),
        "-r",
        str(requirements),
    ]
    subprocess.run(command, check=True)
    _prune(out)
    if (out / "weasyprint").is_dir():
        declarations.write(out)
    _compile(out, python)


def _prune(out: Path) -> None:
    """Remove what no function reads: other services' models, other languages, tests, scripts."""
    for service in (out / "botocore" / "data").glob("*/"):
        if service.name not in BOTOCORE_SERVICES:
            shutil.rmtree(service)
    for pattern in UNUSED:
        for path in list(out.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    _prune_libraries(out)


def _prune_libraries(out: Path) -> None:
    """Keep of `<wheel>.libs/` what an extension that was kept needs, or one of its libraries."""
    found = elf.objects(out)
    brought = {shared.path.name: shared for shared in found if shared.path.parent.suffix == ".libs"}
    waiting = [name for shared in found if shared.path.name not in brought for name in shared.needed]
    unused = set(brought)
    while waiting:
        name = waiting.pop()
        if name in unused:
            unused.remove(name)
            waiting += brought[name].needed
    for name in unused:
        brought[name].path.unlink()


def _copy_sources(source: Path, target: Path) -> None:
    shutil.copytree(
        source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", "py.typed")
    )


def _compile(tree: Path, python: str) -> None:
    # -s: tracebacks name paths below the package, and the bytes do not depend on who built them.
    # no_debug_ranges: columns of tracebacks are a fifth of the bytecode, and memory in every execution environment.
    command = [_interpreter(python), "-X", "no_debug_ranges", "-m", "compileall", "-q"]
    command += ["--invalidation-mode", "unchecked-hash"]
    subprocess.run([*command, "-s", str(tree.parent), str(tree)], check=True)


def _interpreter(version: str) -> str:
    """An interpreter of this version: bytecode of another one is ignored, silently, at every cold start."""
    if f"{sys.version_info.major}.{sys.version_info.minor}" == version:
        return sys.executable
    found = subprocess.run(["uv", "python", "find", version], capture_output=True, text=True, check=False)
    if found.returncode:
        sys.exit(f"Python {version} is needed to byte-compile for Lambda: run `uv python install {version}`")
    return found.stdout.strip()


def _digest(paths: list[Path], python: str) -> str:
    digest = hashlib.sha256(python.encode())
    for path in paths:
        for file in _files(path):
            digest.update(str(file.relative_to(ROOT)).encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for file in sorted(path.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            yield file


def _once(kind: str, key: str, make: Callable[[Path], None]) -> Path:
    """The directory `build/<kind>-<key>`, made by the first of several builds that run at the same time."""
    target = CACHE / f"{kind}-{key}"
    with _locked(kind):
        if not target.exists():
            partial = Path(tempfile.mkdtemp(prefix=f".{kind}-", dir=CACHE))
            try:
                make(partial)
            except BaseException:
                shutil.rmtree(partial)
                raise
            partial.chmod(0o755)
            partial.rename(target)  # whole or absent: a build that dies halfway leaves nothing to be trusted
            for old in sorted(CACHE.glob(f"{kind}-*"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
                shutil.rmtree(old)
    return target


@contextmanager
def _locked(kind: str) -> Iterator[None]:
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f".{kind}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    main()
