"""Parquet files: integers and decimals become float64, which must hold integers exactly; the rest becomes text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from operator import add
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tablee.datasets.batches import batch_rows
from tablee.datasets.reading import Reading
from tablee.errors import InvalidTable
from tablee.i18n.message import Message
from tablee.tables.cells.exact_numbers import EXACT_LIMIT
from tablee.tables.column_names import MAX_COLUMNS, check_names
from tablee.tables.table_reader import NumberColumns, RowBlock
from tablee_data.readers.content import Source


class ParquetReader:
    """Reads a Parquet file that is not in gzip or zip."""

    def __init__(self, source: Source, reading: Reading) -> None:
        self._path, self._reading = source.path, reading
        try:
            with pq.ParquetFile(self._path) as file:
                schema: Any = file.schema_arrow
                self._rows = file.metadata.num_rows
        except (pa.ArrowException, OSError) as error:
            raise InvalidTable("broken_parquet", error=str(error)) from None
        self.names = check_names(list(schema.names), None, limit=MAX_COLUMNS)
        self.numbers = frozenset(field.name for field in schema if _is_number(field.type))
        for field in schema:
            if not (_is_number(field.type) or _is_text(field.type)):
                expected = Message("expected.table.scalars")
                raise InvalidTable("column_type", type=str(field.type), column=field.name, expected=expected)
        if not self._rows:
            raise InvalidTable("no_parquet_rows")

    def blocks(self, number_columns: Callable[[], NumberColumns] = NumberColumns) -> Iterator[RowBlock]:
        del number_columns  # the format itself tells numbers from texts
        row = 0
        try:
            with pq.ParquetFile(self._path, pre_buffer=False) as file:
                for batch in file.iter_batches(batch_rows(len(self.names))):
                    frame = pl.DataFrame(pa.Table.from_batches([batch]))
                    columns = [self._column(each, row + 1) for each in frame]
                    yield RowBlock(pl.DataFrame(columns), partial(add, row + 1))
                    row += frame.height
        except (pa.ArrowException, OSError) as error:
            raise InvalidTable("broken_parquet_behind_row", row=row, error=str(error)) from None

    def _column(self, series: pl.Series, first: int) -> pl.Series:
        if series.name in self.numbers:
            return _numbers(series, first)
        return as_texts(series)


def as_texts(series: pl.Series) -> pl.Series:
    """Cells as texts; times and dates as ISO 8601, in UTC if they have a zone."""
    if isinstance(series.dtype, pl.Datetime):
        if series.dtype.time_zone is not None:
            series = series.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return series.dt.strftime("%Y-%m-%dT%H:%M:%S%.f")
    if series.dtype == pl.Date:
        return series.dt.strftime("%Y-%m-%d")
    return series.cast(pl.String)


def _numbers(series: pl.Series, first: int) -> pl.Series:
    numbers = series.cast(pl.Float64)
    if series.dtype.is_integer():
        for at in (numbers.abs() >= EXACT_LIMIT).arg_true().head(1):
            raise InvalidTable(
                "inexact_integer",
                row=first + at,
                line=first + at,
                column=series.name,
                value=str(series[at]),
                expected=Message("expected.table.exact_integers"),
            )
    return numbers.set(~numbers.is_finite(), None)


def _is_number(data_type: Any) -> bool:
    return bool(pa.types.is_integer(data_type) or pa.types.is_floating(data_type) or pa.types.is_decimal(data_type))


def _is_text(data_type: Any) -> bool:
    if pa.types.is_dictionary(data_type):
        return _is_text(data_type.value_type)
    tests = (
        *(pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_boolean),
        *(pa.types.is_date, pa.types.is_timestamp, pa.types.is_time, pa.types.is_null),
    )
    return any(test(data_type) for test in tests)
