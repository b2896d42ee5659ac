"""Golden rows: every level, a missing value of each column, and a fair spread of all rows."""

from __future__ import annotations

import polars as pl

from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee_train.data.rows import golden_rows

CONTRACT = Contract(
    model="m",
    columns=(
        NumberColumn(name="n", minimum=0, maximum=999),
        CategoryColumn(name="c", levels=("a", "b", "rare")),
    ),
    target=Target(name="y", problem_type=ProblemType.REGRESSION),
)


def frame(rows: int) -> pl.DataFrame:
    """Sorted as people's files are: the first half “a”, the second “b”, one missing number at the end."""
    levels = ["a"] * (rows // 2) + ["b"] * (rows - rows // 2 - 1) + ["rare"]
    return pl.DataFrame({"n": [float(i) for i in range(rows - 1)] + [None], "c": levels, "y": [0.0] * rows})


def test_golden_rows_stand_for_all_rows() -> None:
    golden = golden_rows(frame(450), frame(50), CONTRACT, limit=200)
    assert golden.columns == ["n", "c"]
    assert 180 <= golden.height <= 200
    assert golden["n"].null_count() >= 1
    assert set(golden["c"]) == {"a", "b", "rare"}
    share = (golden["c"] == "a").mean()
    assert isinstance(share, float)
    assert abs(share - 0.5) < 0.05


def test_few_rows_are_all_golden() -> None:
    assert golden_rows(frame(30), frame(6), CONTRACT).height == 36
