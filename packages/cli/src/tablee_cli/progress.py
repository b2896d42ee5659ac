"""Progress of a training: live on a terminal, a line at each change elsewhere, nothing with --json."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tablee.errors import NotRunning
from tablee.training import Phase, TrainingState
from tablee_cli.session import Session
from tablee_cli.tables import written

PHASES = {
    Phase.QUEUED: "queued",
    Phase.STARTING: "starting",
    Phase.WAITING: "waiting for H2O",
    Phase.PREPARING: "preparing",
    Phase.TRAINING: "training",
    Phase.TRACKING: "tracking",
    Phase.GATING: "at the gate",
    Phase.SUCCEEDED: "succeeded",
    Phase.FAILED: "failed",
    Phase.CANCELLED: "cancelled",
}
POLL_SECONDS = 1.0
PATIENCE_SECONDS = 30.0
"""How long the platform may be silent before we stop watching; the training does not depend on us."""


class Display(Protocol):
    """Where progress is shown."""

    def __enter__(self) -> Display: ...
    def __exit__(self, *ending: Any) -> None: ...
    def show(self, state: TrainingState) -> None: ...


def display(session: Session) -> Display:
    """What fits the session's error stream, which progress goes to."""
    if session.json:
        return Silent()
    return Live(session.err) if session.err.is_terminal else Lines(session.err)


def watch(
    fetch: Callable[[], TrainingState], shown: Display, *, sleep: Callable[[float], None] = time.sleep
) -> TrainingState:
    """Follow a training to its end. A platform that is silent for a moment, as in an upgrade, is asked again."""
    silent_since: float | None = None
    with shown:
        while True:
            try:
                state = fetch()
                silent_since = None
            except NotRunning:
                silent_since = silent_since or time.monotonic()
                if time.monotonic() - silent_since > PATIENCE_SECONDS:
                    raise
            else:
                shown.show(state)
                if state.phase.ended:
                    return state
            sleep(POLL_SECONDS)


def models_so_far(state: TrainingState) -> str:
    """Such as `7 models, best auc 0.913`."""
    count = f"{state.models} model{'' if state.models == 1 else 's'}" if state.models else ""
    best = f"best {state.metric} {written(round(state.best, 5))}" if state.best is not None else ""
    return ", ".join(filter(None, (count, best)))


class _Plain:
    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        return None


class Silent(_Plain):
    def show(self, state: TrainingState) -> None:
        """Nothing: the answer at the end says it all."""


class Lines(_Plain):
    """A line when the phase, the number of models or the best metric has changed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last: tuple[Any, ...] = ()

    def show(self, state: TrainingState) -> None:
        now = state.phase, state.models, state.best
        if now == self._last:
            return
        self._last = now
        told = models_so_far(state) if state.phase is Phase.TRAINING else state.message or models_so_far(state)
        self._console.print(f"{PHASES[state.phase]:<16} {state.progress:4.0%}  {told}".rstrip())


class Live:
    """One line that changes: phase, bar, time, models so far, best metric."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<16}", markup=False),
            BarColumn(bar_width=30),
            TextColumn("{task.percentage:>3.0f}%", markup=False),
            TimeElapsedColumn(),
            TextColumn("{task.fields[told]}", markup=False),
            console=console,
        )
        self._task = self._progress.add_task("", total=1.0, told="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._progress.stop()

    def show(self, state: TrainingState) -> None:
        self._progress.update(
            self._task,
            description=PHASES[state.phase],
            completed=state.progress,
            told=models_so_far(state) or state.message,
        )
