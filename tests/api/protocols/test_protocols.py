"""In every protocol the same rows get the same numbers, bit for bit, and wrong rows the same sentence."""

from __future__ import annotations

import io
import json
from typing import Any

import httpx
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from api.cases import Case, stream, tensors
from hypothesis import HealthCheck, settings

PROBLEMS = ("binary", "multiclass", "regression")
ALGORITHMS = ("gbm", "drf", "xgboost", "glm", "deeplearning", "stackedensemble")
ARROW, NDJSON = "application/vnd.apache.arrow.stream", "application/x-ndjson"
FUZZ = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def flattened(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Predictions in the native JSON as columns of a table."""
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
    """Rows for the default model."""
    return Case(bundles["multiclass-gbm"])


def sent(api: httpx.Client, path: str, content: Any, content_type: str = "application/json") -> httpx.Response:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    answer = api.post(path, content=body, headers={"content-type": content_type})
    assert answer.status_code == 200, answer.text
    return answer


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


# --- routes that do not predict


def test_v2_lists_models_and_their_metadata(api: httpx.Client, bundles: dict[str, Any]) -> None:
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


def test_v1_and_mlflow_list_models_and_versions(api: httpx.Client, bundles: dict[str, Any]) -> None:
    assert set(api.get("/v1/models").json()["models"]) == set(bundles)
    assert api.get("/v1/models/binary-gbm").json() == {"name": "binary-gbm", "ready": True}
    assert api.get("/").json() == {"status": "alive"}
    assert [api.get(path).status_code for path in ("/ping", "/health", "/healthz")] == [200, 200, 200]
