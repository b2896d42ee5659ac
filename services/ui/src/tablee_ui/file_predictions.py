"""Files of people on their way through the API, part by part, in the background.

The page only looks: it may be reloaded or closed while a file is worked on, and find it again under its id. Answers
are kept in this process for an hour, the newest few; they are somebody's data, so nothing else keeps them.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO

import polars as pl

from tablee import telemetry
from tablee.datasets.reading import Corrections
from tablee.errors import TableeError
from tablee.tables.prediction_file import FilePart
from tablee_client import Api, PartPredictions
from tablee_client.predict_file import Stopped, predict_file
from tablee_data import prediction_files

AT_ONCE = 2
"""Files worked on at once; further ones wait."""
ROWS = 5_000
"""Rows of one part."""
KEPT = 20
KEPT_SECONDS = 3600.0
PREVIEW_ROWS = 1_000
LOOKED_AT = 100
"""Files that are kept while somebody looks at how they are read."""

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


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that somebody has sent and looks at, as it lies on the disk here."""

    path: Path
    filename: str
    """What its owner calls it."""

    def read(self, api: Api, model: str, asked: Corrections) -> prediction_files.OpenFile:
        """It as the version that serves just now reads it; all of it is looked through.

        :raises InvalidTable, InvalidRows: it is no sound table, or not one for this model.
        """
        return prediction_files.open_file(self.path, self.filename, api.model(model).contract, asked)


@dataclass(slots=True)
class Batch:
    """One file being predicted. Written by one thread, read by any."""

    id: str
    model: str
    filename: str
    """What the answered file may be called."""
    parquet: bool
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
    _preview: list[pl.DataFrame] = field(default_factory=list)
    _answers: list[pl.Series] = field(default_factory=list)
    _added: tuple[str, ...] = ()

    def cancel(self) -> None:
        """Ask it to end after the part it is at."""
        self.stop.set()

    def advance(self, answer: PartPredictions, part: FilePart, added: pl.DataFrame) -> None:
        """Another part is done; in bytes nobody looks."""
        self._added = tuple(added.columns)
        self._answers.append(added.to_series(0))
        if self.done < PREVIEW_ROWS:
            left = PREVIEW_ROWS - self.done
            shown = part.preview(left).hstack(added.head(left))
            self._preview.append(pl.DataFrame([_texts(series) for series in shown]))
        self.version = answer.version
        self.done += part.rows
        self.warnings += answer.warnings

    def restart(self) -> None:
        """Another version took over: all rows are answered by that one."""
        self._preview.clear()
        self._answers.clear()
        self.done, self.warnings, self.version = 0, 0, None

    def end(self, stage: Stage, answer: Path) -> None:
        """It has ended; what came back is at hand where it is done."""
        if stage is Stage.DONE:
            self.outcome = Outcome(pl.concat(self._preview), self._added, pl.concat(self._answers))
            self.answer = answer
        self._preview, self._answers = [], []
        self.seconds = time.monotonic() - self.begun
        self.stage = stage


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
        self._sent: dict[Sent, float] = {}
        self._lock = threading.Lock()

    def keep(self, file: IO[bytes], filename: str) -> Sent:
        """A copy of a file on the disk, for somebody to look at for an hour at most before it is started."""
        sent = Sent(Path(self._folder.name) / f"{secrets.token_urlsafe(9)}.sent", filename)
        with sent.path.open("wb") as copy:
            shutil.copyfileobj(file, copy)
        with self._lock:
            self._forget_old()
            self._sent[sent] = time.monotonic()
        return sent

    def keeps(self, sent: Sent) -> bool:
        """Whether it is still here, and not started."""
        return sent in self._sent

    def start(self, model: str, sent: Sent, form: prediction_files.OpenFile, asked: Corrections) -> Batch:
        """Begin with a file.

        :param form: the file as it is read.
        :param asked: how it is to be read otherwise, should another version take over.
        """
        batch = Batch(secrets.token_urlsafe(9), model, form.filename, form.reading.format == "parquet", form.rows)
        with self._lock:
            self._forget_old()
            self._sent.pop(sent, None)
            self._batches[batch.id] = batch
        # a daemon: the process may end in the middle of a file, for only this page waits for it
        arguments = (batch, sent, form, asked)
        threading.Thread(target=self._run, args=arguments, name=f"batch-{batch.id}", daemon=True).start()
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
        for position, (sent, since) in enumerate(reversed(list(self._sent.items())), 1):
            if position >= LOOKED_AT or time.monotonic() - since > KEPT_SECONDS:
                del self._sent[sent]
                sent.path.unlink(missing_ok=True)

    def _run(self, batch: Batch, sent: Sent, form: prediction_files.OpenFile, asked: Corrections) -> None:
        path = Path(self._folder.name) / f"{batch.id}{Path(batch.filename).suffix}"
        try:
            with self._at_work:
                self._predict(batch, sent, form, asked, path)
            stage = Stage.DONE
        except Stopped:
            stage = Stage.CANCELLED
        except TableeError as error:
            batch.error, stage = error, Stage.FAILED
        except Exception as error:  # shown on the page like any other; this thread has nobody else to tell
            log.exception("batch_failed", batch=batch.id)
            batch.error, stage = TableeError(f"{type(error).__name__}: {error}"), Stage.FAILED
        sent.path.unlink(missing_ok=True)
        if stage is not Stage.DONE:
            path.unlink(missing_ok=True)
        batch.end(stage, path)
        log.info("batch_ended", batch=batch.id, model=batch.model, rows=batch.done, stage=stage.value)

    def _predict(
        self, batch: Batch, sent: Sent, form: prediction_files.OpenFile, asked: Corrections, path: Path
    ) -> None:
        forms = iter([form])
        with path.open("wb") as out:
            predict_file(
                lambda body: self._api.predict_part(batch.model, body),
                lambda: next(forms, None) or sent.read(self._api, batch.model, asked),
                out,
                max_rows=self._rows,
                watcher=batch,
                pause=self._pause,
            )


def _texts(series: pl.Series) -> pl.Series:
    """The cells as texts; a list or a struct too."""
    if series.dtype.is_nested():
        return pl.Series(series.name, [None if cell is None else str(cell) for cell in series.to_list()], pl.String)
    return series.cast(pl.String)
