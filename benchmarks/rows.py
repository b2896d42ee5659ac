"""The rows that the benchmark's models are trained on and asked about, made by a formula.

number_01 … number_10 are normal, rounded to four decimals; category_01 … category_10 are uniform over 3 … 12 levels.
With x the numbers and c the levels' indices, z = Σ sin(j·x_j) / √j + Σ cos(j·c_j) / 2 + x_1 · [c_1 = 0].

outcome   "yes" with probability 1 / (1 + e^-z), else "no"
grade     z plus normal noise, cut at its terciles: "high", "low" or "middle"
"""

from __future__ import annotations

import numpy as np
import polars as pl

COUNT = 20_000
COLUMNS = 10
NUMBERS = tuple(f"number_{j:02}" for j in range(1, COLUMNS + 1))
CATEGORIES = tuple(f"category_{j:02}" for j in range(1, COLUMNS + 1))
FEATURES = NUMBERS + CATEGORIES
CLASSES = {"outcome": ("no", "yes"), "grade": ("high", "low", "middle")}


def levels(j: int) -> tuple[str, ...]:
    """The levels of the j-th category column (counted from 1)."""
    return tuple(f"level {i:02}" for i in range(2 + j))


def made(count: int = COUNT, seed: int = 1) -> pl.DataFrame:
    """`count` rows of 20 features and the two targets; the same for the same seed."""
    draw = np.random.default_rng(seed)
    numbers = draw.normal(size=(count, COLUMNS)).round(4)
    codes = np.column_stack([draw.integers(0, 2 + j, count) for j in range(1, COLUMNS + 1)])
    weights = np.arange(1, COLUMNS + 1)
    z = (np.sin(weights * numbers) / np.sqrt(weights)).sum(axis=1) + np.cos(weights * codes).sum(axis=1) / 2
    z += numbers[:, 0] * (codes[:, 0] == 0)
    outcome = draw.random(count) < 1 / (1 + np.exp(-z))
    noisy = z + draw.normal(size=count)
    grade = np.digitize(noisy, np.quantile(noisy, [1 / 3, 2 / 3]))
    frame = {name: numbers[:, j] for j, name in enumerate(NUMBERS)}
    texts = {name: np.array(levels(j))[codes[:, j - 1]] for j, name in enumerate(CATEGORIES, 1)}
    targets = {
        "outcome": np.array(["no", "yes"])[outcome.astype(int)],
        "grade": np.array(["low", "middle", "high"])[grade],
    }
    return pl.DataFrame(frame | texts | targets)
