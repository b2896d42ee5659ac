"""Columns of Arrow as cells: numbers as float64 or, where float64 would change them, as texts; the rest as texts.

A text is as Arrow's type has it: dates and times in ISO 8601 (in UTC if they have a zone), whole numbers and decimals
with all of their digits, `true` and `false`. A duration is its number of seconds.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from tablee.errors import InvalidTable
from tablee.errors.panics import LibraryPanic, panics_as_errors
from tablee.i18n.message import Message
from tablee.tables.cells.cell_format import CellFormat
from tablee.tables.cells.exact_numbers import EXACT_LIMIT, keeps_digits
from tablee.tables.cells.typed_values import boolean_texts, number_texts

EXACT_DIGITS: Final = 15
"""float64 keeps every number with at most so many decimal digits."""
_UNITS: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_FIRST_DAY: Final = date(1, 1, 1).toordinal() - date(1970, 1, 1).toordinal()
_END_DAY: Final = date(9999, 12, 31).toordinal() - date(1970, 1, 1).toordinal() + 1


def value_type(data_type: Any) -> Any:
    """The type of the values: without dictionary, runs, or the extension that names their meaning."""
    if pa.types.is_dictionary(data_type) or pa.types.is_run_end_encoded(data_type):
        return value_type(data_type.value_type)
    if isinstance(data_type, pa.BaseExtensionType) and not isinstance(data_type, pa.UuidType):
        return pa.bool_() if isinstance(data_type, pa.Bool8Type) else value_type(data_type.storage_type)
    return data_type


def is_number(data_type: Any) -> bool:
    """Whether a column of the type is one of numbers, if float64 holds its values."""
    found, types = value_type(data_type), pa.types
    tests = (types.is_integer, types.is_floating, types.is_decimal, types.is_duration)
    return any(test(found) for test in tests)


def is_text(data_type: Any) -> bool:
    """Whether a column of the type is one of texts, dates, times or booleans."""
    found, types = value_type(data_type), pa.types
    tests = (
        *(types.is_string, types.is_large_string, types.is_string_view, types.is_boolean, types.is_null),
        *(types.is_date, types.is_timestamp, types.is_time),
    )
    return isinstance(found, pa.UuidType) or any(test(found) for test in tests)


def is_bytes(data_type: Any) -> bool:
    """Whether a column of the type holds bytes, which may be text in UTF-8."""
    found, types = value_type(data_type), pa.types
    tests = (types.is_binary, types.is_large_binary, types.is_binary_view, types.is_fixed_size_binary)
    return any(test(found) for test in tests)


def may_be_inexact(data_type: Any) -> bool:
    """Whether a number of the type may be one that float64 does not hold."""
    found = value_type(data_type)
    if pa.types.is_decimal(found):
        return bool(found.precision > EXACT_DIGITS)
    return bool(pa.types.is_integer(found) and found.bit_width == 64)


def zone(data_type: Any) -> str | None:
    """The time zone of a column of times; None if there is none, or if it is UTC."""
    found = value_type(data_type)
    is_zoned = pa.types.is_timestamp(found) and found.tz not in (None, "", "UTC", "Etc/UTC", "+00:00", "Z")
    return str(found.tz) if is_zoned else None


def infinities(array: Any) -> int:
    """How many numbers of a column are infinite; `numbers` takes them for missing."""
    if not pa.types.is_floating(value_type(array.type)):
        return 0
    values = _values(array)
    values = values.cast(pa.float32()) if pa.types.is_float16(values.type) else values
    return int(pc.sum(pc.is_inf(values)).as_py() or 0)


def first_inexact(array: Any) -> tuple[int, str] | None:
    """The position, and all digits, of the first number that float64 does not hold (see `keeps_digits`); None if there
    is none.

    :param array: of whole numbers or decimals.
    """
    values = _values(array)
    if pa.types.is_decimal(values.type):
        return _first_without(values, keeps_digits)
    limit = pa.scalar(int(EXACT_LIMIT), values.type)
    beyond = pc.greater_equal(values, limit)
    if pa.types.is_signed_integer(values.type):
        beyond = pc.or_(beyond, pc.less_equal(values, pa.scalar(-int(EXACT_LIMIT), values.type)))
    at = pc.index(beyond.fill_null(False), True).as_py()
    return None if at < 0 else (at, _digits(values.slice(at, 1))[0])


def first_rounded(array: Any) -> tuple[int, str] | None:
    """As `first_inexact`, but of a decimal that has other digits than the shortest text of the nearest float64."""
    values = _values(array)
    if not pa.types.is_decimal(values.type):
        return None
    return _first_without(values, lambda text: Decimal(repr(float(text))) == Decimal(text))


def _first_without(decimals: Any, is_kept: Callable[[str], bool]) -> tuple[int, str] | None:
    digits = _digits(decimals)
    significant = digits.str.replace_all(r"[-.]", "").str.strip_chars_start("0").str.len_chars()
    suspects = (significant > EXACT_DIGITS).fill_null(False).arg_true()
    return next(((at, digits[at]) for at in suspects if not is_kept(digits[at])), None)


def has_inexact(array: Any) -> bool:
    """Whether float64 does not hold some number of a column of numbers."""
    return may_be_inexact(array.type) and first_inexact(array) is not None


def typed(array: Any, name: str, first_row: int = 1) -> pl.Series:
    """Cells with the type that they have, or float64 where polars cannot hold a decimal.

    :raises InvalidTable: the type is nested, polars does not have it, or a year is not one of 1 to 9999.
    """
    values = _values(array)
    if pa.types.is_nested(values.type):  # polars may hold it, but panic when its cells are read
        raise column_type(name, array.type)
    if pa.types.is_decimal(values.type) and (values.type.bit_width > 128 or values.type.scale < 0):
        return numbers(values, name)
    if pa.types.is_timestamp(values.type) or pa.types.is_date(values.type):
        _check_years(values, name, first_row)
    return _series(values, name)


def numbers(array: Any, name: str) -> pl.Series:
    """Cells as float64, the nearest where a decimal or a duration has more digits; null where not finite."""
    values = _values(array)
    if pa.types.is_duration(values.type):
        found = _series(values.cast(pa.int64()), name).cast(pl.Float64) / _UNITS[values.type.unit]
    elif pa.types.is_decimal(values.type) and not _is_small_decimal(values.type):
        found = _digits(values).cast(pl.Float64).alias(name)
    else:
        found = _series(values, name).cast(pl.Float64)
    return found.set(~found.is_finite(), None)


def texts(array: Any, name: str, first_row: int, cell_format: CellFormat | None = None) -> pl.Series:
    """Cells as texts.

    :param first_row: the number of the first row in the file, from 1.
    :param cell_format: of the column, if it is known: it says what true and false are, and which numbers are missing.
    :raises InvalidTable: bytes are no UTF-8, or a year is not one of 1 to 9999.
    """
    values = _values(array)
    types = pa.types
    if types.is_timestamp(values.type) or types.is_date(values.type):
        return _moments(values, name, first_row)
    if types.is_time(values.type):
        found = _series(values, name).dt.strftime("%H:%M:%S%.f")
        if found.null_count() > values.null_count:  # no time of a day
            raise column_type(name, values.type)
        return found
    if is_number(values.type):
        is_plain = types.is_integer(values.type) or types.is_decimal(values.type)
        found = _digits(values).alias(name) if is_plain else number_texts(numbers(values, name))
        if cell_format is not None and cell_format.missing:
            found = found.set(found.is_in([*cell_format.missing]).fill_null(False), None)
        return found
    if types.is_boolean(values.type):
        return _series(values, name).replace_strict(boolean_texts(cell_format), return_dtype=pl.String)
    if types.is_null(values.type):
        return _series(values.cast(pa.string()), name)
    if isinstance(values.type, pa.UuidType):
        cells = [None if each is None else str(uuid.UUID(bytes=each)) for each in values.storage.to_pylist()]
        return pl.Series(name, cells, pl.String)
    return _series(_utf_8(values, name, first_row), name)


def _values(array: Any) -> Any:
    """The array with a plain type, see `value_type`."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    while True:
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        elif pa.types.is_run_end_encoded(array.type):
            array = pc.run_end_decode(array)
        elif isinstance(array.type, pa.Bool8Type):
            array = array.storage.cast(pa.bool_())
        elif isinstance(array.type, pa.BaseExtensionType) and not isinstance(array.type, pa.UuidType):
            array = array.storage
        else:
            return array


