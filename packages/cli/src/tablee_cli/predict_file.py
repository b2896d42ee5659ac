"""Predicts a whole file with `tablee_client.predict_file`, for the command `tablee predict`."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import polars as pl

from tablee.datasets.reading import Corrections
from tablee.models.contract import Contract
from tablee.models.validation.block import WarningCode
from tablee.models.validation.frames import FrameValidator
from tablee.tables.prediction_file import FilePart
from tablee_client import PartPredictions, Platform
from tablee_client.predict_file import Outcome, predict_file
from tablee_data import prediction_files

ROWS, EXPLAINED_ROWS = 20_000, 100
"""Rows of one request, without and with explanations. An explanation takes about a thousand times as long as a
prediction."""


class Watched:
    """A watcher of a file's prediction: it advances a progress bar, and keeps the first rows to display them."""

    def __init__(
        self, contract: Contract, keep: int | None, advance: Callable[[int], None], restart: Callable[[], None]
    ) -> None:
        """
        :param contract: of the model; by it the warnings are counted.
        :param keep: number of rows to keep; None: all.
        :param advance: called with the number of bytes of the source that were predicted since the last call.
        :param restart: called when the prediction begins again because another version is served.
        """
        self.stop = threading.Event()
        self._keep, self._advance, self._restart = keep, advance, restart
        self._rows: list[dict[str, Any]] = []
        self._validator = FrameValidator(contract)
        self.columns: list[str] = []
        self.warned: Counter[tuple[str, WarningCode]] = Counter()
        """The number of warnings of each column and kind."""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The kept rows by column: the cells of the file, then the predictions. A missing value is None."""
        return self._rows

    def advance(self, answer: PartPredictions, part: FilePart, added: pl.DataFrame) -> None:
        left = part.rows if self._keep is None else min(self._keep - len(self._rows), part.rows)
        shown = part.preview(left).hstack(added.head(left))
        self.columns = shown.columns
        self._rows += shown.to_dicts()
        if answer.warnings:
            self.warned.update(self._validator.frame(part.cells).warned_cells)
        self._advance(part.bytes)

    def restart(self) -> None:
        self._rows.clear()
        self.warned.clear()
        self._restart()


def opened(platform: Platform, model: str, file: Path, corrections: Corrections) -> prediction_files.OpenFile:
    """Open a file and validate all of it against the contract of the version that is served now.

    :raises InvalidTable: the file is not a valid table.
    :raises InvalidRows: the rows do not fit the model's contract.
    """
    return prediction_files.open_file(file, file.name, platform.api.model(model).contract, corrections)


def predict(
    platform: Platform,
    model: str,
    first: prediction_files.OpenFile,
    again: Callable[[], prediction_files.OpenFile],
    target: IO[bytes],
    *,
    explain: bool,
    watched: Watched,
) -> Outcome:
    """Write the file's columns and its predictions to `target`.

    :param first: the file, opened for the version that was served when the command began.
    :param again: opens the file anew, after another version has been rolled out.
    :raises InvalidRows, InvalidTable: rows and lines in the message are counted in the whole file.
    """
    api = platform.api  # the address is fetched once, before several threads need it
    forms = iter([first])

    def predict_part(body: bytes) -> PartPredictions:
        return api.predict_part(model, body, explain=explain)

    try:
        rows = EXPLAINED_ROWS if explain else ROWS
        return predict_file(predict_part, lambda: next(forms, None) or again(), target, max_rows=rows, watcher=watched)
    finally:
        watched.stop.set()  # if one part has failed, the other threads do not retry theirs
