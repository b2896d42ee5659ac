"""Whatever the protocol, the same rows get the same numbers, bit for bit, and the same sentence when they are wrong."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tablee_scoring import Model, Predictions

PROBLEMS = ("binary", "multiclass", "regression")
ALGORITHMS = ("gbm", "drf", "xgboost", "glm", "deeplearning", "stackedensemble")
ARROW, NDJSON = "application/vnd.apache.arrow.stream", "application/x-ndjson"
FUZZ = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Case:
    """A model, rows for it (missing cells and unseen levels among them), and what it says of them."""

    def __init__(self, made: Any) -> None:
        self.name, self.contract = made.contract.model, made.contract
        rows = made.trained.rows.select(made.contract.names)
        self.frame: pl.DataFrame = pl.concat([rows, rows])  # enough of them to be checked by column
        model = Model.load(made.directory, made.digest)
        block = model.validator.columns(self.frame.to_dict(as_series=False), self.frame.height)
        assert block.warning_count > 0
        self.expected: Predictions = model.predict(block)

    def flat(self) -> list[dict[str, Any]]:
        """The predictions as a table has them."""
        names = ["prediction", *(f"probability_{label}" for label in self.expected.classes)]
        scores = self.expected.scores.tolist()
        if not self.expected.classes:
            return [{"prediction": value} for value in self.expected.values]
        return [
            dict(zip(names, (value, *row), strict=True))
            for value, row in zip(self.expected.values, scores, strict=True)
        ]


def flattened(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Predictions as our JSON has them, as a table has them."""
    return [
        {"prediction": item["prediction"]}
        | {f"probability_{label}": score for label, score in item.get("probabilities", {}).items()}
        for item in items
    ]


@pytest.fixture(params=[f"{p}-{a}" for p in PROBLEMS for a in ALGORITHMS])
def case(request: pytest.FixtureRequest, bundles: dict[str, Any]) -> Case:
    return Case(bundles[request.param])


@pytest.fixture
def penguins(bundles: dict[str, Any]) -> Case:
    """The default model's."""
    return Case(bundles["multiclass-gbm"])


def sent(api: httpx.Client, path: str, content: Any, content_type: str = "application/json") -> httpx.Response:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    answer = api.post(path, content=body, headers={"content-type": content_type})
    assert answer.status_code == 200, answer.text
    return answer


def stream(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_ipc_stream(buffer)
    return buffer.getvalue()


def tensors(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "name": series.name,
            "shape": [len(series)],
            "datatype": "FP64" if series.dtype.is_numeric() else "BYTES",
            "data": series.to_list(),
        }
        for series in case.frame
    ]


def test_every_protocol_gives_the_numbers_of_the_model(case: Case, api: httpx.Client) -> None:
    rows, wanted = case.frame.to_dicts(), case.flat()
    native = f"/models/{case.name}/predict"
    assert flattened(sent(api, native, {"rows": rows}).json()["predictions"]) == wanted
    columns = sent(api, native, {"columns": case.frame.to_dict(as_series=False)}).json()
    assert flattened(columns["predictions"]) == wanted

    lines = sent(api, native, b"\n".join(json.dumps(row).encode() for row in rows), NDJSON)
    assert lines.headers["content-type"] == NDJSON
    assert flattened([json.loads(line) for line in lines.text.splitlines()]) == wanted
    table = sent(api, native, stream(case.frame), ARROW)
    assert table.headers["content-type"] == ARROW
    assert pl.read_ipc_stream(table.content).to_dicts() == wanted
    assert lines.headers["tablee-warning-count"] == table.headers["tablee-warning-count"]
    assert table.headers["tablee-warning-count"] == str(columns["warning_count"])

    v1 = f"/v1/models/{case.name}:predict"
    assert flattened(sent(api, v1, {"instances": rows}).json()["predictions"]) == wanted
    lists = [list(row.values()) for row in rows]
    assert flattened(sent(api, v1, {"instances": lists}).json()["predictions"]) == wanted

    v2 = sent(api, f"/v2/models/{case.name}/versions/1/infer", {"inputs": tensors(case)}).json()
    assert (v2["model_name"], v2["model_version"]) == (case.name, "1")
    outputs = {tensor["name"]: tensor["data"] for tensor in v2["outputs"]}
    assert pl.DataFrame(outputs).to_dicts() == wanted


@pytest.mark.parametrize("form", ["dataframe_split", "dataframe_records", "instances", "inputs", "lists", "by column"])
def test_mlflow_in_all_its_forms(penguins: Case, api: httpx.Client, form: str) -> None:
    rows = penguins.frame.to_dicts()
    lists = [list(row.values()) for row in rows]
    bodies: dict[str, Any] = {
        "dataframe_split": {"dataframe_split": {"columns": list(penguins.contract.names), "data": lists}},
        "dataframe_records": {"dataframe_records": rows},
        "instances": {"instances": rows},
        "inputs": {"inputs": rows},
        "lists": {"inputs": lists},
        "by column": {"inputs": penguins.frame.to_dict(as_series=False)},
    }
    assert sent(api, "/invocations", bodies[form]).json() == {"predictions": penguins.flat()}


