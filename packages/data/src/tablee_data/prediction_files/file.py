"""Any file as a model reads it."""

from __future__ import annotations

from pathlib import Path

from tablee.datasets.reading import Corrections
from tablee.models.contract import Contract
from tablee_data.prediction_files import known, text, typed
from tablee_data.readers.content import Limits, Source
from tablee_data.readers.sniff import begun

Form = text.TextFile | typed.TypedFile
"""Both are a `tablee.tables.prediction_file.PredictionFile`, and say how they are read."""


def opened(
    path: Path, filename: str, contract: Contract, asked: Corrections | None = None, limits: Limits | None = None
) -> Form:
    """A file to be predicted; looked through once, so that all of its rows decide how it is read. Memory does not grow
    with it.

    :param filename: what its owner calls it; content counts more.
    :param asked: what is to be read otherwise than the file says. Which columns are numbers, dates and texts is the
        contract's to say.
    :raises InvalidTable: it is no sound table; with line and column.
    :raises InvalidRows: its columns are not those that the contract wants.
    :raises InvalidRequest: a correction does not fit.
    """
    asked = asked or Corrections()
    source = Source.of(path, limits)
    reading, decisions = begun(source, filename, asked)
    if reading.format == "parquet":
        return typed.looked_through(source, filename, contract, reading, decisions)
    if reading.format == "csv" and asked.header is None:
        reading, decisions = known.headed(source, reading, decisions, contract)
    return text.looked_through(source, filename, contract, reading, decisions, asked)
