"""Files of Arrow's types, whose batches hold columns: Parquet, and Arrow IPC (Feather)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from tablee.errors import InvalidTable
from tablee.errors.causes import file_fault
from tablee.tables.arrow_cells import EXACT_DIGITS
from tablee.tables.cells.exact_numbers import EXACT_LIMIT

_ERRORS: Final = (pa.ArrowException, OSError, UnicodeDecodeError)
"""What Arrow raises about a broken file."""


@dataclass(frozen=True, slots=True)
class ColumnarFile:
    """A Parquet file, or one of Arrow IPC, that is neither in gzip nor in zip."""

    path: Path
    format: str
    schema: Any
    """Of Arrow."""
    rows: int

    @classmethod
    def of(cls, path: Path, form: str) -> ColumnarFile:
        """:raises InvalidTable: the file is broken."""
        with arrow_errors(form):
            if form == "parquet":
                with pq.ParquetFile(path) as file:
                    return cls(path, form, file.schema_arrow, file.metadata.num_rows)
            with pa.memory_map(str(path)) as mapped, pa.ipc.open_file(mapped) as reader:
                batches = range(reader.num_record_batches)
                return cls(path, form, reader.schema, sum(reader.get_batch(at).num_rows for at in batches))

    def batches(self, positions: Sequence[int], size: int) -> Iterator[list[Any]]:
        """The arrays of some columns, in that order, for at most `size` rows at a time.

        :raises InvalidTable: the file is broken.
        """
        row = 0
        names = self.schema.names
        wanted = [names[at] for at in positions]
        by_name = len(wanted) < len(names) and len(set(names)) == len(names)
        with arrow_errors(self.format, lambda: row):
            for batch in self._batches(wanted if by_name else None, size):
                row += batch.num_rows
                if not batch.num_rows:
                    continue
                places = map(batch.schema.names.index, wanted) if by_name else positions
                yield [batch.column(at) for at in places]

    def _batches(self, names: list[str] | None, size: int) -> Iterator[Any]:
        if self.format == "parquet":
            with pq.ParquetFile(self.path, pre_buffer=False) as file:
                yield from file.iter_batches(size, columns=names)
            return
        with pa.memory_map(str(self.path)) as mapped, pa.ipc.open_file(mapped) as reader:
            for at in range(reader.num_record_batches):
                batch = reader.get_batch(at)
                for start in range(0, batch.num_rows, size):
                    yield batch.slice(start, size)

    def is_surely_exact(self, position: int) -> bool:
        """Whether the statistics of a Parquet file say that float64 holds all numbers of a column."""
        if self.format != "parquet":
            return False
        data_type = self.schema.field(position).type
        is_decimal = pa.types.is_decimal(data_type)
        limit = min(EXACT_LIMIT, 10.0 ** (EXACT_DIGITS - data_type.scale)) if is_decimal else EXACT_LIMIT
        leaf = sum(_leaves(field.type) for field in list(self.schema)[:position])
        with arrow_errors(self.format), pq.ParquetFile(self.path) as file:
            for at in range(file.metadata.num_row_groups):
                found = file.metadata.row_group(at).column(leaf).statistics
                if found is None or not found.has_min_max:
                    return False
                try:
                    if not (found.min > -limit and found.max < limit):
                        return False
                except (TypeError, NotImplementedError):
                    return False
        return True


@contextmanager
def arrow_errors(form: str, row: Any = None) -> Iterator[None]:
    """Turn Arrow's errors about a broken file into ours.

    :param row: tells after which row the file is broken.
    """
    try:
        yield
    except _ERRORS as error:
        is_parquet = form == "parquet"
        if row is None:
            raise InvalidTable(
                "broken_parquet" if is_parquet else "broken_arrow", error=file_fault("Arrow", error)
            ) from None
        reason = "broken_parquet_behind_row" if is_parquet else "broken_arrow_behind_row"
        raise InvalidTable(reason, row=row(), error=file_fault("Arrow", error)) from None


def _leaves(data_type: Any) -> int:
    """The number of Parquet's columns that a column of Arrow's type is stored in."""
    if isinstance(data_type, pa.BaseExtensionType):
        return _leaves(data_type.storage_type)
    if pa.types.is_struct(data_type):
        return sum(_leaves(data_type.field(at).type) for at in range(data_type.num_fields))
    if pa.types.is_map(data_type):
        return _leaves(data_type.key_type) + _leaves(data_type.item_type)
    if pa.types.is_nested(data_type):
        return _leaves(data_type.value_type)
    return 1
