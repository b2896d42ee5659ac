"""A whole CSV or Parquet file predicted through the API: part by part, a few of them in flight, by one version from the
first row to the last, in constant memory. What the command line and the UI share; each brings its own transport.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import IO, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from tablee.chunks import Chunk, chunks, located, split_header
from tablee.errors import Conflict, InvalidTable, TableeError, Unavailable
from tablee.in_order import in_order
from tablee.parquet_parts import Widened, batches

CSV, ARROW = "text/csv", "application/vnd.apache.arrow.stream"
IN_FLIGHT = 2
"""Parts that are with the API at once: while one is scored, the next one travels."""
TRIES = 5
"""How often a part is sent while the API says that it cannot answer just now."""
PASSES = 3
"""How often a file is begun while versions change."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The API's answer to a part."""

    body: bytes
    model: str
    version: int
    warnings: int


Ask = Callable[[bytes, str], Answer]
"""Sends a body of a content type, which is also that of the answer; raises `TableeError`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was predicted."""

    model: str
    version: int
    rows: int
    warnings: int


class Watcher(Protocol):
    """Who is told how far a file is, and may stop it."""

    stop: threading.Event

    def advance(self, answer: Answer, rows: int, taken: int) -> None:
        """Another part is written: so many rows, and so many bytes of the source."""

    def restart(self) -> None:
        """Another version took over: it begins again."""


class Stopped(Exception):
    """The watcher's `stop` was set."""


class _VersionChanged(Exception):
    """Between two parts another version took over."""


def predict_file(
    ask: Ask,
    source: IO[bytes],
    target: IO[bytes],
    *,
    parquet: bool,
    max_rows: int,
    watcher: Watcher,
    pause: float = 1.0,
) -> Outcome:
    """Write the file's own columns and its predictions to `target`. When a roll-out happens meanwhile, begin again.

    :param source: seekable.
    :param max_rows: of one part.
    :param pause: seconds before a part is sent again to an API that cannot answer; longer each time.
    :raises InvalidRows, InvalidTable: with rows and lines counted in the whole file.
    :raises Conflict: the version changed again and again.
    :raises Stopped: the watcher said so; what `target` holds is of no use.
    """

    def patiently(body: bytes) -> Answer:
        for attempt in range(1, TRIES + 1):
            if watcher.stop.is_set():
                raise Stopped
            try:
                return ask(body, ARROW if parquet else CSV)
            except Unavailable:
                if attempt == TRIES:
                    raise
                watcher.stop.wait(pause * attempt)
        raise AssertionError("the last try answers or raises")

    for left in range(PASSES)[::-1]:
        source.seek(0)
        target.seek(0)
        target.truncate()
        try:
            with closing(_Parquet(source, target, max_rows) if parquet else _Csv(source, target, max_rows)) as form:
                return _one_pass(patiently, form, watcher)
        except _VersionChanged:
            if left:
                watcher.restart()
    raise Conflict(
        f"the version that serves changed {PASSES} times while the file was predicted",
        hint="Try again when nobody promotes a version.",
    )


class _Form(Protocol):
    """A format's parts, and how their answers are joined."""

    def parts(self) -> Iterator[Chunk]: ...

    def write(self, part: Chunk, answer: bytes) -> None: ...

    def close(self) -> None: ...


def _one_pass(ask: Callable[[bytes], Answer], form: _Form, watcher: Watcher) -> Outcome:
    total: Outcome | None = None
    for part, result in in_order(lambda part: ask(part.body), form.parts(), threads=IN_FLIGHT, ahead=IN_FLIGHT - 1):
        try:
            answer = result()
        except TableeError as error:
            raise located(error, part) from None
        if total is None:
            total = Outcome(answer.model, answer.version, 0, 0)
        elif (answer.model, answer.version) != (total.model, total.version):
            raise _VersionChanged
        form.write(part, answer.body)
        total = replace(total, rows=total.rows + part.rows, warnings=total.warnings + answer.warnings)
        watcher.advance(answer, part.rows, part.taken)
        if watcher.stop.is_set():
            raise Stopped
    if total is None:
        raise InvalidTable("the file has no row", expected="at least one row")
    return total


class _Csv:
    def __init__(self, source: IO[bytes], target: IO[bytes], max_rows: int) -> None:
        self._source, self._target, self._max_rows = source, target, max_rows

    def parts(self) -> Iterator[Chunk]:
        return chunks(self._source, max_rows=self._max_rows)

    def write(self, part: Chunk, answer: bytes) -> None:
        self._target.write(answer if part.first_row == 1 else split_header(answer)[1])

    def close(self) -> None:
        self._target.flush()


class _Parquet:
    """Travels as Arrow streams, whose answers hold the new columns only."""

    def __init__(self, source: IO[bytes], target: IO[bytes], max_rows: int) -> None:
        self._target, self._max_rows = target, max_rows
        try:
            self._file = pq.ParquetFile(source)
        except pa.ArrowInvalid as error:
            raise InvalidTable(f"the file cannot be read as Parquet: {error}", expected="a Parquet file") from None
        self._size = source.seek(0, io.SEEK_END)
        self._batches: dict[int, pa.RecordBatch] = {}
        self._widened: Widened | None = None

    def parts(self) -> Iterator[Chunk]:
        rows = self._file.metadata.num_rows
        for first_row, batch in batches(self._file, self._max_rows):
            self._batches[first_row] = batch
            last = first_row - 1 + batch.num_rows
            taken = self._size * last // rows - self._size * (first_row - 1) // rows
            yield Chunk(_stream(batch), first_row, 0, 0, batch.num_rows, taken)

    def write(self, part: Chunk, answer: bytes) -> None:
        found = pa.ipc.open_stream(answer).read_all()
        if self._widened is None:
            self._widened = Widened(self._file, self._target, list(found.schema))
        self._widened.write(self._batches.pop(part.first_row), [column.combine_chunks() for column in found.columns])

    def close(self) -> None:
        if self._widened is not None:
            self._widened.close()


def _stream(batch: pa.RecordBatch) -> bytes:
    """A batch as an Arrow stream; decimals as the float64 that they are scored as."""
    for at, field in enumerate(batch.schema):
        if pa.types.is_decimal(field.type):
            batch = batch.set_column(at, field.name, batch.column(at).cast(pa.float64()))
    out = io.BytesIO()
    with pa.ipc.new_stream(out, batch.schema) as writer:
        writer.write_batch(batch)
    return out.getvalue()
