"""Fields of a form and steps: each is made from the other."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

import pytest

from tablee.errors import InvalidRecipe
from tablee.i18n import LANGUAGES, Formatter
from tablee.recipes import Kind, Recipe, Step
from tablee.recipes.steps import Fill
from tablee_ui.pages.prepare import fields, typed_values
from tablee_ui.pages.prepare.fields import FORMS, Contents, Typed

KINDS: dict[str, Kind] = {"day": "date", "until": "date", "price": "number", "age": "number", "town": "text"}

EXAMPLES: list[dict[str, Any]] = [
    {"kind": "clean_text", "column": "town", "case": "upper", "accents": "remove", "to": "Town"},
    {"kind": "missing", "column": "price", "markers": ["n/a", "-"], "numbers": [-999, 0.5]},
    {
        "kind": "parse_number",
        "column": "town",
        "decimal": ",",
        "thousands": [" ", "'"],
        "units": {"€": 1, "k€": 1000.5},
        "without_unit": "missing",
    },
    {"kind": "parse_date", "column": "town", "order": "month_day_year"},
    {"kind": "date_parts", "column": "day", "parts": ["year", "days"], "since": "1900-02-28"},
    {"kind": "elapsed", "start": "day", "end": "until", "to": "took", "unit": "hours"},
    {"kind": "rare", "column": "town", "least": 3, "most": 7, "other": "autres", "levels": ["Nîmes", "Arles"]},
    {"kind": "cap", "column": "price", "low_share": 0.003, "high_share": 0, "low": -1.25, "high": 1234567.891},
    {"kind": "fill", "column": "price", "by": "constant", "value": 12.5},
    {"kind": "fill", "column": "town", "by": "constant", "value": "12.5"},
    {"kind": "fill", "column": "price", "by": "median"},
    {"kind": "log", "column": "price", "offset": 0.1, "to": "log price"},
    {"kind": "ratio", "numerator": "price", "denominator": "age", "to": "by age"},
    {"kind": "bin", "column": "age", "bins": 3, "edges": [18, 65.5]},
    {"kind": "formula", "to": "x", "expression": "price * 2 if age > 3 else 0"},
    {"kind": "drop", "columns": ["town", "age"]},
]


def step_of(example: dict[str, Any]) -> Step:
    (step,) = Recipe.model_validate({"steps": [example]}).steps
    return step


def typed(step: Step, formatter: Formatter) -> Contents:
    """What the form of a step holds when it is opened."""
    return {
        field.name: typed_values.written(field, getattr(step, field.name), formatter)
        if isinstance(field, Typed)
        else getattr(step, field.name)
        for field in FORMS[step.kind]
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["kind"]))
def test_a_step_goes_through_its_form_unchanged(language: str, example: dict[str, Any]) -> None:
    formatter = Formatter(language)
    step = step_of(example)
    assert typed_values.step(step.kind, typed(step, formatter), KINDS, formatter) == step


def test_every_kind_of_step_has_a_form_with_all_its_fields() -> None:
    kinds = {step.model_fields["kind"].default: step for step in get_args(get_args(Step)[0])}
    assert set(FORMS) == set(kinds)
    for kind, step in kinds.items():
        assert {field.name for field in FORMS[kind]} == set(step.model_fields) - {"kind"}
    assert {example["kind"] for example in EXAMPLES} == set(FORMS)


def test_a_french_person_types_numbers_with_a_comma() -> None:
    contents = {"column": "price", "low_share": "0,5", "high_share": "2 %", "low": "1 000,25", "high": "", "to": " "}
    made = typed_values.step("cap", contents, KINDS, Formatter("fr"))
    assert made.model_dump() | {"low_share": 0.005, "high_share": 0.02, "low": 1000.25, "high": None, "to": None} == (
        made.model_dump()
    )


def test_a_text_in_a_number_field_is_named() -> None:
    contents = {"column": "price", "offset": "many", "to": ""}
    with pytest.raises(ValueError, match="many"):
        typed_values.step("log", contents, KINDS, Formatter("en"))


@pytest.mark.parametrize(
    ("kind", "contents", "message"),
    [
        ("missing", {"column": "town", "markers": "", "numbers": "", "to": ""}, "expected at least one of"),
        ("formula", {"to": "x", "expression": "price +"}, "cannot be read"),
        ("formula", {"to": "__x", "expression": "price"}, "two underscores"),
        ("fill", {"column": "town", "by": "constant", "value": "", "to": ""}, "expected the “value”"),
    ],
)
def test_an_invalid_step_is_refused_with_a_sentence(kind: str, contents: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidRecipe, match=message) as caught:
        typed_values.step(kind, contents, KINDS, Formatter("en"))
    assert "got {" not in caught.value.detail


def test_fields_that_must_be_filled_are_found() -> None:
    assert fields.first_empty("ratio", {"numerator": "a", "denominator": None, "to": "x"}) == "denominator"
    assert fields.first_empty("ratio", {"numerator": "a", "denominator": "b", "to": ""}) == "to"
    assert fields.first_empty("date_parts", {"column": "day", "parts": [], "since": date(1970, 1, 1)}) == "parts"
    assert fields.first_empty("log", {"column": "a", "offset": "", "to": ""}) is None


def test_a_kind_of_step_needs_columns_of_its_kind() -> None:
    assert fields.applicable("elapsed", KINDS)
    assert not fields.applicable("elapsed", {"town": "text"})
    assert fields.applicable("drop", {"town": "text"})
    assert not fields.applicable("drop", {})


def test_a_median_has_no_value_of_its_own() -> None:
    contents = {"column": "price", "by": "median", "value": "3", "to": ""}
    assert typed_values.step("fill", contents, KINDS, Formatter("en")) == Fill(column="price", by="median")
