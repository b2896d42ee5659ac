"""Training requests and states in the object store."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tablee.errors import AlreadyExists, TrainingNotFound
from tablee.objects import DirectoryStore
from tablee.training import Phase, TrainingRequest, Trainings

REQUEST = TrainingRequest(dataset="penguins", target="species")


def test_a_training_is_kept(store: DirectoryStore) -> None:
    trainings = Trainings(store)
    first = trainings.create(REQUEST, "20260101-000000-aaaaaa")
    second = trainings.create(REQUEST, "20260102-000000-aaaaaa")
    assert [state.id for state in trainings.list()] == [second.id, first.id]
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
