"""The names of columns in rows to be predicted: put in order as those of a file that becomes a data set are."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TypeVar

from tablee.tables.column_names import clean_name

Cells = TypeVar("Cells")


def put_in_order(row: Mapping[str, Cells], known: Container[str]) -> Mapping[str, Cells]:
    """A row, or columns, with names that are known: ` job` is `job` to a model that knows only the latter, since the
    blank was removed when its data set was added. Other names stay as they are, and so does a name whose other form is
    there, too."""
    if all(name in known for name in row):
        return row
    found: dict[str, Cells] = {}
    for name, cells in row.items():
        clean = name if name in known else clean_name(name)
        found[clean if clean in known and clean not in found and (clean == name or clean not in row) else name] = cells
    return found
