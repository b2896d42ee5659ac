"""A recipe through whole trainings over a real H2O: proposed, given, refused, and for streamed data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from french import french, write

from tablee.errors import BundleCorrupt
from tablee.jobs.training import Phase, TrainingState
from tablee.models import bundle
from tablee.models.bundle import RECIPE
from tablee.models.contract import NumberColumn, TextColumn
from tablee.recipes.fitted import FittedRecipe
from tablee_scoring import Model

pytestmark = pytest.mark.jvm  # models are loaded and scored in this process
QUICK = {"max_models": 2, "include_algorithms": ["GBM", "GLM"], "seed": 1}


def trained(services: Any, **request: Any) -> TrainingState:
    state = services.run(target="payé", **{"dataset": "factures", **QUICK, **request})
    assert state.phase is Phase.SUCCEEDED, f"{state.message} {state.error}"
    return state


def directory_of(services: Any, state: TrainingState, folder: Path) -> Path:
    info = services.registry.version(state.request.model_name, state.version)
    return services.registry.fetch(info, folder)


def test_dates_amounts_and_spellings_are_read(services: Any, tmp_path: Path) -> None:
    services.add("factures", write(tmp_path / "factures.csv"))
    state = trained(services)
    assert state.promoted
    assert [check.name for check in state.verdict.checks] == [
        *("engine agrees", "recipe", "golden rows", "size", "speed", "served")
    ]
    directory = directory_of(services, state, tmp_path)
    assert RECIPE in bundle.verify(directory).files
    model = Model.load(directory)
    kinds = {column.name: getattr(column, "reads", column.kind) for column in model.contract.columns}
    assert kinds == {"date de facture": "date", "montant": "number", "ville": "text", "âge": "number"}
    assert model.recipe is not None
    sources = model.recipe.sources
    assert sources["date de facture.month"] == ("date de facture",)
    assert {feature.name: feature.levels for feature in model.recipe.features}["ville"] == ("nimes", "orleans", "paris")

    raw = trained(services, model="raw", recipe="none")
    assert not (directory_of(services, raw, tmp_path) / RECIPE).exists()
    assert state.holdout["auc"] > raw.holdout["auc"] + 0.1, "what the texts say is worth something"

    run = services.registry._client
    logged = Path(run.download_artifacts(state.run_id, "recipe.json", str(tmp_path)))
    assert FittedRecipe.model_validate_json(logged.read_text()) == model.recipe
    assert services.trainings.recipe(state.id) == model.recipe
    assert services.trainings.recipe(raw.id) is None
    assert "recipe.json" not in {file.path for file in run.list_artifacts(raw.run_id)}

    rows = french(60, seed=9).drop("payé")
    many = model.validator.frame(rows)
    scores = model.score(many)
    taken = 0
    for at, row in enumerate(rows.to_dicts()):
        alone = model.validator.rows([row])
        assert (model.score(alone)[0] == scores[at]).all()
        features = model.single_row.encode([alone.columns[name][0] for name in model.contract.names])
        if features is not None:
            taken += 1
            assert model.single_row.predict(features)[1] == scores[at].tolist()
    assert taken > 50, "a row that can be read takes the short way"
    explanations = model.explain(many, scores)
    assert set(explanations[0].contributions) == set(model.contract.names)
    for explanation, score in zip(explanations, scores, strict=True):
        margin = np.log(score[1] / score[0]) if explanation.scale == "log_odds" else score[1]
        assert explanation.output == pytest.approx(margin, abs=1e-3)


def test_streamed_data_gives_the_same_recipe(services: Any, tmp_path: Path) -> None:
    services.add("factures", write(tmp_path / "factures.csv"))
    through = trained(services, model="through", variables={"TABLEE_IN_MEMORY_MIB": "0"})
    at_once = trained(services, model="at-once")
    recipes = [json.loads((directory_of(services, each, tmp_path) / RECIPE).read_text()) for each in (through, at_once)]
    assert recipes[0] == recipes[1]
    assert through.holdout == pytest.approx(at_once.holdout, rel=1e-12)


def test_a_recipe_that_was_given(services: Any, tmp_path: Path) -> None:
    services.add("factures", write(tmp_path / "factures.csv"))
    steps = [
        {"kind": "parse_date", "column": "date de facture"},
        {"kind": "date_parts", "column": "date de facture", "parts": ["month", "weekday"]},
        {"kind": "parse_number", "column": "montant", "decimal": ",", "thousands": [" "], "units": {"€": 1}},
        {"kind": "formula", "to": "par an", "expression": "montant / col('âge') if col('âge') > 0 else 0"},
        {"kind": "drop", "columns": ["ville", "date de facture"]},
    ]
    state = trained(services, model="given", recipe={"steps": steps})
    model = Model.load(directory_of(services, state, tmp_path))
    assert model.contract.names == ("date de facture", "montant", "âge")
    assert set(model.contract.ignored) == {"payé", "ville"}
    assert isinstance(model.contract.column("montant"), TextColumn)
    assert isinstance(model.contract.column("âge"), NumberColumn)
    assert model.recipe is not None
    assert model.recipe.sources["par an"] == ("montant", "âge")
    block = model.validator.frame(french(5).drop("ville", "payé"))
    explanation = model.explain(block, model.score(block))[0]
    assert set(explanation.contributions) == set(model.contract.names)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"kind": "parse_date", "column": "data"}, "step 1: there is no column “data”"),
        ({"kind": "log", "column": "montant"}, "step 1: “montant” is a text here, expected a number"),
        ({"kind": "clean_text", "column": "payé"}, "step 1: “payé” is to be predicted"),
        ({"kind": "formula", "to": "payé", "expression": "âge + 1"}, "step 1: “payé” is to be predicted"),
        ({"kind": "drop", "columns": ["montant", "ville", "âge", "date de facture"]}, "no column to learn from"),
    ],
)
def test_a_wrong_recipe_fails_at_once(services: Any, tmp_path: Path, step: dict[str, Any], words: str) -> None:
    services.add("factures", write(tmp_path / "factures.csv"))
    variables = {"TABLEE_H2O__URL": "http://127.0.0.1:9"}
    state = services.run(
        target="payé", dataset="factures", model="refused", recipe={"steps": [step]}, variables=variables
    )
    assert (state.phase, state.error["code"]) == (Phase.FAILED, "invalid_recipe")
    assert words in state.error["detail"]


def test_a_table_in_good_order_gets_no_recipe(services: Any, tmp_path: Path) -> None:
    state = services.run(target="species", model="clean", **QUICK)
    assert state.phase is Phase.SUCCEEDED
    assert not (directory_of(services, state, tmp_path) / RECIPE).exists()


def test_a_bundle_whose_recipe_was_changed_does_not_load(services: Any, tmp_path: Path) -> None:
    services.add("factures", write(tmp_path / "factures.csv"))
    state = trained(services, model="changed")
    directory = directory_of(services, state, tmp_path / "cache")
    text = (directory / RECIPE).read_text()
    (directory / RECIPE).write_text(text.replace('"case": "lower"', '"case": "upper"'))
    with pytest.raises(BundleCorrupt, match=r"recipe\.json is not the file"):
        Model.load(directory)
    manifest = json.loads((directory / "manifest.json").read_text())
    described = bundle._describe(directory / RECIPE)
    manifest["files"][RECIPE] = described.model_dump()
    (directory / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleCorrupt, match="golden row"):
        Model.load(directory)
    assert isinstance(pl.read_parquet(directory / "golden.parquet")["montant"][0], str), "golden rows are raw rows"
