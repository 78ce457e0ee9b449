"""Each check of the verifier, removed alone, is missed by some tampered export: none is there for show.

A mutant lacks one statement that reports or raises, one operand of an `and` or an `or`, or one link of a chained
comparison. It is caught when, on some case of the corpus, it no longer tells what the verifier tells. The few that no
export can tell apart are named, with the reason.
"""

import ast
import copy
import sys
import tempfile
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from relance.resources import verify_archive
from tests.doubles import (
    periods,
    tampered_closings,
    tampered_forms,
    tampered_keys,
    tampered_points,
    tampered_removals,
)
from tests.doubles.exported import Files, world_of, zip_of
from tests.doubles.tampered import EXPORT, Case, bomb, cases, intact, repacked

TREE = ast.parse(Path(verify_archive.__file__).read_text(encoding="utf-8"))
# Which processes do the work never changes what is found (test_verifier_workers.py); what a computer leaves beside the
# archive is left out (test_verifier_words.py); a zip made again is refused for that alone (test_verifier_command.py);
# links and pipes are in folders alone (test_hostile_archives.py); the rest is for people.
APART = {
    "Fault",
    "Parser",
    "Workers",
    "as_kept",
    "batches",
    "company_name",
    "counting",
    "describe",
    "describe_keys",
    "files_of",
    "folder_of",
    "instant",
    "is_export",
    "is_large",
    "is_left_by_a_system",
    "keep_window_open",
    "main",
    "obstacle",
    "only_file",
    "parser",
    "read_file",
    "what_it_says",
    "whose",
    "why",
}
CURVE = {"_decompress", "ed25519_verify"}  # held to signatures, below
SHARES = 8
EQUIVALENT = {
    'raise: raise Unsound(f"le nombre {text} n\'est pas un entier")': "written again it differs anyway",
    "operand: len(text) > 15": "only spares a comparison",
    "operand: len(text) > 2 * _DEEPEST": "only spares a walk",
    "operand: text.count('{') + text.count('[') > _DEEPEST": "only spares a walk",
    "operand: not self.are_documents_read": "only spares reading each document twice",
}
EQUIVALENT_OF_CURVE = {
    "operand: base is None": "the base point is a point; said for the types",
    "operand: (x * x - x2) % _P": "no signature can be made that holds under what is no point",
}

