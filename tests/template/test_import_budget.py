"""A cold start is a budget: how many modules a function loads at import, and which ones it must never load."""

from __future__ import annotations

import json

import pytest

from tests.template.conftest import ROOT
from tools import imports

BUDGETS: dict[str, int] = json.loads((ROOT / "tests" / "template" / "import_budgets.json").read_text())
RESOLVER = "aws_lambda_powertools.event_handler"
FORBIDDEN = {
    "pixel": {"boto3", "pydantic", "jinja2", "pynamodb"},
    "authorizer": {"jinja2"},
    "reminder_step": {"weasyprint"},
}
# WeasyPrint costs 900 ms, pydantic 183 ms, the X-Ray SDK 375 ms, Powertools' resolver 66 ms: nobody pays for them but
# render_pdf for the first.
FORBIDDEN_EVERYWHERE = {"weasyprint", "pydantic", "aws_xray_sdk", RESOLVER}


def test_every_function_has_a_budget() -> None:
    assert sorted(BUDGETS) == imports.functions()


@pytest.mark.parametrize("function", imports.functions())
def test_a_cold_start_loads_no_more_modules_than_its_budget_and_none_that_is_forbidden(function: str) -> None:
    """One test for both, because a process starts for each."""
    loaded = imports.imported(function)
    assert len(loaded) <= BUDGETS[function]
    forbidden = FORBIDDEN_EVERYWHERE | FORBIDDEN.get(function, set())
    if function == "render_pdf":
        forbidden = forbidden - {"weasyprint"}
    assert forbidden & loaded == set()
