"""Rows into H2O and out of it, value for value.

Rows travel as Parquet, with the type of every column said outright, since H2O would guess: whatever the texts look
like (numbers, dates, quotes, commas, line breaks), they stay the levels that they are.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tablee.contract import Contract
from tablee.errors import TrainingFailed
from tablee_train.h2o_rest import LONG_SECONDS, Rest, segment

TARGET = "__target"
"""The target's name inside H2O: becomes part of keys, so it cannot be just anything. No column begins with `__`."""


def upload(
    rest: Rest, key: str, rows: pl.DataFrame, contract: Contract, finish: Callable[[dict[str, Any]], None]
) -> str:
    """Put the contract's columns, and the target if the rows have it, into H2O; returns the frame's key.

    :param finish: waits for a job.
    """
    frame = _selected(rows, contract)
    raw, parsed, named = f"{key}_raw", f"{key}_parsed", f"{key}_named"
    with tempfile.TemporaryDirectory(prefix="tablee-") as folder:
        path = Path(folder) / "rows.parquet"
        frame.write_parquet(path, compression="snappy")
        with path.open("rb") as file:
            rest.post(
                "/3/PostFile",
                seconds=LONG_SECONDS,
                params={"destination_frame": raw},
                files={"file": ("rows.parquet", file)},
            )
    guess = rest.post("/3/ParseSetup", seconds=LONG_SECONDS, data={"source_frames": json.dumps([raw])})
    types = ["Numeric" if dtype == pl.Float64 else "Enum" for dtype in frame.dtypes]
    form = {
        "destination_frame": parsed,
        "source_frames": json.dumps([raw]),
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
    finish(rest.post("/3/Parse", data=form)["job"])
    _name(rest, parsed, named, frame.columns)
    return named


def _selected(rows: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    target = contract.target.name
    names = [pl.col(name) for name in contract.names]
    return rows.select(*names, *([pl.col(target).alias(TARGET)] if target in rows.columns else []))


def _name(rest: Rest, source: str, named: str, names: list[str]) -> None:
    """Give the columns their names; the parser's own list of names cannot hold quotes and backslashes."""
    session = rest.post("/4/sessions")["session_key"]
    places = " ".join(str(i) for i in range(len(names)))
    quoted = " ".join('"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' for name in names)
    ast = f"(assign {named} (colnames= {source} [{places}] [{quoted}]))"
    rest.post("/99/Rapids", data={"ast": ast, "session_id": session})
    rest.delete(f"/4/sessions/{segment(session)}")


def scores(rest: Rest, model_id: str, frame: str, width: int) -> NDArray[np.float64]:
    """H2O's own n × k scores of a frame, in its order of the classes; `width` is k."""
    answer = rest.post(f"/3/Predictions/models/{segment(model_id)}/frames/{segment(frame)}", seconds=LONG_SECONDS)
    key = answer["predictions_frame"]["name"]
    table = list(csv.reader(io.StringIO(rest.text("/3/DownloadDataset", frame_id=key, hex_string="false"))))
    rest.delete(f"/3/DKV/{segment(key)}")
    try:
        return np.array([[float(cell) for cell in line[-width:]] for line in table[1:]], dtype=np.float64)
    except ValueError as error:
        raise TrainingFailed(f"H2O's predictions cannot be read: {error}") from error
