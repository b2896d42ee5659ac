"""Which training a process runs: a new one, or one that an earlier attempt began."""

from __future__ import annotations

from tablee.datasets.store import Datasets
from tablee.errors import DatasetNotFound, TrainingCancelled, TrainingEnded, TrainingNotFound
from tablee.i18n.message import Message
from tablee.jobs.training import Phase, TrainingRequest, Trainings, TrainingState, new_id
from tablee_train.settings import TrainSettings


def resume_or_create(settings: TrainSettings, trainings: Trainings, datasets: Datasets) -> TrainingState:
    """The state of the training to run, reset to its beginning.

    A further attempt at a training that has succeeded gets the final state: nothing is left to do.

    :raises TrainingNotFound: there is no such training; or the settings name none, and none has succeeded yet.
    :raises TrainingEnded: it succeeded or was cancelled; one that failed may be started again.
    :raises TrainingCancelled: a person cancelled it before it could start.
    """
    earlier = _earlier(settings, trainings)
    if earlier is None:
        request = settings.request or _last_request(trainings)
        training_id = new_id(settings.job_uid)
        return trainings.create(_with_dataset_version(request, datasets), training_id, phase=Phase.STARTING)
    if earlier.phase is Phase.SUCCEEDED and settings.attempts > 1:
        return earlier
    if earlier.phase in (Phase.SUCCEEDED, Phase.CANCELLED):
        raise TrainingEnded(
            "already", training=earlier.id, phase=Message(f"job_phase.{earlier.phase}"), hint="start_new_training"
        )
    state = earlier.anew(attempt=next_attempt(earlier))
    if trainings.cancel_asked(state.id):
        state.phase = Phase.CANCELLED
        state.say(Message("job.training_cancelled"))
        trainings.save(state)
        raise TrainingCancelled("before_start")
    return state


def next_attempt(state: TrainingState) -> int:
    """The number of the attempt that follows the state that an earlier process left.

    A process that was killed could not count itself. After a final failure counting begins at 1 again, because only a
    person starts such a training again.
    """
    killed = state.phase not in (Phase.QUEUED, Phase.STARTING)
    return 1 if state.phase is Phase.FAILED else state.attempt + killed


def _earlier(settings: TrainSettings, trainings: Trainings) -> TrainingState | None:
    """The training that the settings name, or that an earlier attempt of the same job began."""
    if settings.training_id is not None:
        return trainings.get(settings.training_id)
    return trainings.of_job(settings.job_uid) if settings.job_uid else None


def _last_request(trainings: Trainings) -> TrainingRequest:
    last = trainings.last_succeeded()
    if last is None:
        raise TrainingNotFound("none_to_repeat", hint="train_once")
    return last.request.model_copy(update={"dataset_version": None})


def _with_dataset_version(request: TrainingRequest, datasets: Datasets) -> TrainingRequest:
    """The request with the data set's version, so that every attempt trains on the same rows."""
    try:
        manifest = datasets.manifest(request.dataset, request.dataset_version)
    except DatasetNotFound:  # the training itself will fail with this error, where people look for it
        return request
    return request.model_copy(update={"dataset_version": manifest.version})
