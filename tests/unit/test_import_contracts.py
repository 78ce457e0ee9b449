"""Who may import whom is checked for real: the tree keeps the contracts, and each contract fails when it is broken.

A contract that is spelled wrong passes for ever, and a folder without `__init__.py` is skipped without a word. So a
copy of the tree gets one bad import per rule, and the linter must name each; and every file must have been read.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TREES = ("shared/relance", "functions")
NOT_A_PACKAGE = "resources"  # data, and one program that must run without us


@dataclass(frozen=True)
class Violation:
    """A line added to a module, and what must be said about it."""

    contract: str
    module: str
    line: str
    imported: str

    @property
    def file(self) -> str:
        root = "shared/" if self.module.startswith("relance") else ""
        return f"{root}{self.module.replace('.', '/')}.py"


LAYERS = "Functions, runtime and adapters, contracts and use cases, domain"
VIOLATIONS = [
    Violation(LAYERS, "relance.domain.money", "import relance.app.context", "relance.app.context"),
    Violation(LAYERS, "relance.domain.vat", "import relance.contracts.parse", "relance.contracts.parse"),
    Violation(LAYERS, "relance.app.customers", "import relance.contracts.parse", "relance.contracts.parse"),
    Violation(LAYERS, "relance.app.settings", "import relance.adapters.clock", "relance.adapters.clock"),
    Violation(LAYERS, "relance.contracts.parse", "import relance.app.customers", "relance.app.customers"),
    Violation(LAYERS, "relance.adapters.entropy", "import relance.runtime.aws", "relance.runtime.aws"),
    Violation(LAYERS, "relance.runtime.settings", "import relance.adapters.clock", "relance.adapters.clock"),
    Violation(LAYERS, "relance.runtime.aws", "import functions.pixel.wiring", "functions.pixel.wiring"),
    Violation("The domain is pure", "relance.domain.quote", "import boto3", "boto3"),
    Violation("The domain is pure", "relance.domain.party", "import time", "time"),
    Violation("The domain is pure", "relance.domain.links", "import socket", "socket"),
    Violation("Use cases know no SDK", "relance.app.customers", "import boto3", "boto3"),
    Violation("Contracts know no service", "relance.contracts.parse", "import botocore", "botocore"),
    Violation(
        "Adapters see ports, never use cases",
        "relance.adapters.clock",
        "import relance.app.quoting",
        "relance.app.quoting",
    ),
    Violation("pynamodb stays inside adapters.dynamo", "relance.adapters.clock", "import pynamodb", "pynamodb"),
    Violation("WeasyPrint stays inside its adapter", "relance.adapters.clock", "import weasyprint", "weasyprint"),
    Violation(
        "Only wirings know adapters", "functions.pixel.app", "import relance.adapters.clock", "relance.adapters.clock"
    ),
    Violation("Only wirings know adapters", "functions.pixel.wiring", "import boto3", "boto3"),
    Violation(
        "A function never imports another function",
        "functions.pixel.app",
        "import functions.quotes_api.wiring",
        "functions.quotes_api.wiring",
    ),
    Violation("Nothing shipped imports tests or tools", "relance.app.customers", "import tests.builders", "tests"),
    Violation("Nothing shipped imports tests or tools", "functions.quotes_api.app", "import local.clock", "local"),
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, because the tree itself is being worked on."""
    copy = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for tree in TREES:
        ignored = shutil.ignore_patterns("__pycache__", NOT_A_PACKAGE)
        shutil.copytree(ROOT / tree, copy / tree, ignore=ignored)
    return copy


@pytest.fixture(scope="module")
def healthy(tree: Path) -> str:
    """What the linter says of the tree as it is."""
    return lint(tree)


@pytest.fixture(scope="module")
def broken(tree: Path, healthy: str) -> dict[str, str]:
    """What the linter says, contract by contract, once every violation is planted; `healthy` was asked before."""
    for violation in VIOLATIONS:
        with (tree / violation.file).open("a", encoding="utf-8") as module:
            module.write(f"\n{violation.line}\n")
    said = lint(tree).partition("Broken contracts\n")[2]
    parts = re.split(r"^(.+)\n-{3,}\n", said, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def lint(tree: Path) -> str:
    done = run(tree, [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"])
    return f"{done.stdout}\n{done.stderr}\nexit {done.returncode}"


def run(tree: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{tree / 'shared'}:{tree}", "COLUMNS": "200"}
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_the_tree_keeps_every_import_contract(healthy: str) -> None:
    assert "exit 0" in healthy, healthy
    assert " 0 broken" in healthy


def test_every_file_is_read_handlers_too(tree: Path) -> None:
    program = "import grimp; print(*grimp.build_graph('relance', 'functions', cache_dir=None).modules, sep='\\n')"
    read = set(run(tree, [sys.executable, "-c", program]).stdout.split())
    written = {
        str(file.relative_to(root).with_suffix("")).replace("/", ".").removesuffix(".__init__")
        for root, package in zip((tree / "shared", tree), ("relance", "functions"), strict=True)
        for file in (root / package).rglob("*.py")
    }
    assert read == written
    assert len([name for name in read if name.startswith("functions.") and name.endswith(".app")]) >= 17


@pytest.mark.parametrize("violation", VIOLATIONS, ids=lambda v: f"{v.module}->{v.imported}")
def test_a_planted_import_breaks_its_contract_and_is_named(broken: dict[str, str], violation: Violation) -> None:
    assert f"{violation.module} -> {violation.imported} (l." in broken[violation.contract]


def test_every_contract_has_a_violation_that_breaks_it(broken: dict[str, str]) -> None:
    named = re.findall(
        r'^name = "(.+)"$', (ROOT / "pyproject.toml").read_text().partition("[tool.importlinter]")[2], re.M
    )
    assert {violation.contract for violation in VIOLATIONS} == set(named) == set(broken) - {"Contracts"}
