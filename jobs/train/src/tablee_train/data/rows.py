"""Frames of a data set as the blocks that a model scores."""

from __future__ import annotations

import polars as pl

from tablee.models.contract import Block, CategoryColumn, Contract


def known(frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """The contract's columns of a frame; a level the contract does not know becomes missing."""
    return frame.select(
        pl.when(pl.col(column.name).is_in(column.levels)).then(pl.col(column.name))
        if isinstance(column, CategoryColumn)
        else pl.col(column.name)
        for column in contract.columns
    )


def block(frame: pl.DataFrame, contract: Contract) -> Block:
    """The same as a block."""
    return Block(known(frame, contract).to_dict(as_series=False), frame.height)


def golden_rows(train: pl.DataFrame, holdout: pl.DataFrame, contract: Contract, limit: int = 200) -> pl.DataFrame:
    """Rows to prove a model by: of each column a row that lacks it, then rows of every level, then a spread of all.

    Input columns only, at most `limit` rows.
    """
    rows = pl.concat([holdout, train]).select(contract.names).with_row_index("__row")
    picked: dict[int, None] = {}
    for column in contract.columns:
        _take(picked, rows.filter(pl.col(column.name).is_null())["__row"].head(1))
    for column in contract.columns:
        if isinstance(column, CategoryColumn):
            first = rows.filter(pl.col(column.name).is_not_null()).group_by(column.name, maintain_order=True).first()
            _take(picked, first["__row"].head(limit // 4))
    # Evenly over all rows, for these also stand for "not known" when predictions are explained by sampling.
    spread = min(max(limit - len(picked), 0), rows.height)
    _take(picked, rows["__row"].gather([place * rows.height // spread for place in range(spread)]))
    return rows.filter(pl.col("__row").is_in(list(picked)[:limit])).drop("__row")


def _take(picked: dict[int, None], rows: pl.Series) -> None:
    picked.update(dict.fromkeys(rows.to_list()))
