"""The ways in: each makes a block of rows, by the code that the API, the command, the page and the scorings run."""

from __future__ import annotations

import io
import struct
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tablee.datasets.reading import Corrections
from tablee.models.contract import CategoryColumn, Column, Contract, NumberColumn
from tablee.models.validation.block import Block
from tablee.models.validation.frames import FrameValidator
from tablee.tables.csv.reader import read_rows
from tablee_api.codecs import arrow_stream, json_rows, ndjson
from tablee_api.codecs.compiled_json import decoder_of
from tablee_api.codecs.csv_file import CsvFile
from tablee_api.codecs.table import Table
from tablee_api.inference.request import RowLimits
from tablee_api.protocols import inference_v2, invocations, kserve_v1
from tablee_cli.options.row import parse_row
from tablee_data import prediction_files
from ways.written import SPELLING, Row, Written, as_aligned, as_csv

Way = Callable[[Contract, Sequence[Row]], Block]
LIMITS = RowLimits(json=10_000, explained=100)
CSV = Corrections(
    format="csv",
    encoding="utf-8",
    separator=",",
    quote='"',
    escape="",
    header=True,
    skipped_lines=0,
    units_row=False,
    footer_rows=0,
)
"""The dialect of a file, which does not depend on the model, is not the subject here."""


