"""Columns that the model does not know are refused, unless a program says `?unknown=ignore`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pyarrow as pa
import pytest

from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from ways.toy import score, toy_api

CONTRACT = Contract(
    model="m",
    columns=(NumberColumn(name="x", minimum=0, maximum=9), CategoryColumn(name="c", levels=("a", "b"))),
    target=Target(name="y", problem_type=ProblemType.REGRESSION),
    ignored=("y",),
)
ROWS = [{"x": 1.5, "c": "a", "y": 3, "new": {"any": ["thing"]}}, {"x": None, "c": "b", "newer": 1}]
EXPECTED = [score([1.5, "a"]), score([None, "b"])]


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with toy_api(CONTRACT) as running:
        yield running.client


def arrow_body() -> bytes:
    strange = pa.array([[{"k": 2**40}], None], pa.list_(pa.struct([("k", pa.int64())])))
    years = pa.array([10**9, None], pa.int32()).cast(pa.date32())
    batch = pa.RecordBatch.from_arrays(
        [pa.array([1.5, None]), pa.array(["a", "b"]), strange, years], names=["x", "c", "new", "newer"]
    )
    body = io.BytesIO()
    with pa.ipc.new_stream(body, batch.schema) as writer:
        writer.write_batch(batch)
    return body.getvalue()


def of_lines(answer: httpx.Response) -> list[float]:
    return [orjson.loads(line)["prediction"] for line in answer.content.splitlines()]


def of_arrow(answer: httpx.Response) -> list[float]:
    found: list[float] = pa.ipc.open_stream(answer.content).read_all()["prediction"].to_pylist()
    return found


def of_items(answer: httpx.Response) -> list[float]:
    return [item["prediction"] for item in answer.json()["predictions"]]


def of_tensors(answer: httpx.Response) -> list[float]:
    found: list[float] = answer.json()["outputs"][0]["data"]
    return found


def tensor(name: str, datatype: str, data: list[Any]) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": [2], "data": data}


TENSORS = [tensor("x", "FP64", [1.5, None]), tensor("c", "BYTES", ["a", "b"]), tensor("new", "BOOL", [True, False])]
COLUMNS = {"x": [1.5, None], "c": ["a", "b"], "new": [[], {}]}
TABLE = b"new,x,c,y\nany,1.5,a,9\n,,b,\n"
REQUESTS: dict[str, tuple[str, bytes, str, Any]] = {
    "rows": ("/predict", orjson.dumps({"rows": ROWS}), "application/json", of_items),
    "columns": ("/models/m/predict", orjson.dumps({"columns": COLUMNS}), "application/json", of_items),
    "CSV": ("/predict", TABLE, "text/csv", of_items),
    "NDJSON": ("/predict", b"\n".join(map(orjson.dumps, ROWS)), "application/x-ndjson", of_lines),
    "Arrow": ("/predict", arrow_body(), "application/vnd.apache.arrow.stream", of_arrow),
    "V2": ("/v2/models/m/infer", orjson.dumps({"inputs": TENSORS}), "application/json", of_tensors),
    "V2 version": ("/v2/models/m/versions/1/infer", orjson.dumps({"inputs": TENSORS}), "application/json", of_tensors),
    "KServe V1": ("/v1/models/m:predict", orjson.dumps({"instances": ROWS}), "application/json", of_items),
}


@pytest.mark.parametrize("kind", REQUESTS)
def test_unknown_columns_are_left_out_if_the_program_says_so(client: httpx.Client, kind: str) -> None:
    path, body, content_type, read = REQUESTS[kind]
    headers = {"content-type": content_type} | ({"accept": "application/json"} if kind == "CSV" else {})
    for query in ("", "?unknown=refuse"):
        refused = client.post(path + query, content=body, headers=headers)
        assert refused.status_code in (400, 422), refused.text
        assert "new" in refused.text
    answer = client.post(f"{path}?unknown=ignore", content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert read(answer) == EXPECTED


def test_many_rows_are_still_checked_at_once(client: httpx.Client) -> None:
    answer = client.post("/predict?unknown=ignore", json={"rows": ROWS * 2000})
    assert of_items(answer) == EXPECTED * 2000


def test_a_missing_column_is_still_refused(client: httpx.Client) -> None:
    for body in ({"rows": [{"x": 1, "new": 2}]}, {"columns": {"x": [1], "new": [2]}}):
        answer = client.post("/predict?unknown=ignore", json=body)
        assert answer.status_code == 422
        assert [(each["column"]) for each in answer.json()["errors"]] == ["c"]


def test_it_goes_with_explanations(client: httpx.Client) -> None:
    answer = client.post("/predict?explain=maybe&unknown=ignore", json={"rows": ROWS})
    assert answer.json()["reason"] == "explain_no_flag"
    assert client.post("/predict?explain=false&unknown=ignore", json={"rows": ROWS}).status_code == 200


@pytest.mark.parametrize("path", ["/predict", "/v2/models/m/infer", "/v1/models/m:predict"])
@pytest.mark.parametrize("query", ["unknown=", "unknown=yes", "unknown=ignore&unknown=refuse"])
def test_another_choice_is_refused(client: httpx.Client, path: str, query: str) -> None:
    answer = client.post(f"{path}?{query}", json={"rows": ROWS})
    assert answer.status_code == 422, answer.text
    assert "it may be ignore or refuse" in answer.text


def test_the_document_tells_of_the_parameter(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    told = {
        path
        for path, methods in paths.items()
        if any(each["name"] == "unknown" for each in methods.get("post", {}).get("parameters", ()))
    }
    assert {"/predict", "/models/m/predict", "/v1/models/{name}:predict", "/v2/models/{name}/infer"} <= told
    assert "/invocations" not in told
