"""Parses `column=value` pairs of a command line into a row that fits a contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from tablee.errors import InvalidRows
from tablee.errors.cells import Cell
from tablee.i18n.message import Message, joined
from tablee.models.columns import CategoryColumn
from tablee.models.contract import Contract
from tablee.models.validation.rows import RowValidator
from tablee.tables.cells.cell_format import CellFormat
from tablee.tables.cells.decoding import UNKNOWN_TEXTS, decode
from tablee_cli.options.usage import WrongUse


def parse_row(cells: Sequence[str], contract: Contract) -> dict[str, Any]:
    """Parse the pairs. Values are read as those of a file: numbers, dates and texts for missing values are written as
    in the model's data set. A text that is a level of the model is that level.

    :raises typer.BadParameter: a column is unknown, given twice or missing, or a value does not fit. The message
        names each such column.
    """
    row: dict[str, Any] = {}
    faults: list[Message] = []
    for cell in cells:
        name, equals, value = _parted(cell, contract)
        if not equals:
            faults.append(Message("usage.no_pair", {"cell": cell}))
        elif name in row:
            faults.append(Message("usage.twice", {"column": name}))
        else:
            row[name] = value
    if faults:
        raise _bad(faults)
    typed = {name: _typed(value, name, contract) for name, value in row.items()}
    try:
        RowValidator(contract).rows([typed])
    except InvalidRows as error:
        raise _bad([_fault(cell) for cell in error.cells]) from None
    return typed


def _parted(cell: str, contract: Contract) -> tuple[str, str, str]:
    """Name, sign and value of a pair. A column's name may contain the sign; the longest name that fits counts."""
    known = [name for name in (*contract.names, *contract.ignored) if cell.startswith(f"{name}=")]
    if not known:
        return cell.partition("=")
    name = max(known, key=len)
    return name, "=", cell[len(name) + 1 :]


def _typed(text: str, name: str, contract: Contract) -> Any:
    cell_format = contract.cell_formats.get(name, UNKNOWN_TEXTS)
    text, quoted = _unquoted(text, cell_format, _levels(name, contract))
    value = decode(pl.Series([text]), cell_format, quoted=quoted)[0]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _unquoted(text: str, cell_format: CellFormat, levels: Sequence[str]) -> tuple[str, bool]:
    """A text of a column, and whether it is one although it stands for a missing value in files: it is a level of the
    model, or stands between quotes."""
    if cell_format.number is not None or cell_format.date is not None:
        return text, False
    if text not in levels and text[:1] == text[-1:] == '"' and text[1:-1] in cell_format.missing:
        return text[1:-1], True
    return text, text in levels


def _levels(name: str, contract: Contract) -> Sequence[str]:
    column = next((each for each in contract.columns if each.name == name), None)
    return column.levels if isinstance(column, CategoryColumn) else ()


def _fault(cell: Cell) -> Message:
    expected = cell.expected
    key = expected.key if isinstance(expected, Message) else ""
    if key in ("expected.column", "expected.column_or_null"):
        return Message("usage.column_missing", {"column": cell.column})
    if isinstance(expected, Message) and key == "expected.no_such_column":
        facts = {"column": cell.column, "columns": expected.facts["columns"]}
        near = expected.facts.get("near")
        unknown = Message("usage.no_column", facts)
        return unknown if near is None else Message("reason.near", {"sentence": unknown, "near": near})
    return Message("cell.column", {"column": cell.column, "value": cell.value, "expected": expected})


def _bad(faults: Sequence[Message]) -> WrongUse:
    return WrongUse(joined(faults, "part.semicolon"), at="--row")
