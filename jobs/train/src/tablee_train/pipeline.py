"""One training from beginning to end: prepare, search, track, register, gate, promote."""

from __future__ import annotations

import json
import platform
import tempfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import polars as pl

from tablee import __version__
from tablee.datasets.store import Datasets
from tablee.errors import Conflict, Unavailable
from tablee.jobs.training import LeaderboardRow, Phase, Verdict
from tablee.models.promotion import Kind, Promotions
from tablee.models.registry import CHALLENGER, DIGEST, METRICS, VERDICT, Registry, VersionInfo
from tablee.telemetry import logger
from tablee_train.data.partitions import Parts
from tablee_train.data.preparation import Preparation, prepare
from tablee_train.engine.base import Engine, Glance
from tablee_train.evaluation import metrics as measures
from tablee_train.evaluation.curves import curves
from tablee_train.evaluation.gate import Gate, scored
from tablee_train.evaluation.importance import importance
from tablee_train.lifecycle.progress import Progress
from tablee_train.lifecycle.stop import Stop
from tablee_train.settings import TrainSettings
from tablee_train.tracking.candidate import Candidate, assemble
from tablee_train.tracking.mlflow_run import MOST_CHILDREN, Tracker

SHOWN_MODELS = 50
"""Models in the state's leaderboard; the one in MLflow has all."""
ATTEMPTS = 5
"""How often a candidate is judged again because the champion changed meanwhile."""

log = logger(__name__)


