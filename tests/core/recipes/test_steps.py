"""The steps: texts are read, bounds learnt, formulas computed, and wrong ones refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from tablee.errors import InvalidRecipe, InvalidRows, NotFound
from tablee.models.contract import Contract, NumberColumn, Target, TextColumn
from tablee.models.problem import ProblemType
from tablee.models.validation.block import Block, WarningCode
from tablee.models.validation.frames import FrameValidator
from tablee.recipes import Recipe
from tablee.recipes.fitting import fit
from tablee.recipes.formula import expression as formula
from tablee.recipes.formula.row import compile_expression
from tablee.recipes.parsing.dates import date_parser
from tablee.recipes.parsing.numbers import number_parser
from tablee.recipes.parsing.texts import text_cleaner
from tablee.recipes.steps import CleanText, ParseDate, ParseNumber
from tablee.recipes.store import Recipes
from tablee.recipes.transformer import Transformer
from tablee.storage.object_store import DirectoryStore


def recipe(*steps: dict[str, Any]) -> Recipe:
    return Recipe.model_validate({"steps": steps})


@pytest.mark.parametrize(
    ("text", "fields", "value"),
    [
        ("1 234,50 €", {"decimal": ",", "thousands": (" ",), "units": {"€": 1}}, 1234.5),
        ("1\u202f234\u00a0567", {"thousands": (" ",)}, 1234567.0),
        ("30 %", {"units": {"%": 0.01}}, 0.3),
        ("12 k€", {"units": {"€": 1, "k€": 1000}}, 12_000.0),
        ("-$1,234.5", {"thousands": (",",), "units": {"$": 1}}, -1234.5),
        ("\u221212", {}, -12.0),
        ("1'000", {"thousands": ("'",)}, 1000.0),
        ("1e3", {}, 1000.0),
        (".5", {}, 0.5),
        ("12 34", {"thousands": (" ",)}, None),
        ("1,234", {}, None),
        ("1e999", {}, None),
        ("inf", {}, None),
        ("1_000", {}, None),
        ("٣", {}, None),
        ("12 €", {}, None),
        ("1" * 101, {}, None),
        ("", {}, None),
    ],
)
def test_numbers(text: str, fields: dict[str, Any], value: float | None) -> None:
    assert number_parser(ParseNumber(column="n", **fields))(text) == value


@pytest.mark.parametrize(
    ("text", "order", "iso"),
    [
        ("12/03/2024", "day_month_year", "2024-03-12T00:00:00"),
        ("12/03/2024", "month_day_year", "2024-12-03T00:00:00"),
        ("3.4.24", "day_month_year", "2024-04-03T00:00:00"),
        ("01/02/69", "day_month_year", "1969-02-01T00:00:00"),
        ("1er avril 2023", "day_month_year", "2023-04-01T00:00:00"),
        ("mardi 12 août 2025 à 9h05", "day_month_year", "2025-08-12T09:05:00"),
        ("Aug 12, 2025 09:05 pm", "month_day_year", "2025-08-12T21:05:00"),
        ("2024-02-29", "month_day_year", "2024-02-29T00:00:00"),
        ("20240229", "day_month_year", "2024-02-29T00:00:00"),
        ("2024-01-01T00:30:00+02:00", "day_month_year", "2023-12-31T22:30:00"),
        ("2024/1/5 14:30", "year_month_day", "2024-01-05T14:30:00"),
        ("janv. 2024", "month_year", "2024-01-01T00:00:00"),
        ("September 2023", "month_year", "2023-09-01T00:00:00"),
        ("8/2025", "month_year", "2025-08-01T00:00:00"),
        ("2025-08", "month_year", "2025-08-01T00:00:00"),
        ("2025-08-12T10:00:00", "month_year", "2025-08-12T10:00:00"),
        ("12/08/2025", "month_year", None),
        ("8.2025", "month_year", None),
        ("13/2025", "month_year", None),
        ("29/02/2023", "day_month_year", None),
        ("2024-13-01", "day_month_year", None),
        ("12/03/2024 25:00", "day_month_year", None),
        ("0000-01-01", "day_month_year", None),
        ("0001-01-01T00:00:00+01:00", "day_month_year", None),
        ("demain", "day_month_year", None),
        ("1" + " " * 100_000 + "x", "day_month_year", None),
    ],
)
def test_dates(text: str, order: Any, iso: str | None) -> None:
    found = date_parser(ParseDate(column="d", order=order))(text)
    assert found == (None if iso is None else datetime.fromisoformat(iso).replace(tzinfo=UTC).timestamp())


def test_spellings() -> None:
    bare = text_cleaner(CleanText(column="t", case="lower", accents="remove"))
    assert {bare(text) for text in ("Orléans", " ORLÉANS", "orle\u0301ans\u00a0")} == {"orleans"}
    assert text_cleaner(CleanText(column="t"))("  Le\u2003 Havre ") == "Le Havre"
    assert text_cleaner(CleanText(column="t"))(" \t ") is None


def made(steps: list[dict[str, Any]], frame: pl.DataFrame) -> pl.DataFrame:
    fitted = fit(recipe(*steps), frame)
    columns = [
        NumberColumn(name=s.name, minimum=0, maximum=1) if s.dtype == pl.Float64 else TextColumn(name=s.name)
        for s in frame
    ]
    target = Target(name="y", problem_type=ProblemType.REGRESSION)
    return Transformer(fitted, Contract(model="m", columns=tuple(columns), target=target)).frame(frame)


def test_what_is_learnt_comes_from_the_rows_alone() -> None:
    frame = pl.DataFrame({"n": [float(i) for i in range(1, 101)], "t": ["a"] * 60 + ["b"] * 30 + ["c", "d"] * 5})
    fitted = fit(
        recipe(
            {"kind": "cap", "column": "n", "low_share": 0.1, "high_share": 0.05, "to": "capped"},
            {"kind": "bin", "column": "n", "bins": 4, "to": "quarter"},
            {"kind": "rare", "column": "t", "least": 20},
        ),
        frame,
    )
    cap, bins, rare = fitted.steps
    assert (cap.learnt, rare.learnt) == ({"low": 10.0, "high": 96.0}, {"levels": ("a", "b")})
    assert bins.learnt["edges"] == (26.0, 51.0, 75.0)
    levels = {feature.name: feature.levels for feature in fitted.features}
    assert levels["t"] == ("(other)", "a", "b")
    assert levels["quarter"] == ("01: below 26.0", "02: 26.0 to 51.0", "03: 51.0 to 75.0", "04: from 75.0")
    again = fit(Recipe(steps=fitted.steps), frame.head(3).with_columns(pl.Series("n", [7.0, 50.0, 99.0])))
    assert again.steps[0].learnt == cap.learnt, "what is there is not learnt anew"


def test_steps_that_nothing_needs_are_left_out() -> None:
    frame = pl.DataFrame({"d": ["2024-01-05", "2024-01-06"], "x": [1.0, 2.0], "same": [1.0, 1.0]})
    fitted = fit(
        recipe(
            {"kind": "parse_date", "column": "d"},
            {"kind": "date_parts", "column": "d", "parts": ["year", "day"]},
            {"kind": "log", "column": "same", "to": "nothing"},
            {"kind": "drop", "columns": ["d"]},
        ),
        frame,
    )
    assert [feature.name for feature in fitted.features] == ["x", "d.day"]
    assert [step.kind for step in fitted.steps] == ["parse_date", "date_parts"]
    assert fitted.inputs == {"d": "text", "x": "number"}
    assert fitted.left_out["same"] == "it has one value only"
    assert set(fitted.left_out) == {"same", "nothing", "d.year"}


def test_a_date_that_is_left_is_a_number_of_days() -> None:
    frame = pl.DataFrame({"d": ["1970-01-02T12:00", "1969-12-31"], "x": [1.0, 2.0]})
    assert made([{"kind": "parse_date", "column": "d"}], frame)["d"].to_list() == [1.5, -1.0]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("a + b * 2", 9.0),
        ("-a / (b - 4)", None),
        ("log(a - 1)", None),
        ("exp(a * 1000)", None),
        ("sqrt(b) if a < b else 0", 2.0),
        ("min(a, b, 0.5) + max(a, b)", 4.5),
        ("not (a == 1 and b == 4)", 0.0),
        ("len(t) if t != 'x' else -1", 3.0),
        ('col("a") >= 1 or missing_one > 0', None),
        ("1e308 * 10 * a", None),
    ],
)
def test_formulas(expression: str, value: float | None) -> None:
    frame = pl.DataFrame(
        {"a": [1.0, 2.0], "b": [4.0, 3.0], "t": ["été", "x"], "missing_one": [None, 1.0]},
        schema_overrides={"missing_one": pl.Float64},
    )
    fitted = compile_expression(formula.parse(expression), {name: at for at, name in enumerate(frame.columns)})
    assert fitted(list(frame.row(0))) == value


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("__import__('os').system('x')", "is not allowed"),
        ("a.b", "“a.b” is not allowed"),
        ("[a for a in b]", "is not allowed"),
        ("a if b", "cannot be read"),
        ("a ** b", "“a ** b” is not allowed"),
        ("1 < a < 2", "“1 < a < 2” is not allowed"),
        ("f(a)", "“f(a)” is not allowed"),
        ("max(a)", "“max(a)” is not allowed"),
        ("'x' + a", "is not allowed"),
        ("True", "“True” is not allowed"),
        ("1e999", "is not allowed"),
        ("lambda: 1", "is not allowed"),
        ("-" * 40 + "a", "nested deeper than 30"),
        ("(" * 500 + "a" + ")" * 500, ""),
        ("", "cannot be read"),
        ("a\0", "cannot be read"),
    ],
)
def test_formulas_of_another_grammar_are_refused(expression: str, words: str) -> None:
    with pytest.raises(ValidationError, match="formula") as error:
        recipe({"kind": "formula", "to": "f", "expression": expression})
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("steps", "step", "words"),
    [
        ([{"kind": "log", "column": "t"}], 1, "“t” is a text here, expected a number"),
        (
            [{"kind": "drop", "columns": ["n"]}, {"kind": "log", "column": "n"}],
            2,
            "no column “n”; the columns here are t",
        ),
        ([{"kind": "log", "column": "n", "to": "t"}], 1, "there is a column “t” already"),
        ([{"kind": "date_parts", "column": "t", "parts": ["year"]}], 1, "expected a date: parse it first"),
        (
            [{"kind": "formula", "to": "f", "expression": "t + 1"}],
            1,
            "the expression needs a number",
        ),
        ([{"kind": "formula", "to": "f", "expression": "1 + 1"}], 1, "reads no column"),
        ([{"kind": "fill", "column": "t", "by": "median"}], 1, "which has no median"),
        ([{"kind": "fill", "column": "t", "value": 3}], 1, "which 3.0 cannot fill"),
        ([{"kind": "drop", "columns": ["n", "t"]}], None, "no column to learn from (all are dropped)"),
    ],
)
def test_steps_that_do_not_fit_are_named(steps: list[dict[str, Any]], step: int | None, words: str) -> None:
    frame = pl.DataFrame({"n": [1.0, 2.0], "t": ["a", "b"]})
    with pytest.raises(InvalidRecipe) as error:
        fit(recipe(*steps), frame)
    assert words in error.value.detail
    assert error.value.problem().get("step") == step
    assert InvalidRecipe.from_problem(error.value.problem()).detail == error.value.detail
    if step is not None:  # known without any row
        with pytest.raises(InvalidRecipe) as checked:
            recipe(*steps).check({"n": "number", "t": "text"})
        assert checked.value.problem() == error.value.problem()


def test_a_check_gives_the_kinds_of_the_columns_that_the_steps_leave() -> None:
    steps = recipe({"kind": "parse_date", "column": "t", "to": "d"}, {"kind": "drop", "columns": ["t"]})
    assert steps.check({"n": "number", "t": "text"}) == {"n": "number", "d": "date"}


def test_a_text_column_takes_any_text_and_nothing_else() -> None:
    target = Target(name="y", problem_type=ProblemType.REGRESSION)
    contract = Contract(model="m", columns=(TextColumn(name="t", reads="date"),), target=target)
    assert Contract.from_json(contract.to_json()) == contract
    validator = FrameValidator(contract)
    texts = ["x", "", None, "été"]
    for block in (validator.columns({"t": texts}, 4), validator.frame(pl.DataFrame({"t": texts}))):
        assert list(block.columns["t"]) == ["x", None, None, "été"]
        assert [(warning.row, warning.code) for warning in block.warnings] == [
            (2, WarningCode.MISSING),
            (3, WarningCode.MISSING),
        ]
    for wrong in (1.0, True, ["x"]):
        with pytest.raises(InvalidRows, match="expected a text with a date"):
            validator.rows([{"t": wrong}])
    with pytest.raises(InvalidRows):
        validator.frame(pl.DataFrame({"t": [1.0, 2.0]}))


def test_many_warnings_are_counted_and_the_first_kept() -> None:
    frame = pl.DataFrame({"n": ["1", "2"] + ["?"] * 500})
    fitted = fit(recipe({"kind": "parse_number", "column": "n"}), frame)
    target = Target(name="y", problem_type=ProblemType.REGRESSION)
    preparer = Transformer(fitted, Contract(model="m", columns=(TextColumn(name="n"),), target=target))
    block = Block({"n": frame["n"]}, frame.height, first_row=11)
    preparer.block(block)
    assert (block.warning_count, len(block.warnings), block.warnings[0].row) == (500, 100, 13)
    assert block.warned == {WarningCode.UNREADABLE: 500}


def test_recipes_are_kept_by_their_steps(tmp_path: Path) -> None:
    recipes = Recipes(DirectoryStore(tmp_path))
    first, new = recipes.save("clients", recipe({"kind": "drop", "columns": ["a"]}), note="no a")
    assert new
    assert recipes.save("clients", recipe({"kind": "drop", "columns": ["a"]})) == (first, False)
    second, _ = recipes.save("clients", recipe({"kind": "drop", "columns": ["b"]}))
    assert recipes.list("clients") == [second, first]
    assert recipes.get("clients", first.version) == first
    with pytest.raises(NotFound, match="has no recipe “other”"):
        recipes.get("clients", "other")
