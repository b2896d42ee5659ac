"""Files on their way through the API, part by part, in the background.

The page only looks: it may be reloaded or closed while a file is worked on, and find it again under its id. Answers
are kept in this process for an hour, the newest few; they are somebody's data, so nothing else keeps them.
"""

from __future__ import annotations

import io
import secrets
import tempfile
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO

import polars as pl

from tablee import tables, telemetry
from tablee.chunks import Chunk, chunks, located, split_header
from tablee.errors import Conflict, TableeError, Unavailable
from tablee_ui.clients.api import Api, CsvAnswer

AT_ONCE = 2
"""Files worked on at once; further ones wait."""
ROWS = 5_000
"""Rows of one part."""
KEPT = 20
KEPT_SECONDS = 3600.0
PREVIEW_ROWS = 1_000
TRIES = 5
"""How often a part is sent while the API says that it cannot answer just now."""

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

    def cancel(self) -> None:
        """Ask it to end after the part it is at."""
        self.stop.set()


class _OtherVersion(Exception):
    """A roll-out happened between two parts."""


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

    def start(self, model: str, data: bytes, filename: str) -> Batch:
        """Begin with a file.

        :raises InvalidTable: it is no sound table; nothing was sent.
        """
        frame = tables.read_csv(data)
        batch = Batch(secrets.token_urlsafe(9), model, filename, rows=frame.height)
        with self._lock:
            self._forget_old()
            self._batches[batch.id] = batch
        # a daemon: the process may end in the middle of a file, for only this page waits for it
        threading.Thread(
            target=self._run, args=(batch, data, frame.columns), name=f"batch-{batch.id}", daemon=True
        ).start()
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

    def _run(self, batch: Batch, data: bytes, columns: list[str]) -> None:
        path = Path(self._folder.name) / f"{batch.id}.csv"
        try:
            with self._at_work:
                stage = self._predict(batch, data, path)
            if stage is Stage.DONE:
                batch.outcome, batch.answer = outcome(path, columns), path
        except TableeError as error:
            batch.error, stage = error, Stage.FAILED
        except Exception as error:  # shown on the page like any other; this thread has nobody else to tell
            log.exception("batch_failed", batch=batch.id)
            batch.error, stage = TableeError(f"{type(error).__name__}: {error}"), Stage.FAILED
        if stage is not Stage.DONE:
            path.unlink(missing_ok=True)
        batch.seconds = time.monotonic() - batch.begun
        batch.stage = stage
        log.info("batch_ended", batch=batch.id, model=batch.model, rows=batch.done, stage=stage.value)

    def _predict(self, batch: Batch, data: bytes, path: Path) -> Stage:
        """All rows answered by one version: if another takes over on the way, from the start again."""
        for _ in range(3):
            batch.done, batch.warnings, batch.version = 0, 0, None
            try:
                with path.open("wb") as out:
                    return self._parts(batch, data, out)
            except _OtherVersion:
                continue
        raise Conflict(f"the version of «{batch.model}» changed again and again", hint="Try again a little later.")

    def _parts(self, batch: Batch, data: bytes, out: IO[bytes]) -> Stage:
        for chunk in chunks(io.BytesIO(data), max_rows=self._rows):
            answer = self._ask(batch, chunk)
            if answer is None:
                return Stage.CANCELLED
            if batch.version not in (None, answer.version):
                raise _OtherVersion
            body = answer.body if batch.version is None else split_header(answer.body)[1]
            out.write(body)
            batch.version = answer.version
            batch.done += chunk.rows
            batch.warnings += answer.warnings
        return Stage.DONE

    def _ask(self, batch: Batch, chunk: Chunk) -> CsvAnswer | None:
        """The answer to a part, or None if the batch was cancelled meanwhile."""
        for attempt in range(1, TRIES + 1):
            if batch.stop.is_set():
                return None
            try:
                return self._api.predict_csv(batch.model, chunk.body)
            except Unavailable:
                if attempt == TRIES:
                    raise
                batch.stop.wait(self._pause * attempt)
            except TableeError as error:
                raise located(error, chunk) from None
        return None


def outcome(path: Path, before: list[str]) -> Outcome:
    """Read an answered file, given the columns that were there before."""
    frame = tables.read_csv(path)
    added = tuple(name for name in frame.columns if name not in before)
    answers = tables.infer(frame.select(added[0])).to_series()
    return Outcome(frame.head(PREVIEW_ROWS), added, answers)
