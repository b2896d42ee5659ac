"""The contract of `tablee_controller.runtimes.runtime.Runtime`.

Small programs are used in the place of the API and of jobs. The pinned version decides how the API behaves: 13 ends at
once, 14 reports `failed`, 15 never becomes ready, all others serve. The beginning of the id of a training or a scoring
decides how its processes behave: `succeed`, `die` (exit code 7) or `work` (until SIGTERM).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from tablee.http.schemas.jobs import H2oState
from tablee_controller.runtimes.runtime import Execution, Phase, Pins, Rollout, Runtime

GONE, FAILED, NEVER = 13, 14, 15

T = TypeVar("T")


class Place(Protocol):
    """The environment of a runtime: a home directory or a release."""

    patience: float
    """Longest time in seconds that a test waits for a condition."""

    def open(self) -> Runtime: ...

    def abandon(self, runtime: Runtime) -> None:
        """Leave the state after a SIGKILL of the controller: its processes or pods go on running."""

    def answers(self) -> Pins:
        """The pins of the API process that answers a request."""


class RuntimeContract:
    """The tests need a fixture `place`."""

    def test_pins_are_rolled_out_one_after_the_other(self, place: Place) -> None:
        runtime = place.open()
        arrive(place, runtime, {"b": 1})
        arrive(place, runtime, {"b": 2, "a": 1})
        runtime.pin({"b": 2, "a": 1})
        assert runtime.rollout().phase is Phase.DONE

    def test_a_version_that_reports_failed_never_serves(self, place: Place) -> None:
        runtime = place.open()
        arrive(place, runtime, {"m": 1})
        runtime.pin({"m": FAILED})
        rollout = ended(place, runtime)
        assert (rollout.phase, rollout.pinned, rollout.serving) == (Phase.FAILED, {"m": FAILED}, {"m": 1})
        assert "the bundle is corrupt" in rollout.reason
        assert place.answers() == {"m": 1}
        assert runtime.rollout().phase is Phase.FAILED  # until the next `pin`
        arrive(place, runtime, {"m": 1})

    def test_a_rollout_under_way_is_replaced(self, place: Place) -> None:
        runtime = place.open()
        arrive(place, runtime, {"m": 1})
        runtime.pin({"m": NEVER})
        wait(place, lambda: "still loading" in str(runtime.rollout().reason))
        assert (runtime.rollout().phase, runtime.rollout().serving) == (Phase.ROLLING, {"m": 1})
        arrive(place, runtime, {"m": 2})

    def test_the_next_controller_finds_the_serving_pins(self, place: Place) -> None:
        runtime = place.open()
        arrive(place, runtime, {"m": 1})
        place.abandon(runtime)
        assert place.answers() == {"m": 1}
        later = place.open()
        rollout = later.rollout()
        assert (rollout.phase, rollout.pinned, rollout.serving) == (Phase.DONE, {"m": 1}, {"m": 1})
        arrive(place, later, {"m": 2})

    def test_trainings_end_with_their_exit_codes(self, place: Place) -> None:
        runtime = place.open()
        assert runtime.trainings.executions(["succeed-1", "die-1"]).found == {}
        for training_id, code in (("succeed-1", 0), ("die-1", 7)):
            runtime.trainings.start(training_id)
            wait(place, lambda each=training_id: not execution(runtime, each).running)
            assert (execution(runtime, training_id).exit_code, execution(runtime, training_id).stopped) == (code, False)
            assert runtime.trainings.log(training_id, 1) == f"{training_id} says é\n"
        assert runtime.trainings.log("none-1", 1) == ""
        assert runtime.trainings.executions([]).others == 0

    def test_a_training_is_stopped(self, place: Place) -> None:
        runtime = place.open()
        runtime.trainings.start("work-1")
        wait(place, lambda: runtime.trainings.log("work-1", 1))
        assert execution(runtime, "work-1") == Execution(running=True)
        runtime.trainings.stop("work-1")
        wait(place, lambda: not execution(runtime, "work-1").running)
        assert execution(runtime, "work-1").stopped
        runtime.trainings.stop("work-1")
        runtime.trainings.stop("none-1")
        runtime.trainings.forget("work-1")

    def test_the_next_controller_finds_a_training(self, place: Place) -> None:
        runtime = place.open()
        runtime.trainings.start("work-1")
        wait(place, lambda: runtime.trainings.log("work-1", 1))
        place.abandon(runtime)
        later = place.open()
        assert execution(later, "work-1").running
        later.trainings.stop("work-1")
        wait(place, lambda: not execution(later, "work-1").running)

    def test_scorings_run_with_their_workers(self, place: Place) -> None:
        runtime = place.open()
        assert runtime.scorings.executions(["succeed-2"]).found == {}
        runtime.scorings.start("succeed-2", 2)
        wait(place, lambda: not scoring(runtime, "succeed-2").running)
        assert scoring(runtime, "succeed-2") == Execution(running=False, exit_code=0)
        assert runtime.scorings.log("succeed-2", 1).count("succeed-2 says é\n") == 2
        assert runtime.scorings.log("none-2", 1) == ""
        assert runtime.trainings.executions(["succeed-2"]).found == {}
        runtime.scorings.forget("succeed-2")

    def test_a_scoring_is_stopped_by_the_next_controller(self, place: Place) -> None:
        runtime = place.open()
        runtime.scorings.start("work-2", 2)
        wait(place, lambda: runtime.scorings.log("work-2", 1).count("says") == 2)
        place.abandon(runtime)
        later = place.open()
        assert scoring(later, "work-2").running
        later.scorings.stop("work-2")
        wait(place, lambda: not scoring(later, "work-2").running)
        assert scoring(later, "work-2").stopped
        later.scorings.stop("work-2")
        later.scorings.stop("none-2")

    def test_a_training_may_use_h2o(self, place: Place) -> None:
        runtime = place.open()
        runtime.trainings.start("work-1")
        wait(place, lambda: runtime.h2o("work-1", recycle=False).state is H2oState.READY)
        answer = runtime.h2o("work-1", recycle=False)
        assert (answer.holder, answer.ready) == ("work-1", answer.nodes)
        runtime.trainings.stop("work-1")


def execution(runtime: Runtime, training_id: str) -> Execution:
    return runtime.trainings.executions([training_id]).found[training_id]


def scoring(runtime: Runtime, scoring_id: str) -> Execution:
    return runtime.scorings.executions([scoring_id]).found[scoring_id]


def arrive(place: Place, runtime: Runtime, pins: Pins) -> None:
    """Pin, and wait until the roll-out is completed. Until then the previous pins serve."""
    before = runtime.rollout().serving
    runtime.pin(pins)
    rollout = runtime.rollout()
    assert rollout.serving in (before, pins)
    done = ended(place, runtime)
    assert (done.phase, done.pinned, done.serving) == (Phase.DONE, pins, pins), done.reason
    assert place.answers() == pins


def ended(place: Place, runtime: Runtime) -> Rollout:
    return wait(place, lambda: rollout if (rollout := runtime.rollout()).phase in (Phase.DONE, Phase.FAILED) else None)


def wait(place: Place, condition: Callable[[], T | None]) -> T:
    end = time.monotonic() + place.patience
    while not (value := condition()):
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.05)  # between two checks of the condition
    return value
