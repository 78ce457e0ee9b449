"""What the build leaves out of a layer is really not needed."""

from __future__ import annotations

import ast

from tests.template.conftest import ROOT
from tools.build_package import BOTOCORE_SERVICES


def test_the_layer_keeps_the_model_of_every_service_that_we_call() -> None:
    sources = [*(ROOT / "functions").glob("*/wiring.py"), *(ROOT / "shared").rglob("*.py")]
    called = {service for source in sources for service in _clients(ast.parse(source.read_text()))}
    assert {"s3", "sesv2"} <= called
    assert called | {"dynamodb"} <= BOTOCORE_SERVICES


def _clients(tree: ast.Module) -> set[str]:
    """The services named by `client("…")`, `create_client("…")` and `session.client("…")`."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id=name) | ast.Attribute(attr=name), args=[ast.Constant(value=str(service)), *_]
            ):
                if name in {"client", "create_client"}:
                    found.add(service)
    return found