def _series(array: Any, name: str) -> pl.Series:
    """
    :raises InvalidTable: polars does not read the array.
    """
    try:
        with panics_as_errors():
            return cast(pl.Series, pl.from_arrow(array)).alias(name)
    except (pa.ArrowException, pl.exceptions.PolarsError, TypeError, LibraryPanic):
        raise column_type(name, array.type) from None


def column_type(name: str, data_type: Any) -> InvalidTable:
    """The refusal of a column of a type that no cell may have. Bytes may be a text."""
    hint = "drop_or_text" if is_bytes(data_type) else "drop_column"
    expected = Message("expected.table.scalars")
    return InvalidTable("column_type", type=str(data_type), column=name, expected=expected, hint=hint)


def _is_small_decimal(data_type: Any) -> bool:
    """Whether dividing by a power of ten gives the nearest float64 of every value."""
    return bool(data_type.bit_width <= 128 and data_type.precision <= EXACT_DIGITS and data_type.scale >= 0)


def _digits(values: Any) -> pl.Series:
    """Whole numbers or decimals with all of their digits."""
    if pa.types.is_decimal(values.type) and values.type.scale < 0:
        values = values.cast(pa.decimal256(76, 0))
    return cast(pl.Series, pl.from_arrow(values.cast(pa.large_string())))


