"""Stores and shows the sources of the platform, and runs those that are due, one at a time."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from datetime import UTC, datetime

from tablee import metrics
from tablee.datasets.names import checked_name
from tablee.datasets.privacy import Findings
from tablee.errors import Conflict, SourceNotFound, TableeError
from tablee.jobs.source import (
    Asked,
    Cron,
    Outcome,
    Refused,
    Source,
    SourceOrder,
    SourcePhase,
    SourceRun,
    Sources,
    SourceState,
    SourceView,
    Taken,
)
from tablee.telemetry import logger
from tablee_controller.sources.cancellation import Stop, Stopped
from tablee_controller.sources.progress import Progress
from tablee_controller.sources.pull import Puller
from tablee_controller.sources.schedule import due, following
from tablee_data.readers import Sniffed

MAX_REFUSED = 1_000
"""Most refused files that the state of a source lists."""

log = logger(__name__)


class SourceRunner:
    """Runs sources. The control loop calls `tick`, threads of requests call the rest; a run has a thread of its own. No
    other object writes sources and their states, so they are read once."""

    def __init__(self, sources: Sources, puller: Puller, *, now: Callable[[], datetime] | None = None) -> None:
        self._sources, self._puller = sources, puller
        self._now = now or (lambda: datetime.now(UTC))
        self._lock = threading.RLock()
        self._known: dict[str, tuple[Source, SourceState]] | None = None
        self._thread: threading.Thread | None = None
        self._running = ""
        self._stop, self._ending = Stop(), False
        for outcome in Outcome:  # starts each counter at 0, so that its first increase is visible
            metrics.SOURCE_RUNS.labels(outcome.value)

    def put(self, name: str, order: SourceOrder) -> tuple[SourceView, bool]:
        """Save an order under a name, replacing an earlier one; returns the source, and whether the name is new.

        :raises InvalidInput: it cannot be carried out.
        :raises InvalidRequest: it names a connection that does not exist.
        :raises Conflict: the source is running.
        """
        now = self._now()
        source = Source(name=checked_name(name), order=order, created=now)
        if isinstance(order.schedule, Cron):
            following(order.schedule.expression, now)
        self._puller.check(source)
        with self._lock:
            before = self._all().get(name)
            state = SourceState()
            if before is not None:
                self._still(name)
                source = source.model_copy(update={"created": before[0].created, "paused": before[0].paused})
                state = self._anew(name, before[1])
                if before[0].dataset != source.dataset:  # the files that were taken are in the earlier data set only
                    self._sources.save_taken(name, Taken())
            self._sources.save(source)
            self._keep(source, state)
        log.info("source_kept", source=name, kind=order.of.kind, dataset=source.dataset, by=order.by)
        return self._view(source, state), before is None

    def look(self, order: SourceOrder) -> tuple[Sniffed, Findings]:
        """Preview an order by its first rows; nothing is stored.

        :raises TableeError: it cannot be carried out.
        """
        try:
            return self._puller.look(Source(name="preview", order=order, created=self._now()))
        except TableeError:
            raise
        except Exception as error:
            raise _broken("preview", error) from None

    def _anew(self, name: str, state: SourceState) -> SourceState:
        """The state for a changed order, under which files that were refused are tried again."""
        if state.refused:
            taken = self._sources.taken(name)
            for each in state.refused:
                if taken.etags.get(each.key) == each.etag:
                    del taken.etags[each.key]
            self._sources.save_taken(name, taken)
        return state.model_copy(update={"refused": ()})

    def all(self) -> list[SourceView]:
        """All sources, sorted by name."""
        with self._lock:
            return [self._view(*self._all()[name]) for name in sorted(self._all())]

    def get(self, name: str) -> SourceView:
        """:raises SourceNotFound: there is no such source."""
        with self._lock:
            return self._view(*self._one(name))

    def ask(self, name: str, by: str | None) -> SourceView:
        """Run it as soon as no other source runs, also if it is paused.

        :raises SourceNotFound: there is none.
        :raises Conflict: it runs already.
        """
        with self._lock:
            source, state = self._one(name)
            self._still(name)
            if state.asked is None:
                state.asked = Asked(at=self._now(), by=by)
                self._keep(source, state)
            return self._view(source, state)

    def cancel(self, name: str) -> SourceView:
        """Take it out of the queue, or end its run; versions that were made stay.

        :raises SourceNotFound: there is none.
        :raises Conflict: it neither waits nor runs.
        """
        with self._lock:
            source, state = self._one(name)
            if self._running == name:
                self._stop.ask()
            elif state.asked is not None:
                state.asked = None
                self._keep(source, state)
            else:
                raise Conflict("source_idle", hint="nothing_to_cancel", name=name)
            log.info("source_cancelled", source=name)
            return self._view(source, state)

    def pause(self, name: str, paused: bool) -> SourceView:
        """Pause or resume its schedule.

        :raises SourceNotFound: there is no such source.
        """
        with self._lock:
            source, state = self._one(name)
            source = source.model_copy(update={"paused": paused})
            self._sources.save(source)
            self._keep(source, state)
        log.info("source_paused" if paused else "source_resumed", source=name)
        return self._view(source, state)

    def remove(self, name: str) -> None:
        """Delete it; the data set stays.

        :raises SourceNotFound: there is none.
        :raises Conflict: it runs at this moment.
        """
        with self._lock:
            self._one(name)
            self._still(name)
            self._sources.remove(name)
            del self._all()[name]
            for gauge in (metrics.SOURCE_LAST_SUCCESS, metrics.SOURCE_FAILURES, metrics.SOURCE_REFUSED):
                with suppress(KeyError):  # the gauge was never set
                    gauge.remove(name)
        log.info("source_removed", source=name)

    @property
    def busy(self) -> bool:
        return bool(self._running)

    def tick(self) -> bool:
        """Start the run that has been due for longest, unless another one is under way."""
        with self._lock:
            if self._running or self._ending:
                return False
            now = self._now()
            times = {name: time for name, each in self._all().items() if (time := due(*each)) is not None}
            ready = sorted((time, name) for name, time in times.items() if time <= now)
            if not ready:
                return False
            source, state = self._all()[ready[0][1]]
            run = SourceRun(started=now, by=state.asked.by if state.asked else None)
            state.asked, state.run = None, run
            self._keep(source, state)
            self._running, self._stop = source.name, Stop()
            context = copy_context()
            work = (self._work, source, state, run)
            self._thread = threading.Thread(target=context.run, args=work, name=f"source {source.name}", daemon=True)
            self._thread.start()
            return True

    def shutdown(self, seconds: float = 10.0) -> None:
        """End the run, waiting at most `seconds`; the next controller starts it again."""
        with self._lock:
            self._ending, thread = True, self._thread
            self._stop.ask()
        if thread is not None:
            thread.join(seconds)

    def _work(self, source: Source, state: SourceState, run: SourceRun) -> None:
        progress = Progress()

        def tell() -> None:
            run.rows, run.objects = progress.rows, progress.objects

        progress.tell = tell
        log.info("source_started", source=source.name, by=run.by)
        try:
            self._puller.pull(source, progress, self._stop)
        except Stopped:
            run.outcome = Outcome.INTERRUPTED if self._ending else Outcome.CANCELLED
            run.message = "the controller ended" if self._ending else "cancelled"
        except TableeError as error:
            run.outcome, run.message, run.error = Outcome.FAILED, error.detail, error.problem()
        except Exception as error:
            whole = _broken(source.name, error)
            run.outcome, run.message, run.error = Outcome.FAILED, whole.detail, whole.problem()
        else:
            run.outcome = Outcome.ADDED if progress.new else Outcome.UNCHANGED
        tell()
        self._end(source, state, run, progress)

    def _end(self, source: Source, state: SourceState, run: SourceRun, progress: Progress) -> None:
        run.version, run.ended = progress.version, self._now()
        if progress.refused and run.error is None:
            first = progress.refused[0]
            run.error = first.error
            run.message = f"{len(progress.refused)} files refused; «{first.key}»: {first.error['detail']}"
            if run.outcome is Outcome.UNCHANGED:
                run.outcome = Outcome.FAILED
        with self._lock:
            if run.error is not None:
                state.failures += 1
            elif run.outcome in (Outcome.ADDED, Outcome.UNCHANGED):
                state.failures, state.last_success = 0, run.ended
            metrics.SOURCE_RUNS.labels(str(run.outcome)).inc()
            try:
                state.refused = self._refused(source, state, progress)
                self._keep(self._one(source.name)[0], state)
            except TableeError as error:  # the stored state says that it runs, so the next controller runs it again
                log.error("source_end_not_kept", source=source.name, detail=error.detail)
            self._running, self._thread = "", None
        told = {"outcome": str(run.outcome), "version": run.version, "rows": run.rows, "detail": run.message}
        log.info("source_ended", source=source.name, **told)

    def _refused(self, source: Source, state: SourceState, progress: Progress) -> tuple[Refused, ...]:
        """The files that are still refused: those of earlier runs that were not taken since, and the new ones."""
        if not state.refused and not progress.refused:
            return ()
        etags = self._sources.taken(source.name).etags
        still = {each.key: each for each in state.refused if etags.get(each.key) == each.etag}
        still.update({each.key: each for each in progress.refused})
        return tuple(still.values())[-MAX_REFUSED:]

    def _all(self) -> dict[str, tuple[Source, SourceState]]:
        """Sources and states by name, read at the first call. A run that an earlier controller left unfinished is
        marked as interrupted."""
        if self._known is None:
            known = {}
            for source in self._sources.all():
                state = self._sources.state(source.name)
                if state.run is not None and state.run.outcome is None:
                    state.run.outcome, state.run.ended = Outcome.INTERRUPTED, self._now()
                    state.run.message = "the controller ended"
                    state.failures += 1
                known[source.name] = source, state
            self._known = known
            for each in known.values():
                _measure(*each)
        return self._known

    def _one(self, name: str) -> tuple[Source, SourceState]:
        try:
            return self._all()[name]
        except KeyError:
            raise SourceNotFound("source", name=name) from None

    def _keep(self, source: Source, state: SourceState) -> None:
        self._sources.save_state(source.name, state)
        self._all()[source.name] = source, state
        _measure(source, state)

    def _still(self, name: str) -> None:
        if self._running == name:
            raise Conflict("source_running", hint="wait_or_cancel", name=name)

    def _view(self, source: Source, state: SourceState) -> SourceView:
        time = due(source, state)
        running = self._running == source.name
        waits = time is not None and time <= self._now()
        return SourceView(
            **state.model_dump(),
            name=source.name,
            dataset=source.dataset,
            order=source.order,
            created=source.created,
            paused=source.paused,
            phase=SourcePhase.RUNNING if running else SourcePhase.WAITING if waits else SourcePhase.IDLE,
            due=None if running else time,
        )


def _broken(name: str, error: Exception) -> TableeError:
    """An error of the controller's own, logged by its place in the code only: its text may hold cells or passwords."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("source_broken", source=name, error=type(error).__name__, frames=frames)
    return TableeError("controller")


def _measure(source: Source, state: SourceState) -> None:
    metrics.SOURCE_FAILURES.labels(source.name).set(state.failures)
    metrics.SOURCE_REFUSED.labels(source.name).set(len(state.refused))
    if state.last_success is not None:
        metrics.SOURCE_LAST_SUCCESS.labels(source.name).set(state.last_success.timestamp())
