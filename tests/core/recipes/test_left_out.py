"""Why a model cannot learn from a column: the codes, and their sentences in both languages."""

from __future__ import annotations

import polars as pl
import pytest

from tablee.errors import InvalidRecipe, TableeError
from tablee.i18n import LANGUAGES, Language, Translator
from tablee.i18n.catalogue import catalogue
from tablee.recipes import Recipe
from tablee.recipes.fitting import fit
from tablee.recipes.left_out import LeftOut, reason_to_leave_out


@pytest.mark.parametrize(
    ("series", "reason"),
    [
        (pl.Series("x", [None, None], dtype=pl.Float64), "it is empty"),
        (pl.Series("x", [1.0, 1.0, None]), "it has one value only"),
        (pl.Series("x", [1.0, 2.0]), None),
        (pl.Series("x", ["a", "b"]), None),
        (pl.Series("x", [f"{i}" for i in range(50)]), None),
        (pl.Series("x", [f"{i}" for i in range(51)]), "it is free text: too many different values for a category"),
        (pl.Series("x", [f"{i % 60}" for i in range(120)]), None),
        (
            pl.Series("x", [*(f"{i % 60}" for i in range(119)), *[None] * 500]),
            "it is free text: too many different values for a category",
        ),
        (pl.Series("x", [float(i) for i in range(500)]), None),
        (pl.Series("x\ny", [1.0, 2.0]), "its name has a line break, which the model's file cannot hold"),
        (pl.Series("x\ry", ["a", "b"]), "its name has a line break, which the model's file cannot hold"),
    ],
)
def test_why_a_model_cannot_learn_from_a_column(series: pl.Series, reason: str | None) -> None:
    code = reason_to_leave_out(series)
    assert (code and str(code.message)) == reason


def test_the_reasons_of_an_error_are_said_in_its_language() -> None:
    with pytest.raises(InvalidRecipe) as caught:
        fit(Recipe(), pl.DataFrame({"a": [1.0, 1.0], "b": [None, None]}, schema={"a": pl.Float64, "b": pl.Float64}))
    error = TableeError.from_problem(caught.value.problem())
    for each in (caught.value, error):
        assert each.said(Translator("en")) == (
            "the steps leave no column to learn from (“a”: it has one value only, “b”: it is empty)"
        )
        assert each.said(Translator("fr")) == (
            "les étapes ne laissent aucune colonne dont apprendre "
            "(«\u00a0a\u00a0»\u00a0: elle n’a qu’une seule valeur, «\u00a0b\u00a0»\u00a0: elle est vide)"
        )


@pytest.mark.parametrize("why", ["dropped", *LeftOut])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_a_text_that_page_and_command_share(language: Language, why: str) -> None:
    assert f"left_out_column.{why}" in catalogue(language)
