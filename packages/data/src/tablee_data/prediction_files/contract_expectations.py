"""What a model's contract tells about a file: its header, and which columns are numbers, dates and texts."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePath

import polars as pl

from tablee.datasets.reading import Corrections, Decision, Format, Reading, Reason
from tablee.errors import InvalidTable
from tablee.models.columns import CategoryColumn, Column, NumberColumn, TextColumn
from tablee.models.contract import Contract
from tablee.models.validation.rows import RowValidator
from tablee_data.inference import dates, numbers
from tablee_data.inference.dates import DATE_FORMATS
from tablee_data.inference.numbers import NUMBER_FORMATS, NumberFormat
from tablee_data.readers.content import Source
from tablee_data.readers.csv import CsvReader
from tablee_data.readers.reading_detection import ENDINGS


def recognise_header(
    source: Source, reading: Reading, decisions: tuple[Decision, ...], contract: Contract
) -> tuple[Reading, tuple[Decision, ...]]:
    """The reading with a header, and that decision as sure, if the first line names all columns of the contract; else
    both as they are."""
    with_header = reading.model_copy(update={"header": True})
    try:
        names = CsvReader(source, with_header).names
    except InvalidTable:
        return reading, decisions
    if not set(contract.names) <= set(names):
        return reading, decisions
    rest = tuple(each for each in decisions if each.field != "header")
    return with_header, (*rest, Decision(field="header", chosen="yes", reason=Reason.MODEL_COLUMNS))


def check_columns(contract: Contract, names: Collection[str]) -> None:
    """
    :raises InvalidRows: a column of the contract is missing, or a column of the file is unknown to it.
    """
    RowValidator(contract).columns({name: [None] for name in names}, 1)


def corrections(contract: Contract, names: Collection[str], asked: Corrections) -> Corrections:
    """A person's decisions, with the columns that the contract has as levels or texts as texts of the file, too."""
    texts = {column.name for column in contract.columns if not isinstance(column, NumberColumn)}
    texts -= {*date_columns(contract), *asked.dates}
    texts |= {name for name in asked.texts if not _is_number(contract, name)}
    return asked.model_copy(update={"texts": tuple(sorted(name for name in texts if name in names))})


def date_columns(contract: Contract) -> set[str]:
    """The columns of texts that training had as ISO 8601, since type inference took them for dates."""
    return {column.name for column in contract.columns if _has_iso(column, contract)}


def most_common_date_format(texts: pl.Series, *, day_first: bool) -> str | None:
    """The format that most distinct texts of a column fit; None if no text fits any.

    :param day_first: whether formats with the day first are preferred where several fit as many.
    """
    cells = texts.drop_nulls().unique()
    preferred = sorted(DATE_FORMATS, key=lambda each: each.startswith("%m" if day_first else "%d"))
    fitting = {each: len(cells) - dates.parse(cells, each).null_count() for each in preferred}
    best = max(fitting, key=lambda each: fitting[each])
    return best if fitting[best] else None


def best_number_format(texts: pl.DataFrame, inferred: NumberFormat, asked: Corrections) -> NumberFormat:
    """The format that most cells fit: the inferred one, unless another fits more.

    A number column with a wrong cell takes no part in the inference, so its format may differ from the inferred one.

    :param texts: the columns that the contract has as numbers.
    """

    def fitting(number_format: NumberFormat) -> int:
        columns = [each for each in texts if each.dtype == pl.String]
        return sum(len(each) - numbers.parse(each, number_format).null_count() for each in columns)

    others = [
        each
        for each in NUMBER_FORMATS
        if asked.decimal in (None, each.decimal) and asked.thousands in (None, each.thousands)
    ]
    return max((inferred, *others), key=fitting)


def output_name(filename: str, form: Format) -> str:
    """The name of the file with predictions: without `.gz` or `.zip`, and with an ending of its format."""
    inner = PurePath(filename).name
    for packed in (".gz", ".zip"):
        if inner.lower().endswith(packed):
            inner = inner[: -len(packed)]
    allowed = ENDINGS[form if form in ("csv", "parquet", "jsonl") else "csv"].split()
    ending = PurePath(inner).suffix
    if ending.lower() in allowed:
        return inner
    known = {each for endings in ENDINGS.values() for each in endings.split()}
    return (inner.removesuffix(ending) if ending.lower() in known else inner) + allowed[0]


def _has_iso(column: Column, contract: Contract) -> bool:
    if isinstance(column, NumberColumn):
        return False
    seen = column.levels if isinstance(column, CategoryColumn) else _examples(column, contract)
    if not seen:
        return isinstance(column, TextColumn) and column.reads == "date"
    return all(dates.ISO.fullmatch(text) for text in seen)


def _examples(column: TextColumn, contract: Contract) -> tuple[str, ...]:
    cells = [row.get(column.name) for row in contract.examples]
    return tuple(cell for cell in cells if isinstance(cell, str))


def _is_number(contract: Contract, name: str) -> bool:
    return any(column.name == name and isinstance(column, NumberColumn) for column in contract.columns)
