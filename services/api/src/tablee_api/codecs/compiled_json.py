"""The fast reader of JSON rows: decoders that msgspec compiles once for each model read and check a body in one step.

It gives the same cells and blocks as `json_rows` with `RowValidator`, in less than half of the time, or it gives
nothing. Every body that it cannot read completely (a cell of a wrong type, a column that is missing, unknown or given
twice, another shape, invalid JSON) is left to these two, which name what is wrong. A property test proves the equality.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from tablee.models.contract import CategoryColumn, Column, Contract, NumberColumn, TextColumn
from tablee.models.validation.block import Block, WarningCode
from tablee.models.validation.checked_columns import CheckedColumn, block_of
from tablee.models.validation.date_cells import quick_reader, read_dates, read_levels
from tablee.models.validation.frames import FrameValidator
from tablee.models.validation.rows import text_reader
from tablee.tables.cells.typed_values import missing_values
from tablee.telemetry import logger
from tablee_api.codecs import json_rows

FEW_ROWS = 16
"""Up to so many rows are checked cell by cell, which is faster than to make an array of each column."""

_astuple = msgspec.structs.astuple
_COLON = ord(":")
_ODD = object()
"""In place of a cell that gets another warning than that it is missing."""

log = logger(__name__)


class OrdinaryDecoder:
    """Leaves every body to `json_rows`: the decoder of a model for which msgspec cannot compile one."""

    def cells(self, body: bytes) -> tuple[Any, ...] | None:
        return None

    def read(self, body: bytes, max_rows: int) -> DecodedTable | None:
        return None


def decoder_of(contract: Contract) -> CompiledDecoder | OrdinaryDecoder:
    """The fastest decoder that can be made for a contract. msgspec refuses names with quotes, backslashes and control
    characters. Columns that were made coarser are read by the ordinary path alone."""
    if any(column.generalisation is not None for column in contract.columns):
        return OrdinaryDecoder()
    try:
        return CompiledDecoder(contract)
    except Exception as error:
        log.warning("fast_decoder_refused", model=contract.model, reason=str(error))
        return OrdinaryDecoder()


class CompiledDecoder:
    """Decodes the JSON rows of one model; threads may share it."""

    def __init__(self, contract: Contract) -> None:
        self.checks = {column.name: _check(column) for column in contract.columns}
        self._width = len(contract.columns)
        readers = enumerate(map(_reader, contract.columns))
        self._readers = [(at, read) for at, read in readers if read is not None]
        self._decode_single = msgspec.json.Decoder(_body_type(contract, _seen_type)).decode
        self._decoders = [msgspec.json.Decoder(_body_type(contract, cell)).decode for cell in (_level_type, _cell_type)]

    def cells(self, body: bytes) -> tuple[Any, ...] | None:
        """The cells of a body with exactly one row, in the contract's order, if missing values are the only warnings.

        A JSON parser drops the first of two equal names without an error. Every name is followed by a colon, so a body
        with as many colons as expected names has no repeated name.
        """
        if body.count(b"{") != 2 or body.count(b":") != 1 + self._width:
            return None
        try:
            rows = _rows(self._decode_single(body))
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        if len(rows) != 1:
            return None
        cells = _astuple(rows[0])
        if not self._readers:
            return cells
        read = list(cells)
        for at, reader in self._readers:
            cell = read[at] = reader(read[at])
            if cell is _ODD:
                return None
        return tuple(read)

    def read(self, body: bytes, max_rows: int) -> DecodedTable | None:
        """All rows of a body with 1 to `max_rows` rows."""
        rows: list[Any] = []
        for decode in self._decoders:
            with suppress(msgspec.DecodeError, UnicodeDecodeError):
                rows = _rows(decode(body))
                break
        if not 0 < len(rows) <= max_rows:
            return None
        colons = np.count_nonzero(np.frombuffer(body, np.uint8) == _COLON)
        return DecodedTable(self, body, rows) if colons == 1 + self._width * len(rows) else None


class DecodedTable:
    """Rows whose columns are those of the contract and whose cells have the right types."""

    def __init__(self, decoder: CompiledDecoder, body: bytes, rows: list[Any]) -> None:
        self._decoder, self._body, self._rows = decoder, body, rows

    @property
    def rows(self) -> int:
        return len(self._rows)

    def check(self, validator: FrameValidator, start: int, length: int, first_row: int) -> Block:
        """See `Table.check`. Nothing is refused here; cells can only get warnings."""
        cells = zip(*map(_astuple, self._rows[start : start + length]), strict=True)
        checks = self._decoder.checks
        columns = dict(zip(checks, cells, strict=True))
        if length <= FEW_ROWS:
            return validator.columns(columns, length, first_row=first_row)
        checked = {name: check(columns[name]) for name, check in checks.items()}
        return block_of(checked, columns.__getitem__, length, first_row)

    def as_csv(self, contract: Contract, added: pl.DataFrame) -> bytes:
        """See `Table.as_csv`. The body is parsed again, because the decoder reads 3 and 3.0 as the same number."""
        return json_rows.parse(self._body, self.rows).as_csv(contract, added)


def _rows(data: Any) -> list[Any]:
    """The rows of a decoded body; none if it has both `row` and `rows`, or neither."""
    if data.rows is msgspec.UNSET:
        return [] if data.row is msgspec.UNSET else [data.row]
    rows: list[Any] = data.rows
    return rows if data.row is msgspec.UNSET else []


def _body_type(contract: Contract, cell_type: Callable[[Column], Any]) -> Any:
    """The type of `{"row": {…}}` and of `{"rows": [{…}, …]}`."""
    fields = [(f"c{at}", cell_type(column)) for at, column in enumerate(contract.columns)]
    names = {f"c{at}": name for at, name in enumerate(contract.names)}
    row = msgspec.defstruct("Row", fields, forbid_unknown_fields=True, rename=names, gc=False)
    unset = msgspec.UNSET
    members: list[Any] = [("row", row | msgspec.UnsetType, unset), ("rows", list[row] | msgspec.UnsetType, unset)]  # type: ignore[valid-type]
    return msgspec.defstruct("Body", members, forbid_unknown_fields=True, gc=False)


def _seen_type(column: Column) -> Any:
    """The type of a cell that is missing or within what training saw."""
    if isinstance(column, CategoryColumn):
        return _level_type(column)
    if isinstance(column, TextColumn):
        return Annotated[str, msgspec.Meta(min_length=1)] | None
    return Annotated[float, msgspec.Meta(ge=column.minimum, le=column.maximum)] | None


def _level_type(column: Column) -> Any:
    """As `_cell_type`, but a category's text has to be a level: msgspec reads these faster than other texts. Of dates
    it may be a level that is written otherwise."""
    if isinstance(column, CategoryColumn) and column.cell_format.date is None:
        return Literal[(*column.levels, None)]
    return _cell_type(column)


def _cell_type(column: Column) -> Any:
    """The type of every cell that can be scored."""
    return float | None if isinstance(column, NumberColumn) else str | None


def _check(column: Column) -> Callable[[Sequence[Any]], CheckedColumn]:
    if isinstance(column, NumberColumn):
        return _number_check(column)
    if isinstance(column, CategoryColumn):
        return _category_check(column)
    return _date_check(column) if column.is_date else _text_check(column)


def _number_check(column: NumberColumn) -> Callable[[Sequence[float | None]], CheckedColumn]:
    low, high = column.minimum, column.maximum
    marked = missing_values(column.cell_format)

    def check(values: Sequence[Any]) -> CheckedColumn:
        if marked:
            values = [None if value in marked else value for value in values]
        with suppress(struct.error):  # a cell is None
            numbers = array("d", struct.pack(f"{len(values)}d", *values))  # a tenth of the time of array("d", values)
            whole = np.frombuffer(numbers)
            is_within = low <= whole.min() and whole.max() <= high
            return CheckedColumn(numbers, out_of_range=None if is_within else out_of_range(whole))
        whole = np.array(values, dtype=np.float64)  # None becomes NaN, which JSON cannot contain
        return CheckedColumn(values, _mask(np.isnan(whole)), out_of_range=out_of_range(whole))

    def out_of_range(whole: NDArray[np.float64]) -> pl.Series | None:
        return _mask((whole < low) | (whole > high))

    return check


def _category_check(column: CategoryColumn) -> Callable[[Sequence[str | None]], CheckedColumn]:
    known: dict[str | None, str] = {level: level for level in column.levels}
    empty = {None, ""} - known.keys()
    is_date = column.cell_format.date is not None
    as_written = column.cell_format.as_written

    def check(values: Sequence[str | None]) -> CheckedColumn:
        if not is_date and known.keys() >= set(values):
            return CheckedColumn(values)
        if not as_written:
            values = read_levels(pl.Series(values, dtype=pl.String), column).to_list()
        levels = list(map(known.get, values))
        missing = np.array([value in empty for value in values])
        unseen = np.array([level is None for level in levels]) & ~missing
        return CheckedColumn(levels, _mask(missing), _mask(unseen))

    return check


def _text_check(column: TextColumn) -> Callable[[Sequence[str | None]], CheckedColumn]:
    read, as_written = text_reader(column), column.cell_format.as_written

    def check(values: Sequence[str | None]) -> CheckedColumn:
        if not as_written:
            values = [None if value is None else read(value) for value in values]
        if all(values):
            return CheckedColumn(values)
        return CheckedColumn([value or None for value in values], pl.Series([not value for value in values]))

    return check


def _date_check(column: TextColumn) -> Callable[[Sequence[str | None]], CheckedColumn]:
    def check(values: Sequence[str | None]) -> CheckedColumn:
        found = read_dates(pl.Series(values, dtype=pl.String), column)
        return replace(found, values=list(found.values))

    return check


def _reader(column: Column) -> Callable[[Any], Any] | None:
    """A function that gives the cell that `RowValidator` makes of a value, where that may be another one: a date in ISO
    8601, a text without the blanks around it, a missing value for -99. It gives `_ODD` where the cell gets another
    warning than that it is missing. None for a column whose cells are taken as they are."""
    if isinstance(column, NumberColumn):
        marked = missing_values(column.cell_format)
        return (lambda number: None if number in marked else number) if marked else None
    if isinstance(column, CategoryColumn):
        return lru_cache(maxsize=4096)(_level_reader(column)) if column.cell_format.date is not None else None
    if column.is_date:
        return lru_cache(maxsize=4096)(_date_reader(column))
    if column.cell_format.as_written:
        return None
    text_of = text_reader(column)
    return lambda text: None if text is None else text_of(text)


def _date_reader(column: TextColumn) -> Callable[[str | None], Any]:
    quick = quick_reader(column)

    def read(text: str | None) -> Any:
        if text is not None and (day := quick(text)) is not None:
            return day
        found = read_dates(pl.Series([text], dtype=pl.String), column)
        return _ODD if found.masks.keys() - {WarningCode.MISSING} else found.values[0]

    return read


def _level_reader(column: CategoryColumn) -> Callable[[str | None], Any]:
    levels = frozenset((*column.levels, None))

    def read(text: str | None) -> Any:
        level = read_levels(pl.Series([text], dtype=pl.String), column)[0]
        return level if level in levels else _ODD

    return read


def _mask(found: Any) -> pl.Series | None:
    return pl.Series(found) if found.any() else None
