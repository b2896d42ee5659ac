"""The progress that a training reports, and how it ends."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from panic import panic
from structlog.testing import capture_logs

from tablee.errors import (
    EngineUnavailable,
    InvalidRequest,
    InvalidSettings,
    RegistryUnavailable,
    TableeError,
    TrainingCancelled,
    TrainingFailed,
)
from tablee.jobs.training import Phase, TrainingRequest, Trainings, TrainingState
from tablee.storage.object_store import DirectoryStore
from tablee_train.lifecycle.outcome import ExitCode, run_to_end
from tablee_train.lifecycle.progress import SHARES, Progress
from tablee_train.lifecycle.stop import training_stop


class Recording(Trainings):
    """Keeps the progress of every state that is written."""

    def __init__(self, folder: Path) -> None:
        super().__init__(DirectoryStore(folder))
        self.written: list[tuple[Phase, float]] = []

    def save(self, state: TrainingState) -> None:
        super().save(state)
        self.written.append((state.phase, state.progress))


@pytest.fixture
def trainings(tmp_path: Path) -> Recording:
    return Recording(tmp_path)


def begun(trainings: Trainings) -> TrainingState:
    return trainings.create(TrainingRequest(dataset="penguins", target="species"))


@settings(deadline=None, max_examples=20)
@given(shares=st.lists(st.floats(-1, 2), min_size=6, max_size=30))
def test_progress_never_falls(tmp_path_factory: pytest.TempPathFactory, shares: list[float]) -> None:
    trainings = Recording(tmp_path_factory.mktemp("objects"))
    progress = Progress(trainings, begun(trainings))
    per_phase = max(len(shares) // len(SHARES), 1)
    for number, phase in enumerate(SHARES):
        progress.enter(phase, "…")
        for share in shares[number * per_phase : (number + 1) * per_phase]:
            progress.move(share, now=True)
    progress.end(Phase.SUCCEEDED, "Done.")
    values = [value for _, value in trainings.written]
    assert values == sorted(values)
    assert values[-1] == 1.0


def test_numbers_are_written_about_once_a_second(trainings: Recording) -> None:
    now = [0.0]
    progress = Progress(trainings, begun(trainings), clock=lambda: now[0])
    progress.enter(Phase.TRAINING, "…")
    before = len(trainings.written)
    for tick in range(100):
        now[0] = tick * 0.05
        progress.move(tick / 100, models=tick)
    assert len(trainings.written) - before == 4
    assert trainings.get(progress.state.id).models == 80


@pytest.mark.parametrize(
    ("error", "code", "phase", "status"),
    [
        (InvalidRequest("no such column"), ExitCode.FAILED, Phase.FAILED, "FAILED"),
        (TrainingFailed("H2O says no"), ExitCode.FAILED, Phase.FAILED, "FAILED"),
        (EngineUnavailable("gone"), ExitCode.UNAVAILABLE, Phase.FAILED, "FAILED"),
        (RegistryUnavailable("gone"), ExitCode.UNAVAILABLE, Phase.FAILED, "FAILED"),
        (InvalidSettings("odd"), ExitCode.SETTINGS, Phase.FAILED, "FAILED"),
        (TrainingCancelled("the training was cancelled"), ExitCode.CANCELLED, Phase.CANCELLED, "KILLED"),
        (ZeroDivisionError("by zero"), ExitCode.FAILED, Phase.FAILED, "FAILED"),
    ],
)
def test_every_end_is_written(
    trainings: Recording, error: Exception, code: ExitCode, phase: Phase, status: str
) -> None:
    def work() -> str:
        raise error

    closed: list[str] = []
    progress = Progress(trainings, begun(trainings))
    found, sentence = run_to_end(work, progress, lambda status, _reason: closed.append(status))
    state = trainings.get(progress.state.id)
    assert (found, state.phase, closed) == (code, phase, [status])
    assert state.ended is not None
    assert sentence.startswith(state.message)
    if phase is Phase.FAILED:
        assert state.error is not None
        wanted = error if isinstance(error, TableeError) else TableeError("")
        assert state.error["code"] == wanted.code


def test_a_training_in_which_a_library_panics_has_failed(trainings: Recording) -> None:
    def work() -> str:
        panic()
        return "never"

    closed: list[str] = []
    progress = Progress(trainings, begun(trainings))
    with capture_logs():  # as our logs do, without local variables, whose display would panic, too
        found, _ = run_to_end(work, progress, lambda status, _reason: closed.append(status))
    state = trainings.get(progress.state.id)
    assert (found, state.phase, closed) == (ExitCode.FAILED, Phase.FAILED, ["FAILED"])
    assert state.error is not None
    assert (state.error["code"], state.error["reason"]) == ("internal_error", "training_broke")


@pytest.mark.parametrize(
    ("error", "asked", "attempt", "code", "phase", "next_attempt", "status"),
    [
        (EngineUnavailable("gone"), False, 1, ExitCode.UNAVAILABLE, Phase.STARTING, 2, "FAILED"),
        (EngineUnavailable("gone"), False, 3, ExitCode.UNAVAILABLE, Phase.FAILED, 3, "FAILED"),
        (InvalidRequest("no such column"), False, 1, ExitCode.FAILED, Phase.FAILED, 1, "FAILED"),
        (TrainingCancelled("stop"), True, 1, ExitCode.CANCELLED, Phase.CANCELLED, 1, "KILLED"),
        (TrainingCancelled("stop"), False, 1, ExitCode.UNAVAILABLE, Phase.STARTING, 1, "KILLED"),
        (TrainingCancelled("stop"), False, 3, ExitCode.UNAVAILABLE, Phase.STARTING, 3, "KILLED"),
    ],
)
def test_what_may_be_tried_again_is_no_end(
    trainings: Recording,
    error: Exception,
    asked: bool,
    attempt: int,
    code: ExitCode,
    phase: Phase,
    next_attempt: int,
    status: str,
) -> None:
    def work() -> str:
        progress.move(0.5, "Half.", models=7, now=True)
        raise error

    state = begun(trainings)
    state.attempt = attempt
    if asked:
        trainings.ask_to_cancel(state.id)
    closed: list[str] = []
    progress = Progress(trainings, state, attempts=3)
    progress.enter(Phase.TRAINING, "…")
    found, sentence = run_to_end(work, progress, lambda status, _reason: closed.append(status))
    last = trainings.get(state.id)
    assert (found, last.phase, last.attempt, closed) == (code, phase, next_attempt, [status])
    assert sentence.startswith(last.message)
    if phase is Phase.STARTING:
        assert (last.models, last.error, last.ended) == (0, None, None)
        assert last.message in ("Gone. Attempt 2 of 3 comes.", "Interrupted; it starts again.")


def test_a_stop_ends_a_wait_at_once() -> None:
    stop = training_stop()
    threading.Timer(0.1, stop.request).start()
    start = time.monotonic()
    with pytest.raises(TrainingCancelled):
        stop.wait(30)
    assert time.monotonic() - start < 25
    with pytest.raises(TrainingCancelled):
        stop.check()


def test_signals_ask_for_a_stop() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    try:
        stop = training_stop()
        stop.listen()
        signal.raise_signal(signal.SIGTERM)
        assert stop.requested()
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])
