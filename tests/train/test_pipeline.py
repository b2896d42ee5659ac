"""Whole trainings over a real H2O and a real MLflow, in this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tablee.jobs.training import Phase, TrainingState
from tablee.models import bundle
from tablee.models.problem import ProblemType
from tablee.models.promotion import Kind, PromotionRecord, Promotions
from tablee.models.registry import CHAMPION, DIGEST
from tablee_scoring import Model
from tablee_train.lifecycle.resume import resume_or_create

pytestmark = pytest.mark.jvm  # models are loaded and scored in this process
QUICK = {"max_models": 2, "include_algorithms": ["GBM", "GLM"], "seed": 1}


def model_of(services: Any, state: TrainingState, folder: Path) -> Model:
    info = services.registry.version(state.request.model_name, state.version)
    return Model.load(services.registry.fetch(info, folder), info.digest)


def artifact(services: Any, run_id: str, path: str, folder: Path) -> Any:
    file = Path(services.registry._client.download_artifacts(run_id, path, str(folder)))
    return pl.read_parquet(file) if path.endswith(".parquet") else json.loads(file.read_text())


def succeeded(state: TrainingState) -> TrainingState:
    assert state.phase is Phase.SUCCEEDED, f"{state.message} {state.error}"
    assert (state.progress, state.promoted is not None, state.ended is not None) == (1.0, True, True)
    return state


def test_two_classes_from_data_to_champion(services: Any, tmp_path: Path) -> None:
    state = succeeded(services.run(target="sex", model="sex", max_models=3, seed=1))
    assert state.promoted
    assert (state.metric, state.verdict.metric, state.verdict.champion) == ("auc", "auc", None)
    assert {"GLM", "GBM", "XGBoost", "StackedEnsemble"} >= {row.algorithm for row in state.leaderboard}
    assert state.best == state.leaderboard[0].metrics["auc"]
    assert state.models == len(state.leaderboard) >= 3
    assert 0.8 < state.holdout["auc"] == pytest.approx(state.verdict.candidate)

    info = services.registry.champion("sex")
    assert (info.version, info.run_id, json.loads(info.tags["tablee.holdout"])) == (1, state.run_id, state.holdout)
    assert info.to_dict()["verdict"]["passed"]
    assert [record.kind for record in services.promotions.history("sex")] == [Kind.GATE]

    model = model_of(services, state, tmp_path)
    contract = model.contract
    assert contract.target.classes == ("female", "male")
    assert contract.names == (
        "species",
        "island",
        "bill_length_mm",
        "bill_depth_mm",
        "flipper_length_mm",
        "body_mass_g",
        "year",
    )
    assert contract.ignored == ("sex",)
    assert contract.threshold == model._mojo.threshold != 0.5
    golden = bundle.read_golden(services.registry.fetch(info, tmp_path), contract)
    assert 100 < len(golden) <= 200
    assert {check.name: check.passed for check in state.verdict.checks} == dict.fromkeys(
        ("engine agrees", "golden rows", "size", "speed", "served"), True
    )

    run = services.registry._client.get_run(state.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.metrics["holdout_auc"] == state.holdout["auc"]
    assert run.data.params["rows_without_target"] == "11"
    assert run.data.params["version_h2o"] == "3.46.0.11"
    assert int(run.data.params["training_rows"]) + int(run.data.params["holdout_rows"]) == 333
    assert run.inputs.dataset_inputs[0].dataset.digest == services.datasets.manifest("penguins").version
    children = services.registry._client.search_runs(
        [run.info.experiment_id], f"tags.`mlflow.parentRunId` = '{state.run_id}'"
    )
    assert {child.info.run_name for child in children} == {row.model_id for row in state.leaderboard}
    assert all(child.info.status == "FINISHED" and "cv_auc" in child.data.metrics for child in children)
    predictions = artifact(services, state.run_id, "holdout/predictions.parquet", tmp_path)
    assert predictions.columns == ["truth", "probability_female", "probability_male"]
    assert artifact(services, state.run_id, "holdout/curves.json", tmp_path)["threshold"] == contract.threshold
    weights = artifact(services, state.run_id, "holdout/importance.json", tmp_path)
    assert set(weights) == set(contract.names)
    assert max(weights.values()) > 0
    assert len(artifact(services, state.run_id, "leaderboard.json", tmp_path)) == state.models
    logged = services.registry._client.get_logged_model(run.outputs.model_outputs[0].model_id)
    assert (str(logged.status), logged.tags[DIGEST]) == ("READY", info.digest)
    assert {metric.key: metric.value for metric in logged.metrics}["holdout_auc"] == state.holdout["auc"]


def test_many_classes_and_the_mlflow_face(services: Any, tmp_path: Path) -> None:
    import mlflow.pyfunc

    state = succeeded(services.run(target="species", model="species", **QUICK))
    assert state.metric == "mean_per_class_error"
    model = model_of(services, state, tmp_path)
    assert model.contract.target.classes == ("Adelie", "Chinstrap", "Gentoo")
    assert model.contract.threshold is None
    rows = services.datasets.frame(services.datasets.manifest("penguins")).select(model.contract.names).head(50)
    wanted = model.score(model.validator.columns(rows.to_dict(as_series=False), rows.height))
    mlflow.set_tracking_uri(services.registry.url)
    face = mlflow.pyfunc.load_model("models:/species@champion")
    found = face.predict(rows.to_pandas())
    assert np.array_equal(found[["probability_Adelie", "probability_Chinstrap", "probability_Gentoo"]], wanted)


def test_numbers_and_what_the_gate_does_with_the_next(services: Any, tmp_path: Path) -> None:
    weak = {"target": "body_mass_g", "model": "mass", "max_models": 1, "include_algorithms": ["GLM"], "seed": 1}
    without = ["species", "sex", "flipper_length_mm", "bill_depth_mm"]
    manual = {"TABLEE_PROMOTION": "approve"}

    first = succeeded(services.run(**weak, ignored_columns=without, variables=manual))
    assert not first.promoted
    assert "waits for approval" in first.message
    assert first.verdict.passed
    assert services.registry.champion("mass") is None
    assert services.registry.version("mass", 1).aliases == ("challenger",)
    services.promotions.promote("mass", 1, by="ana", reason="looked at it")

    same = succeeded(services.run(**weak, ignored_columns=without))
    assert not same.promoted
    assert "just as good as the champion" in same.verdict.reason
    assert same.verdict.difference == 0
    assert services.registry.champion("mass").version == 1

    # All columns are read now, which callers of version 1 do send (they are ignored there).
    full = succeeded(services.run(target="body_mass_g", model="mass", metric="r2", **QUICK))
    assert not full.promoted
    assert "needs the column" in full.verdict.reason
    assert full.metric == "r2"
    assert full.best == pytest.approx(full.leaderboard[0].metrics["r2"])

    model = model_of(services, full, tmp_path)
    assert model.contract.target.integer
    assert set(full.holdout) == {"rmse", "mae", "r2"}
    services.promotions.promote("mass", 3, by="ana", reason="callers were told")
    other = succeeded(services.run(target="species", model="mass", **QUICK))
    assert not other.promoted
    assert "the champion predicts “body_mass_g”, this one “species”" in other.verdict.reason


def test_the_verdict_compares_with_the_champion(services: Any) -> None:
    weak = services.run(
        target="body_mass_g", model="better", metric="mae", max_models=1, include_algorithms=["GLM"], seed=1
    )
    assert succeeded(weak).promoted
    rival = services.run(target="body_mass_g", model="better", metric="mae", **QUICK)
    verdict = succeeded(rival).verdict
    assert verdict.champion_version == 1
    assert verdict.champion == pytest.approx(weak.holdout["mae"])
    assert verdict.difference == pytest.approx(weak.holdout["mae"] - rival.holdout["mae"])
    assert verdict.interval[0] <= verdict.difference <= verdict.interval[1]
    assert rival.promoted == verdict.passed == (verdict.difference > 0)
    assert services.registry.champion("better").version == (2 if rival.promoted else 1)


def test_a_better_one_takes_the_champions_place(services: Any, tmp_path: Path) -> None:
    """The first version learns from masses that belong to other penguins, the second from their own."""
    penguins = pl.read_csv(services.penguins, infer_schema_length=None)
    present = penguins.filter(pl.col("body_mass_g").cast(pl.String).str.contains("^[0-9.]+$"))
    present.with_columns(pl.col("body_mass_g").shuffle(seed=1)).write_csv(tmp_path / "masses.csv")
    services.add("masses", tmp_path / "masses.csv")
    request = {"dataset": "masses", "target": "body_mass_g", "problem_type": ProblemType.REGRESSION, **QUICK}
    assert succeeded(services.run(**request)).promoted
    present.write_csv(tmp_path / "masses.csv")
    services.add("masses", tmp_path / "masses.csv")
    second = succeeded(services.run(**request))
    assert second.verdict.difference > 0
    assert second.verdict.passed
    assert second.promoted
    assert services.registry.champion("masses").version == 2


class Overtaken(Promotions):
    """Another version is promoted just before."""

    rivals: list[int]

    def promote(self, model: str, version: int, **details: Any) -> PromotionRecord:
        if self.rivals:
            self._registry.set_alias(model, CHAMPION, self.rivals.pop())
        return super().promote(model, version, **details)


def test_a_champion_that_changed_meanwhile_is_compared_with_again(services: Any) -> None:
    request = {"target": "year", "problem_type": ProblemType.REGRESSION, "model": "race", **QUICK}
    assert succeeded(services.run(**request, ignored_columns=["flipper_length_mm"])).version == 1
    services.registry.remove_alias("race", CHAMPION)
    promotions = Overtaken(services.registry, services.objects)
    promotions.rivals = [1]
    state = succeeded(services.run(**request, ignored_columns=["flipper_length_mm"], promotions=promotions))
    assert state.verdict.champion_version == 1
    assert not state.promoted, "version 1 is the same model, so the second is not better"
    assert services.registry.champion("race").version == 1


def test_odd_names_and_values_survive_the_whole_way(services: Any, tmp_path: Path) -> None:
    file = tmp_path / "les données.csv"
    lines = ['"prix ""net"", é",l\'île,vrai,"classe, @@"']
    for i in range(120):
        island = ['"Ré, la blanche"', '"dit ""Yeu"""', "001", ""][i % 4]
        label = (i % 4 < 2) != (i % 5 == 0)
        lines.append(f"{'' if i % 10 == 0 else i * 0.3},{island},{'true' if i % 3 else 'false'},{int(label)}")
    file.write_text("\n".join(lines), encoding="utf-8")
    services.add("odd", file)
    state = succeeded(services.run(dataset="odd", target="classe, @@", **QUICK))
    assert state.promoted
    model = model_of(services, state, tmp_path)
    assert model.contract.target.classes == ("0", "1")
    assert model.contract.column("l'île").levels == ("001", "Ré, la blanche", 'dit "Yeu"')
    assert model.contract.column("vrai").levels == ("false", "true")


