"""Rows and predictions as Arrow IPC streams."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa

from tablee.errors import InvalidRequest, MalformedBody
from tablee.errors.causes import quoted
from tablee.models.columns import Column
from tablee.models.contract import Contract
from tablee.models.validation.arrow_columns import read_column
from tablee.models.validation.checked_columns import Values
from tablee.models.validation.names import put_in_order
from tablee.tables import arrow_cells
from tablee_api.codecs.predictions import column_names, to_frame
from tablee_api.codecs.table import ColumnTable, Table
from tablee_api.inference.request import InferenceRequest, ScoredBlock, StreamEncoder
from tablee_api.inference.validate import BLOCK_ROWS

KIND = "application/vnd.apache.arrow.stream"


def read(file: BinaryIO, contract: Contract, *, ignore_unknown: bool = False) -> Iterator[Table]:
    """The rows of a file, in parts. A batch of any size stays on the disk and is mapped into memory.

    :param ignore_unknown: leave out columns that the model does not know, which may have any type.
    :raises MalformedBody: it is no Arrow IPC stream, or a broken one.
    :raises InvalidRequest: two columns have the same name.
    """
    rows = 0
    try:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # closed when its last column is released
        for batch in pa.ipc.open_stream(pa.py_buffer(mapped)):
            batch.validate(full=True)  # wrong offsets would read other memory
            for start in range(0, batch.num_rows, BLOCK_ROWS):
                table = _table(batch.slice(start, BLOCK_ROWS), contract, ignore_unknown, rows + 1)
                rows += table.rows
                yield table
    except (pa.ArrowException, OSError, ValueError) as error:
        raise MalformedBody("not_arrow", hint="send_arrow", rows=rows, error=quoted("Arrow", error)) from None


def _table(batch: pa.RecordBatch, contract: Contract, ignore_unknown: bool, first_row: int) -> Table:
    columns, ignored = {column.name: column for column in contract.columns}, set(contract.ignored)
    names: list[str] = batch.schema.names
    if len(set(names)) < len(names):
        raise InvalidRequest("column_twice", column=max(names, key=names.count))
    known: dict[str, Values] = {}
    given = put_in_order(dict(zip(names, batch.columns, strict=True)), columns.keys() | ignored)
    for name, array in given.items():
        if (column := columns.get(name)) is not None:
            known[name] = _cells(array, column, first_row)
        elif not (ignore_unknown or name in ignored):
            known[name] = [None] * batch.num_rows  # refused by its name; it may have any type
    return ColumnTable(known, batch.num_rows)


def _cells(array: pa.Array, column: Column, first_row: int) -> Values:
    """
    :raises InvalidTable: the column has a type that no cell may have, or a cell that cannot be read.
    """
    if pa.types.is_integer(array.type) or pa.types.is_floating(array.type):
        return arrow_cells.typed(array, column.name).fill_nan(None)
    return read_column(array, column, first_row)


class ArrowEncoder(StreamEncoder):
    """Writes a record batch for each part of the rows, with the columns of `to_frame`."""

    def __init__(self, request: InferenceRequest, file: BinaryIO) -> None:
        self._contract = contract = request.served.contract
        names = column_names(contract, explain=request.format.explain)
        first = pa.string() if contract.target.classes else pa.float64()
        self._schema = pa.schema([(names[0], first), *((name, pa.float64()) for name in names[1:])])
        self._writer = pa.ipc.new_stream(pa.PythonFile(file, "w"), self._schema)

    def write(self, scored: ScoredBlock) -> None:
        self._writer.write_table(to_frame(scored, self._contract).to_arrow().cast(self._schema))

    def close(self) -> None:
        self._writer.close()
