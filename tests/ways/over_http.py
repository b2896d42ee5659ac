"""The ways in through the HTTP routes of the API: each sends rows, and gives the scores of the answer."""

from __future__ import annotations

import csv
import io
import struct
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import orjson
import pyarrow as pa

from tablee.models.contract import Contract
from ways.ways import _datatype, arrow_batch, tensors, typed_columns, typed_rows
from ways.written import Row, as_csv

Scores = list[list[float]]
Sender = Callable[[httpx.Client, Contract, Sequence[Row]], Scores]


def _post(client: httpx.Client, path: str, content: bytes, kind: str = "application/json", **headers: str) -> Any:
    answer = client.post(path, content=content, headers={"content-type": kind, **headers})
    assert answer.status_code == 200, f"{path} {kind}: {answer.text}"
    return answer


def _native(contract: Contract) -> str:
    return f"/models/{contract.model}/predict"


def _of_items(items: list[dict[str, Any]], contract: Contract) -> Scores:
    classes = contract.target.classes
    return [[item["probabilities"][label] for label in classes] or [item["prediction"]] for item in items]


def _of_table(text: str, contract: Contract) -> Scores:
    width = len(contract.target.classes) or 1
    records = list(csv.reader(io.StringIO(text, newline="")))
    return [[float(cell) for cell in record[-width:]] for record in records[1:]]


def single_rows(client: httpx.Client, contract: Contract, rows: Sequence[Row]) -> Scores:
    """One by one, so that the fast lane answers."""
    found: Scores = []
    for row in typed_rows(contract, rows):
        answer = _post(client, _native(contract), orjson.dumps({"row": row}))
        found += _of_items(answer.json()["predictions"], contract)
    return found


def json_rows(client: httpx.Client, contract: Contract, rows: Sequence[Row]) -> Scores:
    answer = _post(client, _native(contract), orjson.dumps({"rows": typed_rows(contract, rows)}))
    return _of_items(answer.json()["predictions"], contract)


def json_columns(client: httpx.Client, contract: Contract, rows: Sequence[Row]) -> Scores:
    answer = _post(client, _native(contract), orjson.dumps({"columns": typed_columns(contract, rows)}))
    return _of_items(answer.json()["predictions"], contract)


def many_rows(client: httpx.Client, contract: Contract, rows: Sequence[Row]) -> Scores:
    """So many that whole columns are checked, and a thread answers."""
    answer = _post(client, _native(contract), orjson.dumps({"rows": typed_rows(contract, rows) * (4000 // len(rows))}))
    return _of_items(answer.json()["predictions"], contract)[: len(rows)]


def csv_to_csv(client: httpx.Client, contract: Contract, rows: Sequence[Row]) -> Scores:
    return _of_table(_post(client, _native(contract), as_csv(contract, rows), "text/csv").text, contract)


def csv_to_json(client: httpx.Client, contract: Contract, rows: Sequence[Row]) -> Scores:
    answer = _post(client, _native(contract), as_csv(contract, rows), "text/csv", accept="application/json")
    return _of_items(answer.json()["predictions"], contract)


def json_to_csv(client: httpx.Client, contract: Contract, rows: Sequence[Row]) -> Scores:
    body = orjson.dumps({"rows": typed_rows(contract, rows)})
    return _of_table(_post(client, _native(contract), body, accept="text/csv").text, contract)


def ndjson(client: httpx.Client, contract: Contract, rows: Sequence[Row]) -> Scores:
    body = b"\n".join(orjson.dumps(row) for row in typed_rows(contract, rows))
    answer = _post(client, _native(contract), body, "application/x-ndjson")
    return _of_items([orjson.loads(line) for line in answer.content.splitlines()], contract)


def arrow(client: httpx.Client, contract: Contract, rows: Sequence[Row]) -> Scores:
    batch, body = arrow_batch(contract, rows), io.BytesIO()
    with pa.ipc.new_stream(body, batch.schema) as writer:
        writer.write_batch(batch)
    answer = _post(client, _native(contract), body.getvalue(), "application/vnd.apache.arrow.stream")
    table = pa.ipc.open_stream(answer.content).read_all()
    columns = [column.to_pylist() for column in table.columns[-(len(contract.target.classes) or 1) :]]
    return [list(row) for row in zip(*columns, strict=True)]


def v2(client: httpx.Client, contract: Contract, rows: Sequence[Row]) -> Scores:
    inputs = [
        {"name": name, "datatype": _datatype(contract, name), "shape": [len(rows)], "data": values}
        for name, values in tensors(contract, rows).items()
    ]
    return _of_tensors(_post(client, f"/v2/models/{contract.model}/infer", orjson.dumps({"inputs": inputs})), contract)


def v2_binary(client: httpx.Client, contract: Contract, rows: Sequence[Row]) -> Scores:
    inputs, follow = [], []
    for name, values in tensors(contract, rows).items():
        kind = _datatype(contract, name)
        if kind == "FP64":
            data = struct.pack(f"<{len(values)}d", *(float("nan") if each is None else each for each in values))
        else:
            texts = [("" if each is None else each).encode() for each in values]
            data = b"".join(struct.pack("<I", len(each)) + each for each in texts)
        size = {"binary_data_size": len(data)}
        inputs.append({"name": name, "datatype": kind, "shape": [len(rows)], "parameters": size})
        follow.append(data)
    head = orjson.dumps({"inputs": inputs})
    length = {"inference-header-content-length": str(len(head))}
    body = head + b"".join(follow)
    path = f"/v2/models/{contract.model}/infer"
    return _of_tensors(_post(client, path, body, "application/octet-stream", **length), contract)


def _of_tensors(answer: httpx.Response, contract: Contract) -> Scores:
    outputs = answer.json()["outputs"][-(len(contract.target.classes) or 1) :]
    return [list(row) for row in zip(*(each["data"] for each in outputs), strict=True)]


def kserve_v1(client: httpx.Client, contract: Contract, rows: Sequence[Row]) -> Scores:
    body = orjson.dumps({"instances": typed_rows(contract, rows)})
    return _of_items(_post(client, f"/v1/models/{contract.model}:predict", body).json()["predictions"], contract)


def invocations(client: httpx.Client, contract: Contract, rows: Sequence[Row]) -> Scores:
    """With the default model, which has to be the contract's."""
    body = orjson.dumps({"dataframe_records": typed_rows(contract, rows)})
    return _of_records(_post(client, "/invocations", body), contract)


def invocations_csv(client: httpx.Client, contract: Contract, rows: Sequence[Row]) -> Scores:
    return _of_records(_post(client, "/invocations", as_csv(contract, rows), "text/csv"), contract)


def _of_records(answer: httpx.Response, contract: Contract) -> Scores:
    names = [f"probability_{label}" for label in contract.target.classes] or ["prediction"]
    return [[record[name] for name in names] for record in answer.json()["predictions"]]


SENDERS: dict[str, Sender] = {
    sender.__name__: sender
    for sender in (
        *(single_rows, json_rows, json_columns, many_rows, csv_to_csv, csv_to_json, json_to_csv),
        *(ndjson, arrow, v2, v2_binary, kserve_v1, invocations, invocations_csv),
    )
}