PERIODS = [Case(f"period {case.name}", case.files, case.pins) for case in periods.tampered()]
ALLOWED = [
    *intact(),
    *tampered_closings.intact(),
    *tampered_forms.intact(),
    *tampered_keys.intact(),
    *tampered_points.intact(),
    *tampered_removals.intact(),
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
        reports = told.startswith(("report.add(", "self.report.add(", "self.add("))
        return ast.copy_location(ast.Pass(), node) if reports and self._is_wanted(node, "report") else node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        for operand in list(node.values):
            if self._is_wanted(operand, "operand"):
                left = [value for value in node.values if value is not operand]
                return left[0] if len(left) == 1 else ast.copy_location(ast.BoolOp(node.op, left), node)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """`a <= b < c` is `a <= b` and `b < c`: each of the two may be taken out."""
        self.generic_visit(node)
        terms = [node.left, *node.comparators]
        for at, op in enumerate(node.ops if len(node.ops) > 1 else []):
            link = ast.Compare(terms[at], [op], [terms[at + 1]])
            if self._is_wanted(link, "link"):
                links: list[ast.expr] = [
                    ast.Compare(terms[n], [other], [terms[n + 1]]) for n, other in enumerate(node.ops) if n != at
                ]
                return ast.copy_location(links[0] if len(links) == 1 else ast.BoolOp(ast.And(), links), node)
        return node


@dataclass(frozen=True, slots=True)
class Mutant:
    """The verifier without one check: its top-level statement `place` is `code` instead."""

    removed: str
    place: int
    code: CodeType

    def module(self) -> ModuleType:
        module = ModuleType(f"mutant_{self.place}_{id(self)}")
        sys.modules[module.__name__] = module  # classes of the module ask for it by name
        for place, code in enumerate(compiled()):
            exec(self.code if place == self.place else code, module.__dict__)
        return module


def code_of(node: ast.stmt) -> CodeType:
    whole = ast.Module([TREE.body[1], node], [])  # `from __future__ import annotations` holds for what it begins
    return compile(ast.fix_missing_locations(whole), "mutant", "exec")


@cache
def compiled() -> tuple[CodeType, ...]:
    return tuple(code_of(node) for node in TREE.body)


@cache
def mutants() -> tuple[Mutant, ...]:
    """All but those of the curve, in the order of the source."""
    return tuple(mutants_but(APART | CURVE))


def mutants_but(names: Set[str]) -> Iterator[Mutant]:
    return (
        mutant
        for place, node in enumerate(TREE.body)
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name not in names
        for mutant in (mutants_of_class(place, node) if isinstance(node, ast.ClassDef) else mutants_of(place, node))
    )


def mutants_of_class(place: int, node: ast.ClassDef) -> Iterator[Mutant]:
    for at, member in enumerate(node.body):
        if isinstance(member, ast.FunctionDef):
            for removed, method in mutations(member):
                changed = copy.copy(node)
                changed.body = [*node.body[:at], method, *node.body[at + 1 :]]
                yield Mutant(removed, place, code_of(changed))


def mutants_of(place: int, node: ast.FunctionDef) -> Iterator[Mutant]:
    for removed, function in mutations(node):
        yield Mutant(removed, place, code_of(function))


def mutations(node: ast.FunctionDef) -> Iterator[tuple[str, ast.stmt]]:
    """What was removed, and the function without it."""
    for number in count():
        remover = Remover(number)
        mutated = remover.visit(copy.deepcopy(node))
        if not remover.removed:
            return
        yield remover.removed, mutated


def of_curve() -> tuple[Mutant, ...]:
    return tuple(
        mutants_but({node.name for node in TREE.body if isinstance(node, ast.FunctionDef | ast.ClassDef)} - CURVE)
    )


KEY = Ed25519PrivateKey.from_private_bytes(b"\x09" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()
SIGNED = [(message, KEY.sign(message)) for message in (b"%d" % n for n in range(6))]
ORDER = 2**252 + 27742317777372353535851937790883648493
NEUTRAL, ZERO = (1).to_bytes(32, "little"), bytes(32)


def signatures() -> Iterator[tuple[bytes, list[tuple[bytes, bytes]]]]:
    """Keys, and what they signed or did not, alone and among others."""
    for seed in range(8):  # about half of all keys have the sign bit
        other = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        yield other.public_key().public_bytes_raw(), [(b"x", other.sign(b"x"))]
    message, good = SIGNED[5]
    again = int.from_bytes(good[32:], "little") + ORDER
    for forged in (
        (message, good),
        (message + b"!", good),
        (message, good[:63]),
        (message, good + b"\x00"),
        (message, good[:32] + again.to_bytes(32, "little")),
        (message, b"\xff" * 32 + good[32:]),
        (message, (2).to_bytes(32, "little") + good[32:]),
        (message, good[:40] + bytes([good[40] ^ 1]) + good[41:]),
    ):
        yield PUBLIC, [forged]
        yield PUBLIC, [*SIGNED[:5], forged]
    # The neutral point signs anything, as a key and as R.
    yield NEUTRAL, [(b"x", tampered_points.signed_by_nobody(NEUTRAL, b"x"))]
    yield PUBLIC, [(b"x", tampered_points.signed_without_nonce(b"\x09" * 32, PUBLIC, b"x"))]
    for key in (b"", PUBLIC[:31], b"\xff" * 32, NEUTRAL, (1 | 1 << 255).to_bytes(32, "little"), PUBLIC[::-1]):
        for many in (1, 5):
            yield key, [(b"x", NEUTRAL + ZERO)] * many
            yield key, SIGNED[:many]


def held(module: Any) -> list[object]:
    """What a verifier says of each."""
    said: list[object] = []
    for key, signed in signatures():
        try:
            said.append(module.ed25519_verify_all(key, signed))
        except Exception as error:
            said.append(type(error).__name__)
    return said


def quick_verify(public_key: bytes, message: bytes, signature: bytes, bits: int = 4) -> bool:
    """What test_ed25519.py shows to be the verifier's own answer, in a hundredth of the time."""
    assert bits in (4, 8)
    if any(map(verify_archive._is_of_small_order, (public_key, signature[:32]))):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


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
    part = {
        name: body for name, body in periods.EXPORT.bodies.items() if "/" in name or name in ("log.json", "start.json")
    }
    ways = [
        Case("the first fault is enough", Files({"log.json": b"!"}), first_only=True),
        Case("the bucket with wrong sums", Files({**bucket.bodies, "SHA256SUMS": b"x"}), export=False),
        Case("the bucket with a start", Files(part), export=False),
        Case("a zip of another day", EXPORT, whole=repacked()),
        Case("as it is", EXPORT, whole=zip_of(world_of())),
        Case("a zip that grows a thousandfold", EXPORT, whole=bomb()),
    ]
    altered = (tampered_closings, tampered_forms, tampered_keys, tampered_points, tampered_removals)
    refused = [*cases(), *(case for one in altered for case in one.cases()), *PERIODS]
    return tuple((case, told(verify_archive, case)) for case in [*ALLOWED, *ways, *refused])


def survivors(share: int) -> Iterator[str]:
    """The mutants of a share that tell of every case what the verifier tells."""
    quick = list(corpus())
    for mutant in mutants()[share::SHARES]:
        module = mutant.module()
        module.__dict__.update(ed25519_verify=quick_verify)
        caught = next((at for at, (case, said) in enumerate(quick) if told(module, case) != said), None)
        del sys.modules[module.__name__]
        if caught is None:
            yield mutant.removed
        else:
            quick.insert(0, quick.pop(caught))  # neighbours in the source are often caught by the same export


def test_what_is_intact_is_accepted_and_nothing_else() -> None:
    refused = {case.name for case, said in corpus() if said != []}
    assert refused == {case.name for case, _ in corpus()} - {case.name for case in ALLOWED}


def test_the_mutants_lack_checks_of_each_sort() -> None:
    assert len(mutants()) > 240
    sorts = [one.removed.partition(":")[0] for one in mutants()]
    assert all(sorts.count(sort) >= 5 for sort in ("raise", "report", "operand", "link")), sorts


def test_every_check_of_the_curve_is_needed_by_some_signature() -> None:
    said = held(verify_archive)
    left = [mutant.removed for mutant in of_curve() if held(mutant.module()) == said]
    assert sorted(set(left) - EQUIVALENT_OF_CURVE.keys()) == []
    assert len(of_curve()) > len(left)


@pytest.mark.parametrize("share", range(SHARES))
def test_every_check_of_the_verifier_is_needed_by_some_export(share: int) -> None:
    left = [removed for removed in survivors(share) if removed not in EQUIVALENT]
    assert left == [], "\n".join(left)
