"""Validated rows to the numbers a MOJO reads: its own columns in its own order, levels as indices, NaN for missing.

Three ways that give the same numbers: a list for one row, a matrix for many, and a matrix from a polars frame. Blocks
of many rows hold polars columns, whose levels are translated by a table from the contract's order to the model's.
"""

from __future__ import annotations

import math
import struct
from typing import cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tablee.errors import BundleCorrupt
from tablee.models.contract import CategoryColumn, Contract
from tablee.models.validation.block import Block

_NAN = math.nan


class Encoder:
    """Compiled from a contract and the columns of its MOJO; threads may share it.

    A level that the MOJO does not know is scored as missing, which is what H2O does with it.
    """

    def __init__(
        self, contract: Contract, features: tuple[str, ...], domains: tuple[tuple[str, ...] | None, ...]
    ) -> None:
        """
        :raises BundleCorrupt: the MOJO reads a column that the contract lacks or knows as another kind.
        """
        self.features = features
        self._columns: list[tuple[str, _Indices | None]] = []
        self._translations: dict[str, _Translation] = {}
        known = {column.name: column for column in contract.columns}
        for name, domain in zip(features, domains, strict=True):
            column = known.get(name)
            if column is None:
                raise BundleCorrupt(f"the model reads column «{name}», which its contract does not have")
            if isinstance(column, CategoryColumn) != (domain is not None):
                kinds = ("a category", "a number") if domain is None else ("a number", "a category")
                raise BundleCorrupt(f"column «{name}» is {kinds[0]} in the contract and {kinds[1]} in the model")
            indices = None
            if domain is not None:
                indices = _Indices((level, float(index)) for index, level in enumerate(domain))
                indices[None] = _NAN
                self._translations[name] = _Translation(cast(CategoryColumn, column).levels, indices)
            self._columns.append((name, indices))

    def row(self, block: Block) -> list[float]:
        """The only row of a block."""
        out = []
        for name, indices in self._columns:
            value = block.columns[name][0]
            if indices is not None:
                out.append(indices[value])
            else:
                out.append(_NAN if value is None else value)
        return out

    def matrix(self, block: Block) -> NDArray[np.float64]:
        """All rows: n × features."""
        out = np.empty((block.rows, len(self._columns)))
        for j, (name, indices) in enumerate(self._columns):
            values = block.columns[name]
            if isinstance(values, pl.Series):
                out[:, j] = _numbers(values) if indices is None else self._translations[name](values)
            elif indices is not None:
                out[:, j] = np.frombuffer(struct.pack(f"{block.rows}d", *map(indices.__getitem__, values)))
            else:
                out[:, j] = np.array(values, dtype=np.float64)  # None becomes NaN
        return out

    def frame(self, frame: pl.DataFrame) -> NDArray[np.float64]:
        """All rows of a frame whose number columns are numeric and whose category columns are strings."""
        out = np.empty((frame.height, len(self._columns)))
        for j, (name, indices) in enumerate(self._columns):
            series = frame[name]
            if indices is not None:
                levels = cast(list[str], [level for level in indices if level is not None])
                series = series.cast(pl.String).cast(pl.Enum(levels), strict=False).to_physical()
            out[:, j] = series.cast(pl.Float64).fill_null(_NAN).to_numpy()
        return out


class _Indices(dict[str | None, float]):
    """A column's levels as the model's indices."""

    def __missing__(self, level: str | None) -> float:
        return _NAN


class _Translation:
    """The same of polars' levels."""

    def __init__(self, levels: tuple[str, ...], indices: _Indices) -> None:
        self._levels = pl.Enum(list(dict.fromkeys(levels)))
        known = self._levels.categories.to_list()
        self._indices = np.array([indices[level] for level in [*known, None]])

    def __call__(self, values: pl.Series) -> NDArray[np.float64]:
        if values.dtype != self._levels:
            values = values.cast(self._levels, strict=False)
        places = values.to_physical()
        if places.null_count():
            places = places.cast(pl.UInt32).fill_null(len(self._indices) - 1)
        return cast("NDArray[np.float64]", self._indices[places.to_numpy()])


def _numbers(values: pl.Series) -> NDArray[np.float64]:
    return values.to_numpy()  # polars itself makes NaN of null
