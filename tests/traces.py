"""Looks for values in every byte that a chain wrote: object store, MLflow's folder, logs, whatever is below a folder.

Files are searched as they are, in UTF-8 and UTF-16; what compresses (Parquet, gzip, zip) is opened and searched inside.
"""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path

import pyarrow.parquet as pq

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


def traces(folder: Path, values: Collection[str]) -> set[tuple[str, str]]:
    """The files below a folder and the values that were found in each or in its name.

    :param values: numbers too, as texts without a leading zero.
    """
    return {
        (str(file.relative_to(folder)), value)
        for file in folder.rglob("*")
        if file.is_file()
        for value in values
        if any(value.encode(encoding) in content for content in _contents(file) for encoding in ENCODINGS)
    }


def _contents(file: Path) -> Iterator[bytes]:
    raw = file.read_bytes()
    yield str(file).encode()
    yield raw
    if raw[:4] == b"PAR1":
        yield from _columns(file)
    elif raw[:2] == b"\x1f\x8b":
        yield gzip.decompress(raw)
    elif raw[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(file) as opened:
            yield from (opened.read(name) for name in opened.namelist())


def _columns(file: Path) -> Iterator[bytes]:
    """Every cell of every column, one a line: dictionaries, statistics and pages hold nothing else."""
    table = pq.read_table(file)
    for column in table.columns:
        cells = (f"{cell:.0f}" if isinstance(cell, float) else str(cell) for cell in column.to_pylist())
        yield "\n".join(cells).encode()
    yield repr(table.schema.metadata).encode()
