"""What an error says that a cell of a column should be."""

from __future__ import annotations

import pytest

from tablee.i18n.translator import Translator
from tablee.models.columns import LISTED_LEVELS, CategoryColumn, Column, NumberColumn, TextColumn


@pytest.mark.parametrize(
    ("column", "english", "french"),
    [
        (NumberColumn(name="n", minimum=0, maximum=1), "a number", "un nombre"),
        (TextColumn(name="t"), "a text", "un texte"),
        (TextColumn(name="t", reads="number"), "a text with a number", "un texte qui contient un nombre"),
        (TextColumn(name="t", reads="date"), "a text with a date", "un texte qui contient une date"),
        (CategoryColumn(name="c", levels=("a", "b{0}")), "a text (one of a, b{0})", "un texte (parmi a, b{0})"),
    ],
)
def test_expected(column: Column, english: str, french: str) -> None:
    assert str(column.expected) == english
    assert column.expected.said(Translator("fr")) == french


def test_only_the_first_levels_are_listed() -> None:
    levels = tuple("abcdefg")
    assert str(CategoryColumn(name="c", levels=levels[:LISTED_LEVELS]).expected) == "a text (one of a, b, c, d, e, f)"
    assert str(CategoryColumn(name="c", levels=levels).expected) == "a text (one of a, b, c, d, e, f, …)"
