"""A whole file goes through an API in parts and comes back as one, in order, by one version."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tablee.errors import Cell, Conflict, InvalidRows, InvalidTable, Overloaded
from tablee.whole_file import ARROW, CSV, IN_FLIGHT, TRIES, Answer, Outcome, Stopped, predict_file

ROWS = 1000
FRAME = pl.DataFrame({"n": range(ROWS), "prediction": ["x,\n", "y"] * (ROWS // 2)})


class Watcher:
    def __init__(self) -> None:
        self.stop = threading.Event()
        self.rows: list[int] = []
        self.taken: list[int] = []
        self.restarts = 0

    def advance(self, answer: Answer, rows: int, taken: int) -> None:
        self.rows.append(rows)
        self.taken.append(taken)

    def restart(self) -> None:
        self.restarts += 1
        self.rows, self.taken = [], []


def answered(body: bytes, kind: str, version: int = 1) -> Answer:
    """Ten times `n`, as the API does: CSV with its own columns, Arrow with the new one only."""
    if kind == CSV:
        frame = pl.read_csv(body)
        body = frame.with_columns(prediction_1=pl.col("n") * 10.0).write_csv().encode()
    else:
        assert kind == ARROW
        table = pa.ipc.open_stream(body).read_all()
        out = io.BytesIO()
        pl.DataFrame({"prediction": pl.Series(pl.from_arrow(table["n"])) * 10.0}).write_ipc_stream(out)
        body = out.getvalue()
    return Answer(body, "m", version, 2)


def sent(parquet: bool) -> io.BytesIO:
    out = io.BytesIO()
    if parquet:
        FRAME.write_parquet(out)
    else:
        FRAME.write_csv(out)
    return out


def run(
    ask: Callable[[bytes, str], Answer], parquet: bool, watcher: Watcher | None = None, max_rows: int = 300
) -> tuple[Outcome, pl.DataFrame]:
    target = io.BytesIO(b"something longer that was there before " * 10_000)
    outcome = predict_file(
        ask, sent(parquet), target, parquet=parquet, max_rows=max_rows, watcher=watcher or Watcher(), pause=0.001
    )
    return outcome, pl.read_parquet(target.getvalue()) if parquet else pl.read_csv(target.getvalue())


@pytest.mark.parametrize("parquet", [False, True], ids=["csv", "parquet"])
class TestBothFormats:
    def test_parts_come_back_as_one_file(self, parquet: bool) -> None:
        watcher = Watcher()
        outcome, frame = run(answered, parquet, watcher)
        assert outcome == Outcome("m", 1, ROWS, 8)
        assert frame.equals(FRAME.with_columns(prediction_1=pl.col("n") * 10.0))
        assert watcher.rows == [300, 300, 300, 100]
        assert sum(watcher.taken) == len(sent(parquet).getvalue())

    def test_two_parts_travel_at_once_and_stay_in_order(self, parquet: bool) -> None:
        together = threading.Barrier(IN_FLIGHT, timeout=20)

        def slow(body: bytes, kind: str) -> Answer:
            together.wait()  # never passed by one that is alone
            return answered(body, kind)

        assert run(slow, parquet, max_rows=250)[1]["n"].to_list() == list(range(ROWS))

    def test_one_version_answers_all(self, parquet: bool) -> None:
        calls = iter(range(1000))

        def rolling(body: bytes, kind: str) -> Answer:
            return answered(body, kind, version=1 if next(calls) < 2 else 2)

        watcher = Watcher()
        outcome, frame = run(rolling, parquet, watcher)
        assert (outcome, watcher.restarts) == (Outcome("m", 2, ROWS, 8), 1)
        assert (sum(watcher.rows), frame.height) == (ROWS, ROWS)

    def test_versions_that_never_stay_are_given_up(self, parquet: bool) -> None:
        calls = iter(range(1000))
        with pytest.raises(Conflict, match="changed 3 times"):
            run(lambda body, kind: answered(body, kind, version=next(calls)), parquet)

    def test_a_busy_api_is_asked_again(self, parquet: bool) -> None:
        tried: dict[bytes, int] = {}

        def busy(body: bytes, kind: str) -> Answer:
            tried[body] = tried.get(body, 0) + 1
            if tried[body] < TRIES:
                raise Overloaded("too much")
            return answered(body, kind)

        assert run(busy, parquet)[1].height == ROWS
        tried.clear()

        def refusing(body: bytes, kind: str) -> Answer:
            raise Overloaded("too much")

        with pytest.raises(Overloaded):
            run(refusing, parquet)

    def test_wrong_rows_are_counted_in_the_file(self, parquet: bool) -> None:
        def picky(body: bytes, kind: str) -> Answer:
            frame = pl.read_csv(body) if kind == CSV else pl.read_ipc_stream(body)
            if frame["n"][0] == 0:
                return answered(body, kind)
            raise InvalidRows([Cell(7, "n", "z", "a number")], 3)

        with pytest.raises(InvalidRows) as caught:
            run(picky, parquet, max_rows=600)
        assert (caught.value.cells[0].row, caught.value.total) == (607, 3)

    def test_it_can_be_stopped(self, parquet: bool) -> None:
        watcher = Watcher()

        def stopping(body: bytes, kind: str) -> Answer:
            watcher.stop.set()
            return answered(body, kind)

        with pytest.raises(Stopped):
            run(stopping, parquet, watcher)
        assert len(watcher.rows) == 1


def test_parquet_keeps_its_types() -> None:
    table = pa.table({"n": pa.array([1, 2]), "price": pa.array([Decimal("1.25"), None]), "tags": [["a"], []]})
    source, target = io.BytesIO(), io.BytesIO()
    pq.write_table(table, source, compression="GZIP")
    seen: list[pa.Schema] = []

    def ask(body: bytes, kind: str) -> Answer:
        seen.append(pa.ipc.open_stream(body).schema)
        return answered(body, kind)

    predict_file(ask, source, target, parquet=True, max_rows=10, watcher=Watcher())
    found = pq.ParquetFile(target)
    assert found.read(["n", "price", "tags"]).equals(table)
    assert found.metadata.row_group(0).column(0).compression == "GZIP"
    assert seen[0].field("price").type == pa.float64()


def test_what_is_no_parquet_and_what_has_no_rows_is_refused() -> None:
    empty = io.BytesIO()
    FRAME.clear().write_parquet(empty)
    for source, said in ((io.BytesIO(b"a,b\n"), "cannot be read as Parquet"), (empty, "the file has no row")):
        with pytest.raises(InvalidTable, match=said):
            predict_file(answered, source, io.BytesIO(), parquet=True, max_rows=10, watcher=Watcher())
