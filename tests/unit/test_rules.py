"""Every rule of the law that documents are held to has a test that says so: its id is in a name or a docstring."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
DATA = tomllib.loads(Path(__file__).with_name("rules.toml").read_text(encoding="utf-8"))
RULES: dict[str, str] = DATA["rules"]
PENDING: dict[str, str] = DATA["pending"]


def _said(source: str) -> Iterator[str]:
    """Names and docstrings of the tests of a module, and its own docstring."""
    tree = ast.parse(source)
    yield ast.get_docstring(tree) or ""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield f"{node.name} {ast.get_docstring(node) or ''}"


@cache
def _all_said() -> str:
    files = (path for path in TESTS.rglob("test_*.py") if path.name != Path(__file__).name)
    return "\n".join(text for path in files for text in _said(path.read_text(encoding="utf-8")))


def names(id: str, text: str) -> bool:
    """Whether a text holds the id, as in prose (`Q-01`) or as in a name (`_Q_01`, `_q_01`); `IR-03` is not `R-03`."""
    letter, number = id.split("-")
    return re.search(rf"(?<![A-Za-z])(?:{letter}|{letter.lower()})[-_]{number}(?![0-9])", text) is not None


def test_every_rule_is_named_by_a_test_or_is_said_to_be_pending() -> None:
    silent = {id: rule for id, rule in RULES.items() if not names(id, _all_said()) and id not in PENDING}
    assert silent == {}, "rules that no test names"


def test_what_is_pending_is_a_rule_that_no_test_names_yet() -> None:
    assert PENDING.keys() <= RULES.keys()
    assert {id for id in PENDING if names(id, _all_said())} == set(), "these are shown: take them out of [pending]"
    assert all(PENDING.values())


def test_an_id_is_recognised_whole() -> None:
    assert names("Q-01", "Q-01: what keeps a document")
    assert names("Q-01", "test_that_it_is_so_Q_01")
    assert names("Q-01", "test_QM_02_Q_01_and_more")
    assert names("P-03", "test_p_03_two_semesters")
    assert names("DU-04", "test_du_04_two_years")
    assert not names("DU-01", "test_a_deposit_D_01")
    assert not names("R-03", "test_the_category_IR_03")
    assert not names("Q-01", "Q-011")
