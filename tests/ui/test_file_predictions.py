"""A file goes through the API part by part and comes back whole, or says why not."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator
from typing import IO

import httpx
import polars as pl
import pytest

from tablee.datasets.reading import Corrections
from tablee.errors import Conflict, InvalidRows, InvalidTable, Overloaded, TableeError
from tablee.errors.cells import Cell
from tablee.models.contract import Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee_client import Api, Service
from tablee_data import prediction_files
from tablee_ui import file_predictions as batches
from tablee_ui.file_predictions import Batch, Batches, Stage

Serve = Callable[[Callable[[httpx.Request], httpx.Response]], Service]
Start = Callable[[Callable[[httpx.Request], httpx.Response]], Batches]

FILE = b"a,prediction\n" + b"".join(b"%d,x\n" % n for n in range(10))
CONTRACT = Contract(
    model="m",
    columns=(NumberColumn(name="a", minimum=0, maximum=9),),
    target=Target(name="b", problem_type=ProblemType.REGRESSION),
    ignored=("prediction", "tags"),
)


def wait(batch: Batch) -> Batch:
    deadline = time.monotonic() + 20
    while batch.stage is Stage.RUNNING:
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
    return batch


def answered(request: httpx.Request, version: int = 1) -> httpx.Response:
    """As the API does: ten times what stands in the only column of the contract."""
    assert request.headers["content-type"] == request.headers["accept"] == "application/vnd.apache.arrow.stream"
    rows = pl.read_ipc_stream(request.content)
    assert rows.columns == ["a"]
    out = io.BytesIO()
    pl.DataFrame({"prediction": rows["a"] * 10.0}).write_ipc_stream(out)
    headers = {"tablee-version": str(version), "tablee-warning-count": "2"}
    return httpx.Response(200, content=out.getvalue(), headers=headers)


def refused(error: TableeError) -> httpx.Response:
    return httpx.Response(error.status, json=error.problem())


def begin(batches: Batches, file: IO[bytes], filename: str = "f.csv") -> Batch:
    sent = batches.keep(file, filename)
    asked = Corrections()
    batch = batches.start("m", sent, prediction_files.open_file(sent.path, filename, CONTRACT, asked), asked)
    assert not batches.keeps(sent)
    return batch


@pytest.fixture
def start(serve: Serve) -> Iterator[Start]:
    made: list[Batches] = []

    def make(answer: Callable[[httpx.Request], httpx.Response]) -> Batches:
        def served(request: httpx.Request) -> httpx.Response:
            if request.method == "GET":
                card = {"name": "m", "version": 1, "contract": CONTRACT.model_dump(mode="json")}
                return httpx.Response(200, json=card)
            return answer(request)

        made.append(Batches(Api(serve(served)), rows=3, pause=0.001))
        return made[-1]

    yield make
    for found in made:
        found.close()


def test_parts_come_back_as_one_file(start: Start) -> None:
    batch = wait(begin(start(answered), io.BytesIO(FILE)))
    assert batch.stage is Stage.DONE
    assert batch.answer is not None
    expected = "a,prediction,prediction_1\n" + "".join(f"{n},x,{n * 10}.0\n" for n in range(10))
    assert batch.answer.read_text() == expected
    assert (batch.rows, batch.done, batch.version, batch.warnings) == (10, 10, 1, 8)
    assert batch.outcome is not None
    assert batch.outcome.added == ("prediction_1",)
    assert batch.outcome.answers.to_list() == [n * 10.0 for n in range(10)]


def test_a_parquet_file_comes_back_as_one(start: Start) -> None:
    sent = io.BytesIO()
    frame = pl.DataFrame({"a": range(10), "prediction": ["x", None] * 5, "tags": [["p", "q"], []] * 5})
    frame.write_parquet(sent)
    sent.seek(0)
    batch = wait(begin(start(answered), sent, "f.Parquet"))
    assert (batch.stage, batch.rows, batch.done, batch.version, batch.warnings) == (Stage.DONE, 10, 10, 1, 8)
    assert batch.answer is not None
    assert batch.answer.suffix == ".Parquet"
    assert pl.read_parquet(batch.answer).equals(frame.with_columns(prediction_1=pl.col("a") * 10.0))
    assert batch.outcome is not None
    assert batch.outcome.added == ("prediction_1",)
    assert batch.outcome.preview.row(1) == ("1", None, "[]", "10.0")
    assert batch.outcome.answers.to_list() == [n * 10.0 for n in range(10)]


def test_all_rows_are_answered_by_one_version(start: Start) -> None:
    calls = 0

    def rolling(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        return answered(request, version=1 if calls <= 2 else 2)

    batch = wait(begin(start(rolling), io.BytesIO(FILE)))
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

    batch = wait(begin(start(restless), io.BytesIO(FILE)))
    assert batch.stage is Stage.FAILED
    assert isinstance(batch.error, Conflict)


def test_a_busy_api_is_asked_again(start: Start) -> None:
    calls = 0

    def busy(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        return refused(Overloaded("too much")) if calls % 2 else answered(request)

    assert wait(begin(start(busy), io.BytesIO(FILE))).stage is Stage.DONE


def test_an_api_that_stays_busy_is_given_up(start: Start) -> None:
    batch = wait(begin(start(lambda _: refused(Overloaded("too much"))), io.BytesIO(FILE)))
    assert batch.stage is Stage.FAILED
    assert isinstance(batch.error, Overloaded)


def test_wrong_rows_are_counted_from_the_start_of_the_file(start: Start) -> None:
    def picky(request: httpx.Request) -> httpx.Response:
        if 4.0 in pl.read_ipc_stream(request.content)["a"]:  # the fifth row, second of the second part
            return refused(InvalidRows([Cell(2, "a", "4", "another"), Cell(None, "b", None, "a column")], total=4))
        return answered(request)

    batch = wait(begin(start(picky), io.BytesIO(FILE)))
    assert batch.stage is Stage.FAILED
    assert isinstance(batch.error, InvalidRows)
    assert [cell.row for cell in batch.error.cells] == [5, None]
    assert batch.error.total == 4


def test_a_broken_file_is_not_sent(start: Start) -> None:
    found = start(lambda _: pytest.fail("it was sent"))
    with pytest.raises(InvalidTable, match="line 2"):
        begin(found, io.BytesIO(b"a,prediction\n1\n"))


def test_a_file_that_is_only_looked_at_is_forgotten(start: Start) -> None:
    found = start(answered)
    kept = [found.keep(io.BytesIO(FILE), "f.csv") for _ in range(batches.LOOKED_AT + 2)]
    assert [found.keeps(sent) for sent in (kept[0], kept[-1])] == [False, True]
    assert not kept[0].path.exists()


def test_cancelling_ends_it_after_the_part_at_hand(start: Start) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def slow(request: httpx.Request) -> httpx.Response:
        reached.set()
        assert go_on.wait(10)
        return answered(request)

    batch = begin(start(slow), io.BytesIO(FILE))
    assert reached.wait(10)
    batch.cancel()
    go_on.set()
    assert wait(batch).stage is Stage.CANCELLED
    assert batch.done == 3
    assert batch.answer is None


def test_what_nobody_expected_is_an_error_too(start: Start) -> None:
    batch = wait(begin(start(lambda _: httpx.Response(200, text="no headers")), io.BytesIO(FILE)))
    assert batch.stage is Stage.FAILED
    assert batch.error is not None
    assert batch.error.code == "internal_error"


def test_only_the_newest_answers_are_kept(start: Start) -> None:
    found = start(answered)
    kept = [wait(begin(found, io.BytesIO(FILE))) for _ in range(batches.KEPT + 3)]
    assert found.get(kept[0].id) is None
    assert kept[0].answer is not None
    assert not kept[0].answer.exists()
    assert found.get(kept[-1].id) is kept[-1]
    assert found.get("unknown") is None