def test_mlflow_in_csv(penguins: Case, api: httpx.Client) -> None:
    answer = sent(api, "/invocations", penguins.frame.write_csv().encode(), "text/csv")
    assert answer.json() == {"predictions": penguins.flat()}


def test_mlflow_fills_in_what_is_missing_and_leaves_out_what_is_not_known(penguins: Case, api: httpx.Client) -> None:
    row = {"island": "Biscoe", "colour": "red", "year": None}
    full = dict.fromkeys(penguins.contract.names) | {"island": "Biscoe"}
    (one,) = flattened(sent(api, "/predict", {"row": full}).json()["predictions"])
    assert sent(api, "/invocations", {"dataframe_records": [row]}).json() == {"predictions": [one]}


# --- more than one number at a time


def test_binary_tensors(penguins: Case, api: httpx.Client) -> None:
    described, data = [], b""
    for series in penguins.frame:
        if series.dtype.is_numeric():
            raw = series.to_numpy().astype("<f8").tobytes()  # null becomes NaN
        else:
            texts = [(value or "").encode() for value in series.to_list()]
            raw = b"".join(len(text).to_bytes(4, "little") + text for text in texts)
        datatype = "FP64" if series.dtype.is_numeric() else "BYTES"
        parameters = {"binary_data_size": len(raw)}
        shape = [len(series), 1]
        described.append({"name": series.name, "shape": shape, "datatype": datatype, "parameters": parameters})
        data += raw
    wanted = [
        {"name": "probability_Gentoo", "parameters": {"binary_data": True}},
        {"name": "prediction", "parameters": {"binary_data": False}},
    ]
    head = json.dumps({"id": "a name", "inputs": described, "outputs": wanted}).encode()
    answer = api.post(
        "/v2/models/multiclass-gbm/infer",
        content=head + data,
        headers={"inference-header-content-length": str(len(head))},
    )
    assert answer.status_code == 200, answer.text
    length = int(answer.headers["inference-header-content-length"])
    document = json.loads(answer.content[:length])
    assert document["id"] == "a name"
    scores = np.frombuffer(answer.content[length:], "<f8").tolist()
    assert scores == [row["probability_Gentoo"] for row in penguins.flat()]
    assert document["outputs"][1]["data"] == penguins.expected.values


def test_single_precision_is_what_the_client_says(penguins: Case, api: httpx.Client) -> None:
    """39.1 as FP32 is another number; in JSON and in binary it is the same one."""
    inputs = tensors(penguins)
    for tensor in inputs:
        tensor["datatype"] = tensor["datatype"].replace("FP64", "FP32")
    rounded = penguins.frame.with_columns(pl.col(pl.Float64).cast(pl.Float32).cast(pl.Float64))
    one = sent(api, "/v2/models/multiclass-gbm/infer", {"inputs": inputs}).json()["outputs"]
    other = sent(api, "/predict", {"columns": rounded.to_dict(as_series=False)}).json()["predictions"]
    assert one[1]["data"] == [item["probabilities"]["Adelie"] for item in other]


def test_streams_take_what_arrow_libraries_write(penguins: Case, api: httpx.Client) -> None:
    frame = penguins.frame.with_columns(species=pl.lit(None), island=pl.col("island").cast(pl.Categorical))
    sink = io.BytesIO()
    table = frame.to_arrow().append_column("species_1", pa.nulls(frame.height)).drop_columns(["species_1"])
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=100)
    answer = sent(api, "/predict", sink.getvalue(), ARROW)
    with pa.ipc.open_stream(answer.content) as reader:
        assert reader.read_all().to_pylist() == penguins.flat()
    lines = io.BytesIO()
    frame.write_ndjson(lines)
    answer = sent(api, "/predict", lines.getvalue(), "application/jsonl")
    read = pl.read_ndjson(answer.content)
    assert read["prediction"].to_list() == penguins.expected.values
    assert read["probabilities"].struct.field("Adelie").to_list() == penguins.expected.scores[:, 0].tolist()


@pytest.mark.parametrize(("content_type", "accept"), [(ARROW, NDJSON), (NDJSON, ARROW)])
def test_one_stream_is_answered_by_the_other(penguins: Case, api: httpx.Client, content_type: str, accept: str) -> None:
    rows = penguins.frame.to_dicts()
    body = stream(penguins.frame) if content_type == ARROW else "\n\n".join(map(json.dumps, rows)).encode()
    answer = api.post("/predict", content=body, headers={"content-type": content_type, "accept": accept})
    assert answer.headers["content-type"] == accept
    if accept == ARROW:
        assert pl.read_ipc_stream(answer.content).to_dicts() == penguins.flat()
    else:
        assert flattened([json.loads(line) for line in answer.text.splitlines()]) == penguins.flat()


