"""Parquet files are read in parts and written with new columns in the source's encoding."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tablee.tables import parquet
from tablee.tables.parquet import ExtendedParquetWriter, parquet_parts


def file(table: pa.Table, **options: object) -> pq.ParquetFile:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return pq.ParquetFile(out)


@pytest.mark.parametrize(("max_rows", "rows"), [(1, [1] * 5), (2, [2, 2, 1]), (5, [5]), (9, [5])])
def test_parts_count_rows_from_one(max_rows: int, rows: list[int]) -> None:
    source = file(pa.table({"a": range(5)}), row_group_size=5)
    parts = list(parquet_parts(source, max_rows))
    assert [batch.num_rows for _, batch in parts] == rows
    assert [first for first, _ in parts] == [1 + sum(rows[:at]) for at in range(len(rows))]


def test_wide_tables_have_smaller_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "MAX_CELLS", 6)
    sizes = [batch.num_rows for _, batch in parquet_parts(file(pa.table({"a": range(4), "b": range(4)})), 9)]
    assert sizes == [3, 1]
    monkeypatch.setattr(parquet, "MAX_CELLS", 1)
    assert [first for first, _ in parquet_parts(file(pa.table({"a": [1, 2], "b": [1, 2]})), 9)] == [1, 2]


def test_new_columns_have_free_names_and_the_codec_of_the_first_column() -> None:
    source = file(
        pa.table({"a": ["x", "y"], "p": [1, 2]}), compression={"a": "GZIP", "p": "NONE"}, use_dictionary=["a"]
    )
    target = io.BytesIO()
    with ExtendedParquetWriter(source, target, [pa.field("p", pa.string()), pa.field("q", pa.float64())]) as writer:
        for _, batch in parquet_parts(source, 1):
            writer.write(batch, [pa.array(["z"]), pa.array([0.5])])
    found = pq.ParquetFile(target)
    assert found.read().to_pydict() == {"a": ["x", "y"], "p": [1, 2], "p_1": ["z", "z"], "q": [0.5, 0.5]}
    columns = [found.metadata.row_group(0).column(at) for at in range(4)]
    assert [column.compression for column in columns] == ["GZIP", "UNCOMPRESSED", "GZIP", "GZIP"]
    assert [column.has_dictionary_page for column in columns] == [True, False, True, False]


def test_a_file_without_rows_can_be_extended() -> None:
    target = io.BytesIO()
    ExtendedParquetWriter(file(pa.table({"a": pa.array([], pa.int8())})), target, [pa.field("p", pa.string())]).close()
    assert pq.read_table(target).schema.names == ["a", "p"]
