"""What a model's contract tells about a file: its header, its columns, and how its texts are written."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import PurePath
from typing import Final

from tablee.datasets.reading import Corrections, Decision, Format, Reading, Reason
from tablee.errors import InvalidRequest, InvalidTable
from tablee.models.columns import CategoryColumn, Column, TextColumn
from tablee.models.contract import Contract
from tablee.models.validation.names import put_in_order
from tablee.models.validation.rows import RowValidator, booleans
from tablee.tables.cells.cell_format import CellFormat, DateFormat
from tablee.tables.cells.dates import ISO
from tablee.tables.cells.decoding import UNKNOWN_NUMBERS, UNKNOWN_TEXTS
from tablee.tables.column_names import near
from tablee_data.inference.known_formats import corrected
from tablee_data.readers.content import Source
from tablee_data.readers.detection.readings import ENDINGS
from tablee_data.readers.opening import open_reader

_WRITTEN: Final[dict[str, str]] = {
    **{form: form for form in ("csv", "parquet", "jsonl", "json")},
    **dict.fromkeys(("xlsx", "xls", "xlsb", "ods"), "xlsx"),
    "arrow": "parquet",
}
"""The format of the file with predictions, by that of the file; CSV for all others."""


def recognise_header(
    source: Source, reading: Reading, decisions: tuple[Decision, ...], contract: Contract
) -> tuple[Reading, tuple[Decision, ...]]:
    """The reading with a header, and that decision as sure, if the first line names all columns of the contract; else
    both as they are. A name with letters beyond ASCII makes the encoding sure, too."""
    with_header = reading.model_copy(update={"header": True})
    try:
        names = open_reader(source, with_header).names
    except InvalidTable:
        return reading, decisions
    if not set(contract.names) <= set(names):
        return reading, decisions
    rest = tuple(each for each in decisions if each.field != "header")
    if not all(name.isascii() for name in contract.names):
        sure = {"sure": True, "alternatives": (), "examples": {}, "reason": Reason.MODEL_COLUMNS}
        rest = tuple(
            each.model_copy(update=sure) if each.field == "encoding" and each.reason is Reason.OTHER_ENCODINGS else each
            for each in rest
        )
    return with_header, (*rest, Decision(field="header", chosen="yes", reason=Reason.MODEL_COLUMNS))


def recognise_keys(
    source: Source, reading: Reading, decisions: tuple[Decision, ...], contract: Contract
) -> tuple[Reading, tuple[Decision, ...]]:
    """The reading of a JSON object of objects, and that decision as sure, if only as rows, or only as columns, they
    have all columns of the contract; else both as they are."""
    if not any(each.field == "keyed" for each in decisions):
        return reading, decisions
    fitting = []
    for keyed in (True, False):
        read_so = reading.model_copy(update={"keyed": keyed})
        with suppress(InvalidTable):
            if set(contract.names) <= set(open_reader(source, read_so).names):
                fitting.append(read_so)
    if len(fitting) != 1:
        return reading, decisions
    rest = tuple(each for each in decisions if each.field != "keyed")
    chosen = "yes" if fitting[0].keyed else "no"
    return fitting[0], (*rest, Decision(field="keyed", chosen=chosen, reason=Reason.JSON_MODEL_NAMES))


def left_out(contract: Contract, names: Collection[str]) -> tuple[str, ...]:
    """The columns of a file that the model does not know. Nothing looks at their cells.

    :raises InvalidRows: a column of the contract is missing.
    """
    known = {*contract.names, *contract.ignored}
    given = put_in_order({name: name for name in names}, known)
    RowValidator(contract, ignore_unknown=True).columns({name: [None] for name in given}, 1)
    return tuple(written for name, written in given.items() if name not in known)


def cell_formats(contract: Contract, asked: Corrections) -> dict[str, CellFormat]:
    """How the texts of the contract's columns are written: as in the model's data set, unless a person says otherwise.

    :raises InvalidRequest: a correction names a column that the model does not read, or a date format that is none.
    """
    formats = {column.name: _known(column, contract) for column in contract.columns}
    for name in (*asked.dates, *asked.columns):
        if name not in formats:
            raise InvalidRequest("no_column_to_correct", column=name, **near(name, formats))
    return {name: corrected(name, each, asked) for name, each in formats.items()}


def _known(column: Column, contract: Contract) -> CellFormat:
    """The format of a column. Dates of which training saw the month or the year are dates in files, too. A model of a
    release that kept no formats tells by its examples that it learnt from dates in ISO 8601; its files may have other
    dates, if a person says which."""
    if (made := column.generalisation) is not None and made.original.date is not None:
        return made.original
    if isinstance(column, CategoryColumn):
        levels = booleans(column)
        both = (levels[True], levels[False]) if levels else column.cell_format.booleans
        return column.cell_format.model_copy(update={"booleans": both})
    if not isinstance(column, TextColumn) or column.is_date or column.reads != "date":
        return column.cell_format
    if column.cell_format != UNKNOWN_TEXTS:  # the data set's texts were no dates in one format
        return column.cell_format
    examples = [value for row in contract.examples if isinstance(value := row.get(column.name), str)]
    if examples and all(map(ISO.fullmatch, examples)):
        return CellFormat(missing=UNKNOWN_NUMBERS.missing, date=DateFormat(pattern="%Y-%m-%d"))
    return column.cell_format


def output_name(filename: str, form: Format) -> str:
    """The name of the file with predictions: without `.gz` or `.zip`, and with an ending of its format."""
    inner = PurePath(filename).name
    for packed in (".gz", ".zip"):
        if inner.lower().endswith(packed):
            inner = inner[: -len(packed)]
    written = _WRITTEN.get(form, "csv")
    allowed = [".xlsx"] if written == "xlsx" else ENDINGS[written].split()
    ending = PurePath(inner).suffix
    if ending.lower() in allowed:
        return inner
    known = {each for endings in ENDINGS.values() for each in endings.split()}
    return (inner.removesuffix(ending) if ending.lower() in known else inner) + allowed[0]
