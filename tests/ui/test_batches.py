"""A file goes through the API part by part and comes back whole, or says why not."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import polars as pl
import pytest

from tablee.errors import Cell, Conflict, InvalidRows, InvalidTable, Overloaded, TableeError
from tablee_ui import batches
from tablee_ui.batches import Batch, Batches, Stage
from tablee_ui.clients.api import Api
from tablee_ui.clients.transport import Service

Serve = Callable[[Callable[[httpx.Request], httpx.Response]], Service]
Start = Callable[[Callable[[httpx.Request], httpx.Response]], Batches]

FILE = b"a,prediction\n" + b"".join(b"%d,x\n" % n for n in range(10))


def wait(batch: Batch) -> Batch:
    deadline = time.monotonic() + 20
    while batch.stage is Stage.RUNNING:
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
    return batch


def answered(request: httpx.Request, version: int = 1) -> httpx.Response:
    """As the API does: the columns as they were, then the answer under a free name."""
    header, *rows = request.content.decode().splitlines()
    lines = [f"{header},prediction_1", *(f"{row},{int(row.split(',')[0]) * 10}" for row in rows)]
    headers = {"tablee-version": str(version), "tablee-warning-count": "2"}
    return httpx.Response(200, text="\n".join(lines) + "\n", headers=headers)


def refused(error: TableeError) -> httpx.Response:
    return httpx.Response(error.status, json=error.problem())


@pytest.fixture
def start(serve: Serve) -> Iterator[Start]:
    made: list[Batches] = []

    def make(answer: Callable[[httpx.Request], httpx.Response]) -> Batches:
        made.append(Batches(Api(serve(answer)), rows=3, pause=0.001))
        return made[-1]

    yield make
    for found in made:
        found.close()


def test_parts_come_back_as_one_file(start: Start) -> None:
    batch = wait(start(answered).start("m", io.BytesIO(FILE), "f.csv"))
    assert batch.stage is Stage.DONE
    assert batch.answer is not None
    expected = "a,prediction,prediction_1\n" + "".join(f"{n},x,{n * 10}\n" for n in range(10))
    assert batch.answer.read_text() == expected
    assert (batch.rows, batch.done, batch.version, batch.warnings) == (10, 10, 1, 8)
    assert batch.outcome is not None
    assert batch.outcome.added == ("prediction_1",)
    assert batch.outcome.answers.to_list() == [n * 10.0 for n in range(10)]


def test_a_parquet_file_comes_back_as_one(start: Start) -> None:
    def predict(request: httpx.Request) -> httpx.Response:
        assert request.headers["content-type"] == request.headers["accept"] == "application/vnd.apache.arrow.stream"
        out = io.BytesIO()
        pl.DataFrame({"prediction": pl.read_ipc_stream(request.content)["a"] * 10.0}).write_ipc_stream(out)
        return httpx.Response(200, content=out.getvalue(), headers={"tablee-version": "1", "tablee-warning-count": "2"})

    sent = io.BytesIO()
    frame = pl.DataFrame({"a": range(10), "prediction": ["x", None] * 5, "tags": [["p", "q"], []] * 5})
    frame.write_parquet(sent)
    sent.seek(0)
    batch = wait(start(predict).start("m", sent, "f.Parquet"))
    assert (batch.stage, batch.rows, batch.done, batch.version, batch.warnings) == (Stage.DONE, 10, 10, 1, 8)
    assert batch.answer is not None
    assert batch.answer.suffix == ".parquet"
    assert pl.read_parquet(batch.answer).equals(frame.with_columns(prediction_1=pl.col("a") * 10.0))
    assert batch.outcome is not None
    assert batch.outcome.added == ("prediction_1",)
    assert batch.outcome.preview.row(1) == ("1", None, "[]", "10.0")
    assert batch.outcome.answers.to_list() == [n * 10.0 for n in range(10)]
    with pytest.raises(InvalidTable, match="cannot be read as Parquet"):
        start(predict).start("m", io.BytesIO(FILE), "f.parquet")


def test_all_rows_are_answered_by_one_version(start: Start) -> None:
    calls = 0

    def rolling(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        return answered(request, version=1 if calls <= 2 else 2)

    batch = wait(start(rolling).start("m", io.BytesIO(FILE), "f.csv"))
    assert (batch.stage, batch.version, batch.done) == (Stage.DONE, 2, 10)
    assert calls in (3 + 4, 4 + 4)  # when the third part is answered, the fourth may be on its way
    assert batch.answer is not None
    assert batch.answer.read_bytes().count(b"\n") == 11


def test_versions_that_never_stay_are_given_up(start: Start) -> None:
    calls = 0

    def restless(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        return answered(request, version=calls)

    batch = wait(start(restless).start("m", io.BytesIO(FILE), "f.csv"))
    assert batch.stage is Stage.FAILED
    assert isinstance(batch.error, Conflict)


def test_a_busy_api_is_asked_again(start: Start) -> None:
    calls = 0

    def busy(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        return refused(Overloaded("too much")) if calls % 2 else answered(request)

    assert wait(start(busy).start("m", io.BytesIO(FILE), "f.csv")).stage is Stage.DONE


def test_an_api_that_stays_busy_is_given_up(start: Start) -> None:
    batch = wait(start(lambda _: refused(Overloaded("too much"))).start("m", io.BytesIO(FILE), "f.csv"))
    assert batch.stage is Stage.FAILED
    assert isinstance(batch.error, Overloaded)


def test_wrong_rows_are_counted_from_the_start_of_the_file(start: Start) -> None:
    def picky(request: httpx.Request) -> httpx.Response:
        if b"\n4,x" in request.content:  # the fifth row, second of the second part
            return refused(InvalidRows([Cell(2, "a", "4", "another"), Cell(None, "b", None, "a column")], total=4))
        return answered(request)

    batch = wait(start(picky).start("m", io.BytesIO(FILE), "f.csv"))
    assert batch.stage is Stage.FAILED
    assert isinstance(batch.error, InvalidRows)
    assert [cell.row for cell in batch.error.cells] == [5, None]
    assert batch.error.total == 4


def test_a_broken_file_is_not_sent(start: Start) -> None:
    with pytest.raises(InvalidTable, match="line 2"):
        start(lambda _: pytest.fail("it was sent")).start("m", io.BytesIO(b"a,b\n1\n"), "f.csv")


def test_cancelling_ends_it_after_the_part_at_hand(start: Start) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def slow(request: httpx.Request) -> httpx.Response:
        reached.set()
        assert go_on.wait(10)
        return answered(request)

    batch = start(slow).start("m", io.BytesIO(FILE), "f.csv")
    assert reached.wait(10)
    batch.cancel()
    go_on.set()
    assert wait(batch).stage is Stage.CANCELLED
    assert batch.done == 3
    assert batch.answer is None


def test_what_nobody_expected_is_an_error_too(start: Start) -> None:
    batch = wait(start(lambda _: httpx.Response(200, text="no headers")).start("m", io.BytesIO(FILE), "f.csv"))
    assert batch.stage is Stage.FAILED
    assert batch.error is not None
    assert batch.error.code == "internal_error"


def test_only_the_newest_answers_are_kept(start: Start) -> None:
    found = start(answered)
    kept = [wait(found.start("m", io.BytesIO(FILE), "f.csv")) for _ in range(batches.KEPT + 3)]
    assert found.get(kept[0].id) is None
    assert kept[0].answer is not None
    assert not kept[0].answer.exists()
    assert found.get(kept[-1].id) is kept[-1]
    assert found.get("unknown") is None
