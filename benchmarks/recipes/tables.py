"""Public tables in Python packages, which are unpacked below `.tablee/bench` and never imported."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.models import KEPT

PACKAGES = ("vega_datasets==0.9.0", "palmerpenguins==0.1.4", "statsmodels==0.14.6")


@dataclass(frozen=True)
class Table:
    """A table with its target. `written` tells whether we rewrote its cells as people write them."""

    name: str
    source: str
    target: str
    frame: pl.DataFrame
    written: bool = False


def every() -> list[Table]:
    """All tables: with their own dates, with clean cells, and rewritten as people write."""
    root = unpacked()
    vega, statsmodels = root / "vega_datasets" / "_data", root / "statsmodels" / "datasets"
    penguins = pl.read_csv(root / "palmerpenguins" / "data" / "penguins-raw.csv", null_values="NA", infer_schema=False)
    fair = pl.read_csv(statsmodels / "fair" / "fair.csv").with_columns(
        pl.when(pl.col("affairs") > 0).then(pl.lit("yes")).otherwise(pl.lit("no")).alias("affairs")
    )
    anes = pl.read_csv(statsmodels / "anes96" / "anes96.csv", separator="\t", quote_char="'")
    temperatures = pl.read_csv(vega / "seattle-temps.csv")
    weather = pl.read_csv(vega / "seattle-weather.csv")
    return [
        Table("seattle-temps", "vega_datasets", "temp", temperatures.gather_every(4)),
        Table("seattle-weather", "vega_datasets", "temp_max", weather.drop("temp_min")),
        Table("stocks", "vega_datasets", "price", pl.read_csv(vega / "stocks.csv")),
        Table("penguins-raw", "palmerpenguins", "Body Mass (g)", penguins.drop("Individual ID", "Comments")),
        Table("anes96", "statsmodels", "vote", anes),
        Table("fair, a third", "statsmodels", "affairs", fair.gather_every(3)),
        Table("fair, written", "statsmodels", "affairs", by_hand(fair.gather_every(3), "affairs"), written=True),
        Table("anes96, written", "statsmodels", "vote", by_hand(anes, "vote"), written=True),
    ]


def by_hand(frame: pl.DataFrame, target: str) -> pl.DataFrame:
    """The same table as a person types it: numbers with spaces, commas and a unit, levels in three spellings."""
    draw = np.random.default_rng(5)
    spellings: list[Callable[[str], str]] = [str, str.upper, lambda text: f" {text.lower()} "]

    def typed(series: pl.Series) -> pl.Series:
        if series.name == target:
            return series
        few = series.n_unique() <= 8
        texts = [
            None
            if value is None
            else spellings[int(draw.integers(3))](f"niveau {chr(97 + round(value))}")
            if few
            else f"{value * 1000:,.1f} €".replace(",", "\u202f").replace(".", ",")
            for value in series.to_list()
        ]
        return pl.Series(series.name, texts)

    return frame.select(typed(series) for series in frame)


def unpacked() -> Path:
    """The directory with the files of the packages; they are downloaded once."""
    root = KEPT / "tables"
    if not (root / "done").exists():
        uv = Path(sys.executable).with_name("uv")
        command = [str(uv), "pip", "install", "--quiet", "--no-deps", "--target", str(root), *PACKAGES]
        subprocess.run(command, check=True)
        (root / "done").touch()
    return root
