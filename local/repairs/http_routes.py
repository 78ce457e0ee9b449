"""An HTTP API gets the routes of its OpenAPI body.

Seen: CloudFormation ignores `Body` of AWS::ApiGatewayV2::Api, which is how SAM describes a whole HttpApi: the stack
is green, the API has no route, every call is a 404. Here the body becomes integrations, authorizers and routes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.services import apigateway
from ministack.services.cloudformation import provisioners

from local.repairs.patching import wrap

METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options", "x-amazon-apigateway-any-method"})


def apply() -> None:
    handlers = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]
    handlers["create"] = _with_routes(handlers["create"], properties=1)
    handlers["update"] = _with_routes(handlers["update"], properties=2)
    # Replacing an API goes through the module's own name.
    wrap(provisioners, "_apigw_v2_api_create", lambda create: _with_routes(create, properties=1))


def _with_routes(provision: Callable[..., Any], *, properties: int) -> Callable[..., Any]:
    def repaired(*args: Any, **kwargs: Any) -> Any:
        outcome = provision(*args, **kwargs)
        body = args[properties].get("Body")
        if body:
            _import(outcome[0], body)
        return outcome

    return repaired


def _import(api_id: str, body: dict[str, Any]) -> None:
    """Make the API's routes those of `body`, replacing whatever was there."""
    for store in (apigateway._routes, apigateway._integrations, apigateway._authorizers):
        store[api_id] = {}
    schemes = body.get("components", {}).get("securitySchemes", {})
    authorizers = {name: _authorizer(api_id, name, scheme) for name, scheme in schemes.items()}
    for path, operations in body.get("paths", {}).items():
        for method, operation in operations.items():
            if method in METHODS:
                _route(api_id, path, method, operation, authorizers)


def _authorizer(api_id: str, name: str, scheme: dict[str, Any]) -> str:
    spec = scheme["x-amazon-apigateway-authorizer"]
    return _created(
        apigateway._create_authorizer(
            api_id,
            {
                "name": name,
                "authorizerType": "REQUEST" if spec["type"].lower() == "request" else "JWT",
                "authorizerUri": spec.get("authorizerUri", ""),
                "authorizerPayloadFormatVersion": spec.get("authorizerPayloadFormatVersion", "2.0"),
                "authorizerResultTtlInSeconds": spec.get("authorizerResultTtlInSeconds", 0),
                "enableSimpleResponses": spec.get("enableSimpleResponses", False),
                "identitySource": _identity_sources(spec.get("identitySource", "")),
                "jwtConfiguration": spec.get("jwtConfiguration", {}),
            },
        ),
        "authorizerId",
    )


def _identity_sources(spec: str | list[str]) -> list[str]:
    """A list as SAM writes it, or the comma-separated string of the OpenAPI extension."""
    return spec if isinstance(spec, list) else [source.strip() for source in spec.split(",") if source.strip()]


def _route(api_id: str, path: str, method: str, operation: dict[str, Any], authorizers: dict[str, str]) -> None:
    spec = operation["x-amazon-apigateway-integration"]
    integration = _created(
        apigateway._create_integration(
            api_id,
            {
                "integrationType": spec["type"].upper(),
                "integrationUri": spec["uri"],
                "integrationMethod": spec.get("httpMethod", "POST"),
                "payloadFormatVersion": spec.get("payloadFormatVersion", "2.0"),
            },
        ),
        "integrationId",
    )
    verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
    key = "$default" if path == "/$default" else f"{verb} {path}"
    route: dict[str, Any] = {"routeKey": key, "target": f"integrations/{integration}"}
    names = [name for requirement in operation.get("security", []) for name in requirement if name in authorizers]
    if names:
        route |= {"authorizationType": "CUSTOM", "authorizerId": authorizers[names[0]]}
    _created(apigateway._create_route(api_id, route), "routeId")


def _created(response: tuple[int, Any, bytes | str], key: str) -> str:
    status, _, body = response
    answer = json.loads(body)
    if status != 201:
        raise ValueError(f"importing the API's body: {answer}")
    return str(answer[key])
