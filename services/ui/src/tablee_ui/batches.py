"""CSV and Parquet files on their way through the API, part by part, in the background.

The page only looks: it may be reloaded or closed while a file is worked on, and find it again under its id. Answers
are kept in this process for an hour, the newest few; they are somebody's data, so nothing else keeps them.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO, cast

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tablee import tables, telemetry, whole_file
from tablee.chunks import chunks
from tablee.errors import InvalidTable, TableeError
from tablee.whole_file import Answer, Stopped
from tablee_ui.clients.api import Api

AT_ONCE = 2
"""Files worked on at once; further ones wait."""
ROWS = 5_000
"""Rows of one part."""
KEPT = 20
KEPT_SECONDS = 3600.0
PREVIEW_ROWS = 1_000
READ_ROWS = 50_000
"""Rows of an answered file that are looked at together."""
PARQUET = ".parquet"

log = telemetry.logger(__name__)


class Stage(StrEnum):
    """Where a file is; all but the first are ends."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back: the first rows as texts, and all answers."""

    preview: pl.DataFrame
    added: tuple[str, ...]
    """Columns that the answer has and the file had not; the first is the prediction."""
    answers: pl.Series
    """The prediction of every row: float64 or text."""


@dataclass(slots=True)
class Batch:
    """One file being predicted. Written by one thread, read by any."""

    id: str
    model: str
    filename: str
    rows: int
    stage: Stage = Stage.RUNNING
    done: int = 0
    warnings: int = 0
    version: int | None = None
    error: TableeError | None = None
    outcome: Outcome | None = None
    answer: Path | None = None
    """The answered file, once done."""
    begun: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def parquet(self) -> bool:
        return self.filename.lower().endswith(PARQUET)

    def cancel(self) -> None:
        """Ask it to end after the part it is at."""
        self.stop.set()

    def advance(self, answer: Answer, rows: int, taken: int) -> None:
        """Another part is done; in bytes nobody looks."""
        self.version = answer.version
        self.done += rows
        self.warnings += answer.warnings

    def restart(self) -> None:
        """Another version took over: all rows are answered by that one."""
        self.done, self.warnings, self.version = 0, 0, None


class Batches:
    """The files of this process."""

    def __init__(self, api: Api, *, rows: int = ROWS, pause: float = 1.0) -> None:
        """
        :param rows: rows a part.
        :param pause: seconds between two tries of a part.
        """
        self._api, self._rows, self._pause = api, rows, pause
        self._folder = tempfile.TemporaryDirectory(prefix="tablee-ui-")
        self._at_work = threading.BoundedSemaphore(AT_ONCE)
        self._batches: dict[str, Batch] = {}
        self._lock = threading.Lock()

    def start(self, model: str, file: IO[bytes], filename: str) -> Batch:
        """Begin with a file, of which a copy is kept on the disk while it is worked on.

        :raises InvalidTable: it is no sound table; nothing was sent.
        """
        batch = Batch(secrets.token_urlsafe(9), model, filename, rows=0)
        source = Path(self._folder.name) / f"{batch.id}.sent"
        try:
            with source.open("wb") as copy:
                shutil.copyfileobj(file, copy)
            columns, batch.rows = _examine_parquet(source) if batch.parquet else tables.examine(source)
        except BaseException:
            source.unlink(missing_ok=True)
            raise
        with self._lock:
            self._forget_old()
            self._batches[batch.id] = batch
        # a daemon: the process may end in the middle of a file, for only this page waits for it
        threading.Thread(target=self._run, args=(batch, source, columns), name=f"batch-{batch.id}", daemon=True).start()
        return batch

    def get(self, batch_id: str) -> Batch | None:
        """None if it is unknown here, or forgotten by now."""
        return self._batches.get(batch_id)

    def close(self) -> None:
        """Stop all of them and forget their answers."""
        for batch in self._batches.values():
            batch.cancel()
        self._folder.cleanup()

    def _forget_old(self) -> None:
        ended = [batch for batch in self._batches.values() if batch.stage is not Stage.RUNNING]
        for position, batch in enumerate(reversed(ended), 1):
            if position >= KEPT or time.monotonic() - batch.begun > KEPT_SECONDS:
                del self._batches[batch.id]
                if batch.answer is not None:
                    batch.answer.unlink(missing_ok=True)

    def _run(self, batch: Batch, source: Path, columns: list[str]) -> None:
        path = Path(self._folder.name) / f"{batch.id}{PARQUET if batch.parquet else '.csv'}"
        try:
            with self._at_work:
                self._predict(batch, source, path)
            batch.outcome, batch.answer = outcome(path, columns), path
            stage = Stage.DONE
        except Stopped:
            stage = Stage.CANCELLED
        except TableeError as error:
            batch.error, stage = error, Stage.FAILED
        except Exception as error:  # shown on the page like any other; this thread has nobody else to tell
            log.exception("batch_failed", batch=batch.id)
            batch.error, stage = TableeError(f"{type(error).__name__}: {error}"), Stage.FAILED
        source.unlink(missing_ok=True)
        if stage is not Stage.DONE:
            path.unlink(missing_ok=True)
        batch.seconds = time.monotonic() - batch.begun
        batch.stage = stage
        log.info("batch_ended", batch=batch.id, model=batch.model, rows=batch.done, stage=stage.value)

    def _predict(self, batch: Batch, source: Path, path: Path) -> None:
        with source.open("rb") as file, path.open("wb") as out:
            whole_file.predict_file(
                lambda body, kind: self._api.predict_file(batch.model, body, kind),
                file,
                out,
                parquet=batch.parquet,
                max_rows=self._rows,
                watcher=batch,
                pause=self._pause,
            )


def outcome(path: Path, before: list[str]) -> Outcome:
    """Read an answered file, given the columns that were there before: part by part, for it may be large."""
    preview: list[pl.DataFrame] = []
    answers: list[pl.Series] = []
    added: tuple[str, ...] = ()
    seen = 0
    for frame in _parquet_frames(path) if path.suffix == PARQUET else _csv_frames(path):
        added = tuple(name for name in frame.columns if name not in before)
        if seen < PREVIEW_ROWS:
            preview.append(pl.DataFrame([_texts(series) for series in frame.head(PREVIEW_ROWS - seen)]))
        answers.append(_texts(frame[added[0]]))
        seen += frame.height
    return Outcome(pl.concat(preview), added, tables.infer(pl.concat(answers).to_frame()).to_series())


def _csv_frames(path: Path) -> Iterator[pl.DataFrame]:
    with path.open("rb") as file:
        for part in chunks(file, max_rows=READ_ROWS):
            yield tables.read_rows(part.body, ())


def _parquet_frames(path: Path) -> Iterator[pl.DataFrame]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(READ_ROWS):
            yield cast(pl.DataFrame, pl.from_arrow(batch))


def _texts(series: pl.Series) -> pl.Series:
    """The cells as texts; a list or a struct too."""
    if series.dtype.is_nested():
        return pl.Series(series.name, [None if cell is None else str(cell) for cell in series.to_list()], pl.String)
    return series.cast(pl.String)


def _examine_parquet(source: Path) -> tuple[list[str], int]:
    """Its column names and number of rows.

    :raises InvalidTable: it is no Parquet file, or has no row.
    """
    try:
        with pq.ParquetFile(source) as file:
            if not file.metadata.num_rows:
                raise InvalidTable("the file has no row", expected="at least one row")
            return file.schema_arrow.names, file.metadata.num_rows
    except pa.ArrowInvalid as error:
        raise InvalidTable(f"the file cannot be read as Parquet: {error}", expected="a Parquet file") from None
