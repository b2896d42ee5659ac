"""Which training a process carries out, and what it takes over from an earlier attempt."""

from __future__ import annotations

from tablee.datasets.store import Datasets
from tablee.errors import DatasetNotFound, TrainingCancelled, TrainingEnded, TrainingNotFound
from tablee.jobs.training import Phase, TrainingRequest, Trainings, TrainingState, new_id
from tablee_train.settings import TrainSettings


def begin(settings: TrainSettings, trainings: Trainings, datasets: Datasets) -> TrainingState:
    """The training to run, at its beginning; one that succeeded, if this is a further attempt of its job.

    :raises TrainingNotFound: no such training; or nothing is named and none has succeeded yet.
    :raises TrainingEnded: it succeeded or was cancelled; one that failed may be tried again.
    :raises TrainingCancelled: somebody asked for that before it could start.
    """
    earlier = _earlier(settings, trainings)
    if earlier is None:
        request = settings.request or _last(trainings)
        training_id = new_id(settings.job_uid)
        return trainings.create(_settled(request, datasets), training_id, phase=Phase.STARTING)
    if earlier.phase is Phase.SUCCEEDED and settings.attempts > 1:
        return earlier
    if earlier.phase in (Phase.SUCCEEDED, Phase.CANCELLED):
        raise TrainingEnded(
            f"the training «{earlier.id}» has ended already: {earlier.phase.value}", hint="Start a new one."
        )
    state = earlier.anew(attempt=following(earlier))
    if trainings.cancel_asked(state.id):
        state.phase, state.message = Phase.CANCELLED, "The training was cancelled."
        trainings.save(state)
        raise TrainingCancelled("the training was cancelled before it started")
    return state


def following(state: TrainingState) -> int:
    """Which attempt comes after what an earlier process left. One that was killed could not count itself; one that
    failed for good begins to count anew, since a person started it again."""
    killed = state.phase not in (Phase.QUEUED, Phase.STARTING)
    return 1 if state.phase is Phase.FAILED else state.attempt + killed


def _earlier(settings: TrainSettings, trainings: Trainings) -> TrainingState | None:
    """The training that is named, or that an earlier attempt of the same job began."""
    if settings.training_id is not None:
        return trainings.get(settings.training_id)
    return trainings.of_job(settings.job_uid) if settings.job_uid else None


def _last(trainings: Trainings) -> TrainingRequest:
    last = trainings.last_succeeded()
    if last is None:
        raise TrainingNotFound(
            "no training is named, and there is none yet that succeeded and could be repeated",
            hint="Train once from the UI or with `tablee train`, or set TABLEE_REQUEST__DATASET and "
            "TABLEE_REQUEST__TARGET.",
        )
    return last.request.model_copy(update={"dataset_version": None})


def _settled(request: TrainingRequest, datasets: Datasets) -> TrainingRequest:
    """The request with its data set's version, so that another attempt trains on the same rows."""
    try:
        manifest = datasets.manifest(request.dataset, request.dataset_version)
    except DatasetNotFound:  # the training says so, where people look for it
        return request
    return request.model_copy(update={"dataset_version": manifest.version})
