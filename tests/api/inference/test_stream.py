"""Bodies of any length: whole and broken ones, bounded in memory, refused in time."""

from __future__ import annotations

import http.client
import io
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import psutil
import pyarrow as pa
import pytest

from tablee.errors import DiskFull
from tablee_api.codecs import ndjson
from tablee_api.inference.disk_space import DiskBudget
from tablee_api.inference.validate import BLOCK_ROWS

ARROW, NDJSON = "application/vnd.apache.arrow.stream", "application/x-ndjson"
MIB = 1 << 20
LIMIT = 4 * MIB
ANSWER_LIMIT = 1_000_000
FULL = Path("/dev/full")
Refused = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def rows(bundles: dict[str, Any]) -> pl.DataFrame:
    """Many rows for the default model, a few of them in more than one part."""
    example = pl.DataFrame(bundles["multiclass-gbm"].contract.examples)
    return pl.concat([example] * (BLOCK_ROWS // example.height + 100), rechunk=True)


def as_arrow(frame: pl.DataFrame, rows: int | None = None) -> bytes:
    sink = io.BytesIO()
    table = frame.to_arrow()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=rows)
    return sink.getvalue()


def as_lines(frame: pl.DataFrame) -> bytes:
    sink = io.BytesIO()
    frame.write_ndjson(sink)
    return sink.getvalue()


@pytest.mark.parametrize("batch", [999, None], ids=["small batches", "one large batch"])
def test_many_rows(api: httpx.Client, rows: pl.DataFrame, batch: int | None) -> None:
    wanted = api.post("/predict", json={"columns": rows.head(3).to_dict(as_series=False)}).json()["predictions"]
    arrow = api.post("/predict", content=as_arrow(rows, batch), headers={"content-type": ARROW})
    found = pl.read_ipc_stream(arrow.content)
    assert found.height == rows.height
    assert found.equals(pl.concat([found.head(3)] * (rows.height // 3)))
    assert found["prediction"].head(3).to_list() == [each["prediction"] for each in wanted]
    lines = api.post("/predict", content=as_lines(rows), headers={"content-type": NDJSON}).text.splitlines()
    assert len(lines) == rows.height
    assert [json.loads(line) for line in lines[-3:]] == wanted


@pytest.mark.parametrize("content_type", [ARROW, NDJSON])
def test_wrong_cells_are_named_wherever_they_are(refused: Refused, rows: pl.DataFrame, content_type: str) -> None:
    wrong = rows.with_columns(year=pl.when(pl.int_range(rows.height) == 7).then(float("inf")).otherwise(pl.col("year")))
    wrong = wrong.with_columns(
        island=pl.when(pl.int_range(rows.height) == rows.height - 1).then(pl.lit("Atlantis")).otherwise("island")
    )
    body = as_arrow(wrong, 999) if content_type == ARROW else as_lines(rows)
    if content_type == NDJSON:
        lines = body.splitlines()
        lines[7] = lines[7].replace(b'"year":', b'"year":"soon","year_1":')
        lines[-1] = lines[-1].replace(b'"island":', b'"isle":')
        body = b"\n".join(lines)
    problem = refused(422, "invalid_rows", content=body, headers={"content-type": content_type})
    if content_type == ARROW:
        assert [(each["row"], each["column"]) for each in problem["errors"]] == [(8, "year")]
        assert problem["error_count"] == 1
    else:
        assert {each["row"] for each in problem["errors"]} == {8, rows.height}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b'{"a": 1}\n{"a": }', "row 2 is not JSON"),
        (b'\n\n{"a": 1}\n\xff', "row 2 is not JSON"),
        (b'"' + b"x" * ndjson.LONGEST + b'"', "row 1 is longer"),
    ],
    ids=["broken", "no text", "long"],
)
def test_a_broken_line_is_named(refused: Refused, body: bytes, named: str) -> None:
    assert named in refused(400, "malformed_body", content=body, headers={"content-type": NDJSON})["detail"]


def test_a_column_given_twice_is_named(refused: Refused, rows: pl.DataFrame) -> None:
    lines = as_lines(rows.head(ndjson.ROWS_AT_ONCE + 2)).splitlines()
    lines[-1] = lines[-1].replace(b"{", b'{"year":1,')
    problem = refused(422, "invalid_rows", content=b"\n".join(lines), headers={"content-type": NDJSON})
    assert [(each["row"], each["column"]) for each in problem["errors"]] == [(len(lines), "year")]


@pytest.mark.parametrize("content_type", [ARROW, NDJSON])
def test_no_rows(refused: Refused, rows: pl.DataFrame, content_type: str) -> None:
    body = as_arrow(rows.clear()) if content_type == ARROW else b"\n \n"
    assert "no row" in refused(422, "invalid_input", content=body, headers={"content-type": content_type})["detail"]


def test_an_arrow_stream_that_is_none(refused: Refused, rows: pl.DataFrame) -> None:
    whole = as_arrow(rows, 5000)
    for body in (b"", b"island,year\n", whole[: len(whole) // 2], as_lines(rows.head(3))):
        problem = refused(400, "malformed_body", content=body, headers={"content-type": ARROW})
        assert "no Arrow IPC stream" in problem["detail"]
    twice = pa.table([pa.array([1.0]), pa.array([2.0])], names=["year", "year"])
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, twice.schema) as writer:
        writer.write_table(twice)
    problem = refused(422, "invalid_request", content=sink.getvalue(), headers={"content-type": ARROW})
    assert "“year” is there twice" in problem["detail"]


def test_columns_that_are_not_there(refused: Refused, rows: pl.DataFrame) -> None:
    body = as_arrow(rows.drop("sex").with_columns(colour=pl.lit("red")), 100)
    problem = refused(422, "invalid_rows", content=body, headers={"content-type": ARROW})
    assert {each["column"] for each in problem["errors"]} == {"sex", "colour"}
    assert problem["error_count"] == 2


def test_too_many_to_be_explained(refused: Refused, rows: pl.DataFrame) -> None:
    request = {"content": as_lines(rows), "headers": {"content-type": NDJSON}}
    refused(413, "too_many_rows", path="/predict?explain=true", **request)


@pytest.fixture(scope="module")
def small(full_registry: Any, tmp_path_factory: pytest.TempPathFactory, start_api: Any) -> Iterator[Any]:
    """A service with tight limits."""
    limits = {"max_body_bytes": 50_000, "max_held_bytes": 60_000, "max_stream_bytes": LIMIT}
    limits["max_answer_bytes"] = ANSWER_LIMIT
    with start_api(full_registry, {"multiclass-gbm": 1}, tmp_path_factory.mktemp("cache"), **limits) as running:
        yield running


def test_a_stream_has_its_own_limit(small: Any, rows: pl.DataFrame) -> None:
    body = as_arrow(rows)
    assert 50_000 < len(body) < LIMIT
    assert small.client.post("/predict", content=body, headers={"content-type": ARROW}).status_code == 200
    assert small.client.post("/predict", content=body, headers={"content-type": "text/csv"}).status_code == 413
    large = small.client.post("/predict", content=bytes(LIMIT + 1), headers={"content-type": ARROW})
    assert (large.status_code, large.json()["code"]) == (413, "body_too_large")
    other = small.client.post("/invocations", content=body, headers={"content-type": ARROW})
    assert (other.status_code, other.json()["error_code"]) == (413, "BAD_REQUEST")


@pytest.mark.parametrize("content_type", [ARROW, NDJSON])
def test_an_answer_that_does_not_fit_on_the_disk_is_refused_as_a_whole(
    small: Any, rows: pl.DataFrame, content_type: str
) -> None:
    few, many = (
        (as_arrow(rows.head(5000)), as_arrow(pl.concat([rows] * 2), 1000))
        if content_type == ARROW
        else (as_lines(rows.head(5000)), as_lines(rows))
    )
    headers = {"content-type": content_type}
    for _ in range(2):
        refused = small.client.post("/predict", content=many, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (507, "disk_full")
        assert "more than" in refused.json()["detail"]
        answered = small.client.post("/predict", content=few, headers=headers)
        assert answered.status_code == 200, "the space on the disk was released"


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full on this system")
def test_a_full_disk_is_reported() -> None:
    table = pa.table({"x": pa.array(range(100_000))})
    disk = DiskBudget(1 << 30)
    for write in (lambda file: file.write(bytes(1 << 20)), lambda file: _arrow_to(file, table)):
        with pytest.raises(DiskFull, match="is full"), disk.reserve(), FULL.open("wb") as file:
            write(file)
    with pytest.raises(FileNotFoundError), disk.reserve():
        Path("/nothing/there").read_bytes()


def _arrow_to(file: Any, table: pa.Table) -> None:
    with pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)


def test_a_client_that_disconnects_releases_its_place(
    small: Any, rows: pl.DataFrame, until: Callable[..., None]
) -> None:
    body = as_arrow(rows)
    gone = http.client.HTTPConnection(*small.address, timeout=60)
    gone.putrequest("POST", "/predict")
    gone.putheader("content-type", ARROW)
    gone.putheader("content-length", str(LIMIT))
    gone.endheaders(bytes(LIMIT - 1))
    gone.close()

    def served() -> bool:
        return bool(small.client.post("/predict", content=body, headers={"content-type": ARROW}).status_code == 200)

    until(served)


def test_memory_does_not_grow_with_the_body(small: Any, api: httpx.Client, rows: pl.DataFrame) -> None:
    """The services run in threads of this process. The body is sent in pieces, never held as a whole."""
    (part,) = pl.concat([rows] * 10).rechunk().to_arrow().to_batches()

    def body(parts: int) -> Iterator[bytes]:
        sink = io.BytesIO()
        writer = pa.ipc.new_stream(sink, part.schema)
        for _ in range(parts):
            writer.write_batch(part)
            yield sink.getvalue()
            sink.seek(0)
            sink.truncate()
        writer.close()
        yield sink.getvalue()

    def peak(parts: int) -> tuple[int, int]:
        """Most bytes of anonymous memory that the process had meanwhile, and rows answered."""
        most, ended = 0, threading.Event()

        def watch() -> None:
            nonlocal most
            while not ended.wait(0.01):
                info = psutil.Process().memory_info()
                most = max(most, info.rss - info.shared)

        watching = threading.Thread(target=watch)
        watching.start()
        answered = 0
        try:
            with api.stream("POST", "/predict", content=body(parts), headers={"content-type": ARROW}) as answer:
                assert answer.status_code == 200
                answered = sum(map(len, answer.iter_raw()))
        finally:
            ended.set()
            watching.join()
        return most, answered

    peak(1)
    (few, small_answer), (many, large_answer) = peak(1), peak(12)
    assert large_answer > 10 * small_answer
    assert many - few < 5 * part.nbytes, f"{(many - few) / MIB:.0f} MiB more for {12 * part.nbytes / MIB:.0f} MiB"