@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [
        ({"target": "colour"}, "invalid_request", "no column “colour” to predict"),
        ({"target": "species", "dataset": "nowhere"}, "dataset_not_found", "no data set “nowhere”"),
        ({"target": "species", "dataset_version": "0"}, "dataset_not_found", "no version “0”"),
        ({"target": "sex", "metric": "rmse"}, "invalid_request", "rmse does not go with a binary target"),
        (
            {"target": "sex", "include_algorithms": ["GLM"], "exclude_algorithms": ["GBM"]},
            "invalid_request",
            "do not go together",
        ),
    ],
)
def test_a_wrong_request_fails_at_once(services: Any, request_: dict[str, Any], code: str, words: str) -> None:
    state = services.run(model="refused", variables={"TABLEE_H2O__URL": "http://127.0.0.1:9"}, **request_)
    assert (state.phase, state.version, state.error["code"]) == (Phase.FAILED, None, code)
    assert words in state.message
    assert services.registry._client.get_run(state.run_id).info.status == "FAILED"


def test_a_constant_target(services: Any, tmp_path: Path) -> None:
    file = tmp_path / "constant.csv"
    file.write_text("x,y\n" + "\n".join(f"{i},oui" for i in range(50)))
    services.add("constant", file)
    state = services.run(dataset="constant", target="y")
    assert state.phase is Phase.FAILED
    assert "“y” is 'oui' in every row" in state.error["detail"]


