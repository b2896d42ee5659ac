"""H2O AutoML behind the engine port."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tablee.errors import EngineUnavailable, TableeError, TrainingFailed
from tablee.jobs.training import LeaderboardRow, TrainingRequest
from tablee.models.problem import METRICS
from tablee.telemetry import logger
from tablee_train.engine import h2o_cluster, h2o_frames
from tablee_train.engine.base import Glance, Plan, Scores, TrainingRows
from tablee_train.engine.h2o_cluster import Cloud, Watch
from tablee_train.engine.h2o_frames import TARGET
from tablee_train.engine.h2o_rest import ENDED, LONG_SECONDS, Rest, segment
from tablee_train.lifecycle.lease import Claim
from tablee_train.lifecycle.stop import Stop
from tablee_train.settings import H2oSettings

CANCEL_SECONDS = 10.0
FIND_SECONDS = 30.0
"""How long to look for the leader of a cluster that the controller calls ready, before it has it started anew."""
_NOT_METRICS = ("", "model_id", "training_time_ms", "predict_time_per_row_ms", "algo")

log = logger(__name__)


class H2oEngine:
    """One cluster, one training at a time.

    :param claim: asks for a cluster of its own first; without one the cluster is there and may be shared.
    """

    def __init__(self, settings: H2oSettings, stop: Stop, claim: Claim | None = None) -> None:
        self._settings, self._stop, self._claim = settings, stop, claim
        self._addresses = [Rest(settings, url=url) for url in settings.addresses]
        self._rest = self._addresses[0]
        self._cloud: Cloud | None = None
        self._variance = 1.0

    def ready(self) -> str:
        if self._claim is None:
            return self._find(self._settings.wait_seconds)
        try:
            return self._own(self._claim, min(FIND_SECONDS, self._settings.wait_seconds))
        except EngineUnavailable as error:
            log.warning("h2o_broken", reason=error.detail)
            self._claim.recycle()
        return self._own(self._claim, self._settings.wait_seconds)

    def _own(self, claim: Claim, seconds: float) -> str:
        """The cluster as this training's alone, empty."""
        claim.take()
        version = self._find(seconds)
        if self._cancel(""):
            raise EngineUnavailable("H2O does not end what an earlier training has left running")
        self._rest.delete("/3/DKV")
        return version

    def _find(self, seconds: float) -> str:
        self._rest, self._cloud = h2o_cluster.wait(self._addresses, self._settings, self._stop, seconds)
        log.info("h2o_found", url=self._rest.url, nodes=self._cloud.size, version=self._cloud.version)
        return self._cloud.version

    def search(self, plan: Plan, train: TrainingRows, watch: Callable[[Glance], None]) -> list[LeaderboardRow]:
        self._variance = train.variance
        key = f"{plan.key}_train"
        if train.addresses:
            frame = h2o_frames.read(self._rest, key, train, plan.features, self._finish)
        else:
            frame = h2o_frames.upload(self._rest, key, plan.prepared(train.frame), plan.features, self._finish)
        started = time.monotonic()
        job = self._rest.post("/99/AutoMLBuilder", seconds=LONG_SECONDS, json=_build(plan, frame))["job"]
        eyes = self._watch()
        while True:
            now, board = eyes.ask(lambda: (self._rest.job(job["key"]["name"]), self._leaderboard(plan.key)))
            watch(Glance(_share(plan, now, board), _doing(now), board))
            if now["status"] in ENDED:
                break
            if time.monotonic() - started > plan.deadline_seconds:
                raise TrainingFailed(f"the search did not end within {plan.deadline_seconds:.0f} s and was stopped")
            self._stop.wait(1.0)
        if now["status"] != "DONE":
            raise TrainingFailed(f"H2O ended the search as {now['status'].lower()}: {_reason(now)}")
        if not board:
            raise TrainingFailed(
                "H2O finished without a single model",
                hint="Give it more time (max_seconds), more rows, or other algorithms.",
            )
        return board

    def parameters(self, model_id: str) -> dict[str, str]:
        model = self._rest.get(f"/3/Models/{segment(model_id)}", _exclude_fields="models/output")["models"][0]
        return {
            parameter["name"]: str(parameter["actual_value"])[:500]
            for parameter in model.get("parameters", ())
            if isinstance(parameter["actual_value"], bool | int | float | str | list)
            and parameter["actual_value"] != parameter["default_value"]
        }

    def download(self, model_id: str, path: Path) -> None:
        self._rest.download(f"/3/Models/{segment(model_id)}/mojo", path)

    def predict(self, plan: Plan, model_id: str, rows: pl.DataFrame, width: int) -> Scores:
        features = plan.features
        inputs = plan.prepared(rows).select(features.names)
        frame = h2o_frames.upload(self._rest, f"{plan.key}_sample", inputs, features, self._finish)
        return h2o_frames.scores(self._rest, model_id, frame, width)

    def release(self, plan: Plan) -> None:
        if self._cloud is None:  # it never was ours
            return
        try:
            self._cancel(plan.key)
            automl = self._project(plan.key)
            for row in self._leaderboard(plan.key):
                self._rest.delete(f"/3/Models/{segment(row.model_id)}")
            stamp = (automl.get("training_frame") or {}).get("name", plan.key).partition("_training_")[0]
            if automl:
                self._rest.delete(f"/3/DKV/{segment(_project_key(plan.key))}")
            for frame in self._rest.get("/3/Frames")["frames"]:
                name = frame["frame_id"]["name"]
                if plan.key in name or stamp in name:
                    self._rest.delete(f"/3/DKV/{segment(name)}")
        except TableeError as error:
            log.warning("h2o_not_released", key=plan.key, reason=error.detail)
        else:
            log.info("h2o_released", key=plan.key)

    def close(self) -> None:
        for rest in self._addresses:
            rest.close()
        if self._claim is not None:
            self._claim.close()

    def _cancel(self, key: str) -> list[str]:
        """Stop what runs under keys that begin so, and wait a little until it has; returns what still runs."""
        running = [
            job["key"]["name"]
            for job in self._rest.get("/3/Jobs")["jobs"]
            if job["dest"]["name"].startswith(key) and job["status"] not in ENDED
        ]
        for job in running:
            self._rest.post(f"/3/Jobs/{segment(job)}/cancel")
        end = time.monotonic() + CANCEL_SECONDS
        while running and time.monotonic() < end:
            time.sleep(0.2)  # not `stop.wait`: the training may be ending because of a stop
            running = [job for job in running if self._rest.job(job)["status"] not in ENDED]
        return running

    def _watch(self) -> Watch:
        if self._cloud is None:
            raise EngineUnavailable("the engine was not asked whether it is ready")
        return Watch(self._rest, self._cloud, self._settings, self._stop)

    def _finish(self, job: dict[str, Any]) -> None:
        """Wait for a short job (reading an upload)."""
        eyes = self._watch()
        while (now := eyes.ask(lambda: self._rest.job(job["key"]["name"])))["status"] not in ENDED:
            self._stop.wait(0.1)
        if now["status"] != "DONE":
            raise TrainingFailed(f"H2O could not read the rows: {_reason(now)}")

    def _project(self, key: str) -> dict[str, Any]:
        try:
            return self._rest.get(f"/99/AutoML/{segment(_project_key(key))}")
        except TrainingFailed:  # there is none
            return {}

    def _leaderboard(self, key: str) -> list[LeaderboardRow]:
        try:
            body = self._rest.get(f"/99/Leaderboards/{segment(_project_key(key))}", extensions='["ALL"]')
        except TrainingFailed:  # not there before the first model
            return []
        names = [column["name"] for column in body["table"]["columns"]]
        return [self._row(dict(zip(names, row, strict=True))) for row in zip(*body["table"]["data"], strict=True)]

    def _row(self, row: dict[str, Any]) -> LeaderboardRow:
        found = {name: float(value) for name, value in row.items() if name not in _NOT_METRICS and _is_finite(value)}
        if "mean_residual_deviance" in found:
            found["r2"] = 1.0 - found["mse"] / self._variance
        return LeaderboardRow(
            model_id=row["model_id"],
            algorithm=str(row.get("algo") or row["model_id"].partition("_")[0]),
            metrics=found,
            train_seconds=row["training_time_ms"] / 1000 if row.get("training_time_ms") is not None else None,
        )


