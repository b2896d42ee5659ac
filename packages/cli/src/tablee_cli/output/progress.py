"""Shows the progress of a training, scoring or source: as a bar on a terminal, as one line for each change in a file or
pipe, and not at all with --json.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tablee.errors import NotRunning, TableeError
from tablee.i18n.message import Message, english
from tablee.i18n.translator import Translator
from tablee.jobs.told import Told
from tablee.jobs.training import Phase, TrainingState
from tablee_cli.output.tables import written
from tablee_cli.session import Session

POLL_SECONDS = 1.0
PATIENCE_SECONDS = 30.0
"""Seconds without an answer of the platform after which watching ends. The job itself goes on."""


class Ends(Protocol):
    """A phase of a job."""

    @property
    def ended(self) -> bool: ...


class Watched(Protocol):
    """The state of a job."""

    @property
    def phase(self) -> Ends: ...


S = TypeVar("S", bound=Watched)
S_contra = TypeVar("S_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Moment:
    """The state of a job, as the displays show it."""

    phase: str
    share: float
    progress: str
    """A short description of the progress, such as `7 models, best auc 0.913`."""
    message: str = ""
    """A further message. `Lines` prints it instead of `progress`; `Live` shows it if `progress` is empty."""


class Display(Protocol[S_contra]):
    """A display of progress, used as a context manager."""

    def __enter__(self) -> Display[S_contra]: ...
    def __exit__(self, *ending: Any) -> None: ...
    def show(self, state: S_contra) -> None: ...


def display(session: Session, describe: Callable[[S, Translator], Moment]) -> Display[S]:
    """The display that suits the session. Progress goes to standard error."""
    if session.json:
        return Silent()

    def moment(state: S) -> Moment:
        return describe(state, session.texts)

    return Live(session.err, moment) if session.err.is_terminal else Lines(session.err, moment)


def watch(fetch: Callable[[], S], shown: Display[S], *, sleep: Callable[[float], None] = time.sleep) -> S:
    """Show the state of a job until the job ends. Returns the last state.

    :raises NotRunning: the platform did not answer for `PATIENCE_SECONDS`.
    """
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


def of_training(state: TrainingState, texts: Translator) -> Moment:
    """The progress of a training, as it is displayed."""
    message = "" if state.phase is Phase.TRAINING else state.said(texts)
    return Moment(texts(f"job_phase.{state.phase}"), state.progress, models_so_far(state, texts), message)


def models_so_far(state: TrainingState, texts: Translator) -> str:
    """The number of models and the best score, such as `7 models, best auc 0.913`."""
    count = texts("training.models", n=state.models) if state.models else ""
    score = written(round(state.best, 5), texts) if state.best is not None else ""
    best = texts("training.best", metric=state.metric, value=score) if score else ""
    return ", ".join(filter(None, (count, best)))


def watched(failure: type[TableeError], job: str, own_id: str, state: Told) -> TableeError:
    """The error for a job that did not succeed: its own reason, and what its own error advises.

    :param job: `training` or `scoring`.
    """
    problem = getattr(state, "error", None)
    cause = TableeError.from_problem(problem) if problem else None
    facts: dict[str, Any] = dict(cause.facts if cause else {})
    facts |= {job: own_id, "message": state.sentence or cause or Message("reason.internal_error.no_reason_given")}
    hint = f"{job}_log"
    if cause is not None:
        hint = cause.hint_key or (cause.code if f"hint.{cause.code}" in english() else hint)
    return failure(f"watched_{job}", hint=hint, **facts)


class _Plain:
    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        return None


class Silent(_Plain):
    def show(self, state: Any) -> None:
        """Shows nothing: the command prints the final state as JSON."""


class Lines(_Plain, Generic[S]):
    """Prints one line whenever the phase or the description of the progress has changed."""

    def __init__(self, console: Console, moment: Callable[[S], Moment]) -> None:
        self._console, self._moment = console, moment
        self._last: tuple[str, str] | None = None

    def show(self, state: S) -> None:
        now = self._moment(state)
        if (now.phase, now.progress) == self._last:
            return
        self._last = now.phase, now.progress
        self._console.print(f"{now.phase:<16} {now.share:4.0%}  {now.message or now.progress}".rstrip())


class Live(Generic[S]):
    """Shows one line that is updated: phase, bar, elapsed time, description of the progress."""

    def __init__(self, console: Console, moment: Callable[[S], Moment]) -> None:
        self._moment = moment
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<16}", markup=False),
            BarColumn(bar_width=30),
            TextColumn("{task.percentage:>3.0f}%", markup=False),
            TimeElapsedColumn(),
            TextColumn("{task.fields[progress]}", markup=False),
            console=console,
        )
        self._task = self._progress.add_task("", total=1.0, progress="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._progress.stop()

    def show(self, state: S) -> None:
        now = self._moment(state)
        self._progress.update(
            self._task, description=now.phase, completed=now.share, progress=now.progress or now.message
        )
