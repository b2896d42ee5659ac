"""A part's file as a table: read quickly where it is plain, and as training files are read where it is not."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tablee.datasets.reading import Corrections, Reading
from tablee.errors import InvalidInput, InvalidTable
from tablee.models.columns import TextColumn
from tablee.models.contract import Contract
from tablee_data import prediction_files
from tablee_data.readers import sniff
from tablee_scoring import Model
from tablee_scoring.file_scorer import FileScored, score_file, score_own

LOOKED_AT = 1 << 17
"""Bytes by which a file is plain, until it turns out otherwise."""
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
    """Score a CSV file of whatever form, or a Parquet file, into one of its own form.

    A file that is plain by its beginning, and turns out not to be, is begun again with patience: what comes out
    depends on the file and the model only.

    :param asked: what is to be read otherwise than the file says.
    :param advance: told rows as they are scored, and a negative number of them when they are to be scored again.
    :raises InvalidTable: it is no such file, or does not say for sure how it is read.
    :raises InvalidRows: a row does not fit the model.
    """
    told = 0

    def tell(rows: int) -> None:
        nonlocal told
        told += rows
        advance(rows)

    if is_plain(file, model.contract, asked):
        try:
            return score_file(model, file, output, advance=tell, stop=stop)
        except InvalidInput:
            if _is_parquet(file) and not _begins_as_parquet(file):
                raise
            advance(-told)
    form = prediction_files.opened(file, file.name, model.contract, asked)
    _check(form, file)
    return score_own(model, form, output, advance=advance, stop=stop)


def is_plain(file: Path, contract: Contract, asked: Corrections) -> bool:
    """Whether nothing of the file's beginning speaks against the quick way: a Parquet file, or a CSV in UTF-8 with
    commas and points for a model without columns of texts, whose missing markers and dates only the other way knows.
    """
    if _is_parquet(file):
        return True
    if asked != Corrections() or any(isinstance(column, TextColumn) for column in contract.columns):
        return False
    try:
        with _beginning(file) as few:
            found = sniff(few, file.name, rows=1)
    except InvalidInput:
        return False  # the other way says what is wrong
    dated = set(found.reading.dates) & set(contract.names)
    return not dated and found.reading.model_copy(update={"dates": {}, "day_first": True}) == _PLAIN


@contextmanager
def _beginning(file: Path) -> Iterator[Path]:
    """The first lines as a file of their own: most files are plain, and looking at them should cost nothing."""
    with file.open("rb") as opened:
        start = opened.read(LOOKED_AT)
    with tempfile.NamedTemporaryFile(dir=file.parent) as few:
        few.write(start[: start.rfind(b"\n") + 1] if len(start) == LOOKED_AT else start)
        few.flush()
        yield Path(few.name)


def _check(form: prediction_files.Form, file: Path) -> None:
    """
    :raises InvalidTable: the file has another format than its name says, or can be read in several ways.
    """
    if form.reading.format != ("parquet" if _is_parquet(file) else "csv"):
        raise InvalidTable(f"«{file.name}» is {form.reading.format}", expected="a name that ends in what it is")
    for each in form.decisions:
        if not each.sure:
            others = " or ".join(map(repr, (each.chosen, *each.alternatives)))
            about = f" of «{each.column}»" if each.column else ""
            raise InvalidTable(
                f"the file does not say for sure how its {each.field}{about} is to be read: {others}",
                column=each.column,
                expected="a scoring whose `reading` says so",
            )


def _is_parquet(file: Path) -> bool:
    return file.suffix.lower() == ".parquet"


def _begins_as_parquet(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(4) == b"PAR1"
