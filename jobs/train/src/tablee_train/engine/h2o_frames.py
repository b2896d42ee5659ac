"""Frames of rows in H2O: uploaded to it, or read by its nodes out of the object store; values stay exactly the same.

Rows travel as Parquet, and the type of every column is given, since H2O would guess it: texts that look like numbers
or dates, or that hold quotes, commas or line breaks, stay levels.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tablee.errors import TrainingFailed
from tablee.errors.causes import quoted
from tablee.models.contract import Contract
from tablee_train.engine.base import TrainingRows
from tablee_train.engine.h2o_cluster import ClusterMonitor
from tablee_train.engine.h2o_rest import LONG_SECONDS, H2oRest, path_segment

TARGET = "__target"
"""The target's name inside H2O. It becomes part of keys, which allow few characters. No column begins with `__`."""


def upload(monitor: ClusterMonitor, key: str, rows: pl.DataFrame, contract: Contract) -> str:
    """Upload the contract's columns, and the target if the rows have it; returns H2O's key of the frame."""
    frame = _selected(rows, contract)
    with tempfile.TemporaryDirectory(prefix="tablee-") as folder:
        path = Path(folder) / "rows.parquet"
        frame.write_parquet(path, compression="snappy")
        raw = _post(monitor, f"{key}_raw", path)
    numbers = _numbers(frame)
    _parse(monitor, [raw], f"{key}_parsed", [name in numbers for name in frame.columns])
    return _name(monitor.rest, key, list(range(frame.width)), frame.columns)


def read(monitor: ClusterMonitor, key: str, rows: TrainingRows, contract: Contract) -> str:
    """Have H2O's nodes read the partitions of training rows themselves; returns H2O's key of the frame.

    :raises TrainingFailed: H2O cannot read the partitions.
    """
    try:
        if all(address.isascii() for address in rows.addresses):
            raw = _imported(monitor, rows.addresses)
        else:  # H2O corrupts other characters of a path
            raw = [_post(monitor, f"{key}_raw{i}", Path(address)) for i, address in enumerate(rows.addresses)]
        numbers = _numbers(rows.frame) if rows.numbers is None else rows.numbers
        _parse(monitor, raw, f"{key}_parsed", [name in numbers for name in rows.columns])
    except TrainingFailed as error:
        raise TrainingFailed("partitions_not_read", cause=error, hint="h2o_reads_store") from error
    target = contract.target.name
    positions = [rows.columns.index(name) for name in (*contract.names, target)]
    return _name(monitor.rest, key, positions, [*contract.names, TARGET])


def _post(monitor: ClusterMonitor, raw: str, path: Path) -> str:
    with path.open("rb") as file:
        monitor.during(
            lambda: monitor.rest.post(
                "/3/PostFile",
                seconds=LONG_SECONDS,
                params={"destination_frame": raw},
                files={"file": ("rows.parquet", file)},
            )
        )
    return raw


def _imported(monitor: ClusterMonitor, addresses: Sequence[str]) -> list[str]:
    """H2O's keys of files that its nodes read, in the order of the files."""
    form = {"paths": json.dumps(addresses), "pattern": ""}
    answer = monitor.during(lambda: monitor.rest.post("/3/ImportFilesMulti", seconds=LONG_SECONDS, data=form))
    keys: list[str] = answer["destination_frames"]
    if len(keys) != len(addresses):  # H2O leaves out files that it does not see, without an error
        raise TrainingFailed(
            "partitions_missing", found=len(keys), parts=len(addresses), folder=addresses[0].rpartition("/")[0]
        )
    return [key for _, key in sorted(zip(answer["files"], keys, strict=True))]


def _numbers(frame: pl.DataFrame) -> frozenset[str]:
    return frozenset(name for name, dtype in frame.schema.items() if dtype == pl.Float64)


def _parse(monitor: ClusterMonitor, raw: Sequence[str], parsed: str, numbers: Sequence[bool]) -> None:
    """Parse raw files into the frame `parsed`.

    :param numbers: for each column whether it holds numbers.
    """
    sources = {"source_frames": json.dumps(raw)}
    guess = monitor.during(lambda: monitor.rest.post("/3/ParseSetup", seconds=LONG_SECONDS, data=sources))
    types = ["Numeric" if number else "Enum" for number in numbers]
    form = {
        "destination_frame": parsed,
        **sources,
        "parse_type": "PARQUET",
        "separator": guess["separator"],
        "number_columns": len(types),
        "single_quotes": "false",
        "column_names": json.dumps([f"c{i}" for i in range(len(types))]),
        "column_types": json.dumps(types),
        "check_header": guess["check_header"],
        "chunk_size": guess["chunk_size"],
        "delete_on_done": "true",
    }
    monitor.until_done(monitor.rest.post("/3/Parse", data=form)["job"])


def _selected(rows: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    target = contract.target.name
    names = [pl.col(name) for name in contract.names]
    return rows.select(*names, *([pl.col(target).alias(TARGET)] if target in rows.columns else []))


def _name(rest: H2oRest, key: str, positions: list[int], names: list[str]) -> str:
    """Name the columns at these positions; returns H2O's key of the frame.

    The parser's own list of names cannot hold quotes and backslashes.
    """
    session = rest.post("/4/sessions")["session_key"]
    chosen = " ".join(str(position) for position in positions)
    order = " ".join(str(i) for i in range(len(names)))
    quoted = " ".join('"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' for name in names)
    ast = f"(assign {key}_named (colnames= (cols {key}_parsed [{chosen}]) [{order}] [{quoted}]))"
    rest.post("/99/Rapids", data={"ast": ast, "session_id": session})
    rest.delete(f"/4/sessions/{path_segment(session)}")
    return f"{key}_named"


def scores(monitor: ClusterMonitor, model_id: str, frame: str, width: int) -> NDArray[np.float64]:
    """H2O's own scores of a frame (n × `width`), in H2O's order of the classes."""
    path = f"/3/Predictions/models/{path_segment(model_id)}/frames/{path_segment(frame)}"
    answer = monitor.during(lambda: monitor.rest.post(path, seconds=LONG_SECONDS))
    key = answer["predictions_frame"]["name"]
    text = monitor.during(lambda: monitor.rest.text("/3/DownloadDataset", frame_id=key, hex_string="false"))
    table = list(csv.reader(io.StringIO(text)))
    monitor.rest.delete(f"/3/DKV/{path_segment(key)}")
    try:
        return np.array([[float(cell) for cell in line[-width:]] for line in table[1:]], dtype=np.float64)
    except ValueError as error:
        raise TrainingFailed("predictions_not_read", error=quoted("H2O", error)) from error
