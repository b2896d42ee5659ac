"""k-anonymity: how many rows share the quasi-identifiers of each row (Sweeney, k-anonymity: a model for protecting
privacy, International Journal on Uncertainty, Fuzziness and Knowledge-based Systems 10, 2002)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from tablee.datasets.privacy import LEVELS_OF_K, EquivalenceClasses

_COUNT = "__rows"
"""No column of a data set begins with two underscores."""


def equivalence_classes(batches: Iterable[pl.DataFrame], columns: Sequence[str]) -> EquivalenceClasses:
    """Count the equivalence classes over all batches: rows with the same quasi-identifiers are one class. A missing
    value is a value like others. Memory grows with the number of classes.

    :param columns: the quasi-identifiers; if there are none, all rows are one class.
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
    return EquivalenceClasses(
        columns=tuple(columns),
        rows=rows,
        groups=len(sizes),
        smallest=min(sizes.to_list(), default=0),
        below=tuple((k, int(sizes.filter(sizes < k).sum())) for k in LEVELS_OF_K),
    )
