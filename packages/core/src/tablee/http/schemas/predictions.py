"""Predictions of uploaded files."""

from __future__ import annotations

from typing import Any

from tablee.datasets.reading import Decision, Reading
from tablee.http.schemas.answer import Answer


class PredictionPreview(Answer):
    """How an uploaded file would be read for a model."""

    model: str
    version: int
    filename: str
    """Name of the result file."""
    reading: Reading
    decisions: tuple[Decision, ...]
    encoding: str
    """Encoding of the result file: that of the uploaded file; UTF-8 if that cannot encode a character of the
    predictions."""
    types: dict[str, str]
    """Type of each column that the model reads: number, date or text."""
    columns: list[str]
    """The columns that the model reads."""
    left_out: tuple[str, ...] = ()
    """Columns of the file that the model does not know."""
    rows_total: int
    """Rows of the file."""
    rows: list[dict[str, Any]]
    """The first rows as the model reads them; a missing value is None."""
