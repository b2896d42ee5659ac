"""k-anonymity: how many rows share the quasi-identifiers of each (Sweeney, k-anonymity: a model for protecting privacy,
International Journal on Uncertainty, Fuzziness and Knowledge-based Systems 10, 2002)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from tablee.datasets.privacy import LEVELS_OF_K, Groups

_COUNT = "__rows"
"""No column of a data set begins with two underscores."""


def groups(batches: Iterable[pl.DataFrame], columns: Sequence[str]) -> Groups:
    """Over all batches; a missing value is a value like others. Memory grows with the number of groups.

    :param columns: the quasi-identifiers; with none all rows are one group.
    """
    found: pl.DataFrame | None = None
    rows = 0
    for batch in batches:
        rows += batch.height
        if columns:
            part = batch.group_by(columns).agg(pl.len().cast(pl.Int64).alias(_COUNT))
            both = part if found is None else pl.concat([found, part])
            found = both.group_by(columns).agg(pl.col(_COUNT).sum())
    sizes = found[_COUNT] if found is not None else pl.Series([rows] if rows else [], dtype=pl.Int64)
    return Groups(
        columns=tuple(columns),
        rows=rows,
        groups=len(sizes),
        smallest=min(sizes.to_list(), default=0),
        below=tuple((k, int(sizes.filter(sizes < k).sum())) for k in LEVELS_OF_K),
    )
