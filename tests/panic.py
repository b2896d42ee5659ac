"""A real panic of a library: polars gives it to Python as a `BaseException`."""

from __future__ import annotations

import polars as pl
import pyarrow as pa


def panic() -> None:
    """Show a day that no calendar has."""
    pl.Series(pl.from_arrow(pa.array([2**31 - 1], pa.int32()).cast(pa.date32()))).dt.strftime("%Y")