def test_twenty_rows_are_enough(services: Any, tmp_path: Path) -> None:
    file = tmp_path / "small.csv"
    file.write_text("x,ville,y\n" + "\n".join(f"{i},{'Lyon' if i % 2 else 'Paris'},{i % 3 % 2}" for i in range(20)))
    services.add("small", file)
    state = succeeded(
        services.run(dataset="small", target="y", max_models=2, include_algorithms=["GLM", "DRF"], seed=1)
    )
    assert state.version == 1


def test_a_training_that_died_can_be_run_again(services: Any, tmp_path: Path) -> None:
    state = services.create(dataset="later", target="y", max_models=1, include_algorithms=["GLM"])
    died = services.registry._client.create_run("0")
    tags = {"mlflow.parentRunId": died.info.run_id}
    child = services.registry._client.create_run("0", tags=tags)
    state.run_id, state.phase = died.info.run_id, Phase.TRAINING
    services.trainings.save(state)
    file = tmp_path / "later.csv"
    file.write_text("x,y\n" + "\n".join(f"{i},{i * 2 + i % 3}" for i in range(60)))
    services.add("later", file)
    settings = services.settings(state.id, TABLEE_ATTEMPTS="3")
    again = succeeded(services.run(state=resume_or_create(settings, services.trainings, services.datasets)))
    assert again.run_id != died.info.run_id
    assert again.attempt == 2
    for run in (died, child):
        assert services.registry._client.get_run(run.info.run_id).info.status == "FAILED"
