"""Every step over generated data: one row and many rows give the same bits."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tablee.models.contract import Contract, NumberColumn, Target, TextColumn
from tablee.models.problem import ProblemType
from tablee.models.validation.frames import FrameValidator
from tablee.recipes import Recipe
from tablee.recipes.fitted import FittedRecipe
from tablee.recipes.fitting import fit
from tablee.recipes.transformer import Transformer

EXTREME = [0.0, -0.0, 1.0, -1.0, 5e-324, -5e-324, 1.7976931348623157e308, -1.7976931348623157e308, 1e-300, 3.0, -999.0]
NUMBERS = st.none() | st.sampled_from(EXTREME) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.none() | st.text(max_size=12) | st.sampled_from(["a", " A ", "É", "e\u0301", "ß", "?", "\u00a0", "İ", "Σς"])
AMOUNTS = st.builds(
    "{}{}{}{}{}{}".format,
    st.sampled_from(["", "-", "+", "\u2212", "€", "- $"]),
    st.sampled_from(["", " ", "\u00a0"]),
    st.sampled_from(
        ["0", "12", "1 234", "1\u202f234\u202f567", "1'234", "1\u2019234", "1.234", "1,234", "12 34", "007"]
    ),
    st.sampled_from(["", ",5", ".25", ",", ".", ",123456789012345678", "e5", "e400", "E-3"]),
    st.sampled_from(["", " ", "\u202f"]),
    st.sampled_from(["", "€", "k€", "%", "$", "x"]),
)
DATES = st.builds(
    "{}{}".format,
    st.datetimes().map(lambda moment: f"{moment.year:04}-{moment.month:02}-{moment.day:02}")
    | st.builds(
        "{}{s}{}{s}{}".format,
        st.integers(0, 40),
        st.integers(0, 13) | st.sampled_from(["avril", "févr.", "December", "sept", "mai"]),
        st.integers(0, 99) | st.integers(1000, 9999),
        s=st.sampled_from(["/", "-", ".", " ", " / "]),
    ),
    st.sampled_from(
        [
            "",
            "T10:30:00Z",
            " 14h30",
            " 23:59:59.5+02:00",
            "T24:00",
            " 12:00 am",
            " à 9:05",
            "T00:00-23:59",
            "T01:02+99:00",
        ]
    ),
)
FORMULAS = [
    "a + b * 2 - 1.5 / a",
    "-a / b",
    "log(a) + exp(b) + sqrt(abs(a))",
    "min(a, b, 3) - max(b, a)",
    "a if a >= b and not b == 0 else b / 3",
    "(a < b) + (a <= b) * 2 + (a > b) * 4 + (a != b) * 8 or 0",
    "len(t) if t == 'a' else (1 if col('t') != 'É' else a)",
    "1 / 0 + a",
    "+a * 1e308 * 10",
]
STEPS: list[dict[str, Any]] = [
    *({"kind": "clean_text", "column": "t", "case": case, "accents": accents} for case in ("keep", "lower", "upper")
      for accents in ("keep", "remove")),
    {"kind": "missing", "column": "t", "markers": ["?", "A"]},
    {"kind": "missing", "column": "a", "to": "a2", "numbers": [-999, 0]},
    {"kind": "parse_number", "column": "n", "decimal": ",", "thousands": list(" .'"), "units": {"€": 1, "k€": 1000}},
    {"kind": "parse_number", "column": "n", "thousands": [","], "units": {"%": 0.01, "$": 1}},
    {"kind": "parse_number", "column": "n", "units": {"%": 1}, "without_unit": "missing"},
    {"kind": "parse_number", "column": "t", "to": "tn"},
    *({"kind": "parse_date", "column": "d", "order": order}
      for order in ("day_month_year", "month_day_year", "year_month_day", "month_year")),
    {"kind": "rare", "column": "t", "least": 2},
    {"kind": "cap", "column": "a", "low_share": 0.1, "high_share": 0.1},
    {"kind": "cap", "column": "a", "low": 0, "high": 10},
    {"kind": "fill", "column": "a", "value": -0.0},
    {"kind": "fill", "column": "a", "by": "median"},
    {"kind": "fill", "column": "t", "by": "most_frequent"},
    {"kind": "log", "column": "a", "to": "la"},
    {"kind": "log", "column": "a", "offset": 1},
    {"kind": "ratio", "numerator": "a", "denominator": "b", "to": "r"},
    {"kind": "bin", "column": "a", "bins": 4, "to": "bins"},
    {"kind": "bin", "column": "a", "edges": [-1, 0, 7.5]},
    {"kind": "drop", "columns": ["b"]},
    *({"kind": "formula", "to": "f", "expression": expression} for expression in FORMULAS),
]  # fmt: skip
PARTS = ["year", "quarter", "month", "day", "weekday", "day_of_year", "hour", "days"]
ON_DATES: list[list[dict[str, Any]]] = [
    [{"kind": "date_parts", "column": "d", "parts": PARTS, "since": "2020-02-29"}],
    [
        {"kind": "parse_date", "column": "e"},
        *({"kind": "elapsed", "start": "d", "end": "e", "to": unit, "unit": unit}
          for unit in ("days", "hours", "minutes", "seconds")),
        {"kind": "drop", "columns": ["d"]},
    ],
]  # fmt: skip
ROWS = st.lists(
    st.tuples(NUMBERS, NUMBERS, TEXTS, st.none() | AMOUNTS, st.none() | DATES, st.none() | DATES), min_size=2
)
SCHEMA = {"a": pl.Float64, "b": pl.Float64, "t": pl.String, "n": pl.String, "d": pl.String, "e": pl.String}


def table(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    """The rows after two rows that make every column one that a model can learn from."""
    first = [(1.0, 2.0, "a", "1", "2024-02-29", "2023-01-01"), (2.0, 5.0, "É", "2", "2024-03-01", "2024-12-31")]
    frame = pl.DataFrame([*first, *first, *rows], schema=SCHEMA, orient="row")
    return frame.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)) for name in "tnde")


def contract(frame: pl.DataFrame) -> Contract:
    columns = [
        NumberColumn(name=series.name, minimum=-1, maximum=1)
        if series.dtype == pl.Float64
        else TextColumn(name=series.name)
        for series in frame
    ]
    return Contract(model="m", columns=tuple(columns), target=Target(name="y", problem_type=ProblemType.REGRESSION))


def prepared(steps: list[dict[str, Any]], train: pl.DataFrame) -> Transformer:
    fitted = fit(Recipe.model_validate({"steps": steps}), train)
    assert FittedRecipe.from_json(fitted.to_json()) == fitted
    return Transformer(FittedRecipe.from_json(fitted.to_json()), contract(train))


@pytest.mark.parametrize("step", STEPS, ids=lambda step: "-".join(map(str, step.values()))[:40])
@given(rows=ROWS)
@settings(max_examples=60, deadline=None)
def test_each_step_is_the_same_for_one_row_and_for_many(step: dict[str, Any], rows: list[tuple[Any, ...]]) -> None:
    same([step], rows)


@pytest.mark.parametrize("steps", ON_DATES, ids=["parts", "elapsed"])
@given(rows=ROWS)
@settings(max_examples=100, deadline=None)
def test_dates_are_the_same_for_one_row_and_for_many(steps: list[dict[str, Any]], rows: list[tuple[Any, ...]]) -> None:
    same([{"kind": "parse_date", "column": "d"}, *steps], rows)


def same(steps: list[dict[str, Any]], rows: list[tuple[Any, ...]]) -> None:
    frame = table(rows)
    preparer = prepared(steps, frame.head(4 + len(rows) // 2))  # training never saw the other rows
    validator = FrameValidator(contract(frame))
    block = validator.frame(frame)
    assert (row := preparer.first_difference(block)) is None, (frame.row(row or 0), preparer.recipe.steps)
    together = preparer.block(block)
    assert together is preparer.block(block), "once is enough"
    for at in range(frame.height):
        one = validator.rows([frame.row(at, named=True)], first_row=at + 1)
        assert list(preparer.block(one).columns) == list(together.columns)
        about = [warning for warning in block.warnings if warning.row == at + 1]
        if block.warning_count == len(block.warnings):
            assert sorted(one.warnings, key=str) == sorted(about, key=str)


def test_a_number_without_its_per_cent_sign_is_missing_with_a_warning() -> None:
    """A workbook holds 12 % as 0.12."""
    train = pl.DataFrame({"p": ["12%", "7.5%", "0", "100 %"]})
    transformer = prepared(
        [{"kind": "parse_number", "column": "p", "units": {"%": 1}, "without_unit": "missing"}], train
    )
    rows = pl.DataFrame({"p": ["12%", "0.12", "0", "12", None]})
    block = FrameValidator(contract(rows)).frame(rows)
    assert list(transformer.block(block).columns["p"]) == [12.0, None, 0.0, None, None]
    found = {(warning.row, warning.code.value, warning.value) for warning in block.warnings}
    assert found == {(2, "unreadable_text", "0.12"), (4, "unreadable_text", "12"), (5, "missing_value", None)}
    for at in range(rows.height):
        one = FrameValidator(contract(rows)).rows([rows.row(at, named=True)], first_row=at + 1)
        transformer.block(one)
        assert {(each.row, each.code.value, each.value) for each in one.warnings} == {
            each for each in found if each[0] == at + 1
        }


def test_what_training_never_saw_becomes_missing_with_a_warning() -> None:
    train = pl.DataFrame({"t": ["a", "b", "a", "b"], "n": ["1", "2", "3", "4"]})
    steps = [{"kind": "clean_text", "column": "t", "to": "level"}, {"kind": "parse_number", "column": "n"}]
    transformer = prepared(steps, train)
    rows = pl.DataFrame({"t": ["a", "c", None, "b"], "n": ["1", "x", None, "4"]})
    block = FrameValidator(contract(rows)).frame(rows)
    made = transformer.block(block).columns
    assert {name: list(values) for name, values in made.items()} == {
        "t": ["a", None, None, "b"],
        "n": [1.0, None, None, 4.0],
        "level": ["a", None, None, "b"],
    }
    found = {(warning.row, warning.column, warning.code.value, warning.value) for warning in block.warnings}
    assert found == {
        *((2, "t", "unseen_level", "c"), (2, "n", "unreadable_text", "x")),
        *((3, "t", "missing_value", None), (3, "n", "missing_value", None)),
    }
    assert block.warning_count == 5, "of a level for each feature that it is missing in"
    for at in range(rows.height):
        one = FrameValidator(contract(rows)).rows([rows.row(at, named=True)], first_row=at + 1)
        transformer.block(one)
        alone = {(warning.row, warning.column, warning.code.value, warning.value) for warning in one.warnings}
        assert alone == {each for each in found if each[0] == at + 1}
    assert transformer.frame(rows)["level"].to_list() == ["a", None, None, "b"]
    assert transformer.frame(rows, known=False)["level"].to_list() == ["a", "c", None, "b"]
