"""The queue of scorings: slots, cancelling, restarts of lost workers, and final states."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tablee import metrics
from tablee.errors import ScoringEnded, ScoringNotFound
from tablee.jobs.scoring import (
    Part,
    PartDone,
    PartFailed,
    Plan,
    ScoringPhase,
    ScoringRequest,
    Scorings,
    ScoringState,
    WorkerState,
)
from tablee.storage.object_store import DirectoryStore
from tablee_controller.jobs.scoring import ATTEMPTS, ScoringQueue

NOW = datetime.now(UTC)
FAILED = PartFailed(number=1, name="1.csv", code="invalid_rows", reason="no column “age”")


@pytest.fixture
def scorings(store: DirectoryStore) -> Scorings:
    return Scorings(store)


@pytest.fixture
def queue(scorings: Scorings, runtime: Any) -> ScoringQueue:
    return ScoringQueue(scorings, runtime.scorings, slots=1)


def create(scorings: Scorings, *ids: str, parallel: int = 2) -> None:
    parts = tuple(Part(number=n, key=f"{n}.csv", name=f"{n}.csv", bytes=9, etag="e") for n in range(2))
    for scoring_id in ids:
        request = ScoringRequest(model="clients", version=1, source="in/", parallel=parallel)
        scorings.create(request, Plan(parts=parts), scoring_id)


def complete(scorings: Scorings, *numbers: int, scoring_id: str = "1") -> None:
    for number in numbers:
        facts: dict[str, Any] = {
            "left_out": ("mood",),
            "warnings": 1,
            "bytes": 5,
            "sha256": "a",
            "seconds": 1,
            "rows_per_second": 10,
        }
        scorings.mark(scoring_id, PartDone(number=number, name=str(number), rows=10, worker=0, at=NOW, **facts))


def end_pause(scorings: Scorings, scoring_id: str = "1") -> ScoringState:
    """Ends the pause before the next start of a scoring."""
    state = scorings.stored(scoring_id)
    state.again = NOW
    scorings.save(state)
    return state


def sample(name: str, **labels: str) -> float:
    return metrics.REGISTRY.get_sample_value(name, labels) or 0.0


def test_jobs_of_the_same_second_start_in_the_order_of_their_creation(
    scorings: Scorings, queue: ScoringQueue, runtime: Any
) -> None:
    create(scorings, "20260101-120000-f", "20260101-120000-a")
    queue.tick()
    assert runtime.scorings.started == [("20260101-120000-f", 2)]


def test_scorings_run_one_after_the_other_with_their_workers(
    scorings: Scorings, queue: ScoringQueue, runtime: Any
) -> None:
    create(scorings, "1", "2")
    queue.tick()
    queue.tick()
    assert runtime.scorings.started == [("1", 2)]
    state = scorings.get("1")
    assert (state.phase, state.started is not None) == (ScoringPhase.RUNNING, True)
    assert (sample("tablee_scorings", phase="running"), sample("tablee_scorings", phase="queued")) == (1, 1)
    complete(scorings, 0, 1)
    runtime.scorings.end("1", 0)
    ended = sample("tablee_scoring_runs_total", result="done")
    rows = sample("tablee_scoring_rows_total", model_name="clients")
    queue.tick()
    state = scorings.get("1")
    assert (state.phase, state.parts_done, state.rows, state.warnings) == (ScoringPhase.DONE, 2, 20, 2)
    assert state.left_out == ["mood"]
    assert (state.message, state.rows_per_second > 0) == ("2 parts, 20 rows.", True)
    queue.tick()
    assert runtime.scorings.started == [("1", 2), ("2", 2)]
    assert sample("tablee_scoring_runs_total", result="done") == ended + 1
    assert sample("tablee_scoring_rows_total", model_name="clients") == rows + 20


def test_a_queued_scoring_is_cancelled_at_once(scorings: Scorings, queue: ScoringQueue, runtime: Any) -> None:
    create(scorings, "1")
    assert queue.cancel("1").phase is ScoringPhase.CANCELLED
    queue.tick()
    assert runtime.scorings.started == []
    assert scorings.get("1").message == "the scoring was cancelled before it started"
    with pytest.raises(ScoringEnded):
        queue.cancel("1")
    with pytest.raises(ScoringNotFound):
        queue.cancel("9")


def test_a_running_scoring_is_stopped_when_it_is_cancelled(
    scorings: Scorings, queue: ScoringQueue, runtime: Any
) -> None:
    create(scorings, "1")
    queue.tick()
    seen: list[bool] = []
    runtime.scorings.stop = lambda each: seen.append(scorings.cancel_asked(each))
    assert queue.cancel("1").message == "the scoring is being stopped"
    assert seen == [True]  # the marker was stored first, so all workers find it
    complete(scorings, 0)
    runtime.scorings.end("1", 143, stopped=True)
    queue.tick()
    state = scorings.get("1")
    assert (state.phase, state.parts_done, state.error) == (ScoringPhase.CANCELLED, 1, None)
    assert state.message == "the scoring was cancelled after 1 of 2 parts"


def test_lost_workers_are_started_again_after_a_pause(scorings: Scorings, queue: ScoringQueue, runtime: Any) -> None:
    create(scorings, "1")
    queue.tick()
    complete(scorings, 0)
    runtime.scorings.end("1", -9)
    queue.tick()
    state = scorings.get("1")
    assert (state.phase, state.attempt, state.parts_done) == (ScoringPhase.QUEUED, 1, 1)
    assert state.message == "a worker was killed by SIGKILL: the rest is started again"
    queue.tick()
    assert len(runtime.scorings.started) == 1  # the pause is not over
    end_pause(scorings)
    queue.tick()
    assert len(runtime.scorings.started) == 2
    assert scorings.get("1").phase is ScoringPhase.RUNNING


def test_the_number_of_attempts_is_limited(scorings: Scorings, queue: ScoringQueue, runtime: Any) -> None:
    create(scorings, "1")
    for _ in range(ATTEMPTS):
        queue.tick()
        runtime.scorings.end("1", 1)
        queue.tick()
        if not scorings.stored("1").phase.ended:
            end_pause(scorings)
    state = scorings.get("1")
    assert (state.phase, len(runtime.scorings.started)) == (ScoringPhase.FAILED, ATTEMPTS)
    assert "4 times in a row without a part completed" in state.message
    assert state.error is not None
    assert state.error["code"] == "scoring_failed"


def test_an_interruption_costs_no_attempt(scorings: Scorings, queue: ScoringQueue, runtime: Any) -> None:
    create(scorings, "1")
    for _ in range(2 * ATTEMPTS):
        queue.tick()
        runtime.scorings.end("1", 143, stopped=True)
        queue.tick()
        assert end_pause(scorings).attempt == 1


def test_a_scoring_with_failed_parts_has_failed_and_names_them(
    scorings: Scorings, queue: ScoringQueue, runtime: Any
) -> None:
    create(scorings, "1")
    queue.tick()
    complete(scorings, 0)
    scorings.save_worker("1", WorkerState(worker=0, parts=1, parts_done=1, rows=10, updated=NOW))
    scorings.save_worker("1", WorkerState(worker=1, parts=1, failed_parts=1, failed=[FAILED], updated=NOW))
    runtime.scorings.end("1", 3)
    queue.tick()
    state = scorings.get("1")
    assert (state.phase, state.failed, state.parts_done) == (ScoringPhase.FAILED, [FAILED], 1)
    assert state.message == "1 of 2 parts could not be scored: “1.csv”: no column “age”"


def test_a_scoring_with_failed_parts_is_continued_until_no_part_is_left(
    scorings: Scorings, queue: ScoringQueue, runtime: Any
) -> None:
    create(scorings, "1")
    queue.tick()
    scorings.save_worker("1", WorkerState(worker=1, parts=1, failed_parts=1, failed=[FAILED], updated=NOW))
    runtime.scorings.end("1", 3)  # the other worker was killed
    queue.tick()
    assert scorings.get("1").phase is ScoringPhase.QUEUED


def test_a_worker_with_a_hopeless_exit_code_ends_the_scoring(
    scorings: Scorings, queue: ScoringQueue, runtime: Any
) -> None:
    create(scorings, "1")
    queue.tick()
    runtime.scorings.end("1", 3)
    queue.tick()
    state = scorings.get("1")
    assert state.phase is ScoringPhase.FAILED
    assert state.message == "a worker ended with exit code 3: its log says why"


def test_a_scoring_that_cannot_be_started_has_failed(scorings: Scorings, queue: ScoringQueue, runtime: Any) -> None:
    def refuse(*_: object) -> None:
        raise FileNotFoundError(2, "No such file", "python")

    runtime.scorings.start = refuse
    create(scorings, "1")
    queue.tick()
    assert "could not be started" in scorings.get("1").message


def test_the_next_controller_continues_the_queue(scorings: Scorings, queue: ScoringQueue, runtime: Any) -> None:
    create(scorings, "1")
    queue.tick()
    runtime.scorings.known.clear()  # the machine was restarted
    another = ScoringQueue(scorings, runtime.scorings, slots=1)
    another.tick()
    assert "is gone" in scorings.get("1").message
    end_pause(scorings)
    another.tick()
    assert runtime.scorings.started == [("1", 2), ("1", 2)]


def test_a_scoring_whose_start_was_not_saved_is_running(scorings: Scorings, queue: ScoringQueue, runtime: Any) -> None:
    create(scorings, "1")
    runtime.scorings.start("1", 2)
    queue.tick()
    assert scorings.get("1").phase is ScoringPhase.RUNNING
    assert len(runtime.scorings.started) == 1


def test_the_metrics_show_the_progress(scorings: Scorings, runtime: Any) -> None:
    time = [0.0]
    queue = ScoringQueue(scorings, runtime.scorings, slots=1, clock=lambda: time[0])
    create(scorings, "1")
    queue.tick()
    queue.tick()
    scorings.save_worker("1", WorkerState(worker=0, parts=1, parts_done=1, rows=70, updated=NOW))
    before = sample("tablee_scoring_rows_total", model_name="clients")
    time[0] = 60.0
    queue.tick()
    assert sample("tablee_scoring_rows_total", model_name="clients") == before + 70
    shown = {state: sample("tablee_scoring_parts", state=state) for state in ("done", "failed", "left")}
    assert shown == {"done": 1, "failed": 0, "left": 1}


def test_scorings_start_in_the_order_of_their_requests_without_waiting_for_one_that_pauses(
    scorings: Scorings, runtime: Any
) -> None:
    create(scorings, "20260101-000000-b", "20260102-000000-c", "20260103-000000-a", parallel=1)
    queue = ScoringQueue(scorings, runtime.scorings, slots=2)
    queue.tick()
    assert [each for each, _ in runtime.scorings.started] == ["20260101-000000-b", "20260102-000000-c"]
    runtime.scorings.end("20260101-000000-b", -9)  # lost: it is to be started again after a pause
    queue.tick()
    assert [each for each, _ in runtime.scorings.started][2:] == ["20260103-000000-a"]
    end_pause(scorings, "20260101-000000-b")
    queue.tick()
    assert len(runtime.scorings.started) == 3, "both slots are taken"
    runtime.scorings.end("20260103-000000-a", -9)
    queue.tick()
    assert [each for each, _ in runtime.scorings.started][3:] == ["20260101-000000-b"]


def test_a_job_that_somebody_else_started_takes_a_slot(scorings: Scorings, queue: ScoringQueue, runtime: Any) -> None:
    runtime.scorings.others = 1
    create(scorings, "1")
    queue.tick()
    assert runtime.scorings.started == []
    runtime.scorings.others = 0
    queue.tick()
    assert [each for each, _ in runtime.scorings.started] == ["1"]
