"""One training from beginning to end: prepare, search, track, register, judge, promote."""

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
from tablee.errors.base import plain
from tablee.i18n.message import Message
from tablee.jobs.process import StopRequest
from tablee.jobs.training import Phase
from tablee.models.promotion import Promotions
from tablee.models.registry import DIGEST, METRICS, Registry, VersionInfo
from tablee.telemetry import logger
from tablee_train.data.partitions import Partitions
from tablee_train.data.preparation import Preparation, prepare
from tablee_train.engine.base import Engine, SearchProgress
from tablee_train.evaluation import metrics
from tablee_train.evaluation.curves import curves
from tablee_train.evaluation.gate import Gate, score_rows
from tablee_train.evaluation.importance import importance
from tablee_train.evaluation.promotion import PromotionStep
from tablee_train.lifecycle.progress import Progress
from tablee_train.settings import TrainSettings
from tablee_train.tracking.candidate import Candidate, assemble
from tablee_train.tracking.child_runs import ChildRuns
from tablee_train.tracking.mlflow_run import Tracker

SHOWN_MODELS = 50
"""The most models in the state's leaderboard; the one in MLflow has all."""

log = logger(__name__)


class Pipeline:
    """Runs the training whose state `progress` holds. Raises the error that ends it; `lifecycle.outcome` handles it."""

    def __init__(
        self,
        settings: TrainSettings,
        *,
        progress: Progress,
        stop: StopRequest,
        datasets: Datasets,
        partitions: Partitions,
        engine: Engine,
        tracker: Tracker,
        registry: Registry,
        promotions: Promotions,
    ) -> None:
        self._settings, self._progress, self._stop = settings, progress, stop
        self._datasets, self._partitions, self._engine, self._tracker = datasets, partitions, engine, tracker
        self._registry, self._promotions = registry, promotions
        self._repeated = False
        """Whether an earlier attempt had opened a run."""

    def run(self) -> Message:
        """Run the training; returns a sentence that says how it ended."""
        self._open_run()
        with tempfile.TemporaryDirectory(prefix="tablee-train-") as directory, closing(self._engine):
            try:
                ready = self._prepare()
                try:
                    candidate = self._search(ready, Path(directory))
                finally:
                    self._engine.release(ready.plan)
            finally:
                self._partitions.clear()
            info = self._register(ready, candidate, self._evaluate(ready, candidate))
            return self._judge(ready, candidate, info, Path(directory))

    def _open_run(self) -> None:
        state, request = self._progress.state, self._progress.state.request
        if state.run_id:
            self._repeated = True
            self._tracker.abandon(state.run_id)
        tags = {"tablee.model": request.model_name, "tablee.dataset": request.dataset, "tablee.version": __version__}
        if self._settings.revision:
            tags["mlflow.source.git.commit"] = self._settings.revision
        run_id = self._tracker.start(state, tags=tags)
        self._progress.move(0.0, Message("job.run_open"), now=True, run_id=run_id)
        self._stop.check()

    def _prepare(self) -> Preparation:
        self._progress.enter(Phase.PREPARING, Message("job.reading"))

        def on_progress(share: float) -> None:
            self._stop.check()
            self._progress.move(share, Message("job.reading_share", {"percent": round(100 * share)}))

        ready = prepare(self._progress.state, self._datasets, self._settings, self._partitions, on_progress)
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
        self._progress.move(1.0, metric=ready.problem.metric, remarks=[*map(plain, ready.remarks)])
        self._stop.check()
        return ready

    def _search(self, ready: Preparation, folder: Path) -> Candidate:
        self._progress.enter(Phase.WAITING, Message("job.waiting"))
        engine_version = self._engine.ready()
        if self._repeated:  # the earlier attempt may have left its search running
            self._engine.release(ready.plan)
        self._tracker.params({"version_h2o": engine_version})
        way = "job.h2o_reads" if ready.train.addresses else "job.sending"
        self._progress.enter(Phase.TRAINING, Message(way, {"rows": ready.train.height}))
        child_runs = ChildRuns(self._engine, self._tracker, self._stop)
        partitions_left = bool(ready.train.addresses)

        def on_progress(search: SearchProgress) -> None:
            nonlocal partitions_left
            if partitions_left:  # H2O has read them into its memory by now
                self._partitions.clear()
                partitions_left = False
            best = search.leaderboard[0].metrics.get(ready.problem.metric) if search.leaderboard else None
            self._progress.move(
                search.share,
                search.activity,
                models=len(search.leaderboard),
                best=best,
                leaderboard=search.leaderboard[:SHOWN_MODELS],
            )
            child_runs.log_next(search.leaderboard)

        board = self._engine.search(ready.plan, ready.train, on_progress)
        log.info("search_ended", models=len(board), leader=board[0].model_id)
        self._progress.enter(Phase.TRACKING, Message("job.fetching", {"models": len(board)}))
        candidate = assemble(
            self._engine, ready.plan, board[0], ready.train.frame, ready.holdout, folder, engine_version
        )
        child_runs.log_all(board)
        self._tracker.json([row.model_dump() for row in board], "leaderboard.json")
        return candidate

    def _evaluate(self, ready: Preparation, candidate: Candidate) -> dict[str, float]:
        """Measure the candidate on the hold-out rows and log what describes it; returns the metrics."""
        self._progress.move(0.6, Message("job.measuring"), now=True)
        scored = score_rows(candidate.model, ready.holdout)
        measured = metrics.measure(scored)
        self._progress.move(0.65, holdout=measured)
        weights = importance(candidate.model, ready.holdout, ready.problem.metric, ready.plan.seed)
        self._tracker.json(curves(scored, candidate.contract), "holdout/curves.json")
        self._tracker.json(weights, "holdout/importance.json")
        self._tracker.frame(_predictions(ready, candidate, scored), "holdout/predictions.parquet")
        self._tracker.json(candidate.contract.model_dump(mode="json"), "contract.json")
        if ready.plan.recipe is not None:
            self._tracker.json(ready.plan.recipe.model_dump(mode="json"), "recipe.json")
        self._progress.save_recipe(ready.plan.recipe)
        self._stop.check()
        return measured

    def _register(self, ready: Preparation, candidate: Candidate, measured: dict[str, float]) -> VersionInfo:
        """Log the candidate's bundle and register it as a version."""
        self._progress.move(0.75, Message("job.registering"), now=True)
        tags = {
            DIGEST: candidate.digest,
            METRICS: json.dumps(measured),
            "tablee.algorithm": candidate.model.algorithm,
            "tablee.dataset": ready.manifest.name,
            "tablee.dataset_version": ready.manifest.version,
            "tablee.training": self._progress.state.id,
        }
        source, model_id = self._tracker.model(candidate.directory, candidate.contract, tags)
        self._tracker.metrics({f"holdout_{name}": value for name, value in measured.items()}, model_id=model_id)
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

    def _judge(self, ready: Preparation, candidate: Candidate, info: VersionInfo, folder: Path) -> Message:
        self._progress.enter(Phase.GATING, Message("job.judging", {"version": info.version}))
        gate = Gate(self._registry, self._settings.gate, folder / "registry")
        checks = [*candidate.checks, *gate.examine(info)]
        step = PromotionStep(
            self._registry, self._promotions, self._progress, self._tracker, self._stop, self._settings.promotion
        )
        return step.run(
            info,
            lambda champion: gate.verdict(
                candidate.model, checks, champion, ready.holdout, ready.problem.metric, ready.plan.seed
            ),
        )


def _predictions(ready: Preparation, candidate: Candidate, scored: metrics.ScoredRows) -> pl.DataFrame:
    """Truth and scores of the hold-out rows."""
    names = candidate.contract.target.classes or ("prediction",)
    scores = {
        f"probability_{name}" if name != "prediction" else name: scored.scores[:, i] for i, name in enumerate(names)
    }
    return pl.DataFrame({"truth": ready.holdout[ready.problem.target], **scores})
