"""Every protocol describes an error in the same words, and no body makes the service fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import polars as pl
import pytest
from api.cases import Case, stream, tensors
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PROBLEMS = ("binary", "multiclass", "regression")
ALGORITHMS = ("gbm", "drf", "xgboost", "glm", "deeplearning", "stackedensemble")
ARROW, NDJSON = "application/vnd.apache.arrow.stream", "application/x-ndjson"
FUZZ = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def penguins(bundles: dict[str, Any]) -> Case:
    """Rows for the default model."""
    return Case(bundles["multiclass-gbm"])


@pytest.mark.parametrize("path", ["/v2/models/{}/infer", "/v1/models/{}:predict", "/v2/models/{}", "/v1/models/{}"])
def test_a_model_that_is_not_there(api: httpx.Client, path: str) -> None:
    answer = api.request("POST" if path.endswith(("infer", "predict")) else "GET", path.format("nobody"))
    assert (answer.status_code, list(answer.json())) == (404, ["error"])
    assert "nobody" in answer.json()["error"]
    other = api.post("/v2/models/binary-gbm/versions/7/infer")
    assert (other.status_code, "not with 7" in other.json()["error"]) == (404, True)


def test_every_protocol_describes_a_wrong_cell_in_the_same_words(
    penguins: Case, api: httpx.Client, refused: Callable[..., Any]
) -> None:
    rows = penguins.frame.to_dicts()
    rows[1200] = rows[1200] | {"bill_length_mm": "long"}
    by_column = {name: [row[name] for row in rows] for name in rows[0]}
    sentence = refused(422, "invalid_rows", json={"rows": rows})["detail"]
    assert "row 1201, column “bill_length_mm”: got 'long', expected a number" in sentence
    assert refused(422, "invalid_rows", json={"columns": by_column})["detail"] == sentence
    lines = "\n".join(map(json.dumps, rows))
    assert refused(422, "invalid_rows", content=lines, headers={"content-type": NDJSON})["detail"] == sentence
    inputs = tensors(penguins)
    for tensor in inputs:
        tensor["data"] = by_column[tensor["name"]]
    answers = [
        (api.post("/v1/models/multiclass-gbm:predict", json={"instances": rows}), {"error": sentence}),
        (api.post("/v2/models/multiclass-gbm/infer", json={"inputs": inputs}), {"error": sentence}),
        (
            api.post("/invocations", json={"dataframe_records": rows}),
            {"error_code": "BAD_REQUEST", "message": sentence},
        ),
    ]
    for answer, body in answers:
        assert (answer.status_code, answer.json()) == (422, body)
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-request-id"]
    texts = penguins.frame.with_columns(bill_length_mm=pl.Series([row["bill_length_mm"] for row in rows], strict=False))
    problem = refused(
        422, "invalid_rows", content=stream(texts.cast({"bill_length_mm": pl.String})), headers={"content-type": ARROW}
    )
    assert problem["errors"][0]["column"] == "bill_length_mm"


ROW = {"name": "year", "shape": [1], "datatype": "FP64", "data": [1.0]}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"name": 1}, "expected an object with name"),
        ({"datatype": "FP8"}, "datatype 'FP8'"),
        ({"shape": [1, 1, 1]}, "shape [1, 1, 1]"),
        ({"shape": [-1]}, "shape [-1]"),
        ({"shape": [2]}, "1 values, its shape says 2"),
        ({"shape": [1, 7], "data": [1] * 7}, "“island” is a text"),
        ({"data": "1"}, "expected a list"),
        ({"parameters": {"content_type": "base64"}}, "content type 'base64'"),
        ({"parameters": {"binary_data_size": 8}}, "8 bytes of 0 that are left"),
    ],
)
def test_a_tensor_that_is_none(api: httpx.Client, change: dict[str, Any], named: str) -> None:
    answer = api.post("/v2/models/multiclass-gbm/infer", json={"inputs": [ROW | change]})
    assert answer.status_code == 422
    assert named in answer.json()["error"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"inputs": [ROW, ROW]}, "twice"),
        ({"inputs": []}, "expected a list of tensors"),
        ({"inputs": [ROW, ROW | {"name": "sex", "shape": [2], "data": [1, 2]}]}, "2 rows where “year” has 1"),
        ({"id": 1, "inputs": [ROW]}, "“id” is 1"),
        ({"inputs": [ROW], "outputs": ["prediction"]}, "expected a list of objects"),
    ],
)
def test_a_request_of_another_shape(api: httpx.Client, body: dict[str, Any], named: str) -> None:
    answer = api.post("/v2/models/multiclass-gbm/infer", json=body)
    assert answer.status_code == 422
    assert named in answer.json()["error"]


def test_an_output_that_is_not_there(penguins: Case, api: httpx.Client) -> None:
    body = {"inputs": tensors(penguins), "outputs": [{"name": "logits"}]}
    answer = api.post("/v2/models/multiclass-gbm/infer", json=body)
    assert (answer.status_code, "no output 'logits'" in answer.json()["error"]) == (422, True)


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        (b"{", 400, "not JSON"),
        (b"[]", 422, "expected an object"),
        (b"{}", 422, "exactly one of dataframe_split"),
        (b'{"inputs": [], "instances": []}', 422, "exactly one"),
        (b'{"dataframe_split": {"columns": ["a", "a"], "data": []}}', 422, "different names"),
        (b'{"dataframe_split": {"columns": ["a"], "data": [[1, 2]]}}', 422, "expected a list of 1 values"),
        (b'{"dataframe_records": [1]}', 422, "row 1 is 1"),
        (b'{"inputs": {"year": [1], "sex": []}}', 422, "0 values where “year” has 1"),
        (b'{"inputs": []}', 422, "no row"),
    ],
)
def test_invocations_of_another_shape(api: httpx.Client, body: bytes, status: int, named: str) -> None:
    answer = api.post("/invocations", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error_code"]) == (status, "BAD_REQUEST")
    assert named in answer.json()["message"]


@pytest.mark.parametrize("path", ["/predict", "/v1/models/multiclass-gbm:predict"])
def test_a_column_given_twice_is_refused(api: httpx.Client, path: str) -> None:
    member = "rows" if path == "/predict" else "instances"
    body = b'{"%b": [{"year": 1, "year": 2}]}' % member.encode()
    answer = api.post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert "each column once" in answer.text


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"columns": []}, "“columns” is []"),
        ({"columns": {"year": 1}}, "column “year” is 1"),
        ({"columns": {"year": [1], "sex": []}}, "“sex” has 0 values where “year” has 1"),
    ],
)
def test_columns_of_another_shape(refused: Callable[..., Any], body: dict[str, Any], named: str) -> None:
    assert named in refused(422, "invalid_request", json=body)["detail"]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = ("rows", "columns", "instances", "inputs", "dataframe_split", "dataframe_records", "outputs", "parameters")


@FUZZ
@given(body=st.dictionaries(st.sampled_from(MEMBERS), JUNK | st.just([ROW]), max_size=3))
def test_no_json_makes_it_fail(api: httpx.Client, body: Any) -> None:
    for path in ("/predict", "/invocations", "/v1/models/multiclass-gbm:predict", "/v2/models/multiclass-gbm/infer"):
        assert api.post(path, json=body).status_code in (200, 400, 413, 422)


@FUZZ
@given(data=st.data())
def test_no_broken_stream_makes_it_fail(api: httpx.Client, data: st.DataObject, bundles: dict[str, Any]) -> None:
    body = bytearray(stream(pl.DataFrame(bundles["multiclass-gbm"].contract.examples)))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    del body[data.draw(st.integers(0, len(body))) :]
    for content_type in (ARROW, NDJSON):
        answer = api.post("/predict", content=bytes(body), headers={"content-type": content_type})
        assert answer.status_code in (200, 400, 422), answer.text
