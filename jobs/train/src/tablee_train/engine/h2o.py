"""H2O AutoML behind the engine port."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import polars as pl

from tablee.errors import EngineUnavailable, TableeError, TrainingFailed
from tablee.jobs.process import StopRequest
from tablee.jobs.training import LeaderboardRow
from tablee.telemetry import logger
from tablee_train.engine import h2o_automl, h2o_cluster, h2o_frames
from tablee_train.engine.base import Scores, SearchPlan, SearchProgress, TrainingRows
from tablee_train.engine.h2o_cluster import ClusterMonitor, ClusterState
from tablee_train.engine.h2o_rest import ENDED_STATUSES, LONG_SECONDS, H2oRest, job_failed, path_segment
from tablee_train.lifecycle.lease import ClusterLease
from tablee_train.settings import H2oSettings

CANCEL_SECONDS = 10.0
"""How long to wait until a job that was cancelled has ended."""
FIND_SECONDS = 30.0
"""How long to look for the leader of a cluster that the controller calls ready, before asking to recreate it."""

P = ParamSpec("P")
T = TypeVar("T")
log = logger(__name__)


def errors_confirmed(
    method: Callable[Concatenate[H2oEngine, P], T],
) -> Callable[Concatenate[H2oEngine, P], T]:
    """A method of the engine that raises an error of H2O only if the cluster is whole; see `ClusterMonitor`."""

    @wraps(method)
    def call(engine: H2oEngine, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with engine.monitor().errors_confirmed():
            return method(engine, *args, **kwargs)

    return call


class H2oEngine:
    """An H2O cluster, used by one training.

    :param lease: makes the cluster this training's alone; None where the cluster runs anyway and may be shared.
    """

    def __init__(self, settings: H2oSettings, stop: StopRequest, lease: ClusterLease | None = None) -> None:
        self._settings, self._stop, self._lease = settings, stop, lease
        self._addresses = [H2oRest(settings, url=url) for url in settings.addresses]
        self._rest = self._addresses[0]
        self._cluster: ClusterState | None = None
        self._variance = 1.0

    def ready(self) -> str:
        if self._lease is None:
            return self._find(self._settings.wait_seconds)
        try:
            return self._take_over(self._lease, min(FIND_SECONDS, self._settings.wait_seconds))
        except EngineUnavailable as error:
            log.warning("h2o_broken", reason=error.detail)
            self._lease.recycle()
        return self._take_over(self._lease, self._settings.wait_seconds)

    def _take_over(self, lease: ClusterLease, seconds: float) -> str:
        """Acquire the cluster and remove all that earlier trainings left in it; returns its version."""
        lease.acquire()
        version = self._find(seconds)
        if self._cancel(""):
            raise EngineUnavailable("earlier_training_left")
        self._rest.delete("/3/DKV")
        return version

    def _find(self, seconds: float) -> str:
        self._rest, self._cluster = h2o_cluster.wait(self._addresses, self._settings, self._stop, seconds)
        log.info("h2o_found", url=self._rest.url, nodes=self._cluster.size, version=self._cluster.version)
        return self._cluster.version

    def monitor(self) -> ClusterMonitor:
        """A monitor that expects the cluster as it was found."""
        if self._cluster is None:
            raise EngineUnavailable("not_asked")
        return ClusterMonitor(self._rest, self._cluster, self._settings, self._stop)

    @errors_confirmed
    def search(
        self, plan: SearchPlan, train: TrainingRows, on_progress: Callable[[SearchProgress], None]
    ) -> list[LeaderboardRow]:
        self._variance = train.variance
        key = f"{plan.key}_train"
        if train.addresses:
            frame = h2o_frames.read(self.monitor(), key, train, plan.features)
        else:
            frame = h2o_frames.upload(self.monitor(), key, plan.prepared(train.frame), plan.features)
        started = time.monotonic()
        monitor, request = self.monitor(), h2o_automl.build_request(plan, frame)
        job = monitor.during(lambda: self._rest.post("/99/AutoMLBuilder", seconds=LONG_SECONDS, json=request))["job"]
        while True:
            now, board = monitor.ask(lambda: (self._rest.job(job["key"]["name"]), self._leaderboard(plan.key)))
            on_progress(SearchProgress(h2o_automl.share(plan, now, board), h2o_automl.activity(now), board))
            if now["status"] in ENDED_STATUSES:
                break
            if time.monotonic() - started > plan.deadline_seconds:
                raise TrainingFailed("search_too_long", seconds=round(plan.deadline_seconds))
            self._stop.wait(1.0)
        if now["status"] != "DONE":
            raise job_failed("search_failed", now, status=now["status"].lower())
        if not board:
            raise TrainingFailed("no_model", hint="larger_budget")
        return board

    @errors_confirmed
    def parameters(self, model_id: str) -> dict[str, str]:
        model = self._rest.get(f"/3/Models/{path_segment(model_id)}", _exclude_fields="models/output")["models"][0]
        return {
            parameter["name"]: str(parameter["actual_value"])[:500]
            for parameter in model.get("parameters", ())
            if isinstance(parameter["actual_value"], bool | int | float | str | list)
            and parameter["actual_value"] != parameter["default_value"]
        }

    @errors_confirmed
    def download(self, model_id: str, path: Path) -> None:
        self.monitor().during(lambda: self._rest.download(f"/3/Models/{path_segment(model_id)}/mojo", path))

    @errors_confirmed
    def predict(self, plan: SearchPlan, model_id: str, rows: pl.DataFrame, width: int) -> Scores:
        features = plan.features
        inputs = plan.prepared(rows).select(features.names)
        frame = h2o_frames.upload(self.monitor(), f"{plan.key}_sample", inputs, features)
        return h2o_frames.scores(self.monitor(), model_id, frame, width)

    def release(self, plan: SearchPlan) -> None:
        if self._cluster is None:  # the cluster was never reached
            return
        try:
            self._cancel(plan.key)
            automl = self._project(plan.key)
            for row in self._leaderboard(plan.key):
                self._rest.delete(f"/3/Models/{path_segment(row.model_id)}")
            stamp = (automl.get("training_frame") or {}).get("name", plan.key).partition("_training_")[0]
            if automl:
                self._rest.delete(f"/3/DKV/{path_segment(h2o_automl.project_key(plan.key))}")
            for frame in self._rest.get("/3/Frames")["frames"]:
                name = frame["frame_id"]["name"]
                if plan.key in name or stamp in name:
                    self._rest.delete(f"/3/DKV/{path_segment(name)}")
        except TableeError as error:
            log.warning("h2o_not_released", key=plan.key, reason=error.detail)
        else:
            log.info("h2o_released", key=plan.key)

    def close(self) -> None:
        for rest in self._addresses:
            rest.close()
        if self._lease is not None:
            self._lease.close()

    def _cancel(self, key: str) -> list[str]:
        """Cancel the jobs whose results have keys that begin with `key`; returns those that still run `CANCEL_SECONDS`
        later."""
        running = [
            job["key"]["name"]
            for job in self._rest.get("/3/Jobs")["jobs"]
            if job["dest"]["name"].startswith(key) and job["status"] not in ENDED_STATUSES
        ]
        for job in running:
            self._rest.post(f"/3/Jobs/{path_segment(job)}/cancel")
        end = time.monotonic() + CANCEL_SECONDS
        while running and time.monotonic() < end:
            time.sleep(0.2)  # not `stop.wait`: the training may be ending because of a stop
            running = [job for job in running if self._rest.job(job)["status"] not in ENDED_STATUSES]
        return running

    def _project(self, key: str) -> dict[str, Any]:
        try:
            return self._rest.get(f"/99/AutoML/{path_segment(h2o_automl.project_key(key))}")
        except TrainingFailed:  # there is none
            return {}

    def _leaderboard(self, key: str) -> list[LeaderboardRow]:
        try:
            body = self._rest.get(f"/99/Leaderboards/{path_segment(h2o_automl.project_key(key))}", extensions='["ALL"]')
        except TrainingFailed:  # not there before the first model
            return []
        return h2o_automl.leaderboard(body["table"], self._variance)
