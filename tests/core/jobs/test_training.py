"""Training requests and states in the object store."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tablee.errors import AlreadyExists, TrainingNotFound
from tablee.jobs.training import Phase, TrainingRequest, Trainings, new_id
from tablee.storage.object_store import DirectoryStore

REQUEST = TrainingRequest(dataset="penguins", target="species")


def test_a_training_is_kept(store: DirectoryStore) -> None:
    trainings = Trainings(store)
    first = trainings.create(REQUEST, "20260101-000000-aaaaaa")
    second = trainings.create(REQUEST, "20260102-000000-aaaaaa")
    assert [state.id for state in trainings.page().documents] == [second.id, first.id]
    second.phase, second.message = Phase.SUCCEEDED, "done"
    trainings.save(second)
    kept = trainings.get(second.id)
    assert (kept, kept.phase.ended, kept.ended is not None) == (second, True, True)
    with pytest.raises(AlreadyExists):
        trainings.create(REQUEST, first.id)


@pytest.mark.parametrize("training_id", ["nothing", "../x", "a/b"])
def test_an_unknown_training(store: DirectoryStore, training_id: str) -> None:
    with pytest.raises(TrainingNotFound):
        Trainings(store).get(training_id)


@pytest.mark.parametrize(
    "change", [{"dataset": "Not A Name"}, {"max_models": 0}, {"max_seconds": 1}, {"metric": "luck"}, {"colour": 1}]
)
def test_a_request_is_checked(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TrainingRequest.model_validate(REQUEST.model_dump() | change)


def test_a_wish_to_cancel_is_kept_beside_the_state(store: DirectoryStore) -> None:
    trainings = Trainings(store)
    state = trainings.create(REQUEST)
    assert not trainings.cancel_asked(state.id)
    trainings.ask_to_cancel(state.id, by="ana")
    assert trainings.cancel_asked(state.id)
    assert trainings.ids() == (state.id,)


def test_a_jobs_training_is_found_by_its_uid(store: DirectoryStore) -> None:
    trainings, job = Trainings(store), "7F3c1a90-5a2e-4b11-9d1c-000000000001"
    assert trainings.of_job(job) is None
    trainings.create(REQUEST)
    state = trainings.create(REQUEST, new_id(job), phase=Phase.STARTING)
    assert state.id.endswith("-7f3c1a")
    assert trainings.of_job(job) == trainings.get(state.id)
    assert trainings.get(state.id).phase is Phase.STARTING


def test_the_last_that_succeeded(store: DirectoryStore) -> None:
    trainings = Trainings(store)
    assert trainings.last_succeeded() is None
    for day, phase in enumerate((Phase.SUCCEEDED, Phase.SUCCEEDED, Phase.FAILED), 1):
        state = trainings.create(REQUEST, f"2026010{day}-000000-aaaaaa")
        state.phase = phase
        trainings.save(state)
    last = trainings.last_succeeded()
    assert last is not None
    assert last.id.startswith("20260102")


def test_a_training_begins_anew_with_nothing_but_its_run(store: DirectoryStore) -> None:
    state = Trainings(store).create(REQUEST)
    state.run_id, state.progress, state.best, state.message = "r", 0.5, 0.9, "half"
    again = state.anew(attempt=2)
    assert (again.message, again.told) == ("", None)
    assert (again.id, again.run_id, again.created) == (state.id, "r", state.created)
    assert (again.attempt, again.phase, again.progress, again.best) == (2, Phase.STARTING, 0.0, None)
