"""A file is predicted in parts; the result is in order, and of one version."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

import polars as pl
import pytest

from tablee.errors import Conflict, InvalidRows, InvalidTable, Overloaded, TableeError
from tablee.errors.cells import Cell
from tablee.tables.prediction_file import FilePart, PredictionWriter
from tablee_client.api import PartPredictions
from tablee_client.predict_file import IN_FLIGHT, TRIES, Outcome, Stopped, predict_file

ROWS = 1000
FRAME = pl.DataFrame({"n": range(ROWS), "prediction": ["x,\n", "y"] * (ROWS // 2)})


class Lines:
    """A prediction file that is made from a data frame, and written as CSV."""

    names = FRAME.columns

    def __init__(self, frame: pl.DataFrame = FRAME) -> None:
        self.frame = frame

    def parts(self, max_rows: int) -> Iterator[FilePart]:
        for start in range(0, self.frame.height, max_rows):
            frame = self.frame.slice(start, max_rows)
            yield FilePart(frame.select("n"), frame, frame.head, start + 1, 10 * frame.height)

    @contextmanager
    def writer(self, target: IO[bytes]) -> Iterator[PredictionWriter]:
        yield Written(target)


class Written:
    def __init__(self, target: IO[bytes]) -> None:
        self._target = target

    def write(self, part: FilePart, added: pl.DataFrame) -> None:
        self._target.write(part.original.hstack(added).write_csv(include_header=part.first_row == 1).encode())


class Watcher:
    def __init__(self) -> None:
        self.stop = threading.Event()
        self.rows: list[int] = []
        self.taken: list[int] = []
        self.added: list[str] = []
        self.restarts = 0

    def advance(self, answer: PartPredictions, part: FilePart, added: pl.DataFrame) -> None:
        self.rows.append(part.rows)
        self.taken.append(part.bytes)
        self.added = added.columns

    def restart(self) -> None:
        self.restarts += 1
        self.rows, self.taken = [], []


def answered(body: bytes, version: int = 1) -> PartPredictions:
    """The response of an API that predicts ten times `n`: the new column only."""
    out = io.BytesIO()
    pl.DataFrame({"prediction": pl.read_ipc_stream(body)["n"] * 10.0}).write_ipc_stream(out)
    return PartPredictions(out.getvalue(), "m", version, 2)


def run(
    ask: Callable[[bytes], PartPredictions], watcher: Watcher | None = None, max_rows: int = 300
) -> tuple[Outcome, pl.DataFrame]:
    target = io.BytesIO(b"something longer that was there before " * 10_000)
    outcome = predict_file(ask, Lines, target, max_rows=max_rows, watcher=watcher or Watcher(), pause=0.001)
    return outcome, pl.read_csv(target.getvalue())


def test_the_parts_are_written_as_one_file() -> None:
    watcher = Watcher()
    outcome, frame = run(answered, watcher)
    assert outcome == Outcome("m", 1, ROWS, 8)
    assert frame.equals(FRAME.with_columns(prediction_1=pl.col("n") * 10.0))
    assert (watcher.rows, watcher.added) == ([300, 300, 300, 100], ["prediction_1"])
    assert sum(watcher.taken) == 10 * ROWS


def test_two_parts_are_sent_at_once_and_written_in_order() -> None:
    together = threading.Barrier(IN_FLIGHT, timeout=20)

    def slow(body: bytes) -> PartPredictions:
        together.wait()  # a single thread does not pass the barrier
        return answered(body)

    assert run(slow, max_rows=250)[1]["n"].to_list() == list(range(ROWS))


def test_one_version_predicts_all_parts() -> None:
    calls = iter(range(1000))

    def rolling(body: bytes) -> PartPredictions:
        return answered(body, version=1 if next(calls) < 2 else 2)

    watcher = Watcher()
    outcome, frame = run(rolling, watcher)
    assert (outcome, watcher.restarts) == (Outcome("m", 2, ROWS, 8), 1)
    assert (sum(watcher.rows), frame.height) == (ROWS, ROWS)


def test_repeated_rollouts_are_a_conflict() -> None:
    calls = iter(range(1000))
    with pytest.raises(Conflict, match="changed 3 times"):
        run(lambda body: answered(body, version=next(calls)))


def test_a_part_is_sent_again_to_an_unavailable_api() -> None:
    tried: dict[bytes, int] = {}

    def busy(body: bytes) -> PartPredictions:
        tried[body] = tried.get(body, 0) + 1
        if tried[body] < TRIES:
            raise Overloaded("too much")
        return answered(body)

    assert run(busy)[1].height == ROWS

    def refusing(body: bytes) -> PartPredictions:
        raise Overloaded("too much")

    with pytest.raises(Overloaded):
        run(refusing)


def test_invalid_rows_are_numbered_in_the_whole_file() -> None:
    def picky(body: bytes) -> PartPredictions:
        if pl.read_ipc_stream(body)["n"][0] == 0:
            return answered(body)
        raise InvalidRows([Cell(7, "n", "z", "a number"), Cell(None, "x", None, "a column")], 3)

    with pytest.raises(InvalidRows) as caught:
        run(picky, max_rows=600)
    assert ([cell.row for cell in caught.value.cells], caught.value.total) == ([607, None], 3)


def test_a_prediction_can_be_stopped() -> None:
    watcher = Watcher()

    def stopping(body: bytes) -> PartPredictions:
        if pl.read_ipc_stream(body)["n"][0] == 0:  # the first part; the second may be sent at the same time
            watcher.stop.set()
        return answered(body)

    with pytest.raises(Stopped):
        run(stopping, watcher)
    assert len(watcher.rows) == 1


def test_a_response_with_another_number_of_rows_is_an_error() -> None:
    with pytest.raises(TableeError, match="no Arrow stream"):
        run(lambda body: PartPredictions(b"{}", "m", 1, 0))
    out = io.BytesIO()
    FRAME.select("n").head(10).write_ipc_stream(out)
    first = answered(out.getvalue())
    with pytest.raises(TableeError, match="answered 10 rows to a part of 300"):
        run(lambda body: first)


def test_a_file_without_rows_is_refused() -> None:
    with pytest.raises(InvalidTable, match="the file has no row"):
        predict_file(answered, lambda: Lines(FRAME.clear()), io.BytesIO(), max_rows=10, watcher=Watcher())
