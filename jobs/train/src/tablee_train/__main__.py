"""`python -m tablee_train`: runs one training, described by the environment (docs/training.md)."""

from __future__ import annotations

import logging
import sys

from tablee.datasets.store import Datasets
from tablee.errors import TableeError
from tablee.i18n.message import Message
from tablee.jobs.process import StopRequest
from tablee.jobs.training import Phase, Trainings
from tablee.models.promotion import Promotions
from tablee.models.registry import Registry
from tablee.storage.object_store import ObjectStore, open_store
from tablee.telemetry import bind_contextvars, configure
from tablee_train.lifecycle.lease import ClusterLease
from tablee_train.lifecycle.outcome import ExitCode, exit_code, run_to_end
from tablee_train.lifecycle.progress import Progress
from tablee_train.lifecycle.resume import resume_or_create
from tablee_train.lifecycle.stop import training_stop
from tablee_train.settings import TrainSettings


def main() -> int:
    stop = training_stop()
    stop.listen()
    try:
        settings = TrainSettings.read()
        configure(settings.log, service="train")
        objects = open_store(settings.objects)
        trainings = Trainings(objects)
        state = resume_or_create(settings, trainings, Datasets(objects))
        if state.phase.ended:
            code, sentence = ExitCode.SUCCEEDED, state.message
        else:
            progress = Progress(trainings, state, attempts=settings.attempts)
            code, sentence = _run(settings, objects, progress, stop)
    except TableeError as error:
        code, sentence = exit_code(error), f"{error.detail}. {error.hint}"
    except OSError as error:  # a full disk, a directory that may not be written
        code, sentence = ExitCode.FAILED, f"The object store cannot be used: {error}."
    print(sentence, file=sys.stdout if code is ExitCode.SUCCEEDED else sys.stderr)
    return code


def _run(settings: TrainSettings, objects: ObjectStore, progress: Progress, stop: StopRequest) -> tuple[ExitCode, str]:
    bind_contextvars(training=progress.state.id, model=progress.state.request.model_name)
    progress.enter(Phase.STARTING, Message("job.starting"))
    # These imports take seconds; they come after the first state, so that people see the training start.
    from tablee_train.data.partitions import Partitions
    from tablee_train.engine.h2o import H2oEngine
    from tablee_train.pipeline import Pipeline
    from tablee_train.tracking.mlflow_run import Tracker

    logging.getLogger("mlflow").setLevel(logging.WARNING)  # importing MLflow has set it to INFO
    registry = Registry(settings.mlflow)
    tracker = Tracker(settings.mlflow.url)
    lease = ClusterLease.of(settings, progress, stop)
    pipeline = Pipeline(
        settings,
        progress=progress,
        stop=stop,
        datasets=Datasets(objects),
        partitions=Partitions(objects, progress.state.id),
        engine=H2oEngine(settings.h2o, stop, lease),
        tracker=tracker,
        registry=registry,
        promotions=Promotions(registry, objects),
    )
    return run_to_end(pipeline.run, progress, tracker.end)


if __name__ == "__main__":
    sys.exit(main())
