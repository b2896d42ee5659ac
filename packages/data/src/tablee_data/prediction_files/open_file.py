"""A file of any format opened for prediction."""

from __future__ import annotations

from pathlib import Path

from tablee.datasets.reading import Corrections
from tablee.models.contract import Contract
from tablee_data.prediction_files import contract_expectations
from tablee_data.prediction_files.parquet_file import ParquetPredictionFile, as_parquet, open_parquet_file
from tablee_data.prediction_files.text_file import TextPredictionFile, open_text_file
from tablee_data.readers.content import Limits, Source
from tablee_data.readers.detection.readings import detect_reading
from tablee_data.readers.workbooks.reader import FORMATS as WORKBOOKS

OpenFile = TextPredictionFile | ParquetPredictionFile
"""Both are a `tablee.tables.prediction_file.PredictionFile`, and tell how the file is read."""


def open_file(
    path: Path,
    filename: str,
    contract: Contract,
    asked: Corrections | None = None,
    limits: Limits | None = None,
    *,
    may_be_empty: bool = False,
) -> OpenFile:
    """Read a file once, in constant memory, so that all of its rows decide how it is read.

    :param filename: what its owner calls it; the content counts more.
    :param contract: of the model; it decides which columns are numbers, dates and texts.
    :param asked: what a person has decided about the reading.
    :param may_be_empty: whether a Parquet file without rows is accepted.
    :raises InvalidTable: the file is not a valid table; with line and column.
    :raises InvalidRows: its columns are not those of the contract.
    :raises InvalidRequest: a correction does not fit.
    """
    asked = asked or Corrections()
    source = Source.of(path, limits)
    reading, decisions = detect_reading(source, filename, asked)
    if reading.format == "arrow":
        source = as_parquet(source)
    if reading.format in ("parquet", "arrow"):
        return open_parquet_file(source, filename, contract, reading, decisions, asked, may_be_empty=may_be_empty)
    if reading.format in ("csv", *WORKBOOKS) and asked.header is None:
        reading, decisions = contract_expectations.recognise_header(source, reading, decisions, contract)
    reading, decisions = contract_expectations.recognise_keys(source, reading, decisions, contract)
    return open_text_file(source, filename, contract, reading, decisions, asked)