def typed_rows(contract: Contract, rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [{SPELLING.of(name): row[name].typed for name in contract.names} for row in rows]


def typed_columns(contract: Contract, rows: Sequence[Row]) -> dict[str, list[Any]]:
    return {SPELLING.of(name): [row[name].typed for row in rows] for name in contract.names}


def checked(contract: Contract, table: Table) -> Block:
    return table.check(FrameValidator(contract), 0, table.rows, 1)


def at_once(contract: Contract, table: Table) -> Block:
    """As `checked`, but whole columns at once, as for many rows."""
    return table.check(FrameValidator(contract, few_rows=0), 0, table.rows, 1)


def served(contract: Contract) -> Any:
    """What the readers of the protocols need of a served model."""
    return SimpleNamespace(contract=contract, decoder=decoder_of(contract))


def by_json(contract: Contract, rows: Sequence[Row]) -> Block:
    return checked(contract, json_rows.parse(orjson.dumps({"rows": typed_rows(contract, rows)}), 10_000))


def by_json_columns(contract: Contract, rows: Sequence[Row]) -> Block:
    return at_once(contract, json_rows.parse(orjson.dumps({"columns": typed_columns(contract, rows)}), 10_000))


def by_compiled_json(contract: Contract, rows: Sequence[Row]) -> Block:
    body = orjson.dumps({"rows": typed_rows(contract, rows)})
    table = decoder_of(contract).read(body, 10_000) or json_rows.parse(body, 10_000)
    return checked(contract, table)


def by_compiled_json_many(contract: Contract, rows: Sequence[Row]) -> Block:
    """As `by_compiled_json`, for so many rows that they are checked column by column."""
    block = by_compiled_json(contract, [*rows] * 20)
    columns = {name: list(values)[: len(rows)] for name, values in block.columns.items()}
    return Block(columns, len(rows), warned={code: count // 20 for code, count in block.warned.items()})


def by_lane(contract: Contract, rows: Sequence[Row]) -> Block:
    """The fast lane, row by row; a row that it leaves to the ordinary path is read there."""
    blocks = []
    for row, typed in zip(rows, typed_rows(contract, rows), strict=True):
        cells = decoder_of(contract).cells(orjson.dumps({"row": typed}))
        if cells is None:
            blocks.append(by_json(contract, [row]))
        else:
            blocks.append(FrameValidator(contract).rows([dict(zip(contract.names, cells, strict=True))]))
            assert [blocks[-1].columns[name][0] for name in contract.names] == list(cells)
    return joined(contract, blocks)


def by_csv(contract: Contract, rows: Sequence[Row]) -> Block:
    return checked(contract, CsvFile(as_csv(contract, rows), contract))


def by_quoted_csv(contract: Contract, rows: Sequence[Row]) -> Block:
    """CSV that is read in the slow way, as its lines do not all end in the same way."""
    lines = as_csv(contract, rows)
    header = lines.index(b"\n")
    return at_once(contract, CsvFile(b"%b\r%b" % (lines[:header], lines[header:]), contract))


def by_ndjson(contract: Contract, rows: Sequence[Row]) -> Block:
    body = b"\n".join(orjson.dumps(row) for row in typed_rows(contract, rows))
    (table,) = ndjson.read(io.BytesIO(body), contract)
    return checked(contract, table)


def by_arrow(contract: Contract, rows: Sequence[Row]) -> Block:
    batch = arrow_batch(contract, rows)
    with tempfile.TemporaryFile() as file:
        with pa.ipc.new_stream(file, batch.schema) as writer:
            writer.write_batch(batch)
        file.flush()
        (table,) = arrow_stream.read(file, contract)
        return at_once(contract, table)


def arrow_batch(contract: Contract, rows: Sequence[Row]) -> pa.RecordBatch:
    arrays = [
        pa.array([row[column.name].typed for row in rows], pa.float64())
        if isinstance(column, NumberColumn)
        else _text_array([row[column.name] for row in rows])
        for column in contract.columns
    ]
    return pa.RecordBatch.from_arrays(arrays, names=[SPELLING.of(name) for name in contract.names])


def _text_array(cells: Sequence[Written]) -> pa.Array:
    """Numbers or booleans where all cells are, else texts: a column of Arrow has one type."""
    kinds = {type(cell.typed) for cell in cells} - {type(None)}
    if kinds <= {bool} or kinds <= {int} or kinds <= {int, float}:
        return pa.array([cell.typed for cell in cells], None if kinds else pa.string())
    return pa.array(as_texts(cells), pa.string())


def as_texts(cells: Sequence[Written]) -> list[str | None]:
    """The cells for formats whose columns have one type, here that of texts."""
    return [cell.typed if cell.typed is None or isinstance(cell.typed, str) else cell.text for cell in cells]


def tensors(contract: Contract, rows: Sequence[Row]) -> dict[str, list[Any]]:
    """By name: the cells of a tensor, which has one type."""
    cells = {column.name: [row[column.name] for row in rows] for column in contract.columns}
    return {
        SPELLING.of(column.name): [cell.typed for cell in cells[column.name]]
        if isinstance(column, NumberColumn)
        else as_texts(cells[column.name])
        for column in contract.columns
    }


def by_v2(contract: Contract, rows: Sequence[Row]) -> Block:
    inputs = [
        {"name": name, "datatype": _datatype(contract, name), "shape": [len(rows)], "data": values}
        for name, values in tensors(contract, rows).items()
    ]
    return checked(contract, inference_v2.read(orjson.dumps({"inputs": inputs}), served(contract), LIMITS))


def by_v2_binary(contract: Contract, rows: Sequence[Row]) -> Block:
    inputs, follow = [], []
    for name, values in tensors(contract, rows).items():
        if _datatype(contract, name) == "FP64":
            data = struct.pack(f"<{len(values)}d", *(float("nan") if each is None else each for each in values))
        else:
            texts = [("" if each is None else each).encode() for each in values]
            data = b"".join(struct.pack("<I", len(each)) + each for each in texts)
        parameters = {"binary_data_size": len(data)}
        inputs.append(
            {"name": name, "datatype": _datatype(contract, name), "shape": [len(rows)], "parameters": parameters}
        )
        follow.append(data)
    head = orjson.dumps({"inputs": inputs})
    body = head + b"".join(follow)
    return checked(contract, inference_v2.read(body, served(contract), LIMITS, header_length=len(head)))


def _datatype(contract: Contract, name: str) -> str:
    (column,) = (column for column in contract.columns if SPELLING.of(column.name) == name)
    return "FP64" if isinstance(column, NumberColumn) else "BYTES"


def by_kserve_v1(contract: Contract, rows: Sequence[Row]) -> Block:
    body = orjson.dumps({"instances": typed_rows(contract, rows)})
    return checked(contract, kserve_v1.read(body, served(contract), LIMITS))


def by_kserve_v1_lists(contract: Contract, rows: Sequence[Row]) -> Block:
    body = orjson.dumps({"instances": [list(row.values()) for row in typed_rows(contract, rows)]})
    return checked(contract, kserve_v1.read(body, served(contract), LIMITS))


def by_invocations(contract: Contract, rows: Sequence[Row]) -> Block:
    body = orjson.dumps({"dataframe_records": typed_rows(contract, rows)})
    return checked(contract, invocations.read_json(body, served(contract), LIMITS))


def by_invocations_split(contract: Contract, rows: Sequence[Row]) -> Block:
    data = [list(row.values()) for row in typed_rows(contract, rows)]
    body = orjson.dumps({"dataframe_split": {"columns": [SPELLING.of(name) for name in contract.names], "data": data}})
    return checked(contract, invocations.read_json(body, served(contract), LIMITS))


def by_invocations_csv(contract: Contract, rows: Sequence[Row]) -> Block:
    return checked(contract, invocations.read_csv(as_csv(contract, rows), served(contract), LIMITS))


def by_command_row(contract: Contract, rows: Sequence[Row]) -> Block:
    """`tablee predict --row`, which sends JSON."""
    blocks = []
    for row in rows:
        typed = parse_row(
            [f"{column.name}={_as_argument(row[column.name], column)}" for column in contract.columns], contract
        )
        blocks.append(checked(contract, json_rows.parse(orjson.dumps({"row": typed}), 1)))
    return joined(contract, blocks)


def _as_argument(cell: Written, column: Column) -> str:
    """A text that is a level of the model is that level; another one that means a missing value stands in quotes."""
    is_level = isinstance(column, CategoryColumn) and cell.text in column.levels
    if cell.typed is None:
        return "" if is_level else cell.text
    return f'"{cell.text}"' if cell.quoted and not is_level else cell.text


def by_file(contract: Contract, rows: Sequence[Row]) -> Block:
    """A CSV file by command, page, or scoring."""
    return _opened("rows.csv", as_csv(contract, rows), contract, CSV)


def by_aligned_file(contract: Contract, rows: Sequence[Row]) -> Block:
    """A file with runs of blanks between cells."""
    return _opened("rows.txt", as_aligned(contract, rows), contract, CSV.model_copy(update={"separator": " "}))


def by_json_lines_file(contract: Contract, rows: Sequence[Row]) -> Block:
    body = b"\n".join(orjson.dumps(row) for row in typed_rows(contract, rows))
    return _opened("rows.jsonl", body, contract, Corrections(format="jsonl", encoding="utf-8"))


def by_parquet_file(contract: Contract, rows: Sequence[Row]) -> Block:
    """A Parquet file by command, page, or scoring."""
    return _opened("rows.parquet", _parquet(contract, rows), contract, Corrections())


def by_plain_csv_scoring(contract: Contract, rows: Sequence[Row]) -> Block:
    return FrameValidator(contract).frame(read_rows(as_csv(contract, rows), contract.cell_formats))


def _parquet(contract: Contract, rows: Sequence[Row]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_batches([arrow_batch(contract, rows)]), out)
    return out.getvalue()


def _opened(filename: str, body: bytes, contract: Contract, asked: Corrections) -> Block:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / filename
        path.write_bytes(body)
        opened = prediction_files.open_file(path, filename, contract, asked)
        cells = pl.concat([part.cells for part in opened.parts(10_000)])
    return FrameValidator(contract).frame(cells)


def joined(contract: Contract, blocks: Sequence[Block]) -> Block:
    """Blocks of a row each as one."""
    whole = Block({name: [block.columns[name][0] for block in blocks] for name in contract.names}, len(blocks))
    for block in blocks:
        for code, count in block.warned.items():
            whole.warned[code] = whole.warned.get(code, 0) + count
    return whole


TEXT_FILES = ("file", "aligned_file")
"""Ways that leave out rows without a value, as a person's files have them between and below the others."""


def answered(way: str, contract: Contract, rows: Sequence[Row]) -> list[Row]:
    """The rows that a way answers."""
    if way not in TEXT_FILES or len(contract.names) == 1:  # a line of blanks or quotes is a row of one column
        return list(rows)
    return [row for row in rows if any(row[name].text.strip() for name in contract.names)]


WAYS: dict[str, Way] = {name.removeprefix("by_"): way for name, way in globals().items() if name.startswith("by_")}
