"""The API's description and the template agree: every call that is routed is described, and the reverse."""

from __future__ import annotations

from tests.template.conftest import Stack
from tools import openapi


def test_every_route_of_the_api_is_described_and_the_reverse(stack: Stack) -> None:
    (api,) = stack.of_type("AWS::ApiGatewayV2::Api").values()
    routed = {
        (verb, path)
        for path, operations in api["Body"]["paths"].items()
        for verb in operations
        if path.startswith("/v1/")
    }
    assert routed == {(operation.method, operation.path) for operation in openapi.OPERATIONS}
