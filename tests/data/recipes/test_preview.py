"""The preview of a recipe: why a model could not learn from a column, as a code and as a sentence."""

from __future__ import annotations

import polars as pl
import pytest

from tablee.recipes import Recipe
from tablee.recipes.left_out import LeftOut, reason_to_leave_out
from tablee.recipes.steps import Drop
from tablee_data.recipes.preview import preview

ROWS = 400
FREE_TEXT = "it is free text: too many different values for a category"
LINE_BREAK = "its name has a line break, which the model's file cannot hold"
COLUMNS = {
    "nothing": (pl.Series("nothing", [None] * ROWS, pl.Float64), LeftOut.EMPTY, "it is empty"),
    "same": (pl.Series("same", ["a"] * ROWS), LeftOut.CONSTANT, "it has one value only"),
    "note": (pl.Series("note", [f"text {n}" for n in range(ROWS)]), LeftOut.FREE_TEXT, FREE_TEXT),
    "a\nb": (pl.Series("a\nb", [float(n % 7) for n in range(ROWS)]), LeftOut.LINE_BREAK, LINE_BREAK),
    "age": (pl.Series("age", [float(n % 60) for n in range(ROWS)]), None, None),
}
TABLE = pl.DataFrame([series for series, _, _ in COLUMNS.values()])


@pytest.mark.parametrize("name", COLUMNS)
def test_each_column_has_its_reason(name: str) -> None:
    series, code, sentence = COLUMNS[name]
    made = preview(Recipe(), TABLE, 5)
    assert made.left_out.get(name) is code
    assert made.fitted is not None
    assert made.fitted.left_out.get(name) == sentence
    assert reason_to_leave_out(series) is code


def test_the_reasons_are_there_if_no_column_is_left() -> None:
    made = preview(Recipe(steps=(Drop(columns=("age",)),)), TABLE, 5)
    assert made.fitted is None
    assert set(made.left_out) == set(COLUMNS) - {"age"}
    assert [fault.step for fault in made.faults] == [None]
