"""The file of a part, scored: at once if its form is plain, else after it was read completely."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tablee.datasets.questions import refuse_unsure
from tablee.datasets.reading import Corrections, Reading
from tablee.errors import InvalidInput, InvalidTable
from tablee.i18n.message import Message
from tablee.models.columns import TextColumn
from tablee.models.contract import Contract
from tablee_data import prediction_files
from tablee_data.readers.content import Source
from tablee_data.readers.detection.readings import detect_reading
from tablee_scoring import Model
from tablee_scoring.file_scorer import FileScored, score_csv, score_prediction_file

SAMPLE = 1 << 17
"""Bytes at the beginning of a file that tell whether it is plain."""
_PLAIN = Reading()


def score(
    model: Model,
    file: Path,
    output: Path,
    asked: Corrections,
    *,
    advance: Callable[[int], None],
    stop: Callable[[], bool],
) -> FileScored:
    """Score a CSV file of any dialect, or a Parquet file, into one of the same format.

    A file with a plain beginning that is not plain later is scored again from the start in the other way; the result
    depends on the file and the model only.

    :param asked: the choices of a person about how the file is read.
    :param advance: called with the rows of each part that is scored, and with a negative number when they are to be
        scored again.
    :param stop: called after each part; ends the scoring if it returns true.
    :raises InvalidTable: the file does not have the format that its name says, or can be read in several ways.
    :raises InvalidRows: a row does not fit the model.
    """
    scored = 0

    def count(rows: int) -> None:
        nonlocal scored
        scored += rows
        advance(rows)

    if is_plain(file, model.contract, asked):
        try:
            return score_csv(model, file, output, advance=count, stop=stop)
        except InvalidInput:
            advance(-scored)
    opened = _opened(file, model.contract, asked)
    refuse_unsure(opened.decisions, way="scoring")
    return score_prediction_file(model, opened, output, advance=advance, stop=stop)


def is_plain(file: Path, contract: Contract, asked: Corrections) -> bool:
    """Whether a file can be scored part by part, without reading it before: a UTF-8 CSV with a header and comma
    separators. A file with dates is read before, so that a wrong order of day and month is noticed."""
    has_dates = any(isinstance(column, TextColumn) and column.is_date for column in contract.columns)
    if _is_parquet(file) or asked != Corrections() or has_dates:
        return False
    try:
        with _beginning(file) as few:
            reading, _ = detect_reading(Source.of(few), file.name, asked)
    except InvalidInput:
        return False  # reading the whole file gives the exact error
    return reading == _PLAIN


@contextmanager
def _beginning(file: Path) -> Iterator[Path]:
    """A temporary file with the first `SAMPLE` bytes, up to the last line break."""
    with file.open("rb") as opened:
        start = opened.read(SAMPLE)
    with tempfile.NamedTemporaryFile(dir=file.parent) as few:
        few.write(start[: start.rfind(b"\n") + 1] if len(start) == SAMPLE else start)
        few.flush()
        yield Path(few.name)


def _opened(file: Path, contract: Contract, asked: Corrections) -> prediction_files.OpenFile:
    """
    :raises InvalidTable: the file has another format than its name says.
    """
    try:
        opened = prediction_files.open_file(file, file.name, contract, asked, may_be_empty=True)
    except InvalidInput:  # a wrong name is mostly the reason
        _check_name(file, detect_reading(Source.of(file), file.name, asked)[0])
        raise
    _check_name(file, opened.reading)
    return opened


def _check_name(file: Path, reading: Reading) -> None:
    if reading.format != ("parquet" if _is_parquet(file) else "csv"):
        expected = Message("expected.table.right_ending")
        raise InvalidTable("name_of_other_format", file=file.name, format=reading.format, expected=expected)


def _is_parquet(file: Path) -> bool:
    return file.suffix.lower() == ".parquet"
