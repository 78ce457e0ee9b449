"""Which route answers an address, and what leaves when one fails: the edge of every API function."""

from http import HTTPStatus

import pytest

from relance.runtime.http import Api, Call, Reply, csv, ok
from tests.doubles.gateway import Gateway


@pytest.fixture
def gateway() -> Gateway:
    api = Api("test")

    @api.get("/v1/things/{id}")
    def one(call: Call) -> Reply:
        return ok({"one": call.path_id})

    @api.get("/v1/things/all")
    def every(_call: Call) -> Reply:
        return ok({"all": True})

    @api.post("/v1/things/{id}/parts/{item_id}")
    def part(call: Call) -> Reply:
        return ok([call.path_id, call.path_item_id])

    @api.get("/v1/things.csv")
    def table(_call: Call) -> Reply:
        return csv("é;1".encode(), filename="choses.csv")

    @api.delete("/v1/things/{id}")
    def fails(_call: Call) -> Reply:
        raise ValueError("something of ours")

    return Gateway(api)


def test_an_address_that_is_written_out_goes_before_one_with_an_id_in_it(gateway: Gateway) -> None:
    assert gateway.get("/v1/things/all").json == {"all": True}
    assert gateway.get("/v1/things/a+b~c").json == {"one": "a+b~c"}
    assert gateway.post("/v1/things/1/parts/2").json == ["1", "2"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/things/1/parts/2"),
        ("GET", "/v1/things/"),
        ("GET", "/v1/things/1/"),
        ("GET", "/v1/thingsXcsv"),
        ("PUT", "/v1/things/1"),
        ("OPTIONS", "/v1/things/all"),
    ],
)
def test_what_no_route_serves_is_a_problem_like_any_other(gateway: Gateway, method: str, path: str) -> None:
    answer = gateway.send(method, path)
    assert (answer.status, answer.json["code"]) == (404, "no_such_route")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_bytes_arrive_as_they_left(gateway: Gateway) -> None:
    answer = gateway.get("/v1/things.csv")
    assert (answer.body.decode(), answer.headers["Content-Type"]) == ("é;1", "text/csv; charset=utf-8")


def test_what_nobody_foresaw_tells_nothing_of_itself(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    answer = gateway.delete("/v1/things/1")
    assert answer.status == HTTPStatus.INTERNAL_SERVER_ERROR
    assert b"something of ours" not in answer.body
    assert "request failed" in caplog.text