def _project_key(key: str) -> str:
    return f"{key}@@{TARGET}"


def _build(plan: Plan, frame: str) -> dict[str, Any]:
    request = plan.request
    stopping = {
        "max_runtime_secs": request.max_seconds or 0,
        "max_models": request.max_models or 0,
        "seed": plan.seed,
    }
    models: dict[str, list[str]] = {}
    if request.include_algorithms:
        models["include_algos"] = list(request.include_algorithms)
    elif excluded := _excluded(request):
        models["exclude_algos"] = excluded
    return {
        "build_control": {"project_name": plan.key, "nfolds": request.folds, "stopping_criteria": stopping},
        "build_models": models,
        "input_spec": {
            "response_column": TARGET,
            "training_frame": frame,
            "sort_metric": METRICS[plan.metric].h2o_sort,
        },
    }


def _excluded(request: TrainingRequest) -> list[str]:
    """What the request excludes; with a seed and no clock DeepLearning too, whose result a seed does not fix."""
    repeatable = request.seed is not None and request.max_seconds is None
    return sorted({*request.exclude_algorithms, *(["DeepLearning"] if repeatable else [])})


def _share(plan: Plan, job: dict[str, Any], board: list[LeaderboardRow]) -> float:
    """H2O's own figure follows the clock; with a budget of models, the models say more."""
    by_models = 0.0
    if plan.request.max_models:
        trained = sum(row.algorithm != "StackedEnsemble" for row in board)
        by_models = 0.95 * min(trained / plan.request.max_models, 1.0)
    return 1.0 if job["status"] == "DONE" else max(float(job["progress"]), by_models)


def _doing(job: dict[str, Any]) -> str:
    """`GBM_2_AutoML_1_2026…_1 [GBM def_2]` as `training GBM_2`."""
    message = str(job.get("progress_msg") or "")
    return f"training {message.partition('_AutoML_')[0]}" if "_AutoML_" in message else "searching for the best model"


def _reason(job: dict[str, Any]) -> str:
    return " ".join(str(job.get("exception") or "it gave no reason").split())[:500]


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and bool(np.isfinite(value))
