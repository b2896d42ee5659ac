"""A panic of a library in a request: an answer like those of other errors, and the next request is answered."""

from __future__ import annotations

import asyncio
import datetime as dt

import httpx
import pyarrow as pa
import pytest
from fastapi import FastAPI
from panic import panic
from structlog.testing import capture_logs

from tablee.errors import InvalidTable
from tablee.http.middleware import ServiceMiddleware
from tablee_api import problems
from tablee_api.codecs.arrow_stream import _series


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


def test_columns_of_arrow_that_polars_cannot_hold() -> None:
    exact = _series(pa.array([1, None], pa.decimal256(50, 0)), "a")
    assert list(exact) == [1.0, None]
    with pytest.raises(InvalidTable, match="«a», row 1: a date of a year"):
        _series(pa.array([2**31 - 1], pa.int32()).cast(pa.date32()), "a")
    assert [str(day) for day in _series(pa.array([dt.date(2024, 2, 11)]), "a")] == ["2024-02-11"]
    assert _series(pa.nulls(1, pa.month_day_nano_interval()), "a") == [None]
