"""A fitted recipe: where its features come from, which steps they need, what a model reads."""

from __future__ import annotations

import sys

from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target, TextColumn
from tablee.models.problem import ProblemType
from tablee.recipes.fitted import Feature, FittedRecipe, kinds_before, needed, outputs, traced
from tablee.recipes.steps import CleanText, DateParts, Drop, Elapsed, Fill, Formula, ParseDate, ParseNumber, Ratio

PARSE = ParseDate(column="d")
PARTS = DateParts(column="d", parts=("year", "month", "day"))
RATIO = Ratio(numerator="a", denominator="b", to="r")
FORMULA = Formula(to="f", expression="r * 2 + a")


def test_the_columns_that_each_step_writes() -> None:
    assert outputs(PARSE) == ("d",)
    assert outputs(ParseDate(column="d", to="e")) == ("e",)
    assert outputs(PARTS) == ("d.year", "d.month", "d.day")
    assert outputs(RATIO) == ("r",)
    assert outputs(Elapsed(start="d", end="e", to="x")) == ("x",)
    assert outputs(Drop(columns=("a",))) == ()


def test_columns_are_traced_to_the_inputs_in_the_order_in_which_they_are_read() -> None:
    inputs = dict.fromkeys("abd", "number")
    found = traced((PARSE, PARTS, RATIO, FORMULA), inputs)
    assert found["d.month"] == ("d",)
    assert found["r"] == ("a", "b")
    assert found["f"] == ("a", "b")
    assert traced((Ratio(numerator="b", denominator="a", to="r"), FORMULA), inputs)["f"] == ("b", "a")
    assert found["a"] == ("a",)


def test_only_the_steps_that_features_come_from_are_kept() -> None:
    steps = (PARSE, PARTS, RATIO, FORMULA)
    assert needed(steps, frozenset({"f"})) == (RATIO, FORMULA)
    assert needed(steps, frozenset({"r"})) == (RATIO,)
    assert needed(steps, frozenset({"a"})) == ()
    assert needed(steps, frozenset({"d.month"})) == (PARSE, DateParts(column="d", parts=("month",)))
    assert needed(steps, frozenset({"d", "r"})) == (PARSE, RATIO)


def test_a_step_that_overwrites_a_column_needs_the_steps_before_it() -> None:
    steps = (CleanText(column="t"), Fill(column="t", value="x"), ParseNumber(column="t", to="n"))
    assert needed(steps, frozenset({"n"})) == steps
    assert needed(steps, frozenset({"t"})) == steps[:2]


def test_the_kinds_of_columns_before_each_step_and_after_the_last() -> None:
    assert kinds_before((PARSE, PARTS), {"d": "text"}) == [
        {"d": "text"},
        {"d": "date"},
        {"d": "date", "d.year": "number", "d.month": "number", "d.day": "number"},
    ]


def recipe() -> FittedRecipe:
    features = (
        Feature(name="d.month", kind="number", sources=("d",)),
        Feature(name="ville", kind="category", levels=("lyon", "paris"), sources=("ville",)),
        Feature(name="x", kind="number", sources=("x",)),
    )
    steps = (CleanText(column="ville"), PARSE, DateParts(column="d", parts=("month",)))
    return FittedRecipe(inputs={"d": "text", "ville": "text", "x": "number"}, steps=steps, features=features)


def test_inputs_of_steps_and_what_they_are_read_as() -> None:
    made = recipe()
    assert made.step_inputs == {"d", "ville"}
    assert [made.reads_as(name) for name in ("d", "ville", "x")] == ["date", "text", "text"]
    number = made.model_copy(update={"steps": (ParseNumber(column="ville"),)})
    assert number.reads_as("ville") == "number"
    assert made.sources == {"d.month": ("d",), "ville": ("ville",), "x": ("x",)}


def test_the_features_take_the_place_of_the_contracts_columns() -> None:
    columns = (TextColumn(name="d"), TextColumn(name="ville"), NumberColumn(name="x", minimum=1, maximum=2))
    contract = Contract(model="m", columns=columns, target=Target(name="y", problem_type=ProblemType.REGRESSION))
    month, ville, x = recipe().contract(contract).columns
    most = sys.float_info.max
    assert month == NumberColumn(name="d.month", minimum=-most, maximum=most, missing=0.0)
    assert ville == CategoryColumn(name="ville", levels=("lyon", "paris"), missing=0.0)
    assert x.name == "x"
    assert recipe().contract(contract).target == contract.target
    assert FittedRecipe.from_json(recipe().to_json()) == recipe()
