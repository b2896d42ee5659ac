"""Error messages name the place, count wrong cells and say what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tablee.errors import InvalidRows, InvalidTable, TableeError
from tablee.errors.cells import Cell
from tablee.i18n import LANGUAGES, Language
from tablee.i18n.message import Message
from tablee_ui.backend import Backend
from tablee_ui.context import PageContext
from tablee_ui.widgets import error_messages


def words(page: AppTest) -> str:
    return "\n".join(str(part.value) for kind in ("error", "caption") for part in page.get(kind))


def draw_message(error: TableeError, context: PageContext) -> None:
    from tablee_ui.widgets import error_messages

    error_messages.show(context, error)


def test_an_invalid_file_is_shown_with_line_and_column(backend: Backend, draw: Callable[..., AppTest]) -> None:
    error = InvalidTable("1 cells where the header has 2", line=3, column="prix")
    said = words(draw(draw_message, error, PageContext.create(backend, "fr")))
    assert "Ligne 3 du fichier, colonne «\u00a0prix\u00a0»." in said
    assert "1 cells where the header has 2" in said


def test_many_wrong_cells_are_counted(backend: Backend, draw: Callable[..., AppTest]) -> None:
    error = InvalidRows([Cell(row, "mass", "heavy", "a number") for row in range(1, 8)], total=30)
    said = words(draw(draw_message, error, PageContext.create(backend, "en")))
    assert said.count("heavy") == error_messages.MAX_CELLS + 1  # once in the service's words
    assert "and 25 more" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_column_is_missing_and_another_one_is_unknown(
    backend: Backend, draw: Callable[..., AppTest], language: Language
) -> None:
    expected = Message("expected.column", {"expected": "a number", "near": "VILLE"})
    error = InvalidRows([Cell(None, "Ville", None, expected), Cell(None, "plus", "plus", "no such column")])
    said = words(draw(draw_message, error, PageContext.create(backend, language))).replace("\xa0", " ")
    assert {"en": "The column “Ville” is missing.", "fr": "La colonne « Ville » manque."}[language] in said
    assert {"en": "Did you mean “VILLE”?", "fr": "Est-ce « VILLE »"}[language] in said
    unknown = {
        "en": "The model does not know the column “plus”.",
        "fr": "Le modèle ne connaît pas la colonne « plus ».",
    }
    assert unknown[language] in said


@pytest.mark.parametrize(("language", "place"), [("en", "there"), ("fr", "à cet endroit")])
def test_a_file_without_a_place_is_not_to_be_mended_at_one(
    backend: Backend, draw: Callable[..., AppTest], language: Language, place: str
) -> None:
    said = words(draw(draw_message, InvalidTable("empty_file"), PageContext.create(backend, language)))
    assert place not in said
