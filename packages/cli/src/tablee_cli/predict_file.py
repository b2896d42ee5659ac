"""Prediction of a whole file: the command's side of `tablee_client.predict_file`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import polars as pl

from tablee.datasets.reading import Corrections
from tablee.tables.prediction_file import FilePart
from tablee_client import PartPredictions, Platform
from tablee_client.predict_file import Outcome, predict_file
from tablee_data import prediction_files

ROWS, EXPLAINED_ROWS = 20_000, 100
"""Rows of one request; explaining takes a thousand times as long as predicting."""


class Watched:
    """Who watches is a progress bar, and who keeps the first rows for a person to see; nobody stops it but Ctrl-C."""

    def __init__(self, keep: int | None, advance: Callable[[int], None], restart: Callable[[], None]) -> None:
        """
        :param keep: rows to keep; all if None.
        :param advance: told how many bytes of the source are done.
        :param restart: told that it begins again, since another version took over.
        """
        self.stop = threading.Event()
        self._keep, self._advance, self._restart = keep, advance, restart
        self._rows: list[dict[str, Any]] = []
        self.columns: list[str] = []

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The file's own cells and the answers, by column; a missing value is None."""
        return self._rows

    def advance(self, answer: PartPredictions, part: FilePart, added: pl.DataFrame) -> None:
        left = part.rows if self._keep is None else min(self._keep - len(self._rows), part.rows)
        shown = part.preview(left).hstack(added.head(left))
        self.columns = shown.columns
        self._rows += shown.to_dicts()
        self._advance(part.bytes)

    def restart(self) -> None:
        self._rows.clear()
        self._restart()


def opened(platform: Platform, model: str, file: Path, asked: Corrections) -> prediction_files.OpenFile:
    """The file as the version that serves just now reads it; all of it is looked through.

    :raises InvalidTable, InvalidRows: it is no sound table, or not one for this model.
    """
    return prediction_files.open_file(file, file.name, platform.api.model(model).contract, asked)


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

    :param first: the file.
    :param again: gives it as another version reads it, which took over meanwhile.
    :raises InvalidRows, InvalidTable: with rows and lines counted in the whole file.
    """
    api = platform.api  # found before there are several threads
    forms = iter([first])

    def predict_part(body: bytes) -> PartPredictions:
        return api.predict_part(model, body, explain=explain)

    try:
        rows = EXPLAINED_ROWS if explain else ROWS
        return predict_file(predict_part, lambda: next(forms, None) or again(), target, max_rows=rows, watcher=watched)
    finally:
        watched.stop.set()  # no part is sent again when one of them has failed
