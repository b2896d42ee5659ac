"""Cleaned texts, and markers of missing values."""

from __future__ import annotations

from tablee.recipes.parsing.texts import marker_remover, text_cleaner
from tablee.recipes.steps import CleanText, MissingMarkers


def test_cleaned_texts() -> None:
    assert text_cleaner(CleanText(column="t"))("  A\t b ") == "A b"
    assert text_cleaner(CleanText(column="t", case="lower"))("ÀB") == "àb"
    assert text_cleaner(CleanText(column="t", case="upper"))("àb") == "ÀB"
    assert text_cleaner(CleanText(column="t", accents="remove"))("Àb") == "Ab"
    assert text_cleaner(CleanText(column="t", case="upper"))("") is None
    assert text_cleaner(CleanText(column="t"))("e\u0301") == "é", "composed"


def test_markers() -> None:
    assert marker_remover(MissingMarkers(column="t", markers=("?",)))(" ? ") is None
    assert marker_remover(MissingMarkers(column="t", markers=("Nil",)))("NIL ") is None
    assert marker_remover(MissingMarkers(column="t", markers=("?",)))("??") == "??"
    assert marker_remover(MissingMarkers(column="t", markers=("groß",)))("GROSS") is None, "whatever the case"
    assert marker_remover(MissingMarkers(column="t", markers=("GROSS",)))("groß") is None
