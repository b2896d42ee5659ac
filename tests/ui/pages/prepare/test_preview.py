"""The preview of a recipe: changed columns, unused columns, dates."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tablee.http.schemas.recipes import RecipePreview, RecipeProposal
from tablee.recipes import Kind, Recipe
from tablee.recipes.steps import Drop
from tablee_ui.backend import Backend
from tablee_ui.context import PageContext
from tablee_ui.pages.prepare import preview
from tablee_ui.pages.prepare.draft import Draft


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


def test_columns_that_a_model_would_not_read_are_named() -> None:
    draft = Draft("sales", "1", None, RecipeProposal(recipe=Recipe(), reasons=[], rows=9))
    draft.add(Drop(columns=("age",)))
    found = previewed({"age": [1.0], "note": ["a"]}, {"note": ["a"]}, left_out_reasons={"note": "free_text"})
    assert preview.left_out(draft, found) == {"age": "dropped", "note": "free_text"}


@pytest.mark.parametrize(
    ("days", "shown"), [(0.0, "1 Jan 1970"), (19754.5, "1 Feb 2024, 12:00"), (1e12, "1,000,000,000,000")]
)
def test_days_are_shown_as_a_date(backend: Backend, days: float, shown: str) -> None:
    assert preview.date_text(PageContext.create(backend, "en"), days) == shown
