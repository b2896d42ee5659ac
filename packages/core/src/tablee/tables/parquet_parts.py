"""A Parquet file in parts, and such parts with columns at their right in a file like it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tablee.tables.csv_bytes import fresh

CELLS = 2_000_000
"""About the most cells of a part; bounds the memory of wide tables."""


def batches(file: pq.ParquetFile, max_rows: int) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The file's rows in parts, each with the row (from 1) that it begins with."""
    size = max(min(max_rows, CELLS // max(len(file.schema_arrow), 1)), 1)
    row = 1
    for batch in file.iter_batches(size):
        if batch.num_rows:
            yield row, batch
            row += batch.num_rows


class Widened:
    """A Parquet file like another, with its types, codecs and dictionaries, and more columns at the right."""

    def __init__(self, source: pq.ParquetFile, target: Any, added: Sequence[pa.Field]) -> None:
        """
        :param target: a path, or a file open for writing.
        :param added: the new columns; one whose name is taken gets a number behind it.
        """
        names = fresh([field.name for field in added], source.schema_arrow.names)
        self._schema = source.schema_arrow
        for name, field in zip(names, added, strict=True):
            self._schema = self._schema.append(field.with_name(name))
        self._writer = pq.ParquetWriter(target, self._schema, **_as_written(source, names))

    def write(self, batch: pa.RecordBatch, added: Sequence[pa.Array]) -> None:
        """Rows of the source with their new cells, as a row group."""
        self._writer.write_batch(pa.RecordBatch.from_arrays([*batch.columns, *added], schema=self._schema))

    def close(self) -> None:
        self._writer.close()

    def __enter__(self) -> Widened:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _as_written(file: pq.ParquetFile, names: list[str]) -> dict[str, Any]:
    """Each column's codec and whether it has a dictionary, as in the source; new ones have the codec of the first."""
    if not file.metadata.num_row_groups:
        return {}
    group = file.metadata.row_group(0)
    columns = [group.column(at) for at in range(group.num_columns)]
    codecs = {column.path_in_schema: column.compression for column in columns}
    codecs |= dict.fromkeys(names, columns[0].compression)
    return {
        "compression": {path: "NONE" if codec == "UNCOMPRESSED" else codec for path, codec in codecs.items()},
        "use_dictionary": [column.path_in_schema for column in columns if column.has_dictionary_page] + names[:1],
    }
