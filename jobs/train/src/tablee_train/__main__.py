"""`python -m tablee_train`: one training, told by the environment (docs/training.md), then an exit code."""

from __future__ import annotations

import logging
import sys

from tablee.datasets.store import Datasets
from tablee.errors import TableeError
from tablee.jobs.training import Phase, Trainings
from tablee.models.promotion import Promotions
from tablee.models.registry import Registry
from tablee.storage.object_store import ObjectStore, open_store
from tablee.telemetry import bind_contextvars, configure
from tablee_train.lifecycle.lease import Claim
from tablee_train.lifecycle.outcome import Exit, conclude, exit_code
from tablee_train.lifecycle.progress import Progress
from tablee_train.lifecycle.resume import begin
from tablee_train.lifecycle.stop import Stop
from tablee_train.settings import TrainSettings


def main() -> int:
    stop = Stop()
    stop.listen()
    try:
        settings = TrainSettings.read()
        configure(settings.log, service="train")
        objects = open_store(settings.objects)
        trainings = Trainings(objects)
        state = begin(settings, trainings, Datasets(objects))
        if state.phase.ended:
            code, sentence = Exit.SUCCEEDED, state.message
        else:
            progress = Progress(trainings, state, attempts=settings.attempts)
            code, sentence = _run(settings, objects, progress, stop)
    except TableeError as error:
        code, sentence = exit_code(error), f"{error.detail}. {error.hint}"
    except OSError as error:  # a full disk, a directory that may not be written
        code, sentence = Exit.FAILED, f"The object store cannot be used: {error}."
    print(sentence, file=sys.stdout if code is Exit.SUCCEEDED else sys.stderr)
    return code


def _run(settings: TrainSettings, objects: ObjectStore, progress: Progress, stop: Stop) -> tuple[Exit, str]:
    bind_contextvars(training=progress.state.id, model=progress.state.request.model_name)
    progress.enter(Phase.STARTING, "Starting.")
    # Seconds of imports: only now, so that the training is seen to have started.
    from tablee_train.data.partitions import Parts
    from tablee_train.engine.h2o import H2oEngine
    from tablee_train.pipeline import Pipeline
    from tablee_train.tracking.mlflow_run import Tracker

    logging.getLogger("mlflow").setLevel(logging.WARNING)  # importing MLflow has set it to INFO
    registry = Registry(settings.mlflow)
    tracker = Tracker(settings.mlflow.url)
    claim = Claim.of(settings, progress, stop)
    pipeline = Pipeline(
        settings,
        progress=progress,
        stop=stop,
        datasets=Datasets(objects),
        parts=Parts(objects, progress.state.id),
        engine=H2oEngine(settings.h2o, stop, claim),
        tracker=tracker,
        registry=registry,
        promotions=Promotions(registry, objects),
    )
    return conclude(pipeline.run, progress, tracker.end)


if __name__ == "__main__":
    sys.exit(main())
