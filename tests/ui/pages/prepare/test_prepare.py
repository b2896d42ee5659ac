"""The page Prepare: fields and steps, the draft, the preview, recipes in files."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

import polars as pl
import pytest

from tablee.errors import InvalidRecipe
from tablee.i18n import LANGUAGES, Formatter
from tablee.recipes import Kind, Recipe, Step
from tablee.recipes.steps import Bin, CleanText, Drop, Fill, Formula, ParseDate, ParseNumber, RareLevels
from tablee_client.schemas.recipes import ProposalReason, RecipePreview, RecipeProposal
from tablee_ui.backend import Backend
from tablee_ui.context import PageContext
from tablee_ui.pages.prepare import fields, preview, saved_recipes, typed_values
from tablee_ui.pages.prepare.draft import Draft, kinds_at
from tablee_ui.pages.prepare.fields import FORMS, Contents, Typed
from tablee_ui.pages.prepare.steps import proposed_for

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
        ("missing", {"column": "town", "markers": "", "numbers": "", "to": ""}, "give at least one of"),
        ("formula", {"to": "x", "expression": "price +"}, "cannot be read"),
        ("formula", {"to": "__x", "expression": "price"}, "two underscores"),
        ("fill", {"column": "town", "by": "constant", "value": "", "to": ""}, "give the «value»"),
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


DATE, CLEAN, DROP = ParseDate(column="day"), CleanText(column="town"), Drop(columns=("age",))
PROPOSAL = RecipeProposal(
    recipe=Recipe(steps=(DATE, CLEAN)),
    reasons=[ProposalReason(column="day", reason="date_as_text", texts=3, of=3)],
    rows=9,
)


@pytest.fixture
def draft() -> Draft:
    made = Draft("sales", "1", None, PROPOSAL)
    made.reset(PROPOSAL.recipe)
    return made


def test_steps_can_be_moved_and_removed(draft: Draft) -> None:
    first, second = (line.number for line in draft.steps)
    draft.move(first, -1)
    assert draft.recipe.steps == (DATE, CLEAN)
    assert not draft.changed
    draft.move(first, 1)
    assert draft.recipe.steps == (CLEAN, DATE)
    assert draft.changed
    draft.remove(second)
    draft.add(DROP)
    assert draft.recipe.steps == (DATE, DROP)


def test_an_edited_step_stays_where_it_is(draft: Draft) -> None:
    first = draft.steps[0].number
    draft.edit(first)
    assert draft.editing == first
    other = ParseDate(column="day", order="month_day_year")
    draft.replace(first, other)
    assert draft.recipe.steps == (other, CLEAN)
    assert draft.editing is None
    assert draft.latest == ("day",)


def test_another_target_brings_another_proposal_unless_something_was_changed(draft: Draft) -> None:
    other = PROPOSAL.model_copy(update={"recipe": Recipe(steps=(CLEAN,))})
    draft.switch("1", "day", other)
    assert draft.recipe.steps == (CLEAN,)
    draft.add(DROP)
    draft.switch("1", None, PROPOSAL)
    assert draft.recipe.steps == (CLEAN, DROP)


def test_a_step_requested_by_another_page_is_added_once(draft: Draft) -> None:
    before = draft.recipe.steps
    draft.add_or_replace(before[0])
    assert draft.recipe.steps == before, "it is at work already"
    other = ParseDate(column="day", order="month_year")
    draft.add_or_replace(other)
    assert draft.recipe.steps == (other, *before[1:])
    draft.add_or_replace(RareLevels(column="town"))
    assert draft.recipe.steps[-1] == RareLevels(column="town")


def test_only_a_step_as_proposed_has_its_reason(draft: Draft) -> None:
    assert proposed_for(draft, draft.steps[0]) == PROPOSAL.reasons[0]
    assert proposed_for(draft, draft.steps[1]) is None
    draft.replace(draft.steps[0].number, ParseDate(column="day", order="year_month_day"))
    assert proposed_for(draft, draft.steps[0]) is None


def test_a_step_that_does_not_fit_changes_no_column() -> None:
    inputs: dict[str, Kind] = {"day": "text", "age": "number"}
    steps = (ParseDate(column="gone"), DATE, Formula(to="x", expression="age + 1"), DROP)
    found = kinds_at(steps, inputs)
    assert [found[0], found[1]] == [inputs, inputs]
    assert found[-1] == {"day": "date", "x": "number"}


def previewed(before: dict[str, list[Any]], after: dict[str, list[Any]], **more: Any) -> RecipePreview:
    def rows(table: dict[str, list[Any]]) -> dict[str, Any]:
        return {"columns": list(table), "rows": pl.DataFrame(table, strict=False).to_dicts()}

    given = {"features": [], "left_out": {}, "learnt": {}, "faults": [], "rows": 2} | more
    return RecipePreview.model_validate({"before": rows(before), "after": rows(after)} | given)


def test_changed_columns_are_grouped_by_their_source() -> None:
    found = previewed(
        {"day": ["1/2/24"], "town": ["Nîmes"], "age": [3.0]},
        {"day": [19754.0], "town": ["Nîmes"], "age": [3.0], "day.month": [2.0], "x": [9.0]},
        features=[
            {"name": "day.month", "kind": "number", "sources": ["day"]},
            {"name": "x", "kind": "number", "sources": ["day", "age"]},
        ],
    )
    kinds: dict[str, Kind] = {"day": "date", "town": "text", "age": "number", "day.month": "number", "x": "number"}
    assert preview.changed(found, kinds) == [("day", ["day", "day.month"]), (None, ["x"])]


def test_columns_that_a_model_would_not_read_are_named(draft: Draft) -> None:
    draft.add(DROP)
    found = previewed({"age": [1.0], "note": ["a"]}, {"note": ["a"]}, left_out_reasons={"note": "free_text"})
    assert preview.left_out(draft, found) == {"age": "dropped", "note": "free_text"}


@pytest.mark.parametrize(
    ("days", "shown"), [(0.0, "1 Jan 1970"), (19754.5, "1 Feb 2024, 12:00"), (1e12, "1,000,000,000,000")]
)
def test_days_are_shown_as_a_date(backend: Backend, days: float, shown: str) -> None:
    assert preview.date_text(PageContext.create(backend, "en"), days) == shown


def test_a_recipe_is_the_same_after_a_file() -> None:
    recipe = Recipe(steps=(ParseNumber(column="a", units={"€": 1.0}), RareLevels(column="b"), Bin(column="a"), DROP))
    assert saved_recipes.read(recipe.to_json()) == recipe


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[]", "expected"),
        (b"{", "JSON"),
        (b'{"steps": [{"kind": "magic"}]}', "magic"),
        (b'{"steps": [{"kind": "fill", "column": "a"}]}', "give the «value»"),
    ],
)
def test_a_file_that_is_no_recipe_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(InvalidRecipe, match=message):
        saved_recipes.read(content)


def test_a_median_has_no_value_of_its_own() -> None:
    contents = {"column": "price", "by": "median", "value": "3", "to": ""}
    assert typed_values.step("fill", contents, KINDS, Formatter("en")) == Fill(column="price", by="median")
