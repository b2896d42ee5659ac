"""Predict a whole file through the API: part by part, two parts at once, all rows by one version, in constant memory.

The format of the file does not matter here: a `PredictionFile` gives what a model reads of it, and writes the
predictions.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import IO, Protocol, cast

import polars as pl
import pyarrow as pa

from tablee.errors import Conflict, InvalidRows, InvalidTable, TableeError, Unavailable
from tablee.i18n import Message
from tablee.tables.column_names import unique_names
from tablee.tables.ordered_map import ordered_map
from tablee.tables.prediction_file import FilePart, PredictionFile, PredictionWriter
from tablee_client.api import PartPredictions

IN_FLIGHT = 2
"""Parts that the API has at once: while one is predicted, the next one travels."""
TRIES = 5
"""How often a part is sent while the API answers that it is unavailable."""
PASSES = 3
"""How often a file is begun, because another version took over in the middle of it."""


Predict = Callable[[bytes], PartPredictions]
"""Sends an Arrow stream of rows to the API, such as `Api.predict_part`. Raises `TableeError`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was predicted."""

    model: str
    version: int
    rows: int
    warnings: int
    """Cells that were predicted with, but not as they stand, or not within what training saw."""


class Watcher(Protocol):
    """Is told how far a prediction is, and may stop it."""

    stop: threading.Event
    """Set it, and the prediction ends with `Stopped` after the part at hand."""

    def advance(self, answer: PartPredictions, part: FilePart, added: pl.DataFrame) -> None:
        """Another part is written, with these columns added."""

    def restart(self) -> None:
        """Another version took over: the prediction begins again."""


class Stopped(Exception):
    """The watcher's `stop` was set."""


class _VersionChanged(Exception):
    """Another version answered than the one before."""


def predict_file(
    predict: Predict,
    opened: Callable[[], PredictionFile],
    target: IO[bytes],
    *,
    max_rows: int,
    watcher: Watcher,
    pause: float = 1.0,
) -> Outcome:
    """Write the file's own columns and its predictions to `target`. If a roll-out happens meanwhile, begin again.

    :param opened: opens the file as the version that serves now reads it; called once for each pass.
    :param max_rows: rows of one part.
    :param pause: seconds before a part is sent again to an API that is unavailable; longer each time.
    :raises InvalidRows, InvalidTable: with rows and lines counted in the whole file.
    :raises Conflict: the version changed `PASSES` times.
    :raises Stopped: the watcher's `stop` was set; what `target` holds is incomplete.
    """

    def with_retries(part: FilePart) -> PartPredictions:
        body = _arrow_stream(part.cells)
        for attempt in range(1, TRIES + 1):
            if watcher.stop.is_set():
                raise Stopped
            try:
                return predict(body)
            except Unavailable:
                if attempt == TRIES:
                    raise
                watcher.stop.wait(pause * attempt)
        raise AssertionError("the last try answers or raises")

    for left in range(PASSES)[::-1]:
        file = opened()
        target.seek(0)
        target.truncate()
        try:
            with file.writer(target) as writer:
                return _one_pass(with_retries, file, writer, max_rows, watcher)
        except _VersionChanged:
            if left:
                watcher.restart()
    raise Conflict("version_changed_again", hint="file_prediction_conflict", passes=PASSES)


def _one_pass(
    predict: Callable[[FilePart], PartPredictions],
    file: PredictionFile,
    writer: PredictionWriter,
    max_rows: int,
    watcher: Watcher,
) -> Outcome:
    total: Outcome | None = None
    for part, result in ordered_map(predict, file.parts(max_rows), threads=IN_FLIGHT, ahead=IN_FLIGHT - 1):
        try:
            answer = result()
        except InvalidRows as error:
            raise error.below(part.first_row - 1) from None
        if total is None:
            total = Outcome(answer.model, answer.version, 0, 0)
        elif (answer.model, answer.version) != (total.model, total.version):
            raise _VersionChanged
        added = _new_columns(answer, part.rows)
        added.columns = unique_names(added.columns, file.names)
        writer.write(part, added)
        total = replace(total, rows=total.rows + part.rows, warnings=total.warnings + answer.warnings)
        watcher.advance(answer, part, added)
        if watcher.stop.is_set():
            raise Stopped
    if total is None:
        raise InvalidTable("no_rows", expected=Message("expected.table.one_row"))
    return total


def _arrow_stream(cells: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    cells.write_ipc_stream(out, compat_level=pl.CompatLevel.oldest())
    return out.getvalue()


def _new_columns(answer: PartPredictions, rows: int) -> pl.DataFrame:
    """The columns of an answer.

    :raises TableeError: it is not an Arrow stream of that many rows.
    """
    try:
        found = cast(pl.DataFrame, pl.from_arrow(pa.ipc.open_stream(answer.body).read_all()))
    except (pa.ArrowException, OSError) as error:
        raise TableeError("no_arrow_stream", error=str(error)) from None
    if found.height != rows:
        raise TableeError("other_row_count", answered=found.height, sent=rows)
    return found
