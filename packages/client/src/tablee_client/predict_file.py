"""Predict a whole file through the API. The file is sent in parts, two at a time, so that memory stays constant. One
version predicts all rows.

This module does not depend on the format of the file: a `PredictionFile` reads the model's columns, and writes the
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
from tablee.errors.causes import quoted
from tablee.i18n import Message
from tablee.tables.column_names import unique_names
from tablee.tables.ordered_map import ordered_map
from tablee.tables.prediction_file import FilePart, PredictionFile, PredictionWriter
from tablee_client.api import PartPredictions

IN_FLIGHT = 2
"""Number of parts that are sent at the same time: one is transferred while another one is predicted."""
TRIES = 5
"""How often a part is sent before an unavailable API is an error."""
PASSES = 3
"""How often a file is begun. It is begun again when another version is rolled out meanwhile."""


Predict = Callable[[bytes], PartPredictions]
"""A function that sends an Arrow IPC stream of rows to the API, such as `Api.predict_part`. It may raise
`TableeError`.
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of predicting a file: model, version, and counts."""

    model: str
    version: int
    rows: int
    warnings: int
    """Number of cells with a warning: their value was changed for the prediction, or lies outside of what training
    saw."""


class Watcher(Protocol):
    """Follows the progress of a prediction, and may stop it."""

    stop: threading.Event
    """When it is set, the prediction ends with `Stopped` after the current part."""

    def advance(self, answer: PartPredictions, part: FilePart, added: pl.DataFrame) -> None:
        """Called when a part has been written.

        :param added: the columns with the predictions.
        """

    def restart(self) -> None:
        """Called when the prediction begins again, because another version was rolled out."""


class Stopped(Exception):
    """The watcher's `stop` was set."""


class _VersionChanged(Exception):
    """Two parts were predicted by different versions."""


def predict_file(
    predict: Predict,
    opened: Callable[[], PredictionFile],
    target: IO[bytes],
    *,
    max_rows: int,
    watcher: Watcher,
    pause: float = 1.0,
) -> Outcome:
    """Write the columns of a file and their predictions to `target`. After a roll-out the prediction begins again.

    :param opened: opens the file for the version that is served now; called each time the prediction begins.
    :param max_rows: largest number of rows of a part.
    :param pause: seconds before a part is sent again to an unavailable API, times the number of the attempt.
    :raises InvalidRows, InvalidTable: rows and lines in the message are counted in the whole file.
    :raises Conflict: the version changed `PASSES` times.
    :raises Stopped: the watcher's `stop` was set; the content of `target` is incomplete.
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
            raise error.below(part.first_row - 1, part.line_of) from None
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
    """Read the columns of a response.

    :param rows: number of rows that were sent.
    :raises TableeError: the response is not an Arrow IPC stream with that number of rows.
    """
    try:
        found = cast(pl.DataFrame, pl.from_arrow(pa.ipc.open_stream(answer.body).read_all()))
    except (pa.ArrowException, OSError) as error:
        raise TableeError("no_arrow_stream", error=quoted("Arrow", error)) from None
    if found.height != rows:
        raise TableeError("other_row_count", answered=found.height, sent=rows)
    return found
