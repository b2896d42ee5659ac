"""The parameters that steps learn from training rows, at their limits."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tablee.errors import InvalidRecipe
from tablee.recipes import Recipe
from tablee.recipes.fitting import (
    LearntSteps,
    OutputColumn,
    fit,
    kinds_of,
    learn,
)
from tablee.recipes.left_out import LeftOut
from tablee.recipes.steps import Bin, Cap, Drop, Fill, Log, RareLevels


def numbers(*values: float | None) -> pl.DataFrame:
    return pl.DataFrame({"n": values}, schema={"n": pl.Float64})


def texts(*values: str | None) -> pl.DataFrame:
    return pl.DataFrame({"t": values}, schema={"t": pl.String})


def learnt(step: Any, frame: pl.DataFrame) -> dict[str, Any]:
    return learn(step, frame).learnt


def test_a_level_with_exactly_the_least_number_of_rows_is_kept() -> None:
    frame = texts(*["b"] * 3, *["a"] * 2, "c", None, None, None, None)
    assert learnt(RareLevels(column="t", least=2), frame) == {"levels": ("a", "b")}
    assert learnt(RareLevels(column="t", least=3), frame) == {"levels": ("b",)}
    assert learnt(RareLevels(column="t", least=4), frame) == {"levels": ()}
    assert learnt(RareLevels(column="t", least=1), frame) == {"levels": ("a", "b", "c")}


def test_the_most_frequent_levels_are_kept_equal_ones_by_name() -> None:
    frame = texts(*"ddd", *"cc", *"bb", *"aa")
    assert learnt(RareLevels(column="t", least=1, most=2), frame) == {"levels": ("a", "d")}
    assert learnt(RareLevels(column="t", least=1, most=3), frame) == {"levels": ("a", "b", "d")}
    assert learnt(RareLevels(column="t", least=1, most=9), frame) == {"levels": ("a", "b", "c", "d")}


def test_given_levels_are_not_learnt() -> None:
    step = RareLevels(column="t", levels=("x",))
    assert learn(step, texts("a", "b")) is step


def test_bounds_are_values_of_the_column() -> None:
    frame = numbers(*range(1, 12), None)
    assert learnt(Cap(column="n", low_share=0.0, high_share=0.0), frame) == {"low": 1.0, "high": 11.0}
    assert learnt(Cap(column="n", low_share=0.1, high_share=0.2), frame) == {"low": 2.0, "high": 9.0}
    assert learnt(Cap(column="n", low_share=0.15, high_share=0.15), frame) == {"low": 2.0, "high": 10.0}
    assert learnt(Cap(column="n"), numbers(None, None)) == {"low": None, "high": None}


@pytest.mark.parametrize(
    ("given", "low", "high"),
    [
        ({"low": 50.0}, 50.0, 50.0),  # above all values: the learnt upper bound gives way
        ({"high": -3.0}, -3.0, -3.0),
        ({"low": 11.0}, 11.0, 11.0),
        ({"low": 5.0}, 5.0, 11.0),
        ({"high": 5.0}, 1.0, 5.0),
        ({"low": 4.0, "high": 4.0}, 4.0, 4.0),
        ({"low": 0.0}, 0.0, 11.0),
        ({"high": 0.0}, 0.0, 0.0),
    ],
)
def test_a_given_bound_stands_and_the_learnt_one_never_crosses_it(
    given: dict[str, float], low: float, high: float
) -> None:
    step = Cap(column="n", low_share=0.0, high_share=0.0, **given)
    assert learnt(step, numbers(*range(1, 12))) == {"low": low, "high": high}


def test_the_lower_bound_may_not_be_above_the_upper_one() -> None:
    with pytest.raises(ValueError, match="a lower bound that is not above the upper one: 2 is above 1"):
        Cap(column="n", low=2, high=1)


def test_missing_values_are_filled_with_what_the_rows_have() -> None:
    assert learnt(Fill(column="n", by="median"), numbers(4, 1, 2, None)) == {"value": 2.0}
    assert learnt(Fill(column="n", by="median"), numbers(1, 2)) == {"value": 1.5}
    assert learnt(Fill(column="n", by="median"), numbers(None)) == {"value": None}
    assert learnt(Fill(column="t", by="most_frequent"), texts("b", "a", "b", "a", None, None, None)) == {"value": "a"}
    assert learnt(Fill(column="t", by="most_frequent"), texts(None)) == {"value": None}
    assert learnt(Fill(column="n", by="median", value=0.0), numbers(5)) == {"value": 0.0}, "a given value stands"
    assert learnt(Fill(column="t", by="most_frequent", value=""), texts("a")) == {"value": ""}


def test_an_edge_is_never_the_least_value() -> None:
    """The range below it would be empty."""
    assert learnt(Bin(column="n", bins=4), numbers(*range(1, 101))) == {"edges": (26.0, 51.0, 75.0)}
    assert learnt(Bin(column="n", bins=4), numbers(0, 0, 0, 5)) == {"edges": ()}
    assert learnt(Bin(column="n", bins=4), numbers(0, 0, 5, 5)) == {"edges": (5.0,)}
    assert learnt(Bin(column="n", bins=2), numbers(0, 1)) in ({"edges": (1.0,)}, {"edges": ()})
    assert learnt(Bin(column="n"), numbers(None)) == {"edges": ()}
    assert learnt(Bin(column="n", edges=(3.0,)), numbers(0, 1)) == {"edges": (3.0,)}


def test_steps_that_learn_nothing_stay_as_they_are() -> None:
    for step in (Log(column="n"), Fill(column="n", value=1.0), Drop(columns=("n",))):
        assert learn(step, numbers(1, 2)) is step
        assert step.learnt == {}


def test_levels_are_those_of_texts_a_model_can_learn_from() -> None:
    assert OutputColumn.of(pl.Series("t", ["b", None, "a", "b"])) == OutputColumn("t", None, ("a", "b"))
    assert OutputColumn.of(pl.Series("n", [1.0, 2.0])) == OutputColumn("n", None, None)
    assert OutputColumn.of(pl.Series("t", ["a", "a"])) == OutputColumn("t", LeftOut.CONSTANT, ())


def test_each_step_learns_from_what_the_steps_before_it_made() -> None:
    recipe = Recipe.model_validate(
        {
            "steps": [
                {"kind": "log", "column": "n", "to": "l"},
                {"kind": "fill", "column": "l", "by": "median"},
                {"kind": "drop", "columns": ["n"]},
            ]
        }
    )
    steps = LearntSteps.of(recipe, numbers(1, 1, 1, -5))
    assert steps.steps[1].learnt == {"value": 0.0}
    assert [list(kinds) for kinds in steps.kinds] == [["n"], ["n", "l"], ["n", "l"], ["l"]]
    assert steps.apply(numbers(1, -2)).to_dict(as_series=False) == {"l": [0.0, 0.0]}


def test_dates_that_are_left_become_days() -> None:
    recipe = Recipe.model_validate({"steps": [{"kind": "parse_date", "column": "t"}]})
    frame = texts("1970-01-02", "1970-01-04", "no date")
    assert LearntSteps.of(recipe, frame).apply(frame)["t"].to_list() == [1.0, 3.0, None]
    fitted = fit(recipe, frame)
    assert [(feature.name, feature.kind, feature.sources) for feature in fitted.features] == [("t", "number", ("t",))]


def test_columns_of_no_use_are_named_with_the_reason() -> None:
    frame = pl.DataFrame({"a": [1.0, 1.0], "b": [2.0, 3.0]})
    fitted = fit(Recipe(), frame)
    assert (fitted.left_out, [feature.name for feature in fitted.features]) == ({"a": "it has one value only"}, ["b"])
    with pytest.raises(InvalidRecipe, match=r"no column to learn from \(“a”: it has one value only\)"):
        fit(Recipe(), frame.select("a"))


def test_the_type_of_a_column_decides_whether_it_holds_numbers() -> None:
    assert kinds_of(pl.DataFrame({"n": [1.0], "t": ["x"]})) == {"n": "number", "t": "text"}
