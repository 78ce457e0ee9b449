"""The API's routes and the handlers' agree: no route leads nowhere, no handler waits for a call that cannot come."""

from __future__ import annotations

import ast
import re

from tests.template.conftest import ROOT, Stack

VERBS = {"get", "post", "put", "delete", "patch"}
ROUTE_KEY = re.compile(r"(GET|POST|PUT|DELETE) /\S+")


def test_every_route_of_the_api_has_its_handler_and_the_reverse(stack: Stack) -> None:
    (api,) = stack.of_type("AWS::ApiGatewayV2::Api").values()
    deployed = {
        f"{verb.upper()} {path}"
        for path, operations in api["Body"]["paths"].items()
        for verb in operations
        if path not in {"/o/{file}", "/$default"}  # the pixel answers all alike
    }
    handled = {key for app in (ROOT / "functions").glob("*/app.py") for key in _handled(ast.parse(app.read_text()))}
    assert deployed == handled


def _handled(tree: ast.Module) -> set[str]:
    """Routes written as `@api.get("/v1/…")`, or as keys `"GET /q/{token}"` of a table."""
    found = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in VERBS
            and node.args
        ):
            path = node.args[0]
            if isinstance(path, ast.Constant) and str(path.value).startswith("/"):
                found.add(f"{node.func.attr.upper()} {path.value}")
        if isinstance(node, ast.Dict):
            keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
            found |= {key for key in keys if isinstance(key, str) and ROUTE_KEY.fullmatch(key)}
    return found
