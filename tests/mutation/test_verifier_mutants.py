"""Each check of the verifier, removed alone, is missed by some tampered export: none is there for show.

A mutant lacks one statement that reports or raises, or one condition of an `if`. It is caught when, on some case of the
corpus, it no longer tells what the verifier tells. The few that no export can tell apart are named, with the reason.
"""

import ast
import importlib.util
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from relance.resources import verify_archive
from tests.doubles import periods, tampered_closings
from tests.doubles.exported import Files, world_of, zip_of
from tests.doubles.tampered import EXPORT, Case, cases, intact, repacked

SOURCE = Path(verify_archive.__file__).read_text(encoding="utf-8")
# The curve is held to RFC 8032 and to another implementation in test_ed25519.py; the rest is for people.
APART = {"_decompress", "ed25519_verify", "main", "describe", "instant", "read_file"}
SHARES = 4
EQUIVALENT = {
    'raise: raise ValueError(f"le nombre {text} n\'est pas un entier")': "written again it differs anyway",
    "condition: len(text) > 15": "only spares a comparison",
}


PERIODS = [Case(f"period {case.name}", case.files, case.pins) for case in periods.tampered()]
ALLOWED = [
    *intact(),
    *tampered_closings.intact(),
    *(Case(f"period {case.name}", case.files, case.pins) for case in periods.intact()),
]


class Remover(ast.NodeTransformer):
    """Takes out the check number `wanted`; counts them when there is none of that number."""

    def __init__(self, wanted: int) -> None:
        self.wanted, self.seen, self.removed = wanted, 0, ""

    def _is_wanted(self, node: ast.AST, label: str) -> bool:
        self.seen += 1
        if self.seen - 1 != self.wanted:
            return False
        self.removed = f"{label}: {ast.unparse(node)[:110]}"
        return True

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return ast.copy_location(ast.Pass(), node) if self._is_wanted(node, "raise") else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        told = ast.unparse(node)
        reports = told.startswith(("report.add(", "self.report.add("))
        return ast.copy_location(ast.Pass(), node) if reports and self._is_wanted(node, "report") else node

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.test, ast.BoolOp):
            for operand in list(node.test.values):
                if self._is_wanted(operand, "condition"):
                    left = [value for value in node.test.values if value is not operand]
                    node.test = left[0] if len(left) == 1 else ast.BoolOp(node.test.op, left)
                    break
        return node


def mutant(number: int) -> tuple[str, ModuleType] | None:
    tree = ast.parse(SOURCE)
    remover = Remover(number)
    for node in tree.body:
        if not (isinstance(node, ast.FunctionDef) and node.name in APART):
            remover.visit(node)
    if not remover.removed:
        return None
    spec = importlib.util.spec_from_loader(f"mutant_{number}", loader=None)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # classes of the module ask for it by name
    exec(compile(ast.fix_missing_locations(tree), f"mutant_{number}", "exec"), module.__dict__)
    module.__dict__["ed25519_verify"] = quick_verify
    return remover.removed, module


def quick_verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """What test_ed25519.py shows to be the verifier's own answer, in a hundredth of the time."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def mutants(share: int) -> Iterator[tuple[str, ModuleType]]:
    """Each of a share, so that both cores have work."""
    number = share
    while (made := mutant(number)) is not None:
        yield made
        number += SHARES


@contextmanager
def source_of(module: Any, case: Case) -> Iterator[Any]:
    if not case.whole:
        yield case.files
        return
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        file.write(case.whole)
        file.flush()
        yield module.Zip(file.name)


def told(module: Any, case: Case) -> object:
    """All that a verifier says of a case; an exception is an answer too."""
    try:
        with source_of(module, case) as source:
            report = module.verify(
                source, pins=case.pins, vkey=case.vkey or None, export=case.export, first_only=case.first_only
            )
    except Exception as error:
        return type(error).__name__
    return [(fault.kind, fault.seq, fault.document, fault.file) for fault in report.faults]


@cache
def corpus() -> tuple[tuple[Case, object], ...]:
    bucket = Files({name: body for name, body in EXPORT.bodies.items() if "/" in name or name == "log.json"})
    ways = [
        Case("the first fault is enough", Files({"log.json": b"!"}), first_only=True),
        Case("the bucket with wrong sums", Files({**bucket.bodies, "SHA256SUMS": b"x"}), export=False),
        Case("a zip of another day", EXPORT, whole=repacked()),
        Case("as it is", EXPORT, whole=zip_of(world_of())),
    ]
    return tuple(
        (case, told(verify_archive, case)) for case in [*ALLOWED, *ways, *cases(), *tampered_closings.cases(), *PERIODS]
    )


def test_what_is_intact_is_accepted_and_nothing_else() -> None:
    refused = {case.name for case, said in corpus() if said != []}
    assert refused == {case.name for case, _ in corpus()} - {case.name for case in ALLOWED}


@pytest.mark.parametrize("share", range(SHARES))
def test_every_check_of_the_verifier_is_needed_by_some_export(share: int) -> None:
    count, survivors, quick = 0, [], list(corpus())
    for removed, module in mutants(share):
        count += 1
        caught = next((at for at, (case, said) in enumerate(quick) if told(module, case) != said), None)
        if caught is None:
            survivors.append(removed)
        else:
            quick.insert(0, quick.pop(caught))  # neighbours in the source are often caught by the same export
    assert count > 80 / SHARES
    assert sorted(set(survivors) - set(EQUIVALENT)) == [], "\n".join(survivors)
