"""Trainings as real processes: started, observed, stopped, found again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tablee.jobs.training import Phase, TrainingRequest, Trainings
from tablee.storage.object_store import DirectoryStore
from tablee_controller.jobs.training import TrainingQueue
from tablee_controller.runtimes.local.environment import Environments
from tablee_controller.runtimes.local.jobs import Jobs
from tablee_controller.settings import ControllerSettings


@pytest.fixture
def trainings(store: DirectoryStore) -> Trainings:
    return Trainings(store)


@pytest.fixture
def make_jobs(store: DirectoryStore, tmp_path: Path, program: Any) -> Iterator[Callable[..., Jobs]]:
    settings = ControllerSettings.read({"TABLEE_OBJECTS__DIRECTORY": str(store.root), "TABLEE_H2O__URL": "http://h2o"})
    environments = Environments(settings, os.environ)
    made: list[Jobs] = []

    def make(behaviour: str, *, stop_seconds: float = 20) -> Jobs:
        command = program("training", behaviour)
        made.append(trainings_of(environments, tmp_path / "a home", command, stop_seconds))
        return made[-1]

    yield make
    for jobs in made:
        for training_id in ("1", "2"):
            jobs.stop(training_id)
        jobs.shutdown()


def trainings_of(environments: Environments, home: Path, command: tuple[str, ...], stop_seconds: float = 20) -> Jobs:
    return Jobs(
        "trainings",
        environments.training,
        "TABLEE_TRAINING_ID",
        home,
        command=command,
        stop_seconds=stop_seconds,
    )


def create(trainings: Trainings, training_id: str = "1") -> None:
    trainings.create(TrainingRequest(dataset="penguins", target="species"), training_id)


def make_queue(trainings: Trainings, jobs: Jobs) -> TrainingQueue:
    return TrainingQueue(trainings, jobs, slots=1)


def test_a_training_runs_with_a_log(trainings: Trainings, make_jobs: Any, until: Any) -> None:
    create(trainings)
    jobs = make_jobs("succeed")
    jobs.start("1")
    until(lambda: not jobs.execution("1").running)
    assert jobs.execution("1").exit_code == 0
    assert trainings.get("1").phase is Phase.SUCCEEDED
    assert jobs.log("1", 5) == "succeed: é working on penguins with http://h2o\n"
    assert jobs.log("2", 5) == ""


def test_a_training_whose_process_dies_has_failed(trainings: Trainings, make_jobs: Any, until: Any) -> None:
    create(trainings)
    training_queue = make_queue(trainings, make_jobs("die"))
    until(lambda: training_queue.tick() or trainings.get("1").phase.ended)
    state = trainings.get("1")
    assert (state.phase, state.message) == (
        Phase.FAILED,
        "the training process ended with exit code 7 without a last word",
    )


def test_cancelling_a_running_training(trainings: Trainings, make_jobs: Any, until: Any) -> None:
    create(trainings)
    jobs = make_jobs("work")
    training_queue = make_queue(trainings, jobs)
    until(lambda: training_queue.tick() or trainings.get("1").phase is Phase.TRAINING)
    training_queue.cancel("1")
    until(lambda: training_queue.tick() or (trainings.get("1").phase.ended and jobs.execution("1") is None))
    assert trainings.get("1").phase is Phase.CANCELLED


def test_a_training_that_ignores_sigterm_is_killed_and_cancelled(
    trainings: Trainings, make_jobs: Any, until: Any
) -> None:
    create(trainings)
    training_queue = make_queue(trainings, make_jobs("stubborn", stop_seconds=0.5))
    until(lambda: training_queue.tick() or trainings.get("1").phase is Phase.TRAINING)
    training_queue.cancel("1")
    until(lambda: training_queue.tick() or trainings.get("1").phase.ended)
    assert trainings.get("1").phase is Phase.CANCELLED


def test_the_next_controller_finds_a_running_training(trainings: Trainings, make_jobs: Any, until: Any) -> None:
    create(trainings)
    make_jobs("work").start("1")
    until(lambda: trainings.get("1").phase is Phase.TRAINING)
    later = make_jobs("work")
    training_queue = make_queue(trainings, later)
    training_queue.tick()
    assert later.execution("1").running
    training_queue.cancel("1")
    until(lambda: training_queue.tick() or trainings.get("1").phase.ended)
    assert trainings.get("1").phase is Phase.CANCELLED


def test_the_next_controller_finds_a_training_whose_start_was_not_recorded(
    trainings: Trainings, make_jobs: Any, until: Any, tmp_path: Path
) -> None:
    create(trainings)
    make_jobs("work").start("1")
    until(lambda: trainings.get("1").phase is Phase.TRAINING)
    record = tmp_path / "a home" / "run" / "trainings" / "1.json"
    record.write_text('{"identity": {"pid": null, "created": 0, "mark": "TABLEE_TRAINING_ID=1"}, "stopping": null}')
    later = make_jobs("work")
    assert later.execution("1").running


def test_a_reused_pid_is_not_the_training(trainings: Trainings, make_jobs: Any, until: Any, tmp_path: Path) -> None:
    create(trainings)
    record = tmp_path / "a home" / "run" / "trainings" / "1.json"
    record.parent.mkdir(parents=True)
    record.write_text(
        f'{{"identity": {{"pid": {os.getpid()}, "created": 1.0, "mark": "TABLEE_TRAINING_ID=1"}}, "stopping": null}}'
    )
    jobs = make_jobs("work")
    assert not jobs.execution("1").running
    jobs.stop("1")  # if only the pid counted, this would kill the test run
    training_queue = make_queue(trainings, jobs)
    training_queue.tick()
    assert trainings.get("1").phase is Phase.FAILED


def test_shutdown_leaves_no_process(trainings: Trainings, make_jobs: Any, until: Any) -> None:
    create(trainings)
    jobs = make_jobs("stubborn", stop_seconds=0.5)
    jobs.start("1")
    until(lambda: trainings.get("1").phase is Phase.TRAINING)
    before = {child.pid for child in psutil.Process().children()}
    jobs.shutdown()
    assert not jobs.execution("1").running
    assert {child.pid for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE} < before


def test_a_command_that_does_not_exist_fails_the_training(
    trainings: Trainings, store: DirectoryStore, tmp_path: Path
) -> None:
    create(trainings)
    environments = Environments(ControllerSettings.read({"TABLEE_OBJECTS__DIRECTORY": str(store.root)}), {})
    training_queue = make_queue(trainings, trainings_of(environments, tmp_path, ("/no/such/program",)))
    training_queue.tick()
    assert trainings.get("1").phase is Phase.FAILED
    assert "could not be started" in trainings.get("1").message
