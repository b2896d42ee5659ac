"""Rows of a data set as the blocks that a model scores, and the choice of the golden rows."""

from __future__ import annotations

import polars as pl

from tablee.models.contract import CategoryColumn, Contract
from tablee.models.validation.block import Block


def with_known_levels(frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """The contract's columns of a frame; a level that the contract does not list becomes a missing value."""
    return frame.select(
        pl.when(pl.col(column.name).is_in(column.levels)).then(pl.col(column.name))
        if isinstance(column, CategoryColumn)
        else pl.col(column.name)
        for column in contract.columns
    )


def block(frame: pl.DataFrame, contract: Contract) -> Block:
    """The contract's columns of a frame as a block, as `with_known_levels` gives them."""
    return Block(with_known_levels(frame, contract).to_dict(as_series=False), frame.height)


def golden_rows(train: pl.DataFrame, holdout: pl.DataFrame, contract: Contract, limit: int = 200) -> pl.DataFrame:
    """Rows by which a loaded model is verified: for each column a row where it is missing, then rows of every level,
    then rows spread evenly over all.

    :returns: the contract's columns of at most `limit` rows.
    """
    rows = pl.concat([holdout, train]).select(contract.names).with_row_index("__row")
    picked: dict[int, None] = {}
    for column in contract.columns:
        _pick(picked, rows.filter(pl.col(column.name).is_null())["__row"].head(1))
    for column in contract.columns:
        if isinstance(column, CategoryColumn):
            first = rows.filter(pl.col(column.name).is_not_null()).group_by(column.name, maintain_order=True).first()
            _pick(picked, first["__row"].head(limit // 4))
    # Evenly over all rows: explanations by sampling use them as the background of unknown values, too.
    spread = min(max(limit - len(picked), 0), rows.height)
    _pick(picked, rows["__row"].gather([position * rows.height // spread for position in range(spread)]))
    return rows.filter(pl.col("__row").is_in(list(picked)[:limit])).drop("__row")


def _pick(picked: dict[int, None], rows: pl.Series) -> None:
    picked.update(dict.fromkeys(rows.to_list()))
