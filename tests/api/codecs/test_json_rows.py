"""JSON that does not fit is refused with a problem that names the cell; no body makes the service fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

Refused = Callable[..., dict[str, Any]]
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="session")
def row(bundles: dict[str, Any]) -> dict[str, Any]:
    """A row that fits the default model."""
    return dict(bundles["multiclass-gbm"].contract.examples[0])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"rows": [}',
        b"\xff\xfe",
        b'{"rows": [{"island": "\xe9"}]}',
        b'\xef\xbb\xbf{"rows": []}',
        b'{"rows": [{"year": NaN}]}',
        b'{"rows": [{"year": -Infinity}]}',
        b'{"rows": [{"year": 1e400}]}',
        b'{"rows": "\\ud800"}',
        b"[" * 100_000,
        b'{"rows":' + b"[" * 3000 + b"]" * 3000 + b"}",
        b'{"rows": []} and more',
        b"rows=1",
    ],
    ids=lambda body: repr(body[:20]),
)
def test_no_json(refused: Refused, body: bytes) -> None:
    refused(400, "malformed_body", content=body, headers=JSON)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"[]", "expected an object"),
        (b"null", "expected an object"),
        (b"1", "expected an object"),
        (b"{}", "neither"),
        (b'{"rows": [], "row": {}}', "both"),
        (b'{"rows": {}}', "expected a list"),
        (b'{"rows": null}', "expected a list"),
        (b'{"rows": "island"}', "expected a list"),
        (b'{"rows": [{}], "explain": true}', "unknown member 'explain'"),
        (b'{"rows": [{}], "rows": [{}]}', "“rows” is given 2 times"),
    ],
)
def test_json_of_another_shape(refused: Refused, body: bytes, named: str) -> None:
    assert named in refused(422, "invalid_request", content=body, headers=JSON)["detail"]


def test_no_rows(refused: Refused) -> None:
    assert "no row" in refused(422, "invalid_input", json={"rows": []})["detail"]


@pytest.mark.parametrize(
    ("change", "column", "value", "expected"),
    [
        ({"bill_length_mm": "39.1"}, "bill_length_mm", "39.1", "a number"),
        ({"bill_length_mm": True}, "bill_length_mm", True, "a number"),
        ({"bill_length_mm": [1]}, "bill_length_mm", "[1]", "a number"),
        ({"bill_length_mm": {"value": 1}}, "bill_length_mm", "{'value': 1}", "a number"),
        ({"island": 3}, "island", 3, "a text (one of Biscoe, Dream, Torgersen)"),
        ({"island": False}, "island", False, "a text (one of Biscoe, Dream, Torgersen)"),
        ({"colour": "red"}, "colour", "red", "no such column"),
    ],
)
def test_a_wrong_cell_is_named(
    refused: Refused, row: dict[str, Any], change: dict[str, Any], column: str, value: Any, expected: str
) -> None:
    problem = refused(422, "invalid_rows", json={"rows": [row, row | change]})
    assert problem["error_count"] == 1
    (error,) = problem["errors"]
    assert (error["row"], error["column"], error["value"]) == (2, column, value)
    assert expected in error["expected"]


def test_a_missing_column_is_named(refused: Refused, row: dict[str, Any]) -> None:
    problem = refused(422, "invalid_rows", json={"row": {k: v for k, v in row.items() if k != "sex"}})
    assert (problem["errors"][0]["row"], problem["errors"][0]["column"]) == (1, "sex")


@pytest.mark.parametrize("value", [None, 1, "text", [], [[[]]], True])
def test_a_row_that_is_no_object_is_named(refused: Refused, row: dict[str, Any], value: Any) -> None:
    (error,) = refused(422, "invalid_rows", json={"rows": [row, value]})["errors"]
    assert (error["row"], error["expected"]) == (2, "an object of column names and values")


def test_deep_nesting_is_a_wrong_cell(refused: Refused, row: dict[str, Any]) -> None:
    deep = b'{"rows": [' + b"[" * 1010 + b"]" * 1010 + b"]}"
    assert refused(422, "invalid_rows", content=deep, headers=JSON)["errors"][0]["value"].startswith("[[[[")
    deep = b'{"row": {"year": ' + b'{"a": ' * 1000 + b"1" + b"}" * 1000 + b"}}"
    assert refused(400, "malformed_body", content=deep, headers=JSON)["detail"].endswith("nested too deeply")


def test_a_column_given_twice_is_named(refused: Refused, row: dict[str, Any]) -> None:
    twice = json.dumps(row)[:-1] + ', "sex": "male", "\\u0073ex": "female"}'
    problem = refused(422, "invalid_rows", content=f'{{"rows": [{json.dumps(row)}, {twice}]}}', headers=JSON)
    assert [(e["row"], e["column"]) for e in problem["errors"]] == [(2, "sex"), (2, "sex")]


def test_colons_in_texts_are_no_columns(api: httpx.Client, row: dict[str, Any]) -> None:
    body = {"rows": [row | {"island": 'a: "b": \\'}, row]}
    answer = api.post("/predict", json=body).json()
    assert answer["warnings"] == [{"row": 1, "column": "island", "code": "unseen_level", "value": 'a: "b": \\'}]


def test_too_many_rows(refused: Refused, row: dict[str, Any]) -> None:
    problem = refused(413, "too_many_rows", json={"rows": [row] * 10_000})
    assert "10,000 rows, expected at most 5,000" in problem["detail"]
    assert "text/csv" in problem["hint"]
    problem = refused(413, "too_many_rows", json={"rows": [row] * 201}, path="/predict?explain=true")
    assert "200 with explanations" in problem["detail"]


def test_numbers_at_the_edge_of_float64(api: httpx.Client, bundles: dict[str, Any]) -> None:
    for name, made in bundles.items():
        for value in (1.7976931348623157e308, -1.7976931348623157e308, 5e-324):
            numbers = {column.name: value for column in made.contract.columns if column.kind == "number"}
            answer = api.post(f"/models/{name}/predict", json={"row": made.contract.examples[0] | numbers})
            assert answer.status_code in (200, 422)
            if answer.status_code == 422:
                assert "finite" in answer.json()["detail"]
            else:
                assert None not in answer.json()["predictions"][0].values()


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


@st.composite
def nearly(draw: st.DrawFn) -> Any:
    """A body that is nearly right."""
    names = ["island", "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "sex", "year", "species"]
    chosen = draw(st.sets(st.sampled_from(names), min_size=6))
    rows = draw(st.lists(st.fixed_dictionaries(dict.fromkeys(chosen, ANYTHING)) | ANYTHING, max_size=3))
    return draw(st.sampled_from([{"rows": rows}, {"row": rows}, {"rows": rows, "row": rows}, rows]))


FUZZ = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(body=nearly() | ANYTHING)
def test_any_json_is_answered(api: httpx.Client, body: Any) -> None:
    answered(api, json.dumps(body).encode("utf-8", "surrogatepass"))


@FUZZ
@given(body=st.binary(max_size=200))
@example(b'{"rows":' + b"[" * 1000 + b"]" * 1000 + b"}")
@example(b'{"rows":[' + b'{"a":' * 500 + b"1" + b"}" * 500 + b"]}")
@example(b'{"row":{"island":' + b"9" * 5000 + b"}}")
@example(b'{"row":{"x":' + b"-" + b"9" * 300 + b"}}")
def test_any_bytes_are_answered(api: httpx.Client, body: bytes) -> None:
    answered(api, body)


def answered(api: httpx.Client, body: bytes) -> None:
    answer = api.post("/predict", content=body, headers=JSON)
    assert answer.status_code == 200 or 400 <= answer.status_code < 500, answer.text
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]
