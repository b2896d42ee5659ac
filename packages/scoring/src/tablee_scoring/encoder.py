"""Encodes validated rows as the numbers that a MOJO reads: its columns in its order, levels as indices, NaN for
missing.

Three methods give the same numbers: `row` for one row, `matrix` for many rows, `frame` for a polars data frame. In
blocks of many rows the columns are polars Series; a table translates their levels to the indices of the model.
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
    """The encoding of one model; threads may share it.

    A level that the MOJO does not know is encoded as missing, as H2O does.
    """

    def __init__(
        self, contract: Contract, features: tuple[str, ...], domains: tuple[tuple[str, ...] | None, ...]
    ) -> None:
        """
        :raises BundleCorrupt: the MOJO reads a column that is not in the contract, or has another kind there.
        """
        self._columns: list[tuple[str, _Indices | None]] = []
        self._translations: dict[str, _Translation] = {}
        known = {column.name: column for column in contract.columns}
        for name, domain in zip(features, domains, strict=True):
            column = known.get(name)
            if column is None:
                raise BundleCorrupt("column_not_in_contract", column=name)
            if isinstance(column, CategoryColumn) != (domain is not None):
                raise BundleCorrupt("number_in_model" if domain is None else "category_in_model", column=name)
            indices = None
            if domain is not None:
                indices = _Indices((level, float(index)) for index, level in enumerate(domain))
                indices[None] = _NAN
                self._translations[name] = _Translation(cast(CategoryColumn, column).levels, indices)
            self._columns.append((name, indices))

    def row(self, block: Block) -> list[float]:
        """The single row of a block, as a list of features."""
        out = []
        for name, indices in self._columns:
            value = block.columns[name][0]
            if indices is not None:
                out.append(indices[value])
            else:
                out.append(_NAN if value is None else value)
        return out

    def matrix(self, block: Block) -> NDArray[np.float64]:
        """All rows of a block: n × features."""
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
        """All rows of a data frame: n × features. Number columns have to be numeric, category columns strings."""
        out = np.empty((frame.height, len(self._columns)))
        for j, (name, indices) in enumerate(self._columns):
            series = frame[name]
            if indices is not None:
                levels = cast(list[str], [level for level in indices if level is not None])
                series = series.cast(pl.String).cast(pl.Enum(levels), strict=False).to_physical()
            out[:, j] = series.cast(pl.Float64).fill_null(_NAN).to_numpy()
        return out


class _Indices(dict[str | None, float]):
    """The index of each level of a column in the model; NaN for other levels."""

    def __missing__(self, level: str | None) -> float:
        return _NAN


class _Translation:
    """`_Indices` for the levels of a polars Series."""

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