class Pipeline:
    """Carries out the training that `progress` owns. Raises what stops it; `outcome` turns that into an end."""

    def __init__(
        self,
        settings: TrainSettings,
        *,
        progress: Progress,
        stop: Stop,
        datasets: Datasets,
        parts: Parts,
        engine: Engine,
        tracker: Tracker,
        registry: Registry,
        promotions: Promotions,
    ) -> None:
        self._settings, self._progress, self._stop = settings, progress, stop
        self._datasets, self._parts, self._engine, self._tracker = datasets, parts, engine, tracker
        self._registry, self._promotions = registry, promotions
        self._traced: set[str] = set()
        self._again = False

    def run(self) -> str:
        """Returns the sentence that says how it ended."""
        self._open()
        with tempfile.TemporaryDirectory(prefix="tablee-train-") as directory, closing(self._engine):
            try:
                ready = self._prepare()
                try:
                    candidate = self._search(ready, Path(directory))
                finally:
                    self._engine.release(ready.plan)
            finally:
                self._parts.clear()
            info = self._track(ready, candidate)
            return self._gate(ready, candidate, info, Path(directory))

    def _open(self) -> None:
        state, request = self._progress.state, self._progress.state.request
        if state.run_id:
            self._again = True
            self._tracker.abandon(state.run_id)
        tags = {"tablee.model": request.model_name, "tablee.dataset": request.dataset, "tablee.version": __version__}
        if self._settings.revision:
            tags["mlflow.source.git.commit"] = self._settings.revision
        run_id = self._tracker.start(state, tags=tags)
        self._progress.move(0.0, "The run is open.", now=True, run_id=run_id)
        self._stop.check()

    def _prepare(self) -> Preparation:
        self._progress.enter(Phase.PREPARING, "Reading the data set.")

        def advance(share: float) -> None:
            self._stop.check()
            self._progress.move(share, f"Reading the data set: {share:.0%}.")

        ready = prepare(self._progress.state, self._datasets, self._settings, self._parts, advance)
        log.info("data_prepared", **ready.summary())
        self._tracker.data(ready.manifest, train=ready.train.height, holdout=ready.held_out)
        self._tracker.params(
            ready.summary()
            | {
                "target": ready.problem.target,
                "dataset": f"{ready.manifest.name}/{ready.manifest.version}",
                "include_algorithms": ", ".join(ready.plan.request.include_algorithms) or "all",
                "exclude_algorithms": ", ".join(ready.plan.request.exclude_algorithms) or "none",
                "holdout_share": self._settings.holdout,
                "promotion": self._settings.promotion,
                "version_tablee": __version__,
                "version_python": platform.python_version(),
                "version_mlflow": version("mlflow-skinny"),
            }
        )
        self._progress.move(1.0, metric=ready.problem.metric)
        self._stop.check()
        return ready

    def _search(self, ready: Preparation, folder: Path) -> Candidate:
        self._progress.enter(Phase.WAITING, "Waiting for H2O.")
        engine_version = self._engine.ready()
        if self._again:  # the earlier attempt may have left its search running
            self._engine.release(ready.plan)
        self._tracker.params({"version_h2o": engine_version})
        rows = f"{ready.train.height:,} rows"
        sentence = f"H2O reads {rows}." if ready.train.addresses else f"Sending {rows} to H2O."
        self._progress.enter(Phase.TRAINING, sentence)
        cleared = False

        def watch(glance: Glance) -> None:
            nonlocal cleared
            if ready.train.addresses and not cleared:  # H2O has them in its memory by now
                self._parts.clear()
                cleared = True
            self._progress.move(
                glance.share,
                f"{glance.doing[:1].upper()}{glance.doing[1:]}.",
                models=len(glance.leaderboard),
                best=glance.leaderboard[0].metrics.get(ready.problem.metric) if glance.leaderboard else None,
                leaderboard=glance.leaderboard[:SHOWN_MODELS],
            )
            self._trace(glance.leaderboard, at_most=1)

        board = self._engine.search(ready.plan, ready.train, watch)
        log.info("search_ended", models=len(board), leader=board[0].model_id)
        self._progress.enter(Phase.TRACKING, f"Fetching the best of {len(board)} models.")
        candidate = assemble(
            self._engine, ready.plan, board[0], ready.train.frame, ready.holdout, folder, engine_version
        )
        self._trace(board)
        self._tracker.json([row.model_dump() for row in board], "leaderboard.json")
        return candidate

    def _trace(self, board: list[LeaderboardRow], at_most: int | None = None) -> None:
        """A child run for each model that has none yet.

        While the search runs one at a time, so that little is left to do after it; a service that does not answer then
        is asked again later.
        """
        new = [row for row in board[:MOST_CHILDREN] if row.model_id not in self._traced]
        for row in new[:at_most]:
            self._stop.check()
            try:
                self._tracker.child(row, self._engine.parameters(row.model_id))
            except Unavailable as error:
                if at_most is None:
                    raise
                log.warning("model_not_traced_yet", model_id=row.model_id, reason=error.detail)
            else:
                self._traced.add(row.model_id)

    def _track(self, ready: Preparation, candidate: Candidate) -> VersionInfo:
        """Measure the candidate, log it and register it."""
        self._progress.move(0.6, "Measuring the best model on the hold-out rows.", now=True)
        result = scored(candidate.model, ready.holdout)
        metrics = measures.measure(result)
        self._progress.move(0.65, holdout=metrics)
        weights = importance(candidate.model, ready.holdout, ready.problem.metric, ready.plan.seed)
        self._tracker.json(curves(result, candidate.contract), "holdout/curves.json")
        self._tracker.json(weights, "holdout/importance.json")
        self._tracker.frame(_predictions(ready, candidate, result), "holdout/predictions.parquet")
        self._tracker.json(candidate.contract.model_dump(mode="json"), "contract.json")
        if ready.plan.recipe is not None:
            self._tracker.json(ready.plan.recipe.model_dump(mode="json"), "recipe.json")
        self._progress.keep_recipe(ready.plan.recipe)
        self._stop.check()
        self._progress.move(0.75, "Registering the model.", now=True)
        tags = {
            DIGEST: candidate.digest,
            METRICS: json.dumps(metrics),
            "tablee.algorithm": candidate.model.algorithm,
            "tablee.dataset": ready.manifest.name,
            "tablee.dataset_version": ready.manifest.version,
            "tablee.training": self._progress.state.id,
        }
        source, model_id = self._tracker.model(candidate.directory, candidate.contract, tags)
        self._tracker.metrics({f"holdout_{name}": value for name, value in metrics.items()}, model_id=model_id)
        self._tracker.metrics({f"cv_{name}": value for name, value in candidate.leader.metrics.items()})
        self._tracker.tags({"tablee.algorithm": candidate.model.algorithm, DIGEST: candidate.digest})
        self._stop.check()
        info = self._registry.register(
            self._progress.state.request.model_name,
            source=source,
            run_id=self._tracker.run_id,
            model_id=model_id,
            tags=tags,
        )
        log.info("version_registered", model=info.model, version=info.version, digest=candidate.digest[:12])
        self._progress.move(1.0, version=info.version, now=True)
        return info

    def _gate(self, ready: Preparation, candidate: Candidate, info: VersionInfo, folder: Path) -> str:
        self._progress.enter(Phase.GATING, f"Judging version {info.version}.")
        gate = Gate(self._registry, self._settings.gate, folder / "registry")
        checks = [*candidate.checks, *gate.examine(info)]
        for _ in range(ATTEMPTS):
            champion = self._registry.champion(info.model)
            if champion is not None and champion.version == info.version:  # a person was faster
                self._progress.move(1.0, promoted=True)
                return f"Version {info.version} is the champion."
            self._stop.check()
            verdict = gate.verdict(
                candidate.model, checks, champion, ready.holdout, ready.problem.metric, ready.plan.seed
            )
            self._write_down(info, verdict)
            try:
                return self._decide(info, verdict)
            except Conflict as error:
                log.info("champion_changed_meanwhile", reason=error.detail)
        return (
            f"Version {info.version} is registered; the champion changed too often to compare it. Promote it by hand."
        )

    def _write_down(self, info: VersionInfo, verdict: Verdict) -> None:
        log.info("verdict_given", model=info.model, version=info.version, passed=verdict.passed, reason=verdict.reason)
        self._registry.tag(info.model, info.version, VERDICT, verdict.model_dump_json())
        self._tracker.json(verdict.model_dump(mode="json"), "verdict.json")
        self._progress.move(0.5, verdict=verdict, now=True)

    def _decide(self, info: VersionInfo, verdict: Verdict) -> str:
        """Promote, wait for a person, or leave it; raises `Conflict` if the champion is another one by now."""
        self._stop.check()
        if not verdict.passed:
            self._progress.move(1.0, promoted=False)
            return f"Version {info.version} is registered, not promoted. {verdict.reason}"
        if self._settings.promotion == "approve":
            self._registry.set_alias(info.model, CHALLENGER, info.version)
            self._progress.move(1.0, promoted=False)
            return f"Version {info.version} passed the gate and waits for approval. {verdict.reason}"
        self._promotions.promote(
            info.model,
            info.version,
            by=f"training {self._progress.state.id}",
            reason=verdict.reason,
            kind=Kind.GATE,
            over=verdict.champion_version,
        )
        self._progress.move(1.0, promoted=True)
        return f"Version {info.version} is the champion. {verdict.reason}"


def _predictions(ready: Preparation, candidate: Candidate, result: measures.Scored) -> pl.DataFrame:
    """Truth and scores of the hold-out rows."""
    names = candidate.contract.target.classes or ("prediction",)
    scores = {
        f"probability_{name}" if name != "prediction" else name: result.scores[:, i] for i, name in enumerate(names)
    }
    return pl.DataFrame({"truth": ready.holdout[ready.problem.target], **scores})
