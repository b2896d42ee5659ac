"""A panic of a library in a request: an answer like those of other errors, and the next request is answered."""

from __future__ import annotations

import asyncio
import datetime as dt
import decimal
import io
from typing import Any

import httpx
import pyarrow as pa
import pytest
from fastapi import FastAPI
from panic import panic
from structlog.testing import capture_logs
from ways.toy import ToyModel, toy_api

from tablee.http.middleware import ServiceMiddleware
from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target, TextColumn
from tablee.models.problem import ProblemType
from tablee_api import problems

CONTRACT = Contract(
    model="m",
    columns=(
        NumberColumn(name="size", minimum=0, maximum=10),
        CategoryColumn(name="kind", levels=("a", "b")),
        TextColumn(name="day", reads="date", earliest="2023-01-01", latest="2023-12-31"),
    ),
    target=Target(name="y", problem_type=ProblemType.BINARY, classes=("no", "yes")),
)
ROW: dict[str, Any] = {"size": 1.5, "kind": "a", "day": "2023-05-06"}
ARROW = {"content-type": "application/vnd.apache.arrow.stream"}


@pytest.mark.parametrize("path", ["/thread", "/loop"])
def test_a_request_in_which_a_library_panics_is_answered(path: str) -> None:
    app = FastAPI()
    problems.install(app)
    app.get("/thread")(panic)

    @app.get("/loop")
    async def loop() -> None:
        panic()

    async def asked() -> list[httpx.Response]:
        transport = httpx.ASGITransport(ServiceMiddleware(app, key=None, max_body_bytes=100))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return [await client.get(path, headers={"x-request-id": "abc-1"}) for _ in range(3)]

    with capture_logs() as lines:
        answers = asyncio.run(asked())
    assert [line["event"] for line in lines] == ["request_failed"] * 3
    for answer in answers:
        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["request_id"]) == (500, "internal_error", "abc-1")
        assert answer.headers["content-type"] == "application/problem+json"


class PanickingModel(ToyModel):
    """A library panics in every prediction."""

    def encode(self, cells: Any) -> Any:
        panic()

    def predict(self, given: Any) -> Any:
        panic()


def test_a_served_model_in_which_a_library_panics_is_answered() -> None:
    with toy_api(CONTRACT) as api, capture_logs():
        healthy = api.client.post("/predict", json={"row": ROW}).json()
        api.serve(CONTRACT, PanickingModel(CONTRACT))
        bodies: list[dict[str, Any]] = [
            {"json": {"row": ROW}},
            {"json": {"rows": [ROW] * 3}},
            {"content": stream(pa.table({name: [cell] for name, cell in ROW.items()})), "headers": ARROW},
        ]
        for body in bodies * 2:
            answer = api.client.post("/predict", **body)
            assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
            assert answer.headers["content-type"] == "application/problem+json"
        api.serve(CONTRACT)
        assert api.client.post("/predict", json={"row": ROW}).json()["predictions"] == healthy["predictions"]


def stream(table: pa.Table) -> bytes:
    body = io.BytesIO()
    with pa.ipc.new_stream(body, table.schema) as out:
        out.write_table(table)
    return body.getvalue()


LAST_DAY = pa.array([2**31 - 1], pa.int32()).cast(pa.date32())
STRANGE = {
    "a day after the year 9999": LAST_DAY,
    "such a day in a list": pa.ListArray.from_arrays([0, 1], LAST_DAY),
    "a moment after the year 9999": pa.array([2**60], pa.int64()).cast(pa.timestamp("s")),
    "an interval": pa.nulls(1, pa.month_day_nano_interval()),
    "an empty list of no length": pa.array([[]], pa.list_(pa.int64(), 0)),
    "a union": pa.UnionArray.from_dense(pa.array([0], pa.int8()), pa.array([0], pa.int32()), [pa.array([1])]),
    "bytes": pa.array([b"\xff"]),
}


def test_columns_of_arrow_that_polars_cannot_hold_are_refused() -> None:
    with toy_api(CONTRACT) as api:
        for what, array in STRANGE.items():
            for name in CONTRACT.names:
                columns = {**{each: [cell] for each, cell in ROW.items()}, name: array}
                answer = api.client.post("/predict", content=stream(pa.table(columns)), headers=ARROW)
                assert (answer.status_code, answer.json()["code"]) == (422, "invalid_table"), what
                assert f"“{name}”" in answer.json()["detail"], what
            unknown = stream(pa.table({**{each: [cell] for each, cell in ROW.items()}, "more": array}))
            assert api.client.post("/predict", content=unknown, headers=ARROW).json()["code"] == "invalid_rows", what
            answer = api.client.post("/predict?unknown=ignore", content=unknown, headers=ARROW)
            assert answer.status_code == 200, what


def test_the_row_of_a_wrong_day_is_counted_in_the_whole_stream() -> None:
    with toy_api(CONTRACT) as api:
        days = pa.chunked_array([pa.array([dt.date(2023, 1, 1)] * 2), LAST_DAY])
        body = stream(pa.table({"size": [1.0] * 3, "kind": ["a"] * 3, "day": days}))
        assert "row 3" in api.client.post("/predict", content=body, headers=ARROW).json()["detail"]


def test_types_of_arrow_are_read_as_in_a_parquet_file() -> None:
    """A decimal of 32 bits, and a moment with an offset."""
    with toy_api(CONTRACT) as api:
        moment = pa.array([1_673_000_000], pa.int64()).cast(pa.timestamp("s", "+05:30"))
        typed = {"size": pa.array([decimal.Decimal("1.50")], pa.decimal32(5, 2)), "kind": ["a"], "day": moment}
        answer = pa.ipc.open_stream(api.client.post("/predict", content=stream(pa.table(typed)), headers=ARROW).content)
        plain = {"size": 1.5, "kind": "a", "day": "2023-01-06T10:13:20"}
        wanted = api.client.post("/predict", json={"row": plain}).json()["predictions"][0]["probabilities"]
        assert answer.read_all()["probability_yes"].to_pylist() == [wanted["yes"]]
