"""The table of late rates over HTTP: entered by its user, with its source, and never guessed. [P-02, P-07]"""

from typing import Any

import pytest

from tests.builders import OTHER_TENANT
from tests.doubles.api import Server

PATH = "/v1/settings/late-rates"
ROWS = [
    {"valid_from": "2026-07-01", "rate": "12.40", "source": "BCE au 1er juillet 2026 + 10 points"},
    {"valid_from": "2026-01-01", "rate": "12.15", "source": "BCE au 1er janvier 2026 + 10 points"},
]


def test_an_empty_table_is_told_and_the_first_one_matches_it_P_02(server: Server) -> None:
    me = server.caller().settings
    empty = me.get(PATH)
    assert (empty.json["rates"], empty.json["rev"], empty.etag) == ([], 0, '"0"')
    assert empty.json["imputation"] == "principal_first", "the debt first, unless another choice is made [P-07]"
    put = me.put(PATH, {"rates": ROWS, "imputation": "interest_first"}, if_match=empty.etag)
    assert put.status == 200
    assert [row["rate"] for row in put.json["rates"]] == ["12.15", "12.4"], "oldest first"
    assert me.get(PATH).json == put.json
    assert me.put(PATH, {"rates": []}, if_match='"0"').status == 412
    assert me.put(PATH, {"rates": []}).status == 428


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([{**ROWS[0], "rate": "0"}], {("/rates/0/rate", "P-02")}),
        ([{**ROWS[0], "rate": "100.01"}], {("/rates/0/rate", "P-02")}),
        ([{**ROWS[0], "rate": "12.345"}], {("/rates/0/rate", "too_many_decimals")}),
        ([{**ROWS[0], "source": ""}], {("/rates/0/source", "empty")}),
        ([ROWS[1], ROWS[0], {**ROWS[0], "rate": "11"}], {("/rates/2/valid_from", "twice")}),
    ],
    ids=["nothing", "beyond the whole", "three decimals", "no source", "two for one day"],
)
def test_what_is_wrong_in_the_table_is_named_where_it_was_written(
    server: Server, rows: list[dict[str, Any]], faults: set[tuple[str, str]]
) -> None:
    answer = server.caller().settings.put(PATH, {"rates": rows}, if_match='"0"')
    assert (answer.status, answer.faults) == (422, faults)


def test_a_contract_says_at_least_three_times_the_legal_interest_of_its_semesters_P_02(server: Server) -> None:
    """C. com. L441-10 II: 3 × 2.76 % late in 2025, 3 × 2.62 % early in 2026. What the law itself gives has no floor."""
    me = server.caller().settings
    since = {"source": "Contrat", "valid_from": "2025-10-01"}
    low = me.put(PATH, {"rates": [{**since, "rate": "8.27"}]}, if_match='"0"')
    assert (low.status, low.faults) == (422, {("/rates/0/rate", "P-02")})
    message = low.json["faults"][0]["message"]
    assert "8,28 %" in message
    assert "du 01/07/2025 au 31/12/2025 (2,76 %" in message
    # In the order given: the second is too low for 2026, the first one's own semester is over by then.
    later = {"source": "Avenant", "valid_from": "2026-01-01"}
    both = [{**since, "rate": "8.28"}, {**later, "rate": "7.85"}]
    assert me.put(PATH, {"rates": both}, if_match='"0"').faults == {("/rates/1/rate", "P-02")}
    both[1]["rate"] = "7.86"
    assert me.put(PATH, {"rates": both}, if_match='"0"').status == 200
    by_law = me.put(PATH, {"rates": [{**since, "rate": "2", "basis": "statutory"}]}, if_match='"1"')
    assert (by_law.status, by_law.json["rates"][0]["basis"]) == (200, "statutory")
    unknown = {"source": "Contrat", "valid_from": "2031-01-01", "rate": "0.5"}
    assert me.put(PATH, {"rates": [unknown]}, if_match='"2"').status == 200, "no semester of it is known: not judged"


def test_a_neighbour_sees_his_own_table(server: Server) -> None:
    server.caller().settings.put(PATH, {"rates": ROWS}, if_match='"0"')
    assert server.caller(OTHER_TENANT).settings.get(PATH).json["rates"] == []