@pytest.mark.parametrize("problem", ["binary-gbm", "multiclass-gbm", "regression-stackedensemble"])
def test_explanations_are_the_same_everywhere(problem: str, bundles: dict[str, Any], api: httpx.Client) -> None:
    case = Case(bundles[problem])
    case.frame = case.frame[[0, 100, 200, 500]]
    rows = case.frame.to_dicts()
    path = f"/models/{case.name}/predict?explain=true"
    items = sent(api, path, {"rows": rows}).json()["predictions"]
    reasons = [item["explanation"] for item in items]
    contributions = [
        {f"contribution_{name}": value for name, value in each["contributions"].items()} | {"bias": each["bias"]}
        for each in reasons
    ]

    v1 = sent(api, f"/v1/models/{case.name}:explain", {"instances": rows}).json()
    assert v1["explanations"] == reasons
    assert flattened(v1["predictions"]) == flattened(items)

    v2 = sent(api, f"/v2/models/{case.name}/explain", {"inputs": tensors(case)}).json()["outputs"]
    table = {tensor["name"]: tensor["data"] for tensor in v2}
    assert [{name: table[name][at] for name in each} for at, each in enumerate(contributions)] == contributions

    arrow = pl.read_ipc_stream(sent(api, path, stream(case.frame), ARROW).content)
    assert arrow.select(contributions[0].keys()).to_dicts() == contributions
    lines = sent(api, path, "\n".join(map(json.dumps, rows)).encode(), NDJSON).text.splitlines()
    assert [json.loads(line) for line in lines] == items


# --- what does not predict


def test_v2_tells_what_there_is(api: httpx.Client, bundles: dict[str, Any]) -> None:
    assert api.get("/v2").json()["name"] == "tablee"
    assert api.get("/v2/health/live").json() == {"live": True}
    assert api.get("/v2/health/ready").json() == {"ready": True}
    assert set(api.get("/v2/models").json()["models"]) == set(bundles)
    index = api.post("/v2/repository/index", json={"ready": True}).json()
    assert {(entry["name"], entry["version"], entry["state"]) for entry in index} == {
        (name, "1", "READY") for name in bundles
    }
    for path in ("/v2/models/binary-gbm", "/v2/models/binary-gbm/versions/1"):
        found = api.get(path).json()
        assert [tensor["name"] for tensor in found["inputs"]] == list(bundles["binary-gbm"].contract.names)
        assert {tensor["datatype"] for tensor in found["inputs"]} == {"FP64", "BYTES"}
        assert [tensor["datatype"] for tensor in found["outputs"]] == ["BYTES", "FP64", "FP64"]
        assert api.get(f"{path}/ready").json() == {"name": "binary-gbm", "ready": True}


def test_v1_and_mlflow_tell_what_there_is(api: httpx.Client, bundles: dict[str, Any]) -> None:
    assert set(api.get("/v1/models").json()["models"]) == set(bundles)
    assert api.get("/v1/models/binary-gbm").json() == {"name": "binary-gbm", "ready": True}
    assert api.get("/").json() == {"status": "alive"}
    assert [api.get(path).status_code for path in ("/ping", "/health", "/healthz")] == [200, 200, 200]


# --- what is refused


@pytest.mark.parametrize("path", ["/v2/models/{}/infer", "/v1/models/{}:predict", "/v2/models/{}", "/v1/models/{}"])
def test_a_model_that_is_not_there(api: httpx.Client, path: str) -> None:
    answer = api.request("POST" if path.endswith(("infer", "predict")) else "GET", path.format("nobody"))
    assert (answer.status_code, list(answer.json())) == (404, ["error"])
    assert "nobody" in answer.json()["error"]
    other = api.post("/v2/models/binary-gbm/versions/7/infer")
    assert (other.status_code, "not with 7" in other.json()["error"]) == (404, True)


def test_a_wrong_cell_is_told_in_the_same_words(penguins: Case, api: httpx.Client, refused: Callable[..., Any]) -> None:
    rows = penguins.frame.to_dicts()
    rows[1200] = rows[1200] | {"bill_length_mm": "long"}
    by_column = {name: [row[name] for row in rows] for name in rows[0]}
    sentence = refused(422, "invalid_rows", json={"rows": rows})["detail"]
    assert "row 1201, column «bill_length_mm»: got 'long', expected a number" in sentence
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
        ({"shape": [1, 7], "data": [1] * 7}, "«island» is a text"),
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
        ({"inputs": [ROW, ROW | {"name": "sex", "shape": [2], "data": [1, 2]}]}, "2 rows where «year» has 1"),
        ({"id": 1, "inputs": [ROW]}, "«id» is 1"),
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
        (b'{"inputs": {"year": [1], "sex": []}}', 422, "0 values where «year» has 1"),
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
        ({"columns": []}, "«columns» is []"),
        ({"columns": {"year": 1}}, "column «year» is 1"),
        ({"columns": {"year": [1], "sex": []}}, "«sex» has 0 values where «year» has 1"),
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
