"""Which training a process runs: a new one, or one that an earlier process began."""

from __future__ import annotations

from pathlib import Path

import pytest

from tablee.datasets.store import Datasets
from tablee.errors import TrainingCancelled, TrainingEnded, TrainingNotFound
from tablee.jobs.training import Phase, TrainingRequest, Trainings, TrainingState
from tablee.storage.object_store import DirectoryStore
from tablee_data.readers import ingest
from tablee_train.lifecycle.resume import resume_or_create
from tablee_train.settings import TrainSettings

JOB = "7f3c1a90-5a2e-4b11-9d1c-000000000001"
REQUEST = TrainingRequest(dataset="penguins", target="species", max_models=3, seed=1)


class Attempts:
    """An object store with a data set, and what a process begins with there."""

    def __init__(self, folder: Path) -> None:
        objects = DirectoryStore(folder / "objects")
        self.folder, self.trainings, self.datasets = folder, Trainings(objects), Datasets(objects)

    def add(self, text: str) -> str:
        file = self.folder / "penguins.csv"
        file.write_text("x,species\n" + text)
        return ingest(self.datasets, "penguins", file, filename=file.name)[0].version

    def left(self, phase: Phase, attempt: int = 1) -> TrainingState:
        """A training as an earlier process left it."""
        state = self.trainings.create(REQUEST, f"20260101-000000-{JOB[:6]}")
        state.phase, state.attempt, state.run_id, state.progress = phase, attempt, "r", 0.4
        self.trainings.save(state)
        return state

    def begin(self, **variables: str) -> TrainingState:
        settings = TrainSettings.read({f"TABLEE_{name}": value for name, value in variables.items()})
        return resume_or_create(settings, self.trainings, self.datasets)


@pytest.fixture
def attempts(tmp_path: Path) -> Attempts:
    return Attempts(tmp_path)


def test_a_new_request_is_written_down_as_begun(attempts: Attempts) -> None:
    version = attempts.add("1,a\n2,b\n")
    state = attempts.begin(REQUEST__DATASET="penguins", REQUEST__TARGET="species", JOB_UID=JOB)
    assert state == attempts.trainings.get(state.id)
    assert state.id.endswith("-7f3c1a")
    assert (state.phase, state.attempt, state.request.dataset_version) == (Phase.STARTING, 1, version)


def test_a_data_set_that_is_not_there_is_the_trainings_own_failure(attempts: Attempts) -> None:
    assert attempts.begin(REQUEST__DATASET="nowhere", REQUEST__TARGET="y").request.dataset_version is None


def test_without_a_name_the_last_success_is_repeated_on_the_newest_rows(attempts: Attempts) -> None:
    attempts.add("1,a\n2,b\n")
    state = attempts.left(Phase.SUCCEEDED)
    newest = attempts.add("1,a\n2,b\n3,c\n")
    again = attempts.begin()
    assert again.id != state.id
    assert again.request == REQUEST.model_copy(update={"dataset_version": newest})


def test_without_a_name_and_a_success_there_is_nothing_to_repeat(attempts: Attempts) -> None:
    attempts.left(Phase.FAILED)
    with pytest.raises(TrainingNotFound, match="none yet that succeeded"):
        attempts.begin()


@pytest.mark.parametrize(
    ("phase", "left", "comes"),
    [
        (Phase.STARTING, 1, 1),  # interrupted, or counted by the attempt that failed
        (Phase.STARTING, 2, 2),
        (Phase.TRAINING, 1, 2),  # killed
        (Phase.GATING, 2, 3),
        (Phase.FAILED, 3, 1),  # started by a person
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_another_attempt_goes_on_under_the_same_id(
    attempts: Attempts, phase: Phase, left: int, comes: int, named: bool
) -> None:
    state = attempts.left(phase, left)
    variables = {"TRAINING_ID": state.id} if named else {}
    again = attempts.begin(JOB_UID=JOB, ATTEMPTS="3", **variables)
    assert (again.id, again.attempt, again.phase, again.run_id) == (state.id, comes, Phase.STARTING, "r")
    assert again.progress == 0


def test_an_attempt_after_success_has_nothing_to_do(attempts: Attempts) -> None:
    state = attempts.left(Phase.SUCCEEDED)
    assert attempts.begin(JOB_UID=JOB, ATTEMPTS="3") == attempts.trainings.get(state.id)
    with pytest.raises(TrainingEnded, match="succeeded"):
        attempts.begin(TRAINING_ID=state.id)


def test_what_was_cancelled_does_not_begin(attempts: Attempts) -> None:
    state = attempts.left(Phase.STARTING)
    attempts.trainings.ask_to_cancel(state.id, by="ana")
    with pytest.raises(TrainingCancelled):
        attempts.begin(JOB_UID=JOB, ATTEMPTS="3")
    assert attempts.trainings.get(state.id).phase is Phase.CANCELLED
    with pytest.raises(TrainingEnded, match="cancelled"):
        attempts.begin(JOB_UID=JOB, ATTEMPTS="3")
