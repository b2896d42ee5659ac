"""The queue of trainings: order, slots, cancelling, and final states of trainings whose process is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tablee import metrics
from tablee.errors import TrainingEnded, TrainingNotFound
from tablee.jobs.training import Phase, TrainingRequest, Trainings
from tablee.storage.object_store import DirectoryStore
from tablee_controller.jobs.queue import END_GRACE
from tablee_controller.jobs.training import TrainingQueue
from tablee_controller.runtimes.runtime import Execution

REQUEST = TrainingRequest(dataset="penguins", target="species")


@pytest.fixture
def trainings(store: DirectoryStore) -> Trainings:
    return Trainings(store)


@pytest.fixture
def queue(trainings: Trainings, runtime: Any) -> TrainingQueue:
    return TrainingQueue(trainings, runtime.trainings, slots=1)


def finish(trainings: Trainings, training_id: str, phase: Phase = Phase.SUCCEEDED) -> None:
    state = trainings.get(training_id)
    state.phase = phase
    trainings.save(state)


def create(trainings: Trainings, *ids: str) -> None:
    for training_id in ids:
        trainings.create(REQUEST, training_id)


def test_trainings_run_one_after_the_other_in_the_order_of_their_requests(
    trainings: Trainings, queue: TrainingQueue, runtime: Any
) -> None:
    create(trainings, "1", "2", "3")
    queue.tick()
    queue.tick()
    assert runtime.trainings.started == ["1"]
    finish(trainings, "1")
    queue.tick()
    assert runtime.trainings.started == ["1"]  # its state is final, but its process still runs
    runtime.trainings.end("1", 0)
    queue.tick()
    assert runtime.trainings.started == ["1", "2"]


def test_as_many_trainings_run_as_there_are_slots(trainings: Trainings, runtime: Any) -> None:
    create(trainings, "1", "2", "3")
    TrainingQueue(trainings, runtime.trainings, slots=2).tick()
    assert runtime.trainings.started == ["1", "2"]


def test_the_next_controller_continues_the_queue(trainings: Trainings, queue: TrainingQueue, runtime: Any) -> None:
    create(trainings, "1", "2")
    queue.tick()
    another = TrainingQueue(trainings, runtime.trainings, slots=1)
    another.tick()
    assert runtime.trainings.started == ["1"]
    finish(trainings, "1")
    runtime.trainings.end("1", 0)
    another.tick()
    assert runtime.trainings.started == ["1", "2"]


def test_a_queued_training_is_cancelled_at_once(trainings: Trainings, queue: TrainingQueue, runtime: Any) -> None:
    create(trainings, "1")
    assert queue.cancel("1").phase is Phase.CANCELLED
    queue.tick()
    assert runtime.trainings.started == []
    state = trainings.get("1")
    assert (state.phase, state.message) == (Phase.CANCELLED, "the training was cancelled before it started")
    assert state.error is not None
    assert state.error["code"] == "training_cancelled"
    with pytest.raises(TrainingEnded, match="cancelled"):
        queue.cancel("1")


def test_a_running_training_is_stopped_when_it_is_cancelled(
    trainings: Trainings, queue: TrainingQueue, runtime: Any
) -> None:
    create(trainings, "1")
    queue.tick()
    seen: list[bool] = []
    runtime.trainings.stop = lambda each: seen.append(trainings.cancel_asked(each))
    assert queue.cancel("1").message == "the training is being stopped"
    assert seen == [True]  # the marker was stored first, so that the process does not take the signal for an eviction
    assert trainings.get("1").phase is Phase.QUEUED  # only its process writes its state


@pytest.mark.parametrize(
    ("code", "stopped", "phase", "message"),
    [
        (7, False, Phase.FAILED, "ended with exit code 7 without a last word"),
        (-9, False, Phase.FAILED, "was killed by SIGKILL without a last word"),
        (None, False, Phase.FAILED, "is gone (was the machine restarted, or its Job deleted?)"),
        (-9, True, Phase.CANCELLED, "the training was cancelled"),
    ],
)
def test_a_training_whose_process_is_lost_gets_a_final_state(
    trainings: Trainings,
    queue: TrainingQueue,
    runtime: Any,
    code: int | None,
    stopped: bool,
    phase: Phase,
    message: str,
) -> None:
    create(trainings, "1")
    queue.tick()
    runtime.trainings.end("1", code, stopped=stopped)
    queue.tick()
    state = trainings.get("1")
    assert state.phase is phase
    assert message in state.message
    assert state.error is not None
    assert state.error["detail"] == state.message
    assert state.ended is not None


def test_a_training_without_a_process_has_failed(trainings: Trainings, queue: TrainingQueue) -> None:
    create(trainings, "1")
    finish(trainings, "1", Phase.TRAINING)
    queue.tick()
    assert trainings.get("1").phase is Phase.FAILED


def test_the_final_state_that_a_process_saved_is_kept(trainings: Trainings, queue: TrainingQueue, runtime: Any) -> None:
    create(trainings, "1")
    queue.tick()
    finish(trainings, "1", Phase.FAILED)
    runtime.trainings.end("1", 1)
    before = count("failed")
    queue.tick()
    queue.tick()
    assert trainings.get("1").message == ""
    assert count("failed") == before + 1
    assert runtime.trainings.executions(["1"]).found == {}


def test_trainings_that_ended_earlier_are_not_counted_again(trainings: Trainings, queue: TrainingQueue) -> None:
    create(trainings, "1")
    finish(trainings, "1", Phase.SUCCEEDED)
    before = count("succeeded")
    queue.tick()
    assert count("succeeded") == before
    assert metrics.REGISTRY.get_sample_value(
        "tablee_training_last_success_timestamp_seconds", {"model_name": "penguins"}
    )


def test_a_training_that_cannot_be_started_has_failed(trainings: Trainings, queue: TrainingQueue, runtime: Any) -> None:
    def refuse(_: str) -> None:
        raise FileNotFoundError(2, "No such file", "python")

    runtime.trainings.start = refuse
    create(trainings, "1")
    queue.tick()
    assert "could not be started" in trainings.get("1").message


def test_a_job_that_somebody_else_started_takes_a_slot(
    trainings: Trainings, queue: TrainingQueue, runtime: Any
) -> None:
    """Somebody created a Job with kubectl, and its training has not stored its state yet."""
    create(trainings, "1")
    runtime.trainings.others = 1
    queue.tick()
    assert runtime.trainings.started == []
    assert (gauge("running"), gauge("queued")) == (1, 1)
    runtime.trainings.others = 0
    queue.tick()
    assert runtime.trainings.started == ["1"]
    assert (gauge("running"), gauge("queued")) == (1, 0)


def test_a_training_between_two_attempts_is_not_ended(trainings: Trainings, queue: TrainingQueue, runtime: Any) -> None:
    """Its phase is `starting`, and no process of it runs at this time."""
    runtime.trainings.start("1")
    trainings.create(REQUEST, "1", Phase.STARTING)
    queue.tick()
    assert trainings.get("1").phase is Phase.STARTING
    runtime.trainings.known["1"] = Execution(
        running=False, exit_code=75, reason="Job has reached the specified backoff limit"
    )
    queue.tick()
    state = trainings.get("1")
    assert state.phase is Phase.FAILED
    assert state.message == (
        "the training process ended with exit code 75 without a last word: Job has reached the specified backoff limit"
    )


def test_a_cancelled_training_without_a_job_is_ended(trainings: Trainings, queue: TrainingQueue, runtime: Any) -> None:
    """The controller that stopped it has ended, and its Job was deleted."""
    trainings.create(REQUEST, "1", Phase.TRAINING)
    trainings.ask_to_cancel("1")
    queue.tick()
    assert trainings.get("1").phase is Phase.CANCELLED


def test_a_process_that_runs_too_long_after_the_final_state_is_stopped_once(
    trainings: Trainings, queue: TrainingQueue, runtime: Any
) -> None:
    create(trainings, "1")
    queue.tick()
    state = trainings.get("1")
    state.phase, state.ended = Phase.SUCCEEDED, datetime.now(UTC) - 2 * END_GRACE
    trainings.save(state)
    queue.tick()
    assert runtime.trainings.stopped == ["1"]
    runtime.trainings.known["1"] = Execution(running=True, stopped=True)
    queue.tick()
    assert runtime.trainings.stopped == ["1"]


def gauge(phase: str) -> float | None:
    return metrics.REGISTRY.get_sample_value("tablee_trainings", {"phase": phase})


def test_cancelling_an_unknown_training_is_an_error(queue: TrainingQueue) -> None:
    with pytest.raises(TrainingNotFound):
        queue.cancel("9")


def count(result: str) -> float:
    return metrics.REGISTRY.get_sample_value("tablee_training_runs_total", {"result": result}) or 0.0
