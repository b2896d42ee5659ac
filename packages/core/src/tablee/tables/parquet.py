"""Parquet files read in parts, and written with new columns at the right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tablee.tables.column_names import unique_names

MAX_CELLS = 2_000_000
"""About the most cells of a part; bounds the memory of wide tables."""


def parquet_parts(file: pq.ParquetFile, max_rows: int) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The file's rows in parts, each with the number of its first row; the file's first row is 1."""
    size = max(min(max_rows, MAX_CELLS // max(len(file.schema_arrow), 1)), 1)
    row = 1
    for batch in file.iter_batches(size):
        if batch.num_rows:
            yield row, batch
            row += batch.num_rows


class ExtendedParquetWriter:
    """Writes a Parquet file with the types, codecs and dictionaries of another one, and new columns at the right."""

    def __init__(self, source: pq.ParquetFile, target: Any, added: Sequence[pa.Field]) -> None:
        """
        :param target: a path, or a file open for writing.
        :param added: the new columns; a name that is taken gets a number at its end (`unique_names`).
        """
        names = unique_names([field.name for field in added], source.schema_arrow.names)
        self._schema = source.schema_arrow
        for name, field in zip(names, added, strict=True):
            self._schema = self._schema.append(field.with_name(name))
        self._writer = pq.ParquetWriter(target, self._schema, **_encoding_options(source, names))

    def write(self, batch: pa.RecordBatch, added: Sequence[pa.Array]) -> None:
        """Write rows of the source with their new cells as a row group."""
        self._writer.write_batch(pa.RecordBatch.from_arrays([*batch.columns, *added], schema=self._schema))

    def close(self) -> None:
        self._writer.close()

    def __enter__(self) -> ExtendedParquetWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _encoding_options(source: pq.ParquetFile, names: list[str]) -> dict[str, Any]:
    """Codec and dictionary of each column as in the source; new columns have the codec of the first column, and the
    first of them a dictionary."""
    if not source.metadata.num_row_groups:
        return {}
    group = source.metadata.row_group(0)
    columns = [group.column(at) for at in range(group.num_columns)]
    codecs = {column.path_in_schema: column.compression for column in columns}
    codecs |= dict.fromkeys(names, columns[0].compression)
    return {
        "compression": {path: "NONE" if codec == "UNCOMPRESSED" else codec for path, codec in codecs.items()},
        "use_dictionary": [column.path_in_schema for column in columns if column.has_dictionary_page] + names[:1],
    }
