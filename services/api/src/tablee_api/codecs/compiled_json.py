"""Rows as plain JSON, read and checked by decoders that are compiled once for each model.

They give the very cells and blocks of `json_rows` and the contract's validator, in less than half of their time, or
nothing: whatever is not plain (a cell of a wrong type, a column too many, too few or twice, another shape, no JSON at
all) is left to these, which know the words for it.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from tablee.models.contract import Block, CategoryColumn, Column, Contract, NumberColumn, TextColumn, Validator
from tablee.models.validation.frames import Checked
from tablee_api.codecs import json_rows

FEW = 16
"""Rows; up to here cells are checked one by one, which is quicker than to make an array of each column."""

_astuple = msgspec.structs.astuple
_COLON = ord(":")


class CompiledDecoder:
    """Made by `Served`; threads may share it."""

    def __init__(self, contract: Contract) -> None:
        self.checks = {column.name: _check(column) for column in contract.columns}
        self._width = len(contract.columns)
        self._decode_row = msgspec.json.Decoder(_body(contract, _seen)).decode
        self._decoders = [msgspec.json.Decoder(_body(contract, cell)).decode for cell in (_known, _sound)]

    def cells(self, body: bytes) -> tuple[Any, ...] | None:
        """Of a body of one row its cells in the contract's order, if they need no warning but of being missing.

        A parser drops the first of two equal names in silence; as every name is followed by a colon, a body with just
        as many colons as names had none.
        """
        if body.count(b"{") != 2 or body.count(b":") != 1 + self._width:
            return None
        try:
            rows = _rows(self._decode_row(body))
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        return _astuple(rows[0]) if len(rows) == 1 else None

    def read(self, body: bytes, max_rows: int) -> DecodedTable | None:
        """All rows of a body."""
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
    """Sound rows: their columns are those of the contract, their cells numbers, texts and null where they should be."""

    def __init__(self, decoder: CompiledDecoder, body: bytes, rows: list[Any]) -> None:
        self._decoder, self._body, self._rows = decoder, body, rows

    @property
    def rows(self) -> int:
        return len(self._rows)

    def check(self, validator: Validator, start: int, length: int, first_row: int) -> Block:
        """Some of the rows, of which the first is called `first_row`."""
        cells = zip(*map(_astuple, self._rows[start : start + length]), strict=True)
        checks = self._decoder.checks
        columns = dict(zip(checks, cells, strict=True))
        if length <= FEW:
            return validator.columns(columns, length, first_row=first_row)
        checked = {name: check(columns[name]) for name, check in checks.items()}
        return validator.noted(checked, columns.__getitem__, length, first_row)

    def as_csv(self, contract: Contract, added: pl.DataFrame) -> bytes:
        """The cells as they were written: 3 and 3.0 are the same to a model, but not to a person."""
        return json_rows.parse(self._body, self.rows).as_csv(contract, added)


def _rows(data: Any) -> list[Any]:
    """The rows of a body; none if it does not say in just one way which they are."""
    if data.rows is msgspec.UNSET:
        return [] if data.row is msgspec.UNSET else [data.row]
    rows: list[Any] = data.rows
    return rows if data.row is msgspec.UNSET else []


def _body(contract: Contract, cell: Callable[[Column], Any]) -> Any:
    """The type of `{"row": {…}}` and of `{"rows": [{…}, …]}`."""
    fields = [(f"c{at}", cell(column)) for at, column in enumerate(contract.columns)]
    names = {f"c{at}": name for at, name in enumerate(contract.names)}
    row = msgspec.defstruct("Row", fields, forbid_unknown_fields=True, rename=names, gc=False)
    unset = msgspec.UNSET
    members: list[Any] = [("row", row | msgspec.UnsetType, unset), ("rows", list[row] | msgspec.UnsetType, unset)]  # type: ignore[valid-type]
    return msgspec.defstruct("Body", members, forbid_unknown_fields=True, gc=False)


def _seen(column: Column) -> Any:
    """The type of a cell that training saw the like of, or that is missing."""
    if isinstance(column, CategoryColumn):
        return Literal[(*column.levels, None)]
    if isinstance(column, TextColumn):
        return Annotated[str, msgspec.Meta(min_length=1)] | None
    return Annotated[float, msgspec.Meta(ge=column.minimum, le=column.maximum)] | None


def _known(column: Column) -> Any:
    """The type of a cell whose text, if it is one, is a level: read quicker than other texts."""
    return Literal[(*column.levels, None)] if isinstance(column, CategoryColumn) else _sound(column)


def _sound(column: Column) -> Any:
    """The type of a cell that can be scored."""
    return float | None if isinstance(column, NumberColumn) else str | None


def _check(column: Column) -> Callable[[Sequence[Any]], Checked]:
    if isinstance(column, NumberColumn):
        return _number(column)
    return _category(column) if isinstance(column, CategoryColumn) else _text


def _number(column: NumberColumn) -> Callable[[Sequence[float | None]], Checked]:
    low, high = column.minimum, column.maximum

    def check(values: Sequence[Any]) -> Checked:
        with suppress(struct.error):  # of None
            numbers = array("d", struct.pack(f"{len(values)}d", *values))  # a tenth of the time of array("d", values)
            whole = np.frombuffer(numbers)
            return Checked(numbers, beyond=None if low <= whole.min() and whole.max() <= high else beyond(whole))
        whole = np.array(values, dtype=np.float64)  # None becomes NaN, which no number of JSON is
        return Checked(values, _mask(np.isnan(whole)), beyond=beyond(whole))

    def beyond(whole: NDArray[np.float64]) -> pl.Series | None:
        return _mask((whole < low) | (whole > high))

    return check


def _category(column: CategoryColumn) -> Callable[[Sequence[str | None]], Checked]:
    known: dict[str | None, str] = {level: level for level in column.levels}
    empty = {None, ""} - known.keys()

    def check(values: Sequence[str | None]) -> Checked:
        if known.keys() >= set(values):
            return Checked(values)
        levels = list(map(known.get, values))
        missing = np.array([value in empty for value in values])
        unseen = np.array([level is None for level in levels]) & ~missing
        return Checked(levels, _mask(missing), _mask(unseen))

    return check


def _text(values: Sequence[str | None]) -> Checked:
    if all(values):
        return Checked(values)
    return Checked([value or None for value in values], pl.Series([not value for value in values]))


def _mask(found: Any) -> pl.Series | None:
    return pl.Series(found) if found.any() else None
