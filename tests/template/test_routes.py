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
    handled = {key for app in (ROOT / "functions").glob("*/*.py") for key in _handled(ast.parse(app.read_text()))}
    assert deployed == handled


def _handled(tree: ast.Module) -> set[str]:
    """Routes written as `@api.get("/v1/…")`, or as keys `"GET /q/{token}"` of a table."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=verb), args=[ast.Constant(value=str(path)), *_]) if verb in VERBS:
                if path.startswith("/"):
                    found.add(f"{verb.upper()} {path}")
            case ast.Dict(keys=keys):
                texts = [key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
                found |= {text for text in texts if ROUTE_KEY.fullmatch(text)}
    return found
