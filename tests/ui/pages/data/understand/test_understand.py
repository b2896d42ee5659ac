"""The tab Understand: the selection for a training, and the statistics of a card."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.profile import (
    Association,
    AssociationMeasure,
    Bases,
    Basis,
    ColumnProfile,
    DropColumns,
    Histogram,
    NumberStatistics,
    ParseDates,
    ParseNumbers,
    Profile,
    RankBy,
    WarningAction,
)
from tablee.recipes.steps import ParseDate, ParseNumber
from tablee_ui.backend import Backend
from tablee_ui.context import PageContext
from tablee_ui.pages.data.understand.associations import MAX_COLUMNS, strongest
from tablee_ui.pages.data.understand.cards import facts, kind
from tablee_ui.pages.data.understand.selection import Selection
from tablee_ui.pages.data.understand.warnings import label_of


@pytest.fixture
def context(request: pytest.FixtureRequest, backend: Backend) -> PageContext:
    """A context in English, or in the language that a test names."""
    return PageContext.create(backend, getattr(request, "param", "en"))


def profile(*columns: ColumnProfile, **facts: Any) -> Profile:
    basis = Basis(rows=100, of=100)
    given: dict[str, Any] = {
        "dataset": "d",
        "version": "1",
        "rows": 100,
        "columns": columns,
        "duplicate_rows": 0,
        "compared": (),
        "between": (),
        "warnings": (),
        "basis": Bases(counts=basis, distributions=basis, associations=basis),
    }
    return Profile(**given | facts)


MANIFEST = DatasetManifest(
    name="d",
    version="1",
    rows=1,
    columns=(),
    filename="f",
    bytes=1,
    sha256="",
    created=datetime(2026, 1, 1, tzinfo=UTC),
)
MONTHS = ParseDates(step=ParseDate(column="d", order="month_year"))
AMOUNTS = ParseNumbers(step=ParseNumber(column="n", decimal=","))
AGE = ColumnProfile(
    name="age",
    kind="number",
    integer=True,
    missing=5,
    distinct=40,
    numbers=NumberStatistics(
        mean=41.25,
        std=9,
        minimum=18,
        maximum=77,
        zeros=0,
        quantiles=((0.25, 30), (0.5, 40), (0.75, 50)),
        outliers=2,
        fences=(0, 80),
        histogram=Histogram(edges=(18, 40, 77), counts=(50, 45)),
    ),
)


def test_the_selection_is_part_of_the_link_to_the_training() -> None:
    chosen = Selection().toggled(DropColumns(columns=("id",))).toggled(DropColumns(columns=("pays", "id")))
    chosen = chosen.toggled(RankBy(metric="aucpr"))
    assert chosen.query(MANIFEST, "answer") == {
        "dataset": "d",
        "version": "1",
        "target": "answer",
        "ignored": ["pays", "id"],
        "metric": "aucpr",
    }


def test_the_target_is_not_left_out() -> None:
    chosen = Selection().toggled(DropColumns(columns=("id",)))
    assert chosen.query(MANIFEST, "id") == {"dataset": "d", "version": "1", "target": "id"}
    assert chosen.query(MANIFEST, None) == {"dataset": "d", "version": "1", "ignored": ["id"]}


@pytest.mark.parametrize("action", [DropColumns(columns=("id",)), RankBy(metric="mean_per_class_error")])
def test_a_choice_can_be_taken_back(action: WarningAction) -> None:
    chosen = Selection().toggled(action)
    assert chosen.includes(action)
    assert chosen.toggled(action) == Selection()


@pytest.mark.parametrize(
    ("context", "action", "said"),
    [
        ("en", ParseDates(step=ParseDate(column="d")), "Read as dates, day first"),
        ("fr", MONTHS, "Lire comme des dates, le mois et l’année seuls"),
        ("en", AMOUNTS, "Read as numbers, with “,” as the decimal mark"),
        ("fr", RankBy(metric="mean_per_class_error"), "Classer les modèles selon Erreurs par classe"),
        ("en", DropColumns(columns=("a", "b")), "Leave out “a, b”"),
    ],
    indirect=["context"],
)
def test_actions_are_sentences(context: PageContext, action: WarningAction, said: str) -> None:
    assert label_of(context, action) == said


@pytest.mark.parametrize("context", ["fr"], indirect=True)
def test_a_card_has_the_figures_of_its_column(context: PageContext) -> None:
    found = dict(facts(context, profile(AGE), AGE))
    assert found == {
        "vides": "5\u202f%",
        "différentes": "40",
        "moyenne": "41,25",
        "médiane": "40",
        "plus petite": "18",
        "plus grande": "77",
        "valeurs extrêmes": "2",
    }
    assert kind(context, AGE) == "nombre entier"


def test_an_estimate_is_marked(context: PageContext) -> None:
    column = ColumnProfile(name="note", kind="text", missing=0, distinct=12_345, distinct_exact=False)
    assert dict(facts(context, profile(column), column))["different"] == "≈ 12,345"


def test_the_matrix_shows_the_columns_of_the_strongest_pairs() -> None:
    names = tuple(f"c{number}" for number in range(20))
    pairs = tuple(
        Association(columns=(names[-1], name), measure=AssociationMeasure.SPEARMAN, value=1 - index / 20)
        for index, name in enumerate(names[:-1])
    )
    kept = strongest(profile(AGE, compared=names, between=pairs))
    assert kept == [*names[: MAX_COLUMNS - 1], names[-1]]