def _moments(values: Any, name: str, first_row: int) -> pl.Series:
    """Dates and times in ISO 8601.

    :raises InvalidTable: a year is not one of 1 to 9999.
    """
    _check_years(values, name, first_row)
    if pa.types.is_date(values.type):
        return _series(values.cast(pa.date32()), name).dt.strftime("%Y-%m-%d")
    without_zone = values.cast(pa.timestamp(values.type.unit))  # the moment in UTC
    return _series(without_zone, name).dt.strftime("%Y-%m-%dT%H:%M:%S%.f")


def _check_years(values: Any, name: str, first_row: int) -> None:
    """
    :raises InvalidTable: a year is not one of 1 to 9999; polars would panic at some of them.
    """
    is_date32 = pa.types.is_date32(values.type)
    per_day = 1 if is_date32 else 86_400 * _UNITS[getattr(values.type, "unit", "ms")]
    ticks = values.cast(pa.int32() if is_date32 else pa.int64())
    extremes = pc.min_max(ticks).as_py()
    low, high = _FIRST_DAY * per_day, _END_DAY * per_day
    if extremes["min"] is not None and (extremes["min"] < low or extremes["max"] >= high):
        wrong = [row for row, each in enumerate(ticks.to_pylist()) if each is not None and not low <= each < high]
        row = first_row + wrong[0]
        expected = Message("expected.table.four_digit_years")
        raise InvalidTable("year_out_of_range", row=row, line=row, column=name, expected=expected, hint="drop_column")


def _utf_8(values: Any, name: str, first_row: int) -> Any:
    """Texts that are checked to be UTF-8: polars would take other bytes unseen, and fail later.

    :raises InvalidTable: bytes are no UTF-8.
    """
    if pa.types.is_fixed_size_binary(values.type):
        values = values.cast(pa.binary())
    if not is_bytes(values.type):
        try:
            values.validate(full=True)
        except pa.ArrowInvalid:
            values = values.cast(pa.large_binary()) if not pa.types.is_string_view(values.type) else values
        else:
            return values
    try:
        return values.cast(pa.large_string())
    except pa.ArrowInvalid:
        for row, cell in enumerate(values.cast(pa.large_binary()).to_pylist(), first_row):
            if cell is not None and not _is_utf_8(cell):
                expected = Message("expected.table.utf_8_cell")
                place: dict[str, Any] = {"row": row, "line": row, "column": name, "value": repr(cell[:20])}
                raise InvalidTable("cell_not_utf_8", **place, expected=expected, hint="drop_column") from None
        raise column_type(name, values.type) from None


def _is_utf_8(cell: bytes) -> bool:
    try:
        cell.decode()
    except UnicodeDecodeError:
        return False
    return True
