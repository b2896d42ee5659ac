"""Every page, in both languages, when no service answers: a sentence and what to do, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tablee.datasets.store import ColumnSummary
from tablee.errors import InvalidRequest, InvalidRows, InvalidTable, TableeError
from tablee.errors.cells import Cell
from tablee_ui.app import PAGES
from tablee_ui.pages.data.add import name_for
from tablee_ui.pages.train.request import asked, meaning
from tablee_ui.services import Services
from tablee_ui.settings import UiSettings
from tablee_ui.texts import LANGUAGES
from tablee_ui.visit import Visit
from tablee_ui.widgets import problems

NOBODY = UiSettings(controller_url="http://127.0.0.1:9", api_url="http://127.0.0.1:9")


@pytest.fixture
def services() -> Any:
    made = Services.connect(NOBODY)
    yield made
    made.batches.close()


def shown(draw: Callable[..., None], *arguments: Any) -> AppTest:
    def script(draw: "Callable[..., None]", arguments: "tuple[Any, ...]") -> None:  # noqa: UP037 (run without imports)
        draw(*arguments)

    return AppTest.from_function(script, args=(draw, arguments), default_timeout=30).run()


def words(page: AppTest) -> str:
    return "\n".join(str(part.value) for kind in ("error", "warning", "caption", "markdown") for part in page.get(kind))


def draw_page(page: str, visit: Visit) -> None:
    from functools import partial

    from tablee_ui import app
    from tablee_ui.widgets import live

    live.guarded(visit, partial(app.PAGES[page][0], visit))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_services_says_so(services: Services, page: str, language: str) -> None:
    found = shown(draw_page, page, Visit.of(services, language))
    assert not found.exception
    assert found.title
    said = {"en": "does not answer", "fr": "ne répond pas"}[language]
    assert said in words(found)


def draw_problem(error: TableeError, visit: Visit) -> None:
    from tablee_ui.widgets import problems

    problems.show(visit, error)


def test_a_broken_file_is_told_with_its_place(services: Services) -> None:
    error = InvalidTable("1 cells where the header has 2", line=3, column="prix")
    said = words(shown(draw_problem, error, Visit.of(services, "fr")))
    assert "Ligne 3 du fichier, colonne «\u00a0prix\u00a0»." in said
    assert "1 cells where the header has 2" in said


def test_many_wrong_cells_are_counted(services: Services) -> None:
    error = InvalidRows([Cell(row, "mass", "heavy", "a number") for row in range(1, 8)], total=30)
    said = words(shown(draw_problem, error, Visit.of(services, "en")))
    assert said.count("heavy") == problems.SHOWN_CELLS + 1  # once in the service's words
    assert "and 25 more" in said


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("Ventes été 2024.csv", "ventes-ete-2024"),
        ("a" * 80 + ".csv", "a" * 63),
        ("日本.csv", "data"),
        ("-_.csv", "data"),
    ],
)
def test_a_file_names_its_data_set(filename: str, name: str) -> None:
    assert name_for(filename) == name


def column(**facts: Any) -> ColumnSummary:
    return ColumnSummary(**{"name": "price", "kind": "number", "missing": 0, "distinct": 90} | facts)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "will estimate a number"),
        ({"integer": True, "distinct": 4}, "only 4 different whole numbers"),
        ({"kind": "category", "distinct": 2, "top": (("no", 5), ("yes", 3))}, "which of two “price” is: no, yes"),
        ({"kind": "category", "distinct": 9, "top": (("a", 5),)}, "which of 9 classes “price” is: a, …"),
    ],
)
def test_a_target_is_explained(services: Services, facts: dict[str, Any], said: str) -> None:
    assert said in meaning(Visit.of(services, "en"), column(**facts))


def test_what_cannot_be_asked_is_refused_before_it_is_sent(services: Services, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from tablee.datasets.store import DatasetManifest

    manifest = DatasetManifest(
        name="d", version="1", rows=1, columns=(), filename="f", bytes=1, sha256="", created=datetime.now(UTC)
    )
    assert asked(manifest, "t", {"model": "", "seed": None, "max_models": 3}).model_name == "d"
    with pytest.raises(InvalidRequest, match="model"):
        asked(manifest, "t", {"model": "Not A Name"})
